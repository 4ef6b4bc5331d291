"""Writing a file so that nobody ever sees half of it, and removing one so that little remains.

Files are 0600 and folders 0700: what is measured here is nobody else's business.
"""

from __future__ import annotations

import contextlib
import errno
import os
import time
from pathlib import Path
from typing import Final

from posturewatch.base.i18n import _

FILE_MODE: Final = 0o600
FOLDER_MODE: Final = 0o700

TEMP_SUFFIX: Final = ".part"
"""Ends the name of a file that is still being written; :func:`sweep` removes what a crash left of them."""

_REPLACE_TRIES: Final = 5
_REPLACE_WAIT_S: Final = 0.05
"""Windows refuses to replace a file that a virus scanner or a viewer has open for a moment."""

_BLOCK_BYTES: Final = 1 << 20


def write_atomic(path: Path, content: str | bytes) -> None:
    """Write the whole file or nothing: a temporary beside it, flushed to the disk, then put in its place.

    Text is written as UTF-8 with its line ends as they are. Raises OSError; the old file is then untouched.
    """
    data = content.encode() if isinstance(content, str) else content
    target = path.resolve() if path.is_symlink() else path  # a linked dotfile stays a link
    temporary = target.with_name(f".{target.name}.{os.urandom(4).hex()}{TEMP_SUFFIX}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    _sync_folder(target.parent)


def is_no_room(err: BaseException) -> bool:
    """Whether a disk, or this user's share of it, is full."""
    return isinstance(err, OSError) and err.errno in (errno.ENOSPC, errno.EDQUOT)


def is_read_only(path: Path) -> bool:
    """Whether the file system of this folder, or of the file's folder, takes no writes; no, where it does not say."""
    place = next((folder for folder in (path, *path.parents) if folder.exists()), path)
    try:
        return bool(os.statvfs(place).f_flag & os.ST_RDONLY) if hasattr(os, "statvfs") else False
    except OSError:
        return False


def remedy(err: OSError) -> str:
    """What makes a write possible that was refused so; fits the error, or is empty where nothing is known to help."""
    if is_no_room(err):
        return _("Make room on that disk.")
    if err.errno == errno.EROFS:
        return _("That file system is read-only; choose a place on another one.")
    if isinstance(err, PermissionError):
        return _("Give yourself the right to write the file and its folder.")
    if isinstance(err, FileNotFoundError):
        return _("Make its folder first.")
    if isinstance(err, IsADirectoryError):
        return _("A folder has this name; choose another.")
    return ""


def create_private(path: Path) -> None:
    """Make an empty file of mode 0600 where there is none; leave an existing one as it is. Raises OSError."""
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE))


def shred(path: Path) -> int:
    """Overwrite a file with zeros, remove it, and return its former size in bytes.

    On solid-state disks and copying file systems the old blocks may live on; this does what a program can.
    Raises OSError. A file that is already gone counts 0; a link is removed and what it points to left alone.
    """
    if path.is_symlink():
        path.unlink()
        return 0
    try:
        size = path.stat().st_size
        with path.open("r+b") as file:
            for start in range(0, size, _BLOCK_BYTES):
                file.write(bytes(min(_BLOCK_BYTES, size - start)))
            file.flush()
            os.fsync(file.fileno())
    except FileNotFoundError:
        return 0
    path.unlink()
    return size


def sweep(folder: Path) -> int:
    """Remove what interrupted writes left in a folder; returns how many files went."""
    gone = 0
    for leftover in folder.glob(f".*{TEMP_SUFFIX}"):
        with contextlib.suppress(OSError):
            leftover.unlink()
            gone += 1
    return gone


def _replace(temporary: Path, target: Path) -> None:
    for attempt in range(_REPLACE_TRIES):
        try:
            temporary.replace(target)
        except PermissionError:
            if os.name != "nt" or attempt == _REPLACE_TRIES - 1:
                raise
            time.sleep(_REPLACE_WAIT_S)
        else:
            return


def _sync_folder(folder: Path) -> None:
    """Make the new name last through a power cut, where the system can."""
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
