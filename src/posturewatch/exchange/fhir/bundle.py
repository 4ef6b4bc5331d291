"""The days as a FHIR R4 Bundle: Patient, Device, and for each recorded day a panel with its numbers.

The bundle is a ``collection``: a set of resources handed over together. A ``document`` would claim an author
who attests to a composition, and a ``transaction`` would ask a server to store it; neither is ours to say.
Identifiers are derived from the person's pseudonym and the day, so the same day exported twice is the same
resource twice. See docs/fhir.md.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, Final

from posturewatch.base import wording
from posturewatch.base.quantities import rounded
from posturewatch.base.records import INCH_CM
from posturewatch.core.history.summary.records import DaySummary, Shortfall
from posturewatch.exchange.fhir import codes
from posturewatch.exchange.fhir.diary import diary_observations
from posturewatch.report import words
from posturewatch.report.material import Material

_NAMESPACE: Final = uuid.UUID("e2a1c6d4-7b0f-4e57-9a86-0d4c1c2b7f55")
_UCUM: Final = "http://unitsofmeasure.org"
_CATEGORY: Final = "http://terminology.hl7.org/CodeSystem/observation-category"
_ABSENT: Final = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
_TEST_DATA: Final = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "HTEST"}
_UNITS: Final = {"[in_i]": "in", "cm": "cm", "min": "min", "%": "%", "[lbf_av]": "lbf", "1": "1"}

Resource = dict[str, Any]


def render_fhir(material: Material) -> str:
    """The bundle as JSON text, ending with a line feed."""
    return "".join(fhir_pieces(material))


def fhir_pieces(material: Material) -> Iterator[str]:
    """The same text in pieces: a line for each resource, since of years nobody holds all."""
    begin, end = _dumped({**_head(material), "entry": []}).split("[]", 1)
    between = "[\n"
    yield begin
    for resource in _resources(material):
        yield between + _dumped(_entry(resource))
        between = ",\n"
    yield "\n]" + end + "\n"


def _dumped(made: Resource) -> str:
    return json.dumps(made, ensure_ascii=False, allow_nan=False)


def bundle(material: Material) -> Resource:
    """The bundle as a JSON object."""
    return {**_head(material), "entry": [_entry(resource) for resource in _resources(material)]}


def _entry(resource: Resource) -> Resource:
    return {"fullUrl": f"urn:uuid:{resource['id']}", "resource": resource}


def _head(material: Material) -> Resource:
    """The bundle without its entries, which stand last."""
    made: Resource = {
        "resourceType": "Bundle",
        "id": _id(material, "bundle", material.made_at.isoformat(timespec="seconds")),
    }
    if material.generated:
        made["meta"] = {"security": [_TEST_DATA]}
    return made | {"type": "collection", "timestamp": material.made_at.isoformat(timespec="seconds")}


def _resources(material: Material) -> Iterator[Resource]:
    patient, device = _patient(material), _device(material)
    yield patient
    yield device
    for day in material.period.days:
        if Shortfall.NOTHING not in day.shortfall:
            yield from _day(material, day, patient, device)
    if material.diary_shared:
        yield from diary_observations(material.content.diary, _Maker(material, patient))
    yield {**codes.code_system(), "id": _id(material, "code-system")}


def _id(material: Material, *parts: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, "\n".join((material.person, *parts))))


class _Maker:
    """Makes the diary's resources without knowing the material: ids, subject, label."""

    def __init__(self, material: Material, patient: Resource) -> None:
        self._material = material
        self.subject = reference(patient)
        self.meta: Resource = {"meta": {"security": [_TEST_DATA]}} if material.generated else {}

    def id(self, *parts: str) -> str:
        """A lasting id from the person and these parts."""
        return _id(self._material, *parts)


def reference(resource: Resource) -> Resource:
    """A reference within the bundle."""
    return {"reference": f"urn:uuid:{resource['id']}"}


def quantity(value: float, unit: str, digits: int = 2) -> Resource:
    """A Quantity with a UCUM unit."""
    return {"value": rounded(value, digits), "unit": _UNITS[unit], "system": _UCUM, "code": unit}


def category(code: str) -> list[Resource]:
    """The Observation's category."""
    return [{"coding": [{"system": _CATEGORY, "code": code}]}]


def absent(text: str, code: str = "unknown") -> Resource:
    """Why there is no value."""
    return {"coding": [{"system": _ABSENT, "code": code}], "text": text}


def _patient(material: Material) -> Resource:
    return {
        "resourceType": "Patient",
        "id": _id(material, "patient"),
        "identifier": [{"system": codes.PERSON_SYSTEM, "value": material.person or "unnamed"}],
    }


def _device(material: Material) -> Resource:
    return {
        "resourceType": "Device",
        "id": _id(material, "device", material.version),
        "status": "active",
        "deviceName": [{"name": "posturewatch", "type": "user-friendly-name"}],
        "type": {"text": "Posture monitor, software (general wellness, not a medical device)"},
        "version": [{"value": material.version}],
        "note": [{"text": wording.footer()}],
    }


def _day(material: Material, day: DaySummary, patient: Resource, device: Resource) -> list[Resource]:
    """The panel of a day and its members."""
    frame = {
        "resourceType": "Observation",
        "meta": {"profile": [codes.profile()["url"]]},
        "status": "final",
        "category": category("activity"),
        "subject": reference(patient),
        "effectivePeriod": _period(material, day),
        "performer": [reference(patient)],
        "device": reference(device),
    }
    if material.generated:
        frame["meta"] = {"profile": [codes.profile()["url"]], "security": [_TEST_DATA]}

    def observe(code: str, method: str, **more: Any) -> Resource:
        made = {
            **frame,
            "id": _id(material, day.day.isoformat(), code),
            "code": codes.concept(code),
            "method": codes.concept(method),
            **more,
        }
        return _ordered(made)

    why = "" if day.usable else "Insufficient data: " + "; ".join(_WHY[reason] for reason in day.shortfall)
    if day.usable and not day.comparable:
        why = _UNTIED
    members = _members(day, why, observe)
    panel = observe("posture-day", "counted", hasMember=[reference(member) for member in members])
    return [panel, *members]


_UNTIED: Final = "Not tied: the zero of the baseline is not known on this day."

_WHY: Final = {
    Shortfall.NOTHING: "nothing recorded",
    Shortfall.MINUTES: "under 120 valid minutes",
    Shortfall.COVERAGE: "coverage under 50 %",
}


def _members(day: DaySummary, why: str, observe: Any) -> list[Resource]:
    """The numbers of a day. Of an insufficient day, and of one whose zero is not known, only how much was seen is
    given; the rest has its reason."""
    posture = day.posture
    camera, counted = "webcam-own-baseline", "counted"

    def value(number: float | None, unit: str, digits: int = 2) -> Resource:
        if why or number is None:
            return {"dataAbsentReason": absent(why or "No such time on this day.")}
        return {"valueQuantity": quantity(number, unit, digits)}

    median = observe("fht-median", camera, **value(posture.p50_in, "[in_i]"))
    if "valueQuantity" in median and posture.p50_in is not None:
        median["component"] = _components(posture.p50_in, posture.se_in)
    load = observe(
        "load-index",
        "rule-10-lb-per-inch",
        derivedFrom=[reference(median)],
        **value(posture.load.load_lb if posture.load else None, "[lbf_av]", 0),
    )
    if "valueQuantity" in load and posture.load is not None:
        error = quantity(posture.load.se_lb, "[lbf_av]", 0)
        load["component"] = [{"code": codes.concept("standard-error"), "valueQuantity": error}]
        load["note"] = [{"text": words.load_rule()}]
    bands = ("minutes-below-0.5in", "minutes-0.5-1in", "minutes-1-2in", "minutes-from-2in")
    # A usable day without a bout has a longest bout of no minutes: that is known, not absent.
    longest = 0.0 if day.bouts.count == 0 else day.bouts.longest_min
    members = [median, observe("fht-p90", camera, **value(posture.p90_in, "[in_i]")), load]
    members += [
        observe(code, camera, **value(minutes, "min", 0)) for code, minutes in zip(bands, posture.band_min, strict=True)
    ]
    members.append(observe("longest-bout", camera, **value(longest, "min", 0)))
    members.append(observe("valid-minutes", counted, valueQuantity=quantity(day.quality.valid_min, "min", 0)))
    coverage = day.quality.coverage
    seen = {"dataAbsentReason": absent("No time to cover.")}
    if coverage is not None:
        seen = {"valueQuantity": quantity(coverage * 100, "%", 0)}
    members.append(observe("coverage", counted, **seen))
    members.append(observe("breaks-taken", counted, valueInteger=day.breaks.taken))
    members.append(observe("breaks-natural", counted, valueInteger=day.breaks.natural))
    return members


def _components(value_in: float, se_in: float | None) -> list[Resource]:
    parts = [{"code": codes.concept("in-centimetres"), "valueQuantity": quantity(value_in * INCH_CM, "cm")}]
    if se_in is not None:
        parts.append({"code": codes.concept("standard-error"), "valueQuantity": quantity(se_in, "[in_i]")})
    return parts


def _period(material: Material, day: DaySummary) -> Resource:
    """From the first to the last sight of the person; where there is none, the recorded minutes."""
    if day.first_seen is not None and day.last_seen is not None:
        return {
            "start": day.first_seen.isoformat(timespec="seconds"),
            "end": day.last_seen.isoformat(timespec="seconds"),
        }
    minutes = material.content.minutes.of_days(day.day, day.day)
    return {
        "start": minutes.start(0).isoformat(timespec="seconds"),
        "end": (minutes.start(-1) + timedelta(minutes=1)).isoformat(timespec="seconds"),
    }


_ORDER: Final[Sequence[str]] = ("resourceType", "id", "meta", "status", "category", "code", "subject")


def _ordered(resource: Resource) -> Resource:
    """Keys in the order in which FHIR lists them first; easier to read, no meaning."""
    first = {key: resource[key] for key in _ORDER if key in resource}
    return first | {key: part for key, part in resource.items() if key not in first}
