"""What earlier calibrations of a profile say about the newest one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.posture.people_for_tests import calibrated
from posturewatch.core.posture.baselines import settled
from posturewatch.core.posture.calibration import Calibration, shift_in

NOW = replace(calibrated(), repeatability_in=0.05)


def moved_forward(made: Calibration, cm: float) -> Calibration:
    """The same person and camera, calibrated with the head so far forward of the trunk."""
    ref = made.reference
    attached = ref.attached.copy()
    attached[2:] += np.array([0.0, -0.35 * cm, cm])
    return replace(made, reference=replace(ref, attached=attached, face=ref.face + np.array([0.0, -0.35 * cm, cm])))


def test_the_same_posture_twice_differs_by_nothing() -> None:
    """A baseline measured against itself lies at zero, and leaves the repeatability as it was."""
    assert shift_in(NOW, NOW) == pytest.approx(0.0, abs=0.02)
    assert settled(NOW, [NOW, NOW]).repeatability_in == pytest.approx(0.05, abs=0.01)


def test_sitting_down_differently_each_time_makes_the_baseline_uncertain() -> None:
    """Baselines that lie apart raise the newest one's error, several more than one, and never beyond the limit."""
    other = moved_forward(NOW, 2.5)
    shift = shift_in(NOW, other)
    assert shift is not None
    assert shift > 0.1
    once, often = settled(NOW, [other]).repeatability_in, settled(NOW, [other] * 6).repeatability_in
    assert 0.05 < once < often <= 0.6


def test_a_calibration_from_another_place_says_nothing() -> None:
    """Another azimuth or picture size cannot be compared and is passed over; no earlier one changes nothing."""
    assert shift_in(NOW, replace(NOW, azimuth_deg=40.0)) is None
    assert settled(NOW, [replace(NOW, azimuth_deg=40.0)]).repeatability_in == 0.05
    assert settled(NOW, []) is NOW


def test_a_calibration_in_other_clothes_says_nothing() -> None:
    """The networks see the shoulders elsewhere on them: what the two differ by is the clothes. The same clothes in
    another light can be compared, and so can a calibration that has kept no colour."""
    shirt, jacket, lamp = (-0.2, -0.5, -0.8), (-2.0, -1.0, 0.2), (-0.4, -0.7, -0.9)
    now = replace(NOW, clothes_tone=shirt)
    assert shift_in(now, replace(now, clothes_tone=jacket)) is None
    assert shift_in(now, replace(now, clothes_tone=lamp)) == pytest.approx(0.0, abs=0.02)
    assert shift_in(now, replace(now, clothes_tone=None)) == pytest.approx(0.0, abs=0.02)
