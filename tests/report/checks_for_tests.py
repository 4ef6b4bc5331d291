"""Two movement checks, seven weeks apart, and one of each outcome; for tests of what becomes of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from posturewatch.base.movement import CheckOutcome, Movement, MovementRow, Worse

THEN = datetime(2026, 10, 1, 9, 0, tzinfo=timezone(timedelta(hours=2)))
NOW = datetime(2026, 11, 19, 9, 30, tzinfo=timezone(timedelta(hours=1)))

TRACE = ((0.0, 0.0), (2.5, 12.25), (4.0, 38.5), (6.0, 0.5))


def check(at: datetime = THEN, further: float = 0.0) -> tuple[MovementRow, ...]:
    """A whole check: all movements measured, but for one beyond the camera's view, one unseen, one skipped and one not
    reached. ``further``: by so many degrees further to the left than to the right."""
    made = []
    for number, movement in enumerate(Movement):
        value = 30.0 + number + (further if movement is Movement.TURN_LEFT else 0.0)
        made.append(
            MovementRow(
                at, movement, CheckOutcome.DONE, value, 3.5, 2.0, 3, 1.25, -1.62, Worse.NO, TRACE if number > 2 else ()
            )
        )
    rows = {row.movement: row for row in made}
    rows[Movement.LOOK_DOWN] = replace(rows[Movement.LOOK_DOWN], outcome=CheckOutcome.BEYOND, scatter=None)
    rows[Movement.LOOK_UP] = MovementRow(at, Movement.LOOK_UP, CheckOutcome.UNSEEN, worse=Worse.YES)
    rows[Movement.RETURN_LEFT] = MovementRow(at, Movement.RETURN_LEFT, CheckOutcome.SKIPPED)
    rows[Movement.RETURN_RIGHT] = MovementRow(at, Movement.RETURN_RIGHT, CheckOutcome.STOPPED)
    return tuple(rows.values())
