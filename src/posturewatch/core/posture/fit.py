"""Fit the body to a look: robust weighted least squares with a prior, by Levenberg and Marquardt's method.

Each cue says where some points are, with a scatter; the prior says how much people move; what all looks of the sitting
share is known as well as ``shared_unknowns`` says, and is found together with the look's own unknowns. The posterior
mode is the estimate and the curvature there gives its standard error. Residuals are judged by Student's t, so
that a network's occasional blunder is outvoted instead of averaged in (Lange, Little & Taylor 1989).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from posturewatch.base.records import INCH_CM
from posturewatch.core.posture import body_model, shared_unknowns
from posturewatch.core.posture.body_model import FORWARD
from posturewatch.core.posture.calibrated_view import CalibratedView
from posturewatch.core.posture.cues import Cues
from posturewatch.core.posture.geometry import Floats, project, rotation_vector
from posturewatch.core.posture.shared_unknowns import ANCHOR, CLOTHES, HABIT, PERSONAL, SEAT, SEATED, SharedUnknowns
from posturewatch.core.posture.supposed_body import PERSON_SPREAD, SupposedBody

T_DEGREES: Final = 4.0
"""Degrees of freedom of Student's t: heavy tails, as the pose network's errors on the renders have them."""


@dataclass(frozen=True, slots=True)
class Noise:
    """Scatter of each cue in a frame of ordinary quality, after calibration; pixels where the longer side has 640.

    ``texture_effective``: texture pairs err together (cloth moves, the surface is not quite as supposed), so
    any number of them counts as this many.
    """

    shoulder_px: float = 2.0
    ear_px: float = 9.0
    nose_px: float = 3.3
    eye_px: float = 3.5
    face_px: float = 0.7
    log_scale: float = 0.019
    turn_rad: tuple[float, float, float] = (0.015, 0.027, 0.020)
    trunk_px: float = 1.6
    head_px: float = 2.7
    texture_effective: float = 12.0

    def shared_by(self, pairs: int) -> float:
        """By how much the scatter of one of so many pairs grows, because they err together."""
        return float(np.sqrt(max(1.0, pairs / self.texture_effective)))


@dataclass(frozen=True, slots=True)
class ViewPrior:
    """What a camera position changes: the scatter of the cues, and how freely the unknowns move (14,).

    ``se_factor``: by how much the fit's own standard error falls short of the errors seen on the renders; cues
    err together from the side, where one texture and four points are all there is.
    """

    noise: Noise
    spread: Floats
    se_factor: float = 1.0


def view_for(reference: CalibratedView, azimuth_deg: float) -> ViewPrior:
    """From the side no mesh is found, the shoulders cover each other, and a nod turns in the picture's plane."""
    if abs(azimuth_deg) < 65.0 and reference.template is not None:
        return ViewPrior(Noise(), body_model.SPREAD)
    return ViewPrior(_LATERAL, _LATERAL_SPREAD, se_factor=1.4)


_LATERAL: Final = Noise(
    shoulder_px=8.0, ear_px=9.0, nose_px=12.0, eye_px=20.0, trunk_px=2.7, head_px=6.0, texture_effective=7.0
)

_LATERAL_SPREAD: Final[Floats] = body_model.SPREAD * np.array(
    [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.7, 1.0, 1.0, 0.5, 2.2, 2.2, 2.2]
)


@dataclass(frozen=True, slots=True)
class Fit:
    """One look solved: ``unknowns`` (14,) and ``covariance`` (14, 14), in which what is not known of the sitting is
    counted; ``shared``: what the shared unknowns would be if this look counted in full, as they were where it was
    solved for its own alone; ``sitting_in``: the part of the standard error of the forward translation that is the
    sitting's, inches, and that no further look of the same posture lessens; ``gain`` (14, 31): by how much the look's
    own unknowns move with the shared ones."""

    unknowns: Floats
    covariance: Floats
    shared: SharedUnknowns
    sitting_in: float
    gain: Floats


@dataclass(frozen=True, slots=True)
class KnownPosture:
    """A forward translation that is known beforehand, inches with its standard error: upright while calibrating."""

    forward_in: float
    se_in: float


_OWN_ROUNDS: Final = 15
_COLD_ROUNDS: Final = 3
"""Rounds in the look's own unknowns, and then further ones after a first in all of them: their slopes are ten times as
dear. From the posture of the look before, more than one gains nothing, because the shared unknowns hardly move in one
look; a look that begins from nowhere may have far to go."""

_DONE: Final = 0.3
"""Change of the cost (twice a negative logarithm of a probability) below which the fit has arrived."""

_TRIES: Final = 6
_DAMPED_MORE: Final = 8.0

_STEP: Final[Floats] = np.concatenate(
    [
        1e-3 * body_model.SPREAD,
        [1e-4, 1e-3, 1e-3],
        1e-3 * body_model.SPREAD,
        np.zeros(1 + len(SEATED)),
        1e-2 * PERSON_SPREAD,
    ]
)
"""Steps of the differences in the look's own unknowns and in the shared ones."""


def solve(
    reference: CalibratedView,
    look: Cues,
    shared: SharedUnknowns,
    view: ViewPrior,
    *,
    known: KnownPosture | None = None,
    start: Floats | None = None,
    gain: Floats | None = None,
) -> Fit:
    """The posterior mode for one look. ``start`` (14,): where to begin; the sitting's habit if not given. ``gain``:
    that of a look at a like posture; the look is then solved for its own unknowns alone, in a third of the time, and
    teaches nothing of the shared ones.

    Where texture of an anchor picture is among the cues, the anchor block of ``shared`` must speak of that picture.
    """
    problem = _Problem(reference, look, view.noise)
    prior = _Prior.of(shared, view.spread, known)
    own = np.zeros(body_model.N) if start is None else start
    if start is None:
        own[FORWARD] = shared.mean[HABIT] if known is None else known.forward_in * INCH_CM
    at = np.concatenate([own, shared.mean])
    # The look's own unknowns first, which is cheap; then all of them together from there.
    at, residual, slopes = _descend(problem, prior, at)
    found = shared
    if gain is None:
        slopes = slopes + problem.shared_slopes(at)
        at, residual, gained = _step_in_all(problem, prior, at, residual, slopes)
        for _ in range(_COLD_ROUNDS if start is None and gained >= _DONE else 0):
            problem.settle(at)
            residual, own_slopes = problem.linear(at)
            slopes = own_slopes + problem.shared_slopes(at)
            at, residual, gained = _step_in_all(problem, prior, at, residual, slopes)
            if gained < _DONE:
                break
    hessian = (slopes * _trust(residual)[:, None]).T @ slopes + prior.precision
    count = body_model.N
    own_covariance = np.linalg.inv(hessian[:count, :count])
    if gain is None:
        gain = -own_covariance @ hessian[:count, count:]
        covariance = np.asarray(np.linalg.inv(hessian))
        information = np.linalg.inv(covariance[count:, count:])
        found = SharedUnknowns(at[count:], (information + information.T) / 2.0, shared.anchor_id)
        sitting_part = covariance[:count, :count] - own_covariance
    else:
        sitting_part = gain @ shared.covariance @ gain.T
    sitting_in = float(np.sqrt(max(0.0, sitting_part[FORWARD, FORWARD]))) / INCH_CM
    return Fit(at[:count], own_covariance + sitting_part, found, sitting_in, gain)


def _descend(problem: _Problem, prior: _Prior, at: Floats) -> tuple[Floats, Floats, Floats]:
    """Levenberg's and Marquardt's method in the look's own unknowns: where it ends, with residuals and slopes there."""
    own = slice(0, body_model.N)
    problem.settle(at)
    residual, slopes = problem.linear(at)
    cost, damping = _cost(residual) + prior.cost(at), 1e-3
    for _ in range(_OWN_ROUNDS):
        hessian, gradient = _normal(prior, at, residual, slopes, own)
        if gradient @ np.linalg.solve(hessian, gradient) < _DONE:
            break
        for _ in range(_TRIES):
            trial = at.copy()
            trial[own] -= np.linalg.solve(hessian + damping * np.diag(np.diag(hessian)), gradient)
            trial_residual, trial_slopes = problem.linear(trial)
            trial_cost = _cost(trial_residual) + prior.cost(trial)
            if trial_cost < cost:
                break
            damping *= _DAMPED_MORE
        else:
            return at, residual, slopes
        at, residual, slopes, cost = trial, trial_residual, trial_slopes, trial_cost
        damping = max(damping * 0.2, 1e-7)
    # What is left to gain is so little that the slopes here foretell it.
    hessian, gradient = _normal(prior, at, residual, slopes, own)
    step = np.linalg.solve(hessian, gradient)
    at = at.copy()
    at[own] -= step
    return at, residual - slopes[:, own] @ step, slopes


def _step_in_all(
    problem: _Problem, prior: _Prior, at: Floats, residual: Floats, slopes: Floats
) -> tuple[Floats, Floats, float]:
    """One step in all unknowns that these slopes tell of: where it ends, with residuals there, and what it gained."""
    everything = slice(0, len(at))
    hessian, gradient = _normal(prior, at, residual, slopes, everything)
    cost, damping = _cost(residual) + prior.cost(at), 1e-3
    for _ in range(_TRIES):
        trial = at - np.linalg.solve(hessian + damping * np.diag(np.diag(hessian)), gradient)
        trial_residual = problem.residual(trial)
        gained = cost - _cost(trial_residual) - prior.cost(trial)
        if gained > 0.0:
            return trial, trial_residual, gained
        damping *= _DAMPED_MORE
    return at, residual, 0.0


def _normal(prior: _Prior, at: Floats, residual: Floats, slopes: Floats, moved: slice) -> tuple[Floats, Floats]:
    """Half of the cost's second and first derivatives in these unknowns."""
    active = slopes[:, moved]
    weighted = active * _trust(residual)[:, None]
    return weighted.T @ active + prior.precision[moved, moved], weighted.T @ residual + prior.gradient(at)[moved]


@dataclass(frozen=True, slots=True)
class _Prior:
    """Gaussian prior over the look's own unknowns and the shared ones together, (45,)."""

    rows: Floats
    offset: Floats
    mean: Floats
    information: Floats
    precision: Floats

    @classmethod
    def of(cls, shared: SharedUnknowns, spread: Floats, known: KnownPosture | None) -> _Prior:
        rows = np.hstack([np.diag(1.0 / spread), np.zeros((body_model.N, shared_unknowns.N))])
        offset = np.zeros(body_model.N)
        # People sit about the sitting's own mean, in this as in how far forward they are.
        rows[SEATED, np.arange(SEAT.start, SEAT.stop) + body_model.N] = -1.0 / spread[list(SEATED)]
        if known is None:
            rows[FORWARD, body_model.N + HABIT] = -1.0 / spread[FORWARD]
        else:
            rows[FORWARD, FORWARD] = 1.0 / (known.se_in * INCH_CM)
            offset[FORWARD] = known.forward_in / known.se_in
        precision = rows.T @ rows
        precision[body_model.N :, body_model.N :] += shared.information
        return cls(rows, offset, shared.mean, shared.information, precision)

    def cost(self, at: Floats) -> float:
        own, away = self.rows @ at - self.offset, at[body_model.N :] - self.mean
        return float(own @ own + away @ self.information @ away)

    def gradient(self, at: Floats) -> Floats:
        out = self.rows.T @ (self.rows @ at - self.offset)
        out[body_model.N :] += self.information @ (at[body_model.N :] - self.mean)
        return np.asarray(out)


class _Problem:
    """The cues of one look against one reference, made ready: scatters as arrays, missing pairs left out."""

    def __init__(self, reference: CalibratedView, look: Cues, noise: Noise) -> None:
        self.reference, self.look, self.noise = reference, look, noise
        unit = max(reference.width_px, reference.height_px) / 640.0
        by_name = {"shoulder": noise.shoulder_px, "ear": noise.ear_px, "nose": noise.nose_px, "eye": noise.eye_px}
        self.pose_sd = np.array([by_name[name.split("_")[0]] for name in body_model.POSE_POINTS])[:, None] * unit
        self.face_sd = noise.face_px * unit
        self.trunk_sd = noise.trunk_px * unit * noise.shared_by(len(look.trunk_from))
        self.head_sd = noise.head_px * unit * noise.shared_by(len(look.head_from))
        middle = look_at(reference, reference.attached[:2].mean(axis=0))
        size = max(float(np.linalg.norm(np.subtract(*look_at(reference, reference.attached[:2])))), 60.0)
        self.chest_grid = middle + size * _CHEST_GRID
        face = reference.template
        self.face_grid = (
            look_at(reference, reference.attached[2:])
            if face is None
            else look_at(reference, reference.face) + face[:, :2]
        )

    def free(self) -> list[int]:
        """Which of the shared unknowns this look says something about."""
        texture = len(self.look.trunk_from) + len(self.look.head_from) > 0
        anchor = range(ANCHOR.start, ANCHOR.stop) if texture else ()
        return [*range(CLOTHES.start, CLOTHES.stop), *anchor, *range(PERSONAL.start, PERSONAL.stop)]

    def settle(self, at: Floats) -> None:
        """Fix the body at what ``at`` (45,) says of the shared unknowns, while only the look's own are moved."""
        self._settled = self._body(at[None])

    def _body(self, tries: Floats) -> tuple[SupposedBody, Floats, Floats]:
        shared = tries[:, body_model.N :]
        supposed = SupposedBody.of(self.reference, shared[:, PERSONAL])
        return supposed, *self._attached(supposed, shared[:, ANCHOR])

    def residual(self, at: Floats) -> Floats:
        """Residuals (R,) at ``at`` (45,), zero where a cue is missing."""
        return np.asarray(self._on(self._body(at[None]), at[None])[0])

    def linear(self, at: Floats) -> tuple[Floats, Floats]:
        """Residuals (R,) at ``at`` (45,) and their slopes (R, 45) in the look's own unknowns by differences, zero where
        a cue is missing; the body is as it was settled. One call for all: calling numpy costs more than the numbers
        do."""
        moved = np.arange(body_model.N)
        tries = _steps_from(at, moved)
        return _by_differences(self._on(self._settled, tries, np.zeros(len(tries), dtype=np.intp)), moved)

    def shared_slopes(self, at: Floats) -> Floats:
        """Slopes (R, 45) of the residuals at ``at`` (45,) in the shared unknowns of which this look says something."""
        moved = body_model.N + np.array(self.free())
        tries = _steps_from(at, moved)
        # Only the anchor and the person change the body itself; the clothes are tried on the one that is.
        own_body = np.concatenate([[True], moved >= body_model.N + ANCHOR.start])
        which = np.where(own_body, np.cumsum(own_body) - 1, 0)
        return _by_differences(self._on(self._body(tries[own_body]), tries, which), moved)[1]

    def _on(
        self, body: tuple[SupposedBody, Floats, Floats], tries: Floats, which: NDArray[np.intp] | None = None
    ) -> Floats:
        """Residuals (V, R) of ``tries`` (V, 45), each on the body that ``which`` (V,) names, zero where a cue is
        missing."""
        supposed, chest, skin = body
        if which is not None:
            supposed, chest, skin = supposed.take(which), chest[which], skin[which]
        residuals = self._residuals(supposed, tries, chest, skin)
        residuals[np.isnan(residuals)] = 0.0
        return residuals

    def _attached(self, supposed: SupposedBody, anchor: Floats) -> tuple[Floats, Floats]:
        """Body-fixed points of the texture's anchor pixels, (V, K, 3) on chest and head: the anchor picture is brought
        to the calibrated one by the affine map that its posture (V, 14) makes of each region."""
        look, count = self.look, len(anchor)
        nothing = np.empty((count, 0, 3))
        if not len(look.trunk_from) and not len(look.head_from):
            return nothing, nothing
        posed = body_model.pose(anchor, supposed.hip, supposed.tragus, supposed.drop_per_forward)
        chest = skin = nothing
        if len(look.trunk_from):
            grid = np.repeat(self.chest_grid[None], count, axis=0)
            now = supposed.pixels(body_model.on_trunk(posed, supposed.on_chest(grid), supposed.hip))
            chest = supposed.on_chest(_mapped(now, grid, look.trunk_from))
        if len(look.head_from):
            grid = np.repeat(self.face_grid[None], count, axis=0)
            now = supposed.pixels(body_model.on_head(posed, supposed.on_face(grid), supposed.tragus))
            skin = supposed.on_face(_mapped(now, grid, look.head_from))
        return chest, skin

    def _residuals(self, supposed: SupposedBody, tries: Floats, chest: Floats, skin: Floats) -> Floats:
        """Weighted residuals (V, R), NaN where a cue is missing."""
        look, count = self.look, len(tries)
        own, clothes = tries[:, : body_model.N], tries[:, body_model.N + CLOTHES.start : body_model.N + CLOTHES.stop]
        posed = body_model.pose(own, supposed.hip, supposed.tragus, supposed.drop_per_forward)
        both = body_model.shoulders(posed, own, worn(supposed.shoulders, clothes), supposed.hip)
        head = body_model.on_head(
            posed, np.concatenate([supposed.head, supposed.face[:, None]], axis=1), supposed.tragus
        )
        seen = supposed.pixels(np.concatenate([both, head], axis=1))
        parts = [((look.pose - seen[:, :7]) / self.pose_sd).reshape(count, -1), (look.face - seen[:, 7]) / self.face_sd]
        then = supposed.in_camera(supposed.face[:, None])[:, 0, 2]
        now = np.maximum(supposed.in_camera(head[:, -1:])[:, 0, 2], 5.0)
        parts.append(((look.log_scale - np.log(then / now)) / self.noise.log_scale)[:, None])
        turn = supposed.to_camera @ posed.head @ np.swapaxes(supposed.to_camera, -1, -2)
        parts.append(rotation_vector(look.turn @ np.swapaxes(turn, -1, -2)) / np.array(self.noise.turn_rad))
        moved = supposed.pixels(body_model.on_trunk(posed, chest, supposed.hip))
        parts.append(((look.trunk_to - moved) / self.trunk_sd).reshape(count, -1))
        moved = supposed.pixels(body_model.on_head(posed, skin, supposed.tragus))
        parts.append(((look.head_to - moved) / self.head_sd).reshape(count, -1))
        return np.concatenate(parts, axis=1)


_CHEST_GRID: Final[Floats] = np.stack([g.ravel() for g in np.meshgrid([-0.35, 0.0, 0.35], [0.1, 0.3, 0.5])], axis=1)
"""Places on the chest from which its affine map is taken: shares of the shoulder width, from between the shoulders."""


def _steps_from(at: Floats, moved: NDArray[np.intp]) -> Floats:
    """``at`` (45,), and with a step of each of the ``moved`` unknowns (M,): (1 + M, 45)."""
    tries = np.repeat(at[None], 1 + len(moved), axis=0)
    tries[np.arange(1, len(tries)), moved] += _STEP[moved]
    return tries


def _by_differences(residuals: Floats, moved: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Residuals (R,) and their slopes (R, 45), zero in what was not moved, from those of :func:`_steps_from`."""
    slopes = np.zeros((residuals.shape[1], len(_STEP)))
    slopes[:, moved] = ((residuals[1:] - residuals[0]) / _STEP[moved][:, None]).T
    return residuals[0], slopes


def look_at(reference: CalibratedView, points: Floats) -> Floats:
    """Pixels of person-frame points at the calibrated posture."""
    return project(reference.in_camera(points), reference.focal_px, reference.centre_px)


def worn(shoulders: Floats, clothes: Floats) -> Floats:
    """The network's shoulder points (V, 2, 3) in these clothes (V, 3): further apart, higher, further forward."""
    middle = shoulders.mean(axis=1, keepdims=True)
    shift = np.stack([np.zeros(len(clothes)), clothes[:, 1], clothes[:, 2]], axis=-1)
    return np.asarray(middle + np.exp(clothes[:, 0])[:, None, None] * (shoulders - middle) + shift[:, None])


def _mapped(before: Floats, after: Floats, pixels: Floats) -> Floats:
    """``pixels`` (K, 2) by the affine maps that bring ``before`` onto ``after`` (V, n, 2) in least squares: (V, K,
    2)."""
    wide = np.concatenate([before, np.ones((*before.shape[:2], 1))], axis=-1)
    across = np.swapaxes(wide, 1, 2)
    maps = np.linalg.solve(across @ wide + 1e-6 * np.eye(3), across @ after)
    return np.asarray(np.hstack([pixels, np.ones((len(pixels), 1))]) @ maps)


def _trust(residual: Floats) -> Floats:
    return np.asarray((T_DEGREES + 1.0) / (T_DEGREES + residual**2))


def _cost(residual: Floats) -> float:
    return float((T_DEGREES + 1.0) * np.log1p(residual**2 / T_DEGREES).sum())
