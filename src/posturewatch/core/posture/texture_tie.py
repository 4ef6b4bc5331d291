"""Tie the anchor picture, in which textures were learnt, to the calibrated picture.

At calibration the two are the same but for a little swaying, which is averaged. Later, when the sensor has
learnt new textures (it forgets them whenever it ends, since nothing of a picture is stored), the networks'
points tell where the body was, and the average over many looks ties the new anchor to the old calibration.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from posturewatch.base.observation import Observation
from posturewatch.core.posture import body_model
from posturewatch.core.posture.calibrated_view import CalibratedView
from posturewatch.core.posture.geometry import Floats, project

LEAST_PAIRS: Final = 8
LEAST_LOOKS: Final = 3
TIE_LOOKS: Final = 24
"""Looks averaged to tie a new anchor: their errors are partly shared, more would add little."""

TIE_SE_IN: Final = 0.25
"""What the tie itself may be wrong by, inches: the share of the networks' error that averaging leaves."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """Affine maps (2, 3) from the anchor picture to the calibrated one; ``None`` where a region has too little
    texture. ``se_in``: standard error that the tie adds, inches."""

    id: int
    trunk_map: Floats | None
    head_map: Floats | None
    se_in: float = 0.0

    def to_list(self) -> list[Any]:
        """For JSON."""
        maps = [None if m is None else np.round(m, 6).tolist() for m in (self.trunk_map, self.head_map)]
        return [self.id, *maps, self.se_in]

    @classmethod
    def from_list(cls, values: list[Any]) -> Anchor:
        """From JSON; raises ValueError, TypeError or IndexError."""
        maps = [None if m is None else np.array(m, dtype=np.float64).reshape(2, 3) for m in values[1:3]]
        se_in = float(values[3])
        if not np.isfinite(se_in) or not all(np.isfinite(m).all() for m in maps if m is not None):
            raise ValueError("not finite")
        return cls(int(values[0]), maps[0], maps[1], se_in)


def mean_map(looks: list[Observation]) -> Anchor | None:
    """The anchor of a calibration: the median of how the looks map it; ``None`` without texture."""
    textures = [o.texture for o in looks if o.texture is not None]
    if not textures:
        return None
    newest = textures[-1].anchor_id
    textures = [t for t in textures if t.anchor_id == newest]
    trunk = _median([_affine(t.trunk) for t in textures])
    head = _median([_affine(t.head) for t in textures])
    return None if trunk is None and head is None else Anchor(newest, trunk, head)


@dataclass(slots=True)
class TextureTie:
    """Collects looks until a new anchor is tied to the calibration."""

    reference: CalibratedView
    anchor_id: int
    _trunk: list[Floats | None] = field(default_factory=list)
    _head: list[Floats | None] = field(default_factory=list)

    @property
    def looks(self) -> int:
        """Looks collected so far."""
        return len(self._trunk)

    def feed(self, observation: Observation, unknowns: Floats) -> Anchor | None:
        """One look with its texture and the body (14,) that the networks alone gave. The anchor when ready."""
        texture = observation.texture
        if texture is None or texture.anchor_id != self.anchor_id:
            return None
        posed = body_model.pose(unknowns[None], self.reference.hip, self.reference.tragus)
        self._trunk.append(_back(self._moved_chest(posed), _affine(texture.trunk)))
        self._head.append(_back(self._moved_face(posed), _affine(texture.head)))
        if len(self._trunk) < TIE_LOOKS:
            return None
        return Anchor(self.anchor_id, _median(self._trunk), _median(self._head), TIE_SE_IN)

    def _moved_chest(self, posed: body_model.Posed) -> Floats:
        ref = self.reference
        middle = self._picture(ref.shoulders.mean(axis=0)[None])[0]
        size = float(np.linalg.norm(np.diff(self._picture(ref.shoulders), axis=0)))
        across, down = np.meshgrid([-0.35, 0.0, 0.35], [0.1, 0.3, 0.5])
        grid = middle + max(size, 60.0) * np.stack([across.ravel(), down.ravel()], axis=1)
        return self._map(grid, body_model.on_trunk(posed, ref.on_chest(grid), ref.hip)[0])

    def _moved_face(self, posed: body_model.Posed) -> Floats:
        ref = self.reference
        if ref.template is None:
            points = np.vstack([ref.head, ref.tragus[None]])
            grid = self._picture(points)
        else:
            grid = self._picture(ref.face[None])[0] + ref.template[:, :2]
            points = ref.on_face(grid)
        return self._map(grid, body_model.on_head(posed, points, ref.tragus)[0])

    def _picture(self, points: Floats) -> Floats:
        return project(self.reference.in_camera(points), self.reference.focal_px, self.reference.centre_px)

    def _map(self, before: Floats, moved: Floats) -> Floats:
        solution = np.linalg.lstsq(np.column_stack([before, np.ones(len(before))]), self._picture(moved), rcond=None)
        return np.asarray(solution[0].T)


def _affine(pairs: tuple[tuple[float, float, float, float], ...]) -> Floats | None:
    """Least-squares affine map (2, 3) of texture pairs; ``None`` for too few."""
    if len(pairs) < LEAST_PAIRS:
        return None
    given = np.array(pairs)
    solution = np.linalg.lstsq(np.column_stack([given[:, :2], np.ones(len(given))]), given[:, 2:], rcond=None)
    return np.asarray(solution[0].T)


def _back(calibrated_to_now: Floats, anchor_to_now: Floats | None) -> Floats | None:
    """Anchor to calibrated picture, from where both are now."""
    if anchor_to_now is None:
        return None
    linear = np.linalg.inv(calibrated_to_now[:, :2])
    shift = linear @ (anchor_to_now[:, 2] - calibrated_to_now[:, 2])
    return np.column_stack([linear @ anchor_to_now[:, :2], shift])


def _median(maps: list[Floats | None]) -> Floats | None:
    known = [m for m in maps if m is not None]
    return np.asarray(np.median(known, axis=0)) if len(known) >= LEAST_LOOKS else None
