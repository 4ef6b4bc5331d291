"""People made of points, and a calibration of one, for tests that need a picture's geometry and no picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from posturewatch.base.observation import FACE_POINTS, Face, Lack, Look, Observation, PersonBox, Trunk
from posturewatch.base.records import Estimate
from posturewatch.core.posture import calibrated_view
from posturewatch.core.posture.body_model import POSE_INDEX
from posturewatch.core.posture.calibration import Calibration
from posturewatch.core.posture.calibrator import begun

WHOLE = Look(whole=True)
FACE_ONLY = Look(trunk=False)
WIDTH_PX, HEIGHT_PX = 640, 480


@dataclass(frozen=True)
class Person:
    """Somebody who faces the camera. Pixels; ``eyes`` is midway between them, ``size_px`` the shoulder width.

    ``aside`` and ``below`` move the nose against the ears, as shares of the ears' distance.
    """

    eyes: tuple[float, float] = (320.0, 170.0)
    size_px: float = 200.0
    aside: float = 0.0
    below: float = 0.2
    face: bool = True

    def points(self) -> list[tuple[float, float]]:
        """The 33 points of the pose network; those that nobody needs lie in the middle of the chest."""
        x, y = self.eyes
        unit = self.size_px
        ears_px = 0.42 * unit
        places = [(x, y + 1.2 * unit)] * 33
        places[0] = (x + self.aside * ears_px, y + 0.05 * unit + self.below * ears_px)
        places[2], places[5] = (x + 0.09 * unit, y), (x - 0.09 * unit, y)
        places[7], places[8] = (x + ears_px / 2, y + 0.05 * unit), (x - ears_px / 2, y + 0.05 * unit)
        places[11], places[12] = (x + unit / 2, y + 0.65 * unit), (x - unit / 2, y + 0.65 * unit)
        return places

    def trunk(self) -> Trunk:
        """As the pose network gives it, with every point called visible, as it does."""
        return Trunk(
            tuple((x, y, 0.0, 0.98, 0.99) for x, y in self.points()), tuple((0.0, 0.0, 0.0) for _ in range(33))
        )

    def mesh(self) -> Face:
        """A face of the right place and width."""
        x, y = self.eyes
        width_px = self.size_px / 2.2
        angles = np.linspace(0, 2 * np.pi, FACE_POINTS)
        points = [(x + width_px / 2 * np.cos(a), y + width_px / 2 * np.sin(a), 0.0) for a in angles]
        points[468] = (x - 0.09 * self.size_px, y, 0.0)
        points[473] = (x + 0.09 * self.size_px, y, 0.0)
        return Face(tuple((float(a), float(b), c) for a, b, c in points))


def seen(
    t_s: float,
    person: Person | None = Person(),
    *,
    looked: Look = WHOLE,
    people: tuple[PersonBox, ...] | None = (),
    brightness: float = 120.0,
    sharpness: float = 80.0,
    still_s: float = 0.0,
    width_px: int = WIDTH_PX,
) -> Observation:
    """One look at somebody, or at nobody."""
    lost = person is None
    return Observation(
        t_s,
        int(t_s * 5),
        width_px,
        HEIGHT_PX,
        looked,
        face=person.mesh() if person is not None and person.face and looked.face else None,
        trunk=person.trunk() if person is not None and looked.trunk else None,
        people=people if looked.whole else None,
        lack=Lack.NOBODY if lost else None,
        brightness=brightness,
        sharpness=sharpness,
        still_s=still_s,
    )


def lacking(t_s: float, lack: Lack, *, still_s: float = 0.0) -> Observation:
    """A look that brought no points."""
    nothing = Look(face=False, trunk=False)
    return Observation(t_s, int(t_s * 5), WIDTH_PX, HEIGHT_PX, nothing, lack=lack, still_s=still_s)


def calibrated(person: Person = Person(), *, profile: str = "desk", azimuth_deg: float = 0.0) -> Calibration:
    """What a calibration of this person is: geometry by the real ``calibrated_view``, a flat mesh for the face."""
    points = np.array(person.points())
    mesh = np.array(person.mesh().points)
    template = mesh[:84] - mesh[:84].mean(axis=0) if person.face else None
    eyes = np.array(person.eyes)
    ref = calibrated_view.build(
        (WIDTH_PX, HEIGHT_PX),
        points[list(POSE_INDEX)],
        eyes,
        (float(np.radians(azimuth_deg)), 0.05),
        calibrated_view.Sizes(),
        face_px=eyes + np.array([0.0, 5.0]) if person.face else None,
        template=template,
        pupils_px=0.18 * person.size_px if person.face else None,
    )
    return Calibration(
        profile, 30, 0.1, ref, azimuth_deg, 3.0, person.size_px, person.eyes, None, 120.0, 80.0, begun(ref)
    )


@dataclass
class FakeEstimator:
    """Says what it is told to say at that time; remembers how often it was asked and made to forget."""

    says: Callable[[float], Estimate | None]
    asked: int = 0
    forgotten: int = 0
    learnt: int = 0
    tied: bool = True
    wants_anchor: bool = False
    wants_new_anchor: bool = False
    at: list[float] = field(default_factory=list)

    def estimate(self, observation: Observation) -> Estimate | None:
        """See ``core.posture.monitor.Measures``; as the real one, nothing without a trunk in its first look."""
        self.asked += 1
        self.at.append(observation.t_s)
        return self.says(observation.t_s)

    def learn(self) -> None:
        """See ``core.posture.monitor.Measures``."""
        self.learnt += 1

    def forget(self) -> None:
        """See ``core.posture.monitor.Measures``."""
        self.forgotten += 1


def told(fht_in: float = 0.2, se_in: float = 0.4, **angles: float) -> Callable[[float], Estimate | None]:
    """An estimate that stays the same."""
    given = {"distance_cm": 60.0, "head_yaw_deg": 0.0, "head_pitch_deg": 0.0, "head_roll_deg": 0.0} | angles
    return lambda t_s: Estimate(t_s, fht_in, se_in, **given)
