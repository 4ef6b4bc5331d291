"""For how long the user wants to be left alone: for a while, until an hour of the clock, until tomorrow, or until
further notice. Pure."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

from posturewatch.base.clock import local_time
from posturewatch.base.loop_commands import TOMORROW
from posturewatch.core.reminding.passage import Passage

MORNING: Final = time(4)
"""When "until tomorrow" ends: after the latest evening, before the earliest morning."""


class Pause:
    """A pause for a while runs on monotonic time, and time slept through counts: a clock that is set back does
    not prolong it, and an hour's pause is over after an hour with the lid closed. One until an hour is over when the
    clock on the wall says so: also after a night in which the clocks were changed, and where the user has flown to.
    """

    def __init__(self) -> None:
        self.on = False
        self.until: datetime | None = None
        """When it ends, for showing; None while it lasts until resumed."""
        self._left_s: float | None = None
        self._wall: datetime | None = None  # without an offset: whatever it is by then

    def begin(self, value: float | None, now: datetime, hour: str = "") -> None:
        """Pause for ``value`` seconds, :data:`TOMORROW`, until this ``hour`` (``HH:MM``), or until resumed.

        Raises ValueError for an hour that is none.
        """
        at = MORNING if value == TOMORROW else time.fromisoformat(hour) if hour else None
        self.end()
        self.on = True
        if at is not None:
            self._wall = next_time(at, now)
            self.until = _on_the_wall(self._wall, now)
        elif value is not None:
            self._left_s = value
            self.until = now + timedelta(seconds=value)

    def end(self) -> None:
        """End the pause."""
        self.on, self.until, self._left_s, self._wall = False, None, None, None

    def passed(self, passage: Passage) -> bool:
        """Time has gone by, sleep included; says whether the pause has just ended by itself."""
        if not self.on:
            return False
        over = False
        if self._left_s is not None:
            self._left_s -= passage.passed_s
            self.until = passage.now + timedelta(seconds=max(0.0, self._left_s))
            over = self._left_s <= 0
        elif self._wall is not None:
            self.until = _on_the_wall(self._wall, passage.now)
            over = passage.now.replace(tzinfo=None) >= self._wall
        if over:
            self.end()
        return over


def next_time(at: time, now: datetime) -> datetime:
    """When the clock on the wall says ``at`` next, without an offset: at one in the night, the morning after it."""
    local = now.replace(tzinfo=None)
    moment = datetime.combine(local.date(), at)
    return moment if local < moment else moment + timedelta(days=1)


def _on_the_wall(moment: datetime, now: datetime) -> datetime:
    """The moment, aware. The offset may have changed by then; where ``now`` is of another zone than this computer's,
    as in a replay, the present one stays."""
    here = local_time(now.date(), now.time())
    if here.utcoffset() != now.utcoffset():
        return moment.replace(tzinfo=now.tzinfo)
    return local_time(moment.date(), moment.time())
