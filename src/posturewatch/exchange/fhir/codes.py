"""The code system and the observation profile that the FHIR bundle is written by: the package's ``fhir/*.json``.

Their addresses are URNs: the project owns no domain, and a URN is unique without promising a server behind it.
Displays are English in every language, because they are part of a code's definition.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

import posturewatch

PERSON_SYSTEM: Final = "urn:uuid:0c4f3f0e-93f3-4d0f-8a58-2b7d1d6f9c31"
"""System of the pseudonymous identifier of a person."""

RESOURCE_SYSTEM: Final = "urn:uuid:6a9f0e0c-6c1b-4c0a-9b5c-0d8b7a7f2c15"
"""System of the identifiers of all other resources: their ids, by which a server knows them again."""

PAIN: Final = "72514-3"
"""LOINC: Pain severity - 0-10 verbal numeric rating [Score] - Reported. The only LOINC code used here."""

PAIN_DISPLAY: Final = "Pain severity - 0-10 verbal numeric rating [Score] - Reported"


def code_system() -> dict[str, Any]:
    """The CodeSystem resource."""
    return _resource("CodeSystem-posturewatch")


def profile() -> dict[str, Any]:
    """The StructureDefinition that every posture Observation of a collection claims (differential)."""
    return _resource("StructureDefinition-posturewatch-observation")


def concept(code: str) -> dict[str, Any]:
    """A code of ours as a CodeableConcept with its display. Raises KeyError where the code system lacks it."""
    return {"coding": [{"system": code_system()["url"], "code": code, "display": _displays()[code]}]}


@cache
def _displays() -> dict[str, str]:
    return {one["code"]: one["display"] for one in code_system()["concept"]}


@cache
def _resource(name: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(
        (Path(posturewatch.__file__).parent / "fhir" / f"{name}.json").read_text(encoding="utf-8")
    )
    return body
