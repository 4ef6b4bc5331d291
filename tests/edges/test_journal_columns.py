"""Minutes read by columns are the minutes read by rows."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest

from posturewatch.core.minute_arrays import MinuteArrays, columns
from posturewatch.core.summary import summarise_period
from posturewatch.edges.clock import SystemClock
from posturewatch.edges.journal import SqliteJournal
from posturewatch.edges.journal_columns import read_columns
from posturewatch.records import MinuteRow

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


def test_rows_made_of_columns_are_the_rows(journal: SqliteJournal) -> None:
    """One by one, in stretches, from behind and by day: the same records as the reader of rows gives."""
    wanted = sorted(journal.minutes_of(FIRST, LAST), key=lambda one: (one.start.toordinal(), one.start.timestamp()))
    found = read_columns(journal, FIRST, LAST)
    assert list(found) == wanted
    assert found[0] == wanted[0]
    assert found[-1] == wanted[-1]
    assert list(found[150:450]) == wanted[150:450]
    assert list(found[150:450][10:20]) == wanted[160:170]
    assert list(found.of_days(date(2026, 10, 25), date(2026, 10, 26))) == [
        one for one in wanted if one.start.date() in (date(2026, 10, 25), date(2026, 10, 26))
    ]
    with pytest.raises(IndexError):
        found[len(wanted)]


def test_columns_hold_the_same_numbers(journal: SqliteJournal) -> None:
    """Each column equals the one that is made from rows, and so does the summary of all."""
    by_rows = columns(journal.minutes_of(FIRST, LAST), FIRST, LAST)
    lazy = read_columns(journal, FIRST, LAST)
    by_columns = columns(lazy, FIRST, LAST)
    for name in MinuteArrays.__dataclass_fields__:
        if name not in ("rows", "profiles", "profile"):
            np.testing.assert_array_equal(getattr(by_rows, name), getattr(by_columns, name), err_msg=name)
    named = [[table.profiles[one] for one in table.profile] for table in (by_rows, by_columns)]
    assert named[0] == named[1]
    rows = journal.minutes_of(FIRST, LAST)
    assert summarise_period(lazy, first=FIRST, last=LAST) == summarise_period(rows, first=FIRST, last=LAST)


def test_a_span_without_minutes_is_empty(journal: SqliteJournal) -> None:
    """Before anything was written there are no rows, no error and an empty summary."""
    found = read_columns(journal, date(2020, 1, 1), date(2020, 1, 2))
    assert len(found) == 0
    assert list(found) == []
    assert summarise_period(found, first=date(2020, 1, 1), last=date(2020, 1, 2)).usable_days == 0
