"""How long it is until the next break, and whether a break was really one. Pure numbers, no words."""

from __future__ import annotations

from typing import Final

from posturewatch.settings import BreakSettings

TYPING_IDLE_S: Final = 3.0
"""Input within this time means that somebody is typing …"""

PRESS_S: Final = 5.0
"""… except in the first seconds of a break, when it is the button that began it."""


class Rhythm:
    """Seconds sat since the last short and the last longer break, and what was put off.

    A longer break that would come within half a short interval of a short one replaces it.
    """

    def __init__(self) -> None:
        self.since_short_s = 0.0
        self.since_long_s = 0.0
        self.put_off_s: float | None = None
        """Seconds of sitting until a break that was put off; ``None`` while none is."""

    def sat(self, seated_s: float) -> None:
        """Somebody sat for this long (negative: had been counted and did not)."""
        self.since_short_s = max(0.0, self.since_short_s + seated_s)
        self.since_long_s = max(0.0, self.since_long_s + seated_s)
        if self.put_off_s is not None:
            self.put_off_s -= max(0.0, seated_s)

    def left_s(self, breaks: BreakSettings) -> float:
        """Seconds of sitting until the next break; 0 or less: it is due."""
        if self.put_off_s is not None:
            return self.put_off_s
        return min(self._short_left_s(breaks), self._long_left_s(breaks))

    def next_is_long(self, breaks: BreakSettings) -> bool:
        """Whether the break that comes next is a longer one."""
        return self._long_left_s(breaks) - self._short_left_s(breaks) <= breaks.every_min * 60 / 2

    def restart(self, *, long: bool) -> None:
        """A break is over; a short one leaves the clock of the longer one running."""
        self.since_short_s = 0.0
        self.put_off_s = None
        if long:
            self.since_long_s = 0.0

    def absent(self, length_s: float, breaks: BreakSettings) -> None:
        """An absence counts as a break. One too short for a longer break puts that off to the next one."""
        if length_s >= breaks.long_length_s:
            self.since_long_s = 0.0
        else:
            latest_s = _long_every_s(breaks) - breaks.every_min * 60
            self.since_long_s = max(0.0, min(self.since_long_s, latest_s))
        self.since_short_s = 0.0
        self.put_off_s = None

    def _short_left_s(self, breaks: BreakSettings) -> float:
        return breaks.every_min * 60 - self.since_short_s

    def _long_left_s(self, breaks: BreakSettings) -> float:
        return _long_every_s(breaks) - self.since_long_s


def _long_every_s(breaks: BreakSettings) -> float:
    return breaks.long_every_min * 60 or float("inf")


class Rest:
    """One break being taken: how long it has lasted, and what was seen of it."""

    def __init__(self, length_s: float) -> None:
        self.length_s = length_s
        self.lasted_s = 0.0
        self._away_s = 0.0
        self._typed_s = 0.0

    def feed(self, passed_s: float, idle_s: float | None, *, away: bool) -> None:
        """``passed_s`` more seconds; ``idle_s`` since the last input, ``None`` where unknown."""
        self.lasted_s += passed_s
        if away:
            self._away_s += passed_s
        elif idle_s is not None and idle_s < TYPING_IDLE_S and self.lasted_s > PRESS_S:
            self._typed_s += passed_s

    @property
    def over(self) -> bool:
        """Whether its length has gone by."""
        return self.lasted_s >= self.length_s

    @property
    def typed_through(self) -> bool:
        """Whether somebody typed for more than half of it: that was no break."""
        return self._typed_s > self.length_s / 2

    @property
    def spent(self) -> str:
        """``away`` if most of it was spent away from the desk, ``at_desk`` otherwise."""
        return "away" if self._away_s >= self.length_s / 2 else "at_desk"
