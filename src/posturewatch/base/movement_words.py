"""A movement check's results in words, for window, terminal and report. No score, no norm, no verdict."""

from __future__ import annotations

from typing import Final

from posturewatch.base.i18n import _
from posturewatch.base.movement import CheckOutcome, Movement, MovementRow, Worse
from posturewatch.base.quantities import Units, in_units, length, length_with_error, number
from posturewatch.base.records import INCH_CM

CROM_MDC_DEG: Final = (5.4, 9.6)
"""Minimal detectable change of neck range by the CROM device within one examiner, degrees: the least and the largest
over six directions, people with and without neck pain (Fletcher & Bandy 2008, J Orthop Sports Phys Ther
38:640-645)."""

_WITH_MDC: Final = (
    Movement.TURN_LEFT,
    Movement.TURN_RIGHT,
    Movement.LOOK_DOWN,
    Movement.LOOK_UP,
    Movement.TILT_LEFT,
    Movement.TILT_RIGHT,
)


def movement_name(movement: Movement) -> str:
    """What a row tells."""
    return {
        Movement.CAMERA_DISTANCE: _("Eyes to camera"),
        Movement.CAMERA_HEIGHT: _("Camera above the eyes"),
        Movement.USUAL: _("Head forward, sitting as usual"),
        Movement.TURN_LEFT: _("Turned to the left"),
        Movement.TURN_RIGHT: _("Turned to the right"),
        Movement.LOOK_DOWN: _("Looked down"),
        Movement.LOOK_UP: _("Looked up"),
        Movement.TILT_LEFT: _("Tilted to the left"),
        Movement.TILT_RIGHT: _("Tilted to the right"),
        Movement.CHIN_IN: _("Chin drawn in"),
        Movement.RETURN_LEFT: _("Beside the start after turning left, eyes closed"),
        Movement.RETURN_RIGHT: _("Beside the start after turning right, eyes closed"),
    }[movement]


def amount(value: float, movement_row: MovementRow, units: Units, *, signed: bool = False) -> str:
    """A value of this row's unit: ``45°``, ``0.8 in``, ``65 cm`` (in inches where those are read)."""
    sign = "+" if signed and value > 0 else ""
    if movement_row.unit == "deg":
        return sign + _("{number}°").format(number=number(value))
    if movement_row.unit == "in":
        return sign + length(value, units)
    return sign + length(value / INCH_CM, units, 0)


def amount_with_error(row: MovementRow, units: Units) -> str:
    """``45 ± 4°``: the value with its standard error; empty where there is none."""
    if row.value is None or row.se is None:
        return ""
    if row.unit == "deg":
        return _("{number} ± {error}°").format(number=number(row.value), error=number(max(1.0, row.se)))
    if row.unit == "in":
        return length_with_error(row.value, row.se, units)
    value, error = (in_units(one / INCH_CM, units) for one in (row.value, row.se))
    return _("{number} ± {error} {unit}").format(number=number(value), error=number(max(1.0, error)), unit=units)


def result_words(row: MovementRow, units: Units) -> str:
    """What came of it, in a few words."""
    return {
        CheckOutcome.DONE: amount_with_error(row, units),
        CheckOutcome.BEYOND: _("at least {amount}: beyond what the camera sees").format(
            amount=amount(row.value or 0.0, row, units)
        ),
        CheckOutcome.UNSEEN: _("cannot tell: the camera did not see enough"),
        CheckOutcome.SKIPPED: _("skipped"),
        CheckOutcome.STOPPED: _("not reached"),
    }[row.outcome]


def worse_words(worse: Worse) -> str:
    """The answer to whether it brought on or worsened the headache."""
    return {
        Worse.NOT_ASKED: "",
        Worse.NO: _("no"),
        Worse.LITTLE: _("a little"),
        Worse.YES: _("yes"),
        Worse.UNSAID: _("rather not say"),
    }[worse]


def literature_words(movement: Movement) -> str:
    """The minimal detectable change that the literature has for this; empty where none fits."""
    if movement not in _WITH_MDC:
        return ""
    low, high = (number(one, 1) for one in CROM_MDC_DEG)
    return _("{low}–{high}°").format(low=low, high=high)


def literature_source() -> str:
    """Whose that is, and what it is not."""
    return _(
        "Minimal detectable change by the CROM device within one examiner: Fletcher and Bandy 2008, J Orthop Sports "
        "Phys Ther 38:640–645. It stands here for the reader; the change is judged by the error of the two checks."
    )
