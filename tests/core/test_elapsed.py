"""Durations from stamps that jump, and days that turn once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from posturewatch.core.elapsed import GAP_S, Elapsed, Lapse, LocalDay

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def later(seconds: float) -> datetime:
    """Wall time so many seconds on."""
    return NOW + timedelta(seconds=seconds)


def test_an_ordinary_wait_is_watched() -> None:
    """Both clocks agree: the time was watched."""
    elapsed = Elapsed()
    assert elapsed.feed(10.0, NOW) == Lapse()
    assert elapsed.feed(14.0, later(4)) == Lapse(watched_s=4.0)
    assert elapsed.t_s == 4.0
    assert elapsed.at(15.0) == 5.0


def test_a_leap_of_either_clock_is_a_gap() -> None:
    """Sleep that the monotonic clock counts, and sleep that only the wall clock shows."""
    elapsed = Elapsed()
    elapsed.feed(0.0, NOW)
    assert elapsed.feed(600.0, later(600)) == Lapse(gap_s=600.0)
    assert elapsed.feed(602.0, later(4200)) == Lapse(gap_s=3600.0)


def test_a_step_back_adds_nothing() -> None:
    """Neither clock can take time away, and a corrected wall clock is no gap."""
    elapsed = Elapsed()
    elapsed.feed(100.0, NOW)
    assert elapsed.feed(40.0, later(2)) == Lapse()
    assert elapsed.feed(42.0, later(-7200)) == Lapse(watched_s=2.0)
    assert elapsed.t_s == 2.0


def test_the_slowest_cadence_is_no_gap() -> None:
    """60 s between looks, and some more for the look."""
    elapsed = Elapsed()
    elapsed.feed(0.0, NOW)
    assert elapsed.feed(GAP_S - 1, later(GAP_S - 1)).watched_s == GAP_S - 1


def test_the_hour_of_a_time_change_is_not_an_hour() -> None:
    """Wall time is compared as instants, not as what the clock shows."""
    berlin = ZoneInfo("Europe/Berlin")
    elapsed = Elapsed()
    elapsed.feed(0.0, datetime(2026, 10, 25, 0, 59, 59, tzinfo=UTC).astimezone(berlin))
    assert elapsed.feed(2.0, datetime(2026, 10, 25, 1, 0, 1, tzinfo=UTC).astimezone(berlin)).watched_s == 2.0


def test_a_day_turns_once() -> None:
    """Midnight begins a day; a clock set back over midnight does not; one put right by a week does."""
    day = LocalDay()
    assert not day.turned(NOW)
    assert day.turned(NOW + timedelta(days=1))
    assert not day.turned(NOW)
    assert not day.turned(NOW + timedelta(days=1))
    assert day.turned(NOW + timedelta(days=8))
    assert day.turned(NOW)
    assert not LocalDay(date(2026, 11, 23)).turned(NOW)
    assert LocalDay(date(2026, 11, 22)).turned(NOW)
