"""Why the system refuses to write or remove a file, and what a person can do about it."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from posturewatch.base.errors import DataError, PosturewatchError
from posturewatch.base.i18n import _

_OPEN_ELSEWHERE: Final = frozenset({5, 32, 33})
"""Windows' errors for a file that another program has open: access denied (said of replacing), sharing violation, lock
violation (winerror.h). Its C library, by which files are opened, says EACCES for all three."""


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
    if isinstance(err, PermissionError):
        marked = sys.platform == "win32" and _is_marked_read_only(err)
        right = _("Give yourself the right to write the file and its folder.")
        mark = _("The file is marked as read-only: take that mark away in its properties.")
        return open_elsewhere_hint(err) or (mark if marked else right)
    if is_no_room(err):
        return _("Make room on that disk.")
    if err.errno == errno.EROFS:
        return _("That file system is read-only; choose a place on another one.")
    too_long = err.errno == errno.ENAMETOOLONG or (isinstance(err, FileNotFoundError) and _folder_is_there(err))
    if too_long or isinstance(err, FileNotFoundError):
        return _("Choose a shorter name, or a folder with a shorter path.") if too_long else _("Make its folder first.")
    return _("A folder has this name; choose another.") if isinstance(err, IsADirectoryError) else ""


def _folder_is_there(err: OSError) -> bool:
    """So that not the folder is what is missing: Windows says the same of a name or path that is too long (260 signs,
    where it was not told otherwise)."""
    return isinstance(err.filename, str) and Path(err.filename).parent.is_dir()


@contextlib.contextmanager
def or_say_why(path: Path, hint: str = "", *, kind: type[PosturewatchError] = DataError) -> Iterator[None]:
    """What is done within writes this file: an OSError becomes a DataError, or another ``kind``, that says why and what
    helps, ``hint`` where nothing better is known."""
    try:
        yield
    except OSError as err:
        raise kind(
            _("{path} cannot be written: {why}.").format(path=path, why=err.strerror or err), remedy(err) or hint
        ) from err


def open_elsewhere(err: OSError, platform: str = sys.platform) -> bool:
    """Whether another program has the file open, which keeps it from being written or removed on Windows alone."""
    number = getattr(err, "winerror", None)
    refused = number in _OPEN_ELSEWHERE or (number is None and err.errno == errno.EACCES)
    return platform == "win32" and refused and not _is_marked_read_only(err)


def _is_marked_read_only(err: OSError) -> bool:
    """Whether the file that was to be replaced or removed has Windows' mark for that, which is refused by the same
    number as one that is open."""
    with contextlib.suppress(OSError, TypeError):
        return not Path(err.filename2 or err.filename).stat().st_mode & stat.S_IWRITE
    return False


def open_elsewhere_hint(err: OSError) -> str:
    """What to do about a file that another program has open; empty where that is not the reason."""
    return _("Another program has the file open: close it there and try again.") if open_elsewhere(err) else ""
