"""Export files (zip) opened with suspicion and written whole, plain or encrypted with a passphrase.

Nothing is ever unpacked to the disk. A member with a name that leads elsewhere, a link, an encrypted or oddly
packed member, or one that turns out larger than it says, and the whole file is refused. Members are read in
small pieces; memory stays at a few megabytes however much is claimed.

Encryption is WinZip's AES-256 (AE-2): the receiver needs no program of ours, since 7-Zip, WinZip, Keka, The
Unarchiver and bsdtar open it. Its key derivation is weak by today's measure (1000 rounds), so the passphrase has to
carry the weight: a short one is refused, and :func:`suggest_passphrase` makes a good one. Names and sizes of the
members stay readable; they say nothing about the person.
"""

from __future__ import annotations

import codecs
import hashlib
import io
import secrets
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Final

from posturewatch.base.errors import DataError, ImportRefusedError, UsageError
from posturewatch.base.i18n import _
from posturewatch.base.zip_directory import directory_is_small
from posturewatch.disk.files import writing
from posturewatch.disk.refusals import open_elsewhere_hint, or_say_why
from posturewatch.exchange.csv_cells import LeftOut
from posturewatch.exchange.manifest import (
    LEFT_UNREAD,
    MANIFEST,
    MAX_MEMBERS,
    PURPOSE,
    SIGNATURE,
    SIGNED_SINCE,
    Manifest,
    MemberNote,
    parse_manifest,
)
from posturewatch.exchange.signing import MAX_SIGNATURE_BYTES, PublicKey, SigningKey, check_signature

MAX_FILE_BYTES: Final = 256 << 20
"""Of the zip itself: ten years of a busy journal."""

MAX_UNPACKED_BYTES: Final = 256 << 20
"""All members of an encrypted file together, since it is held in memory: ten years of a busy journal."""

MAX_MEMBER_BYTES: Final = 1 << 30
MAX_MANIFEST_BYTES: Final = 4 << 20
MAX_LINE_CHARS: Final = 500_000
"""A line of ours is at most a calibration's body, about 10,000."""

MIN_PASSPHRASE: Final = 12
"""Characters. Shorter ones fall to guessing within days on one graphics card at 1000 rounds."""

_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are mistaken for one another on the telephone."""

_PIECE: Final = 1 << 16
_PACKINGS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED_FLAG: Final = 0x1
_FIXED_DATE: Final = (1980, 1, 1, 0, 0, 0)
"""The same content gives the same bytes; when it was made stands in the manifest."""

_BROKEN: Final = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)
"""What the zip library raises on damaged files."""


class PassphraseNeededError(ImportRefusedError):
    """The file is encrypted and no passphrase, or a wrong one, was given."""


class ExportArchive:
    """An opened export. Use :func:`open_archive`. ``signer``: whose key signed it; None for one of an older version, or
    where the manifest is ``known``."""

    def __init__(self, path: Path, archive: zipfile.ZipFile, known: Manifest | None = None) -> None:
        self.path = path
        self._archive = archive
        self._members = {info.filename: info for info in _judged(path, archive) if not info.is_dir()}
        head = self.read(MANIFEST, MAX_MANIFEST_BYTES)
        self.manifest: Manifest = parse_manifest(head.decode("utf-8", "replace"))
        self.signer: PublicKey | None = None if self.manifest == known else self._signer(head)

    def names(self) -> tuple[str, ...]:
        """Members in the archive's order."""
        return tuple(self._members)

    def check(self, names: Iterable[str] | None = None) -> None:
        """Compare checksums and lengths with the manifest (of all members, if none are named).

        Raises ImportRefusedError for a member that differs, is missing, or is not in the manifest.
        """
        for name in [note.name for note in self.manifest.members] if names is None else names:
            note = self.manifest.note(name)
            if note is None or name not in self._members:
                raise _refused(self.path, _("{name} is missing").format(name=name))
            digest, size = hashlib.sha256(), 0
            for piece in self._pieces(name):
                digest.update(piece)
                size += len(piece)
            if (digest.hexdigest(), size) != (note.sha256, note.size):
                raise _refused(self.path, _("{name} was changed or damaged (checksum)").format(name=name))
        if names is None:
            strangers = set(self._members) - {note.name for note in self.manifest.members} - {MANIFEST, SIGNATURE}
            if strangers:
                raise _refused(self.path, _("{name} does not belong to it").format(name=repr(min(strangers))))

    def read(self, name: str, most: int = MAX_MEMBER_BYTES) -> bytes:
        """A member's bytes. Raises ImportRefusedError where it is missing, damaged or longer than ``most``."""
        whole = bytearray()
        for piece in self._pieces(name):
            whole += piece
            if len(whole) > most:
                raise _refused(self.path, _("{name} is too long").format(name=name))
        return bytes(whole)

    def lines(self, name: str) -> Iterator[str]:
        """A member's lines with their ends, decoded as UTF-8, one at a time. Raises ImportRefusedError."""
        return text_lines(self._pieces(name), f"{self.path.name}/{name}")

    def _signer(self, head: bytes) -> PublicKey | None:
        if SIGNATURE in self._members:
            return check_signature(self.read(SIGNATURE, MAX_SIGNATURE_BYTES), PURPOSE, head, self.path.name)
        if self.manifest.format_version >= SIGNED_SINCE:
            raise _refused(self.path, _("its signature was taken away"))
        return None

    def _pieces(self, name: str) -> Iterator[bytes]:
        info = self._members.get(name)
        if info is None:
            raise _refused(self.path, _("{name} is missing").format(name=name))
        total = 0
        try:
            with self._archive.open(info) as member:
                while piece := member.read(_PIECE):
                    total += len(piece)
                    if total > min(info.file_size, MAX_MEMBER_BYTES):
                        raise _refused(self.path, _("{name} is longer than it says").format(name=name))
                    yield piece
        except _BROKEN as err:
            raise _refused(self.path, _("{name} is damaged ({why})").format(name=name, why=err)) from err


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
def open_archive(path: Path, passphrase: str = "", known: Manifest | None = None) -> Iterator[ExportArchive]:
    """Open an export for reading. An encrypted one is decrypted in memory first, within bounds, and then goes the same
    way. ``known``: the manifest of the same file, whose signature was checked when it was read; it says what each
    member must be, so that the signature need not be checked again.

    Raises ImportRefusedError for anything else or anything suspicious, and PassphraseNeededError.
    """
    check_file(path)
    if is_encrypted(path):
        if not passphrase:
            raise PassphraseNeededError(
                _("{path} is encrypted.").format(path=path), _("Give the passphrase that its sender told you.")
            )
        archive = zipfile.ZipFile(io.BytesIO(_decrypted(path, passphrase)))
    else:
        try:
            if not directory_is_small(path):
                raise zipfile.BadZipFile
            archive = zipfile.ZipFile(path)
        except _BROKEN as err:
            raise _refused(path, _("it is not a whole zip file")) from err
    with archive:
        yield ExportArchive(path, archive, known)


@contextmanager
def open_shared(path: Path, passphrase: str = "") -> Iterator[ExportArchive]:
    """As :func:`open_archive`, every checksum compared and no member beside those that the manifest names."""
    with open_archive(path, passphrase) as archive:
        archive.check()
        yield archive


Member = tuple[str, bytes | Iterable[bytes]]
"""Name and content, which may come in pieces."""


def write_archive(
    path: Path,
    members: Iterable[Member],
    manifest: Manifest,
    key: SigningKey,
    passphrase: str = "",
    *,
    left: LeftOut | None = None,
) -> Manifest:
    """Write an export, manifest first and signed by ``key``, 0600, whole or not at all; returns the manifest with its
    checksums. Members are taken as they come and packed at once.

    ``passphrase``: encrypt with it. ``left``: the rows that were left out of the members, once these are made. Raises
    DataError where the file cannot be written, or would be larger than one that is opened, and UsageError for a
    passphrase that is too short.
    """
    if passphrase and len(passphrase) < MIN_PASSPHRASE:
        raise UsageError(
            _("The passphrase needs at least {n} characters.").format(n=MIN_PASSPHRASE),
            _("A good one: {passphrase}").format(passphrase=suggest_passphrase()),
        )
    with or_say_why(path, _("Choose another place.")), writing(path) as file:
        return _zipped(file, members, manifest, key, passphrase, left=left or LeftOut())


def suggest_passphrase() -> str:
    """Four groups of five letters and digits (98 bits), easy to read out."""
    return "-".join("".join(secrets.choice(_LETTERS) for _place in range(5)) for _group in range(4))


def _zipped(
    file: BinaryIO, members: Iterable[Member], manifest: Manifest, key: SigningKey, passphrase: str, *, left: LeftOut
) -> Manifest:
    """Pack the members, then the manifest that has their checksums, and its signature; the two stand first in the zip's
    list all the same."""
    with _new_zip(file, passphrase) as archive:
        notes: list[MemberNote] = []
        most = MAX_UNPACKED_BYTES if passphrase else MAX_MEMBER_BYTES
        for name, data in members:
            notes.append(_packed(archive, name, data))
            if sum(note.size for note in notes) > most - MAX_MANIFEST_BYTES:
                raise DataError(
                    _("That is more than a file may hold to be opened again: {n} MB.").format(n=most >> 20),
                    _("Share fewer days at a time."),
                )
        unread = (f"{LEFT_UNREAD} {left.rows}",) if left.rows else ()
        full = replace(manifest, members=tuple(notes), left_out=(*manifest.left_out, *unread))
        head = full.to_json().encode()
        _packed(archive, MANIFEST, head)
        _packed(archive, SIGNATURE, key.sign(PURPOSE, head).encode())
        archive.filelist[:] = [*archive.filelist[-2:], *archive.filelist[:-2]]
    return full


def _packed(archive: Any, name: str, data: bytes | Iterable[bytes]) -> MemberNote:
    """Write one member, and say its checksum and length."""
    info = getattr(archive, "zipinfo_cls", zipfile.ZipInfo)(name, _FIXED_DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = (stat.S_IFREG | 0o600) << 16
    digest, size = hashlib.sha256(), 0
    with archive.open(info, "w") as member:
        for piece in (data,) if isinstance(data, bytes) else data:
            member.write(piece)
            digest.update(piece)
            size += len(piece)
    return MemberNote(name, digest.hexdigest(), size)


def _new_zip(buffer: BinaryIO, passphrase: str) -> Any:
    """A zip to write to: a plain one, or an encrypted one of the same ways."""
    if not passphrase:
        return zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED)
    import pyzipper

    archive = pyzipper.AESZipFile(buffer, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES)
    archive.setpassword(passphrase.encode())
    archive.setencryption(pyzipper.WZ_AES, nbits=256)
    return archive


def file_lines(path: Path) -> Iterator[str]:
    """A plain file's lines, as :meth:`ExportArchive.lines`. Raises ImportRefusedError."""
    check_file(path)

    def pieces() -> Iterator[bytes]:
        try:
            with path.open("rb") as file:
                while piece := file.read(_PIECE):
                    yield piece
        except OSError as err:
            raise _refused(path, _("it cannot be read ({why})").format(why=err.strerror or err)) from err

    return text_lines(pieces(), path.name)


def text_lines(pieces: Iterable[bytes], file: str) -> Iterator[str]:
    """Lines from pieces of UTF-8 (a byte order mark is taken off); raises ImportRefusedError naming the line."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    rest, number = "", 1
    for piece in _with_end(pieces):
        try:
            rest += decoder.decode(piece or b"", final=piece is None)
        except UnicodeDecodeError as err:
            line = number + err.object[: err.start].count(b"\n")
            why = _("{file}, line {line}: not UTF-8 text.").format(file=file, line=line)
            raise ImportRefusedError(why, _("Nothing was taken from this file.")) from err
        *whole, rest = _split(rest)
        number += len(whole)
        yield from whole
        if len(rest) > MAX_LINE_CHARS:
            why = _("{file}, line {line}: the line has no end.").format(file=file, line=number)
            raise ImportRefusedError(why, _("Nothing was taken from this file."))
    if rest:
        yield rest


def _with_end(pieces: Iterable[bytes]) -> Iterator[bytes | None]:
    yield from pieces
    yield None


def _split(text: str) -> list[str]:
    """Lines with their ends, cut at line feeds alone, and the unfinished rest last."""
    parts = text.split("\n")
    return [part + "\n" for part in parts[:-1]] + [parts[-1]]


def check_file(path: Path) -> None:
    """Raise ImportRefusedError for what is no ordinary file, cannot be read, or is too large."""
    try:
        found = path.stat()
        if stat.S_ISREG(found.st_mode):  # a pipe would be waited for
            path.open("rb").close()
    except OSError as err:
        why = _("it cannot be read ({why})").format(why=err.strerror or err)
        raise _refused(path, why, open_elsewhere_hint(err)) from err
    if not stat.S_ISREG(found.st_mode):
        raise _refused(path, _("it is not an ordinary file"))
    if found.st_size > MAX_FILE_BYTES:
        raise _refused(path, _("it is too large"))


def _judged(path: Path, archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    infos = archive.infolist()
    if len(infos) > MAX_MEMBERS:
        raise _refused(path, _("it has too many members"))
    names: set[str] = set()
    for info in infos:
        trouble = _trouble(info, names)
        if trouble:
            raise _refused(path, _("{name}: {why}").format(name=repr(info.filename[:80]), why=trouble))
        names.add(info.filename.casefold())
    if sum(info.file_size for info in infos) > MAX_MEMBER_BYTES:
        raise _refused(path, _("it would unpack to too much"))
    return infos


def _trouble(info: zipfile.ZipInfo, names: set[str]) -> str:
    """What is wrong with a member's head; empty = nothing."""
    parts = PurePosixPath(info.filename).parts
    absolute = info.filename.startswith("/") or not parts
    if absolute or ".." in parts or any(sign in info.filename for sign in "\\:\x00"):
        return _("the name leads out of the archive")
    if info.filename.casefold() in names:
        return _("the name stands twice")
    if info.flag_bits & _ENCRYPTED_FLAG:
        return _("it is encrypted; decrypt the file first")
    if info.compress_type not in _PACKINGS:
        return _("it is packed in an unusual way")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        return _("it is a link or a device")
    return ""


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


def _refused(path: Path, why: str, hint: str = "") -> ImportRefusedError:
    return ImportRefusedError(
        _("{path} is refused: {why}.").format(path=path, why=why),
        hint or _("Nothing was taken from this file. Give one as posturewatch wrote it."),
    )
