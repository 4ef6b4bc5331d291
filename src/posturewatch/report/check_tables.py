"""Movement checks in the report: then and now with the change judged by its error, left against right, and the traces.

No score and no norm; the literature's minimal detectable change stands beside a change and judges nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from posturewatch.base.i18n import _, ngettext
from posturewatch.base.movement import SIDES, Movement, MovementRow, Worse
from posturewatch.base.movement_words import (
    amount,
    literature_words,
    movement_name,
    result_words,
    worse_words,
)
from posturewatch.base.quantities import number
from posturewatch.core.history.checks import Difference, MovementCheck, checks_of, difference, sides
from posturewatch.report import words
from posturewatch.report.material import Material
from posturewatch.report.tables import Table

_LEAST_RANGE: Final = {"deg": 10.0, "in": 0.5, "cm": 1.0}
"""A movement smaller than this is drawn small. At its full height, a jitter of half a degree would look like a turn."""


@dataclass(frozen=True, slots=True)
class MovementTrace:
    """One movement of the last check as it went: its name, the most that it came to in the reader's unit, its samples
    (seconds, and the row's ``unit``), and those of the first check to draw beside it, empty where there is none."""

    name: str
    most: str
    unit: str
    now: tuple[tuple[float, float], ...]
    then: tuple[tuple[float, float], ...]

    @property
    def last_s(self) -> float:
        """Seconds that a drawing of it shows, from 0 on."""
        return max(1.0, *(t_s for t_s, _value in (*self.now, *self.then)))

    @property
    def range(self) -> tuple[float, float]:
        """Lowest and highest value that a drawing of it shows, in its unit; zero lies within."""
        values = [0.0, *(value for _t_s, value in (*self.now, *self.then))]
        return min(values), max(*values, min(values) + _LEAST_RANGE[self.unit])


def has_checks(material: Material) -> bool:
    """Whether there is one in this time."""
    return bool(material.content.checks)


def said(material: Material) -> str:
    """How many there are, what they are for, and how a change is told."""
    checks = checks_of(material.content.checks)
    count = ngettext(
        "{n} movement check in this time, {first}.", "{n} movement checks in this time, {first} to {last}.", len(checks)
    ).format(n=len(checks), first=checks[0].at.date(), last=checks[-1].at.date())
    for_whom = _(
        "A check that the person made by themselves at the screen, for their own tracking and their own therapist: it "
        "is compared with their own earlier checks alone. ± is one standard error; a change is more than its error "
        "beyond two of them."
    )
    return f"{count} {for_whom}"


def traces_said() -> str:
    """What the traces show."""
    return _("Each movement of the last check over time, three times out and back; dashed, the first check.")


def then_and_now(material: Material) -> Table:
    """Each result of the last check, beside the first in this time where there are two."""
    checks = checks_of(material.content.checks)
    now, then = checks[-1], checks[0] if len(checks) > 1 else None
    head = [_("Movement")]
    if then is not None:
        head.append(_("Then, {day}").format(day=then.at.date()))
    head.append(_("Now, {day}").format(day=now.at.date()))
    if then is not None:
        head += [_("Change"), _("Minimal detectable change in the literature")]
    head += [_("Between the repetitions"), _("Smoothness"), _("Headache brought on or worse?")]
    rows = tuple(tuple(_cells(material, row, then)) for row in now.rows)
    return Table(_("Movement check"), tuple(head), rows, wordy=tuple(range(len(head))), stacks=True)


def _cells(material: Material, row: MovementRow, then: MovementCheck | None) -> Iterator[str]:
    yield movement_name(row.movement)
    if then is not None:
        before = then.row(row.movement)
        yield words.MISSING if before is None else result_words(before, material.units)
    yield result_words(row, material.units)
    if then is not None:
        made = difference(row, then.row(row.movement))
        yield words.MISSING if made is None else _difference(material, made, row)
        yield literature_words(row.movement) or words.MISSING
    yield words.MISSING if row.scatter is None else "± " + amount(row.scatter, row, material.units)
    yield words.MISSING if row.smoothness is None else number(row.smoothness, 2)
    yield words.MISSING if row.worse is Worse.NOT_ASKED else worse_words(row.worse)


def _difference(material: Material, made: Difference, row: MovementRow) -> str:
    told = _("{change} ± {error}").format(
        change=amount(made.value, row, material.units, signed=True), error=amount(made.se, row, material.units)
    )
    judged = _("more than its error") if made.more_than_error else _("within its error")
    return f"{told}, {judged}"


def left_and_right(material: Material) -> Table:
    """The last check's left less right."""
    now = checks_of(material.content.checks)[-1]
    named = {SIDES[0][0]: _("Turning"), SIDES[1][0]: _("Tilting")}
    rows = tuple(
        (named[made.movement], _difference(material, made, row))
        for made in sides(now)
        if (row := now.row(made.movement)) is not None
    )
    return Table(_("Left less right, in the last check"), (_("Movement"), _("Difference")), rows, wordy=(1,))


def traces(material: Material) -> tuple[MovementTrace, ...]:
    """The traces of the last check, with those of the first behind."""
    checks = checks_of(material.content.checks)
    now, then = checks[-1], checks[0] if len(checks) > 1 else None
    made = []
    for movement in Movement:
        row = now.row(movement)
        if row is None or not row.trace:
            continue
        before = then.row(movement) if then is not None else None
        most = amount(max(value for _t_s, value in row.trace), row, material.units)
        made.append(MovementTrace(movement_name(movement), most, row.unit, row.trace, before.trace if before else ()))
    return tuple(made)
