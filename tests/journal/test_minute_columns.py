"""The table of minutes holds what the rows hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from posturewatch.base.clock import SystemClock
from posturewatch.base.records import CalibrationRow, Event, EventKind, MinuteRow
from posturewatch.core.history.journal_content import JournalContent
from posturewatch.core.history.minute_table import MinuteTable
from posturewatch.core.history.summary.period import summarise_period
from posturewatch.journal.reader import open_reader
from posturewatch.journal.take_in import take_in
from posturewatch.journal.writer import SqliteJournal
from report.checks_for_tests import check
from report.journals import diary

FIRST = date(2026, 10, 23)
LAST = date(2026, 10, 27)
WEST, EAST = timezone(timedelta(hours=-5)), timezone(timedelta(hours=9))


def row(start: datetime, number: int) -> MinuteRow:
    """A minute; every third has no number, as when somebody was away."""
    away = number % 3 == 0
    return MinuteRow(
        start,
        ("desk", "laptop", "kitchen")[number % 7 % 3],
        0.0 if away else 53.21,
        60.0 if away else 1.5,
        0.0 if away else 5.29,
        0.0,
        0.0,
        number % 20,
        None if away else round(0.2 + number % 40 / 20, 3),
        None if away else 1.234,
        None if away else 0.9,
        None if away else 0.321,
        None if away else 17.25,
        (0.0, 0.0, 0.0, 0.0) if away else (10.0, 20.0, 20.0, 3.21),
        None if away else 1 + number % 2,
        None if away or number % 5 == 0 else 0.123,
    )


@pytest.fixture
def journal(tmp_path: Path) -> SqliteJournal:
    """Five days, with a flight over the date line on the third: a local day comes twice, out of order in UTC."""
    made = SqliteJournal(tmp_path / "journal.sqlite", SystemClock())
    for day in range(5):
        zone = EAST if day == 2 else WEST
        begin = datetime(2026, 10, 23 + day, 8, tzinfo=zone)
        for number in range(200):
            made.add_minute(row(begin + timedelta(minutes=number), number + day))
    made.flush()
    return made


def test_rows_made_of_the_table_are_the_rows(journal: SqliteJournal) -> None:
    """All, by day and one by one: the same records as the reader of rows gives."""
    wanted = sorted(journal.minutes_of(FIRST, LAST), key=lambda one: (one.start.toordinal(), one.start.timestamp()))
    found = journal.minute_table(FIRST, LAST)
    assert list(found) == wanted
    assert [found.start(place) for place in (0, -1)] == [wanted[0].start, wanted[-1].start]
    two_days = [one for one in wanted if one.start.date() in (date(2026, 10, 25), date(2026, 10, 26))]
    assert list(found.of_days(date(2026, 10, 25), date(2026, 10, 26))) == two_days
    assert list(found.on([date(2026, 10, 26), date(2026, 10, 25)])) == two_days
    with pytest.raises(IndexError):
        found.start(len(wanted))


def test_a_table_made_of_rows_is_that_of_the_database(journal: SqliteJournal) -> None:
    """Each column is equal, names of profiles too, whatever the order of the rows; and so is the summary."""
    rows = journal.minutes_of(FIRST, LAST)
    read = journal.minute_table(FIRST, LAST)
    assert read == MinuteTable.of(rows) == MinuteTable.of(rows[::-1])
    assert read != MinuteTable.of(rows[1:])
    assert read != MinuteTable.of([replace(rows[0], fht_p90_in=2.5), *rows[1:]])
    assert read != MinuteTable.of([replace(rows[0], profile="another"), *rows[1:]])
    summaries = [
        summarise_period(JournalContent(table), first=FIRST, last=LAST) for table in (read, MinuteTable.of(rows[::-1]))
    ]
    assert summaries[0] == summaries[1]


def test_tables_are_joined_into_one(journal: SqliteJournal) -> None:
    """Parts that count their profiles differently give the whole again."""
    rows = journal.minutes_of(FIRST, LAST)
    assert MinuteTable.joined([MinuteTable.of(rows[300:]), MinuteTable.of(rows[:300])]) == MinuteTable.of(rows)
    assert len(MinuteTable.joined([])) == 0


def test_a_span_without_minutes_is_empty(journal: SqliteJournal) -> None:
    """Before anything was written there are no rows, no error and an empty summary."""
    found = journal.minute_table(date(2020, 1, 1), date(2020, 1, 2))
    assert len(found) == 0
    assert list(found) == []
    period = summarise_period(JournalContent(found), first=date(2020, 1, 1), last=date(2020, 1, 2))
    assert period.usable_days == 0


def test_what_is_read_a_few_weeks_at_a_time_is_all_there_is(tmp_path: Path) -> None:
    """Minutes, events, diary, calibrations and movement checks: a report's content holds all that an export's does."""
    journal = SqliteJournal(tmp_path / "journal.sqlite", SystemClock())
    at = datetime(2026, 10, 23, 8, tzinfo=WEST)
    take_in(
        journal,
        [
            CalibrationRow(at, "desk", 0.15, 45, "front", "", 1),
            *(row(at + timedelta(minutes=number), number) for number in range(20)),
            Event(at, EventKind.NUDGE, "acted"),
            *diary(at.date()),
            *check(at),
        ],
    )
    with open_reader(journal.path) as reader:
        content, stored = reader.content(FIRST, LAST), reader.stored(FIRST, LAST)
        assert all((content.events, content.diary, content.calibrations, content.checks))
        assert replace(stored, minutes=stored.minutes.of_days(FIRST, LAST)) == content
