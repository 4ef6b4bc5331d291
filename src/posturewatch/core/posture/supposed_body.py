"""The calibrated body under other suppositions: camera and sizes as one would have them if the person were like this.

A calibration fixes where each point is in the picture, but takes depths, the camera's pitch and lens, and the neck's
ways from mean anatomy. How far this person departs from that are the *person unknowns*: they are the same in every
look, zero with a known spread at first, and looks in many postures tell them. All geometry here is batched over V
suppositions, because the fit wants differences in all unknowns at one go.

Person frame, centimetres, radians; see ``core.posture.geometry``.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from posturewatch.core.posture.body_model import DROP_PER_FORWARD, PIVOT, POSE_POINTS, SHOULDERS
from posturewatch.core.posture.calibrated_view import CalibratedView
from posturewatch.core.posture.geometry import Floats, project, rotation

_DEG: Final = np.pi / 180.0

PERSON: Final = (
    "camera_pitch",
    "log_focal",
    "tragus_forward",
    "tragus_up",
    "chest_forward",
    "shoulders_forward",
    "drop_per_forward",
    "camera_azimuth",
)
"""What is not known of a person before a camera: the camera's pitch and azimuth beyond what the face told, logarithm of
the focal length (with the distance), where the axis of the head's turns lies against the ears, how far chest and
shoulder points lie before their mean depth, and how much this neck sinks for each centimetre forward."""

PERSON_SPREAD: Final[Floats] = np.array([5 * _DEG, 0.10, 0.8, 0.8, 2.5, 1.5, 0.12, 2 * _DEG])
"""Standard deviations between people and cameras. Pitch and azimuth: how well a face tells them (core.template); focal
length: what lens, size and habit leave open together (core.reference); the rest orders of magnitude from anatomy (depth
of chest ± 2.5 cm, ANSUR II; a neck's own way between glide and flexion)."""

_PIVOTS: Final[Floats] = np.array([PIVOT[name] for name in (*POSE_POINTS, "face")])

CHEST_HALF_CM: Final = 20.0
CHEST_TOP_CM: Final = 5.0
CHEST_SLOPE: Final = 0.35
CHEST_LOW_CM: Final = 18.0
"""The clothed chest: an upright elliptic cylinder that swells downwards from the collarbones; half width 20 cm, depth 5
cm at shoulder height and 11 cm from 18 cm below on, as seated adults' chest depth (ANSUR II, mean 25 cm) has it."""


@dataclass(frozen=True, slots=True)
class SupposedBody:
    """V suppositions of one reference. Leading axis V throughout: ``focal_px`` (V,), ``to_camera`` (V, 3, 3), ``eyes``
    (V, 3) in the camera frame, ``shoulders`` (V, 2, 3), ``head`` (V, 5, 3), ``face``, ``tragus``, ``hip`` (V, 3),
    ``chest_forward`` and ``drop_per_forward`` (V,)."""

    reference: CalibratedView
    focal_px: Floats
    to_camera: Floats
    eyes: Floats
    shoulders: Floats
    head: Floats
    face: Floats
    tragus: Floats
    hip: Floats
    chest_forward: Floats
    drop_per_forward: Floats

    @classmethod
    def of(cls, reference: CalibratedView, person: Floats) -> SupposedBody:
        """The body for person unknowns (V, 8) in the order of :data:`PERSON`."""
        ref, count = reference, len(person)
        camera = np.vstack([ref.in_camera(np.vstack([ref.attached, ref.face])), ref.eyes])
        focal = ref.focal_px * np.exp(person[:, 1])
        depth = float(ref.eyes[2]) * np.exp(person[:, 1])
        turn = rotation(0, person[:, 0]) @ ref.to_camera @ rotation(1, person[:, 7])
        pivots = np.repeat(_PIVOTS[None], count, axis=0)
        pivots[:, : len(SHOULDERS), 2] += person[:, 5, None]
        rays = _rays(project(camera, ref.focal_px, ref.centre_px)[None], focal, ref)
        eyes = rays[:, -1] * depth[:, None]
        behind = (pivots @ np.swapaxes(turn, -1, -2))[..., 2]
        placed = _placed(rays[:, :-1], depth[:, None] + behind, eyes, turn)
        face = pivots[:, -1] if ref.template is None else placed[:, -1]
        shoulders, head = placed[:, : len(SHOULDERS)], placed[:, len(SHOULDERS) : -1]
        tragus = (head[:, 0] + head[:, 1]) / 2.0
        tragus[:, 1:] += person[:, (3, 2)]
        hip = np.repeat(np.array(PIVOT["hip"])[None], count, axis=0)
        hip[:, 0] = (shoulders[:, 0, 0] + shoulders[:, 1, 0]) / 2.0
        drop = DROP_PER_FORWARD + person[:, 6]
        return cls(ref, focal, turn, eyes, shoulders, head, face, tragus, hip, person[:, 4], drop)

    def take(self, index: NDArray[np.intp] | slice) -> SupposedBody:
        """These of the suppositions, in this order."""
        names = [f.name for f in fields(self)][1:]
        return SupposedBody(self.reference, *(getattr(self, name)[index] for name in names))

    def in_camera(self, points: Floats) -> Floats:
        """Camera coordinates of person-frame points, (V, n, 3) both."""
        return np.asarray(points @ np.swapaxes(self.to_camera, -1, -2) + self.eyes[:, None])

    def pixels(self, points: Floats) -> Floats:
        """Where person-frame points (V, n, 3) are in the picture, (V, n, 2)."""
        return self.in_picture(self.in_camera(points))

    def in_picture(self, camera: Floats) -> Floats:
        """Where points in camera coordinates (V, n, 3) are in the picture, (V, n, 2)."""
        return project(camera, self.focal_px[:, None, None], self.reference.centre_px)

    def on_chest(self, pixels: Floats) -> Floats:
        """Chest points (V, n, 3) seen at ``pixels`` (V, n, 2) of the calibrated picture: where they meet the torso.

        The torso is wrong by a few centimetres for anybody; the fit needs it only to turn perspective into lean.
        """
        direction = _rays(pixels, self.focal_px, self.reference) @ self.to_camera
        origin = -self.eyes[:, None] @ self.to_camera
        middle = self.shoulders.sum(axis=1, keepdims=True) / 2.0
        depth = self.in_camera(middle + np.array([0.0, -10.0, 6.0]))[..., 2] * np.ones(pixels.shape[1])
        # Each axis by itself, and no np.clip: calling numpy is what this costs.
        x = direction[..., 0] / CHEST_HALF_CM
        y, z = np.ascontiguousarray(direction[..., 1]), np.ascontiguousarray(direction[..., 2])
        from_middle = origin - middle
        x0, y0, z0 = from_middle[..., 0] / CHEST_HALF_CM, from_middle[..., 1], from_middle[..., 2]
        top = CHEST_TOP_CM + self.chest_forward[:, None]
        for _ in range(8):
            across = np.minimum(np.maximum(x * depth + x0, -0.97), 0.97)
            below = np.minimum(np.maximum(-(y * depth + y0), 0.0), CHEST_LOW_CM)
            deep = top + CHEST_SLOPE * below
            root = np.sqrt(1.0 - across * across)
            error = deep * root - (z * depth + z0)
            rate = z + deep * across / root * x
            rate = np.copysign(np.maximum(np.abs(rate), 0.25), rate)
            depth = depth + np.minimum(np.maximum(error / rate, -4.0), 4.0) * 0.7
        return np.asarray(direction * depth[..., None] + origin)

    def on_face(self, pixels: Floats) -> Floats:
        """Face points (V, n, 3) seen at ``pixels`` (V, n, 2): on the mesh template, or on the ear plane without one."""
        template = self.reference.template
        rays = _rays(pixels, self.focal_px, self.reference)
        if template is None:
            plane = self.in_camera(self.tragus[:, None])[:, :, 2]
            return _placed(rays, plane * np.ones(pixels.shape[1]), self.eyes, self.to_camera)
        centre = self.in_camera(self.face[:, None])[:, 0]
        per_px = centre[:, 2] / self.focal_px
        place = centre[:, :2] / centre[:, 2:] * self.focal_px[:, None] + self.reference.centre_px
        away = pixels - place[:, None]
        flat = template[:, :2]
        gap = away @ (-2.0 * flat.T)
        gap += (away**2).sum(axis=-1)[..., None]
        gap += (flat**2).sum(axis=-1)
        gap = np.maximum(gap, 0.0, out=gap)
        gap += 4.0
        gap *= np.sqrt(gap)
        weighted = (1.0 / gap) @ np.column_stack([template[:, 2], np.ones(len(template))])
        z = weighted[..., 0] / weighted[..., 1]
        return _placed(rays, centre[:, 2:] + z * per_px[:, None], self.eyes, self.to_camera)


def _rays(pixels: Floats, focal: Floats, reference: CalibratedView) -> Floats:
    """Camera directions (V, n, 3) with z = 1 through pixels (V or 1, n, 2)."""
    xy = (pixels - reference.centre_px) / focal[:, None, None]
    return np.concatenate([xy, np.ones((*xy.shape[:2], 1))], axis=-1)


def _placed(rays: Floats, depth: Floats, eyes: Floats, to_camera: Floats) -> Floats:
    """Person-frame points (V, n, 3) on rays (V, n, 3) at camera depths (V, n)."""
    return np.asarray((rays * depth[..., None] - eyes[:, None]) @ to_camera)
