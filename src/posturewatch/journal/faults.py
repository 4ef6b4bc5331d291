"""What SQLite's complaints mean to the user, and which of them mean that the file itself is damaged."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from typing import Final

from posturewatch.base.errors import JournalError
from posturewatch.base.i18n import _

_PRIMARY_CODE: Final = 0xFF
"""SQLite's extended result codes carry the primary code in their low byte."""

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
    code = _code(err)
    if is_locked(err):
        return JournalError(
            _("The journal {path} is locked by another program.").format(path=path),
            _("It is tried again by itself; close other programs that have the file open."),
        )
    if is_damage(err):
        return JournalError(
            _("The journal {path} is damaged.").format(path=path),
            _("Start posturewatch: it sets the file aside and rescues what can be read."),
        )
    if is_full(err) or (code == sqlite3.SQLITE_IOERR and _little_room(path)):
        return JournalError(
            _("The disk is full; the journal {path} cannot be written.").format(path=path),
            _("Make room; what is not yet written is kept in memory and written then."),
        )
    if code == sqlite3.SQLITE_READONLY or isinstance(err, PermissionError):
        return JournalError(
            _("The journal {path} may not be written.").format(path=path),
            _("Give yourself the right to write the file and its folder, or set POSTUREWATCH_HOME."),
        )
    if code == sqlite3.SQLITE_CANTOPEN or isinstance(err, OSError):
        return JournalError(
            _("The journal {path} cannot be opened: {why}.").format(path=path, why=_why(err)),
            _("See that its folder exists and can be written."),
        )
    return JournalError(
        _("The journal {path} cannot be used: {why}.").format(path=path, why=_why(err)),
        _("Run `posturewatch doctor`."),
    )


def _code(err: BaseException | None) -> int | None:
    code = getattr(err, "sqlite_errorcode", None)
    return code & _PRIMARY_CODE if isinstance(code, int) else None


def _why(err: BaseException) -> str:
    return (err.strerror if isinstance(err, OSError) else None) or str(err)


def _little_room(path: Path) -> bool:
    try:
        return shutil.disk_usage(path.parent).free < _LITTLE_ROOM_BYTES
    except OSError:
        return False
