"""Movement checks side by side: then and now, left and right, each difference judged by its own error. Pure.

Only the person's own checks are compared. What is wrong alike in both checks (by how much the networks see this
person's nod too small) takes no part in a change but in proportion to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from posturewatch.base.movement import SIDES, CheckOutcome, Movement, MovementRow

ERRORS: Final = 2.0
"""A difference beyond this many of its standard errors is said to be more than its error."""


@dataclass(frozen=True, slots=True)
class MovementCheck:
    """One check: its results by movement, in the order of :class:`Movement`."""

    at: datetime
    rows: tuple[MovementRow, ...]

    def row(self, movement: Movement) -> MovementRow | None:
        """The result for this movement."""
        return next((row for row in self.rows if row.movement is movement), None)


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference with its standard error, in the unit of ``movement``; for sides, left less right."""

    movement: Movement
    value: float
    se: float

    @property
    def more_than_error(self) -> bool:
        """Whether it is beyond what its error explains."""
        return abs(self.value) > ERRORS * self.se


def checks_of(rows: Iterable[MovementRow]) -> tuple[MovementCheck, ...]:
    """The checks, in order of time."""
    order = list(Movement)
    by_time: dict[datetime, list[MovementRow]] = {}
    for row in rows:
        by_time.setdefault(row.at, []).append(row)
    return tuple(
        MovementCheck(at, tuple(sorted(by_time[at], key=lambda row: order.index(row.movement))))
        for at in sorted(by_time)
    )


def sides(check: MovementCheck) -> tuple[Difference, ...]:
    """Left less right, where both were measured to their end."""
    both = ((check.row(left), check.row(right)) for left, right in SIDES)
    return tuple(made for left, right in both if (made := difference(left, right)) is not None)


def difference(one: MovementRow | None, other: MovementRow | None) -> Difference | None:
    """One less the other; ``None`` unless both were measured to their end."""
    if one is None or other is None:
        return None
    if one.outcome is not CheckOutcome.DONE or other.outcome is not CheckOutcome.DONE:
        return None
    value, apart = _number(one.value) - _number(other.value), np.hypot(_number(one.again_se), _number(other.again_se))
    alike = _alike(one) if abs(_number(one.value)) > abs(_number(other.value)) else _alike(other)
    return Difference(one.movement, value, float(np.hypot(apart, alike * value)))


def _alike(row: MovementRow) -> float:
    """The relative error that is the same in two checks of one person."""
    common = max(0.0, _number(row.se) ** 2 - _number(row.again_se) ** 2)
    return float(np.sqrt(common)) / max(abs(_number(row.value)), 1e-6)


def _number(value: float | None) -> float:
    return 0.0 if value is None else value
