"""One look: from a captured frame and a question to an observation. The picture goes no further than this.

Cheap things come first. The gate sees a small grey picture and answers by itself for a black or a frozen
picture, and for one in which nothing has changed since the networks last ran; only then is the frame decoded
in full and shown to the networks, and only to those that were asked for. The face's network is a quarter as dear as
the trunk's, so a peek asks it first: where the head is where it was, what stirred was a hand or a mouth.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import Final

from posturewatch.base.observation import FROZEN_S, Face, Lack, Look, Observation, Texture, Trunk
from posturewatch.sensor import frames, people
from posturewatch.sensor.frames import OddPictureError, Pixels
from posturewatch.sensor.gate import Gate, Glance
from posturewatch.sensor.landmarks import FaceBox, Landmarks, NetworkFailedError
from posturewatch.sensor.native import load_opencv
from posturewatch.sensor.sources.source import Shot
from posturewatch.sensor.texture.tracker import TextureTracker, clothes_tone

GATED_S: Final = 10.0
"""The networks run at least this often, even if the gate sees no change: slow drifts, and looks to average …"""

CALM_S: Final = 30.0
"""… this often where somebody steady has changed by no more than breath since all was seen: what passes the gate
unseen is under a quarter of an inch, and somebody else in the picture does not pass it …"""

EMPTY_S: Final = 120.0
"""… and this often where they found nobody and the picture has not changed beyond its noise: whoever comes back changes
it, and whoever was missed breathes."""

HEAD_MOVED: Final = 0.025
"""Share of the face's width (some 15 cm) by which the head may have shifted since the trunk was last seen and still
count as where it was: 4 mm. Somebody who sits still and breathes stays below a quarter of it."""

HEAD_GREW: Final = 0.006
"""… and by which it may have grown or shrunk: 4 mm nearer or further at 65 cm. The mesh's width scatters by a
thousandth. With three times as much a slow slump was judged by a trunk that was no longer there: FORWARD came four
seconds late on the rendered clip."""

_NOTHING: Final = Look(face=False, trunk=False, whole=False)


def texture_memory(*, thorough: bool = True) -> TextureTracker:
    """An empty memory of textures, with a number of its own: a calibration must not take the references of another
    process, or of the one before, for its own. ``thorough`` as in TextureTracker."""
    return TextureTracker(anchor_id=secrets.randbelow(1 << 31), thorough=thorough)


@dataclass(frozen=True, slots=True)
class PicturedLook:
    """An observation together with the picture it was made from, for the windows of this process."""

    observation: Observation
    picture: Pixels | None


class Looker:
    """Looks at frames, one after the other. ``live`` turns the gate on; recordings are looked at in full."""

    def __init__(self, landmarks: Landmarks, *, live: bool, texture: TextureTracker | None = None) -> None:
        self._landmarks = landmarks
        self._live = live
        self._gate = Gate()
        self._texture = texture if texture is not None else texture_memory(thorough=not live)
        self._size: tuple[int, int] = (0, 0)
        self._seen_s: dict[str, float] = {}  # when each was looked at last, of what has not changed since
        self._empty = False  # whether nobody was there then
        self._head: FaceBox | None = None  # where it was when the trunk was last seen

    def look(self, shot: Shot, look: Look) -> Observation:
        """What is to be seen in this frame."""
        return self.see(shot, look).observation

    def see(self, shot: Shot, look: Look) -> PicturedLook:
        """As :meth:`look`, with the picture where it was decoded."""
        try:
            grey = shot.glance()
            glance = self._gate.look(grey, shot.mark() if self._live else shot.frame, shot.t_s)
            lack = self._without_networks(glance, look, shot.t_s)
            if lack is not None and self._size != (0, 0):
                return PicturedLook(self._blank(shot, lack, glance), None)
            picture = shot.picture()
        except OddPictureError:
            return PicturedLook(self._blank(shot, Lack.NO_FRAME, None), None)
        self._fit_size(picture)
        if lack is not None:
            return PicturedLook(self._blank(shot, lack, glance), picture)
        self._gate.analysed(grey)
        blank = self._blank(shot, None, glance)
        try:
            seen = self._analyse(picture, look, blank, glance)
        except NetworkFailedError:
            self._gate.reset()
            seen = replace(blank, looked=look, lack=Lack.NETWORK_FAILED)
        if not glance.calm:
            self._seen_s.clear()
        self._seen_s.update(dict.fromkeys(_asked(seen.looked), shot.t_s))
        self._empty = seen.lack is Lack.NOBODY
        return PicturedLook(seen, picture)

    def forget(self) -> None:
        """Another source: whom the networks follow and what the gate compares with no longer hold."""
        self._gate.reset()
        self._landmarks.reset()
        self._seen_s.clear()
        self._head = None

    def _without_networks(self, glance: Glance, look: Look, t_s: float) -> Lack | None:
        """The answer that the gate can give by itself, if any."""
        if glance.black:
            return Lack.BLACK
        if not self._live:
            return None
        if glance.still_s >= FROZEN_S:
            return Lack.FROZEN
        if look.if_stirred and not glance.stirred:
            return Lack.GATED
        unchanged = glance.calm if look.if_changed else glance.quiet
        oldest_s = min((self._seen_s.get(name, float("-inf")) for name in _asked(look)), default=t_s)
        if unchanged and not look.anchor and t_s - oldest_s < self._lasts_s(glance, look):
            return Lack.GATED
        return None

    def _lasts_s(self, glance: Glance, look: Look) -> float:
        """For how long what the networks said holds while nothing changes."""
        if self._empty and glance.quiet:
            return EMPTY_S
        return CALM_S if look.if_changed and "trunk" in self._seen_s and not self._empty else GATED_S

    def _fit_size(self, picture: Pixels) -> None:
        """A camera may change its resolution while it runs; the networks then start anew."""
        size = (picture.shape[1], picture.shape[0])
        if self._size not in ((0, 0), size):
            self._landmarks.reset()
        self._size = size

    def _blank(self, shot: Shot, lack: Lack | None, glance: Glance | None) -> Observation:
        return Observation(
            t_s=shot.t_s,
            frame=shot.frame,
            width_px=self._size[0],
            height_px=self._size[1],
            looked=_NOTHING,
            lack=lack,
            brightness=glance.brightness if glance else None,
            change=glance.change if glance else None,
            still_s=glance.still_s if glance and self._live else 0.0,
            name=shot.name,
        )

    def _analyse(self, picture: Pixels, look: Look, blank: Observation, glance: Glance) -> Observation:
        """Run the networks that were asked for, and those that would have to be asked soon in any case."""
        networks = self._landmarks
        canvas = networks.canvas(picture)
        faces = networks.faces(canvas, blank.t_s) if look.face else ()
        if self._head_stayed(faces):
            if look.if_stirred:
                look = replace(look, trunk=False, whole=False)
        elif look.all_if_stirred and glance.stirred:
            look = replace(look, trunk=True, whole=True)
        elif self._empty and glance.quiet:  # one search by both networks, not each at its own time
            look = replace(look, trunk=True)
        trunks = networks.trunks(canvas, blank.t_s) if look.trunk else ()
        trunk, face = people.of_one_person(trunks, faces)
        others = people.others(trunks, faces, networks.face_boxes(canvas) if look.whole else ())
        box = _box(face, trunk)
        nobody = trunk is None and face is None and (look.face or look.trunk)
        if look.trunk:
            self._head = None if trunk is None or face is None else people.head_of_face(face)
        return replace(
            blank,
            looked=look,
            face=face,
            trunk=trunk,
            people=others if look.whole or others else None,
            lack=Lack.NOBODY if nobody else None,
            sharpness=frames.sharpness(picture, box),
            clothes_tone=None if trunk is None else clothes_tone(picture, trunk, face),
            texture=self._follow(picture, trunk, face, look),
        )

    def _head_stayed(self, faces: tuple[Face, ...]) -> bool:
        """Whether the head is where it was when the trunk was last seen, so that the trunk has not moved either."""
        if self._head is None or len(faces) != 1:
            return False
        then, now = self._head, people.head_of_face(faces[0])
        grown = abs(now.width_px / max(then.width_px, 1.0) - 1.0)
        shifted = max(abs(now.x_px - then.x_px), abs(now.y_px - then.y_px)) / max(then.width_px, 1.0)
        return shifted < HEAD_MOVED and grown < HEAD_GREW

    def _follow(self, picture: Pixels, trunk: Trunk | None, face: Face | None, look: Look) -> Texture | None:
        """Where the texture of chest and head is now; keeps this picture's as a reference if that was asked."""
        if look.new_anchor:
            self._texture.forget()
        if trunk is None and face is None:
            return None
        grey = load_opencv().cvtColor(picture, load_opencv().COLOR_BGR2GRAY)
        return self._texture.look(grey, trunk, face, keep=look.anchor)


def _asked(look: Look) -> list[str]:
    """What is looked at, by name."""
    return [name for name in ("face", "trunk", "whole") if getattr(look, name)]


def _box(face: Face | None, trunk: Trunk | None) -> tuple[int, int, int, int] | None:
    """Where the head is: left, top, right, bottom in pixels."""
    if face is not None:
        head = people.head_of_face(face)
    elif trunk is not None:
        head = people.head_of_trunk(trunk)
    else:
        return None
    half = head.width_px / 2
    edges = (head.x_px - half, head.y_px - half, head.x_px + half, head.y_px + half)
    return tuple(round(min(max(edge, 0.0), 1e5)) for edge in edges)  # type: ignore[return-value]
