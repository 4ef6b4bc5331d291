"""What has passed between two readings of the clocks: the one judgement of gaps, of clocks that were set, and of days.

Rules of time count seconds that really passed while somebody looked. A monotonic clock that steps back adds nothing. A
reading that comes far too late, by either clock, is a *gap* (on Linux a suspend shows on the wall clock alone; a wall
clock that was set far ahead looks the same): nobody looked, so nothing may be said about it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

GAP_S: Final = 15.0
"""A reading that comes this much late was no reading: the computer slept. Smaller, and a machine under load would open
the camera anew for nothing; larger, and a nap would be measured with a stale camera, or read as presence."""

CLOCK_SET_S: Final = 2.0
"""A wall clock that differs from the monotonic one by more than this since the last reading has been set (or the
computer slept); smaller differences are the slow correction of a network time service."""


@dataclass(frozen=True, slots=True)
class Passage:
    """From one reading to the next.

    ``now_s``: monotonic, ``now``: local, at its end. ``t_s``: seconds since the first reading, by a clock that never
    steps back. ``watched_s`` of an ordinary wait, or ``gap_s`` that nobody saw, sleep included. ``monotonic_s``: what
    the monotonic clock counted, ``wall_s``: what the wall clock did (may be negative). ``clock_set``: whether the two
    differ too much. ``set_back_s``: by so much the wall clock went back, 0 for an ordinary reading. ``zone``: the new
    offset from UTC where it has changed, else empty. ``new_day``: whether a new local day has begun.
    """

    now_s: float
    now: datetime
    t_s: float = 0.0
    watched_s: float = 0.0
    gap_s: float = 0.0
    monotonic_s: float = 0.0
    wall_s: float = 0.0
    set_back_s: float = 0.0
    clock_set: bool = False
    zone: str = ""
    new_day: bool = False

    @property
    def passed_s(self) -> float:
        """Seconds watched or not."""
        return self.watched_s + self.gap_s

    def then(self, later: Passage) -> Passage:
        """This passage and the one that follows, as one."""
        return replace(
            later,
            watched_s=self.watched_s + later.watched_s,
            gap_s=self.gap_s + later.gap_s,
            monotonic_s=self.monotonic_s + later.monotonic_s,
            wall_s=self.wall_s + later.wall_s,
            set_back_s=self.set_back_s + later.set_back_s,
            clock_set=self.clock_set or later.clock_set,
            zone=later.zone or self.zone,
            new_day=self.new_day or later.new_day,
        )


class Follower:
    """One that is told less often than the clocks are read: what has passed since it was last told, as one passage."""

    def __init__(self, now: Passage) -> None:
        self._untold = now

    def add(self, passage: Passage) -> None:
        """So much more has passed."""
        self._untold = self._untold.then(passage)

    def take(self) -> Passage:
        """All that has passed since the last time."""
        told = self._untold
        self._untold = Passage(told.now_s, told.now, told.t_s)
        return told


class Timekeeper:
    """Turns readings of the two clocks into passages. ``every_s``: the ordinary wait between two readings."""

    def __init__(self, now_s: float, now: datetime, every_s: float) -> None:
        self.expect(every_s)
        self._last = Passage(now_s, now)
        self._day = now.date()
        self._followers: list[Follower] = []

    def expect(self, wait_s: float) -> None:
        """The next reading comes after so many seconds; one that is late by more than :data:`GAP_S` ends a gap."""
        self._limit_s = wait_s + GAP_S

    def follow(self) -> Follower:
        """What adds up the passages from here on."""
        self._followers.append(Follower(Passage(self._last.now_s, self._last.now, self._last.t_s)))
        return self._followers[-1]

    @property
    def last(self) -> Passage:
        """The passage that ended with the last reading."""
        return self._last

    def read(self, now_s: float, now: datetime) -> Passage:
        """The passage since the last reading."""
        before = self._last
        monotonic_s = max(0.0, now_s - before.now_s)
        wall_s = now.timestamp() - before.now.timestamp()
        longest_s = max(monotonic_s, wall_s)
        gap = longest_s > self._limit_s
        clock_set = abs(wall_s - monotonic_s) > CLOCK_SET_S
        self._last = Passage(
            now_s,
            now,
            t_s=before.t_s + monotonic_s,
            watched_s=0.0 if gap else monotonic_s,
            gap_s=longest_s if gap else 0.0,
            monotonic_s=monotonic_s,
            wall_s=wall_s,
            set_back_s=-wall_s if clock_set and wall_s < 0.0 else 0.0,
            clock_set=clock_set,
            zone=f"{now:%z}" if now.utcoffset() != before.now.utcoffset() else "",
            new_day=self._turned(now.date()),
        )
        for follower in self._followers:
            follower.add(self._last)
        return self._last

    def _turned(self, day: date) -> bool:
        """A clock set back over midnight begins no day, so that a daily cap cannot be had twice; a clock that was more
        than a day ahead and is put right does."""
        if day > self._day or (self._day - day).days > 1:
            self._day = day
            return True
        return False
