"""Reading the journal: by moments, by local days, and whole. Never writes.

A local day is decided row by row from the offset stored with it: a day of 23 or 25 hours, a flight and
midnight come out as the person lived them.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

from posturewatch.base.errors import DataError, JournalError
from posturewatch.base.i18n import _
from posturewatch.base.movement import MovementRow
from posturewatch.base.outside import cleaned
from posturewatch.base.records import GENERATED, CalibrationRow, DiaryEntry, Event, EventKind, MinuteRow, SampleRow
from posturewatch.base.zones import FARTHEST_OFFSET_MIN, offset_min
from posturewatch.journal import rows
from posturewatch.journal.faults import journal_error
from posturewatch.journal.schema import IN_FORCE, SCHEMA_VERSION, as_text, check_is_ours, read_only

if TYPE_CHECKING:  # numpy is not waited for where only a few rows are read
    from posturewatch.core.history.journal_content import JournalContent
    from posturewatch.core.history.minute_table import MinuteTable
    from posturewatch.core.history.minutes import Minutes

DAY_MIN: Final = 1440
_BUSY_S: Final = 5.0
"""For so long a writer is waited for."""

_CHUNK: Final = 5000

_EVENT_COLUMNS: Final = "at_ms, offset_min, kind, outcome, detail, value"
_DIARY_COLUMNS: Final = (
    "id, at_ms, offset_min, written_ms, written_offset_min, kind, duration_min, worst, side, medication, trigger, "
    "note, score_name, score"
)
_CALIBRATION_COLUMNS: Final = "id, at_ms, offset_min, profile, repeatability_in, frames, view, body"

_NEAR: Final = f"abs(offset_min) <= {FARTHEST_OFFSET_MIN}"

_Row = TypeVar("_Row")


class JournalReader:
    """The reading half. Spans are half open: ``since`` is in, ``until`` is not; both aware.

    Every method raises JournalError where the file cannot be read.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, err: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Give the file back. Idempotent."""
        self._connection.close()

    # ------------------------------------------------------------------ by moments

    def minutes(self, since: datetime, until: datetime) -> tuple[MinuteRow, ...]:
        """Rows of the minutes that begin in the span, in order of UTC."""
        first, end = _ceil_minute(since), _ceil_minute(until)
        return tuple(self._minutes("minute >= ? AND minute < ?", (first, end)))

    def events(self, since: datetime, until: datetime) -> tuple[Event, ...]:
        """Events of the span, in order of UTC and of writing."""
        return tuple(self._events("at_ms >= ? AND at_ms < ?", _span_ms(since, until)))

    def diary(self, since: datetime, until: datetime) -> tuple[DiaryEntry, ...]:
        """Diary entries whose ``at`` lies in the span."""
        return tuple(self._diary("at_ms >= ? AND at_ms < ?", _span_ms(since, until)))

    def samples(self, since: datetime, until: datetime) -> tuple[SampleRow, ...]:
        """Single estimates of the span, where they were kept."""
        sql = "SELECT * FROM samples WHERE at_ms >= ? AND at_ms < ? ORDER BY at_ms"
        return tuple(_made(rows.sample_row, self._read(sql, _span_ms(since, until))))

    def calibrations(self, profile: str | None = None) -> tuple[CalibrationRow, ...]:
        """All calibrations (of one profile), the oldest by its date first."""
        where, values = ("1", ()) if profile is None else ("profile = ?", (profile,))
        return tuple(self._calibrations(where, values))

    def calibrations_in_force(self) -> dict[str, CalibrationRow]:
        """By profile, the calibration that is measured against: the one that was chosen, whatever its date."""
        return {row.profile: row for row in self._calibrations(IN_FORCE, ())}

    def profile_names(self) -> dict[int, str]:
        """The names of the profiles that minutes refer to by number."""
        return {number: cleaned(str(name)) for number, name in self._read("SELECT id, name FROM profiles")}

    def profiles(self) -> tuple[str, ...]:
        """Names of all profiles ever calibrated, the latest written first."""
        sql = "SELECT profile FROM calibrations GROUP BY profile ORDER BY max(id) DESC"
        return tuple(cleaned(str(name)) for (name,) in self._read(sql))

    # ------------------------------------------------------------------ by local days

    def days(self) -> tuple[date, ...]:
        """Local days on which anything was written down, in order."""
        sql = (
            f"SELECT DISTINCT (minute + offset_min) / {DAY_MIN} FROM minutes "  # noqa: S608  (a constant of ours)
            f"UNION SELECT (at_ms / 60000 + offset_min) / {DAY_MIN} FROM events "
            f"UNION SELECT (at_ms / 60000 + offset_min) / {DAY_MIN} FROM checks "
            f"UNION SELECT (at_ms / 60000 + offset_min) / {DAY_MIN} FROM diary ORDER BY 1"
        )
        return tuple(_made(lambda found: rows.day_of_number(found[0]), self._read(sql)))

    def minutes_of(self, first: date, last: date | None = None) -> tuple[MinuteRow, ...]:
        """Minutes of the local day, or of the days from ``first`` to ``last``, both in."""
        return tuple(self._minutes(*_minutes_where(first, last)))

    def events_of(self, first: date, last: date | None = None) -> tuple[Event, ...]:
        """Events of the local day, or of the days from ``first`` to ``last``, both in."""
        return tuple(self._events(*_day_where(first, last)))

    def marks(self, first: date, last: date) -> tuple[Event, ...]:
        """By what a made-up journal says so, where that was written on another day than these."""
        found = self._events("kind = ? AND outcome = ?", (EventKind.JOURNAL, GENERATED))
        return tuple(event for event in found if not first <= event.at.date() <= last)

    def diary_of(self, first: date, last: date | None = None) -> tuple[DiaryEntry, ...]:
        """Diary entries of the local day, or of the days from ``first`` to ``last``, both in."""
        return tuple(self._diary(*_day_where(first, last)))

    def checks_of(self, first: date, last: date | None = None) -> tuple[MovementRow, ...]:
        """Results of the movement checks that were begun on these local days, both in; in order of time."""
        return tuple(self._checks(*_day_where(first, last)))

    def last_checks(self, count: int) -> tuple[MovementRow, ...]:
        """Results of the last ``count`` movement checks, in order of time."""
        where = "at_ms IN (SELECT DISTINCT at_ms FROM checks ORDER BY at_ms DESC LIMIT ?)"
        return tuple(self._checks(where, (count,)))

    def calibrations_of(self, first: date, last: date, used: Container[int | None]) -> tuple[CalibrationRow, ...]:
        """Calibrations made on these local days, and those that are ``used``."""
        day, end = _day_span(first, last)
        return tuple(
            row
            for row in self.calibrations()
            if row.id in used or day <= rows.utc_minute(row.at) + offset_min(row.at) < end
        )

    def minute_table(self, first: date, last: date) -> MinuteTable:
        """Minutes of the local days from ``first`` to ``last``, both in, as one table of arrays: the database joins
        each column to a text in half the time in which rows come over."""
        from posturewatch.journal.minute_columns import COLUMNS, table_of

        joined = ", ".join(f"coalesce(group_concat({name}), '')" for name in COLUMNS)
        where, values = _minutes_where(first, last)
        sql = f"SELECT {joined} FROM (SELECT * FROM minutes WHERE {where} AND %s ORDER BY minute)"  # noqa: S608
        try:
            return table_of(next(self._read(sql % "1", values)), self.profile_names())
        except ValueError:  # something else than a number stands in one of them
            return table_of(next(self._read(sql % rows.NUMBERS, values)), self.profile_names())

    def minute_span(self, first: date, last: date) -> tuple[date, date] | None:
        """The first and the last local day from ``first`` to ``last`` between which all minutes lie; None without any.

        Both may lie a day further out: the rows' own offsets are not looked at.
        """
        where, values = _minutes_where(first, last)
        found = next(self._read(f"SELECT min(minute), max(minute) FROM minutes WHERE {where}", values))  # noqa: S608
        if found[0] is None:
            return None
        begin, end = (
            rows.day_of_number((minute + shift) // DAY_MIN)
            for minute, shift in zip(found, (-FARTHEST_OFFSET_MIN, FARTHEST_OFFSET_MIN), strict=True)
        )
        return max(begin, first), min(end, last)

    def minute_uses(self, first: date, last: date) -> Iterator[tuple[date, int | None, int, int]]:
        """Local day, calibration, number of the profile, and how many minutes from ``first`` to ``last`` have them.

        Rows are counted as they come, which keeps the database from sorting years of them.
        """
        where, values = _minutes_where(first, last)
        sql = (
            "SELECT (minute + offset_min) / ?, calibration_id, profile_id FROM minutes WHERE "  # noqa: S608
            f"{where} AND {rows.NUMBERS} ORDER BY minute"
        )
        for use, met in groupby(self._read(sql, (DAY_MIN, *values))):
            yield rows.day_of_number(use[0]), use[1], use[2], sum(1 for _one in met)

    def diary_entry(self, number: int) -> DiaryEntry:
        """One entry by its number; raises DataError where there is none."""
        with suppress(OverflowError):  # no number of SQLite's
            for entry in self._diary("id = ?", (number,)):
                return entry
        raise DataError(
            _("There is no diary entry number {number}.").format(number=number),
            _("`posturewatch diary list` shows the numbers."),
        )

    def content(self, first: date = date.min, last: date = date.max) -> JournalContent:
        """All that an export carries of the local days from ``first`` to ``last``, both in; of all, if not given.

        Calibrations: those made in the span and those that its minutes refer to.
        """
        return self._beside(self.minute_table(first, last), first, last)

    def stored(self, first: date, last: date) -> JournalContent:
        """As :meth:`content`, but the minutes stay in the database and are read as they are asked for, which takes an
        open reader and little memory."""
        from posturewatch.core.history.stored_minutes import StoredMinutes

        return self._beside(StoredMinutes(self, first, last), first, last)

    def _beside(self, minutes: Minutes, first: date, last: date) -> JournalContent:
        """These minutes, and what else belongs to the days."""
        from posturewatch.core.history.journal_content import JournalContent

        calibrations = self.calibrations_of(first, last, minutes.calibration_ids())
        events, diary = self.events_of(first, last), self.diary_of(first, last)
        checks = self.checks_of(first, last)
        read = {"minutes": len(minutes), "events": len(events), "diary": len(diary), "checks": len(checks)}
        unread = self._unread(first, last, read)
        return JournalContent(minutes, (*self.marks(first, last), *events), diary, calibrations, checks, unread)

    def unread(self, first: date = date.min, last: date = date.max) -> int:
        """How many rows of these local days nobody can read: of a later version, or damaged in a way that the file's
        own check does not see. Calibrations belong to every day, and so does a row whose time cannot be read."""
        read = {"minutes": sum(count for *_use, count in self.minute_uses(first, last))}
        for table, of_days in (("events", self.events_of), ("diary", self.diary_of), ("checks", self.checks_of)):
            read[table] = len(of_days(first, last))
        return self._unread(first, last, read)

    def _unread(self, first: date, last: date, read: Mapping[str, int]) -> int:
        """As :meth:`unread`. ``read``: how many rows of each table have been."""
        day, end = _day_span(first, last)
        unread = self._count("calibrations", "1", ()) - len(self.calibrations())
        for table, count in read.items():
            at, each = ("minute", 1) if table == "minutes" else ("at_ms", 60_000)
            where, values = _minutes_where(first, last) if table == "minutes" else _day_where(first, last)
            far = f"NOT {_NEAR} AND {at} >= ? AND {at} < ?"  # its day is that of UTC
            where += f" OR {far} OR {at} IS NOT CAST({at} AS REAL)"
            unread += self._count(table, where, (*values, day * each, end * each)) - count
        return unread

    def _count(self, table: str, where: str, values: tuple[int, ...]) -> int:
        return int(next(self._read(f"SELECT count(*) FROM {table} WHERE {where}", values))[0])  # noqa: S608

    # ------------------------------------------------------------------ about the file

    def subject(self) -> str:
        """A random name for this journal's person, the same in every export and made of nothing about them."""
        return self.kept("subject")

    def kept(self, key: str) -> str:
        """A small thing that was kept beside the rows (:meth:`SqliteJournal.keep`); empty if never kept."""
        found = next(self._read("SELECT value FROM meta WHERE key = ?", (key,)), None)
        return str(found[0]) if found else ""

    def integrity(self) -> tuple[str, ...]:
        """What a full check of the file finds wrong; empty = sound. Reads the whole file."""
        found = tuple(str(line) for (line,) in self._read("PRAGMA integrity_check(20)"))
        return () if found == ("ok",) else found

    def size_bytes(self) -> int:
        """Size of the database, without the write-ahead log."""
        try:
            return self.path.stat().st_size
        except OSError as err:
            raise journal_error(err, self.path) from err

    # ------------------------------------------------------------------ inside

    def _read(self, sql: str, values: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
        try:
            cursor = self._connection.execute(sql, values)
            while chunk := cursor.fetchmany(_CHUNK):
                yield from chunk
        except sqlite3.Error as err:
            raise journal_error(err, self.path) from err

    def _minutes(self, where: str, values: tuple[Any, ...]) -> Iterator[MinuteRow]:
        names = self.profile_names()
        sql = f"SELECT * FROM minutes WHERE {where} ORDER BY minute"  # noqa: S608  (conditions of ours)
        return _made(lambda row: rows.minute_row(row, names.get(row[2], "")), self._read(sql, values))

    def _events(self, where: str, values: tuple[Any, ...]) -> Iterator[Event]:
        sql = f"SELECT {_EVENT_COLUMNS} FROM events WHERE {where} ORDER BY at_ms, id"  # noqa: S608
        return _made(rows.event_row, self._read(sql, values))

    def _diary(self, where: str, values: tuple[Any, ...]) -> Iterator[DiaryEntry]:
        sql = f"SELECT {_DIARY_COLUMNS} FROM diary WHERE {where} ORDER BY at_ms, id"  # noqa: S608
        return _made(rows.diary_row, self._read(sql, values))

    def _checks(self, where: str, values: tuple[Any, ...]) -> Iterator[MovementRow]:
        sql = f"SELECT * FROM checks WHERE {where} ORDER BY at_ms, id"  # noqa: S608
        return _made(rows.check_row, self._read(sql, values))

    def _calibrations(self, where: str, values: tuple[Any, ...]) -> Iterator[CalibrationRow]:
        sql = f"SELECT {_CALIBRATION_COLUMNS} FROM calibrations WHERE {where} ORDER BY at_ms, id"  # noqa: S608
        return _made(rows.calibration_row, self._read(sql, values))


def _made(make: Callable[[Sequence[Any]], _Row], found: Iterable[tuple[Any, ...]]) -> Iterator[_Row]:
    """The records of these rows. One of a later version, or damaged in a way that the file's own check does not see,
    is passed over: it must not keep the others from being read. :meth:`JournalReader.unread` counts them."""
    for values in found:
        try:
            row = make(values)
        except (TypeError, ValueError, OverflowError, AttributeError):  # SQLite keeps anything in any column
            continue
        yield row


def open_reader(path: Path, *, one_state: bool = False) -> JournalReader:
    """The journal for reading only, beside a running writer. ``one_state``: all that is read is of one moment, whatever
    is written meanwhile.

    Raises JournalError where there is none, where it is newer or older than this version, or unreadable.
    """
    if not path.exists():
        raise _no_journal_yet(path)
    if not path.is_file():  # a pipe would be waited for
        raise journal_error(OSError(errno.EINVAL, _("it is not an ordinary file")), path)
    try:
        connection = read_only(path, _BUSY_S)
    except sqlite3.Error as err:
        raise journal_error(err, path) from err
    try:
        connection.text_factory = as_text
        connection.execute("PRAGMA query_only = ON")
        if one_state:
            connection.execute("BEGIN")
        version = check_is_ours(connection, path)
        if version == 0:  # empty: a first start for which the disk had no room
            raise _no_journal_yet(path)
        if version < SCHEMA_VERSION:
            raise JournalError(
                _("The journal {path} was written by an earlier posturewatch.").format(path=path),
                _("Start posturewatch once; it takes a copy and brings the journal up to date."),
            )
    except sqlite3.Error as err:
        connection.close()
        raise journal_error(err, path) from err
    except BaseException:
        connection.close()
        raise
    return JournalReader(path, connection)


def _no_journal_yet(path: Path) -> JournalError:
    return JournalError(
        _("There is no journal at {path} yet.").format(path=path),
        _("Start posturewatch and sit in front of the camera for a while."),
    )


def _ceil_minute(moment: datetime) -> int:
    minute = rows.utc_minute(moment)
    return minute if rows.utc_ms(moment) == minute * 60_000 else minute + 1


def _span_ms(since: datetime, until: datetime) -> tuple[int, int]:
    return rows.utc_ms(since), rows.utc_ms(until)


def _day_span(first: date, last: date | None) -> tuple[int, int]:
    """Local minutes since 1970 at which the days begin and end."""
    return rows.local_day_number(first) * DAY_MIN, (rows.local_day_number(last or first) + 1) * DAY_MIN


def _minutes_where(first: date, last: date | None) -> tuple[str, tuple[int, ...]]:
    day, end = _day_span(first, last)
    where = "minute >= ? AND minute < ? AND minute + offset_min >= ? AND minute + offset_min < ?"
    return f"{where} AND {_NEAR}", (day - FARTHEST_OFFSET_MIN, end + FARTHEST_OFFSET_MIN, day, end)


def _day_where(first: date, last: date | None) -> tuple[str, tuple[int, ...]]:
    day, end = _day_span(first, last)
    around = ((day - FARTHEST_OFFSET_MIN) * 60_000, (end + FARTHEST_OFFSET_MIN) * 60_000)
    local = (day * 60_000, end * 60_000)
    where = "at_ms >= ? AND at_ms < ? AND at_ms + offset_min * 60000 >= ? AND at_ms + offset_min * 60000 < ?"
    return f"{where} AND {_NEAR}", (*around, *local)
