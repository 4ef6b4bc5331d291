"""The results of movement checks as CSV and back; see ``csv_tables``. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import Any, Final

from posturewatch.base import movement
from posturewatch.base.errors import DataError
from posturewatch.base.i18n import _
from posturewatch.base.movement import CheckOutcome, Movement, MovementRow, Worse, trace_of, trace_text
from posturewatch.base.outside import OutsideError
from posturewatch.exchange import csv_cells as f
from posturewatch.exchange.csv_cells import Column

_UNIT: Final = f.choice("deg", "in", "cm")
_AMOUNT: Final = f.decimal(3, -movement.LARGEST, movement.LARGEST)

CHECKS: Final[tuple[Column[MovementRow], ...]] = (
    *f.moment_columns("When the check began; rows of one time are one check. "),
    Column(
        "movement",
        "",
        "What was asked for.",
        lambda row: row.movement.value,
        f.choice(*(one.value for one in Movement)),
    ),
    Column(
        "outcome",
        "",
        "done; beyond = at least the value, the camera saw no further; unseen; skipped; stopped = not reached.",
        lambda row: row.outcome.value,
        f.choice(*(one.value for one in CheckOutcome)),
    ),
    Column("unit", "", "Unit of value, errors, scatter and trace: deg, in or cm.", attrgetter("unit"), _UNIT),
    Column("value", "", "How far, in the unit.", attrgetter("value"), _AMOUNT, False),
    Column("se", "", "Its standard error.", attrgetter("se"), _AMOUNT, False),
    Column(
        "again_se",
        "",
        "The part of it that differs between two checks of one person before one camera.",
        attrgetter("again_se"),
        _AMOUNT,
        False,
    ),
    Column("repeats", "", "Repetitions that were counted.", attrgetter("repeats"), f.whole(0, movement.MOST_REPEATS)),
    Column("scatter", "", "Standard deviation between the repetitions.", attrgetter("scatter"), _AMOUNT, False),
    Column(
        "smoothness",
        "",
        "Spectral arc length of the way out; nearer to 0 is smoother.",
        attrgetter("smoothness"),
        _AMOUNT,
        False,
    ),
    Column(
        "worse",
        "",
        "Whether it brought on or worsened the headache, as answered: no, little, yes, unsaid; blank = not asked.",
        lambda row: row.worse.value or None,
        f.choice(*(one.value for one in Worse if one.value)),
        False,
    ),
    Column(
        "trace",
        "",
        "The movement: seconds and value, pairs between semicolons.",
        lambda row: trace_text(row.trace) or None,
        f.text(4000),
        False,
    ),
)


def checks_csv(rows: Iterable[MovementRow], left: f.LeftOut | None = None) -> str:
    """The results of movement checks, a movement a row."""
    return f.write_rows(CHECKS, rows, _check, left)


def read_checks(lines: Iterable[str], file: str) -> Iterator[MovementRow]:
    """As :func:`read_minutes`, for movement checks; each result must be one that a check makes."""
    return f.read_rows(CHECKS, lines, file, _check)


def _check(cells: dict[str, Any]) -> MovementRow:
    try:
        row = MovementRow(
            at=f.at_offset(cells["utc_at"], cells["utc_offset_min"], cells["local_at"]),
            movement=Movement(cells["movement"]),
            outcome=CheckOutcome(cells["outcome"]),
            value=cells["value"],
            se=cells["se"],
            again_se=cells["again_se"],
            repeats=cells["repeats"],
            scatter=cells["scatter"],
            smoothness=cells["smoothness"],
            worse=Worse(cells["worse"] or ""),
            trace=trace_of(cells["trace"] or ""),
        )
    except ValueError as err:
        raise OutsideError(_("this is no trace of a movement")) from err
    if cells["unit"] != row.unit:
        raise OutsideError(_("the unit of {movement} is {unit}").format(movement=row.movement.value, unit=row.unit))
    try:
        return movement.checked(row)
    except DataError as err:
        raise OutsideError(err.message.rstrip(".")) from err
