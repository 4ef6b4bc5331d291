"""Working hours: plain days, ranges across midnight, the whole day, and when the answer changes next."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posturewatch.core.hours import always, next_change, within_hours
from posturewatch.settings import HoursSettings

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


def test_the_default_is_always() -> None:
    """00:00 to 24:00 on all days leaves nothing out; equal ends mean the whole day."""
    assert always(HoursSettings())
    assert always(HoursSettings(start="08:00", end="08:00"))
    assert not always(OFFICE)
    assert within_hours(HoursSettings(start="08:00", end="08:00"), at("2026-11-23T03:00"))
    assert next_change(HoursSettings(), at("2026-11-23T03:00")) is None


def test_the_next_change_is_the_next_border() -> None:
    """From Friday evening the next change is Monday morning."""
    assert next_change(OFFICE, at("2026-11-27T18:00")) == at("2026-11-30T09:00")
    assert next_change(OFFICE, at("2026-11-23T10:00")) == at("2026-11-23T17:30")
    assert next_change(NIGHT, at("2026-11-27T23:00")) == at("2026-11-28T06:00")


@given(minute=st.integers(0, 10079), start=st.integers(0, 1439), end=st.integers(0, 1440))
def test_the_answer_holds_until_the_next_change(minute: int, start: int, end: int) -> None:
    """Half way to the next change the answer is the same, at the change it is the other."""
    hours = HoursSettings(days=("tue", "sat"), start=f"{start // 60:02}:{start % 60:02}",
                          end=f"{end // 60:02}:{end % 60:02}")  # fmt: skip
    now = at(f"2026-11-{23 + minute // 1440:02}T{minute // 60 % 24:02}:{minute % 60:02}")
    change = next_change(hours, now)
    assert change is not None
    assert within_hours(hours, now + (change - now) / 2) is within_hours(hours, now)
    assert within_hours(hours, change) is not within_hours(hours, now)
