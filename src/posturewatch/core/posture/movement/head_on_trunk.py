"""How the head is turned against the trunk in one look: degrees with an error, for the movement check.

A working day's prior would shrink a head that is turned as far as it goes, so this fit has wider ones, and the head's
rotation is taken from the face network alone: it turns with the head where the other points hardly do. What is left to
the fit is the trunk, which is then taken out, so that turning or leaning the trunk does not count. The network's
rotation is against the line from the camera to the face, which turns as the face moves in the picture; that is put back
(:data:`SIGHT`). For some people it tells a nod only two thirds as large as it is, and of most it finds no face from 25°
on; so a nod is told by the pose network's points too (``pose_nod``), each with the weight that its error leaves it. All
numbers of :class:`HeadGain` come from rendered people, each measured with those that the others gave
(bench/movement.py; docs/measurement.md, "The movement check").
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from posturewatch.base.observation import Observation
from posturewatch.base.records import INCH_CM
from posturewatch.core.posture import body_model, cues, fit
from posturewatch.core.posture.body_model import FORWARD, LEAN, TRUNK_YAW
from posturewatch.core.posture.calibration import Calibration
from posturewatch.core.posture.geometry import Floats, project, ray, rotation, turn_between, turned
from posturewatch.core.posture.movement.pose_nod import (
    LEAST_DEG,
    MOST_ASIDE,
    MOST_DEG,
    SHIPPED_NOD,
    NodGain,
    aside_of_ears,
    below_ears,
)
from posturewatch.core.posture.shared_unknowns import PERSONAL, SharedUnknowns
from posturewatch.core.posture.supposed_body import PERSON, SupposedBody
from posturewatch.core.posture.view_prior import Noise, ViewPrior

FRONT_DEG: Final = 28.0
"""Azimuth of the camera up to which angles are told. From further aside turning errs by 4–10° (bench/movement.py)."""

JOINED_LOOKS: Final = 60
"""Looks, spread over the check, from which what they share is learnt: each costs a tenth of a second, and stills of the
renders gain nothing from more."""

AHEAD: Final = np.array([0.0, 0.0, 1.0])
"""The camera's own direction, camera frame."""

SIGHT: Final = 0.6
"""Share of the line of sight's turn that the face network's rotation leaves out: it sees a face cut out of the picture,
so that a head which moves aside or sinks without turning looks turned. All of it would be left out by a cut without
perspective; any four of the five rendered people give 0.5 to 0.75."""

LEAST_PAIRS: Final = 6
"""Places of the chest's texture from which on the clothes count as recognised."""

_DEG: Final = np.pi / 180.0
_TRUNK: Final = (TRUNK_YAW, LEAN, body_model.UNKNOWNS.index("trunk_roll"))
"""The trunk's unknowns in the order of yaw, pitch, roll."""


@dataclass(frozen=True, slots=True)
class HeadGain:
    """What the networks tell of the head's turn is worth: the face network's rotation, each (3,) yaw, pitch, roll, and
    ``nod`` by the pose network.

    ``gain``: true degrees for one of the network's; ``base_deg``: standard error of a small angle; ``spread``:
    standard deviation of the gain between people, ``again`` that of one person's gain between two sittings;
    ``trunk``: by how much the errors of the trunk exceed the fit's own; ``unclothed``: what is to be added to them as a
    share of the trunk's own angle where the clothes are not recognised."""

    gain: Floats
    base_deg: Floats
    spread: Floats
    again: Floats
    trunk: float
    unclothed: Floats
    nod: NodGain = SHIPPED_NOD


SHIPPED: Final = HeadGain(
    gain=np.array([0.94, 1.11, 0.98]),
    base_deg=np.array([2.4, 2.8, 1.5]),
    spread=np.array([0.08, 0.33, 0.04]),
    again=np.array([0.035, 0.09, 0.03]),
    trunk=1.5,
    unclothed=np.array([0.7, 0.0, 0.0]),
)
"""From five rendered people before cameras of 9 kinds in front of them. Five tell little of how people differ: their
gains' standard deviations (0.06, 0.21, 0.02) are widened as for a sixth person's by Student's t (by 1.5), so that two
standard errors hold for somebody new; of tilting, which nobody went far in, it is a floor. Without
the clothes a trunk's turn is told as a third to three quarters of what it is (four looks of one person)."""


@dataclass(frozen=True, slots=True)
class HeadOnTrunk:
    """One look. Degrees against the calibrated upright posture, each (3,): yaw (+ to the person's left), pitch (+ nose
    down), roll (+ about the axis out of the face: the head sinks to the person's right).

    ``head``: against the trunk, ``se`` its standard error in which everything is counted, ``again_se`` the part of it
    that differs from one check to the next of the same person before the same camera. ``trunk``: the trunk's own turn
    against the room, (3,). ``forward_in``, ``forward_se_in``: forward head distance. ``distance_cm``: eyes to camera.
    Where no face is found in a deep nod, the nod alone is told: yaw, roll and forward distance are NaN.
    """

    t_s: float
    head: Floats
    se: Floats
    again_se: Floats
    trunk: Floats
    forward_in: float
    forward_se_in: float
    distance_cm: float


def wide_view() -> ViewPrior:
    """The fit's priors for somebody who moves the head as far as it goes and may turn the chair."""
    spread = body_model.SPREAD.copy()
    for name, degrees in (("head_yaw", 30.0), ("head_pitch", 30.0), ("head_roll", 20.0), ("trunk_yaw", 20.0)):
        spread[body_model.UNKNOWNS.index(name)] = degrees * _DEG
    spread[LEAN] = 8.0 * _DEG
    return ViewPrior(Noise(), spread)


class HeadMeter:
    """Measures looks of one sitting against its calibration, after all of them have told what they share."""

    def __init__(
        self, calibration: Calibration, gain: HeadGain = SHIPPED, *, shared: SharedUnknowns | None = None
    ) -> None:
        """``shared``: what is known of the sitting, the calibration's own if not given."""
        self.calibration = calibration
        self._gain = gain
        reference, place = calibration.reference, camera_place(calibration)
        self.slope_deg = float(np.degrees(np.arctan2(place.height_cm, place.distance_cm)))
        self._upright = project(reference.in_camera(reference.attached), reference.focal_px, reference.centre_px)
        self._view = wide_view()
        self._shared = calibration.shared if shared is None else shared
        self._last: fit.Fit | None = None
        self._trunk: tuple[float, fit.Fit, bool] | None = None

    @property
    def shared(self) -> SharedUnknowns:
        """What is known of the sitting by now."""
        return self._shared

    @property
    def faces(self) -> bool:
        """Whether the camera stands where angles can be told: in front, with the face in view."""
        return self.calibration.has_face and abs(self.calibration.azimuth_deg) < FRONT_DEG

    def join(self, looks: Iterable[Observation]) -> None:
        """Learn from looks at different postures what all of them share."""
        for look in looks:
            if look.trunk is not None:
                found = self._solve(look)
                self._shared = self._shared.learnt(found.shared, 1.0)
                self._last = found

    def measure(self, look: Observation, *, hold_s: float = 0.0) -> HeadOnTrunk | None:
        """One look; ``None`` where the trunk is not seen, or neither a face nor a deep nod, or the camera stands too
        far aside. ``hold_s``: for so long after a look that was solved, trunk and distance are taken to be as they
        were."""
        if look.trunk is None or not self.faces:
            return None
        face, nod = self.room_deg(look), self._gain.nod.nod_deg(self.sunk(look), self.slope_deg)
        seen = bool(np.isfinite(face).all())
        deep = LEAST_DEG <= nod <= MOST_DEG and not face[1] < LEAST_DEG
        if not seen and not deep:
            return None
        found, clothed = self._held(look, hold_s)
        trunk = found.unknowns[list(_TRUNK)]
        trunk_se = self._gain.trunk * np.sqrt(np.diag(found.covariance)[list(_TRUNK)]) / _DEG
        if not clothed:
            trunk_se = np.hypot(trunk_se, self._gain.unclothed * trunk / _DEG)
        room, base, spread, again = self._together(face, nod if deep else None)
        head = angles_deg(turned(*trunk).T @ turned(*(np.nan_to_num(room) * _DEG)))
        at, sd = float(found.unknowns[FORWARD]), float(np.sqrt(found.covariance[FORWARD, FORWARD]))
        return HeadOnTrunk(
            look.t_s,
            np.where(np.isfinite(room), head, np.nan),
            np.sqrt(base**2 + trunk_se**2 + spread**2),
            np.sqrt(base**2 + trunk_se**2 + again**2),
            np.asarray(trunk / _DEG),
            at / INCH_CM if seen else np.nan,
            sd / INCH_CM if seen else np.nan,
            self._distance_cm(found),
        )

    def sunk(self, look: Observation) -> float:
        """How far nose and eyes have sunk against the ears since calibration, in distances of the ears
        (``pose_nod.below_ears``); NaN without a trunk, or where the head is turned too far aside."""
        pose = cues.read(look, None, None).pose
        aside = aside_of_ears(pose) - aside_of_ears(self._upright)
        return below_ears(pose) - below_ears(self._upright) if abs(aside) <= MOST_ASIDE else np.nan

    def _together(self, face: Floats, nod: float | None) -> tuple[Floats, Floats, Floats, Floats]:
        """The head's turn against the room by both networks, degrees (3,): the turn itself, and of its error the part
        that every angle has, the one that differs between people, and the one that differs between two sittings."""
        base, spread, again = self._gain.base_deg.copy(), self._gain.spread * face, self._gain.again * face
        room = face.copy()
        if nod is not None:
            # What grows with the angle grows with the true one, which lies between the two.
            size = abs(nod) if np.isnan(face[1]) else (abs(face[1]) + abs(nod)) / 2.0
            worth = np.array(
                [
                    0.0 if np.isnan(face[1]) else 1.0 / (base[1] ** 2 + (self._gain.spread[1] * size) ** 2),
                    1.0 / (self._gain.nod.base_deg**2 + (self._gain.nod.spread * size) ** 2),
                ]
            )
            worth /= worth.sum()
            room[1] = worth @ np.nan_to_num([face[1], nod])
            base[1] = np.linalg.norm(worth * [base[1], self._gain.nod.base_deg])
            spread[1] = np.linalg.norm(worth * size * [self._gain.spread[1], self._gain.nod.spread])
            again[1] = np.linalg.norm(worth * size * [self._gain.again[1], self._gain.nod.again])
        return room, base, spread, again

    def room_deg(self, look: Observation) -> Floats:
        """The head's own turn against the room, (3,) yaw, pitch, roll in degrees, from the face alone; NaN without a
        face. Cheap enough for each frame of a window."""
        reference = self.calibration.reference
        read = cues.read(look, reference.template, None)
        if not np.isfinite(read.turn).all():
            return np.full(3, np.nan)
        then = project(reference.in_camera(reference.face[None]), reference.focal_px, reference.centre_px)[0]
        rays = (ray(place, reference.focal_px, reference.centre_px) for place in (then, read.face))
        before, now = (turn_between(AHEAD, one, SIGHT) for one in rays)
        turn = now @ read.turn @ before.T
        return np.asarray(self._gain.gain * angles_deg(reference.to_camera.T @ turn @ reference.to_camera))

    def _held(self, look: Observation, hold_s: float) -> tuple[fit.Fit, bool]:
        """The trunk's fit, and whether the clothes were recognised in its look."""
        if self._trunk is not None and 0.0 <= look.t_s - self._trunk[0] < hold_s:
            return self._trunk[1:]
        found = self._solve(look, None if self._last is None else self._last.gain)
        self._last = found if self._last is None else self._last
        clothed = look.texture is not None and len(look.texture.trunk) >= LEAST_PAIRS
        self._trunk = look.t_s, found, clothed
        return found, clothed

    def _solve(self, look: Observation, gain: Floats | None = None) -> fit.Fit:
        texture = look.texture
        if texture is not None and texture.anchor_id != self._shared.anchor_id:
            self._shared = self._shared.anchored(texture.anchor_id, self._view.spread)
        reference = self.calibration.reference
        read = cues.read(look, reference.template, self._shared.anchor_id)
        return fit.solve(reference, read, self._shared, self._view, gain=gain)

    def _distance_cm(self, found: fit.Fit) -> float:
        supposed = SupposedBody.of(self.calibration.reference, self._shared.mean[None, PERSONAL])
        posed = body_model.pose(found.unknowns[None], supposed.hip, supposed.tragus, supposed.drop_per_forward)
        eyes = supposed.in_camera(body_model.on_head(posed, np.zeros((1, 1, 3)), supposed.tragus))[0, 0]
        return float(np.linalg.norm(eyes))


def angles_deg(matrix: Floats) -> Floats:
    """Yaw, pitch and roll (3,) in degrees of a rotation (3, 3) in the person frame: the inverse of
    ``geometry.turned``."""
    return np.degrees(
        [
            np.arctan2(matrix[0, 2], matrix[2, 2]),
            -np.arcsin(np.clip(matrix[1, 2], -1.0, 1.0)),
            np.arctan2(matrix[1, 0], matrix[1, 1]),
        ]
    )


@dataclass(frozen=True, slots=True)
class CameraPlace:
    """Where the camera stands, with standard errors: distance from the eyes, and height above them (− below), cm."""

    distance_cm: float
    distance_se_cm: float
    height_cm: float
    height_se_cm: float


PITCH_SE_DEG: Final = 5.0
"""By how much a face tells the camera's slope wrongly (``face_template.NOSE_SLOPE``)."""


def camera_place(calibration: Calibration) -> CameraPlace:
    """Where the camera was at calibration, seen from eyes that look straight ahead."""
    reference = calibration.reference
    person = calibration.shared.mean[PERSONAL]
    to_camera = rotation(0, person[0]) @ reference.to_camera
    eyes = reference.eyes * np.exp(person[1])
    camera = -to_camera.T @ eyes
    distance = float(np.linalg.norm(eyes))
    lens = PERSONAL.start + PERSON.index("log_focal")
    scale = float(np.sqrt(calibration.shared.covariance[lens, lens]))
    height = float(camera[1])
    return CameraPlace(
        distance, scale * distance, height, float(np.hypot(scale * height, PITCH_SE_DEG * _DEG * float(camera[2])))
    )
