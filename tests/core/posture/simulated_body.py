"""A simulated person in front of a simulated camera: a body that moves as ``body_model`` says, seen as the networks
see one. Its sizes are not the ones that the estimate supposes, unless a test asks for them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from posturewatch.base.observation import FACE_POINTS, Face, Look, Observation, Texture, Trunk
from posturewatch.core.posture import body_model
from posturewatch.core.posture.body_model import POSE_INDEX, POSE_POINTS
from posturewatch.core.posture.geometry import FACING, Floats, project, ray, rotation
from posturewatch.core.posture.supposed_body import CHEST_HALF_CM, CHEST_LOW_CM, CHEST_SLOPE, CHEST_TOP_CM

ZERO = np.zeros(body_model.N)
WHOLE = Look(whole=True)
ANCHOR = 7

_KEY_MESH = {
    33: (-4.6, 0.0, -1.0),
    263: (4.6, 0.0, -1.0),
    234: (-6.9, -2.2, -7.5),
    454: (6.9, -2.2, -7.5),
    10: (0.0, 5.5, -0.5),
    152: (0.0, -10.0, -0.5),
    1: (0.0, -3.05, 2.8),
    4: (0.0, -3.05, 2.8),
    5: (0.0, -3.05, 2.8),
    468: (-3.1, 0.0, 0.0),
    473: (3.1, 0.0, 0.0),
}
"""Where the mesh points that the camera's position is read from lie on this face, cm from midway between the eyes."""


def unknowns(**moved: float) -> Floats:
    """The body's unknowns (14,) by name, the others zero: centimetres, and degrees for angles."""
    out = ZERO.copy()
    for name, value in moved.items():
        angle = name in {"lean", "trunk_yaw", "trunk_roll", "head_pitch", "head_yaw", "head_roll"}
        out[body_model.UNKNOWNS.index(name)] = np.radians(value) if angle else value
    return out


def _face() -> Floats:
    """478 points on the front half of a head."""
    rng = np.random.default_rng(11)
    across, up = rng.uniform(-1.25, 1.25, FACE_POINTS), rng.uniform(-1.1, 1.1, FACE_POINTS)
    points = np.stack(
        [7.2 * np.sin(across) * np.cos(up), -2.5 + 9.5 * np.sin(up), -8.0 + 9.5 * np.cos(across) * np.cos(up)], axis=1
    )
    for number, place in _KEY_MESH.items():
        points[number] = place
    return points


@dataclass(frozen=True)
class SimulatedPerson:
    """``azimuth_deg`` + faces to the right of the picture, ``pitch_deg`` + the camera looks down. ``size`` scales
    the body, ``scatter_px`` is Gaussian noise on all points.

    Clothes: the network's shoulder points are ``wider`` apart by this share and lie ``raised_cm`` higher; ``tone`` is
    what the camera sees of their colour. The neck: the head turns about a point ``turns_up_cm`` above and
    ``turns_forward_cm`` before the ears' middle, and sinks by ``drop_per_forward`` for each centimetre forward.

    ``pose_turns``: the pose network shows a share of the head's turns only, as it does; else all of them."""

    azimuth_deg: float = 0.0
    pitch_deg: float = 4.0
    distance_cm: float = 62.0
    focal_px: float = 457.0
    width_px: int = 640
    height_px: int = 480
    size: float = 1.0
    scatter_px: float = 0.0
    eyes_at: tuple[float, float] = (0.5, 0.4)
    face: bool = True
    texture: bool = True
    wider: float = 0.0
    raised_cm: float = 0.0
    tone: tuple[float, float, float] | None = None
    turns_up_cm: float = 0.0
    turns_forward_cm: float = 0.0
    drop_per_forward: float = body_model.DROP_PER_FORWARD
    pose_turns: bool = True
    mesh: Floats = field(default_factory=_face)

    @property
    def to_camera(self) -> Floats:
        """Person frame to camera axes."""
        turned = rotation(1, np.array(np.radians(self.azimuth_deg)))
        return np.asarray(rotation(0, np.array(np.radians(self.pitch_deg))) @ FACING @ turned)

    @property
    def centre_px(self) -> Floats:
        """Middle of the picture."""
        return np.array([self.width_px / 2.0, self.height_px / 2.0])

    def seen(self, points: Floats) -> Floats:
        """Camera coordinates of person-frame points."""
        at = np.array(self.eyes_at) * (self.width_px, self.height_px)
        eyes = ray(at, self.focal_px, self.centre_px) * self.distance_cm
        return np.asarray(points @ self.to_camera.T + eyes)

    def pixels(self, points: Floats) -> Floats:
        """Where person-frame points are in the picture."""
        return project(self.seen(points), self.focal_px, self.centre_px)

    def look(
        self,
        moved: Floats = ZERO,
        *,
        t_s: float = 0.0,
        seed: int = 0,
        looked: Look = WHOLE,
        anchor_id: int = ANCHOR,
        anchored: Floats = ZERO,
    ) -> Observation:
        """The observation of this posture; texture pairs start from the picture of the ``anchored`` posture."""
        rng = np.random.default_rng(seed)
        pose, world, mesh = self._pose(moved), self._world(moved), self._mesh(moved)
        pose[:, :2] += rng.normal(0, self.scatter_px, (33, 2))
        mesh[:, :2] += rng.normal(0, 0.2 * self.scatter_px, (FACE_POINTS, 2))
        return Observation(
            t_s,
            round(t_s * 5),
            self.width_px,
            self.height_px,
            looked,
            face=Face(_rows(mesh)) if self.face and looked.face else None,
            trunk=Trunk(_rows(pose), _rows(world)) if looked.trunk else None,
            texture=self._texture(moved, anchored, anchor_id, rng) if self.texture else None,
            people=() if looked.whole else None,
            brightness=120.0,
            sharpness=80.0,
            clothes_tone=self.tone if looked.trunk else None,
        )

    def _places(self) -> dict[str, Floats]:
        places = {name: np.array(place) * self.size for name, place in body_model.PIVOT.items()}
        places["tragus"] = places["tragus"] + [0.0, self.turns_up_cm, self.turns_forward_cm]
        return places

    def _moved(self, moved: Floats) -> body_model.Posed:
        places = self._places()
        return body_model.pose(moved[None], places["hip"], places["tragus"], self.drop_per_forward)

    def _points(self, moved: Floats) -> Floats:
        """The seven pose points (7, 3) where the pose network sees them, person frame."""
        at, posed = self._places(), self._moved(moved)
        both = np.array([at[name] for name in body_model.SHOULDERS])
        middle = both.mean(axis=0)
        both = middle + (1.0 + self.wider) * (both - middle) + [0.0, self.raised_cm, 0.0]
        head = np.array([at[name] for name in body_model.HEAD_POINTS])
        shoulders = body_model.shoulders(posed, moved[None], both, at["hip"])[0]
        if not self.pose_turns:
            return np.vstack([shoulders, body_model.on_head(posed, head, at["tragus"])[0]])
        seen = body_model.as_pose_network_sees(posed, head[None], at["face"][None], at["tragus"])[0]
        return np.vstack([shoulders, seen])

    def _pose(self, moved: Floats) -> Floats:
        out = np.zeros((33, 5))
        points = self._points(moved)
        out[:, :2] = self.pixels(points[2:]).mean(axis=0)
        out[list(POSE_INDEX), :2] = self.pixels(points)
        out[:, 3:] = 0.99
        return out

    def _world(self, moved: Floats) -> Floats:
        out = np.zeros((33, 3))
        hip = self.seen(self._places()["hip"])
        out[list(POSE_INDEX)] = (self.seen(self._points(moved)) - hip) / 100.0
        return out

    def _mesh(self, moved: Floats) -> Floats:
        points = body_model.on_head(self._moved(moved), self.mesh * self.size, self._places()["tragus"])[0]
        depth = self.seen(points)[:, 2]
        middle = float(depth.mean())
        return np.column_stack([self.pixels(points), (depth - middle) * self.focal_px / middle])

    def _texture(self, moved: Floats, anchored: Floats, anchor_id: int, rng: np.random.Generator) -> Texture:
        at = self._places()
        spots = np.random.default_rng(3).uniform((-13, -20), (13, -4), (30, 2)) * self.size
        shoulder = (at["shoulder_left"] + at["shoulder_right"]) / 2
        xy = spots + shoulder[:2] + np.array([0.0, -1.0])
        across = (xy[:, 0] - shoulder[0]) / CHEST_HALF_CM
        deep = CHEST_TOP_CM + CHEST_SLOPE * np.clip(shoulder[1] - xy[:, 1], 0.0, CHEST_LOW_CM)
        chest = np.column_stack([xy, shoulder[2] + deep * np.sqrt(1.0 - across**2)])
        skin = self.mesh[::16] * self.size
        pairs = []
        for points, on, pivot in ((chest, body_model.on_trunk, at["hip"]), (skin, body_model.on_head, at["tragus"])):
            then, now = (self.pixels(on(self._moved(u), points, pivot)[0]) for u in (anchored, moved))
            pairs.append(_rows(np.hstack([then, now + rng.normal(0, 0.2 * self.scatter_px, now.shape)])))
        return Texture(anchor_id, trunk=pairs[0], head=pairs[1])


def _rows(values: Floats) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(v) for v in row) for row in values)


def named(points: Floats) -> dict[str, Floats]:
    """The pose points by name."""
    return dict(zip(POSE_POINTS, points, strict=True))
