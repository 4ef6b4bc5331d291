"""What the clock says between two turns: time that passed, sleep, a clock that was set, another time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from posturewatch.ports import Clock

GAP_S: Final = 15.0
"""A turn that comes this much late was no turn: the computer slept. The camera is opened anew then. Smaller, and a
machine under load would reopen it for nothing; larger, and a nap would be measured with a stale camera."""

CLOCK_STEP_S: Final = 5.0
"""A wall clock that goes back by more than this was set; less is how time servers work."""


@dataclass(frozen=True, slots=True)
class Passage:
    """From one turn to the next. ``passed_s`` counts sleep; ``slept_s`` and ``set_back_s`` are None for an ordinary
    turn, ``zone`` is the new offset from UTC where it has changed, else empty."""

    now_s: float
    now: datetime
    passed_s: float
    slept_s: float | None = None
    set_back_s: float | None = None
    zone: str = ""


class Timekeeper:
    """Reads the clock once a turn. A wall clock that leaps ahead reads as sleep: nobody can tell them apart on a
    system whose monotonic clock stands still meanwhile, and either way nobody watched."""

    def __init__(self, clock: Clock, turn_s: float) -> None:
        self._clock = clock
        self._turn_s = turn_s
        self.now_s, self.now = clock.monotonic_s(), clock.now()

    def read(self) -> Passage:
        """The passage since the last reading."""
        before_s, before = self.now_s, self.now
        self.now_s, self.now = self._clock.monotonic_s(), self._clock.now()
        wall_s = (self.now - before).total_seconds()
        passed_s = max(0.0, self.now_s - before_s, wall_s)
        slept = passed_s > self._turn_s + GAP_S
        return Passage(
            self.now_s,
            self.now,
            passed_s,
            slept_s=passed_s if slept else None,
            set_back_s=-wall_s if wall_s < -CLOCK_STEP_S else None,
            zone=f"{self.now:%z}" if self.now.utcoffset() != before.utcoffset() else "",
        )
