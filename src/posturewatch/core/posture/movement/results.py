"""From what was seen of a movement check to its rows: plain arithmetic, a look at a time, so that a window goes on
answering meanwhile.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

import numpy as np

from posturewatch.base.movement import CheckOutcome, Movement, MovementRow, Worse, unit_of
from posturewatch.base.observation import Observation
from posturewatch.core.posture.calibration import Calibration
from posturewatch.core.posture.movement import ranges
from posturewatch.core.posture.movement.head_on_trunk import (
    JOINED_LOOKS,
    HeadGain,
    HeadMeter,
    HeadOnTrunk,
    camera_place,
    wide_view,
)
from posturewatch.core.posture.movement.ranges import LEAST_MOVED, Samples
from posturewatch.core.posture.movement.steps import MOVES, CheckStep, Cue
from posturewatch.core.posture.shared_unknowns import OTHER_CLOTHES, Habit, SharedUnknowns

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


@dataclass(slots=True)
class StepSeen:
    """What was seen of one step: looks, and by cue when it began and ended (seconds). ``whole``: to its end."""

    looks: list[Observation] = field(default_factory=list)
    spans: list[tuple[Cue, float, float]] = field(default_factory=list)
    whole: bool = False
    worse: Worse = Worse.NOT_ASKED


@dataclass(frozen=True, slots=True)
class CheckSeen:
    """A check that is over. ``before``: the calibration that was in force; ``upright``: the one that sitting upright
    made of it, if that was done. ``steps``: those that were asked for, in order; ``seen``: what was seen of each that
    was begun; ``skipped``: those that the person left out."""

    at: datetime
    before: Calibration | None
    upright: Calibration | None
    steps: Sequence[CheckStep]
    seen: Mapping[CheckStep, StepSeen]
    skipped: Set[CheckStep]


def results(check: CheckSeen, gain: HeadGain) -> Generator[float, None, tuple[MovementRow, ...]]:
    """Yields how much is done, 0–1, and returns the rows: none without a calibration."""
    calibration = check.upright if check.upright is not None else check.before
    if calibration is None:
        return ()
    meter = HeadMeter(calibration, gain)
    if check.upright is None:
        meter = HeadMeter(calibration, gain, shared=untied(calibration))
    whole = {step: taken for step, taken in check.seen.items() if taken.whole and taken.looks}
    looks = [look for taken in whole.values() for look in taken.looks if look.trunk is not None]
    chosen = looks[:: max(1, len(looks) // JOINED_LOOKS)]
    for number, look in enumerate(chosen):
        meter.join((look,))
        yield 0.5 * number / len(chosen)
    rows: list[MovementRow] = _place_rows(check.at, check.upright)
    for number, step in enumerate(step for step in check.steps if step is not CheckStep.UPRIGHT):
        taken = whole.get(step)
        if taken is None:
            rows += _without(check, step)
            continue
        said: list[HeadOnTrunk | None] = []
        for look in taken.looks:
            said.append(meter.measure(look, hold_s=_HOLD_S.get(step, TRUNK_HELD_S)))
            yield 0.5 + 0.5 * (number + len(said) / len(taken.looks)) / len(check.steps)
        rows += [_row(check.at, movement, taken, said, gain) for movement in MOVES[step]]
    return tuple(rows)


def _without(check: CheckSeen, step: CheckStep) -> list[MovementRow]:
    outcome = CheckOutcome.SKIPPED if step in check.skipped else CheckOutcome.STOPPED
    return [MovementRow(check.at, movement, outcome) for movement in MOVES[step]]


def _row(
    at: datetime, movement: Movement, taken: StepSeen, said: Sequence[HeadOnTrunk | None], gain: HeadGain
) -> MovementRow:
    samples = _samples(movement, [look.t_s for look in taken.looks], said)
    row = MovementRow(at, movement, CheckOutcome.UNSEEN, worse=taken.worse)
    if movement is Movement.USUAL:
        return _usual(row, samples)
    if movement in (Movement.RETURN_LEFT, Movement.RETURN_RIGHT):
        return _returned(row, samples, taken, gain)
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


def _returned(row: MovementRow, samples: Samples, taken: StepSeen, gain: HeadGain) -> MovementRow:
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
