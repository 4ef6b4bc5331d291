"""Taking rows from elsewhere into a journal: all of a file in one transaction, or nothing.

What the journal has already stays as it is: a minute that it knows, an event or entry equal in every part.
Calibrations keep their numbers where those are free; where not, they get new ones and the minutes follow. None takes
the place of a calibration in force; of a profile that is new here, the newest that is not of a time to come is chosen.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace

from posturewatch.base.errors import ImportRefusedError
from posturewatch.base.i18n import _
from posturewatch.base.movement import MovementRow
from posturewatch.base.records import CalibrationRow, DiaryEntry, Event, JournalRow, MinuteRow
from posturewatch.journal import rows
from posturewatch.journal.schema import IN_FORCE, IN_FORCE_KEY
from posturewatch.journal.waiting import insert, put_row
from posturewatch.journal.writer import SqliteJournal


@dataclass(slots=True)
class Taken:
    """How many rows were new, and how many the journal had already."""

    minutes: int = 0
    events: int = 0
    diary: int = 0
    calibrations: int = 0
    checks: int = 0
    known: int = 0


def take_in(journal: SqliteJournal, given: Iterable[JournalRow], subject: str = "", *, mine: bool = False) -> Taken:
    """Write everything or nothing; calibrations come before the minutes that rest on them. Each row is read once and
    as it comes. ``subject``: whose rows these are, taken up by a journal that is empty; a journal of somebody
    else refuses them unless they are ``mine`` all the same.

    Raises what reading the rows raises, ImportRefusedError for somebody else's, and JournalError.
    """

    def work(connection: sqlite3.Connection) -> Taken:
        filled = (
            "SELECT EXISTS (SELECT 1 FROM minutes) OR EXISTS (SELECT 1 FROM diary) OR EXISTS (SELECT 1 FROM checks)"
        )
        empty = not connection.execute(filled).fetchone()[0]
        own = connection.execute("SELECT value FROM meta WHERE key = 'subject'").fetchone()
        if subject and not empty and not mine and own is not None and own[0] != subject:
            raise ImportRefusedError(
                _("The file is of another person or journal ({theirs}) than this journal ({own}).").format(
                    theirs=subject, own=own[0]
                ),
                _("Nothing was taken in. If both are you, give --mine; another person's file is for `review`."),
            )
        taking = _Taking(connection)
        chosen = dict(connection.execute(f"SELECT profile, id FROM calibrations WHERE {IN_FORCE}").fetchall())  # noqa: S608
        for row in given:
            taking.take(row)
        taking.choose(chosen, journal.now_ms())
        if empty and subject:
            connection.execute("INSERT OR REPLACE INTO meta VALUES ('subject', ?)", (subject,))
        return taking.taken

    return journal.transact(work)


class _Taking:
    """One import: what was taken, and under which numbers."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.taken = Taken()
        self._connection = connection
        self._given: dict[int, int] = {}  # a calibration's number in the file -> in the journal
        self._made_ms: dict[int, int] = dict(
            connection.execute("SELECT id, CAST(at_ms AS INTEGER) FROM calibrations").fetchall()
        )
        self._profiles: dict[str, int] = {}
        (self._last_event,) = connection.execute("SELECT coalesce(max(id), 0) FROM events").fetchone()
        diary = connection.execute("SELECT * FROM diary").fetchall()
        self._diary = [row[1:] for row in diary]
        self._diary_numbers = {row[0] for row in diary}

    def take(self, row: JournalRow) -> None:
        """Write the row, unless the journal has it."""
        match row:
            case CalibrationRow():
                self._calibration(row)
            case MinuteRow():
                self._minute(row)
            case Event():
                self._event(row)
            case DiaryEntry():
                self._entry(row)
            case MovementRow():
                self._check(row)

    def choose(self, chosen: dict[str, int], now_ms: int) -> None:
        """Leave in force what was; ``chosen``: the number by profile before anything was taken."""
        newest = "SELECT profile, id FROM calibrations WHERE body != '' ORDER BY at_ms <= ?, at_ms, id"
        for profile, number in {**dict(self._connection.execute(newest, (now_ms,))), **chosen}.items():
            put_row(self._connection, "meta", (IN_FORCE_KEY + profile, str(number)))

    def _calibration(self, row: CalibrationRow) -> None:
        values = rows.calibration_values(row)
        same = self._connection.execute(
            "SELECT id FROM calibrations WHERE at_ms = ? AND profile = ? AND (body = ? OR ? = '')",
            (values[0], values[2], values[6], values[6]),  # shared without its points: the one that has them
        ).fetchone()
        if same is not None:
            self.taken.known += 1
            number = int(same[0])
        else:
            free = row.id if row.id is not None and row.id not in self._made_ms else None
            number = insert(self._connection, "calibrations", values, free)
            self.taken.calibrations += 1
        self._made_ms[number] = values[0]
        if row.id is not None:
            self._given[row.id] = number

    def _minute(self, row: MinuteRow) -> None:
        if row.profile not in self._profiles:
            self._connection.execute("INSERT OR IGNORE INTO profiles (name) VALUES (?)", (row.profile,))
            found = self._connection.execute("SELECT id FROM profiles WHERE name = ?", (row.profile,)).fetchone()
            self._profiles[row.profile] = int(found[0])
        fitting = replace(row, calibration_id=self._number_for(row))
        values = rows.minute_values(fitting, self._profiles[row.profile])
        marks = ", ".join("?" * len(values))
        done = self._connection.execute(f"INSERT OR IGNORE INTO minutes VALUES ({marks})", values).rowcount  # noqa: S608
        self.taken.minutes += done
        self.taken.known += 1 - done

    def _number_for(self, row: MinuteRow) -> int | None:
        """The calibration's number in this journal; a number that belongs to a later calibration is not the
        minute's."""
        if row.calibration_id is None or row.calibration_id in self._given:
            return self._given.get(row.calibration_id or 0)
        made_ms = self._made_ms.get(row.calibration_id)
        return row.calibration_id if made_ms is None or made_ms <= rows.utc_ms(row.start) + 60_000 else None

    def _event(self, event: Event) -> None:
        known = (
            "SELECT 1 FROM events WHERE id <= ? AND at_ms = ? AND offset_min = ? AND kind = ? AND outcome = ? "
            "AND detail = ? AND value IS ?"
        )
        values = rows.event_values(event)
        if self._connection.execute(known, (self._last_event, *values)).fetchone() is not None:
            self.taken.known += 1
        else:
            insert(self._connection, "events", values, None)
            self.taken.events += 1

    def _check(self, row: MovementRow) -> None:
        values = rows.check_values(row)
        marks = ", ".join("?" * len(values))
        # One result for each movement of a check: what the journal has stays.
        done = self._connection.execute(f"INSERT OR IGNORE INTO checks VALUES (NULL, {marks})", values).rowcount  # noqa: S608
        self.taken.checks += done
        self.taken.known += 1 - done

    def _entry(self, entry: DiaryEntry) -> None:
        values = rows.diary_values(entry)
        if values in self._diary:
            self.taken.known += 1
            return
        free = entry.id if entry.id is not None and entry.id not in self._diary_numbers else None
        self._diary_numbers.add(insert(self._connection, "diary", values, free))
        self.taken.diary += 1
