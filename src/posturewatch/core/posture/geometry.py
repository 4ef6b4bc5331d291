"""Rotations, similarity of point sets, and the pinhole: plain mathematics, batched over the leading axis.

Frames. *Camera*: x right, y down, z away from the camera (OpenCV). *Person* (N): x to the person's left,
y up, z where the person faces, upright at calibration; origin midway between the eyes then. Lengths in
centimetres, angles in radians unless a name says otherwise.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FACING = np.diag([1.0, -1.0, -1.0])
"""Person frame to camera frame for somebody who looks straight into a level camera (not mirrored)."""


def rotation(axis: int, angle: Floats) -> Floats:
    """Right-handed rotation matrices, (…, 3, 3), about coordinate ``axis`` by ``angle`` (…) radians."""
    angle = np.asarray(angle, dtype=np.float64)
    c, s = np.cos(angle), np.sin(angle)
    out = np.zeros((*angle.shape, 3, 3))
    i, j = (axis + 1) % 3, (axis + 2) % 3
    out[..., axis, axis] = 1.0
    out[..., i, i] = out[..., j, j] = c
    out[..., i, j] = -s
    out[..., j, i] = s
    return out


def turned(yaw: Floats, pitch: Floats, roll: Floats) -> Floats:
    """Rotation in the person frame: yaw (+ to the person's left), pitch (+ forward and down), roll (about z)."""
    return rotation(1, yaw) @ rotation(0, pitch) @ rotation(2, roll)


def rotation_vector(matrix: Floats) -> Floats:
    """Axis times angle, (…, 3) radians, of rotation matrices (…, 3, 3); accurate below about 170°."""
    trace = matrix[..., 0, 0] + matrix[..., 1, 1] + matrix[..., 2, 2]
    angle = np.arccos(np.minimum(np.maximum((trace - 1.0) / 2.0, -1.0), 1.0))
    skew = matrix[..., (2, 0, 1), (1, 2, 0)] - matrix[..., (1, 2, 0), (2, 0, 1)]
    factor = np.where(angle > 1e-6, angle / (2.0 * np.maximum(np.sin(angle), 1e-6)), 0.5)
    return np.asarray(skew * factor[..., None])


def nearest_rotation(matrix: Floats) -> Floats:
    """The rotation nearest to a 3 × 3 matrix in the least-squares sense (mean of rotations)."""
    u, _, vt = np.linalg.svd(matrix)
    flip = np.diag([1.0, 1.0, float(np.sign(np.linalg.det(u @ vt)))])
    return np.asarray(u @ flip @ vt)


def similarity(source: Floats, target: Floats) -> tuple[float, Floats]:
    """Scale and rotation that bring ``source`` (n, 3) onto ``target`` (n, 3) (Umeyama 1991, without the shift)."""
    a, b = source - source.mean(axis=0), target - target.mean(axis=0)
    u, d, vt = np.linalg.svd(b.T @ a)
    sign = np.array([1.0, 1.0, float(np.sign(np.linalg.det(u @ vt)))])
    matrix = (u * sign) @ vt
    return float((d * sign).sum() / (a**2).sum()), np.asarray(matrix)


def turn_between(first: Floats, second: Floats, share: float) -> Floats:
    """The rotation (3, 3) by this share of the angle between two directions (3,), from the first towards the second."""
    a, b = first / np.linalg.norm(first), second / np.linalg.norm(second)
    across, along = np.cross(a, b), float(a @ b)
    sine = float(np.linalg.norm(across))
    if sine < 1e-9:
        return np.eye(3)
    x, y, z = across / sine
    skew = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    angle = share * float(np.arctan2(sine, along))
    return np.asarray(np.eye(3) + np.sin(angle) * skew + (1.0 - np.cos(angle)) * skew @ skew)


def project(points: Floats, focal_px: Floats | float, centre_px: Floats) -> Floats:
    """Pixels (…, 2) of camera points (…, 3); points nearer than 5 cm are held there, so that nothing blows up."""
    depth = np.maximum(points[..., 2:3], 5.0)
    return np.asarray(points[..., :2] / depth * focal_px + centre_px)


def ray(pixels: Floats, focal_px: float, centre_px: Floats) -> Floats:
    """Camera directions (…, 3) with z = 1 through pixels (…, 2)."""
    xy = (np.asarray(pixels, dtype=np.float64) - centre_px) / focal_px
    return np.concatenate([xy, np.ones((*xy.shape[:-1], 1))], axis=-1)
