"""Letting go of what is old, by itself, and of what the user wants gone, at once and thoroughly."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from posturewatch.base.records import GENERATED, EventKind
from posturewatch.disk import in_place, system_keyring
from posturewatch.disk.camera_password import entry_of
from posturewatch.disk.shredding import TEMP_SUFFIX, shred_all
from posturewatch.journal import rows
from posturewatch.journal.daily_files import DailyFiles
from posturewatch.journal.reader import DAY_MIN
from posturewatch.journal.schema import IN_FORCE, draw_subject, side_files, undo_file
from posturewatch.journal.writer import SqliteJournal

if TYPE_CHECKING:
    from posturewatch.base.settings import JournalSettings
    from posturewatch.disk.folders import Folders

_LOCAL_DAY: Final = {
    "minutes": f"(minute + offset_min) / {DAY_MIN}",
    "events": f"(at_ms / 60000 + offset_min) / {DAY_MIN}",
    "diary": f"(at_ms / 60000 + offset_min) / {DAY_MIN}",
    "checks": f"(at_ms / 60000 + offset_min) / {DAY_MIN}",
    "samples": f"(at_ms / 60000 + offset_min) / {DAY_MIN}",
    "calibrations": f"(at_ms / 60000 + offset_min) / {DAY_MIN}",
}
"""The number of the local day of a row, by table."""

_STILL_NEEDED: Final = (
    f"id NOT IN (SELECT calibration_id FROM minutes WHERE calibration_id IS NOT NULL) AND NOT ({IN_FORCE})"  # noqa: S608
)
"""An old calibration stays while a minute rests on it, and while it is the one in force of its profile."""

_NO_MARK: Final = f"NOT (kind = '{EventKind.JOURNAL}' AND outcome = '{GENERATED}')"
"""A made-up journal goes on saying so while a day of it is left."""

_DAYS_OF_PROOF: Final = 7
"""Nothing goes before this many days of the span that is kept have been recorded: a clock that jumps years ahead
must not take the journal with it."""


@dataclass(slots=True)
class Removed:
    """How many rows by table, and files, went."""

    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0
    kept_by: tuple[str, ...] = ()
    """File systems that write anew instead of over: they keep what some of these files held."""

    @property
    def total(self) -> int:
        """Everything that went."""
        return sum(self.rows.values()) + self.files


def tidy(journal: SqliteJournal, daily: DailyFiles, settings: JournalSettings, today: date) -> Removed:
    """Let go of what is older than the settings allow. Cheap; meant for each start and change of day.

    Nothing goes until a week within the span that is kept has been recorded. Raises DataError, JournalError.
    """
    oldest = today - timedelta(days=settings.keep_days)
    if sum(oldest <= day <= today for day in journal.days()) < _DAYS_OF_PROOF:
        return Removed()
    oldest_sample = today - timedelta(days=min(settings.raw_keep_days, settings.keep_days))
    removed = Removed()

    def work(connection: sqlite3.Connection) -> None:
        for table in ("minutes", "events", "diary", "checks"):
            removed.rows[table] = _delete(connection, table, oldest, _NO_MARK if table == "events" else "")
        removed.rows["samples"] = _delete(connection, "samples", oldest_sample)
        removed.rows["calibrations"] = _delete(connection, "calibrations", oldest, _STILL_NEEDED)

    journal.transact(work)
    removed.files = shred_all((*daily.before(oldest), *_copies(journal.path, oldest)))
    return removed


def forget(folders: Folders, journal: SqliteJournal, before: date | None) -> Removed:
    """Remove everything of local days before this one (everything, if None), and overwrite where it stood.

    Journal rows, calibrations (one that is still needed stays, unless all goes), daily files, reports kept in
    the data folder, copies and set-aside files of the journal, and, if all goes, all else that is ours
    (:func:`ours`). The configuration stays, and so does a file of the user's own that lies in our folders.
    Raises JournalError where another program reads the journal; DataError, when all else is done, for files that
    could not be removed; DesktopError then for the camera's password in the system's keyring.
    """
    some = (*DailyFiles(folders.days).before(before), *_reports(folders), *_copies(journal.path, None))
    going = ours(folders) if before is None else some
    removed = Removed(kept_by=in_place.copying((journal.path, *going)))

    def work(connection: sqlite3.Connection) -> None:
        for table in ("minutes", "events", "diary", "checks", "samples", "calibrations"):
            where = "" if before is None else {"calibrations": _STILL_NEEDED, "events": _NO_MARK}.get(table, "")
            removed.rows[table] = _delete(connection, table, before, where)
        connection.execute("DELETE FROM profiles WHERE id NOT IN (SELECT profile_id FROM minutes)")
        if before is None:
            connection.execute("DELETE FROM meta")
            connection.execute("DELETE FROM sqlite_sequence")
            draw_subject(connection)

    def rows_go() -> None:
        journal.forget_waiting()
        journal.transact(work)
        _pack(journal)

    entry = None
    with suppress(OSError):
        entry = entry_of(folders) if before is None else None
    with ExitStack() as then:  # each is done, whatever could not be done before it
        if entry is not None:
            then.callback(system_keyring.drop, entry)
        then.callback(rows_go)
        removed.files = shred_all(going)  # first: on a full disk the journal needs the room that this makes
    return removed


def _pack(journal: SqliteJournal) -> None:
    """Lay all rows anew, so that no page keeps a copy of one that moved. Raises JournalError.

    The file becomes shorter, and what stood in the part that is cut off could not be reached any more: as many pages of
    zeros as there are take that place first.
    """
    journal.outside("DROP TABLE IF EXISTS zeros")
    journal.outside("CREATE TABLE zeros (body BLOB)")
    journal.outside(
        "INSERT INTO zeros SELECT zeroblob(page_size * page_count) FROM pragma_page_size, pragma_page_count"
    )
    journal.outside("VACUUM")
    journal.overwrite_log()
    journal.outside("DELETE FROM zeros")
    journal.outside("VACUUM")  # with the same tables, so all that stays is where it was
    journal.outside("DROP TABLE zeros")
    journal.overwrite_log()


def ours(folders: Folders) -> tuple[Path, ...]:
    """All files of ours that may tell of the user, but for the journal that is open now, the settings and what lies in
    the state folder: daily files, reports, the profile's name, the camera's password, our keys and the memory
    of others', what stands beside the journal (copies, damaged files, rescues that were broken off, their
    logs), logs, crash reports, and what interrupted writes left."""
    open_now = {folders.journal_file, *side_files(folders.journal_file)}
    beside = {path for path in folders.data.glob(f"{folders.journal_file.stem}*") if path.is_file()} - open_now
    logs = (*folders.logs.glob("*.log*"), *folders.logs.glob("crash-*.txt"))
    places = dict.fromkeys((folders.config, folders.data, folders.days, folders.keys, folders.logs, folders.state))
    parts = (path for place in places for path in place.glob(f".*{TEMP_SUFFIX}"))
    keys = (*folders.keys.glob("*.key*"), *folders.keys.glob("*.json"))
    found = (
        *DailyFiles(folders.days).before(None),
        *_reports(folders),
        folders.profile_file,
        folders.camera_password_file,
        *keys,
        *sorted(beside),
        *logs,
        *parts,
    )
    return tuple(path for path in dict.fromkeys(found) if path.is_file() or path.is_symlink())


def _delete(connection: sqlite3.Connection, table: str, before: date | None, where: str = "") -> int:
    conditions = [where] if where else []
    if before is not None:
        conditions.append(f"{_LOCAL_DAY[table]} < {rows.local_day_number(before)}")
    sql = f"DELETE FROM {table}" + (" WHERE " + " AND ".join(conditions) if conditions else "")  # noqa: S608
    return connection.execute(sql).rowcount


def _copies(journal: Path, before: date | None) -> Iterator[Path]:
    """Copies taken before a migration and files set aside: ``journal-….sqlite``; of before a day, or all."""
    for path in sorted(journal.parent.glob(f"{journal.stem}-*{journal.suffix}")):
        made = _day_in(path.stem)
        if before is None or (made is not None and made < before):
            yield from (each for each in (path, *side_files(path), undo_file(path)) if each.exists())


def _day_in(name: str) -> date | None:
    for start in range(len(name) - 9):
        try:
            return date.fromisoformat(name[start : start + 10])
        except ValueError:
            continue
    return None


def _reports(folders: Folders) -> Iterator[Path]:
    """Each may speak of any day."""
    if folders.reports.is_dir():
        yield from (path for path in folders.reports.rglob("*") if path.is_file() or path.is_symlink())
