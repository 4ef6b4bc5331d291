"""A movement check, step by step, fed with looks: waits, counts down, watches, asks, and has the numbers worked out.

Whoever has the camera feeds it, in one thread; the wishes of the person at the window may come from another. No clock,
no screen: time is the looks' own.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

import numpy as np

from posturewatch.base.i18n import _
from posturewatch.base.movement import Movement, MovementRow, Worse
from posturewatch.base.observation import Observation
from posturewatch.base.settings import UserSettings
from posturewatch.core.posture.calibration import Calibration
from posturewatch.core.posture.calibration_run import COUNTDOWN_S, CalibrationRun, Phase
from posturewatch.core.posture.movement.head_on_trunk import (
    FRONT_DEG,
    SHIPPED,
    HeadGain,
)
from posturewatch.core.posture.movement.results import CheckSeen, StepSeen, results
from posturewatch.core.posture.movement.steps import ORDER, CheckStep, Cue, cues, title, what_comes

KEPT_S: Final = 0.1
"""Looks of a movement closer than this are not kept: they tell the same, and each is some tens of kilobytes."""


PARTS_A_LOOK: Final = 20
"""Looks that are worked out for each one that comes meanwhile: a fifth of a second, so that the window goes on
answering."""

LONGEST_GAP_S: Final = 1.0
"""Looks further apart than this are a camera that hangs: what is asked for waits for it."""


class CheckStage(StrEnum):
    """Where the check stands."""

    WAITING = "waiting"  # the step is explained; it begins when the person says so
    COUNTDOWN = "countdown"
    MOVING = "moving"
    ASKING = "asking"
    PAUSED = "paused"
    WORKING = "working"
    DONE = "done"


class CheckWish(StrEnum):
    """What the person may want at any step."""

    BEGIN = "begin"
    PAUSE = "pause"
    REPEAT = "repeat"
    SKIP = "skip"
    STOP = "stop"


ANSWERS: Final = (Worse.NO, Worse.LITTLE, Worse.YES, Worse.UNSAID)
"""To whether a movement brought on or worsened the headache."""


class MovementRun:
    """One check. ``advice`` is one sentence for the person, ``count`` the seconds left to show (empty for none),
    ``share`` of the step or of the arithmetic that is done, 0–1, ``rows`` and ``calibration`` there once it is done.

    ``before``: the calibration in force, which sitting upright ties to the day; without one it makes a first.
    ``steps``: which are asked for; a plan may want some of them alone. ``turned``: as a ``Calibrator`` has it.
    """

    def __init__(
        self,
        profile: str,
        user: UserSettings,
        at: datetime,
        before: Calibration | None,
        *,
        steps: Sequence[CheckStep] = ORDER,
        gain: HeadGain = SHIPPED,
        turned: int = 0,
    ) -> None:
        self.profile = profile
        self._turned = turned
        self.stage = CheckStage.WAITING
        self.count = ""
        self.share = 0.0
        self.calibration: Calibration | None = None
        self.rows: tuple[MovementRow, ...] = ()
        self._user, self._at, self._before, self._gain = user, at, before, gain
        self._steps = tuple(step for step in ORDER if step in steps or step is CheckStep.UPRIGHT)
        self._number = 0
        self._taken: dict[CheckStep, StepSeen] = {}
        self._skipped: set[CheckStep] = set()
        self._wishes: deque[CheckWish | Worse] = deque()
        self._tie: CalibrationRun | None = None
        self._cues: tuple[Cue, ...] = ()
        self._cue = 0
        self._since_s = 0.0
        self._working: Generator[float, None, tuple[MovementRow, ...]] | None = None
        self._wait()

    @property
    def step(self) -> CheckStep:
        """The step that it stands at."""
        return self._steps[min(self._number, len(self._steps) - 1)]

    @property
    def going(self) -> Movement | None:
        """The movement whose way out is asked for at this moment."""
        moving = self.stage is CheckStage.MOVING and self.step is not CheckStep.UPRIGHT
        return self._cues[self._cue].going if moving and self._cue < len(self._cues) else None

    @property
    def place(self) -> tuple[int, int]:
        """Number of the step, from 1, and of all steps."""
        return min(self._number + 1, len(self._steps)), len(self._steps)

    @property
    def may_skip(self) -> bool:
        """Whether this step may be left out: everything but the first calibration of all."""
        return self.step is not CheckStep.UPRIGHT or self._before is not None or self.calibration is not None

    def wish(self, wish: CheckWish | Worse) -> None:
        """What the person pressed; taken up with the next look. For any thread."""
        self._wishes.append(wish)

    def feed(self, seen: Observation) -> None:
        """Take in a look."""
        while self._wishes:
            self._heed(self._wishes.popleft(), seen.t_s)
        match self.stage:
            case CheckStage.COUNTDOWN:
                left = COUNTDOWN_S - (seen.t_s - self._since_s)
                self.count = str(int(np.ceil(max(left, 0.0))))
                if left <= 0:
                    self._start(seen)
            case CheckStage.MOVING if self.step is CheckStep.UPRIGHT:
                self._sit_upright(seen)
            case CheckStage.MOVING:
                self._move(seen)
            case CheckStage.WORKING:
                self._work()

    # ------------------------------------------------------------------ what the person wants

    def _heed(self, wish: CheckWish | Worse, now_s: float) -> None:
        if self.stage in (CheckStage.WORKING, CheckStage.DONE):
            return
        if isinstance(wish, Worse):
            if self.stage is CheckStage.ASKING:
                self._taken[self.step].worse = wish
                self._next()
            return
        match wish:
            case CheckWish.BEGIN if self.stage in (CheckStage.WAITING, CheckStage.PAUSED):
                self.stage, self._since_s = CheckStage.COUNTDOWN, now_s
                self.advice = what_comes(self.step)
            case CheckWish.PAUSE if self.stage in (CheckStage.COUNTDOWN, CheckStage.MOVING):
                self._taken.pop(self.step, None)
                self.stage, self.count, self.share = CheckStage.PAUSED, "", 0.0
                self.advice = _("Paused. This step begins anew when you go on.")
            case CheckWish.REPEAT:
                self._taken.pop(self.step, None)
                self._wait()
            case CheckWish.SKIP if self.may_skip:
                self._taken.pop(self.step, None)
                self._skipped.add(self.step)
                self._next()
            case CheckWish.STOP:
                taken = self._taken.get(self.step)
                if taken is not None and not taken.whole:
                    del self._taken[self.step]
                self._finish()

    def _wait(self) -> None:
        self.stage, self.count, self.share = CheckStage.WAITING, "", 0.0
        self.advice = what_comes(self.step)

    def _next(self) -> None:
        self._number += 1
        if self._number < len(self._steps):
            self._wait()
        else:
            self._finish()

    def _finish(self) -> None:
        self.stage, self.count, self.share = CheckStage.WORKING, "", 0.0
        self.advice = _("Working the numbers out …")
        check = CheckSeen(self._at, self._before, self.calibration, self._steps, self._taken, self._skipped)
        self._working = results(check, self._gain)

    # ------------------------------------------------------------------ what is seen

    def _start(self, seen: Observation) -> None:
        self.stage, self.count, self.share = CheckStage.MOVING, "", 0.0
        self._cues, self._cue, self._since_s = cues(self.step), 0, seen.t_s
        self._taken[self.step] = StepSeen()
        if self.step is CheckStep.UPRIGHT:
            self._tie = CalibrationRun(self.profile, self._user, seen.t_s, self._before, turned=self._turned)
            self.advice = self._tie.advice
        else:
            self.advice = self._cues[0].words

    def _sit_upright(self, seen: Observation) -> None:
        assert self._tie is not None  # noqa: S101  (made by _start)
        self._tie.feed(seen, seen.t_s)
        self.share, self.advice = self._tie.share, self._tie.advice
        if self._tie.phase is Phase.FAILED:
            self._taken.pop(CheckStep.UPRIGHT, None)
            self.stage = CheckStage.PAUSED
        elif self._tie.result is not None:
            self.calibration = self._tie.result
            if abs(self.calibration.azimuth_deg) >= FRONT_DEG or not self.calibration.has_face:
                self.stage = CheckStage.PAUSED
                self.calibration = None
                self.advice = _("The check needs the camera in front of you. Move it, sit upright and go on.")
                return
            self._taken[CheckStep.UPRIGHT].whole = True
            self._next()

    def _move(self, seen: Observation) -> None:
        taken = self._taken[self.step]
        if not taken.looks or seen.t_s - taken.looks[-1].t_s >= KEPT_S:
            taken.looks.append(seen)
        cue = self._cues[self._cue]
        left = cue.seconds - (seen.t_s - self._since_s)
        self.count = str(int(np.ceil(max(left, 0.0))))
        if left > 0:
            return
        # The next begins when this one was over, not when the next look came; after a gap it begins anew.
        end_s = seen.t_s if left < -LONGEST_GAP_S else self._since_s + cue.seconds
        taken.spans.append((cue, self._since_s, end_s))
        self._cue, self._since_s = self._cue + 1, end_s
        self.share = self._cue / len(self._cues)
        if self._cue < len(self._cues):
            self.advice = self._cues[self._cue].words
            return
        taken.whole, self.count = True, ""
        if self.step is CheckStep.USUAL:
            self._next()
        else:
            self.stage, self.advice = CheckStage.ASKING, ""

    # ------------------------------------------------------------------ the numbers

    def _work(self) -> None:
        """A part of the arithmetic, so that the window goes on answering."""
        assert self._working is not None  # noqa: S101  (made by _finish)
        for _part in range(PARTS_A_LOOK):
            try:
                self.share = next(self._working)
            except StopIteration as ended:
                self.rows = ended.value
                self.stage, self.share, self.advice = CheckStage.DONE, 1.0, ""
                return


def offered(run: MovementRun) -> tuple[tuple[str, CheckWish], ...]:
    """What the person may wish now, in words, the nearest first; nothing while there is something else to do."""
    if run.stage in (CheckStage.ASKING, CheckStage.WORKING, CheckStage.DONE):
        return ()
    nearest = {
        CheckStage.WAITING: (_("Begin"), CheckWish.BEGIN),
        CheckStage.PAUSED: (_("Go on"), CheckWish.BEGIN),
    }.get(run.stage, (_("Pause"), CheckWish.PAUSE))
    again = () if run.stage is CheckStage.WAITING else ((_("Repeat"), CheckWish.REPEAT),)
    skip = ((_("Skip"), CheckWish.SKIP),) if run.may_skip else ()
    return (nearest, *again, *skip, (_("Stop"), CheckWish.STOP))


def step_title(run: MovementRun) -> str:
    """The name of the step, with its number."""
    number, count = run.place
    return _("{number} of {count}: {title}").format(number=number, count=count, title=title(run.step))
