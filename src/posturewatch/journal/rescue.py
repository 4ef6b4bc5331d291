"""A damaged journal: set aside with its date, what can be read carried over into a new one.

The damaged file is copied first and replaced last, so that a kill in between leaves either the damaged file
or the rescued one in its place. Rows are read through SQLite as far as that goes, then from the bare pages
(``sqlite_pages.py``); each must look like a row that the journal writes.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from posturewatch.base.errors import DataError
from posturewatch.base.i18n import _
from posturewatch.base.movement import checked
from posturewatch.disk.files import arriving, create_private, put_in_place
from posturewatch.disk.shredding import shred
from posturewatch.journal import rows
from posturewatch.journal.schema import bring_up_to_date, read_only, side_files, unused_name
from posturewatch.journal.sqlite_pages import Value, leaf_rows

_FIRST_MS: Final = 946_684_800_000
_LAST_MS: Final = 7_258_118_400_000
"""Years 2000 to 2200: a time outside is a broken number."""

_LAST_OFFSET_MIN: Final = 15 * 60


@dataclass(slots=True)
class Rescue:
    """What was saved: rows by table, and where the damaged file lies now."""

    aside: Path
    saved: dict[str, int] = field(default_factory=dict)

    def words(self) -> str:
        """One sentence for the user."""
        return _(
            "The journal was damaged and is set aside as {path}. Rescued into a new one: {minutes} minutes, "
            "{events} events, {diary} diary entries, {calibrations} calibrations."
        ).format(
            path=self.aside,
            minutes=self.saved.get("minutes", 0),
            events=self.saved.get("events", 0),
            diary=self.saved.get("diary", 0),
            calibrations=self.saved.get("calibrations", 0),
        )


def looks_sound(connection: sqlite3.Connection) -> bool:
    """Whether SQLite's quick check passes, and the full one for the tables with an index, which the quick one does not
    compare with their rows: those tables are small. Raises sqlite3.Error where it cannot even be made."""
    if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        return False
    indexed = connection.execute("SELECT DISTINCT tbl_name FROM sqlite_master WHERE type = 'index'").fetchall()
    return all(
        connection.execute(f"PRAGMA integrity_check({name})").fetchone()[0] == "ok"
        for (name,) in indexed
        if name in (*_SHAPES, "meta")
    )


def set_aside_and_rescue(path: Path, now: datetime) -> Rescue:
    """Copy the damaged journal aside and put a new one with its readable rows in its place.

    Raises OSError or sqlite3.Error where there is no room or right; the damaged file is then still in place.
    """
    aside = unused_name(path.with_name(f"{path.stem}-damaged-{now:%Y-%m-%d}{path.suffix}"))
    for source, target in (
        (side_files(path)[0], side_files(aside)[0]),
        (path, aside),
    ):  # the log is whole before its file
        if source.exists():
            with arriving(target) as part:
                shutil.copyfile(source, part)
    fresh = path.with_name(path.name + ".rescue")
    for leftover in (fresh, *side_files(fresh)):
        shred(leftover)
    rescue = Rescue(aside)
    create_private(fresh)
    connection = sqlite3.connect(fresh, isolation_level=None)
    try:
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        bring_up_to_date(connection, fresh, now)
        _carry_over(connection, aside, rescue)
    finally:
        connection.close()
    for stale in side_files(path):
        shred(stale)  # a log of the damaged file would be replayed over the new one
    put_in_place(fresh, path)
    return rescue


def _carry_over(connection: sqlite3.Connection, aside: Path, rescue: Rescue) -> None:
    connection.execute("BEGIN")
    complete = _from_tables(connection, aside)
    if not complete:
        _from_pages(connection, aside)
    connection.execute(
        "INSERT OR IGNORE INTO profiles (id, name) SELECT DISTINCT profile_id, 'profile-' || profile_id FROM minutes "
        "WHERE profile_id NOT IN (SELECT id FROM profiles)"
    )
    connection.execute("COMMIT")
    for table in _SHAPES:
        rescue.saved[table] = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
    for leftover in side_files(aside)[1:]:
        shred(leftover)


def _from_tables(connection: sqlite3.Connection, aside: Path) -> bool:
    """Through SQLite; whether every table could be read to its end."""
    try:
        old = read_only(aside)
    except sqlite3.Error:
        return False
    complete = True
    with contextlib.closing(old):
        for table in (*_SHAPES, "meta"):
            try:
                for values in old.execute(f"SELECT * FROM {table}"):  # noqa: S608
                    _keep(connection, table, values)
            except sqlite3.Error:
                complete = False
    return complete


def _from_pages(connection: sqlite3.Connection, aside: Path) -> None:
    for rowid, columns in leaf_rows(aside, side_files(aside)[0]):
        for table, width in _SHAPES.items():
            former = _FORMER_SHAPES.get(table, ())
            if len(columns) in (*former, width) and columns[0] is None:  # an INTEGER PRIMARY KEY is stored as its rowid
                _keep(connection, table, (rowid, *columns[1:]))


def _keep(connection: sqlite3.Connection, table: str, values: tuple[Any, ...]) -> None:
    values += (None,) * (_SHAPES.get(table, 0) - len(values))
    if not _plausible(table, values):
        return
    marks = ", ".join("?" * len(values))
    mode = "REPLACE" if table == "meta" else "IGNORE"  # the new file has a random subject already
    with contextlib.suppress(sqlite3.IntegrityError):
        connection.execute(f"INSERT OR {mode} INTO {table} VALUES ({marks})", values)  # noqa: S608


def _plausible(table: str, values: tuple[Value, ...]) -> bool:
    """Whether these could be a row of that table that we wrote."""
    try:
        return _CHECKS[table](values)
    except (TypeError, ValueError, OverflowError, IndexError):
        return False


def _is_minute(values: tuple[Any, ...]) -> bool:
    row = rows.minute_row(values, "")
    seconds = (row.valid_s, row.away_s, row.unreliable_s, row.paused_s, row.off_s, *row.band_s)
    return _is_time(values[0] * 60_000, values[1]) and all(0 <= s <= 120 for s in seconds)


def _is_event(values: tuple[Any, ...]) -> bool:
    return _is_time(values[1], values[2]) and all(isinstance(text, str) for text in values[3:6])


def _is_calibration(values: tuple[Any, ...]) -> bool:
    rows.calibration_row(values)
    return _is_time(values[1], values[2]) and all(isinstance(text, str) for text in (values[3], *values[6:]))


def _is_diary(values: tuple[Any, ...]) -> bool:
    rows.diary_row(values)
    texts = (values[5], *values[8:13])
    return (
        _is_time(values[1], values[2])
        and _is_time(values[3], values[4])
        and all(isinstance(text, str) for text in texts)
    )


def _is_check(values: tuple[Any, ...]) -> bool:
    try:
        checked(rows.check_row(values))
    except DataError:
        return False
    return _is_time(values[1], values[2])


def _is_sample(values: tuple[Any, ...]) -> bool:
    rows.sample_row(values)
    return _is_time(values[0], values[1])


def _is_profile(values: tuple[Any, ...]) -> bool:
    return isinstance(values[0], int) and values[0] > 0 and isinstance(values[1], str)


def _is_meta(values: tuple[Any, ...]) -> bool:
    return all(isinstance(text, str) for text in values)


def _is_time(at_ms: Any, offset: Any) -> bool:
    return (
        isinstance(at_ms, int)
        and isinstance(offset, int)
        and _FIRST_MS <= at_ms < _LAST_MS
        and abs(offset) <= _LAST_OFFSET_MIN
    )


_SHAPES: Final = {
    "profiles": 2,
    "minutes": 27,
    "events": 7,
    "calibrations": 8,
    "diary": 14,
    "samples": 15,
    "checks": 13,
}
"""Columns of each table; all different, so that a bare row shows where it belongs."""

_FORMER_SHAPES: Final = {"minutes": (19, 20, 21)}
"""Columns of rows written under an earlier schema. SQLite leaves them as they were when a column is added, so they are
met in journals of the present schema too."""

_CHECKS: Final = {
    "profiles": _is_profile,
    "minutes": _is_minute,
    "events": _is_event,
    "calibrations": _is_calibration,
    "diary": _is_diary,
    "checks": _is_check,
    "samples": _is_sample,
    "meta": _is_meta,
}
