"""The movement check's results: what was asked for, what came of it, and in which unit. Frozen records.

A check is all rows of one moment ``at``. It is for the person's own tracking and for their own therapist; nothing in it
is compared with other people.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import isfinite
from typing import Any, Final, Literal

from posturewatch.base.errors import DataError
from posturewatch.base.i18n import _
from posturewatch.base.outside import checked_moment

CheckUnit = Literal["deg", "in", "cm"]


class Movement(StrEnum):
    """What a row tells, in the order in which it is asked for and shown."""

    CAMERA_DISTANCE = "camera_distance"  # eyes to camera, cm
    CAMERA_HEIGHT = "camera_height"  # camera above the eyes, cm; − below
    USUAL = "usual"  # forward head distance when sitting as usual, in
    TURN_LEFT = "turn_left"
    TURN_RIGHT = "turn_right"
    LOOK_DOWN = "look_down"
    LOOK_UP = "look_up"
    TILT_LEFT = "tilt_left"
    TILT_RIGHT = "tilt_right"
    CHIN_IN = "chin_in"  # how far back the head glides, in
    RETURN_LEFT = "return_left"  # how far from the start, eyes closed, after a turn to the left
    RETURN_RIGHT = "return_right"


class CheckOutcome(StrEnum):
    """What came of it."""

    DONE = "done"
    BEYOND = "beyond"  # it went further than the camera sees the face: the value is the least that it was
    UNSEEN = "unseen"  # the camera did not see enough: no value
    SKIPPED = "skipped"
    STOPPED = "stopped"  # the check was ended before


class Worse(StrEnum):
    """The answer to "Did this bring on or worsen your headache?"; empty where nobody asked."""

    NOT_ASKED = ""
    NO = "no"
    LITTLE = "little"
    YES = "yes"
    UNSAID = "unsaid"


SIDES: Final = (
    (Movement.TURN_LEFT, Movement.TURN_RIGHT),
    (Movement.TILT_LEFT, Movement.TILT_RIGHT),
)
"""Pairs whose left and right are compared."""

_UNITS: Final[dict[Movement, CheckUnit]] = {
    Movement.CAMERA_DISTANCE: "cm",
    Movement.CAMERA_HEIGHT: "cm",
    Movement.USUAL: "in",
    Movement.CHIN_IN: "in",
}

MOST_SAMPLES: Final = 160
"""Samples of a trace: three times out and back at five a second, and some to spare."""

Trace = tuple[tuple[float, float], ...]
"""Seconds since the movement was first asked for, and the movement in its unit; what the camera did not see is
missing."""


@dataclass(frozen=True, slots=True)
class MovementRow:
    """One result of a check.

    ``at``: when the check began, aware. ``value`` with its standard error ``se``, in the movement's unit; ``again_se``
    is the part of it that differs between two checks of the same person before the same camera, by which a change is
    judged. ``repeats`` were counted; ``scatter`` is the standard deviation between them. ``smoothness``: spectral arc
    length, without unit, at most 0; nearer to 0 is smoother.
    """

    at: datetime
    movement: Movement
    outcome: CheckOutcome
    value: float | None = None
    se: float | None = None
    again_se: float | None = None
    repeats: int = 0
    scatter: float | None = None
    smoothness: float | None = None
    worse: Worse = Worse.NOT_ASKED
    trace: Trace = ()

    @property
    def unit(self) -> CheckUnit:
        """The unit of value, errors, scatter and trace."""
        return unit_of(self.movement)


def unit_of(movement: Movement) -> CheckUnit:
    """Degrees for what turns, inches for what glides, centimetres for the camera."""
    return _UNITS.get(movement, "deg")


def trace_text(trace: Trace) -> str:
    """A trace as one text, ``0.0 1.5;0.2 3.0``: tenths of a second, and hundredths of the unit."""
    return ";".join(f"{t:.1f} {value:.2f}" for t, value in trace)


def trace_of(text: str) -> Trace:
    """Inverse of :func:`trace_text`; raises ValueError for what is none: not a pair of finite numbers each, time that
    runs back, more than MOST_SAMPLES, or far beyond what a body does."""
    if not text:
        return ()
    parts = text.split(";")
    if len(parts) > MOST_SAMPLES:
        raise ValueError("too many samples")
    pairs = []
    last = 0.0
    for part in parts:
        at, value = part.split(" ")
        pair = float(at), float(value)
        if not (last <= pair[0] <= 1000.0 and abs(pair[1]) <= 360.0):
            raise ValueError("no sample of a movement")
        last = pair[0]
        pairs.append(pair)
    return tuple(pairs)


LARGEST: Final = 400.0
"""No value, error or scatter of a check is larger, in any unit."""

MOST_REPEATS: Final = 20


def checked(row: MovementRow) -> MovementRow:
    """The row itself; raises DataError for one that no check makes: a value where none was measured, or none where it
    was, an error below 0, a number that is none or far too large, a time that no calendar has."""
    measured = row.outcome in (CheckOutcome.DONE, CheckOutcome.BEYOND)
    numbers = (row.value, row.se, row.again_se, row.scatter, row.smoothness)
    fits = (
        measured == (row.value is not None) == (row.se is not None) == (row.again_se is not None)
        and all(one is None or (isfinite(one) and abs(one) <= LARGEST) for one in numbers)
        and all(one is None or one >= 0.0 for one in (row.se, row.again_se, row.scatter))
        and (row.smoothness is None or row.smoothness <= 0.0)
        and 0 <= row.repeats <= MOST_REPEATS
        and row.at.tzinfo is not None
    )
    try:
        checked_moment(row.at)
        trace_of(trace_text(row.trace))
    except ValueError:
        fits = False
    if not fits:
        raise DataError(
            _("This is no result of a movement check: {movement}.").format(movement=row.movement.value),
            _("Give it as posturewatch wrote it."),
        )
    return row


def to_json(row: MovementRow) -> dict[str, Any]:
    """The row as a JSON object, for programs and for the pipe."""
    return {
        "at": row.at.isoformat(),
        "movement": row.movement.value,
        "outcome": row.outcome.value,
        "unit": row.unit,
        "value": row.value,
        "se": row.se,
        "again_se": row.again_se,
        "repeats": row.repeats,
        "scatter": row.scatter,
        "smoothness": row.smoothness,
        "worse": row.worse.value,
        "trace": trace_text(row.trace),
    }


def from_json(body: Any) -> MovementRow:
    """Inverse of :func:`to_json`; raises DataError for what is none."""
    try:
        numbers = {
            name: None if body[name] is None else float(body[name])
            for name in ("value", "se", "again_se", "scatter", "smoothness")
        }
        row = MovementRow(
            at=datetime.fromisoformat(body["at"]),
            movement=Movement(body["movement"]),
            outcome=CheckOutcome(body["outcome"]),
            repeats=int(body["repeats"]),
            worse=Worse(body["worse"]),
            trace=trace_of(body["trace"]),
            **numbers,
        )
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as err:
        raise DataError(_("This is no result of a movement check."), _("Give it as posturewatch wrote it.")) from err
    return checked(row)
