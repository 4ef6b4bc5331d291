"""The cues that posture programs use, on the same frames and calibration, each with its published threshold.

Baseline: the median of the cue over the calibration. Larger always means further forward here; where a program
watches for something smaller, the sign is turned.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from posturewatch.base.observation import Observation
from posturewatch.base.records import INCH_CM
from posturewatch.core.posture.calibration import Calibration

Floats = NDArray[np.float64]

NOSE, LEFT_EAR, RIGHT_EAR, LEFT_SHOULDER, RIGHT_SHOULDER = 0, 7, 8, 11, 12
RIGHT_CHEEK, LEFT_CHEEK = 234, 454
RIGHT_IRIS, LEFT_IRIS = 468, 473


@dataclass(frozen=True)
class Rival:
    """A cue: ``raw`` reads it from a look (NaN: not there), ``against`` sets it against its baseline."""

    name: str
    threshold: float
    raw: Callable[[Observation], float]
    against: Callable[[float, float, Calibration], float]


def _pose(seen: Observation) -> Floats | None:
    return None if seen.trunk is None else np.array(seen.trunk.points)[:, :2]


def _mesh_distance(seen: Observation, one: int, other: int) -> float:
    if seen.face is None:
        return math.nan
    points = np.array(seen.face.points)[[one, other], :2]
    return float(np.linalg.norm(points[0] - points[1]))


def nose_height(seen: Observation) -> float:
    """How far down the picture the nose is, as a share of its height."""
    points = _pose(seen)
    return math.nan if points is None else float(points[NOSE, 1]) / seen.height_px


def ear_width(seen: Observation) -> float:
    """Distance of the pose network's ears, px."""
    points = _pose(seen)
    return math.nan if points is None else float(np.linalg.norm(points[LEFT_EAR] - points[RIGHT_EAR]))


def face_width(seen: Observation) -> float:
    """Distance of the mesh's cheeks, px."""
    return _mesh_distance(seen, RIGHT_CHEEK, LEFT_CHEEK)


def head_size(seen: Observation) -> float:
    """Distance of the irises, px."""
    return _mesh_distance(seen, RIGHT_IRIS, LEFT_IRIS)


def drop(seen: Observation) -> float:
    """How far the ears are above the shoulders, as a share of the shoulder width."""
    points = _pose(seen)
    if points is None:
        return math.nan
    width = float(np.linalg.norm(points[LEFT_SHOULDER] - points[RIGHT_SHOULDER]))
    rise = points[[LEFT_SHOULDER, RIGHT_SHOULDER], 1].mean() - points[[LEFT_EAR, RIGHT_EAR], 1].mean()
    return float(rise) / max(width, 1.0)


def drop_px(seen: Observation) -> float:
    """How far the ears are above the shoulders, px."""
    points = _pose(seen)
    if points is None:
        return math.nan
    return float(points[[LEFT_SHOULDER, RIGHT_SHOULDER], 1].mean() - points[[LEFT_EAR, RIGHT_EAR], 1].mean())


def world_z(seen: Observation) -> float:
    """How far the pose network imagines the ears before the shoulders, inches."""
    if seen.trunk is None:
        return math.nan
    depth = np.array(seen.trunk.world)[:, 2]
    ahead_m = depth[[LEFT_SHOULDER, RIGHT_SHOULDER]].mean() - depth[[LEFT_EAR, RIGHT_EAR]].mean()
    return float(ahead_m) * 100.0 / INCH_CM


def _ratio(value: float, base: float, _: Calibration) -> float:
    return value / base if base else math.nan


def _less(value: float, base: float, _: Calibration) -> float:
    return -value / base if base else math.nan


def _difference(value: float, base: float, _: Calibration) -> float:
    return value - base


def _nearer_in(value: float, base: float, calibration: Calibration) -> float:
    """Pinhole: how much nearer the head is than at calibration, inches."""
    return calibration.reference.distance_cm * (1.0 - base / value) / INCH_CM if value else math.nan


RIVALS = (
    Rival("nose height", 0.03, nose_height, _difference),
    Rival("ear width", 1.05, ear_width, _ratio),
    Rival("face width", 1.12, face_width, _ratio),
    Rival("ear–shoulder drop, px", -0.85, drop_px, _less),
    Rival("ear–shoulder drop / width", -0.85, drop, _less),
    Rival("head size alone, in", 1.0, head_size, _nearer_in),
    Rival("world z, in", 1.0, world_z, _difference),
)


def cue_values(
    rival: Rival, calibration: Calibration, upright: Sequence[Observation], test: Sequence[Observation | None]
) -> list[float]:
    """The cue of each test frame against the calibration's looks; NaN where it is not there."""
    known = [v for v in (rival.raw(seen) for seen in upright) if math.isfinite(v)]
    if not known:
        return [math.nan] * len(test)
    base = float(np.median(known))
    return [math.nan if seen is None else rival.against(rival.raw(seen), base, calibration) for seen in test]
