"""Durations out of time stamps that may jump.

Rules of time (hold, gap, presence) count seconds that really passed while somebody looked. A stamp that steps
back adds nothing; a stamp that leaps, or a wall clock that leaps while the monotonic one does not (on Linux
that is what suspend looks like), is a *gap*: nobody looked, so nothing may be said about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

GAP_S: Final = 90.0
"""A longer wait between two feeds is a gap. The slowest cadence that the settings allow is 60 s, and a look may
take some more; smaller, and a slow cadence would read as sleep; larger, and a nap would read as presence."""


@dataclass(frozen=True, slots=True)
class Lapse:
    """What passed since the last feed: ``watched_s`` of an ordinary wait, or ``gap_s`` that nobody saw."""

    watched_s: float = 0.0
    gap_s: float = 0.0


class Elapsed:
    """Turns (monotonic, wall) stamps into lapses, and keeps a time of its own that never steps back."""

    def __init__(self) -> None:
        self.t_s = 0.0
        """Seconds since the first feed, gaps in the monotonic clock included."""
        self._mono_s: float | None = None
        self._wall_s: float | None = None

    def feed(self, now_s: float, now: datetime) -> Lapse:
        """The lapse since the last feed; the first feed has none."""
        wall_s = now.timestamp()
        if self._mono_s is None or self._wall_s is None:
            self._mono_s, self._wall_s = now_s, wall_s
            return Lapse()
        passed_s = max(0.0, now_s - self._mono_s)
        unseen_s = max(0.0, wall_s - self._wall_s - passed_s)
        self._mono_s, self._wall_s = now_s, wall_s
        self.t_s += passed_s
        if passed_s > GAP_S or unseen_s > GAP_S:
            return Lapse(gap_s=passed_s + unseen_s)
        return Lapse(watched_s=passed_s)

    def at(self, now_s: float) -> float:
        """This clock's reading for a moment between feeds (a button pressed at ``now_s``)."""
        if self._mono_s is None:
            return self.t_s
        return self.t_s + max(0.0, now_s - self._mono_s)


class LocalDay:
    """Says when a new local day begins. A clock set back over midnight does not begin one, so that a daily cap
    cannot be had twice; a clock that was more than a day ahead and is put right does."""

    def __init__(self, day: date | None = None) -> None:
        self.day = day

    def turned(self, now: datetime) -> bool:
        """Whether ``now`` lies in another day than before; it is that day from here on."""
        day = now.date()
        if self.day is None:
            self.day = day
            return False
        if day > self.day or (self.day - day).days > 1:
            self.day = day
            return True
        return False
