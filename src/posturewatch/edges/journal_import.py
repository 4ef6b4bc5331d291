"""Taking rows from elsewhere into a journal: all of a file in one transaction, or nothing.

What the journal has already stays as it is: a minute that it knows, an event or entry equal in every part.
Calibrations keep their numbers where those are free; where not, they get new ones and the minutes follow.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from posturewatch.edges import journal_rows as rows
from posturewatch.edges.journal import SqliteJournal
from posturewatch.edges.journal_waiting import insert
from posturewatch.records import CalibrationRow, DiaryEntry, Event, MinuteRow


@dataclass(frozen=True, slots=True)
class Incoming:
    """Rows to take in, each table read only once and as it comes."""

    calibrations: Iterable[CalibrationRow] = ()
    minutes: Iterable[MinuteRow] = ()
    events: Iterable[Event] = ()
    diary: Iterable[DiaryEntry] = ()
    subject: str = ""


@dataclass(slots=True)
class Taken:
    """How many rows were new, and how many the journal had already."""

    minutes: int = 0
    events: int = 0
    diary: int = 0
    calibrations: int = 0
    known: int = 0


@dataclass(slots=True)
class _Numbers:
    """Calibrations by their number in the file -> in the journal, and when each of the journal's was made."""

    given: dict[int, int] = field(default_factory=dict)
    made_ms: dict[int, int] = field(default_factory=dict)


def take_in(journal: SqliteJournal, incoming: Incoming) -> Taken:
    """Write everything or nothing. Raises what reading ``incoming`` raises, and JournalError."""

    def work(connection: sqlite3.Connection) -> Taken:
        taken = Taken()
        empty = connection.execute("SELECT count(*) FROM (SELECT 1 FROM minutes LIMIT 1)").fetchone()[0] == 0
        numbers = _calibrations(connection, incoming.calibrations, taken)
        _minutes(connection, incoming.minutes, numbers, taken)
        _events(connection, incoming.events, taken)
        _diary(connection, incoming.diary, taken)
        if empty and incoming.subject:
            connection.execute("INSERT OR REPLACE INTO meta VALUES ('subject', ?)", (incoming.subject,))
        return taken

    return journal.transact(work)


def _calibrations(connection: sqlite3.Connection, given: Iterable[CalibrationRow], taken: Taken) -> _Numbers:
    numbers = _Numbers(made_ms=dict(connection.execute("SELECT id, at_ms FROM calibrations").fetchall()))
    for row in given:
        values = rows.calibration_values(row)
        same = connection.execute(
            "SELECT id FROM calibrations WHERE at_ms = ? AND profile = ? AND body = ?",
            (values[0], values[2], values[6]),
        ).fetchone()
        if same is not None:
            taken.known += 1
            number = int(same[0])
        else:
            free = row.id if row.id is not None and row.id not in numbers.made_ms else None
            number = insert(connection, "calibrations", values, free)
            taken.calibrations += 1
        numbers.made_ms[number] = values[0]
        if row.id is not None:
            numbers.given[row.id] = number
    return numbers


def _minutes(connection: sqlite3.Connection, given: Iterable[MinuteRow], numbers: _Numbers, taken: Taken) -> None:
    profiles: dict[str, int] = {}
    for row in given:
        if row.profile not in profiles:
            connection.execute("INSERT OR IGNORE INTO profiles (name) VALUES (?)", (row.profile,))
            found = connection.execute("SELECT id FROM profiles WHERE name = ?", (row.profile,)).fetchone()
            profiles[row.profile] = int(found[0])
        fitting = replace(row, calibration_id=_number_for(row, numbers))
        values = rows.minute_values(fitting, profiles[row.profile])
        marks = ", ".join("?" * len(values))
        done = connection.execute(f"INSERT OR IGNORE INTO minutes VALUES ({marks})", values).rowcount  # noqa: S608
        taken.minutes += done
        taken.known += 1 - done


def _number_for(row: MinuteRow, numbers: _Numbers) -> int | None:
    """The calibration's number in this journal; a number that belongs to a later calibration is not the minute's."""
    if row.calibration_id is None or row.calibration_id in numbers.given:
        return numbers.given.get(row.calibration_id or 0)
    made_ms = numbers.made_ms.get(row.calibration_id)
    return row.calibration_id if made_ms is None or made_ms <= rows.utc_ms(row.start) + 60_000 else None


def _events(connection: sqlite3.Connection, given: Iterable[Event], taken: Taken) -> None:
    (last,) = connection.execute("SELECT coalesce(max(id), 0) FROM events").fetchone()
    known = (
        "SELECT 1 FROM events WHERE id <= ? AND at_ms = ? AND offset_min = ? AND kind = ? AND outcome = ? "
        "AND detail = ? AND value IS ?"
    )
    for event in given:
        values = rows.event_values(event)
        if connection.execute(known, (last, *values)).fetchone() is not None:
            taken.known += 1
        else:
            insert(connection, "events", values, None)
            taken.events += 1


def _diary(connection: sqlite3.Connection, given: Iterable[DiaryEntry], taken: Taken) -> None:
    known = [row[1:] for row in connection.execute("SELECT * FROM diary").fetchall()]
    numbers = {row[0] for row in connection.execute("SELECT id FROM diary").fetchall()}
    for entry in given:
        values = rows.diary_values(entry)
        if values in known:
            taken.known += 1
            continue
        free = entry.id if entry.id is not None and entry.id not in numbers else None
        numbers.add(insert(connection, "diary", values, free))
        taken.diary += 1
