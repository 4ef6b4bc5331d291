"""The place where the person sits, in the FHIR bundle: by profile, with method and error, judged by nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from posturewatch.core.history.summary.workstation import YAW_SE_DEG
from posturewatch.exchange.fhir.bundle import bundle
from posturewatch.exchange.fhir.choice import ClinicPatient, FhirChoice
from posturewatch.report.material import Material
from report.journals import DAY, HOSTILE, hours, report

PLACE = {"distance_cm": 70.0, "distance_se_cm": 7.0, "head_yaw_deg": -9.0, "head_roll_deg": 2.5, "brightness": 111.0}


def _at_a_place(profile: str = "desk", count: int = 4, begin: int = 9, **place: float) -> list[Any]:
    return [replace(row, **(place or PLACE)) for row in hours(count, begin=begin, profile=profile)]


def _observations(made: dict[str, Any], code: str) -> list[dict[str, Any]]:
    found = [entry["resource"] for entry in made["entry"] if entry["resource"]["resourceType"] == "Observation"]
    return [one for one in found if one["code"]["coding"][0]["code"] == code]


def _parts(observation: dict[str, Any]) -> dict[str, Any]:
    return {
        part["code"]["coding"][0]["code"]: part.get("valueString", part.get("valueQuantity", {}).get("value"))
        for part in observation["component"]
    }


def test_a_place_has_its_medians_with_method_and_error() -> None:
    """Distance, turn, tilt and light with their unit, error where it is known, and profile; what was not measured has
    its reason; the panel holds them all over the report's days."""
    made = bundle(report(_at_a_place(), first=DAY - timedelta(days=6)))
    (panel,) = _observations(made, "workstation")
    assert panel["effectivePeriod"] == {"start": "2026-11-14", "end": "2026-11-20"}
    assert _parts(panel) == {"calibration-profile": "desk"}
    (distance,) = _observations(made, "workstation-distance")
    assert (distance["valueQuantity"]["value"], distance["valueQuantity"]["code"]) == (70.0, "cm")
    told = {"standard-error": 7.0, "percentile-10": 70.0, "percentile-90": 70.0, "calibration-profile": "desk"}
    assert _parts(distance) == told
    assert distance["method"]["coding"][0]["code"] == "webcam-workstation"
    (turn,) = _observations(made, "workstation-head-turn")
    assert (turn["valueQuantity"]["value"], turn["valueQuantity"]["code"]) == (-9.0, "deg")
    assert _parts(turn)["standard-error"] == YAW_SE_DEG
    (tilt,) = _observations(made, "workstation-head-tilt")
    assert "standard-error" not in _parts(tilt)
    (height,) = _observations(made, "workstation-camera-height")
    assert "valueQuantity" not in height
    assert height["dataAbsentReason"]["text"] == "Not measured at this place."
    assert _observations(made, "workstation-light")[0]["valueQuantity"]["value"] == 111
    assert _observations(made, "workstation-minutes")[0]["valueQuantity"]["value"] == 240
    assert len(panel["hasMember"]) == 6


def test_each_profile_is_a_place_of_its_own(material: Material) -> None:
    """Desk and laptop are not averaged: a panel for each in the generated weeks, as in the page; a journal that never
    saw the place has none."""
    told = [_parts(panel)["calibration-profile"] for panel in _observations(bundle(material), "workstation")]
    assert told == [place.profile for place in material.period.workstations]
    assert len(told) > 1
    assert _observations(bundle(report(hours(4))), "workstation") == []


@pytest.mark.parametrize("profile", [HOSTILE, " ", "日本"])
@pytest.mark.parametrize("choice", [FhirChoice(), FhirChoice(ClinicPatient("urn:oid:2.999.1", "A"), transaction=True)])
def test_a_published_validator_accepts_places_of_any_name(profile: str, choice: FhirChoice) -> None:
    """fhir.resources reads both kinds of bundle; no empty list, no empty string."""
    models = pytest.importorskip("fhir.resources.R4B.bundle")
    made = bundle(report(_at_a_place(profile)), choice)
    models.Bundle.model_validate(made)
    assert len(_observations(made, "workstation")) == 1


def test_the_same_place_is_the_same_resource_twice() -> None:
    """Made again over the same days it keeps its ids; over other days it is another median, and another resource."""
    ids = [
        _observations(bundle(report(_at_a_place(), first=first)), "workstation-distance")[0]["id"]
        for first in (DAY, DAY, DAY - timedelta(days=7))
    ]
    assert ids[0] == ids[1] != ids[2]
