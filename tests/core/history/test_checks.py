"""Then and now, left and right: differences judged by their own errors."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from posturewatch.base.movement import CheckOutcome, Movement, MovementRow
from posturewatch.core.history.checks import checks_of, difference, sides

THEN, NOW = datetime(2026, 10, 1, 9, 0, tzinfo=UTC), datetime(2026, 11, 19, 9, 0, tzinfo=UTC)


def row(value: float, movement: Movement = Movement.TURN_LEFT, at: datetime = THEN, **more: object) -> MovementRow:
    """A movement measured to its end, ± 5, of which 3 differ between two checks."""
    made = MovementRow(at, movement, CheckOutcome.DONE, value, 5.0, 3.0, 3)
    return replace(made, **more)  # type: ignore[arg-type]


def test_a_change_is_judged_without_what_is_wrong_alike_in_both() -> None:
    """The error of the change is that of the two checks and a share of the change itself, not all of either."""
    found = difference(row(50.0, at=NOW), row(40.0))
    assert found is not None
    assert found.value == pytest.approx(10.0)
    assert found.se == pytest.approx(np.hypot(np.hypot(3.0, 3.0), 4.0 / 50.0 * 10.0), abs=0.01)
    assert found.more_than_error
    small = difference(row(46.0, at=NOW), row(40.0))
    assert small is not None
    assert not small.more_than_error


@pytest.mark.parametrize("outcome", [CheckOutcome.BEYOND, CheckOutcome.UNSEEN, CheckOutcome.SKIPPED])
def test_no_change_is_told_of_what_was_not_measured_to_its_end(outcome: CheckOutcome) -> None:
    """At least so far, unseen and skipped compare with nothing; nor does a check that lacks the movement."""
    assert difference(row(50.0, outcome=outcome), row(40.0)) is None
    assert difference(row(50.0), row(40.0, outcome=outcome)) is None
    assert difference(row(50.0), None) is None


def test_left_and_right_are_compared_within_a_check() -> None:
    """Turning and tilting have sides, where both were measured."""
    rows = [row(50.0), row(36.0, Movement.TURN_RIGHT), row(20.0, Movement.TILT_LEFT)]
    (turning,) = sides(checks_of(rows)[0])
    assert turning.movement is Movement.TURN_LEFT
    assert turning.value == pytest.approx(14.0)
    assert turning.more_than_error


def test_checks_come_in_order_of_time_and_their_results_in_order_of_the_movements() -> None:
    """However they were written."""
    rows = [row(1.0, Movement.TILT_LEFT, NOW), row(2.0, Movement.USUAL, NOW), row(3.0)]
    first, last = checks_of(rows)
    assert (first.at, last.at) == (THEN, NOW)
    assert [one.movement for one in last.rows] == [Movement.USUAL, Movement.TILT_LEFT]
    assert last.row(Movement.USUAL) == rows[1]
    assert last.row(Movement.CHIN_IN) is None
