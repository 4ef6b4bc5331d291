"""What the resources of a bundle are put together of: ids, references, quantities, reasons for no value."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, Final

from posturewatch.base.quantities import rounded
from posturewatch.exchange.fhir import codes
from posturewatch.report.material import Material

_NAMESPACE: Final = uuid.UUID("e2a1c6d4-7b0f-4e57-9a86-0d4c1c2b7f55")
UCUM: Final = "http://unitsofmeasure.org"
_CATEGORY: Final = "http://terminology.hl7.org/CodeSystem/observation-category"
_ABSENT: Final = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
_UNITS: Final = {
    "[in_i]": "in",
    "cm": "cm",
    "deg": "deg",
    "min": "min",
    "%": "%",
    "[lbf_av]": "lbf",
    "[lb_av]": "lb",
    "d": "d",
    "1": "1",
}

TEST_DATA: Final = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "HTEST"}
"""HL7's label of what nobody lived."""

Resource = dict[str, Any]
Observe = Callable[..., Resource]
"""Makes an Observation of a day or week from a code, a method and its further elements."""


def id_of(material: Material, *parts: str) -> str:
    """A lasting id from the person and these parts: what is exported twice is the same resource twice."""
    return str(uuid.uuid5(_NAMESPACE, "\n".join((material.person, *parts))))


def identifier(number: str) -> list[Resource]:
    """A resource's id as an identifier too, by which a server finds it again under an id of its own."""
    return [{"system": codes.RESOURCE_SYSTEM, "value": number}]


def identified(made: Resource) -> Resource:
    """The resource with its :func:`identifier`."""
    return made | {"identifier": identifier(made["id"])}


def reference(resource: Resource) -> Resource:
    """A reference within the bundle."""
    return {"reference": f"urn:uuid:{resource['id']}"}


def quantity(value: float, unit: str, digits: int = 2) -> Resource:
    """A Quantity with a UCUM unit."""
    return {"value": rounded(value, digits), "unit": _UNITS[unit], "system": UCUM, "code": unit}


def component(code: str, value: float, unit: str, digits: int = 2) -> Resource:
    """A part of an Observation with a value of its own."""
    return {"code": codes.concept(code), "valueQuantity": quantity(value, unit, digits)}


def category(code: str) -> list[Resource]:
    """The Observation's category."""
    return [{"coding": [{"system": _CATEGORY, "code": code}]}]


def absent(text: str, code: str = "unknown") -> Resource:
    """Why there is no value."""
    return {"coding": [{"system": _ABSENT, "code": code}], "text": text}
