"""Where the person is in the picture and how large, in pixels: of one look, and as it was at calibration.

Plain arithmetic on the networks' points; it knows nothing of inches, and nothing of time.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot, isfinite
from typing import Final

import numpy as np

from posturewatch.base.observation import IRISES, SHOULDERS_PER_FACE, Observation
from posturewatch.core.posture.body_model import POSE_POINTS
from posturewatch.core.posture.calibration import Calibration
from posturewatch.core.posture.geometry import project

NOSE: Final = 0
EYES: Final = (2, 5)
EARS: Final = (7, 8)
SHOULDERS: Final = (11, 12)
"""Indices in MediaPipe Pose; the person's left comes first."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Head:
    """The pose network's head: pixels."""

    nose: Point
    eyes: tuple[Point, Point]
    ears: tuple[Point, Point]

    @property
    def ears_px(self) -> float:
        """Distance of the ears."""
        return hypot(self.ears[0][0] - self.ears[1][0], self.ears[0][1] - self.ears[1][1])

    def aside(self, scale_px: float) -> float:
        """How far the nose lies beside the middle of the ears, as a share of ``scale_px``: turning shows here."""
        return (self.nose[0] - (self.ears[0][0] + self.ears[1][0]) / 2) / scale_px

    def below(self, scale_px: float) -> float:
        """How far the nose lies under the ears, as a share of ``scale_px``: bowing shows here."""
        return (self.nose[1] - (self.ears[0][1] + self.ears[1][1]) / 2) / scale_px


@dataclass(frozen=True, slots=True)
class PersonInView:
    """One look. ``eyes`` is midway between them; ``size_px`` the larger of shoulder width and ear-to-shoulder drop
    (from the side the width vanishes), or what a lone face suggests. ``head`` and ``shoulders`` are ``None``
    where the pose network did not run or found nobody.
    """

    width_px: int
    height_px: int
    eyes: Point
    size_px: float
    head: Head | None
    shoulders: tuple[Point, Point] | None
    face: bool

    def outside(self, point: Point, margin: float) -> bool:
        """Whether a point lies beyond the picture's edge by more than ``margin`` of the picture's width."""
        x, y = point
        edge = margin * self.width_px
        return x < -edge or y < -edge or x > self.width_px + edge or y > self.height_px + edge


def sight_of(seen: Observation) -> PersonInView | None:
    """The look's sight; ``None`` where nobody was found."""
    face = None if seen.face is None else [(p[0], p[1]) for p in seen.face.points]
    eyes = None if face is None else _middle(face[IRISES[1]], face[IRISES[0]])
    if seen.trunk is not None:
        at = [(p[0], p[1]) for p in seen.trunk.points]
        head = Head(at[NOSE], (at[EYES[0]], at[EYES[1]]), (at[EARS[0]], at[EARS[1]]))
        both = (at[SHOULDERS[0]], at[SHOULDERS[1]])
        middle = _middle(*head.eyes) if eyes is None else eyes
        return PersonInView(seen.width_px, seen.height_px, middle, _size(head, both), head, both, face is not None)
    if face is None or eyes is None:
        return None
    columns = [x for x, _ in face]
    size_px = SHOULDERS_PER_FACE * (max(columns) - min(columns))
    return PersonInView(seen.width_px, seen.height_px, eyes, size_px, None, None, face=True)


@dataclass(frozen=True, slots=True)
class UsualView:
    """The same at calibration, with what else a look is compared to. ``cut``: which shoulder lay outside then."""

    sight: PersonInView
    head: Head
    cut: tuple[bool, bool]
    azimuth_deg: float
    distance_cm: float
    brightness: float | None
    sharpness: float | None

    @property
    def frontal(self) -> bool:
        """Whether the camera faces the person so that the face network must find the face."""
        return abs(self.azimuth_deg) < 28.0 and self.sight.face


def usual_of(calibration: Calibration) -> UsualView:
    """Where the calibrated points lie in their picture."""
    ref = calibration.reference
    places = project(ref.in_camera(ref.attached), ref.focal_px, ref.centre_px)
    at = {name: (float(x), float(y)) for name, (x, y) in zip(POSE_POINTS, np.asarray(places), strict=True)}
    head = Head(at["nose"], (at["eye_left"], at["eye_right"]), (at["ear_left"], at["ear_right"]))
    both = (at["shoulder_left"], at["shoulder_right"])
    sight = PersonInView(
        ref.width_px, ref.height_px, calibration.eyes_px, _size(head, both), head, both, calibration.has_face
    )
    return UsualView(
        sight,
        head,
        (sight.outside(both[0], 0.0), sight.outside(both[1], 0.0)),
        calibration.azimuth_deg,
        ref.distance_cm,
        calibration.brightness,
        calibration.sharpness,
    )


def _middle(one: Point, other: Point) -> Point:
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2


def _size(head: Head, both: tuple[Point, Point]) -> float:
    width_px = hypot(both[0][0] - both[1][0], both[0][1] - both[1][1])
    drop_px = _middle(*both)[1] - _middle(*head.ears)[1]
    size_px = max(width_px, drop_px)
    return size_px if isfinite(size_px) else 0.0
