"""Opening a file that somebody else made: with suspicion, and with its passphrase where it has one.

A plain file goes straight to ``edges.archive``, which refuses names that lead elsewhere, links, members that
grow beyond what they say, and wrong checksums. An encrypted one is decrypted in memory first, within the same
bounds, and then goes the same way: nothing is ever unpacked to the disk.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from posturewatch.core.export import MAX_MEMBERS
from posturewatch.edges.archive import MAX_FILE_BYTES, ExportArchive, open_archive
from posturewatch.errors import ImportRefusedError
from posturewatch.i18n import _
from posturewatch.zip_directory import directory_is_small

MAX_UNPACKED_BYTES: Final = 256 << 20
"""All members of an encrypted file together, since it is held in memory: ten years of a busy journal."""

_ENCRYPTED_FLAG: Final = 0x1
_PIECE: Final = 1 << 16
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, RuntimeError)


class PassphraseNeededError(ImportRefusedError):
    """The file is encrypted and no passphrase, or a wrong one, was given."""


def is_encrypted(path: Path) -> bool:
    """Whether a zip has an encrypted member. False for anything that is no zip (opening it says what is wrong)."""
    try:
        if not path.is_file() or not directory_is_small(path):
            return False
        with zipfile.ZipFile(path) as archive:
            return any(info.flag_bits & _ENCRYPTED_FLAG for info in archive.infolist())
    except _BROKEN:
        return False


@contextmanager
def open_shared(path: Path, passphrase: str = "") -> Iterator[ExportArchive]:
    """Open a shared file, compare every checksum, and give it for reading.

    Raises ImportRefusedError for a damaged, foreign or suspicious file and PassphraseNeededError.
    """
    if not is_encrypted(path):
        with open_archive(path) as archive:
            archive.check()
            yield archive
        return
    if not passphrase:
        raise PassphraseNeededError(
            _("{path} is encrypted.").format(path=path), _("Give the passphrase that its sender told you.")
        )
    with zipfile.ZipFile(io.BytesIO(_decrypted(path, passphrase))) as plain:
        archive = ExportArchive(path, plain)
        archive.check()
        yield archive


def _decrypted(path: Path, passphrase: str) -> bytes:
    """The same archive without its encryption, as bytes."""
    import pyzipper

    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise _refused(path, _("it is too large"))
        with pyzipper.AESZipFile(path) as archive:
            archive.setpassword(passphrase.encode())
            infos = archive.infolist()
            if len(infos) > MAX_MEMBERS:
                raise _refused(path, _("it has too many members"))
            return _copied(path, archive, infos)
    except ImportRefusedError:
        raise
    except Exception as err:  # on a forged header the library raises what comes (KeyError, struct.error …)
        if "password" in str(err).lower():
            raise PassphraseNeededError(
                _("The passphrase does not open {path}.").format(path=path),
                _("Ask the sender for it once more; capital letters and hyphens count."),
            ) from err
        why = str(err) if isinstance(err, (*_BROKEN, pyzipper.BadZipFile)) else type(err).__name__
        raise _refused(path, _("it is damaged ({why})").format(why=why)) from err


def _copied(path: Path, archive: Any, infos: list[Any]) -> bytes:
    """Each member's bytes put into a plain archive, with the running total bounded."""
    buffer, total = io.BytesIO(), 0
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as plain:
        for info in infos:
            whole = bytearray()
            with archive.open(info) as member:
                while piece := member.read(_PIECE):
                    total += len(piece)
                    if total > MAX_UNPACKED_BYTES:
                        raise _refused(path, _("it would unpack to too much"))
                    whole += piece
            kept = zipfile.ZipInfo(info.filename)
            kept.external_attr = info.external_attr
            plain.writestr(kept, bytes(whole))
    return buffer.getvalue()


def _refused(path: Path, why: str) -> ImportRefusedError:
    return ImportRefusedError(
        _("{path} is refused: {why}.").format(path=path, why=why),
        _("Nothing was taken from this file. Give one as posturewatch wrote it."),
    )
