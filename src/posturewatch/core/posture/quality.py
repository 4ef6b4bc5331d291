"""May this look be believed? One look in, a reason why not (or ``None``) out. Pure; knows nothing of time.

Order matters: the first reason that holds is the one that the user can do something about. Limits on posture are
generous, because the estimate carries its own error and says by itself when it knows too little; they catch what
the error cannot know: that the points are not this person, not in the picture, or not where they seem.
"""

from __future__ import annotations

from math import atan2, degrees
from typing import Final

from posturewatch.base.observation import FROZEN_S, Lack, Observation, PersonBox
from posturewatch.base.records import Estimate, Reason
from posturewatch.core.posture.cues import picture_turn_deg, pose_points
from posturewatch.core.posture.person_in_view import PersonInView, Point, UsualView

GHOST_SHARE: Final = 0.10
"""Shoulder width over picture width below which nobody sits at this desk: ghosts in empty rooms have under 0.03,
seated people at least 0.14 (docs/measurement.md). Larger loses people far from a wide camera."""

GHOST_SHRUNK: Final = 0.55
"""A size below this share of the calibrated one, with no face on it, is somebody behind the chair, or a find that is
wrong by as much (seen from the side, such finds err by an inch and more on the renders)."""

OTHER_SHARE: Final = 0.6
"""Another person this large beside the user may be the one whom the network follows next."""

HEAD_MARGIN: Final = 0.0
SHOULDER_MARGIN: Final = 0.03
"""Shares of the picture's width by which eyes, nose and shoulders may lie outside. The networks invent what they do
not see and call it visible; near the edge they are right to a few points."""

NEAREST: Final = 0.5
FARTHEST: Final = 1.9
"""Distance to the camera over the calibrated one. Beyond, perspective is another, and the calibrated sizes of a
face no longer hold: the sparse cues of a far face, the distortion of a near one."""

BLACK_NIGHT: Final = 12.0
"""Mean grey below which points are guesses whatever they look like: less than a screen's light on a face."""

DIM: Final = 45.0
DIM_SHARE: Final = 0.35
"""Mean grey, and share of the calibrated one, below which a missing face is laid to the light."""

BLURRED_SHARE: Final = 0.10
"""Sharpness over the calibrated one. Distance, light and compression change it threefold without harm to the
points (measured on clips); a moved or unfocused picture changes it twentyfold."""

TURNED_DEG: Final = 45.0
"""Beyond this the far eye and ear are hidden and the mesh is a guess."""

BOWED_DEG: Final = 55.0
RAISED_DEG: Final = 40.0
TILTED_DEG: Final = 28.0
"""Text-neck bows the head by 40° and must still be answered; nobody works beyond these for long."""

CHAIR_TURNED_DEG: Final = 45.0
"""A trunk turned this far sits at another screen, or the camera has been moved."""

ROLLED_DEG: Final = 15.0
"""A picture in which head and trunk stand further aslant than at calibration: the camera has been tipped, or somebody
hangs over an armrest. Whoever sits stays below 5° (rendered people, all that they do); in a clip turned by 25° six of
ten errors were beyond two standard errors."""

ROLL_SEEN_DEG: Final = 60.0
"""Seen from further aside, the lines from ear to ear and from shoulder to shoulder point into the picture."""

ASIDE: Final = 0.22
BELOW: Final = 0.25
"""Shares of the distance between the ears by which the nose may lie elsewhere than at calibration for the head
still to be upright and straight (about 15°): such a head has a face, and one that stays away is covered."""


def lacks(seen: Observation) -> Reason | None:
    """Why there is no picture to judge; ``NOBODY`` where there is a picture and nobody in it."""
    if seen.still_s >= FROZEN_S:
        return Reason.FROZEN
    if seen.burnt:
        return Reason.TOO_BRIGHT
    if seen.lack is None or seen.lack is Lack.GATED:
        return None if seen.trunk is not None or seen.face is not None else Reason.NOBODY
    return {
        Lack.STARTING: Reason.STARTING,
        Lack.NO_FRAME: Reason.NO_FRAME,
        Lack.BLACK: Reason.BLACK,
        Lack.FROZEN: Reason.FROZEN,
        Lack.NOBODY: Reason.NOBODY,
        Lack.CAMERA_LOST: Reason.CAMERA_LOST,
        Lack.NETWORK_FAILED: Reason.SENSOR_FAILED,
    }[seen.lack]


def rolled_deg(sight: PersonInView, usual: UsualView) -> float:
    """By how much head and trunk alike stand aslant in the picture, against the calibrated view, + clockwise; 0 where
    one of them does not, or cannot be told."""
    then = usual.sight.shoulders
    if sight.head is None or sight.shoulders is None or then is None or abs(usual.azimuth_deg) > ROLL_SEEN_DEG:
        return 0.0
    head, trunk = _turn_deg(sight.head.ears, usual.head.ears), _turn_deg(sight.shoulders, then)
    return min(head, trunk, key=abs) if head * trunk > 0.0 else 0.0


def _turn_deg(now: tuple[Point, Point], then: tuple[Point, Point]) -> float:
    """The angle from one line in the picture to another, -180 to 180, + clockwise."""
    angle_now, angle_then = (atan2(one[1] - other[1], one[0] - other[0]) for one, other in (now, then))
    return (degrees(angle_now - angle_then) + 180.0) % 360.0 - 180.0


def is_ghost(sight: PersonInView, usual: UsualView | None) -> bool:
    """Whether what was found is too small to sit here. A face that was found is no ghost, only far."""
    if sight.size_px < GHOST_SHARE * sight.width_px:
        return True
    return usual is not None and not sight.face and sight.size_px < GHOST_SHRUNK * usual.sight.size_px


def face_hidden(seen: Observation, sight: PersonInView, usual: UsualView) -> bool | None:
    """Whether a head that looks straight at the camera has no face; ``None`` where this look cannot tell.

    One such look is mostly the face network's own blunder (on some people one in six, measured on renders).
    """
    if sight.face:
        return False
    head, then = sight.head, usual.head
    if head is None or not seen.looked.face or not usual.frontal:
        return None
    apart = max(head.ears_px, 0.25 * sight.size_px, 1.0)
    before = max(then.ears_px, 1.0)
    straight = abs(head.aside(apart) - then.aside(before)) < ASIDE
    upright = abs(head.below(apart) - then.below(before)) < BELOW
    return True if straight and upright else None


def is_crowded(sight: PersonInView, people: tuple[PersonBox, ...]) -> bool:
    """Whether another person is nearly as large as this one."""
    return any(other.width_px >= OTHER_SHARE * sight.size_px for other in people)


def objection(
    seen: Observation,
    sight: PersonInView,
    usual: UsualView,
    estimate: Estimate | None,
    *,
    people: tuple[PersonBox, ...] = (),
    covered: bool = False,
) -> Reason | None:
    """Why this look at a person is not to be believed; ``None``: it is.

    How uncertain the estimate is speaks for itself and is no reason here. ``people``: the others in the picture.
    ``covered``: the face has been missing for too long for a blunder (``presence.FaceWatch``).
    """
    return (
        _wrong_person(seen, sight, usual, people)
        or _outside(sight, usual)
        or _light(seen, sight, usual)
        or (Reason.FACE_COVERED if covered else None)
        or _posture(seen, sight, usual, estimate)
    )


# --------------------------------------------------------------------------- one kind of reason each


def _wrong_person(
    seen: Observation, sight: PersonInView, usual: UsualView, people: tuple[PersonBox, ...]
) -> Reason | None:
    if is_ghost(sight, usual):
        return Reason.GHOST
    if is_crowded(sight, people):
        return Reason.SECOND_PERSON
    if seen.trunk is not None and picture_turn_deg(pose_points(seen)) != 0.0:
        return Reason.PICTURE_TURNED
    if (sight.width_px, sight.height_px) != (usual.sight.width_px, usual.sight.height_px):
        return Reason.NOT_AS_CALIBRATED
    return None


def _outside(sight: PersonInView, usual: UsualView) -> Reason | None:
    """By coordinates: the networks give points outside the picture, and call them visible."""
    head = sight.head
    places = (sight.eyes,) if head is None else (head.nose, *head.eyes)
    if any(sight.outside(place, HEAD_MARGIN) for place in places):
        return Reason.OUT_OF_FRAME
    if sight.shoulders is None:
        return None
    gone = [
        sight.outside(place, SHOULDER_MARGIN) and not cut for place, cut in zip(sight.shoulders, usual.cut, strict=True)
    ]
    if all(gone) or all(y > sight.height_px * (1 + SHOULDER_MARGIN) for _, y in sight.shoulders):
        return Reason.SHOULDERS_UNSEEN
    return Reason.OUT_OF_FRAME if any(gone) else None


def _light(seen: Observation, sight: PersonInView, usual: UsualView) -> Reason | None:
    blurred = bool(seen.sharpness is not None and usual.sharpness) and (
        (seen.sharpness or 0.0) < BLURRED_SHARE * (usual.sharpness or 0.0)
    )
    grey = seen.brightness
    if grey is not None:
        lost = usual.sight.face and seen.looked.face and not sight.face
        if grey < BLACK_NIGHT:
            return Reason.DIM
        dim = grey < DIM or grey < DIM_SHARE * (usual.brightness or 0.0)
        if dim and (lost or blurred):
            return Reason.DIM
    return Reason.BLURRED if blurred else None


def _posture(seen: Observation, sight: PersonInView, usual: UsualView, estimate: Estimate | None) -> Reason | None:
    if estimate is None:
        if sight.head is not None:
            return Reason.TOO_UNCERTAIN
        return Reason.SHOULDERS_UNSEEN if seen.looked.trunk else Reason.STARTING
    if estimate.distance_cm is not None:
        nearness = estimate.distance_cm / usual.distance_cm
        if nearness < NEAREST:
            return Reason.TOO_NEAR
        if nearness > FARTHEST:
            return Reason.TOO_FAR
    if abs(estimate.trunk_yaw_deg or 0.0) > CHAIR_TURNED_DEG or abs(rolled_deg(sight, usual)) > ROLLED_DEG:
        return Reason.NOT_AS_CALIBRATED
    return _angles(estimate)


def _angles(estimate: Estimate) -> Reason | None:
    """Which angle of the head lies beyond its limit."""
    pitch = estimate.head_pitch_deg or 0.0
    if abs(estimate.head_yaw_deg or 0.0) > TURNED_DEG:
        return Reason.TURNED
    if pitch > BOWED_DEG or pitch < -RAISED_DEG:
        return Reason.NODDED
    if abs(estimate.head_roll_deg or 0.0) > TILTED_DEG:
        return Reason.TILTED
    return None
