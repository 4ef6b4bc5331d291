"""The fit on bodies whose posture is known: it finds them, says how sure it is, and is not misled by what must
not count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from core.posture.simulated_body import ZERO, SimulatedPerson, unknowns
from posturewatch.base.records import INCH_CM
from posturewatch.base.settings import UserSettings
from posturewatch.core.posture import body_model, fit
from posturewatch.core.posture.body_model import Posed
from posturewatch.core.posture.calibration import Calibration
from posturewatch.core.posture.calibrator import build
from posturewatch.core.posture.cues import Cues
from posturewatch.core.posture.estimate import moved_body_se_in
from posturewatch.core.posture.fit import Fit, KnownPosture
from posturewatch.core.posture.geometry import Floats, turned
from posturewatch.core.posture.look_residuals import worn
from posturewatch.core.posture.shared_unknowns import (
    ANCHOR,
    ANCHOR_WIDTH,
    CLOTHES,
    HABIT,
    OTHER_CLOTHES,
    PERSONAL,
    SEAT,
    SEATED,
    Habit,
    N,
    SharedUnknowns,
)
from posturewatch.core.posture.supposed_body import SupposedBody
from posturewatch.core.posture.view_prior import Noise, view_for

NOWHERE = np.empty((0, 2))
HABITUAL = Habit()
NEAREST_CM = 10.0
"""Nearer to a webcam no face is found: one that fills a usual picture from side to side is some 10 cm away."""


def calibrated(person: SimulatedPerson) -> Calibration:
    """A calibration of this person, sitting still."""
    return build("desk", [person.look(t_s=0.2 * i) for i in range(12)], UserSettings())


FRONT = calibrated(SimulatedPerson())
OBLIQUE = calibrated(SimulatedPerson(azimuth_deg=40.0))
SIDE = calibrated(SimulatedPerson(azimuth_deg=88.0, face=False))


def points_of(body: SupposedBody, moved: Floats, told: Floats) -> tuple[Posed, Floats]:
    """The body in this posture (14,), its clothes as ``told`` (1, 26) has them: where trunk and head are, and the eight
    points (1, 8, 3) that are looked for, the face's last."""
    now = body_model.pose(moved[None], body.hip, body.tragus, body.drop_per_forward)
    both = body_model.shoulders(now, moved[None], worn(body.shoulders, told[:, CLOTHES]), body.hip)
    head = body_model.on_head(now, np.concatenate([body.head, body.face[:, None]], axis=1), body.tragus)
    return now, np.concatenate([both, head], axis=1)


def before_the_camera(made: Calibration, moved: Floats, shared: Floats) -> bool:
    """Whether each point of somebody in this posture (14,) is far enough before the camera to be seen. Postures drawn
    with the supposed spread go on without end; once in some hundred there is a head in the camera or behind it."""
    body = SupposedBody.of(made.reference, shared[None, PERSONAL])
    _, points = points_of(body, moved, shared[None])
    return bool(body.in_camera(points)[..., 2].min() > NEAREST_CM)


def predicted(made: Calibration, moved: Floats, shared: Floats | None = None, *, texture: bool = True) -> Cues:
    """What the model itself says would be seen of this posture (14,), without noise, where the shared unknowns are so
    (26,); as the calibration has them if not given."""
    ref = made.reference
    told = (made.shared.mean if shared is None else shared)[None]
    body_ = SupposedBody.of(ref, told[:, PERSONAL])
    then = body_model.pose(told[:, ANCHOR], body_.hip, body_.tragus, body_.drop_per_forward)
    now, points = points_of(body_, moved, told)
    seen = body_.pixels(points)[0]
    pairs = [NOWHERE] * 4
    if texture:
        x, y = (grid.ravel() for grid in np.meshgrid(np.linspace(-60, 60, 6), np.linspace(15, 110, 5)))
        middle = body_.pixels(body_.shoulders).mean(axis=1)
        chest = body_.on_chest(middle[:, None] + np.column_stack([x, y]))
        face = body_.pixels(body_.face[:, None])
        skin = body_.on_face(face + 0.5 * np.column_stack([x, y - 60]))
        of_chest = [body_.pixels(body_model.on_trunk(posed, chest, body_.hip))[0] for posed in (then, now)]
        of_skin = [body_.pixels(body_model.on_head(posed, skin, body_.tragus))[0] for posed in (then, now)]
        pairs = [*of_chest, *of_skin]
    was, is_ = (float(body_.in_camera(each)[0, -1, 2]) for each in (body_.face[:, None], points))
    turn = (body_.to_camera @ now.head @ np.swapaxes(body_.to_camera, -1, -2))[0]
    found = Cues(seen[:7], seen[7], float(np.log(was / is_)), turn, *pairs)
    return found if made.has_face else faceless(found)


def faceless(seen: Cues) -> Cues:
    """The cues where no face was found."""
    return replace(seen, face=np.full(2, np.nan), log_scale=np.nan, turn=np.full((3, 3), np.nan))


def noisy(seen: Cues, noise: Noise, chance: np.random.Generator) -> Cues:
    """The cues with the scatter that the fit supposes; texture errs together, so each pair errs more."""
    pose_sd = np.array([noise.shoulder_px] * 2 + [noise.ear_px] * 2 + [noise.nose_px] + [noise.eye_px] * 2)
    x, y, z = chance.normal(0, 1, 3) * np.array(noise.turn_rad)
    share = noise.shared_by(len(seen.trunk_from))
    return Cues(
        seen.pose + chance.normal(0, 1, seen.pose.shape) * pose_sd[:, None],
        seen.face + chance.normal(0, noise.face_px, 2),
        seen.log_scale + float(chance.normal(0, noise.log_scale)),
        turned(np.array(y), np.array(x), np.array(z)) @ seen.turn,
        seen.trunk_from,
        seen.trunk_to + chance.normal(0, noise.trunk_px * share, seen.trunk_to.shape),
        seen.head_from,
        seen.head_to + chance.normal(0, noise.head_px * share, seen.head_to.shape),
    )


def solved(made: Calibration, looks: Sequence[Cues], shared: SharedUnknowns | None = None) -> list[Fit]:
    """Each look by itself, all against what is known of the sitting at the same moment."""
    view = view_for(made.reference, made.azimuth_deg)
    return [fit.solve(made.reference, look, shared or made.shared, view) for look in looks]


def one(made: Calibration, look: Cues) -> Fit:
    """This look by itself."""
    (found,) = solved(made, [look])
    return found


def forward_in(found: Fit) -> float:
    """FHT in inches."""
    return float(found.unknowns[body_model.FORWARD]) / INCH_CM


def error_in(found: Fit) -> float:
    """Its standard error in inches, as a look's is told: with what a moved body may mislead by."""
    fit_in = float(np.sqrt(found.covariance[body_model.FORWARD, body_model.FORWARD])) / INCH_CM
    return float(np.hypot(fit_in, moved_body_se_in(found.unknowns)))


@pytest.mark.parametrize("made", [FRONT, OBLIQUE, SIDE], ids=["front", "oblique", "side"])
def test_upright_is_zero(made: Calibration) -> None:
    """The calibrated picture itself has no forward translation and no lean, but for the little by which people are
    expected to sit a little forward of it."""
    found = one(made, predicted(made, ZERO))
    assert abs(forward_in(found)) < 0.1
    assert np.abs(found.unknowns[[body_model.LEAN, body_model.TRUNK_YAW]]).max() < np.radians(1.0)


def ratios(made: Calibration, shared: SharedUnknowns, *, anchored: float = 1.0) -> Floats:
    """Error over stated error of 100 simulated postures with the supposed scatter, each of a body and a sitting drawn
    from ``shared``, the anchor's posture at ``anchored`` of its spread, and all of it before the camera."""
    chance, view = np.random.default_rng(2), view_for(made.reference, made.azimuth_deg)
    known = []
    while len(known) < 100:
        so = chance.multivariate_normal(shared.mean, shared.covariance)
        so[ANCHOR] = shared.mean[ANCHOR] + anchored * (so - shared.mean)[ANCHOR]
        moved = chance.normal(0, 1, body_model.N) * view.spread
        moved[body_model.FORWARD] += so[HABIT]
        moved[list(SEATED)] += so[SEAT]
        if before_the_camera(made, moved, so):
            known.append((moved, noisy(predicted(made, moved, so), view.noise, chance)))
    found = solved(made, [look for _, look in known], shared)
    error = np.array([forward_in(f) - m[body_model.FORWARD] / INCH_CM for f, (m, _) in zip(found, known, strict=True)])
    return np.asarray(error / np.array([error_in(f) for f in found]) / view.se_factor)


@pytest.mark.parametrize("made", [FRONT, OBLIQUE, SIDE], ids=["front", "oblique", "side"])
def test_the_stated_error_is_the_error(made: Calibration) -> None:
    """In the sitting of the calibration about nineteen in twenty lie within two standard errors, and the error is
    neither flattered nor hidden behind a wide one."""
    found = ratios(made, made.shared)
    assert 0.90 <= float(np.mean(np.abs(found) <= 2)) <= 1.0
    assert 0.6 < float(np.sqrt(np.mean(np.clip(found, -4, 4) ** 2))) < 1.4


@pytest.mark.parametrize("made", [FRONT, OBLIQUE, SIDE], ids=["front", "oblique", "side"])
def test_the_stated_error_is_the_error_in_other_clothes_too(made: Calibration) -> None:
    """The same where the clothes are others and the anchor picture is of a posture that nobody knows, half as far from
    the calibrated one as people move in a day: three in four hold, because the first look of such a sitting is taken
    by one step towards its mode. More steps hold better here, where the scatter is just as supposed, and worse on
    pictures, where the networks err alike from look to look (docs/measurement.md, "What was tried")."""
    view = view_for(made.reference, made.azimuth_deg)
    found = ratios(
        made, made.shared.sitting(OTHER_CLOTHES, HABITUAL).anchored(7, view.spread), anchored=0.5 / ANCHOR_WIDTH
    )
    assert 0.75 <= float(np.mean(np.abs(found) <= 2)) <= 1.0
    assert 0.6 < float(np.sqrt(np.mean(np.clip(found, -4, 4) ** 2))) < 1.7


@pytest.mark.parametrize("made", [FRONT, OBLIQUE, SIDE], ids=["front", "oblique", "side"])
def test_a_head_further_forward_is_measured_further_forward(made: Calibration) -> None:
    """From 0 to 8 cm without noise the answer rises, and most of the way is found."""
    steps = np.linspace(0, 8, 5)
    found = [forward_in(f) for f in solved(made, [predicted(made, unknowns(forward=cm)) for cm in steps])]
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
    assert abs(forward_in(one(FRONT, predicted(FRONT, unknowns(**moved))))) < 0.4


def test_a_mirrored_posture_has_the_mirrored_answer() -> None:
    """Left and right exchanged, forward is the same and the turns are the other way."""
    made = calibrated(SimulatedPerson(texture=False))
    sign = np.ones(body_model.N)
    sign[[body_model.UNKNOWNS.index(n) for n in ("hip_left", "trunk_yaw", "trunk_roll", "sideways", "head_yaw")]] = -1
    sign[body_model.UNKNOWNS.index("head_roll")] = -1
    moved = unknowns(forward=4.0, hip_left=5.0, trunk_yaw=8.0, head_yaw=-10.0, head_roll=4.0)
    left, right = solved(made, [predicted(made, u, texture=False) for u in (moved, moved * sign)])
    assert right.unknowns == pytest.approx(left.unknowns * sign, abs=0.1)


def test_one_wild_point_is_outvoted() -> None:
    """A shoulder that the network puts 60 px off moves the answer by less than a third of an inch."""
    seen = predicted(FRONT, unknowns(forward=4.0))
    wild = replace(seen, pose=seen.pose.copy())
    wild.pose[0, 0] += 60.0
    assert abs(forward_in(one(FRONT, wild)) - forward_in(one(FRONT, seen))) < 0.33


def test_less_to_go_by_means_less_sure() -> None:
    """Without texture the error is larger, without a face larger again, and with nothing it is the prior's: how freely
    heads move about a mean that is not known either."""
    bare = predicted(FRONT, ZERO, texture=False)
    blind = replace(faceless(bare), pose=np.full((7, 2), np.nan))
    errors = [error_in(f) for f in solved(FRONT, [predicted(FRONT, ZERO), bare, faceless(bare), blind])]
    assert errors == sorted(errors)
    habit_cm = float(np.sqrt(FRONT.shared.covariance[HABIT, HABIT]))
    assert errors[-1] == pytest.approx(float(np.hypot(body_model.SPREAD[body_model.FORWARD], habit_cm)) / INCH_CM)


def test_where_it_begins_does_not_matter() -> None:
    """From the sitting's habit and from the true posture the fit comes to the same end."""
    chance, view = np.random.default_rng(5), view_for(FRONT.reference, 0.0)
    for _ in range(6):
        moved = chance.normal(0, 1, body_model.N) * view.spread
        look = predicted(FRONT, moved)
        cold, warm = (fit.solve(FRONT.reference, look, FRONT.shared, view, start=s) for s in (None, moved))
        assert forward_in(warm) == pytest.approx(forward_in(cold), abs=0.05)


def test_the_further_forward_the_less_sure() -> None:
    """The lens is not known, and with it all lengths along the line of sight."""
    near, far = solved(FRONT, [predicted(FRONT, unknowns(forward=cm)) for cm in (0.0, 7.0)])
    assert forward_in(far) > 1.5
    assert error_in(far) > error_in(near)


def test_what_the_sitting_leaves_open_is_told_apart() -> None:
    """The sitting's part is never more than the whole error, is all but nothing once the sitting is known, and grows
    with what is not known of the clothes."""
    look = predicted(FRONT, unknowns(forward=3.0))
    known = SharedUnknowns(FRONT.shared.mean, FRONT.shared.information + 1e10 * np.eye(N), FRONT.shared.anchor_id)
    told = [solved(FRONT, [look], shared)[0] for shared in (known, FRONT.shared, _elsewhere(FRONT))]
    assert told[0].sitting_in < 0.01
    assert told[0].sitting_in < told[1].sitting_in < told[2].sitting_in
    assert all(found.sitting_in <= error_in(found) for found in told)


@pytest.mark.parametrize("made", [FRONT, OBLIQUE], ids=["front", "oblique"])
def test_a_look_by_itself_says_the_same_and_teaches_nothing(made: Calibration) -> None:
    """With what a look at a like posture has shown of how the answer hangs on the sitting, a look is solved for its own
    unknowns alone: the same answer and error but for a twentieth of an inch, and the shared unknowns as they were."""
    view = view_for(made.reference, made.azimuth_deg)
    first = one(made, predicted(made, unknowns(forward=3.0, lean=2.0)))
    look = predicted(made, unknowns(forward=3.6, lean=1.0, hip_forward=1.5))
    start = first.unknowns
    whole = fit.solve(made.reference, look, made.shared, view, start=start)
    alone = fit.solve(made.reference, look, made.shared, view, start=start, gain=first.gain)
    assert forward_in(alone) == pytest.approx(forward_in(whole), abs=0.05)
    assert error_in(alone) == pytest.approx(error_in(whole), abs=0.05)
    assert alone.sitting_in == pytest.approx(whole.sitting_in, abs=0.05)
    assert alone.shared is made.shared


def test_a_posture_that_is_known_teaches_the_sitting_and_not_the_posture() -> None:
    """Upright by agreement: the answer is what was agreed, and what is seen beside it is laid to the clothes."""
    view = view_for(FRONT.reference, 0.0)
    loose = _elsewhere(FRONT)
    moved = loose.mean.copy()
    moved[CLOTHES] = 0.06, 1.0, 0.0
    look = predicted(FRONT, ZERO, moved, texture=False)
    free = fit.solve(FRONT.reference, look, loose, view)
    agreed = fit.solve(FRONT.reference, look, loose, view, known=KnownPosture(0.0, 0.12))
    assert abs(forward_in(agreed)) < 0.1
    assert error_in(agreed) < 0.13 < error_in(free)
    assert np.abs(agreed.shared.mean[CLOTHES] - moved[CLOTHES])[0] < 0.02
    assert agreed.shared.covariance[CLOTHES, CLOTHES].trace() < free.shared.covariance[CLOTHES, CLOTHES].trace()


def test_a_known_posture_that_is_not_upright_is_the_answer_too() -> None:
    """Two inches forward by agreement, and seen so: the answer is two inches, with no more than the agreed error."""
    moved = ZERO.copy()
    moved[body_model.FORWARD] = 2.0 * INCH_CM
    agreed = fit.solve(
        FRONT.reference, predicted(FRONT, moved), FRONT.shared, view_for(FRONT.reference, 0.0),
        known=KnownPosture(2.0, 0.12),
    )  # fmt: skip
    assert abs(forward_in(agreed) - 2.0) < 0.1
    assert error_in(agreed) < 0.13


def _elsewhere(made: Calibration) -> SharedUnknowns:
    """The same person in clothes that nobody knows, before the same anchor picture."""
    return made.shared.sitting(OTHER_CLOTHES, HABITUAL).anchored(made.shared.anchor_id or 0)
