"""How far the head is bowed, told by the points of the pose network: beside the face network, and alone where that
finds no face.

Nose and eyes sink against the ears as the head bows. That is told less exactly than the face network's rotation, but by
another network, of everybody about as well, and to larger angles. The numbers of :class:`NodGain` come from rendered
people, each measured with those that the others gave (bench/movement.py; docs/measurement.md, "The movement check").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from posturewatch.core.posture.body_model import POSE_POINTS
from posturewatch.core.posture.geometry import Floats

LEAST_DEG: Final = 15.0
"""Without a face, less than this is not told: then it is something else than the nod that hides the face."""

MOST_DEG: Final = 50.0
"""Nor is more than this: nobody whose nod is known was bowed further than 41°."""

MOST_ASIDE: Final = 0.25
"""How far the nose may stand aside of the ears' middle, against calibration, in distances of the ears: a head turned by
some 20°. Further, one ear is hidden and the network guesses it."""

_EARS: Final = [POSE_POINTS.index(name) for name in ("ear_left", "ear_right")]
_NOSE: Final = POSE_POINTS.index("nose")
_EYES: Final = [POSE_POINTS.index(name) for name in ("eye_left", "eye_right")]


@dataclass(frozen=True, slots=True)
class NodGain:
    """What the sinking of nose and eyes is worth.

    ``per_deg``: how much they sink for a degree of the head's own nod against the room, in distances of the ears,
    before a camera at the height of the eyes; ``per_slope``: what is added to that for each degree by which the camera
    looks down; ``base_deg``, ``spread``, ``again`` as in ``head_on_trunk.HeadGain``."""

    per_deg: float
    per_slope: float
    base_deg: float
    spread: float
    again: float

    def nod_deg(self, sunk: float, slope_deg: float) -> float:
        """The nod (degrees, + nose down) that a sinking tells before a camera that looks down by so many degrees."""
        return sunk / (self.per_deg + self.per_slope * slope_deg)


SHIPPED_NOD: Final = NodGain(per_deg=0.0072, per_slope=0.00013, base_deg=7.0, spread=0.28, again=0.1)
"""From the same five people as ``head_on_trunk.SHIPPED``; their gains' standard deviation (0.19) is widened as there.
The points of a head that bows as a rigid body would give 0.011, and 0.015 with the network's own distance of the ears,
which is shorter: it tells less than half of a nod (``body_model.POSE_TURNS``)."""


def below_ears(pose: Floats) -> float:
    """How far nose and eyes stand below the ears, in distances of the ears; ``pose`` (7, 2) px in the order of
    ``body_model.POSE_POINTS``. NaN where a point is missing."""
    low = (pose[_NOSE, 1] + pose[_EYES, 1].mean()) / 2.0
    return float((low - pose[_EARS, 1].mean()) / _ears_apart(pose))


def aside_of_ears(pose: Floats) -> float:
    """How far the nose stands right of the ears' middle in the picture, in distances of the ears; NaN as above."""
    return float((pose[_NOSE, 0] - pose[_EARS, 0].mean()) / _ears_apart(pose))


def _ears_apart(pose: Floats) -> float:
    return float(np.linalg.norm(pose[_EARS[0]] - pose[_EARS[1]]))
