"""The load index in a table: after the inches that it is made of, with its error, the name of its rule and the head.

Every load index of an export is made anew from the inches beside it by one rule with one head, whichever the settings
show live: so a table never mixes two, and an older file, which does not say by which rule its numbers were made, brings
none of them in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from posturewatch.base.load import by_rule
from posturewatch.base.records import Load
from posturewatch.exchange.csv_cells import Column, choice, decimal

R = TypeVar("R")

LOAD_RULE: Final = "10-lb-per-inch"
"""The rule's name in a table."""

LOAD_NOTES: Final = (
    (
        "Load index, a rule of thumb, not a force: an 11-lb head plus 10 lb for each inch forward (Kapandji's rule), "
        "made anew from the median beside it."
    ),
    "Standard error of the load index.",
    "Name of the load index's rule, which is a rule of thumb, not a force.",
    "Weight of head in that rule, the same for everybody.",
)

_POUNDS: Final = decimal(2, 0, 1000)


def load_at(fht_in: float | None, se_in: float | None) -> Load | None:
    """The load index at this distance; None where there is none."""
    return None if fht_in is None else by_rule(fht_in, se_in or 0.0)


def load_columns(name: str, of: Callable[[R], Load | None]) -> tuple[Column[R], ...]:
    """The index's column under this name, and those that say what it is; all blank where there is no distance."""

    def part(field: str) -> Callable[[R], float | None]:
        return lambda row: getattr(of(row), field, None)

    return (
        Column(name, "lb", LOAD_NOTES[0], part("load_lb"), _POUNDS, required=False),
        Column("load_se_lb", "lb", LOAD_NOTES[1], part("se_lb"), _POUNDS, required=False, since=4),
        Column(
            "load_rule",
            "",
            LOAD_NOTES[2],
            lambda row: None if of(row) is None else LOAD_RULE,
            choice(LOAD_RULE),
            required=False,
            since=4,
        ),
        Column("load_head_lb", "lb", LOAD_NOTES[3], part("head_lb"), _POUNDS, required=False, since=4),
    )
