"""For how long the user wants to be left alone: for a while, until tomorrow, or until further notice. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from posturewatch.core.reminding.passage import Passage

MORNING_H: Final = 4
"""Hour of the day at which "until tomorrow" ends: after the latest evening, before the earliest morning."""

TOMORROW: Final = -1.0
"""The value of a PAUSE command that means "until tomorrow"."""


class Pause:
    """A pause for a while runs on monotonic time, and time slept through counts: a clock that is set back does
    not prolong it, and an hour's pause is over after an hour with the lid closed. "Until tomorrow" is wall time.
    """

    def __init__(self) -> None:
        self.on = False
        self.until: datetime | None = None
        """When it ends, for showing; None while it lasts until resumed."""
        self._left_s: float | None = None

    def begin(self, value: float | None, now: datetime) -> None:
        """Pause for ``value`` seconds, :data:`TOMORROW`, or until resumed (None)."""
        self.on, self.until, self._left_s = True, None, None
        if value is None:
            return
        if value == TOMORROW:
            self.until = next_morning(now)
        else:
            self._left_s = value
            self.until = now + timedelta(seconds=value)

    def end(self) -> None:
        """Go on."""
        self.on, self.until, self._left_s = False, None, None

    def passed(self, passage: Passage) -> bool:
        """Time has gone by, sleep included; says whether the pause has just ended by itself."""
        if not self.on:
            return False
        if self._left_s is not None:
            self._left_s -= passage.passed_s
            self.until = passage.now + timedelta(seconds=max(0.0, self._left_s))
            over = self._left_s <= 0
        else:
            over = self.until is not None and passage.now >= self.until
        if over:
            self.end()
        return over


def next_morning(now: datetime) -> datetime:
    """The coming 4 o’clock: pressed at one in the night, "tomorrow" is the morning after it."""
    morning = now.replace(hour=MORNING_H, minute=0, second=0, microsecond=0)
    return morning if now < morning else morning + timedelta(days=1)
