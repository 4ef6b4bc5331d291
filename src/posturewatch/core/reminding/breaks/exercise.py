"""The exercise that goes with a break, and what became of it."""

from __future__ import annotations

from typing import Final

from posturewatch.base.records import EventKind
from posturewatch.base.settings import BreakSettings
from posturewatch.core.reminding.breaks.log import BreakLog
from posturewatch.core.reminding.exercises import Rotation, log_detail

WORSE_S: Final = 3600.0
"""For so long after an exercise it can be said that it made it worse."""


class BreakExercise:
    """The exercise of the present break (``key``; ``None``: it has none), written into the breaks' log."""

    def __init__(self, log: BreakLog) -> None:
        self.key: str | None = None
        self._log = log
        self._rotation = Rotation()
        self._done: tuple[str, float] | None = None  # the one last done or ended early, and when

    def next_break(self) -> None:
        """A new stretch of work begins."""
        self.key = None

    def new_day(self) -> None:
        """What made it worse yesterday may be suggested again."""
        self._rotation.new_day()

    def suggest(self, breaks: BreakSettings, *, long: bool) -> None:
        """One for the present break, however often that is offered."""
        if self.key is None:
            self.key = self._rotation.next_key(breaks, long=long)
            self.came_to("offered", breaks, 0.0)

    def came_to(self, outcome: str, breaks: BreakSettings, t_s: float) -> None:
        """What became of it: ``offered``, ``done``, ``ended_early`` or ``skipped``."""
        if self.key is None:
            return
        self._log.note(EventKind.EXERCISE, outcome, log_detail(breaks, self.key))
        if outcome in ("done", "ended_early"):
            self._done = self.key, t_s

    def last(self, t_s: float) -> str:
        """Key of the one of which it can still be said that it made it worse; empty: none."""
        return self._done[0] if self._done is not None and t_s - self._done[1] <= WORSE_S else ""

    def worse(self, breaks: BreakSettings, t_s: float, *, resting: bool) -> None:
        """The present one (``resting``: it is being done), or else the last one, made it worse: noted, and not
        suggested again today."""
        key = (self.key if resting else None) or self.last(t_s)
        if not key:
            return
        self._log.note(EventKind.EXERCISE, "worse", log_detail(breaks, key))
        self._rotation.rest(key)
        self._done = None
        if key == self.key:
            self.key = None  # the break goes on without it
