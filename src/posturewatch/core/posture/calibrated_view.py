"""The calibrated picture as a body: camera, distances, and where each point is fixed to head or trunk.

A point's two picture coordinates at calibration are known to a pixel; its depth is not, and is taken from
mean anatomy. So at the calibrated posture the model reproduces the picture exactly, whatever constant
error the networks make on this person, and only departures from it are ever explained.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from posturewatch.core.posture.body_model import PIVOT, POSE_POINTS, SHOULDERS
from posturewatch.core.posture.geometry import FACING, Floats, ray, rotation

FOCAL_PER_WIDTH: Final = 0.714
"""Focal length over the longer side of the picture of a webcam with 70° horizontal field, the middle of what is sold
(60–78°)."""

FOCAL_SPREAD: Final = 0.13
"""Standard deviation of its logarithm over that range."""

PUPILS_CM: Final = 6.29
"""Interpupillary distance, mixed sexes (ANSUR II)."""

MESH_PUPILS: Final = 0.97
"""Share of it by which the face network sets the irises apart: 0.92–0.98 on four rendered people, 1.01 on one."""

SIZE_SPREAD: Final = 0.06
"""Standard deviation of the logarithm of that distance between adults (3.7 mm of 62.9 mm, ANSUR II)."""

SHOULDERS_CM: Final = 34.0
"""Distance of the pose network's shoulder points: 0.87 of the biacromial breadth (39.1 cm, ANSUR II mixed)."""

SHOULDERS_SHARE: Final = 0.35
"""Weight of the shoulders beside the pupils in the scale: inverse variances of the two breadths."""

USUAL_CM: Final = 65.0
USUAL_SPREAD: Final = 0.17
"""How far screens are looked at from, 50–80 cm, and the standard deviation of its logarithm. It is worth almost as much
as the pinhole with an unknown lens, and cuts off what neither would believe alone."""


@dataclass(frozen=True, slots=True)
class CalibratedView:
    """One calibrated view. Person frame, cm, origin midway between the eyes; see ``core.posture.geometry``.

    ``to_camera`` (3, 3) turns person into camera coordinates; ``eyes`` (3,) is the origin in the camera
    frame. ``attached`` (7, 3) in the order of ``POSE_POINTS``; ``face`` (3,) the centre of the rigid mesh
    points; ``template`` (n, 3) px, those points about their centre, or ``None`` where no face was found.
    ``spread_scale`` is the relative standard error of all lengths along the line of sight.
    """

    width_px: int
    height_px: int
    focal_px: float
    to_camera: Floats
    eyes: Floats
    attached: Floats
    face: Floats
    template: Floats | None
    spread_scale: float

    @property
    def centre_px(self) -> Floats:
        return np.array([self.width_px / 2.0, self.height_px / 2.0])

    @property
    def distance_cm(self) -> float:
        return float(np.linalg.norm(self.eyes))

    def in_camera(self, points: Floats) -> Floats:
        """Person frame to camera frame, any leading shape."""
        return np.asarray(points @ self.to_camera.T + self.eyes)

    def at_depth(self, pixels: Floats, depth_cm: Floats) -> Floats:
        """The person-frame point seen at ``pixels`` (…, 2) at camera depth ``depth_cm`` (…)."""
        camera = ray(pixels, self.focal_px, self.centre_px) * np.asarray(depth_cm)[..., None]
        return np.asarray((camera - self.eyes) @ self.to_camera)


@dataclass(frozen=True, slots=True)
class Sizes:
    """What is known of this person beyond the picture; ``None`` = not given. Centimetres."""

    pupils_cm: float | None = None
    distance_cm: float | None = None
    stature_cm: float | None = None


def build(
    size_px: tuple[int, int],
    pose: Floats,
    eyes_px: Floats,
    view: tuple[float, float],
    sizes: Sizes,
    *,
    face_px: Floats | None = None,
    template: Floats | None = None,
    pupils_px: float | None = None,
    scale: tuple[float, float, float] | None = None,
) -> CalibratedView:
    """A reference from the medians of a calibration.

    ``size_px`` width and height; ``pose`` (7, 2) px; ``view`` azimuth (+ where the person faces to the right of
    the picture) and pitch (+ where the camera looks down), radians; ``face_px`` (2,), ``template`` (n, 3) px and
    ``pupils_px`` (3-D distance of the mesh's irises) or ``None`` without a face. ``scale``: focal length in px,
    distance of the eyes in cm and its relative standard error, where an earlier calibration knows them.
    """
    width_px, height_px = size_px
    azimuth, pitch = view
    to_camera = np.asarray(rotation(0, np.array(pitch)) @ FACING @ rotation(1, np.array(azimuth)))
    behind = (np.array([PIVOT[name] for name in POSE_POINTS]) @ to_camera.T)[:, 2]
    focal, depth, spread = scale or _scale(
        size_px, pose, azimuth, sizes, pupils_px=pupils_px, behind_cm=float(behind[: len(SHOULDERS)].mean())
    )
    centre = np.array([width_px / 2.0, height_px / 2.0])
    eyes = ray(eyes_px, focal, centre) * depth
    shell = CalibratedView(width_px, height_px, focal, to_camera, eyes, np.zeros((7, 3)), np.zeros(3), template, spread)
    attached = shell.at_depth(pose, depth + behind)
    face = np.array(PIVOT["face"])
    if face_px is not None:
        face = shell.at_depth(face_px, np.asarray(depth + (to_camera @ face)[2]))
    return CalibratedView(width_px, height_px, focal, to_camera, eyes, attached, face, template, spread)


def _scale(
    size_px: tuple[int, int],
    pose: Floats,
    azimuth: float,
    sizes: Sizes,
    *,
    pupils_px: float | None,
    behind_cm: float,
) -> tuple[float, float, float]:
    """Focal length in px, camera depth of the eyes in cm, and the relative standard error of that depth.

    Depth = focal × size / pixels; the shoulders are ``behind_cm`` further off than the eyes. The user's own
    interpupillary distance replaces the mean; a measured screen distance gives the depth outright and, with the
    size, the focal length.
    """
    # A lens's field is told along the longer side: a phone held upright has the same lens.
    focal = FOCAL_PER_WIDTH * max(size_px)
    logs, weights = [], []
    own = sizes.pupils_cm is not None
    if pupils_px is not None and pupils_px > 1.0:
        logs.append(np.log(MESH_PUPILS * (sizes.pupils_cm or PUPILS_CM) / pupils_px))
        weights.append(1.0)
    width = float(np.linalg.norm(pose[0] - pose[1])) / max(float(np.cos(azimuth)), 0.3)
    if abs(azimuth) < np.radians(50) and not (own and logs):
        # Biacromial breadth from stature, mean of the ANSUR II regressions for men and women.
        stature = sizes.stature_cm
        breadth = SHOULDERS_CM if stature is None else 0.87 * (12.87 + 0.1549 * stature)
        at_shoulders = breadth / width
        logs.append(np.log(max(at_shoulders - behind_cm / focal, 0.5 * at_shoulders)))
        weights.append(SHOULDERS_SHARE)
    if not logs:
        # From the side neither breadth is seen; ear to shoulder stands upright: 18 cm (ANSUR II, sitting heights).
        rise = float(pose[:2, 1].mean() - pose[2:4, 1].mean())
        logs.append(np.log(19.0 / max(rise, 10.0)))
        weights.append(1.0)
    cm_per_px = float(np.exp(np.average(logs, weights=weights)))
    size_spread = 0.02 if own else SIZE_SPREAD
    if sizes.distance_cm is not None:
        return sizes.distance_cm / cm_per_px, sizes.distance_cm, 0.03
    # Three guesses (lens, size, habit) that the picture ties together: each gives way by its share of the variance.
    lens, habit = FOCAL_SPREAD**2, USUAL_SPREAD**2
    given = lens + size_spread**2
    surplus = float(np.log(focal * cm_per_px / USUAL_CM)) / (given + habit)
    depth = focal * cm_per_px * float(np.exp(-given * surplus))
    return focal * float(np.exp(-lens * surplus)), depth, float(np.sqrt(given * habit / (given + habit)))
