"""A small articulated body: what moves, by how much people move it, and where its points then are.

The trunk is a rigid body on a hip; the shoulders may rise and round on it; the head rides on the trunk,
shifted, dropped, turned. Fourteen unknowns per look, all zero at the calibrated upright posture, all in
centimetres and radians in the person frame (``core.posture.geometry``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from posturewatch.core.posture.geometry import Floats, rotation_vector, turned

UNKNOWNS: Final = (
    "hip_left",
    "hip_up",
    "hip_forward",
    "lean",
    "trunk_yaw",
    "trunk_roll",
    "shrug",
    "protraction",
    "forward",
    "drop",
    "sideways",
    "head_pitch",
    "head_yaw",
    "head_roll",
)
N: Final = len(UNKNOWNS)
LEAN: Final = UNKNOWNS.index("lean")
TRUNK_YAW: Final = UNKNOWNS.index("trunk_yaw")
FORWARD: Final = UNKNOWNS.index("forward")
HEAD_PITCH: Final = UNKNOWNS.index("head_pitch")
HEAD_YAW: Final = UNKNOWNS.index("head_yaw")

_DEG: Final = np.pi / 180.0

SPREAD: Final[Floats] = np.array(
    [15.0, 3.0, 15.0, 8 * _DEG, 6.7 * _DEG, 2.5 * _DEG, 1.2, 0.7, 3.4, 0.9, 1.2, 10 * _DEG, 10 * _DEG, 8 * _DEG]
)
"""Standard deviation of each unknown over a working day, before anything is seen. A chair rolls and turns; a
seat keeps its height; a trunk leans a few degrees more often than many; shoulders move a centimetre; the head
is free. Of a handful of numbers like these and of ``fit.Noise`` the orders come from anatomy and the values
from a coarse search on the rendered people (bench/tune.py); docs/measurement.md says what that is worth on
people left out."""

DROP_PER_FORWARD: Final = 0.40
"""Centimetres that the tragus sinks per centimetre forward in the middle of what necks do (a pure glide
0.1–0.2, a flexion of the lower neck 0.6–0.8). The unknown ``drop`` is the departure from it, so neither
kind of neck is presumed."""

PIVOT: Final = {
    "face": (0.0, -1.5, -1.0),
    "tragus": (0.0, -2.5, -7.2),
    "nose": (0.0, -3.5, 2.3),
    "eye_left": (3.1, 0.0, 0.0),
    "eye_right": (-3.1, 0.0, 0.0),
    "ear_left": (7.0, -2.5, -7.0),
    "ear_right": (-7.0, -2.5, -7.0),
    "shoulder_left": (16.5, -21.5, -10.5),
    "shoulder_right": (-16.5, -21.5, -10.5),
    "hip": (0.0, -64.0, -11.0),
}
"""Where a mixed-sex adult's points are, cm from midway between the eyes, upright (ANSUR II means: tragus to
eye depth and height, biacromial breadth, sitting eye and acromion height). Only depth along the line of
sight is taken from here; the two other coordinates come from the calibration picture."""

POSE_TURNS: Final[Floats] = np.array([0.4, 0.6, 0.6])
"""Share of a head's nod, turn and tilt that the pose network's points show: about the middle of the face, ears, eyes
and nose lie as if the head were turned by so much only, of every rendered person alike (docs/measurement.md, "The pose
network's head")."""

HEAD_POINTS: Final = ("ear_left", "ear_right", "nose", "eye_left", "eye_right")
SHOULDERS: Final = ("shoulder_left", "shoulder_right")
POSE_POINTS: Final = (*SHOULDERS, *HEAD_POINTS)
POSE_INDEX: Final = (11, 12, 7, 8, 0, 2, 5)
"""Indices of POSE_POINTS in MediaPipe Pose."""


@dataclass(frozen=True, slots=True)
class Posed:
    """Where the body is for a batch of unknowns: rotations (B, 3, 3) and pivots (B, 3), person frame, cm."""

    trunk: Floats
    head: Floats
    hip: Floats
    tragus: Floats


def pose(unknowns: Floats, hip: Floats, tragus: Floats, drop_per_forward: Floats | float = DROP_PER_FORWARD) -> Posed:
    """Place trunk and head. ``unknowns`` (B, 14); ``hip``, ``tragus`` (3,) or (B, 3) at calibration, person frame, cm;
    ``drop_per_forward`` () or (B,)."""
    u = unknowns
    both = turned(u[:, (4, 12)], u[:, (3, 11)], u[:, (5, 13)])
    trunk = both[:, 0]
    head = trunk @ both[:, 1]
    moved_hip = hip + u[:, :3]
    moved = (tragus - hip) + u[:, (10, 9, 8)] * (1.0, -1.0, 1.0)
    moved[:, 1] -= drop_per_forward * u[:, 8]
    moved_tragus = moved_hip + (trunk @ moved[..., None])[..., 0]
    return Posed(trunk, head, moved_hip, moved_tragus)


def on_head(posed: Posed, points: Floats, tragus: Floats) -> Floats:
    """Head-fixed points (n, 3) or (B, n, 3), given at calibration, where they are now: (B, n, 3). ``tragus`` (3,) or
    (B, 3)."""
    return np.asarray(posed.tragus[:, None] + (points - tragus[..., None, :]) @ np.swapaxes(posed.head, -1, -2))


def as_pose_network_sees(posed: Posed, points: Floats, middle: Floats, tragus: Floats) -> Floats:
    """Head-fixed points (B, n, 3), given at calibration, where the pose network sees them now: (B, n, 3); see
    :data:`POSE_TURNS`. ``middle`` (B, 3): that of the face, head-fixed too; ``tragus`` (3,) or (B, 3)."""
    nod, turn, tilt = np.moveaxis(POSE_TURNS * rotation_vector(posed.head), -1, 0)
    away = points - middle[:, None]
    return on_head(posed, middle[:, None], tragus) + away @ np.swapaxes(turned(turn, nod, tilt), -1, -2)


def on_trunk(posed: Posed, points: Floats, hip: Floats) -> Floats:
    """Trunk-fixed points (n, 3) or (B, n, 3), given at calibration, where they are now: (B, n, 3). ``hip`` (3,) or
    (B, 3)."""
    return np.asarray(posed.hip[:, None] + (points - hip[..., None, :]) @ np.swapaxes(posed.trunk, -1, -2))


def shoulders(posed: Posed, unknowns: Floats, points: Floats, hip: Floats) -> Floats:
    """Left and right shoulder (2, 3) or (B, 2, 3) where they are now, (B, 2, 3): they rise, and round forward and
    inward."""
    moved = np.repeat(unknowns[:, None, (7, 6, 7)], 2, axis=1)
    moved[..., 0] *= (-0.3, 0.3)
    return on_trunk(posed, points + moved, hip)
