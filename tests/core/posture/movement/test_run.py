"""A whole movement check with a simulated person who does what is asked: what it measures, and what may be pressed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from core.posture.movement.test_head_on_trunk import EXACT
from core.posture.simulated_body import SimulatedPerson, unknowns
from core.posture.test_estimate import calibrated
from posturewatch.base.movement import CheckOutcome, Movement, MovementRow, Worse
from posturewatch.base.observation import Observation
from posturewatch.base.records import INCH_CM
from posturewatch.base.settings import UserSettings
from posturewatch.core.posture.calibration import Calibration
from posturewatch.core.posture.movement.run import CheckStage, CheckWish, MovementRun
from posturewatch.core.posture.movement.steps import CheckStep

AT = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
FRONT = SimulatedPerson()
BEFORE = calibrated(FRONT)

GOES: dict[Movement, dict[str, float]] = {
    Movement.TURN_LEFT: {"head_yaw": 45.0, "trunk_yaw": 6.0},
    Movement.TURN_RIGHT: {"head_yaw": -30.0, "trunk_yaw": -4.0},
    Movement.LOOK_DOWN: {"head_pitch": 30.0},
    Movement.LOOK_UP: {"head_pitch": -20.0},
    Movement.TILT_LEFT: {"head_roll": -25.0},
    Movement.TILT_RIGHT: {"head_roll": 20.0},
    Movement.CHIN_IN: {"forward": -0.8 * INCH_CM},
    Movement.RETURN_LEFT: {"head_yaw": 40.0},
    Movement.RETURN_RIGHT: {"head_yaw": -40.0},
}
"""How far this person goes: the turn to the right is shorter than that to the left, and the trunk turns along."""


class ScriptedPerson:
    """Does what a check asks for, smoothly; with closed eyes comes back 4 degrees beside the start."""

    def __init__(self, run: MovementRun, person: SimulatedPerson = FRONT, every_s: float = 0.125) -> None:
        self.run, self.person, self.every_s = run, person, every_s
        self.t_s = 0.0
        self._at = unknowns()
        self._since: tuple[object, float] = (None, 0.0)

    def look(self) -> None:
        """One look of the check at this moment's posture."""
        self.run.feed(self.seen())

    def seen(self) -> Observation:
        """The person at this moment, and on to the next."""
        going = self.run.going
        if going is not self._since[0]:
            self._since = (going, self.t_s)
        target: Mapping[str, float] = {} if going is None else GOES[going]
        if going in (Movement.RETURN_LEFT, Movement.RETURN_RIGHT) and self.t_s - self._since[1] > 3.0:
            target = {"head_yaw": 4.0 if going is Movement.RETURN_LEFT else -4.0}
        if self.run.step is CheckStep.USUAL and self.run.stage is CheckStage.MOVING:
            target = {"forward": 0.7 * INCH_CM}
        self._at = self._at + 0.35 * (unknowns(**target) - self._at)
        seed = round(self.t_s * 1000)
        seen = self.person.look(self._at, seed=seed, t_s=self.t_s)
        self.t_s += self.every_s
        return seen

    def until(self, reached: Callable[[], bool], most: int = 4000) -> None:
        """Look until this holds."""
        for _number in range(most):
            if reached():
                return
            self.look()
        raise AssertionError(f"still {self.run.stage} at {self.run.step}: {self.run.advice}")

    def whole(self, *, answer: Worse = Worse.NO, skip: tuple[CheckStep, ...] = ()) -> dict[Movement, MovementRow]:
        """The whole check; its rows by movement."""
        run = self.run
        while run.stage is not CheckStage.DONE:
            if run.stage is CheckStage.WAITING:
                run.wish(CheckWish.SKIP if run.step in skip else CheckWish.BEGIN)
            elif run.stage is CheckStage.ASKING:
                run.wish(answer)
            self.look()
        return {row.movement: row for row in run.rows}


def begun(before: Calibration | None = BEFORE, **more: object) -> ScriptedPerson:
    """A person before a check."""
    return ScriptedPerson(MovementRun("desk", UserSettings(), AT, before, gain=EXACT, **more))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def rows() -> dict[Movement, MovementRow]:
    """A whole check of somebody who does everything."""
    return begun().whole(answer=Worse.LITTLE)


def test_every_movement_is_told_with_its_error(rows: dict[Movement, MovementRow]) -> None:
    """Twelve results, all done; each movement within two of its standard errors of what the person did."""
    assert set(rows) == set(Movement)
    assert {row.outcome for row in rows.values()} == {CheckOutcome.DONE}
    true = {
        movement: abs(goes.get("head_yaw", goes.get("head_pitch", goes.get("head_roll", goes.get("forward", 0.0)))))
        for movement, goes in GOES.items()
    }
    true[Movement.CHIN_IN] = 0.8
    true[Movement.RETURN_LEFT] = true[Movement.RETURN_RIGHT] = 4.0
    true[Movement.USUAL] = 0.7
    for movement, wanted in true.items():
        row = rows[movement]
        assert row.value is not None
        assert row.se is not None
        assert abs(row.value - wanted) < 2 * row.se, movement
    assert rows[Movement.TURN_LEFT].value == pytest.approx(45.0, abs=4.0)
    assert rows[Movement.TURN_RIGHT].value == pytest.approx(30.0, abs=4.0)


def test_each_movement_has_repetitions_a_smoothness_a_trace_and_an_answer(rows: dict[Movement, MovementRow]) -> None:
    """Three times each, with the scatter between them; degrees over seconds, and what the person answered."""
    for movement in (Movement.TURN_LEFT, Movement.LOOK_UP, Movement.TILT_RIGHT):
        row = rows[movement]
        assert row.repeats == 3
        assert row.scatter is not None
        assert row.scatter < 3.0
        assert row.smoothness is not None
        assert row.smoothness < 0.0
        assert max(value for _t, value in row.trace) == pytest.approx(row.value, abs=4.0)
        assert row.worse is Worse.LITTLE
    assert rows[Movement.USUAL].worse is Worse.NOT_ASKED


def test_sitting_upright_ties_the_day() -> None:
    """The check leaves a calibration that keeps the sizes of the one in force."""
    person = begun()
    person.whole(skip=(CheckStep.TURN, CheckStep.NOD, CheckStep.TILT, CheckStep.CHIN, CheckStep.RETURN))
    made = person.run.calibration
    assert made is not None
    assert made.reference.focal_px == BEFORE.reference.focal_px


def test_a_first_check_makes_the_first_calibration_and_cannot_leave_it_out() -> None:
    """Without a calibration there is nothing to measure against: sitting upright cannot be skipped."""
    person = begun(None, steps=(CheckStep.TURN,))
    assert person.run.step is CheckStep.UPRIGHT
    assert not person.run.may_skip
    person.run.wish(CheckWish.SKIP)
    person.look()
    assert person.run.step is CheckStep.UPRIGHT
    assert person.whole()[Movement.TURN_LEFT].outcome is CheckOutcome.DONE


def test_what_is_skipped_and_what_was_not_reached_are_told_apart() -> None:
    """Skipped is said so; after a stop the rest was stopped, and what was done before is kept."""
    person = begun(steps=(CheckStep.USUAL, CheckStep.TURN, CheckStep.NOD, CheckStep.TILT))
    run = person.run
    run.wish(CheckWish.SKIP)
    person.until(lambda: run.step is CheckStep.UPRIGHT)
    run.wish(CheckWish.BEGIN)
    person.until(lambda: run.step is CheckStep.TURN)
    run.wish(CheckWish.BEGIN)
    person.until(lambda: run.stage is CheckStage.ASKING)
    run.wish(Worse.UNSAID)
    person.until(lambda: run.step is CheckStep.NOD)
    run.wish(CheckWish.BEGIN)
    person.until(lambda: run.stage is CheckStage.MOVING)
    run.wish(CheckWish.STOP)
    person.until(lambda: run.stage is CheckStage.DONE)
    rows = {row.movement: row for row in run.rows}
    assert rows[Movement.USUAL].outcome is CheckOutcome.SKIPPED
    assert rows[Movement.TURN_LEFT].outcome is CheckOutcome.DONE
    assert rows[Movement.TURN_LEFT].worse is Worse.UNSAID
    assert rows[Movement.LOOK_DOWN].outcome is CheckOutcome.STOPPED
    assert rows[Movement.TILT_LEFT].outcome is CheckOutcome.STOPPED


def test_a_pause_begins_the_step_anew_and_a_repeat_forgets_it() -> None:
    """Half a step counts for nothing."""
    person = begun(steps=(CheckStep.TURN,))
    run = person.run
    run.wish(CheckWish.BEGIN)
    person.until(lambda: run.step is CheckStep.TURN)
    run.wish(CheckWish.BEGIN)
    person.until(lambda: run.going is Movement.TURN_RIGHT)
    run.wish(CheckWish.PAUSE)
    person.until(lambda: run.stage is CheckStage.PAUSED)
    for _number in range(40):
        person.look()
    assert run.stage is CheckStage.PAUSED
    run.wish(CheckWish.BEGIN)
    person.until(lambda: run.stage is CheckStage.ASKING)
    run.wish(CheckWish.REPEAT)
    person.until(lambda: run.stage is CheckStage.WAITING)
    rows = person.whole()
    assert rows[Movement.TURN_LEFT].repeats == 3


def test_a_face_lost_at_the_end_makes_an_at_least() -> None:
    """Beyond what the camera sees of the face nothing is made up: at least so far."""
    person = begun(steps=(CheckStep.TURN,))

    class Lost(SimulatedPerson):
        def look(self, moved: np.ndarray = unknowns(), **more: object):  # type: ignore[no-untyped-def, override]  # noqa: B008
            seen = super().look(moved, **more)  # type: ignore[arg-type]
            return replace(seen, face=None) if np.degrees(moved[12]) > 35.0 else seen

    person.person = Lost()
    rows = person.whole()
    assert rows[Movement.TURN_LEFT].outcome is CheckOutcome.BEYOND
    assert 20.0 < (rows[Movement.TURN_LEFT].value or 0.0) < 37.0
    assert rows[Movement.TURN_RIGHT].outcome is CheckOutcome.DONE


def test_a_face_that_is_never_seen_is_no_number() -> None:
    """Turned where the networks find no face in any look: unseen, and no number."""
    person = begun(steps=(CheckStep.TURN,))
    run = person.run
    run.wish(CheckWish.BEGIN)
    person.until(lambda: run.step is CheckStep.TURN)
    person.person = SimulatedPerson(face=False)
    rows = person.whole()
    assert rows[Movement.TURN_LEFT].outcome is CheckOutcome.UNSEEN
    assert rows[Movement.TURN_LEFT].value is None


def test_a_camera_aside_is_refused_before_anything_is_measured() -> None:
    """From 45 degrees the check asks for the camera to be moved and goes no further."""
    person = begun(None, steps=(CheckStep.TURN,))
    person.person = SimulatedPerson(azimuth_deg=45.0)
    person.run.wish(CheckWish.BEGIN)
    person.until(lambda: person.run.stage is CheckStage.PAUSED)
    assert "in front of you" in person.run.advice
    person.run.wish(CheckWish.STOP)
    person.until(lambda: person.run.stage is CheckStage.DONE)
    assert person.run.rows == ()
