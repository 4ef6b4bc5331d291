"""The days as a FHIR R4 Bundle, of one of two kinds. See docs/fhir.md.

A ``collection`` is a set of resources handed over together, with the code system and the profile that they are written
by; nobody is asked to do anything with it. A ``transaction`` is for a clinic's server, given with the identifier under
which the clinic keeps the person: each resource is created, or updated where the server has it already, and the
subject is a search that must find exactly one patient; where it does not, the server refuses the whole. It carries
neither code system nor profile, which few servers take, and so claims none.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

from posturewatch.base import wording
from posturewatch.exchange.fhir import codes
from posturewatch.exchange.fhir.checks import check_observations
from posturewatch.exchange.fhir.choice import FhirChoice
from posturewatch.exchange.fhir.diary import diary_observations
from posturewatch.exchange.fhir.measured import Frame, measured
from posturewatch.exchange.fhir.parts import TEST_DATA, Resource, id_of, identified, reference
from posturewatch.exchange.fhir.plan import care_plan
from posturewatch.report.material import Material

LAST_LINE: Final = "]}"


def fhir_lines(material: Material, choice: FhirChoice | None = None) -> Iterator[str]:
    """The bundle as JSON text, a resource a line, its head before and the closing brackets after: of years nobody holds
    all, and a line can be read alone."""
    line, comma = _dumped({**_head(material, choice), "entry": []}).removesuffix(LAST_LINE), ""
    for entry in _entries(material, choice):
        yield f"{line}{comma}\n"
        line, comma = _dumped(entry), ","
    yield f"{line}\n"
    yield f"{LAST_LINE}\n"


def bundle(material: Material, choice: FhirChoice | None = None) -> Resource:
    """The bundle as a JSON object."""
    return {**_head(material, choice), "entry": list(_entries(material, choice))}


def _entries(material: Material, choice: FhirChoice | None = None) -> Iterator[Resource]:
    """The bundle's entries, one after the other."""
    wish = choice or FhirChoice()
    return (_entry(resource, wish) for resource in _resources(material, wish))


_dumped: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
"""Made once: ``json.dumps`` would make an encoder anew for each resource."""


def _entry(resource: Resource, choice: FhirChoice) -> Resource:
    number = f"urn:uuid:{resource['id']}"
    if not choice.transaction:
        return {"fullUrl": number, "resource": resource}
    # The server gives ids of its own; by the identifier it finds what it has, so that nothing is there twice.
    kind, known = resource["resourceType"], resource["identifier"][0]
    url = f"{kind}?identifier={_token(known['system'], known['value'])}"
    without_id = {key: part for key, part in resource.items() if key != "id"}
    return {"fullUrl": number, "resource": without_id, "request": {"method": "PUT", "url": url}}


def _token(system: str, value: str) -> str:
    """An identifier as a search in a URL names it."""
    return f"{quote(system, safe='')}%7C{quote(value, safe='')}"


def _head(material: Material, choice: FhirChoice | None = None) -> Resource:
    """The bundle without its entries, which stand last."""
    made: Resource = {
        "resourceType": "Bundle",
        "id": id_of(material, "bundle", material.made_at.isoformat(timespec="seconds")),
    }
    if material.generated:
        made["meta"] = {"security": [TEST_DATA]}
    kind = "transaction" if choice is not None and choice.transaction else "collection"
    return made | {"type": kind, "timestamp": material.made_at.isoformat(timespec="seconds")}


def _resources(material: Material, choice: FhirChoice) -> Iterator[Resource]:
    patient, device = _patient(material, choice), identified(_device(material))
    subject = _subject(patient, choice)
    if not choice.transaction:
        yield patient
    yield device
    frame = Frame(material, subject, reference(device), _meta(material, profile=not choice.transaction))
    yield from measured(frame)
    if material.plan is not None:
        yield identified(care_plan(material, material.plan, subject))
    if material.diary_shared:
        maker = _Maker(material, subject, _meta(material, profile=False))
        yield from map(identified, diary_observations(material.content.diary, maker))
    checked = check_observations(
        material.content.checks, _Maker(material, subject, _meta(material, profile=False)), device
    )
    yield from map(identified, checked)
    if choice.pdf:
        yield identified(_document(material, subject, device))
    if not choice.transaction:
        for definition in (codes.code_system(), codes.profile()):
            yield {**definition, "id": id_of(material, definition["resourceType"])}


def _meta(material: Material, *, profile: bool) -> Resource:
    """The element ``meta`` of an Observation; nothing where it would be empty."""
    made: Resource = {"profile": [codes.profile()["url"]]} if profile else {}
    if material.generated:
        made["security"] = [TEST_DATA]
    return {"meta": made} if made else {}


class _Maker:
    """Makes the diary's resources without knowing the material: ids, subject, label."""

    def __init__(self, material: Material, subject: Resource, meta: Resource) -> None:
        self._material = material
        self.subject = subject
        self.meta = meta

    def id(self, *parts: str) -> str:
        """A lasting id from the person and these parts."""
        return id_of(self._material, *parts)


def _patient(material: Material, choice: FhirChoice) -> Resource:
    known = [{"system": codes.PERSON_SYSTEM, "value": material.person or "unnamed"}]
    if choice.patient is not None:
        known.append({"system": choice.patient.system, "value": choice.patient.value})
    return {"resourceType": "Patient", "id": id_of(material, "patient"), "identifier": known}


def _subject(patient: Resource, choice: FhirChoice) -> Resource:
    """A reference to the person: in the bundle, or by what the clinic knows them (R4, conditional reference)."""
    if not choice.transaction or choice.patient is None:
        return reference(patient)
    search = f"Patient?identifier={_token(choice.patient.system, choice.patient.value)}"
    return {"reference": search, "type": "Patient", "identifier": patient["identifier"][1]}


def _device(material: Material) -> Resource:
    return {
        "resourceType": "Device",
        "id": id_of(material, "device", material.version),
        "status": "active",
        "deviceName": [{"name": "posturewatch", "type": "user-friendly-name"}],
        "type": {"text": "Posture monitor, software (general wellness, not a medical device)"},
        "version": [{"value": material.version}],
        "note": [{"text": wording.footer()}],
    }


def _document(material: Material, subject: Resource, device: Resource) -> Resource:
    """The report's PDF, whole: base64 with its length, and the hash that R4 asks for (SHA-1)."""
    from posturewatch.report.pdf.document import render_pdf

    pdf = render_pdf(material)
    first, last = material.period.first.isoformat(), material.period.last.isoformat()
    made_at = material.made_at.isoformat(timespec="seconds")
    attachment: dict[str, Any] = {
        "contentType": "application/pdf",
        "data": base64.b64encode(pdf).decode(),
        "size": len(pdf),
        "hash": base64.b64encode(hashlib.sha1(pdf, usedforsecurity=False).digest()).decode(),
        "title": f"posturewatch {first} – {last}",
        "creation": made_at,
    }
    made: Resource = {
        "resourceType": "DocumentReference",
        "id": id_of(material, "report", first, last),
        **_meta(material, profile=False),
        "status": "current",
        "type": codes.concept("posture-report"),
        "subject": subject,
        "date": made_at,
        "author": [reference(device)],
        "description": "Report of posturewatch, a general wellness tool and not a medical device.",
        "content": [{"attachment": attachment}],
        "context": {"period": {"start": first, "end": last}},
    }
    return made
