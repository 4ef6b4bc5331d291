"""The lake: Parquet files in folders by patient and month, readable by any engine that knows Hive's layout.

    lake.json                                            what this folder is, and the salt of its key
    facts/TABLE/patient=17/month=202609/data.parquet     what the shared files hold, overlaps resolved
    marts/TABLE/bucket=17/data.parquet                   what days come to, made of the facts alone
    register/TABLE.parquet                               patients, computers, files taken in
    audit.log                                            who opened what

Files are 0600, folders 0700. A lake may be encrypted: Parquet's own modular encryption (AES-GCM with 256 bits) by
Apache Arrow, which DuckDB reads. The key is made of a passphrase by scrypt (RFC 7914) and is nowhere on the disk.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from posturewatch.base.errors import DataError
from posturewatch.base.i18n import _
from posturewatch.base.outside import json_value
from posturewatch.disk import in_place
from posturewatch.disk.files import FILE_MODE, FOLDER_MODE, arriving, read_file, write_atomic
from posturewatch.disk.folders import make_folder
from posturewatch.disk.refusals import or_say_why
from posturewatch.disk.shredding import shred_all
from posturewatch.practice import lake_tables

if TYPE_CHECKING:
    import pyarrow as pa

BUCKETS: Final = 64
"""Files of each mart. More, and opening them costs; fewer, and one patient's new file rewrites too much."""

_MARKER: Final = "lake.json"
_FORMAT: Final = "posturewatch-lake"
_FORMAT_VERSION: Final = 1
_DATA: Final = "data.parquet"
_SCRYPT: Final[dict[str, int]] = {"n": 2**15, "r": 8, "p": 1, "maxmem": 64 << 20, "dklen": 32}
"""32 MB and a tenth of a second for each guess: RFC 7914's interactive setting, doubled."""

LOCK_WAIT_S: Final = 10.0


class Lake:
    """An opened lake. Use :func:`open_lake`."""

    def __init__(self, root: Path, key: bytes | None) -> None:
        self.root = root
        self.key = key

    @property
    def audit_file(self) -> Path:
        """The log of who opened what."""
        return self.root / "audit.log"

    @property
    def pages(self) -> Path:
        """Where worklist and reports go when no file is named; not encrypted, and removed with any patient."""
        return self.root / "pages"

    @property
    def spill(self) -> Path:
        """What DuckDB lays aside while it computes."""
        return self.root / ".spill"

    def page_of(self, patient: int) -> Path:
        """The page of a patient's report."""
        return self.pages / f"patient-{patient}.html"

    def fact(self, table: str, patient: int, month: int) -> Path:
        """The file of one patient's month; ``month`` as 202609."""
        return self.root / "facts" / table / f"patient={patient}" / f"month={month}" / _DATA

    def months(self, table: str, patient: int) -> list[int]:
        """The months of which a patient has facts, in order."""
        folder = self.root / "facts" / table / f"patient={patient}"
        return sorted(int(path.name.removeprefix("month=")) for path in folder.glob("month=*"))

    def mart(self, table: str, bucket: int) -> Path:
        """A mart's file of the patients whose number leaves ``bucket`` when divided by :data:`BUCKETS`."""
        return self.root / "marts" / table / f"bucket={bucket}" / _DATA

    def register(self, table: str) -> Path:
        """A file of the register."""
        return self.root / "register" / f"{table}.parquet"

    def files(self, kind: str, table: str) -> list[Path]:
        """All Parquet files of a table of ``facts`` or ``marts``."""
        return sorted((self.root / kind / table).glob(f"**/{_DATA}"))

    def patients(self) -> list[int]:
        """The numbers of those who have minutes here, in order."""
        folders = (self.root / "facts" / "minutes").glob("patient=*")
        return sorted(int(path.name.removeprefix("patient=")) for path in folders)

    def write(self, path: Path, table: pa.Table) -> None:
        """Write a table whole or not at all; what the file held before is overwritten. Raises DataError.

        Not flushed to the disk one by one: :meth:`settle` does it for all before they are counted as taken in.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        buffer = pa.BufferOutputStream()
        texts = [one.name for one in table.schema if one.type == "string"]
        pq.write_table(
            table,
            buffer,
            compression="zstd",
            use_dictionary=texts,  # numbers that hardly repeat are smaller and quicker without
            write_statistics=[name for name in ("patient", "day") if name in table.column_names],
            store_schema=False,
            encryption_properties=_locked(self.key),
        )
        with or_say_why(path):
            _make_folders(path.parent)
            if path.exists():  # overwritten only once the new one is on the disk
                write_atomic(path, buffer.getvalue())
            else:
                with arriving(path, flushed=False) as part:
                    part.write_bytes(buffer.getvalue())

    def read(self, path: Path, schema: pa.Schema) -> pa.Table:
        """A file's table; an empty one where there is no file. Raises DataError where it cannot be read."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        if not path.exists():
            return schema.empty_table()
        try:
            # Arrow opens the file itself: one of Python's would be let go of by a thread of Arrow's, later than it says
            # that it has read, and a thread that does so while the program ends aborts it.
            with pq.ParquetFile(path, decryption_properties=_unlocking(self.key)) as file:
                found = file.read()
            return found.select(schema.names).cast(schema)
        except (OSError, pa.ArrowException, KeyError) as err:
            raise DataError(
                _("{path} cannot be read: {why}.").format(path=path, why=str(err).split("\n")[0]),
                _("Put it back from a copy of the lake."),
            ) from err

    def settle(self) -> None:
        """Wait until all that was written is on the disk, where the system can."""
        if hasattr(os, "sync"):
            os.sync()

    def remove_facts(self, patient: int) -> None:
        """Overwrite and remove all facts of a patient. Raises DataError for what cannot be removed."""
        for table in lake_tables.FACTS:
            self.remove(self.root / "facts" / table / f"patient={patient}")

    def remove(self, folder: Path) -> None:
        """Overwrite and remove a folder's files, and the folder. Raises DataError."""
        shred_all(path for path in folder.rglob("*") if path.is_file())
        shutil.rmtree(folder, ignore_errors=True)

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other writers out. Raises DataError where one is at work for more than :data:`LOCK_WAIT_S`."""
        from filelock import FileLock, Timeout

        try:
            with FileLock(self.root / ".lock", timeout=LOCK_WAIT_S, mode=FILE_MODE):
                yield
        except Timeout as err:
            raise DataError(
                _("Another posturewatch is writing to {path}.").format(path=self.root), _("Wait until it has ended.")
            ) from err


def is_lake(root: Path) -> bool:
    """Whether there is a lake in this folder. Raises DataError where it is one that this posturewatch does not know."""
    return _marker(root) is not None


def is_encrypted_lake(root: Path) -> bool:
    """Whether a passphrase is needed. Raises DataError where the folder is no lake of ours; no where there is none."""
    return bool((_marker(root) or {}).get("salt"))


def open_lake(root: Path, passphrase: str = "", *, encrypt: bool = False) -> Lake:
    """The lake in this folder, made where there is none; ``encrypt``: a new one is encrypted with the passphrase.

    Raises DataError for a folder that is something else, a later lake, a wrong passphrase, or one that would turn a
    plain lake into an encrypted one; FolderError where it cannot be made.
    """
    found = _marker(root)
    if found is None:
        return _made(root, passphrase if encrypt else "")
    if not found.get("salt"):
        if encrypt:
            raise DataError(
                _("The lake {path} is there and is not encrypted.").format(path=root),
                _("Make an encrypted one in another folder and take the files in there."),
            )
        return Lake(root, None)
    key = _key(passphrase, bytes.fromhex(found["salt"]))
    if _proof(key) != found["proof"]:
        raise DataError(_("The passphrase does not open the lake {path}.").format(path=root), _("Try once more."))
    return Lake(root, key)


def base64_key(key: bytes) -> str:
    """A key as DuckDB takes it."""
    return base64.b64encode(key).decode()


def _made(root: Path, passphrase: str) -> Lake:
    make_folder(root)
    if any(path.name != ".lock" for path in root.iterdir()):
        raise DataError(_("The folder {path} holds something else.").format(path=root), _("Choose an empty one."))
    body: dict[str, Any] = {"format": _FORMAT, "format_version": _FORMAT_VERSION}
    key = None
    if passphrase:
        salt = secrets.token_bytes(16)
        key = _key(passphrase, salt)
        body |= {"salt": salt.hex(), "proof": _proof(key)}
    write_atomic(root / _MARKER, json.dumps(body) + "\n")
    return Lake(root, key)


def _marker(root: Path) -> dict[str, Any] | None:
    try:
        body = json_value(read_file(root / _MARKER))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as err:
        raise DataError(_("{path} cannot be read: {why}.").format(path=root / _MARKER, why=err)) from err
    if not isinstance(body, dict) or body.get("format") != _FORMAT or body.get("format_version") != _FORMAT_VERSION:
        raise DataError(
            _("{path} is no lake that this posturewatch knows.").format(path=root), _("Install a later posturewatch.")
        )
    return body


def _key(passphrase: str, salt: bytes) -> bytes:
    return hashlib.scrypt(passphrase.encode(), salt=salt, **_SCRYPT)


def _proof(key: bytes) -> str:
    """Says that a key is the right one, and nothing else of it."""
    return hashlib.sha256(b"posturewatch lake" + key).hexdigest()


def _locked(key: bytes | None) -> Any:
    if key is None:
        return None
    from pyarrow.parquet.encryption import create_encryption_properties

    return create_encryption_properties(footer_key=key)


def _unlocking(key: bytes | None) -> Any:
    if key is None:
        return None
    from pyarrow.parquet.encryption import create_decryption_properties

    return create_decryption_properties(footer_key=key)


def _make_folders(folder: Path) -> None:
    """A folder of the lake with those above it that are missing, each its owner's alone."""
    if not folder.is_dir():
        _make_folders(folder.parent)
        folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
        in_place.ask_for(folder)
