"""What a baseline is worth: ten seconds show how still somebody sat, earlier calibrations how alike they sit down.

Two "sit upright" baselines minutes apart have been seen to differ by several degrees; no single calibration can
know that of itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from math import sqrt
from typing import Final

from posturewatch.core.posture.calibration import Calibration, shift_in

REMEMBERED: Final = 8
"""Earlier calibrations that count."""

HABIT: Final = 2.0
"""One earlier calibration is believed by a third, two by a half …: a single difference says little of the next."""

WORST_IN: Final = 0.6
"""A baseline is not called worse than what a calibration is refused for, in inches."""


def settled(newest: Calibration, earlier: Iterable[Calibration]) -> Calibration:
    """The newest calibration with a repeatability that counts how far earlier ones of the profile lie from it.

    ``earlier``: newest first. Each difference of two baselines holds the variance of both, so half of the mean
    square counts. Earlier ones from another camera position say nothing and are passed over.
    """
    shifts = [shift for old in list(earlier)[:REMEMBERED] if (shift := shift_in(newest, old)) is not None]
    if not shifts:
        return newest
    between = sum(shift**2 for shift in shifts) / len(shifts) / 2.0
    believed = len(shifts) / (len(shifts) + HABIT)
    total = sqrt(newest.repeatability_in**2 + believed * between)
    return replace(newest, repeatability_in=max(newest.repeatability_in, min(total, WORST_IN)))
