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
from posturewatch.core.posture.clothes import OTHER, distance

REMEMBERED: Final = 8
"""Earlier calibrations that count."""

HABIT: Final = 2.0
"""One earlier calibration is believed by a third, two by a half …: a single difference says little of the next."""

WORST_IN: Final = 0.6
"""A baseline is not called worse than what a calibration is refused for, in inches."""


def settled(newest: Calibration, earlier: Iterable[Calibration]) -> Calibration:
    """The newest calibration with a repeatability that counts how far earlier ones of the profile lie from it.

    ``earlier``: newest first. Each difference of two baselines holds the variance of both, so half of the mean
    square counts. Earlier ones from another camera position, or in other clothes, which move the zero by themselves,
    say nothing and are passed over.
    """
    alike = [old for old in list(earlier)[:REMEMBERED] if _in_the_same_clothes(newest, old)]
    shifts = [shift for old in alike if (shift := shift_in(newest, old)) is not None]
    if not shifts:
        return newest
    between = sum(shift**2 for shift in shifts) / len(shifts) / 2.0
    believed = len(shifts) / (len(shifts) + HABIT)
    total = sqrt(newest.repeatability_in**2 + believed * between)
    return replace(newest, repeatability_in=max(newest.repeatability_in, min(total, WORST_IN)))


def _in_the_same_clothes(one: Calibration, other: Calibration) -> bool:
    """As far as their colour tells; calibrations from before it was kept are taken as such."""
    if one.clothes_tone is None or other.clothes_tone is None:
        return True
    return distance(one.clothes_tone, other.clothes_tone) <= OTHER
