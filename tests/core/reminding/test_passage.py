"""Passages from clocks that jump, and days that turn once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from posturewatch.core.reminding.passage import GAP_S, Timekeeper

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def later(seconds: float) -> datetime:
    """Wall time so many seconds on."""
    return NOW + timedelta(seconds=seconds)


def test_an_ordinary_wait_is_watched() -> None:
    """Both clocks agree: the time was watched."""
    passage = Timekeeper(10.0, NOW, 4.0).read(14.0, later(4))
    assert (passage.watched_s, passage.gap_s, passage.passed_s, passage.t_s) == (4.0, 0.0, 4.0, 4.0)
    assert (passage.now_s, passage.now, passage.clock_set, passage.zone, passage.new_day) == (
        14.0,
        later(4),
        False,
        "",
        False,
    )


def test_a_leap_of_either_clock_is_a_gap() -> None:
    """Sleep that the monotonic clock counts, and sleep that only the wall clock shows."""
    time = Timekeeper(0.0, NOW, 2.0)
    counted = time.read(600.0, later(600))
    assert (counted.watched_s, counted.gap_s, counted.passed_s, counted.clock_set) == (0.0, 600.0, 600.0, False)
    hidden = time.read(602.0, later(4200))
    assert (hidden.watched_s, hidden.gap_s, hidden.monotonic_s, hidden.clock_set) == (0.0, 3600.0, 2.0, True)


def test_a_wait_of_just_the_limit_is_no_gap_yet() -> None:
    """What is longer is one; and a wall clock that stands still, once it is to be called set, has gone back by
    nothing."""
    time = Timekeeper(0.0, NOW, 2.0)
    assert time.read(2.0 + GAP_S, later(2 + GAP_S)).gap_s == 0.0
    assert time.read(60.0, later(60)).gap_s == 60.0 - 2.0 - GAP_S
    stood = time.read(600.0, later(60))
    assert (str(stood.set_back_s), stood.clock_set) == ("0.0", True)


def test_two_passages_in_a_row_are_one() -> None:
    """Seconds of each kind add up, the later one says where the clocks stand, and what either noticed stays noticed."""
    time = Timekeeper(0.0, NOW, 2.0)
    first, second = time.read(600.0, later(600)), time.read(601.0, later(-3600))
    both = first.then(second)
    assert (both.watched_s, both.gap_s, both.monotonic_s) == (1.0, 600.0, 601.0)
    assert (both.wall_s, both.set_back_s, both.clock_set) == (-3600.0, 4200.0, True)
    assert (both.now_s, both.now) == (601.0, later(-3600))
    assert second.then(first).clock_set


def test_a_step_back_adds_nothing() -> None:
    """Neither clock can take time away, and a corrected wall clock is no gap."""
    time = Timekeeper(100.0, NOW, 60.0)
    assert time.read(40.0, later(2)).passed_s == 0.0
    back = time.read(42.0, later(-7200))
    assert (back.watched_s, back.gap_s, back.t_s) == (2.0, 0.0, 2.0)
    assert (back.set_back_s, back.clock_set) == (7202.0, True)


@pytest.mark.parametrize("every_s", [0.8, 60.0])
def test_a_reading_may_be_late(every_s: float) -> None:
    """A machine under load is no sleep: only what is later than the longest ordinary wait by GAP_S is a gap."""
    time = Timekeeper(0.0, NOW, every_s)
    most_s = every_s + GAP_S - 0.1
    assert time.read(most_s, later(most_s)).watched_s == most_s
    assert time.read(2 * most_s + 1, later(2 * most_s + 1)).gap_s == pytest.approx(most_s + 1)


@pytest.mark.parametrize("slew_s", [-1.5, 1.5])
def test_the_slow_correction_of_a_time_service_is_no_set_clock(slew_s: float) -> None:
    """A wall clock that runs a little fast or slow was not set; one that is put right by more was."""
    time = Timekeeper(0.0, NOW, 4.0)
    assert not time.read(4.0, later(4 + slew_s)).clock_set
    assert time.read(8.0, later(8 + 3 * slew_s)).clock_set


def test_the_hour_of_a_time_change_is_not_an_hour() -> None:
    """Wall time is compared as instants, not as what the clock shows; the new offset is told."""
    berlin = ZoneInfo("Europe/Berlin")
    time = Timekeeper(0.0, datetime(2026, 10, 25, 0, 59, 59, tzinfo=UTC).astimezone(berlin), 4.0)
    passage = time.read(2.0, datetime(2026, 10, 25, 1, 0, 1, tzinfo=UTC).astimezone(berlin))
    assert (passage.watched_s, passage.clock_set, passage.zone) == (2.0, False, "+0100")


def test_a_day_turns_once() -> None:
    """Midnight begins a day; a clock set back over midnight does not; one put right by a week does."""
    time = Timekeeper(0.0, NOW, 4.0)

    def turned(days: int) -> bool:
        return time.read(0.0, NOW + timedelta(days=days)).new_day

    assert not turned(0)
    assert turned(1)
    assert not turned(0)
    assert not turned(1)
    assert turned(8)
    assert turned(0)


def test_one_that_is_told_seldom_is_told_all() -> None:
    """What several readings brought adds up; what was told once is not told again."""
    time = Timekeeper(0.0, datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC), 1.0)
    seldom, often = time.follow(), time.follow()
    begin = time.last.now
    each = []
    for now_s, wall_s in ((1.0, 1.0), (2.0, 2.0), (3.0, 3600.0), (4.0, 3601.0)):
        time.read(now_s, begin + timedelta(seconds=wall_s))
        each.append(often.take())
    assert [one.new_day for one in each] == [True, False, False, False]
    told = seldom.take()
    assert (told.watched_s, told.gap_s, told.t_s, told.new_day, told.clock_set) == (3.0, 3598.0, 4.0, True, True)
    assert told.now == begin + timedelta(seconds=3601)
    again = seldom.take()
    assert (again.passed_s, again.new_day, again.t_s, again.now) == (0.0, False, 4.0, told.now)
