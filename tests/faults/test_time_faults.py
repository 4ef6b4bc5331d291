"""Clocks that leap: the real journal under a clock moved by hand. Whatever the clock does, no second is made up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from fakes import MONDAY_NINE, FakeClock
from loop.house import House
from posturewatch.base.loop_commands import CommandKind
from posturewatch.base.records import EventKind, MinuteRow
from posturewatch.journal.writer import SqliteJournal
from posturewatch.loop.loop import Loop
from posturewatch.loop.ports import Ports

BERLIN = ZoneInfo("Europe/Berlin")


class ZonedClock(FakeClock):
    """A wall clock in a place with summer time: its offset follows the calendar, as the system's does."""

    def __init__(self, now: datetime) -> None:
        super().__init__(now.astimezone(UTC))

    def now(self) -> datetime:
        """Wall time with the offset that holds there and then."""
        local = self.wall.astimezone(BERLIN)
        return local.astimezone(timezone(local.utcoffset() or timedelta()))


Leap = Callable[[FakeClock], None]


def played(folder: Path, clock: FakeClock, hours: float, leap: Leap | None) -> tuple[MinuteRow, ...]:
    """An empty chair for some hours, with a leap of the clock in the middle, into a real journal; its minutes."""
    house = House(clock=clock)
    half_s = hours * 1800
    if leap is not None:
        house.at(half_s, lambda: leap(clock))
    house.at(2 * half_s, CommandKind.QUIT)
    with SqliteJournal(folder / "journal.sqlite", clock) as journal:
        ports = Ports(
            clock, house.sensor, journal, house.notifier, house.desktop, house.display, house.inbox, house.keeper,
            house.launcher,
        )  # fmt: skip
        Loop(ports, house.settings).run()
        house.journal.happened = list(journal.content().events)
        assert journal.integrity() == ()
        return journal.content().minutes


def seconds(rows: tuple[MinuteRow, ...]) -> float:
    """All seconds of the rows."""
    return sum(row.valid_s + row.away_s + row.unreliable_s + row.paused_s + row.off_s for row in rows)


LEAPS: dict[str, Leap | None] = {
    "none": None,
    "an hour's sleep": lambda clock: clock.sleep_computer(3600),
    "set ahead by a day": lambda clock: clock.set_wall(86_400),
    "set ahead by ten years": lambda clock: clock.set_wall(10 * 365 * 86_400),
    "set back by an hour": lambda clock: clock.set_wall(-3600),
    "set back by a year": lambda clock: clock.set_wall(-365 * 86_400),
    "set back to 1970": lambda clock: clock.set_wall((datetime(1970, 1, 2, tzinfo=UTC) - clock.wall).total_seconds()),
    "moved to Tokyo": lambda clock: clock.move_to(timezone(timedelta(hours=9))),
    "moved to Nepal": lambda clock: clock.move_to(timezone(timedelta(hours=5, minutes=45))),
    "a monotonic clock that goes back": lambda clock: setattr(clock, "t_s", clock.t_s - 100),
}


@pytest.mark.parametrize("name", LEAPS)
def test_no_leap_of_a_clock_makes_up_time(tmp_path: Path, name: str) -> None:
    """An hour at an empty chair is at most an hour in the journal and hardly less, whatever the clock did in between;
    no minute holds more than its sixty seconds."""
    rows = played(tmp_path, FakeClock(), 1.0, LEAPS[name])
    assert 3600 - 130 <= seconds(rows) <= 3600 + 1
    assert all(seconds((row,)) <= 60.001 for row in rows)


@pytest.mark.parametrize(
    ("begin", "offsets"),
    [
        (datetime(2026, 10, 25, 1, 30, tzinfo=BERLIN), [7200, 3600]),
        (datetime(2026, 3, 29, 1, 30, tzinfo=BERLIN), [3600, 7200]),
    ],
    ids=["to winter", "to summer"],
)
def test_a_change_of_summer_time_keeps_every_minute(tmp_path: Path, begin: datetime, offsets: list[int]) -> None:
    """Two hours over the change are 120 minutes with both offsets, one after the other in UTC, none missing."""
    rows = played(tmp_path, ZonedClock(begin), 2.0, None)
    assert seconds(rows) == pytest.approx(7200, abs=15)
    starts = [row.start.astimezone(UTC) for row in rows]
    assert all(later - earlier == timedelta(minutes=1) for earlier, later in pairwise(starts))
    seen = [int((row.start.utcoffset() or timedelta()).total_seconds()) for row in rows]
    assert sorted(set(seen), key=seen.index) == offsets


def test_a_leap_is_written_down(tmp_path: Path) -> None:
    """Sleep, a clock set back and a new zone each leave an event, so that a therapist can see why a day looks odd."""
    house = House(clock=FakeClock(MONDAY_NINE))
    house.at(60, lambda: house.clock.sleep_computer(3600))
    house.at(120, lambda: house.clock.set_wall(-600))
    house.at(180, lambda: house.clock.move_to(timezone(timedelta(hours=9))))
    house.run(240)
    said = [(event.kind, event.outcome) for event in house.journal.happened]
    for wanted in ((EventKind.SUSPEND, ""), (EventKind.CLOCK, "set_back"), (EventKind.CLOCK, "zone")):
        assert wanted in said


def test_a_rescued_journal_is_told_once() -> None:
    """What the journal has to say about itself reaches the user as a notification, one time."""
    house = House()
    house.at(10, lambda: house.journal.told.append("The journal was damaged and is set aside."))
    house.run(60)
    assert [reminder.body for reminder in house.notifier.sent] == ["The journal was damaged and is set aside."]
