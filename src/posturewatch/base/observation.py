"""What the sensor says of one look: points and sizes of the person in view, and how it was asked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

POSE_POINTS: Final = 33
"""Points of the pose network (MediaPipe Pose): 0 nose, 2/5 eyes, 7/8 ears, 9/10 mouth, 11/12 shoulders,
13/14 elbows, 23/24 hips; odd (from 11 on) and 7 are the person's left."""

FACE_POINTS: Final = 478
"""Points of the face network (MediaPipe Face Mesh with irises)."""

IRISES: Final = (468, 473)
"""Those of them in the middle of the irises: the person's right and left eye."""

BURNT: Final = 240.0
"""Mean grey above which the picture is burnt out: two thirds of it and more are white, the shoulders of rendered people
then lie 5–20 px of 640 elsewhere, a little brighter face or shoulders are gone, and in the end everybody."""

FROZEN_S: Final = 3.0
"""Seconds for which a live picture may repeat bit for bit: a sensor's noise never repeats, a stalled driver does."""


@dataclass(frozen=True, slots=True)
class Trunk:
    """What the pose network found of one person.

    ``points``: 33 × (x_px, y_px, z_px, visibility 0–1, presence 0–1); z in pixels, origin at the hips.
    ``world``: 33 × (x, y, z) metres as the network imagines them (weak, see docs/measurement.md).
    """

    points: tuple[tuple[float, float, float, float, float], ...]
    world: tuple[tuple[float, float, float], ...]


@dataclass(frozen=True, slots=True)
class Face:
    """What the face network found: 478 × (x_px, y_px, z_px), z towards the camera negative."""

    points: tuple[tuple[float, float, float], ...]


@dataclass(frozen=True, slots=True)
class Texture:
    """Where features of chest and head were in the anchor picture, and where they are now.

    Each pair: (x_px, y_px) in the anchor picture, (x_px, y_px) now. Empty where a region was not
    recognised. ``anchor_id`` changes when the anchors do.
    """

    anchor_id: int
    trunk: tuple[tuple[float, float, float, float], ...] = ()
    head: tuple[tuple[float, float, float, float], ...] = ()


SHOULDERS_PER_FACE: Final = 2.2
"""Shoulder width over face width, where only one of the two was found."""


@dataclass(frozen=True, slots=True)
class PersonBox:
    """Another person in the picture, as coarse as the question "is somebody else there" needs.

    ``width_px`` is the shoulder width (:data:`SHOULDERS_PER_FACE` × the face width where only a face was found).
    """

    x_px: float
    y_px: float
    width_px: float


class Lack(StrEnum):
    """Why a look brought no landmarks at all."""

    STARTING = "starting"  # the process that looks has not loaded what it needs yet
    NO_FRAME = "no_frame"  # the source gave nothing before the deadline
    BLACK = "black"  # the picture is black (cameras begin so)
    FROZEN = "frozen"  # the picture repeats bit for bit
    NOBODY = "nobody"  # the networks ran and found nobody
    GATED = "gated"  # nothing has changed since the last look; the networks did not run
    CAMERA_LOST = "camera_lost"  # the source ended or was unplugged; the sensor is trying again
    NETWORK_FAILED = "network_failed"  # MediaPipe raised on this frame


NOTHING_YET: Final = (Lack.STARTING, Lack.NO_FRAME)
"""The process that looks is loading, or the camera is opening: no sign of trouble, and speaks against nobody."""


@dataclass(frozen=True, slots=True)
class Look:
    """A question to the sensor: look now, at these. ``whole`` also asks for other people in the picture.

    ``anchor`` asks to keep the texture of head and chest in this picture as a reference (in memory only);
    ``new_anchor`` drops the references kept so far first. With ``if_changed`` it is a look at somebody steady: the
    answer is GATED unless the picture has changed by more than breath since the networks last ran. With
    ``if_stirred`` it is a peek between two looks: the answer is GATED unless the picture has changed much, and the
    trunk is left out where the head is where it was. With ``all_if_stirred`` everything is looked at where the picture
    has changed much and the head is not where it was.
    """

    face: bool = True
    trunk: bool = True
    whole: bool = False
    anchor: bool = False
    new_anchor: bool = False
    if_changed: bool = False
    if_stirred: bool = False
    all_if_stirred: bool = False


WHOLE_LOOK: Final = Look(whole=True)
"""All there is to see: face and trunk, in the whole picture."""


@dataclass(frozen=True, slots=True)
class Observation:
    """The sensor's answer to one look. No picture is in it.

    ``t_s`` is the capture time of the frame (for files: media time). ``frame`` counts frames of the source,
    ``name`` is the image's file name for a folder. ``brightness`` is the mean grey 0–255, ``sharpness`` the
    variance of the Laplacian of the grey face region (or picture) at 8 bit, ``change`` the mean absolute
    difference in grey levels of the small gate picture against the last analysed one. ``clothes_tone`` is how the
    chest's colour stands to the face's (``core.posture.clothes``). ``still_s`` is for how
    long the picture has repeated bit for bit. ``looked`` says which networks ran. ``people`` lists others
    than the one described in ``trunk`` and ``face``; ``None`` where nobody looked for them.
    """

    t_s: float
    frame: int
    width_px: int
    height_px: int
    looked: Look
    face: Face | None = None
    trunk: Trunk | None = None
    texture: Texture | None = None
    people: tuple[PersonBox, ...] | None = None
    lack: Lack | None = None
    brightness: float | None = None
    sharpness: float | None = None
    change: float | None = None
    clothes_tone: tuple[float, float, float] | None = None
    still_s: float = 0.0
    name: str | None = None

    @property
    def burnt(self) -> bool:
        """Whether so much light has left nothing to judge: an empty chair looks like somebody in it."""
        return self.brightness is not None and self.brightness > BURNT


def unlooked(t_s: float, lack: Lack) -> Observation:
    """The answer at this moment where there was nothing to look at."""
    return Observation(t_s, 0, 0, 0, Look(face=False, trunk=False), lack=lack)
