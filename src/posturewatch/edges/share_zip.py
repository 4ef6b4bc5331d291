"""Writing the one file that the user shares: a plain zip, or one encrypted with a passphrase.

Encryption is WinZip's AES-256 (AE-2): the receiver needs no program of ours, since 7-Zip, WinZip, Keka, The
Unarchiver and bsdtar open it. Its key derivation is weak by today's measure (1000 rounds), so the passphrase has to
carry the weight: a short one is refused, and :func:`suggest_passphrase` makes a good one. Names and sizes of the
members stay readable; they say nothing about the person.
"""

from __future__ import annotations

import io
import secrets
import stat
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Final

from posturewatch.core.export import MANIFEST, Manifest, note_member
from posturewatch.edges.archive import write_archive
from posturewatch.edges.files import write_atomic
from posturewatch.errors import DataError, UsageError
from posturewatch.i18n import _

MIN_PASSPHRASE: Final = 12
"""Characters. Shorter ones fall to guessing within days on one graphics card at 1000 rounds."""

_FIXED_DATE: Final = (1980, 1, 1, 0, 0, 0)
"""When the file was made stands in the manifest, which is encrypted too."""

_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are mistaken for one another on the telephone."""


def write_shared(
    path: Path, members: Iterable[tuple[str, bytes]], manifest: Manifest, passphrase: str = ""
) -> Manifest:
    """Write the file, 0600, whole or not at all; returns the manifest with its checksums.

    Raises DataError where the file cannot be written and UsageError for a passphrase that is too short.
    """
    if not passphrase:
        return write_archive(path, members, manifest)
    if len(passphrase) < MIN_PASSPHRASE:
        raise UsageError(
            _("The passphrase needs at least {n} characters.").format(n=MIN_PASSPHRASE),
            _("A good one: {passphrase}").format(passphrase=suggest_passphrase()),
        )
    kept = tuple(members)
    full = replace(manifest, members=tuple(note_member(name, data) for name, data in kept))
    try:
        write_atomic(path, _encrypted((MANIFEST, full.to_json().encode()), kept, passphrase))
    except OSError as err:
        raise DataError(
            _("{path} cannot be written: {why}.").format(path=path, why=err.strerror or err),
            _("Choose another place."),
        ) from err
    return full


def suggest_passphrase() -> str:
    """Four groups of five letters and digits (98 bits), easy to read out."""
    return "-".join("".join(secrets.choice(_LETTERS) for _place in range(5)) for _group in range(4))


def _encrypted(head: tuple[str, bytes], members: Iterable[tuple[str, bytes]], passphrase: str) -> bytes:
    import pyzipper

    buffer = io.BytesIO()
    with pyzipper.AESZipFile(buffer, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(passphrase.encode())
        archive.setencryption(pyzipper.WZ_AES, nbits=256)
        for name, data in (head, *members):
            info = archive.zipinfo_cls(filename=name, date_time=_FIXED_DATE)
            info.compress_type = pyzipper.ZIP_DEFLATED
            info.external_attr = (stat.S_IFREG | 0o600) << 16
            archive.writestr(info, data)
    return buffer.getvalue()
