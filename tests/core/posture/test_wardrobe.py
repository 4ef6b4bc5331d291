"""Clothes put on again are found among the ties of one calibration, and only where their colour says so clearly."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from core.posture.people_for_tests import calibrated
from posturewatch.core.posture.calibration import Calibration
from posturewatch.core.posture.clothes import LIGHTNESS, OTHER, Tone
from posturewatch.core.posture.wardrobe import Outfit, series, worn

JACKET, SHIRT = (-1.0, -1.0, -1.0), (0.5, 0.5, 0.5)
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def outfit(number: int, tone: Tone | None, *, ties: bool = True) -> Outfit:
    """Made on so many days after Monday in clothes of this tone."""
    made = replace(calibrated(), clothes_tone=tone, ties=ties)
    return Outfit(number, MONDAY + timedelta(days=number), made)


def test_the_newest_tie_in_these_clothes_is_found() -> None:
    """Two ties in the jacket: the later one knows the seat better."""
    kept = outfit(3, SHIRT), outfit(2, JACKET), outfit(1, JACKET, ties=False)
    assert worn(kept, JACKET) is kept[1]
    assert worn(kept, SHIRT) is kept[0]


def test_clothes_that_are_only_like_others_bring_nothing_back() -> None:
    """Beyond half of what tells clothes apart it is not sure enough; unknown clothes are never these."""
    near, far = (SHIRT[0] + share * OTHER * LIGHTNESS for share in (0.4, 0.6))
    assert worn([outfit(1, SHIRT)], (near, near, near)) is not None
    assert worn([outfit(1, SHIRT)], (far, far, far)) is None
    assert worn([outfit(1, None)], SHIRT) is None


def test_a_series_ends_with_the_calibration_that_its_ties_go_back_to() -> None:
    """What was calibrated before that was given up."""
    kept = outfit(4, SHIRT), outfit(3, JACKET), outfit(2, SHIRT, ties=False), outfit(1, JACKET, ties=False)
    assert series(kept) == kept[:3]
    assert series(kept[2:]) == kept[2:3]
    assert series(()) == ()


def test_whether_it_ties_is_kept() -> None:
    """Through the text that the journal keeps; a calibration from before that was written counts as a whole one."""
    made = outfit(1, SHIRT).calibration
    text = replace(made, reference=replace(made.reference, template=None)).to_json()
    assert Calibration.from_json(text).ties is True
    assert Calibration.from_json(text.replace('"ties":true,', "")).ties is False
