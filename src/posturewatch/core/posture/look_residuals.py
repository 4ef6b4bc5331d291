"""By how much the cues of one look miss what a supposed posture would show: weighted residuals, and their slopes."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from posturewatch.core.posture import body_model
from posturewatch.core.posture.calibrated_view import CalibratedView
from posturewatch.core.posture.cues import Cues
from posturewatch.core.posture.geometry import Floats, project, rotation_vector
from posturewatch.core.posture.shared_unknowns import ANCHOR, CLOTHES, PERSONAL, SEATED
from posturewatch.core.posture.supposed_body import PERSON_SPREAD, SupposedBody
from posturewatch.core.posture.view_prior import Noise

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


SIZED_BEHIND_CM: Final = 4.0
"""How far behind the middle of the face's points the point lies whose distance the size of the mesh follows: the mesh
reaches back to the ears, and is fitted as one solid (docs/measurement.md, "The pose network's head")."""


class LookResiduals:
    """The cues of one look against one reference, made ready: scatters as arrays, missing pairs left out."""

    def __init__(self, reference: CalibratedView, look: Cues, noise: Noise) -> None:
        self.reference, self.look, self.noise = reference, look, noise
        unit = max(reference.width_px, reference.height_px) / 640.0
        by_name = {"shoulder": noise.shoulder_px, "ear": noise.ear_px, "nose": noise.nose_px, "eye": noise.eye_px}
        self.pose_sd = np.array([by_name[name.split("_")[0]] for name in body_model.POSE_POINTS])[:, None] * unit
        self.face_sd = noise.face_px * unit
        self.trunk_sd = noise.trunk_px * unit * noise.shared_by(len(look.trunk_from))
        self.head_sd = noise.head_px * unit * noise.shared_by(len(look.head_from))
        self.trunk_from, self.head_from = _with_one(look.trunk_from), _with_one(look.head_from)
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
        self._settled = self._bodies(at[None])

    def _bodies(self, tries: Floats, who: NDArray[np.intp] | None = None) -> tuple[SupposedBody, Floats, Floats]:
        """The bodies of ``tries`` (V, 45), and body-fixed points of the texture's anchor pixels, (V, K, 3) on chest and
        head: the anchor picture is brought to the calibrated one by the affine map that its posture makes of each
        region. ``who`` (V,): which person each is of, counted as they first come, where some are of the same."""
        look, shared = self.look, tries[:, body_model.N :]
        first = slice(None) if who is None else np.unique(who, return_index=True)[1]
        persons, each = SupposedBody.of(self.reference, shared[first, PERSONAL]), slice(None) if who is None else who
        bodies = persons.take(each)
        chest = skin = np.empty((len(tries), 0, 3))
        if not len(look.trunk_from) and not len(look.head_from):
            return bodies, chest, skin
        posed = body_model.pose(shared[:, ANCHOR], bodies.hip, bodies.tragus, bodies.drop_per_forward)
        if len(look.trunk_from):
            grid = persons.on_chest(self.chest_grid[None])[each]
            now = bodies.pixels(body_model.on_trunk(posed, grid, bodies.hip))
            chest = bodies.on_chest(_mapped(now, self.chest_grid, self.trunk_from))
        if len(look.head_from):
            grid = persons.on_face(self.face_grid[None])[each]
            now = bodies.pixels(body_model.on_head(posed, grid, bodies.tragus))
            skin = bodies.on_face(_mapped(now, self.face_grid, self.head_from))
        return bodies, chest, skin

    def residual(self, at: Floats) -> Floats:
        """Residuals (R,) at ``at`` (45,), zero where a cue is missing."""
        return np.asarray(self._on(self._bodies(at[None]), at[None])[0])

    def linear(self, at: Floats) -> tuple[Floats, Floats]:
        """Residuals (R,) at ``at`` (45,) and their slopes (R, 45) in the look's own unknowns by differences, zero where
        a cue is missing; the body is as it was settled. One call for all: calling numpy costs more than the numbers
        do."""
        moved = np.arange(body_model.N)
        tries = _steps_from(at, moved)
        return _by_differences(self._on(self._settled, tries), moved)

    def shared_slopes(self, at: Floats) -> Floats:
        """Slopes (R, 45) of the residuals at ``at`` (45,) in the shared unknowns of which this look says something."""
        moved = body_model.N + np.array(self.free())
        tries = _steps_from(at, moved)
        # Only the anchor and the person change the body itself; the clothes are tried on the one that is.
        own_body = np.concatenate([[True], moved >= body_model.N + ANCHOR.start])
        own_person = np.concatenate([[True], moved >= body_model.N + PERSONAL.start])
        bodies = self._bodies(tries[own_body], _own_or_first(own_person[own_body]))
        return _by_differences(self._on(bodies, tries, _own_or_first(own_body)), moved)[1]

    def _on(
        self, body: tuple[SupposedBody, Floats, Floats], tries: Floats, which: NDArray[np.intp] | None = None
    ) -> Floats:
        """Residuals (V, R) of ``tries`` (V, 45), each on the body that ``which`` (V,) names or on the only one, zero
        where a cue is missing."""
        supposed, chest, skin = body
        if which is not None:
            supposed, chest, skin = supposed.take(which), chest[which], skin[which]
        residuals = self._residuals(supposed, tries, chest, skin)
        residuals[np.isnan(residuals)] = 0.0
        return residuals

    def _residuals(self, supposed: SupposedBody, tries: Floats, chest: Floats, skin: Floats) -> Floats:
        """Weighted residuals (V, R), NaN where a cue is missing."""
        look, count = self.look, len(tries)
        own, clothes = tries[:, : body_model.N], tries[:, body_model.N + CLOTHES.start : body_model.N + CLOTHES.stop]
        posed = body_model.pose(own, supposed.hip, supposed.tragus, supposed.drop_per_forward)
        both = body_model.shoulders(posed, own, worn(supposed.shoulders, clothes), supposed.hip)
        pose = body_model.as_pose_network_sees(posed, supposed.head, supposed.face, supposed.tragus)
        sized = supposed.face[:, None] - (0.0, 0.0, SIZED_BEHIND_CM)
        head = np.concatenate([supposed.face[:, None], skin, sized], axis=1)
        head = np.concatenate([pose, body_model.on_head(posed, head, supposed.tragus)], axis=1)
        chest = body_model.on_trunk(posed, chest, supposed.hip)
        camera = supposed.in_camera(np.concatenate([both, head, chest], axis=1))
        seen = supposed.in_picture(camera)
        sized_at = 8 + skin.shape[1]
        of_head, of_chest = seen[:, 8:sized_at], seen[:, sized_at + 1 :]
        parts = [((look.pose - seen[:, :7]) / self.pose_sd).reshape(count, -1), (look.face - seen[:, 7]) / self.face_sd]
        then, now = supposed.in_camera(sized)[:, 0, 2], np.maximum(camera[:, sized_at, 2], 5.0)
        parts.append(((look.log_scale - np.log(then / now)) / self.noise.log_scale)[:, None])
        turn = supposed.to_camera @ posed.head @ np.swapaxes(supposed.to_camera, -1, -2)
        parts.append(rotation_vector(look.turn @ np.swapaxes(turn, -1, -2)) / np.array(self.noise.turn_rad))
        parts.append(((look.trunk_to - of_chest) / self.trunk_sd).reshape(count, -1))
        parts.append(((look.head_to - of_head) / self.head_sd).reshape(count, -1))
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
    middle = shoulders.sum(axis=1, keepdims=True) / 2.0
    moved = middle + np.exp(clothes[:, 0])[:, None, None] * (shoulders - middle)
    moved[..., 1:] += clothes[:, None, 1:]
    return np.asarray(moved)


def _own_or_first(own: NDArray[np.bool_]) -> NDArray[np.intp]:
    """For each (V,), the first of them ``True``, its number among those that have one of their own, else 0."""
    return np.where(own, np.cumsum(own) - 1, 0)


def _with_one(points: Floats) -> Floats:
    """(…, n, 2) with a column of ones, (…, n, 3), as affine maps take them."""
    return np.concatenate([points, np.ones((*points.shape[:-1], 1))], axis=-1)


def _mapped(before: Floats, after: Floats, pixels: Floats) -> Floats:
    """``pixels`` (K, 3; x, y, 1) by the affine maps that bring ``before`` (V, n, 2) onto ``after`` (n, 2) in least
    squares: (V, K, 2)."""
    wide = _with_one(before)
    across = np.swapaxes(wide, 1, 2)
    maps = np.linalg.solve(across @ wide + 1e-6 * np.eye(3), across @ after)
    return np.asarray(pixels @ maps)
