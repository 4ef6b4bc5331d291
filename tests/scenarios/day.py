"""A day at the desk, told in sentences: who sits how for how long, what the desktop says, what the user presses.

It drives the policies the way the loop does, with steps as the monitor gives them, and keeps all that was said.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from posturewatch.base.records import (
    Action,
    Courtesy,
    Event,
    EventKind,
    Load,
    MinuteRow,
    Outcome,
    Reason,
    Reminder,
    ReminderKind,
    Response,
    State,
    Step,
)
from posturewatch.base.settings import (
    BreakSettings,
    CalibrationSettings,
    CourtesySettings,
    HoursSettings,
    PostureSettings,
)
from posturewatch.core.history.minute_book import MinuteBook
from posturewatch.core.reminding.breaks.clock import BreakClock
from posturewatch.core.reminding.passage import Timekeeper
from posturewatch.core.reminding.posture_nudges import PosturePolicy
from posturewatch.core.reminding.quiet import camera_given_back, why_muted
from posturewatch.core.reminding.sitting import present_of
from posturewatch.core.reminding.tie_asking import TiePolicy

ZONE = timezone(timedelta(hours=1))
QUIET = BreakSettings(enabled=False)
"""For days that are about posture only."""

CALM = PostureSettings(enabled=False)
"""For days that are about breaks only."""


class Day:
    """Time passes only when somebody does something."""

    def __init__(
        self,
        *,
        start: str = "2026-11-23T09:00",
        posture: PostureSettings | None = None,
        breaks: BreakSettings | None = None,
        courtesy: CourtesySettings | None = None,
        hours: HoursSettings | None = None,
        calibration: CalibrationSettings | None = None,
        tick_s: float = 2.0,
    ) -> None:
        self.tick_s = tick_s
        self.now_s = 1000.0
        self.now = datetime.fromisoformat(start).replace(tzinfo=ZONE)
        self.time = Timekeeper(self.now_s, self.now, tick_s)
        self.policy = PosturePolicy(posture or PostureSettings())
        self.tie = TiePolicy(calibration or CalibrationSettings())
        self.clock = BreakClock(breaks or BreakSettings())
        self.book = MinuteBook("desk")
        self.settings = courtesy or CourtesySettings()
        self.hours = hours or HoursSettings()
        self.courtesy = Courtesy(
            locked=False
        )  # a desktop that tells; one that does not gives the camera back when idle
        self.paused = False
        self.said: list[tuple[datetime, Reminder]] = []
        self.events: list[Event] = []
        self.rows: list[MinuteRow] = []
        self.alerts: list[tuple[datetime, bool]] = []

    # ------------------------------------------------------------------ who sits how

    def sits(
        self, *, minutes: float = 0.0, seconds: float = 0.0, fht: float = 0.2, se: float = 0.2, tied: bool = True
    ) -> Day:
        """Somebody sits there, the head this far forward; ``tied``: in clothes that the calibration holds for."""
        state = State.FORWARD if fht >= 1.0 else State.UPRIGHT
        load = Load(11 + 10 * max(0.0, fht), 1.0 + 10 * se, "rule")
        step = Step(0.0, state, None, True, fht_in=fht, fht_se_in=se, load=load, tied=tied)
        return self._pass(minutes * 60 + seconds, step)

    def cannot_tell(
        self,
        reason: Reason = Reason.TURNED,
        *,
        minutes: float = 0.0,
        seconds: float = 0.0,
        present: bool = True,
        misfit: bool = False,
    ) -> Day:
        """The monitor says UNRELIABLE for this reason; ``misfit``: and that the scene is not the calibrated one."""
        return self._pass(minutes * 60 + seconds, Step(0.0, State.UNRELIABLE, reason, present, recalibrate=misfit))

    def leaves(self, *, minutes: float = 0.0, seconds: float = 0.0) -> Day:
        """The chair is empty."""
        return self._pass(minutes * 60 + seconds, Step(0.0, State.AWAY, Reason.NOBODY, False))

    def sees_nothing(self, *, minutes: float = 0.0, seconds: float = 0.0) -> Day:
        """No camera at all."""
        return self._pass(minutes * 60 + seconds, None)

    def sleeps(self, *, hours: float = 0.0, minutes: float = 0.0, counted: bool = False) -> Day:
        """The computer sleeps; ``counted`` = the monotonic clock of this platform counts it."""
        self.now += timedelta(hours=hours, minutes=minutes)
        self.now_s += (hours * 3600 + minutes * 60) if counted else 0.0
        return self

    def desktop(self, **changes: bool | float | None) -> Day:
        """The desktop says so from now on."""
        self.courtesy = replace(self.courtesy, **changes)  # type: ignore[arg-type]
        return self

    def answers(self, outcome: Outcome) -> Day:
        """The user answers the posture nudge."""
        self.policy.answer(Response("posture", ReminderKind.POSTURE, outcome), self.time.last.t_s)
        return self

    def answers_the_tie(self, action: Action | None) -> Day:
        """The user presses this button of the question, or lets it go by."""
        outcome = Outcome.TIMED_OUT if action is None else Outcome.ACTED
        self.tie.answer(Response("recalibrate", ReminderKind.RECALIBRATE, outcome, action), self.time.last.t_s)
        return self

    def sat_upright(self) -> Day:
        """Five seconds of it: a new calibration is in force."""
        self.tie.calibrated()
        return self

    # ------------------------------------------------------------------ what came of it

    def shown(self, *kinds: ReminderKind) -> list[Reminder]:
        """Reminders that were really shown."""
        return [one for _, one in self.said if one.muted is None and one.kind in kinds]

    def muted(self, *kinds: ReminderKind) -> list[Reminder]:
        """Reminders that were held back."""
        return [one for _, one in self.said if one.muted is not None and one.kind in kinds]

    @property
    def nudges(self) -> list[Reminder]:
        """Posture nudges that were shown."""
        return self.shown(ReminderKind.POSTURE)

    def times(self, kind: ReminderKind) -> list[float]:
        """Minutes after the first reminder of this kind at which each of them was shown."""
        moments = [at for at, one in self.said if one.kind is kind and one.muted is None]
        return [(at - moments[0]).total_seconds() / 60 for at in moments]

    def logged(self, kind: EventKind) -> list[Event]:
        """Events of this kind."""
        return [event for event in self.events if event.kind is kind]

    def flips(self) -> int:
        """How often the icon has changed colour."""
        return sum(a[1] != b[1] for a, b in zip(self.alerts, self.alerts[1:], strict=False))

    def written(self) -> list[MinuteRow]:
        """The minutes of the journal, the last one as far as it goes."""
        self.rows += self.book.finish(self.time.read(self.now_s, self.now))
        return self.rows

    # ------------------------------------------------------------------ inside

    def _pass(self, seconds: float, step: Step | None) -> Day:
        for _ in range(round(seconds / self.tick_s)):
            self.now_s += self.tick_s
            self.now += timedelta(seconds=self.tick_s)
            self._tick(step)
        return self

    def _tick(self, step: Step | None) -> None:
        if self.courtesy.idle_s is not None:
            self.courtesy = replace(self.courtesy, idle_s=self.courtesy.idle_s + self.tick_s)
        given_back = camera_given_back(self.courtesy, self.settings, self.hours, self.now, paused=self.paused)
        muted = why_muted(self.courtesy, self.settings, self.hours, self.now, paused=self.paused)
        seen = None if given_back or step is None else replace(step, t_s=self.now_s)
        off = given_back is not None and not self.paused
        passage = self.time.read(self.now_s, self.now)
        self.rows += self.book.feed(seen, passage, self.paused, off)
        for said in self.clock.feed(present_of(seen), self.courtesy.idle_s, passage, muted):
            if isinstance(said, Reminder):
                self.said.append((self.now, said))
                continue
            self.events.append(said)
            if said.kind in (EventKind.BREAK_TAKEN, EventKind.BREAK_NATURAL):
                self.policy.break_taken(passage.t_s)
                self.tie.break_taken(passage.t_s)
        reminders = self.policy.feed(seen, passage, self.courtesy, muted, on_break=self.clock.on_break)
        self.said += [(self.now, one) for one in reminders]
        asked = self.tie.feed(seen, passage, muted, busy=self.clock.on_break)
        self.said += [(self.now, one) for one in asked]
        self.alerts.append((self.now, self.policy.alert))
