"""What a camera position makes of the cues: how far each scatters, and how freely the unknowns move."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from posturewatch.core.posture import body_model
from posturewatch.core.posture.calibrated_view import CalibratedView
from posturewatch.core.posture.geometry import Floats


@dataclass(frozen=True, slots=True)
class Noise:
    """Scatter of each cue in a frame of ordinary quality, after calibration; pixels where the longer side has 640.

    ``texture_effective``: texture pairs err together (cloth moves, the surface is not quite as supposed), so
    any number of them counts as this many.
    """

    shoulder_px: float = 2.0
    ear_px: float = 4.0
    nose_px: float = 4.0
    eye_px: float = 4.0
    face_px: float = 0.7
    log_scale: float = 0.019
    turn_rad: tuple[float, float, float] = (0.015, 0.027, 0.020)
    trunk_px: float = 1.6
    head_px: float = 2.7
    texture_effective: float = 12.0

    def shared_by(self, pairs: int) -> float:
        """By how much the scatter of one of so many pairs grows, because they err together."""
        return float(np.sqrt(max(1.0, pairs / self.texture_effective)))


@dataclass(frozen=True, slots=True)
class ViewPrior:
    """What a camera position changes: the scatter of the cues, and how freely the unknowns move (14,).

    ``se_factor``: by how much the fit's own standard error falls short of the errors seen on the renders; cues
    err together from the side, where one texture and four points are all there is.
    """

    noise: Noise
    spread: Floats
    se_factor: float = 1.0


def view_for(reference: CalibratedView, azimuth_deg: float) -> ViewPrior:
    """From the side no mesh is found, the shoulders cover each other, and a nod turns in the picture's plane."""
    if abs(azimuth_deg) < 65.0 and reference.template is not None:
        return ViewPrior(Noise(), body_model.SPREAD)
    return ViewPrior(_LATERAL, _LATERAL_SPREAD, se_factor=1.4)


_LATERAL: Final = Noise(
    shoulder_px=8.0, ear_px=9.0, nose_px=12.0, eye_px=20.0, trunk_px=2.7, head_px=6.0, texture_effective=7.0
)

_LATERAL_SPREAD: Final[Floats] = body_model.SPREAD * np.array(
    [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.7, 1.0, 1.0, 0.5, 2.2, 2.2, 2.2]
)
