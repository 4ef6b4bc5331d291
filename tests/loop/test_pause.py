"""A pause: until tomorrow, until an hour, by the clock on the wall wherever that hangs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest

from posturewatch.core.reminding.passage import Passage
from posturewatch.loop.pause import Pause

CITY = ZoneInfo("Europe/Berlin")


def wall_clock(pause: Pause, begin: datetime, zones: Callable[[datetime], tzinfo] | None = None) -> datetime:
    """Minute by minute until the pause is over: what the clock on the wall says then, in the zone of that moment."""
    moment, zone = begin.astimezone(UTC), begin.tzinfo
    while True:
        moment += timedelta(minutes=1)
        there = zones(moment) if zones is not None else zone
        if pause.passed(Passage(0.0, moment.astimezone(there), watched_s=60.0)):
            return moment.astimezone(there)


@pytest.mark.parametrize(
    ("pressed", "ends"),
    [
        (datetime(2026, 11, 23, 17, 0, tzinfo=CITY), "2026-11-24T04:00:00+01:00"),
        (datetime(2026, 11, 23, 23, 59, tzinfo=CITY), "2026-11-24T04:00:00+01:00"),
        (datetime(2026, 11, 24, 1, 0, tzinfo=CITY), "2026-11-24T04:00:00+01:00"),
        (datetime(2026, 10, 24, 22, 0, tzinfo=CITY), "2026-10-25T04:00:00+01:00"),
        (datetime(2026, 10, 25, 1, 0, tzinfo=CITY), "2026-10-25T04:00:00+01:00"),
        (datetime(2027, 3, 27, 22, 0, tzinfo=CITY), "2027-03-28T04:00:00+02:00"),
        (datetime(2027, 3, 28, 1, 0, tzinfo=CITY), "2027-03-28T04:00:00+02:00"),
    ],
)
def test_until_tomorrow_ends_at_four_by_the_clock_on_the_wall(pressed: datetime, ends: str) -> None:
    """In the evening or in the night, and in the nights in which the clocks are changed."""
    pause = Pause()
    pause.begin(-1.0, pressed)
    assert wall_clock(pause, pressed).isoformat() == ends
    assert not pause.on
    fixed = Pause()  # as the system's clock tells it: with the offset of the moment and no rules
    fixed.begin(-1.0, datetime.fromisoformat(pressed.isoformat()))
    over = wall_clock(fixed, pressed, lambda moment: timezone(moment.astimezone(CITY).utcoffset() or timedelta()))
    assert over.isoformat() == ends


@pytest.mark.parametrize(("there", "ends"), [("America/New_York", "04:00"), ("Asia/Tokyo", "07:00")])
def test_until_tomorrow_ends_at_four_where_one_has_flown_to(there: str, ends: str) -> None:
    """Pressed in Berlin, landed six hours later; in Tokyo it is seven by then, and the pause is over."""
    pressed = datetime(2026, 11, 23, 17, 0, tzinfo=CITY)
    landed = pressed.astimezone(UTC) + timedelta(hours=6)
    pause = Pause()
    pause.begin(-1.0, pressed)
    over = wall_clock(pause, pressed, lambda moment: CITY if moment < landed else ZoneInfo(there))
    assert f"{over:%H:%M %Z}" == f"{ends} {over.astimezone(ZoneInfo(there)):%Z}"
    assert over.date() == datetime(2026, 11, 24, tzinfo=UTC).date()


def test_a_pause_until_an_hour_ends_then_today_or_tomorrow() -> None:
    """15:00 at two in the afternoon is in an hour, at four it is tomorrow; when it ends is told at once."""
    for pressed, ends in (("14:00", "2026-11-23T15:00"), ("15:00", "2026-11-24T15:00"), ("16:10", "2026-11-24T15:00")):
        pause = Pause()
        now = datetime.fromisoformat(f"2026-11-23T{pressed}:00+01:00").astimezone(CITY)
        pause.begin(None, now, "15:00")
        assert pause.until is not None
        assert pause.until.isoformat().startswith(ends)
        assert wall_clock(pause, now).isoformat().startswith(ends)
