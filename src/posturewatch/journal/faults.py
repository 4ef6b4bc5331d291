"""What SQLite's complaints mean to the user, and which of them mean that the file itself is damaged."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path
from typing import Final

from posturewatch.base.errors import JournalError
from posturewatch.base.i18n import _
from posturewatch.disk.refusals import is_no_room, is_read_only, open_elsewhere

_PRIMARY_CODE: Final = 0xFF
"""SQLite's extended result codes carry the primary code in their low byte."""

_NO_SHARED_MEMORY: Final = frozenset(
    {sqlite3.SQLITE_IOERR_SHMOPEN, sqlite3.SQLITE_IOERR_SHMMAP, sqlite3.SQLITE_IOERR_SHMSIZE}
    | {sqlite3.SQLITE_IOERR_SHMLOCK, sqlite3.SQLITE_IOERR_LOCK, sqlite3.SQLITE_PROTOCOL}
)
"""Extended codes where memory cannot be shared, or a file not be locked, between processes: network file systems."""

_LITTLE_ROOM_BYTES: Final = 4 << 20


def is_damage(err: BaseException | None) -> bool:
    """Whether the database file is damaged, as against locked, full or out of reach."""
    return _code(err) in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def is_locked(err: BaseException) -> bool:
    """Whether another program holds the database."""
    return _code(err) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def is_full(err: BaseException) -> bool:
    """Whether the disk has no room."""
    return _code(err) == sqlite3.SQLITE_FULL


def journal_error(err: sqlite3.Error | OSError, path: Path) -> JournalError:
    """The error to raise ``from`` this one, in words that say what to do."""
    return JournalError(*(_place_words(err, path) or _file_words(err, path)))


def _place_words(err: sqlite3.Error | OSError, path: Path) -> tuple[str, str] | None:
    """What is wrong with the disk on which the journal lies, and what to do; None where nothing is known to be."""
    if is_full(err) or is_no_room(err) or (_code(err) in _MAYBE_FULL and _little_room(path)):
        return _("The disk is full; the journal {path} cannot be written.").format(path=path), _(
            "Make room on that disk."
        )
    if getattr(err, "sqlite_errorcode", None) in _NO_SHARED_MEMORY:
        says = _("The file system of the journal {path} cannot share memory, as network file systems cannot.")
        return says.format(path=path), _("Set POSTUREWATCH_HOME to a folder on a local disk.")
    if _code(err) in _MAYBE_READ_ONLY and is_read_only(path):
        says = _("The journal {path} lies on a file system that is read-only.")
        return says.format(path=path), _(
            "Set POSTUREWATCH_HOME to a folder on another one, or have it mounted for writing."
        )
    return None


def _file_words(err: sqlite3.Error | OSError, path: Path) -> tuple[str, str]:
    """What is wrong with the file, and what to do."""
    code = _code(err)
    if is_locked(err) or _is_held(path):
        return _("The journal {path} is locked by another program.").format(path=path), _(
            "Close other programs that have the file open, then try again."
        )
    if is_damage(err):
        return _("The journal {path} is damaged.").format(path=path), _(
            "Start posturewatch: it sets the file aside and rescues what can be read."
        )
    if code == sqlite3.SQLITE_READONLY or isinstance(err, PermissionError):
        return _("The journal {path} may not be written.").format(path=path), _(
            "Give yourself the right to write the file and its folder, or set POSTUREWATCH_HOME."
        )
    if code == sqlite3.SQLITE_CANTOPEN or isinstance(err, OSError):
        return _("The journal {path} cannot be opened: {why}.").format(path=path, why=_why(err)), _(
            "See that its folder exists and can be written."
        )
    return _("The journal {path} cannot be used: {why}.").format(path=path, why=_why(err)), _(
        "Run `posturewatch doctor`."
    )


_MAYBE_FULL: Final = frozenset({sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN})
"""What SQLite says too where a file beside the journal finds no room."""

_MAYBE_READ_ONLY: Final = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, None})
"""What it says, and what the operating system says (None), on a file system that is read-only."""


def _code(err: BaseException | None) -> int | None:
    code = getattr(err, "sqlite_errorcode", None)
    return code & _PRIMARY_CODE if isinstance(code, int) else None


def _why(err: BaseException) -> str:
    return (err.strerror if isinstance(err, OSError) else None) or str(err)


def _is_held(path: Path) -> bool:
    """Whether another program lets nobody else open the file, or write to it, as one can on Windows; SQLite says then
    that it cannot be opened, or not be written."""
    if os.name != "nt":  # and closing it would give up the locks that SQLite holds on it
        return False
    try:
        path.open("rb+").close()
    except OSError as err:
        return open_elsewhere(err)
    return False


def _little_room(path: Path) -> bool:
    try:
        return shutil.disk_usage(path.parent).free < _LITTLE_ROOM_BYTES
    except OSError:
        return False
