"""Who is believed about the chair: the camera, then the lock, then the input, else nobody."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from posturewatch.base.records import Reason, State, Step
from posturewatch.base.settings import BreakSettings
from posturewatch.core.reminding.passage import Passage
from posturewatch.core.reminding.sitting import Rhythm, Seat, SeatReading, Sitting, present_of, read_seat

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TWO_SECONDS = Passage(2.0, NOW, t_s=2.0, watched_s=2.0)
SEATED, AWAY, UNKNOWN = Seat.SEATED, Seat.AWAY, Seat.UNKNOWN


@pytest.mark.parametrize(
    ("present", "idle_s", "muted", "expected"),
    [
        (True, 9999.0, None, SEATED),
        (False, 0.0, None, AWAY),
        (True, None, "locked", SEATED),
        (None, 0.0, "locked", AWAY),
        (None, None, "suspended", AWAY),
        (None, 59.0, None, SEATED),
        (None, 60.0, None, AWAY),
        (None, None, None, UNKNOWN),
        (None, 200.0, "call", SEATED),
        (None, 400.0, "call", UNKNOWN),
        (None, 200.0, "full_screen", SEATED),
        (None, 200.0, "paused", AWAY),
        (None, None, "call", UNKNOWN),
    ],
)
def test_who_is_believed(present: bool | None, idle_s: float | None, muted: str | None, expected: Seat) -> None:
    """Camera before lock before input; listening in a call is no absence; nobody's word is no word."""
    assert read_seat(present, idle_s, 60.0, muted).seat is expected


def test_what_the_camera_can_tell() -> None:
    """A verdict or a turned head is presence, AWAY is absence, a black or closed camera is no word."""
    assert present_of(Step(0, State.UPRIGHT, None, True)) is True
    assert present_of(Step(0, State.UNRELIABLE, Reason.TURNED, True)) is True
    assert present_of(Step(0, State.AWAY, Reason.NOBODY, False)) is False
    assert present_of(Step(0, State.UNRELIABLE, Reason.BLACK, False)) is None
    assert present_of(None) is None


def test_an_absence_known_late_begins_with_the_last_touch() -> None:
    """By idle input the absence is known after a minute: that minute is given back and is part of the absence."""
    sitting, idle_s, sat_s = Sitting(), 0.0, 0.0
    for _ in range(30):
        sitting.feed(SeatReading(SEATED, "idle"), TWO_SECONDS, 0.0)
        sat_s += sitting.seated_s
    for _ in range(40):
        idle_s += 2.0
        seat = SEATED if idle_s < 60 else AWAY
        assert sitting.feed(SeatReading(seat, "idle"), TWO_SECONDS, idle_s) is None
        sat_s += sitting.seated_s
    over = sitting.feed(SeatReading(SEATED, "idle"), TWO_SECONDS, 0.0)
    assert sat_s == pytest.approx(60.0, abs=4.0)
    assert over is not None
    assert over.length_s == pytest.approx(82.0, abs=2.0)
    assert over.source == "idle"


def test_unknown_time_is_neither() -> None:
    """Between two unknown readings nothing is added on either side."""
    sitting = Sitting()
    sitting.feed(SeatReading(SEATED, "camera"), Passage(0.0, NOW), None)
    for _ in range(100):
        sitting.feed(SeatReading(UNKNOWN, "nobody"), TWO_SECONDS, None)
        assert sitting.seated_s == 0.0
        assert sitting.away_s == 0.0


def test_an_absence_that_is_too_short_for_a_longer_break_puts_that_off_to_the_next_one() -> None:
    """After 55 min, a longer one due at 60: half an hour more, and then it is the longer one; an absence as long as a
    longer break begins the hour anew."""
    breaks = BreakSettings(every_min=30, long_every_min=60, long_length_s=300)
    short, long = Rhythm(), Rhythm()
    for rhythm in (short, long):
        rhythm.sat(55 * 60.0)
    short.absent(120.0, breaks)
    long.absent(300.0, breaks)
    assert (short.left_s(breaks), short.next_is_long(breaks)) == (30 * 60.0, True)
    assert (long.left_s(breaks), long.next_is_long(breaks)) == (30 * 60.0, False)
    long.sat(30 * 60.0)
    long.restart(long=False)
    assert (long.left_s(breaks), long.next_is_long(breaks)) == (30 * 60.0, True)
