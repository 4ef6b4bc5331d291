"""The fit on bodies whose posture is known: it finds them, says how sure it is, and is not misled by what must
not count."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.posture.simulated_body import ZERO, SimulatedPerson, unknowns
from posturewatch.base.records import INCH_CM
from posturewatch.base.settings import UserSettings
from posturewatch.core.posture import body_model, cues, fit
from posturewatch.core.posture.calibrated_view import CalibratedView
from posturewatch.core.posture.calibration import Calibration, build
from posturewatch.core.posture.cues import Cues
from posturewatch.core.posture.geometry import Floats, project, turned

RNG = np.random.default_rng(2)
SAME = np.column_stack([np.eye(2), np.zeros(2)])
SIT = (0, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13)
"""The unknowns that are anything but the head's way forward and the height of the seat."""


def calibrated(person: SimulatedPerson) -> Calibration:
    """A calibration of this person, sitting still."""
    return build("desk", [person.look(t_s=0.2 * i) for i in range(12)], UserSettings())


FRONT = calibrated(SimulatedPerson())
OBLIQUE = calibrated(SimulatedPerson(azimuth_deg=40.0))
SIDE = calibrated(SimulatedPerson(azimuth_deg=88.0, face=False))


def predicted(ref: CalibratedView, moved: Floats, *, texture: bool = True, face: bool = True) -> Cues:
    """What the model itself says would be seen of these postures (B, 14), without noise."""
    batch = len(moved)
    posed = body_model.pose(moved, ref.hip, ref.tragus)
    head = body_model.on_head(posed, np.vstack([ref.head, ref.face[None]]), ref.tragus)
    both = body_model.shoulders(posed, moved, ref.shoulders, ref.hip)
    seen = picture(ref, np.concatenate([both, head], axis=1))
    nothing = np.full((batch, 4, 2), np.nan)
    pairs = [nothing] * 4
    if texture:
        middle = picture(ref, ref.shoulders.mean(axis=0))
        x, y = np.meshgrid(np.linspace(-60, 60, 6), np.linspace(15, 110, 5))
        chest = middle + np.column_stack([x.ravel(), y.ravel()])
        on_chest = picture(ref, body_model.on_trunk(posed, ref.on_chest(chest), ref.hip))
        skin = picture(ref, ref.face) + 0.5 * np.column_stack([x.ravel(), y.ravel() - 60])
        on_skin = picture(ref, body_model.on_head(posed, ref.on_face(skin), ref.tragus))
        pairs = [np.tile(chest, (batch, 1, 1)), on_chest, np.tile(skin, (batch, 1, 1)), on_skin]
    depth = ref.in_camera(head[:, -1])[:, 2]
    scale = np.log(float(ref.in_camera(ref.face)[2]) / depth)
    turn = ref.to_camera @ posed.head @ ref.to_camera.T
    if not face:
        scale, turn, seen[:, 7] = np.full(batch, np.nan), np.full((batch, 3, 3), np.nan), np.nan
    return Cues(seen[:, :7], seen[:, 7], scale, turn, *pairs)


def picture(ref: CalibratedView, points: Floats) -> Floats:
    """Pixels of person-frame points."""
    return project(ref.in_camera(points), ref.focal_px, ref.centre_px)


def noisy(seen: Cues, view: fit.ViewPrior, *, pairs: int) -> Cues:
    """The cues with the scatter that the fit supposes; texture errs together, so each pair errs more."""
    noise = view.noise
    pose_sd = np.array([noise.shoulder_px] * 2 + [noise.ear_px] * 2 + [noise.nose_px] + [noise.eye_px] * 2)
    small = RNG.normal(0, 1, (len(seen), 3)) * np.array(noise.turn_rad)
    turns = np.array([turned(np.array(y), np.array(x), np.array(z)) for x, y, z in small])
    share = np.sqrt(max(1.0, pairs / noise.texture_effective))
    return Cues(
        seen.pose + RNG.normal(0, 1, seen.pose.shape) * pose_sd[:, None],
        seen.face + RNG.normal(0, noise.face_px, seen.face.shape),
        seen.log_scale + RNG.normal(0, noise.log_scale, len(seen)),
        turns @ seen.turn,
        seen.trunk_from,
        seen.trunk_to + RNG.normal(0, noise.trunk_px * share, seen.trunk_to.shape),
        seen.head_from,
        seen.head_to + RNG.normal(0, noise.head_px * share, seen.head_to.shape),
    )


def solved(made: Calibration, seen: Cues) -> fit.Fit:
    """The fit as the estimator calls it."""
    view = fit.view_for(made.reference, made.azimuth_deg)
    return fit.solve(
        made.reference, seen, noise=view.noise, spread=view.spread, trunk_map=SAME, head_map=SAME, rounds=20
    )


def forward_in(found: fit.Fit) -> Floats:
    """FHT in inches."""
    return np.asarray(found.unknowns[:, body_model.FORWARD] / INCH_CM)


def people(made: Calibration, count: int) -> Floats:
    """Postures as the prior has them."""
    spread = fit.view_for(made.reference, made.azimuth_deg).spread
    return np.asarray(RNG.normal(0, 1, (count, body_model.N)) * spread)


@pytest.mark.parametrize("made", [FRONT, OBLIQUE, SIDE], ids=["front", "oblique", "side"])
def test_upright_is_zero(made: Calibration) -> None:
    """The calibrated picture itself has no forward translation and no lean."""
    found = solved(made, predicted(made.reference, ZERO[None], face=made.has_face))
    assert found.unknowns[0] == pytest.approx(ZERO, abs=1e-3)


@pytest.mark.parametrize("made", [FRONT, OBLIQUE, SIDE], ids=["front", "oblique", "side"])
def test_the_stated_error_is_the_error(made: Calibration) -> None:
    """Of 150 simulated postures with the supposed scatter, nine in ten and more lie within two standard errors, and
    the error is neither flattered nor hidden behind a wide one."""
    moved = people(made, 150)
    view = fit.view_for(made.reference, made.azimuth_deg)
    found = solved(made, noisy(predicted(made.reference, moved, face=made.has_face), view, pairs=30))
    error = forward_in(found) - moved[:, body_model.FORWARD] / INCH_CM
    se = np.sqrt(found.covariance[:, body_model.FORWARD, body_model.FORWARD]) / INCH_CM
    assert 0.90 <= float(np.mean(np.abs(error) <= 2 * se)) <= 1.0
    assert 0.6 < float(np.sqrt(np.mean(np.clip(error / se, -4, 4) ** 2))) < 1.4


@pytest.mark.parametrize("made", [FRONT, OBLIQUE, SIDE], ids=["front", "oblique", "side"])
def test_a_head_further_forward_is_measured_further_forward(made: Calibration) -> None:
    """From 0 to 8 cm without noise the answer rises, and most of the way is found."""
    steps = np.linspace(0, 8, 5)
    moved = np.array([unknowns(forward=cm) for cm in steps])
    found = forward_in(solved(made, predicted(made.reference, moved, face=made.has_face)))
    assert np.all(np.diff(found) > 0)
    assert found == pytest.approx(steps / INCH_CM, abs=0.15 + 0.2 * steps[-1] / INCH_CM)


@pytest.mark.parametrize(
    "moved",
    [
        {"hip_forward": 12.0},
        {"hip_left": 10.0},
        {"head_pitch": 20.0},
        {"head_yaw": 20.0},
        {"head_roll": 12.0},
        {"trunk_yaw": 15.0},
        {"lean": 8.0},
        {"shrug": 2.0},
        {"protraction": 1.5},
    ],
    ids=str,
)
def test_what_is_no_head_forward_is_not_counted(moved: dict[str, float]) -> None:
    """Rolling, leaning, turning, nodding, tilting and shrugging, seen without noise from the front: under 0.4 in."""
    found = solved(FRONT, predicted(FRONT.reference, unknowns(**moved)[None]))
    assert abs(float(forward_in(found)[0])) < 0.4


def test_a_mirrored_posture_has_the_mirrored_answer() -> None:
    """Left and right exchanged, forward is the same and the turns are the other way."""
    person = calibrated(replace(SimulatedPerson(), eyes_at=(0.5, 0.4), texture=False))
    sign = np.ones(body_model.N)
    sign[[body_model.UNKNOWNS.index(n) for n in ("hip_left", "trunk_yaw", "trunk_roll", "sideways", "head_yaw")]] = -1
    sign[body_model.UNKNOWNS.index("head_roll")] = -1
    moved = unknowns(forward=4.0, hip_left=5.0, trunk_yaw=8.0, head_yaw=-10.0, head_roll=4.0)
    both = np.array([moved, moved * sign])
    found = solved(person, predicted(person.reference, both, texture=False))
    assert found.unknowns[1] == pytest.approx(found.unknowns[0] * sign, abs=0.1)


def test_one_wild_point_is_outvoted() -> None:
    """A shoulder that the network puts 60 px off moves the answer by less than a third of an inch."""
    seen = predicted(FRONT.reference, unknowns(forward=4.0)[None])
    wild = replace(seen, pose=seen.pose.copy())
    wild.pose[0, 0] += 60.0
    assert float(abs(forward_in(solved(FRONT, wild)) - forward_in(solved(FRONT, seen)))[0]) < 0.33


def test_less_to_go_by_means_less_sure() -> None:
    """Without texture the error is larger, without a face larger again, and with nothing it is the prior's."""
    ref = FRONT.reference
    looks = [
        predicted(ref, ZERO[None]),
        predicted(ref, ZERO[None], texture=False),
        predicted(ref, ZERO[None], texture=False, face=False),
    ]
    blind = replace(looks[-1], pose=np.full((1, 7, 2), np.nan))
    errors = [
        float(solved(FRONT, seen).covariance[0, body_model.FORWARD, body_model.FORWARD]) ** 0.5
        for seen in (*looks, blind)
    ]
    assert errors == sorted(errors)
    assert errors[-1] == pytest.approx(body_model.SPREAD[body_model.FORWARD])


def test_where_it_begins_does_not_matter() -> None:
    """From upright and from the last posture the fit comes to the same end; looks in a batch are independent."""
    moved = people(FRONT, 6)
    seen = predicted(FRONT.reference, moved)
    view = fit.view_for(FRONT.reference, 0.0)
    maps = {"trunk_map": SAME, "head_map": SAME, "noise": view.noise, "spread": view.spread, "rounds": 25}
    cold = fit.solve(FRONT.reference, seen, **maps)  # type: ignore[arg-type]
    warm = fit.solve(FRONT.reference, seen, start=moved, **maps)  # type: ignore[arg-type]
    assert forward_in(warm) == pytest.approx(forward_in(cold), abs=0.03)
    alone = cues.join([seen])
    one = replace(alone, **{n: getattr(alone, n)[2:3] for n in Cues.__dataclass_fields__})
    assert forward_in(solved(FRONT, one))[0] == pytest.approx(forward_in(cold)[2], abs=0.03)


def test_the_answer_counts_what_the_fit_holds_for_known() -> None:
    """The unknown lens scales the answer along the line of sight: the further forward, the less sure."""
    found = solved(FRONT, predicted(FRONT.reference, np.array([ZERO, unknowns(forward=7.0)])))
    near, far = (
        fit.answer_in(
            fit.Fit(found.unknowns[i : i + 1], found.covariance[i : i + 1], found.cost[i : i + 1]),
            FRONT.reference,
            0.0,
        )
        for i in (0, 1)
    )
    assert far[0] > 1.5
    assert far[1] > near[1]
    own = float(np.sqrt(found.covariance[1, body_model.FORWARD, body_model.FORWARD])) / INCH_CM
    assert far[1] == pytest.approx(float(np.hypot(own, FRONT.reference.spread_scale * far[0])), rel=0.05)
