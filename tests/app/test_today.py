"""What the window of today is told: made of a real journal, by the sums of the log, and told anew when they change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import FakeClock
from journal.rows_for_tests import NINE, event, headache, minute
from posturewatch.app.today import DayTeller, Wish
from posturewatch.base.child import Said
from posturewatch.base.quantities import duration, length_with_error
from posturewatch.base.records import EventKind
from posturewatch.core.history.day_figures import figures, minute_state
from posturewatch.core.history.minute_table import MinuteTable
from posturewatch.core.history.outcomes import breaks_words, nudges_words
from posturewatch.core.history.summary import numbers
from posturewatch.disk.folders import Folders
from posturewatch.journal.writer import SqliteJournal
from posturewatch.report.html.page_data import _states
from posturewatch.ui.day_view import Course

TODAY = NINE.date()


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """A home of its own."""
    return Folders(*(tmp_path / name for name in ("config", "data", "logs", "state"))).make()


@pytest.fixture
def kept(folders: Folders) -> Iterator[SqliteJournal]:
    """A journal with a tied morning of today, an untied hour of yesterday, and some events."""
    with SqliteJournal(folders.journal_file, FakeClock(NINE)) as journal:
        for place in range(150):
            journal.add_minute(minute(NINE + timedelta(minutes=place)))
        for place in range(60):
            journal.add_minute(minute(NINE + timedelta(days=-1, minutes=place), tied=False))
        for kind, outcome in ((EventKind.BREAK_DUE, ""), (EventKind.BREAK_TAKEN, ""), (EventKind.NUDGE, "shown")):
            journal.add_event(event(NINE + timedelta(minutes=40), kind, outcome))
        journal.add_diary(headache(NINE + timedelta(minutes=50)))
        yield journal


def teller(folders: Folders, *, day: date | None = None, reports: list[date] | None = None) -> DayTeller:
    """Asked at nine on the day itself."""
    report = reports.append if reports is not None else lambda _day: None
    return DayTeller(folders, lambda: Wish("in", 1.0), report, day=day, clock=FakeClock(NINE))


def test_its_sums_are_those_of_the_log(folders: Folders, kept: SqliteJournal) -> None:
    """Each sentence and each band says what the log says of the same rows; inches stand with their error."""
    own = figures(TODAY, kept.minutes_of(TODAY), kept.events_of(TODAY))
    view = teller(folders).view()
    assert view.title.startswith("Today, Mon 2026-11-23")
    assert duration(own.valid_min) in view.says[0]
    assert length_with_error(own.median_in or 0, own.se_in, "in") in view.says[1]
    assert [time for _name, time, _percent, _share in view.bands] == [duration(one) for one in own.band_min]
    assert view.reminders == (breaks_words(own.breaks), nudges_words(own.nudges))
    assert [line.day for line in view.week] == [f"{TODAY - timedelta(days=back)}" for back in range(6, -1, -1)]
    assert view.week[-1].median == length_with_error(own.median_in or 0, own.se_in, "in")
    assert "±" in view.week[-2].median


def test_an_untied_day_is_marked_in_the_week_and_says_so_when_it_is_chosen(
    folders: Folders, kept: SqliteJournal
) -> None:
    """By a mark with its note, by a sentence, and at each minute."""
    view = teller(folders).view()
    assert view.week[-2].breaks.endswith("~")
    assert any(note.startswith("~") for note in view.notes)
    assert "~" not in view.week[-1].breaks
    assert view.doubts == ()
    other = teller(folders).view(TODAY - timedelta(days=1))
    assert any("Not tied on this day" in words for words in other.doubts)
    assert other.course.words(9 * 60) == "09:00 · 1.3 ± 0.2 in · not tied"
    assert [line.chosen for line in other.week] == [False] * 5 + [True, False]


def test_events_stand_at_their_minutes(folders: Folders, kept: SqliteJournal) -> None:
    """Break, reminder and headache, each in its lane; a break that was due is not drawn over the one that was taken."""
    course = teller(folders).view().course
    assert [(at, lane) for at, lane, _sign, _words in course.marks] == [(580, 0), (580, 1), (590, 3)]
    assert course.words(580).startswith("09:40 · 1.3 ± 0.2 in · posture reminder shown · break")
    assert course.span() == (9 * 60, 13 * 60)


def test_it_is_told_anew_only_when_something_was_written(folders: Folders, kept: SqliteJournal) -> None:
    """A window that shows what there is hears nothing; after the next minute it hears the day with it."""
    one = teller(folders)
    view = one.view()
    assert one.heard(Said("look", {"day": "", "stamp": view.stamp})) is None
    kept.add_minute(minute(NINE + timedelta(minutes=150)))
    told = one.heard(Said("look", {"day": "", "stamp": view.stamp}))
    assert told is not None
    assert len(told.get("course")["minutes"]) == len(view.course.minutes) + 1
    assert one.heard(Said("look", {"day": "", "stamp": told.get("stamp")})) is None


def test_another_day_and_the_report_by_what_the_window_says(folders: Folders, kept: SqliteJournal) -> None:
    """A day of the week is told when it is asked for; what is no date is left aside."""
    reports: list[date] = []
    one = teller(folders, reports=reports)
    told = one.heard(Said("look", {"day": "2026-11-22", "stamp": ""}))
    assert told is not None
    assert told.get("day") == "2026-11-22"
    for nonsense in ("yesterday", "2026-13-40", "0001-01-01"):
        assert one.heard(Said("look", {"day": nonsense, "stamp": ""})) is None
    one.heard(Said("report", {"day": "2026-11-22"}))
    assert reports == [date(2026, 11, 22)]


def test_without_a_journal_it_says_why(folders: Folders) -> None:
    """No empty picture that looks like a day on which nothing was measured."""
    view = teller(folders).view()
    assert "no journal" in view.trouble
    assert view.week == ()


def test_a_day_of_a_flight_is_in_one_piece() -> None:
    """The picture goes by one clock; the hours that are read are those that clocks showed."""
    course = Course(minutes=((540, "v", 1.0, 0.3, True), (600, "v", 1.0, 0.3, True)), shifts=((540, 0), (600, 120)))
    assert (course.clock(540), course.clock(599), course.clock(600)) == ("09:00", "09:59", "12:00")


SECONDS = st.sampled_from([0.0, 1.0, 20.0, 30.0, 60.0])


@given(st.tuples(SECONDS, SECONDS, SECONDS, SECONDS), SECONDS)
def test_a_minute_is_called_what_the_report_calls_it(others: tuple[float, float, float, float], valid_s: float) -> None:
    """Window and page go by one rule, ties included."""
    unreliable_s, paused_s, off_s, away_s = others
    row = minute(valid_s=valid_s, unreliable_s=unreliable_s, paused_s=paused_s, off_s=off_s, away_s=away_s)
    assert minute_state(row) == _states(MinuteTable.of([row]))[0]


@given(st.lists(st.tuples(st.floats(-1, 4), st.sampled_from([True, False, None])), min_size=1, max_size=40))
def test_the_sums_without_numpy_are_those_of_the_report(values: list[tuple[float, bool | None]]) -> None:
    """Bands and their shares, of tied, half tied and untied days."""
    start = datetime(2026, 11, 23, 9, 0, tzinfo=timezone(timedelta(hours=1)))
    rows = [
        minute(start + timedelta(minutes=place), fht_median_in=value, tied=tied)
        for place, (value, tied) in enumerate(values)
    ]
    report = numbers.posture(numbers.counting(MinuteTable.of(rows)))
    own = figures(TODAY, rows, ())
    assert own.band_min == pytest.approx(report.band_min)
    assert report.band_share is not None
    assert own.band_share == pytest.approx(report.band_share)
