"""What one look offers to the fit, as arrays: network points, face mesh, texture. NaN where missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from posturewatch.base.observation import Observation
from posturewatch.core.posture.body_model import POSE_INDEX
from posturewatch.core.posture.calibrated_view import CalibratedView
from posturewatch.core.posture.geometry import Floats, project, similarity

# fmt: off
RIGID: Final = (
    1, 2, 4, 5, 6, 8, 9, 10, 19, 94, 97, 98, 114, 115, 122, 127, 128, 131, 133, 134, 143, 151, 156, 168, 174, 188,
    193, 195, 196, 197, 198, 217, 220, 234, 236, 245, 248, 251, 263, 33, 323, 93, 343, 344, 351, 356, 357, 360,
    362, 363, 372, 399, 412, 417, 419, 420, 437, 440, 454, 456, 465, 67, 297, 109, 338, 103, 332, 54, 284, 21,
    162, 389, 132, 361,
)
# fmt: on
"""Mesh points that speech, blinking and the jaw move least: forehead, temples, nose, sides of the face."""

MOST_PAIRS: Final = 36


def pose_points(observation: Observation) -> Floats:
    """(33, 5) x px, y px, z px, visibility, presence; NaN without a person."""
    if observation.trunk is None:
        return np.full((33, 5), np.nan)
    return np.array(observation.trunk.points, dtype=np.float64)


def mesh_points(observation: Observation) -> Floats:
    """(478, 3) px; NaN without a face."""
    if observation.face is None:
        return np.full((478, 3), np.nan)
    return np.array(observation.face.points, dtype=np.float64)


TURNED_PICTURE_DEG: Final = 45.0
"""Nobody's head hangs beside the shoulders: beyond this it is the picture that is turned (seen upright: within 5°)."""


def picture_turn_deg(points: Floats) -> float:
    """By how many degrees clockwise (0, 90, 180 or 270) the picture must be turned for the person to stand upright in
    it.

    ``points`` (33, 2 or more) px of the pose network: where the ears lie from the shoulders."""
    up = points[[7, 8], :2].mean(axis=0) - points[[11, 12], :2].mean(axis=0)
    lies = float(np.degrees(np.arctan2(up[0], -up[1])))
    return 0.0 if abs(lies) < TURNED_PICTURE_DEG else float(-round(lies / 90.0) * 90 % 360)


@dataclass(frozen=True, slots=True)
class Cues:
    """One look.

    ``pose`` (7, 2) px in the order of ``body.POSE_POINTS``; ``face`` (2,) px, centre of the rigid mesh points;
    ``log_scale`` of the mesh against the calibration; ``turn`` (3, 3) its rotation, camera frame;
    ``trunk_from``/``head_from`` (K, 2) px in the anchor picture and ``trunk_to``/``head_to`` now.
    """

    pose: Floats
    face: Floats
    log_scale: float
    turn: Floats
    trunk_from: Floats
    trunk_to: Floats
    head_from: Floats
    head_to: Floats


def read(observation: Observation, template: Floats | None, anchor_id: int | None) -> Cues:
    """Cues of one observation. ``template`` (n, 3) px: the calibrated rigid mesh, ``None`` without one; ``anchor_id``:
    the anchor picture whose texture counts."""
    pose = pose_points(observation)[list(POSE_INDEX), :2]
    mesh = mesh_points(observation)[list(RIGID)]
    face, log_scale, turn = np.full(2, np.nan), np.nan, np.full((3, 3), np.nan)
    if template is not None and np.isfinite(mesh[0, 0]):
        scale, turn = similarity(template, mesh)
        face, log_scale = mesh[:, :2].mean(axis=0), float(np.log(scale))
    texture = observation.texture
    known = texture is not None and texture.anchor_id == anchor_id
    trunk = _pairs(texture.trunk if known and texture is not None else ())
    head = _pairs(texture.head if known and texture is not None else ())
    return Cues(pose, face, log_scale, turn, trunk[:, :2], trunk[:, 2:], head[:, :2], head[:, 2:])


def of_reference(then: CalibratedView, template: Floats | None) -> Cues:
    """The posture of another calibration of the same camera, as if it were a look: points and mesh, no texture."""
    pixels = project(then.in_camera(np.vstack([then.attached, then.face[None]])), then.focal_px, then.centre_px)
    nothing = np.empty((0, 2))
    face, log_scale, turn = np.full(2, np.nan), np.nan, np.full((3, 3), np.nan)
    if template is not None and then.template is not None:
        scale, turn = similarity(template, then.template)
        face, log_scale = pixels[7], float(np.log(scale))
    return Cues(pixels[:7], face, log_scale, turn, nothing, nothing, nothing, nothing)


def _pairs(pairs: tuple[tuple[float, float, float, float], ...]) -> Floats:
    return np.array(pairs[:MOST_PAIRS], dtype=np.float64).reshape(-1, 4)
