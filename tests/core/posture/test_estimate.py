"""From a look to inches: simulated people whose posture is known, and what is borrowed, learnt and forgotten."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from posturewatch.core.posture.texture_tie import TIE_LOOKS

from core.posture.simulated_body import ANCHOR, ZERO, SimulatedPerson, unknowns
from posturewatch.base.observation import Look
from posturewatch.base.records import INCH_CM, Estimate
from posturewatch.base.settings import UserSettings
from posturewatch.core.posture.calibration import Calibration, build
from posturewatch.core.posture.estimate import ANCHOR_LOOKS, TRUNK_LASTS_S, UNRECOGNISED_LOOKS, Estimator

FACE_ONLY = Look(trunk=False)


def calibrated(person: SimulatedPerson, user: UserSettings = UserSettings()) -> Calibration:  # noqa: B008  (frozen)
    """A calibration of somebody who sits still."""
    return build("desk", [person.look(t_s=0.5 * i, seed=i) for i in range(14)], user)


def measured(person: SimulatedPerson, made: Calibration, **moved: float) -> Estimate:
    """The estimate of one posture."""
    estimate = Estimator(made).estimate(person.look(unknowns(**moved), seed=99))
    assert estimate is not None
    return estimate


FRONT = SimulatedPerson()
MADE = calibrated(FRONT)


@pytest.mark.parametrize("azimuth_deg", [-90.0, -40.0, 0.0, 20.0, 45.0, 90.0])
def test_from_every_side_upright_is_upright_and_forward_is_forward(azimuth_deg: float) -> None:
    """At 0 the answer is 0; with the head 2 in forward it is called forward (1 in and more), within its error."""
    person = SimulatedPerson(azimuth_deg=azimuth_deg, face=abs(azimuth_deg) < 60)
    made = calibrated(person)
    upright, forward = measured(person, made), measured(person, made, forward=2 * INCH_CM)
    assert abs(upright.fht_in) < 0.1
    assert forward.fht_in > 1.0
    assert abs(forward.fht_in - 2.0) < 2 * forward.fht_se_in


@pytest.mark.parametrize("pitch_deg", [-20.0, 0.0, 15.0])
@pytest.mark.parametrize("moved", [{"hip_forward": 10.0}, {"lean": 7.0}, {"head_pitch": 18.0}, {"trunk_yaw": 12.0}])
def test_distractors_do_not_count_from_above_or_below(pitch_deg: float, moved: dict[str, float]) -> None:
    """Rolling nearer, leaning, nodding and turning stay under 0.5 in for a laptop's camera and a raised one."""
    person = SimulatedPerson(pitch_deg=pitch_deg)
    assert abs(measured(person, calibrated(person), **moved).fht_in) < 0.5


def test_the_angles_have_the_signs_of_the_records() -> None:
    """Nose down and to the left, trunk forward and to the left: all positive, to a few degrees."""
    estimate = measured(FRONT, MADE, head_pitch=15.0, head_yaw=12.0)
    assert estimate.head_pitch_deg == pytest.approx(15.0, abs=6.0)
    assert estimate.head_yaw_deg == pytest.approx(12.0, abs=4.0)
    trunk = measured(FRONT, MADE, lean=6.0, trunk_yaw=10.0)
    assert trunk.trunk_lean_deg is not None
    assert trunk.trunk_lean_deg > 2.0
    assert trunk.trunk_yaw_deg == pytest.approx(10.0, abs=4.0)


def test_the_distance_follows_the_chair() -> None:
    """Ten centimetres nearer are seen as ten centimetres nearer, to a fifth."""
    before, after = measured(FRONT, MADE), measured(FRONT, MADE, hip_forward=10.0)
    assert before.distance_cm is not None
    assert after.distance_cm is not None
    assert before.distance_cm - after.distance_cm == pytest.approx(10.0, rel=0.2)


def test_people_of_other_sizes_behind_other_lenses_err_by_their_share() -> None:
    """A body 10 % larger behind a narrower lens is still found forward, within two standard errors."""
    for size, focal_px in ((0.92, 395.0), (1.1, 554.0)):
        person = SimulatedPerson(size=size, focal_px=focal_px)
        estimate = measured(person, calibrated(person), forward=2 * INCH_CM)
        assert estimate.fht_in > 1.0
        assert abs(estimate.fht_in - 2.0) < 2 * estimate.fht_se_in


def test_own_measures_make_the_answer_surer() -> None:
    """With a tape measure and a spectacle prescription the stated error of a forward head shrinks."""
    told = calibrated(FRONT, UserSettings(ipd_mm=62, screen_distance_cm=62))
    assert measured(FRONT, told, forward=6.0).fht_se_in < measured(FRONT, MADE, forward=6.0).fht_se_in


def test_the_error_counts_the_baselines_own() -> None:
    """No estimate is surer than the calibration it is measured against."""
    loose = replace(MADE, repeatability_in=0.5)
    assert measured(FRONT, loose).fht_se_in > 0.5
    assert measured(FRONT, loose).fht_se_in > measured(FRONT, MADE).fht_se_in


def test_nothing_to_go_by_is_no_estimate() -> None:
    """Neither trunk nor face, or a face with no trunk ever seen: nothing is said."""
    estimator = Estimator(MADE)
    assert estimator.estimate(replace(FRONT.look(), trunk=None, face=None)) is None
    assert estimator.estimate(FRONT.look(looked=FACE_ONLY)) is None


def test_a_face_alone_borrows_the_trunk_for_a_while() -> None:
    """Between looks at the whole body the face is enough, with an error that grows; then it is not, nor after a
    gap, nor where the trunk was looked for and not found."""
    estimator = Estimator(MADE)
    whole = estimator.estimate(FRONT.look(t_s=0.0))
    soon = estimator.estimate(FRONT.look(t_s=1.0, looked=FACE_ONLY))
    later = estimator.estimate(FRONT.look(t_s=8.0, looked=FACE_ONLY))
    assert whole is not None
    assert soon is not None
    assert later is not None
    assert abs(soon.fht_in) < 0.3
    assert whole.fht_se_in < soon.fht_se_in < later.fht_se_in
    assert estimator.estimate(FRONT.look(t_s=TRUNK_LASTS_S + 1.0, looked=FACE_ONLY)) is None
    assert estimator.estimate(replace(FRONT.look(t_s=0.5), trunk=None)) is None
    estimator.forget()
    assert estimator.estimate(FRONT.look(t_s=1.0, looked=FACE_ONLY)) is None


def test_known_texture_makes_the_answer_surer() -> None:
    """The anchor of the calibration is used; one of another process is not, until it has been tied."""
    with_texture = Estimator(MADE).estimate(FRONT.look(unknowns(forward=4.0)))
    without = Estimator(MADE).estimate(FRONT.look(unknowns(forward=4.0), anchor_id=ANCHOR + 5))
    assert with_texture is not None
    assert without is not None
    assert with_texture.fht_se_in < without.fht_se_in


def test_a_new_texture_is_learnt_and_then_used() -> None:
    """After a restart: asked for, tied over a few looks, and from then on as good as before but for the tie."""
    estimator = Estimator(MADE)
    assert estimator.wants_anchor
    errors = []
    for i in range(TIE_LOOKS + 2):
        posture = unknowns(hip_forward=0.3 * (i % 4))
        estimate = estimator.estimate(FRONT.look(posture, t_s=float(i), anchor_id=ANCHOR + 1))
        assert estimate is not None
        assert abs(estimate.fht_in) < 0.3
        errors.append(estimate.fht_se_in)
        if i >= ANCHOR_LOOKS:
            assert not estimator.wants_anchor
    assert errors[-1] < errors[0]
    assert not estimator.wants_anchor


def test_a_texture_that_is_never_seen_again_is_given_up() -> None:
    """Another shirt: after some minutes of looks without any known texture the sensor is to learn anew."""
    estimator = Estimator(MADE)
    estimator.estimate(FRONT.look())
    for i in range(UNRECOGNISED_LOOKS):
        assert not estimator.wants_new_anchor
        estimator.estimate(replace(FRONT.look(t_s=float(i)), texture=None))
    assert estimator.wants_new_anchor


def test_scattered_points_are_as_wrong_as_they_say() -> None:
    """Forty noisy looks at people between upright and 3 in forward: nine in ten within two standard errors."""
    noisy = SimulatedPerson(scatter_px=2.5)
    made, rng = calibrated(noisy), np.random.default_rng(6)
    inside = []
    for i in range(40):
        forward, aside, lean = rng.uniform(0, 7.5), rng.normal(0, 4), rng.normal(0, 4)
        moved = unknowns(forward=forward, hip_left=aside, lean=lean, head_pitch=rng.normal(0, 6))
        estimate = Estimator(made).estimate(noisy.look(moved, seed=i))
        assert estimate is not None
        inside.append(abs(estimate.fht_in - forward / INCH_CM) <= 2 * estimate.fht_se_in)
    assert sum(inside) >= 35


def test_the_calibrated_look_itself_is_at_zero() -> None:
    """Whatever constant error the networks make on a person, it is in the baseline too."""
    estimate = Estimator(MADE).estimate(FRONT.look(ZERO))
    assert estimate is not None
    assert estimate.fht_in == pytest.approx(0.0, abs=0.02)
