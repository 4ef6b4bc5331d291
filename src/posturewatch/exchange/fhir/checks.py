"""Movement checks as Observations of the local code system: a panel for each check, a member for each result.

Each value stands with its standard error and the method; what was not measured has its reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from posturewatch.base.movement import CheckOutcome, Movement, MovementRow, Worse
from posturewatch.base.records import INCH_CM
from posturewatch.core.history.checks import checks_of
from posturewatch.exchange.fhir import codes
from posturewatch.exchange.fhir.diary import Maker
from posturewatch.exchange.fhir.parts import Resource, absent, category, component, quantity, reference

_UNITS: Final = {"deg": "deg", "in": "[in_i]", "cm": "cm"}
_WHY: Final = {
    CheckOutcome.UNSEEN: ("unknown", "The camera did not see enough."),
    CheckOutcome.SKIPPED: ("asked-declined", "Skipped by the person."),
    CheckOutcome.STOPPED: ("not-performed", "The check was ended before."),
}


def check_observations(rows: Sequence[MovementRow], maker: Maker, device: Resource) -> list[Resource]:
    """A panel and its members for each check."""
    made: list[Resource] = []
    for check in checks_of(rows):
        members = [_result(row, maker, device) for row in check.rows]
        panel = _frame("movement-check", "movement-check", check.rows[0], maker, device)
        panel["hasMember"] = [reference(member) for member in members]
        made += [panel, *members]
    return made


def _frame(name: str, code: str, row: MovementRow, maker: Maker, device: Resource) -> Resource:
    return {
        "resourceType": "Observation",
        "id": maker.id("check", row.at.isoformat(), name),
        **maker.meta,
        "status": "final",
        "category": category("activity"),
        "code": codes.concept(code),
        "subject": maker.subject,
        "effectiveDateTime": row.at.isoformat(timespec="seconds"),
        "performer": [maker.subject],
        "method": codes.concept("webcam-movement-check"),
        "device": reference(device),
    }


def code_of(movement: Movement) -> str:
    """A movement's code in the local code system."""
    return "check-" + movement.value.replace("_", "-")


def _result(row: MovementRow, maker: Maker, device: Resource) -> Resource:
    made = _frame(row.movement.value, code_of(row.movement), row, maker, device)
    parts: list[Resource] = []
    if row.value is None or row.se is None:
        code, text = _WHY.get(row.outcome, ("unknown", "Not measured."))
        made["dataAbsentReason"] = absent(text, code)
    else:
        made["valueQuantity"] = quantity(row.value, _UNITS[row.unit])
        parts.append(component("standard-error", row.se, _UNITS[row.unit]))
        if row.unit == "in":
            parts.append(component("in-centimetres", row.value * INCH_CM, "cm"))
        if row.outcome is CheckOutcome.BEYOND:
            parts.append(_part("at-least", valueBoolean=True))
        parts.append(_part("repetitions", valueInteger=row.repeats))
    if row.scatter is not None:
        parts.append(component("repeat-scatter", row.scatter, _UNITS[row.unit]))
    if row.smoothness is not None:
        parts.append(component("smoothness-sparc", row.smoothness, "1"))
    if row.worse is not Worse.NOT_ASKED:
        parts.append(_part("headache-by-movement", valueString=row.worse.value))
    if parts:
        made["component"] = parts
    return made


def _part(code: str, **value: Any) -> Resource:
    return {"code": codes.concept(code), **value}
