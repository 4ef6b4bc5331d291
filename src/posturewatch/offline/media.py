"""Media time: a clock, an inbox and a sensor that are moved by a recording. The loop does not notice."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from posturewatch.base.clock import here
from posturewatch.base.errors import SourceEndedError
from posturewatch.base.i18n import _
from posturewatch.base.loop_commands import Command, CommandKind
from posturewatch.base.observation import Lack, Look, Observation

LAST_FRAME_S: Final = 0.2
"""How long the last frame of a recording lasts, in seconds, before the next round begins."""


LATE_S: Final = 0.5
"""Recorded answers: a look may come this much later than it did in life and still gets the answer of then. A picture is
up to 0.3 s old when it is answered with; much more, and what happened during a pause would be played after it."""

WATCH_SLACK_S: Final = 0.2
"""The loop asks every 0.8 s what was noticed; one that comes this much early is taken for the second's."""


class MediaClock:
    """Implements ``clock.Clock``: the time of the recording, with a wall clock that began at ``start``."""

    def __init__(self, start: datetime, *, here: bool = False) -> None:
        """``here``: the wall clock follows this computer's zone, so that summer time begins and ends in it."""
        self._start = start
        self._here = here
        self._slept_s = 0.0
        self.t_s = 0.0
        """Seconds of media time since the beginning, rounds included."""

    def monotonic_s(self) -> float:
        """Seconds of media time."""
        return self.t_s

    def now(self) -> datetime:
        """Wall time in the zone of ``start`` (or here), through a change of summer time as well."""
        passed = timedelta(seconds=self.t_s + self._slept_s)
        moment = self._start.astimezone(UTC) + passed
        return here(moment) if self._here else moment.astimezone(self._start.tzinfo)

    def advance(self, seconds: float) -> None:
        """Let media time pass."""
        self.t_s += max(0.0, seconds)

    def sleep_computer(self, seconds: float) -> None:
        """Suspend: wall time goes on, media time stands still."""
        self._slept_s += seconds


class MediaInbox:
    """Implements ``inbox.Inbox``: waiting moves the clock, at full speed or ``speed`` times as fast as life.

    ``due`` gives the commands whose time has come; ``over`` says that the recording has ended, so that a day that
    ends paused ends all the same; ``noticed_in_s``: in how many seconds a wait ends because the sensor has noticed
    something, as its word does in life.
    """

    def __init__(
        self,
        clock: MediaClock,
        due: Callable[[float], tuple[Command, ...]],
        over: Callable[[float], bool],
        speed: float | None,
        noticed_in_s: Callable[[], float] = lambda: math.inf,
    ) -> None:
        self._clock = clock
        self._noticed_in_s = noticed_in_s
        self._over = over
        self._due = due
        self._speed = speed
        self._waiting: list[Command] = []

    def put(self, command: Command) -> None:
        """Leave a command for the next :meth:`get`."""
        self._waiting.append(command)

    def get(self, timeout_s: float) -> Command | None:
        """The next command, after ``timeout_s`` of media time or less if there is none; QUIT once the recording has
        ended."""
        if timeout_s > 0 and not self._waiting:
            timeout_s = min(timeout_s, self._noticed_in_s())
            if self._speed is not None:
                time.sleep(timeout_s / self._speed)
            self._clock.advance(timeout_s)
            if self._over(self._clock.t_s):
                return Command(CommandKind.QUIT)
        self._waiting += self._due(self._clock.t_s)
        return self._waiting.pop(0) if self._waiting else None


class MediaSensor:
    """Implements ``interface.Sensor`` over a recording's observations, in as many rounds as asked for.

    A look gets the first observation at or after the present media time. ``answers``: the recording holds what looks
    were answered with in life, and not a film; then each is given once, in turn. Where there are more rounds,
    observations are kept, so that the networks run once however many there are; else only the one at hand.
    """

    def __init__(
        self, clock: MediaClock, recording: Iterator[Observation], *, rounds: int, answers: bool = False
    ) -> None:
        self._clock = clock
        self._recording = recording
        self._rounds = rounds
        self._answers = answers
        self._late_s = LATE_S if answers else 1e-6
        self._keeps = rounds > 1
        self._kept: list[Observation] = []
        self._next = 0
        self._offset_s = 0.0
        self._running = False
        self._watch: tuple[Look, float] | None = None
        self._watched_s = 0.0

    @property
    def running(self) -> bool:
        """Whether it has been asked since it was closed."""
        return self._running

    def close(self) -> None:
        """Note that nobody looks any more; what was kept stays."""
        self._running, self._watch = False, None

    def look(self, look: Look, deadline_s: float) -> Observation:  # noqa: ARG002  (a recording is never late)
        """The observation at or after the present media time; raises SourceEndedError after the last round."""
        self._running, self._watch = True, None
        now_s = self._clock.t_s
        while True:
            seen = self._at(self._next)
            if seen is None:
                self._begin_again()
                continue
            at_s = seen.t_s + self._offset_s
            if at_s >= now_s - self._late_s:
                self._clock.advance(at_s - now_s)
                if self._answers:
                    self._pass()
                return replace(seen, t_s=at_s)
            self._pass()

    def watch(self, look: Look, every_s: float, for_s: float) -> None:  # noqa: ARG002  (the next look ends it)
        """Look as often when asked for what was noticed."""
        self._watch, self._watched_s = (look, every_s), self._clock.t_s

    def noticed(self) -> Observation | None:
        """The observation of this media time, if it is time for one; of recorded answers the one that was given now."""
        if self._watch is None:
            return None
        if self._answers:
            due_in_s = self.noticed_in_s()
        else:
            due_in_s = self._watch[1] - WATCH_SLACK_S - (self._clock.t_s - self._watched_s)
        if due_in_s > 0.0:
            return None
        watch, self._watched_s = self._watch, self._clock.t_s
        seen = self.look(watch[0], 0.0)
        self._watch = watch
        return seen if seen.lack in (None, Lack.NOBODY) else None

    def noticed_in_s(self) -> float:
        """Seconds of media time until the next recorded answer, 0 where it is due; for ever for a film, which is asked,
        and while nobody watches."""
        seen = self._at(self._next) if self._answers and self._watch is not None else None
        return math.inf if seen is None else max(0.0, seen.t_s + self._offset_s - self._clock.t_s)

    def _pass(self) -> None:
        self._next += 1
        self._let_go(self._next - 1)

    def over(self, t_s: float) -> bool:
        """Whether this media time lies after the end of the last round."""
        while t_s > self._offset_s + (self._kept[-1].t_s if self._kept else 0.0) + LAST_FRAME_S:
            if self._at(len(self._kept)) is not None:
                self._let_go(len(self._kept) - 1)
                continue
            if self._rounds <= 1 or not self._kept:
                return True
            self._begin_again()
        return False

    def _at(self, index: int) -> Observation | None:
        while index >= len(self._kept):
            seen = next(self._recording, None)
            if seen is None:
                return None
            self._kept.append(seen)
        return self._kept[index]

    def _let_go(self, count: int) -> None:
        """Forget the oldest: a day has 60,000 observations of 100 kB, and what is not played again is not needed."""
        if not self._keeps and count > 0:
            del self._kept[:count]
            self._next = max(0, self._next - count)

    def _begin_again(self) -> None:
        self._rounds -= 1
        if self._rounds <= 0 or not self._kept:
            raise SourceEndedError(_("The recording has come to its end."))
        self._offset_s += self._kept[-1].t_s - self._kept[0].t_s + LAST_FRAME_S
        self._next = 0
