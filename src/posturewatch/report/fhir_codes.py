"""The local code system and the observation profile, as FHIR R4 resources.

The same two resources stand in ``fhir/`` at the root of the repository (a test holds them equal). Their
addresses are URNs: the project owns no domain, and a URN is unique without promising a server behind it.
Displays are English in every language, because they are part of a code's definition.
"""

from __future__ import annotations

from typing import Any, Final

CODE_SYSTEM: Final = "urn:uuid:5d1f0a5e-3c0b-4c7e-9a52-6a7c2f6f1e10"
PROFILE: Final = "urn:uuid:8b7d9c42-51c6-4be4-a0d9-1f0e6c9d2a77"
PERSON_SYSTEM: Final = "urn:uuid:0c4f3f0e-93f3-4d0f-8a58-2b7d1d6f9c31"
"""System of the pseudonymous identifier of a person."""

VERSION: Final = "1.0.0"

PAIN: Final = "72514-3"
"""LOINC: Pain severity - 0-10 verbal numeric rating [Score] - Reported. The only LOINC code used here."""

PAIN_DISPLAY: Final = "Pain severity - 0-10 verbal numeric rating [Score] - Reported"

CONCEPTS: Final[tuple[tuple[str, str, str], ...]] = (
    (
        "posture-day",
        "Posture of one day",
        "All that posturewatch recorded on one local calendar day. Its members carry the numbers.",
    ),
    (
        "fht-median",
        "Forward head distance, median of the day",
        (
            "Time-weighted median over the valid minutes of the day of the estimated forward head translation: how far "
            "the midpoint of the ears lies forward of the trunk, along the trunk's forward axis, against the same "
            "person's own calibrated upright seated posture. Positive is forward. An estimate from a webcam."
        ),
    ),
    (
        "fht-p90",
        "Forward head distance, 90th percentile of the day",
        "As fht-median; a tenth of the valid time lies further forward, the spread within minutes included.",
    ),
    (
        "load-index",
        "Rule-of-thumb load index at the median distance",
        "Head weight plus 10 pounds for each inch of forward head distance: a teaching rule, not a measured force.",
    ),
    ("minutes-below-0.5in", "Valid time below 0.5 in", "Minutes of the day with a distance below 0.5 inch."),
    ("minutes-0.5-1in", "Valid time from 0.5 to 1 in", "Minutes of the day with a distance from 0.5 to 1 inch."),
    ("minutes-1-2in", "Valid time from 1 to 2 in", "Minutes of the day with a distance from 1 to 2 inches."),
    ("minutes-from-2in", "Valid time from 2 in on", "Minutes of the day with a distance of 2 inches or more."),
    (
        "longest-bout",
        "Longest time in a row at 1 in or more",
        "Longest run of minutes of the day whose median distance was 1 inch or more.",
    ),
    ("valid-minutes", "Valid time", "Minutes of the day for which there was a reliable estimate."),
    (
        "coverage",
        "Coverage",
        "Valid time as a share of the time in which the person was, or may have been, at the desk.",
    ),
    ("breaks-taken", "Breaks taken", "Break reminders of the day that were followed by a break."),
    ("breaks-natural", "Natural breaks", "Absences of the day that were long enough to count as a break."),
    ("standard-error", "Standard error", "One standard error of the value that it belongs to."),
    ("in-centimetres", "Value in centimetres", "The same value in centimetres."),
    (
        "headache-reported",
        "Headache reported",
        "What the person's own diary says: true for a headache, false for a day noted as without one.",
    ),
    ("headache-duration", "Duration of the headache", "Minutes, as reported."),
    ("headache-side", "Side of the headache", "left, right or both, as reported."),
    ("headache-medication", "Medication taken", "As written by the person."),
    ("headache-trigger", "Suspected trigger", "As written by the person."),
    ("written-later", "Written on a later day", "True where the entry was not written on the day it is about."),
    ("score-ndi", "Neck Disability Index, total", "Total as entered by the person."),
    ("score-hit-6", "HIT-6, total", "Total as entered by the person."),
    (
        "webcam-own-baseline",
        "Webcam estimate against own baseline",
        (
            "Landmarks of pose and face networks on webcam pictures, against a calibration of the same person sitting "
            "upright. Pictures are not kept."
        ),
    ),
    (
        "rule-10-lb-per-inch",
        "10 lb per inch rule",
        "Head weight plus 10 lb for each inch forward; below 0 counts as 0.",
    ),
    ("counted", "Counted by the program", "Time and events counted by posturewatch."),
)

DISPLAY: Final = {code: display for code, display, _definition in CONCEPTS}


def code_system() -> dict[str, Any]:
    """The CodeSystem resource."""
    return {
        "resourceType": "CodeSystem",
        "id": "posturewatch",
        "url": CODE_SYSTEM,
        "version": VERSION,
        "name": "Posturewatch",
        "title": "Codes of posturewatch",
        "status": "active",
        "experimental": False,
        "date": "2026-11-22",
        "publisher": "The posturewatch authors",
        "description": "What posturewatch, a general wellness tool and not a medical device, writes of a day.",
        "caseSensitive": True,
        "content": "complete",
        "count": len(CONCEPTS),
        "concept": [
            {"code": code, "display": display, "definition": definition} for code, display, definition in CONCEPTS
        ],
    }


def profile() -> dict[str, Any]:
    """The StructureDefinition that every posture Observation claims (differential)."""

    def element(path: str, **rules: Any) -> dict[str, Any]:
        return {"id": f"Observation{path}", "path": f"Observation{path}", **rules}

    return {
        "resourceType": "StructureDefinition",
        "id": "posturewatch-observation",
        "url": PROFILE,
        "version": VERSION,
        "name": "PosturewatchObservation",
        "title": "Posture observation of one day",
        "status": "active",
        "experimental": False,
        "date": "2026-11-22",
        "publisher": "The posturewatch authors",
        "description": "One number of one local day, or the panel that holds a day's numbers together.",
        "fhirVersion": "4.0.1",
        "kind": "resource",
        "abstract": False,
        "type": "Observation",
        "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Observation",
        "derivation": "constraint",
        "differential": {
            "element": [
                element("", constraint=[_NUMBER_OR_REASON]),
                element(".status", patternCode="final"),
                element(".category", min=1),
                element(".code.coding", min=1, max="1"),
                element(".code.coding.system", min=1, fixedUri=CODE_SYSTEM),
                element(".subject", min=1),
                element(".effective[x]", min=1, type=[{"code": "Period"}]),
                element(".performer", min=1),
                element(".method", min=1),
                element(".device", min=1),
            ]
        },
    }


_NUMBER_OR_REASON: Final = {
    "key": "pw-1",
    "severity": "error",
    "human": "A number, a reason why there is none, or members.",
    "expression": "value.exists() or dataAbsentReason.exists() or hasMember.exists()",
}
