"""A movement check, step by step, fed with looks: waits, counts down, watches, asks, and works the numbers out.

Whoever has the camera feeds it, in one thread; the wishes of the person at the window may come from another. No clock,
no screen: time is the looks' own.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

import numpy as np

from posturewatch.base.i18n import _
from posturewatch.base.movement import CheckOutcome, Movement, MovementRow, Worse, unit_of
from posturewatch.base.observation import Observation
from posturewatch.base.settings import UserSettings
from posturewatch.core.posture.calibration import Calibration
from posturewatch.core.posture.calibration_run import CalibrationRun, Phase
from posturewatch.core.posture.movement import ranges
from posturewatch.core.posture.movement.head_on_trunk import (
    FRONT_DEG,
    JOINED_LOOKS,
    SHIPPED,
    FaceGain,
    HeadMeter,
    HeadOnTrunk,
    camera_place,
    wide_view,
)
from posturewatch.core.posture.movement.ranges import LEAST_MOVED, Samples
from posturewatch.core.posture.movement.steps import MOVES, ORDER, CheckStep, Cue, cues, title, what_comes
from posturewatch.core.posture.shared_unknowns import OTHER_CLOTHES, Habit, SharedUnknowns

COUNTDOWN_S: Final = 3.0
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


@dataclass(slots=True)
class _Taken:
    """What was seen of one step: looks, and by cue when it began and ended."""

    looks: list[Observation] = field(default_factory=list)
    spans: list[tuple[Cue, float, float]] = field(default_factory=list)
    whole: bool = False
    worse: Worse = Worse.NOT_ASKED


class MovementRun:
    """One check. ``advice`` is one sentence for the person, ``count`` the seconds left to show (empty for none),
    ``share`` of the step or of the arithmetic that is done, 0–1, ``rows`` and ``calibration`` there once it is done.

    ``before``: the calibration in force, which sitting upright ties to the day; without one it makes a first.
    ``steps``: which are asked for; a plan may want some of them alone.
    """

    def __init__(
        self,
        profile: str,
        user: UserSettings,
        at: datetime,
        before: Calibration | None,
        *,
        steps: Sequence[CheckStep] = ORDER,
        gain: FaceGain = SHIPPED,
    ) -> None:
        self.profile = profile
        self.stage = CheckStage.WAITING
        self.count = ""
        self.share = 0.0
        self.calibration: Calibration | None = None
        self.rows: tuple[MovementRow, ...] = ()
        self._user, self._at, self._before, self._gain = user, at, before, gain
        self._steps = tuple(step for step in ORDER if step in steps or step is CheckStep.UPRIGHT)
        self._number = 0
        self._taken: dict[CheckStep, _Taken] = {}
        self._skipped: set[CheckStep] = set()
        self._wishes: deque[CheckWish | Worse] = deque()
        self._tie: CalibrationRun | None = None
        self._cues: tuple[Cue, ...] = ()
        self._cue = 0
        self._since_s = 0.0
        self._working: Iterator[float] | None = None
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
        self._working = self._results()

    # ------------------------------------------------------------------ what is seen

    def _start(self, seen: Observation) -> None:
        self.stage, self.count, self.share = CheckStage.MOVING, "", 0.0
        self._cues, self._cue, self._since_s = cues(self.step), 0, seen.t_s
        self._taken[self.step] = _Taken()
        if self.step is CheckStep.UPRIGHT:
            self._tie = CalibrationRun(self.profile, self._user, seen.t_s, self._before)
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
            except StopIteration:
                self.stage, self.share, self.advice = CheckStage.DONE, 1.0, ""
                return

    def _results(self) -> Iterator[float]:
        calibration = self.calibration if self.calibration is not None else self._before
        if calibration is None:
            return
        meter = HeadMeter(calibration, self._gain)
        if self.calibration is None:
            meter = HeadMeter(calibration, self._gain, shared=untied(calibration))
        whole = {step: taken for step, taken in self._taken.items() if taken.whole and taken.looks}
        looks = [look for taken in whole.values() for look in taken.looks if look.trunk is not None]
        chosen = looks[:: max(1, len(looks) // JOINED_LOOKS)]
        for number, look in enumerate(chosen):
            meter.join((look,))
            yield 0.5 * number / len(chosen)
        rows: list[MovementRow] = _place_rows(self._at, self.calibration)
        for number, step in enumerate(step for step in self._steps if step is not CheckStep.UPRIGHT):
            taken = whole.get(step)
            if taken is None:
                rows += self._without(step)
                continue
            said: list[HeadOnTrunk | None] = []
            for look in taken.looks:
                said.append(meter.measure(look, hold_s=_HOLD_S.get(step, TRUNK_HELD_S)))
                yield 0.5 + 0.5 * (number + len(said) / len(taken.looks)) / len(self._steps)
            rows += [self._row(movement, taken, said) for movement in MOVES[step]]
        self.rows = tuple(rows)

    def _without(self, step: CheckStep) -> list[MovementRow]:
        outcome = CheckOutcome.SKIPPED if step in self._skipped else CheckOutcome.STOPPED
        return [MovementRow(self._at, movement, outcome) for movement in MOVES[step]]

    def _row(self, movement: Movement, taken: _Taken, said: Sequence[HeadOnTrunk | None]) -> MovementRow:
        samples = _samples(movement, [look.t_s for look in taken.looks], said)
        row = MovementRow(self._at, movement, CheckOutcome.UNSEEN, worse=taken.worse)
        if movement is Movement.USUAL:
            return _usual(row, samples)
        if movement in (Movement.RETURN_LEFT, Movement.RETURN_RIGHT):
            return _returned(row, samples, taken, self._gain)
        still = [samples.within(first, last) for cue, first, last in taken.spans if cue.going is None]
        # The first rest is still; each way back is so in its last second.
        rested = [still[0], *(part.within(part.t_s[-1] - 1.0, part.t_s[-1]) for part in still[1:] if len(part.t_s))]
        middle = np.concatenate([part.value for part in rested])
        if not np.isfinite(middle).any():
            return row
        zero = float(np.nanmedian(middle))
        spans = [(first, last) for cue, first, last in taken.spans if cue.going is movement]
        found = ranges.range_of(samples, zero, spans, LEAST_MOVED[unit_of(movement)])
        if found is None:
            return row
        return replace(
            row,
            outcome=CheckOutcome.BEYOND if found.beyond else CheckOutcome.DONE,
            value=found.value,
            se=found.se,
            again_se=found.again_se,
            repeats=found.repeats,
            scatter=found.scatter,
            smoothness=found.smoothness,
            trace=ranges.thinned(samples, zero),
        )


TRUNK_HELD_S: Final = 0.3
"""The trunk moves slowly: between two looks that are solved for it, it is where it was."""

_HOLD_S: Final = {CheckStep.CHIN: 0.0, CheckStep.USUAL: 0.5}

_AXES: Final = {
    Movement.TURN_LEFT: (0, 1.0),
    Movement.TURN_RIGHT: (0, -1.0),
    Movement.LOOK_DOWN: (1, 1.0),
    Movement.LOOK_UP: (1, -1.0),
    Movement.TILT_LEFT: (2, -1.0),
    Movement.TILT_RIGHT: (2, 1.0),
    Movement.RETURN_LEFT: (0, 1.0),
    Movement.RETURN_RIGHT: (0, -1.0),
}
"""Axis of ``HeadOnTrunk.head`` and the sign in which the movement goes out."""


def untied(calibration: Calibration) -> SharedUnknowns:
    """What is known of the sitting where nobody sat upright before the check."""
    return calibration.shared.sitting(OTHER_CLOTHES, Habit(), wide_view().spread)


def _samples(movement: Movement, at: Sequence[float], said: Sequence[HeadOnTrunk | None]) -> Samples:
    out = np.full((3, len(said)), np.nan)
    for number, one in enumerate(said):
        if one is None:
            continue
        if movement in _AXES:
            axis, sign = _AXES[movement]
            out[:, number] = sign * one.head[axis], one.se[axis], one.again_se[axis]
        else:
            sign = -1.0 if movement is Movement.CHIN_IN else 1.0
            out[:, number] = sign * one.forward_in, one.forward_se_in, one.forward_se_in
    return Samples(np.array(at), out[0], out[1], out[2])


def _usual(row: MovementRow, samples: Samples) -> MovementRow:
    seen = np.isfinite(samples.value)
    if seen.sum() < 5 or seen.mean() < 0.5:
        return row
    value = float(np.median(samples.value[seen]))
    se = float(np.median(samples.se[seen]))
    scatter = float(samples.value[seen].std(ddof=1))
    return replace(row, outcome=CheckOutcome.DONE, value=value, se=se, again_se=se, repeats=1, scatter=scatter)


def _returned(row: MovementRow, samples: Samples, taken: _Taken, gain: FaceGain) -> MovementRow:
    """How far from the start, on average over the times; the error of a difference of two small angles."""
    errors = []
    before: float | None = None
    for cue, first_s, last_s in taken.spans:
        if cue.going is None:
            part = samples.within(max(first_s, last_s - 1.0), last_s).value
            before = float(np.nanmedian(part)) if np.isfinite(part).any() else None
        elif cue.going is row.movement and before is not None:
            error = ranges.return_error(samples, before, first_s, last_s)
            errors += [] if error is None else [error]
    if not errors:
        return row
    scatter = float(np.std(errors, ddof=1)) if len(errors) > 1 else None
    se = float(gain.base_deg[0] * np.sqrt(2.0 / len(errors)))
    return replace(
        row,
        outcome=CheckOutcome.DONE,
        value=float(np.mean(errors)),
        se=se,
        again_se=se,
        repeats=len(errors),
        scatter=scatter,
        trace=ranges.thinned(samples, float(np.nanmedian(samples.value[: max(1, len(samples.value) // 20)]))),
    )


def _place_rows(at: datetime, calibration: Calibration | None) -> list[MovementRow]:
    """Where the camera stood while sitting upright."""
    if calibration is None:
        both = (Movement.CAMERA_DISTANCE, Movement.CAMERA_HEIGHT)
        return [MovementRow(at, movement, CheckOutcome.SKIPPED) for movement in both]
    place = camera_place(calibration)
    return [
        MovementRow(at, movement, CheckOutcome.DONE, value, se, se, repeats=1)
        for movement, value, se in (
            (Movement.CAMERA_DISTANCE, place.distance_cm, place.distance_se_cm),
            (Movement.CAMERA_HEIGHT, place.height_cm, place.height_se_cm),
        )
    ]


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
