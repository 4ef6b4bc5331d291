"""Working hours: plain days, ranges across midnight, and the whole day."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posturewatch.base.settings import HoursSettings
from posturewatch.core.reminding.quiet import WEEKDAYS, within_hours

ZONE = ZoneInfo("Europe/Berlin")
OFFICE = HoursSettings(days=("mon", "tue", "wed", "thu", "fri"), start="09:00", end="17:30")
NIGHT = HoursSettings(days=("fri",), start="22:00", end="06:00")


def at(text: str) -> datetime:
    """Local time; 2026-11-23 is a Monday."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-23T08:59", False),
        ("2026-11-23T09:00", True),
        ("2026-11-23T17:29:59", True),
        ("2026-11-23T17:30", False),
        ("2026-11-28T12:00", False),
    ],
)
def test_office_hours(moment: str, expected: bool) -> None:
    """The begin belongs to the range, the end does not, and Saturday is free."""
    assert within_hours(OFFICE, at(moment)) is expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-27T21:59", False),
        ("2026-11-27T22:00", True),
        ("2026-11-28T05:59", True),
        ("2026-11-28T06:00", False),
        ("2026-11-28T23:00", False),
        ("2026-11-27T03:00", False),
    ],
)
def test_a_night_shift_belongs_to_the_day_on_which_it_began(moment: str, expected: bool) -> None:
    """Friday 22:00 to 06:00 is Friday night, not the night before it nor the one after."""
    assert within_hours(NIGHT, at(moment)) is expected


@pytest.mark.parametrize("weekday", range(7))
def test_each_day_has_its_own_night_before(weekday: int) -> None:
    """Only the morning after a night shift's day belongs to it, on every day of the week."""
    shift = HoursSettings(days=(WEEKDAYS[weekday],), start="22:00", end="06:00")
    mornings = [at("2026-11-23T03:00") + timedelta(days=n) for n in range(7)]
    assert [n for n, morning in enumerate(mornings) if within_hours(shift, morning)] == [(weekday + 1) % 7]


@pytest.mark.parametrize("hours", [HoursSettings(), HoursSettings(start="08:00", end="08:00")])
def test_the_default_and_equal_ends_leave_nothing_out(hours: HoursSettings) -> None:
    """00:00 to 24:00 on all days, and equal ends, mean the whole day."""
    assert all(within_hours(hours, moment) for moment in week())


@settings(max_examples=20)
@given(start=st.integers(0, 1439), end=st.integers(0, 1440))
def test_a_range_holds_its_minutes_once_on_each_of_its_days(start: int, end: int) -> None:
    """Wherever it begins and ends: across midnight no minute is lost or counted twice."""
    hours = HoursSettings(days=("tue", "sat"), start=f"{start // 60:02}:{start % 60:02}",
                          end=f"{end // 60:02}:{end % 60:02}")  # fmt: skip
    length = (end - start) % 1440 or 1440
    assert sum(within_hours(hours, moment) for moment in week()) == 2 * length


def week() -> list[datetime]:
    """Every minute from Monday to Sunday."""
    return [at("2026-11-23T00:00") + timedelta(minutes=minute) for minute in range(7 * 24 * 60)]
