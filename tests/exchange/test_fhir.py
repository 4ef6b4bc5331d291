"""The FHIR bundle: valid to two validators, honest about what is missing, without a name in it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import posturewatch
from posturewatch.base.records import DiaryEntry, Event, EventKind
from posturewatch.exchange.fhir import codes as fhir_codes
from posturewatch.exchange.fhir.bundle import bundle, render_fhir
from posturewatch.report.material import Material
from report.journals import DAY, HOSTILE, at, diary, hours, report

NODE = Path(__file__).parents[1] / "report" / "node"


def _resources(made: dict[str, Any], kind: str = "Observation") -> list[dict[str, Any]]:
    return [entry["resource"] for entry in made["entry"] if entry["resource"]["resourceType"] == kind]


def _coded(made: dict[str, Any], code: str) -> list[dict[str, Any]]:
    return [one for one in _resources(made) if one["code"]["coding"][0]["code"] == code]


def test_a_usable_day_has_its_numbers() -> None:
    """Four hours at 0.8 in: median with its error and in centimetres, load from it, minutes by band."""
    made = bundle(report(hours(4, 0.8)))
    median = _coded(made, "fht-median")[0]
    assert median["valueQuantity"] == {
        "value": 0.8,
        "unit": "in",
        "system": "http://unitsofmeasure.org",
        "code": "[in_i]",
    }
    assert [part["valueQuantity"]["code"] for part in median["component"]] == ["cm", "[in_i]"]
    assert median["component"][0]["valueQuantity"]["value"] == 2.03
    load = _coded(made, "load-index")[0]
    assert load["derivedFrom"] == [{"reference": f"urn:uuid:{median['id']}"}]
    assert load["valueQuantity"]["code"] == "[lbf_av]"
    assert load["valueQuantity"]["value"] == 19
    assert _coded(made, "minutes-0.5-1in")[0]["valueQuantity"]["value"] == 240
    assert _coded(made, "longest-bout")[0]["valueQuantity"]["value"] == 0
    assert median["effectivePeriod"] == {"start": "2026-11-20T09:00:00+01:00", "end": "2026-11-20T13:00:00+01:00"}


def test_an_insufficient_day_gives_reasons_and_no_numbers() -> None:
    """One hour: how much was seen is told, every number of posture has its reason instead."""
    made = bundle(report(hours(1, 3.0)))
    for code in ("fht-median", "fht-p90", "load-index", "minutes-from-2in", "longest-bout"):
        found = _coded(made, code)[0]
        assert "valueQuantity" not in found
        assert found["dataAbsentReason"]["coding"][0]["code"] == "unknown"
        assert "under 120 valid minutes" in found["dataAbsentReason"]["text"]
    assert _coded(made, "valid-minutes")[0]["valueQuantity"]["value"] == 60


def test_an_untied_day_gives_reasons_and_no_numbers() -> None:
    """Eight hours in clothes that nobody tied: a receiver that averages what has a value leaves them out."""
    made = bundle(report([replace(row, tied=False) for row in hours(8, 1.5)]))
    for code in ("fht-median", "fht-p90", "load-index", "minutes-from-2in", "longest-bout"):
        found = _coded(made, code)[0]
        assert "valueQuantity" not in found
        assert "Not tied" in found["dataAbsentReason"]["text"]
    assert _coded(made, "valid-minutes")[0]["valueQuantity"]["value"] == 480


def test_a_day_without_anything_is_not_there() -> None:
    """No panel is made for a day on which nothing was recorded."""
    made = bundle(report(hours(4), first=DAY - timedelta(days=3)))
    assert len(_coded(made, "posture-day")) == 1


def test_every_reference_is_in_the_bundle(material: Material) -> None:
    """hasMember, derivedFrom, subject, device and performer all lead to an entry, and no id comes twice."""
    made = bundle(material)
    full = [entry["fullUrl"] for entry in made["entry"]]
    assert len(set(full)) == len(full)
    text = json.dumps(made)
    wanted = {part.split('"')[0] for part in text.split('"reference": "')[1:]}
    assert wanted <= set(full)
    panels = _coded(made, "posture-day")
    assert all(len(panel["hasMember"]) == 12 for panel in panels)


def test_the_diary_keeps_what_was_said() -> None:
    """A headache has its pain under LOINC, its words, its length, and when it was written; silence gives nothing."""
    late = DiaryEntry(at(20, 0, DAY - timedelta(days=1)), at(9), "none")
    made = bundle(report(hours(4), [], [*diary(note="behind the eye"), late], first=DAY - timedelta(days=1)))
    headache, clear = sorted(_coded(made, "headache-reported"), key=lambda one: not one["valueBoolean"])
    assert headache["note"] == [{"text": "behind the eye"}]
    assert headache["effectivePeriod"]["end"] == "2026-11-20T16:00:00+01:00"
    pain = _coded(made, fhir_codes.PAIN)[0]
    assert pain["valueInteger"] == 6
    assert pain["code"]["coding"][0]["system"] == "http://loinc.org"
    assert headache["hasMember"] == [{"reference": f"urn:uuid:{pain['id']}"}]
    assert clear["valueBoolean"] is False
    assert clear["component"][0]["code"]["coding"][0]["code"] == "written-later"
    assert clear["issued"] == "2026-11-20T09:00:00+01:00"


def test_no_other_loinc_code_is_borrowed(material: Material) -> None:
    """Pain 0–10 is the only one."""
    codes = {
        coding["code"]
        for one in _resources(bundle(material))
        for coding in one["code"]["coding"]
        if coding["system"] == "http://loinc.org"
    }
    assert codes == {"72514-3"}


def test_the_patient_is_a_pseudonym() -> None:
    """The report's name does not enter the bundle."""
    made = bundle(report(hours(4), name="Ann Example"))
    assert "Ann" not in json.dumps(made)
    assert _resources(made, "Patient")[0]["identifier"][0]["value"] == "b0f7"


def test_the_same_day_is_the_same_resource_twice() -> None:
    """Exported again with a longer period, a day keeps its ids."""
    one = bundle(report(hours(4)))
    other = bundle(report(hours(4), first=DAY - timedelta(days=7)))
    assert _coded(one, "fht-median")[0]["id"] == _coded(other, "fht-median")[0]["id"]


def test_the_same_diary_entry_is_the_same_resource_twice() -> None:
    """Shared again with more entries before it, an entry keeps its id; two alike are still two."""
    earlier = diary(DAY - timedelta(days=2))
    one = bundle(report(hours(4), [], diary()))
    other = bundle(report(hours(4), [], [*earlier, *diary(), *diary()], first=DAY - timedelta(days=7)))
    ids = [entry["id"] for entry in _coded(other, fhir_codes.PAIN)]
    assert len(set(ids)) == 3
    assert _coded(one, fhir_codes.PAIN)[0]["id"] in ids


def test_a_generated_journal_is_labelled_throughout() -> None:
    """The bundle and every Observation in it, those of the diary too, carry HL7's label for test data."""
    made = bundle(report(hours(4), [Event(at(8), EventKind.JOURNAL, "generated", "")], diary()))
    labelled = [one["meta"]["security"][0]["code"] for one in [made, *_resources(made)]]
    assert set(labelled) == {"HTEST"}


def test_every_code_used_is_defined(material: Material) -> None:
    """No local code is written that the code system does not define."""
    text = render_fhir(material)
    defined = {one["code"] for one in fhir_codes.code_system()["concept"]}
    assert len(defined) == fhir_codes.code_system()["count"]
    parts = text.split(f'"system": "{fhir_codes.code_system()["url"]}"')[1:]
    used = {part.split('"code": "')[1].split('"')[0] for part in parts}
    assert used <= defined


def test_a_published_validator_accepts_the_bundle(material: Material) -> None:
    """fhir.resources (R4B, whose Observation, Patient, Device and Bundle are those of R4) reads it whole."""
    models = pytest.importorskip("fhir.resources.R4B.bundle")
    made = models.Bundle.model_validate(bundle(material))
    assert len(made.entry) > 500
    hostile = report(hours(4), [], diary(note=HOSTILE + "\x00\x07", medication=" ", trigger="\t"))
    models.Bundle.model_validate(json.loads(render_fhir(hostile)))


@pytest.mark.desktop
def test_a_second_validator_accepts_the_bundle_and_the_profile(material: Material, tmp_path: Path) -> None:
    """Medplum's validator, with HL7's own R4 definitions and invariants, accepts every resource and our profile."""
    _need_node()
    path = tmp_path / "bundle.json"
    path.write_text(render_fhir(material), encoding="utf-8")
    said = _validate(path)
    assert said["problems"] == []
    assert said["checked"] > 1000


@pytest.mark.desktop
@pytest.mark.parametrize("spoil", ["effectivePeriod", "hasMember"])
def test_the_second_validator_sees_what_is_wrong(spoil: str, tmp_path: Path) -> None:
    """A panel without one of what the profile asks for is refused: the check can fail."""
    _need_node()
    made = bundle(report(hours(4)))
    del _coded(made, "posture-day")[0][spoil]
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps(made), encoding="utf-8")
    assert _validate(path)["count"] == 1


def _need_node() -> None:
    if shutil.which("node") and (NODE / "node_modules" / "@medplum" / "core").exists():
        return
    if os.environ.get("CI_DESKTOP") == "1":
        pytest.fail("node or tests/report/node/node_modules is missing (npm install --prefix tests/report/node)")
    pytest.skip("needs node and npm install --prefix tests/report/node")


def _validate(path: Path) -> dict[str, Any]:
    fhir = Path(posturewatch.__file__).parent / "fhir"
    done = subprocess.run(
        [
            shutil.which("node") or "node",
            str(NODE / "validate.mjs"),
            str(path),
            str(fhir / "CodeSystem-posturewatch.json"),
            str(fhir / "StructureDefinition-posturewatch-observation.json"),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def test_a_movement_check_has_its_values_with_method_and_error(material: Material) -> None:
    """A panel for each check and a member for each result: value, unit, error, method; a reason where there is none."""
    made = bundle(material)
    assert len(_coded(made, "movement-check")) == 2
    turned = _coded(made, "check-turn-left")[0]
    assert turned["valueQuantity"] == {
        "value": 33.0,
        "unit": "deg",
        "system": "http://unitsofmeasure.org",
        "code": "deg",
    }
    assert turned["method"]["coding"][0]["code"] == "webcam-movement-check"
    parts = {part["code"]["coding"][0]["code"]: part for part in turned["component"]}
    assert parts["standard-error"]["valueQuantity"]["value"] == 3.5
    assert parts["headache-by-movement"]["valueString"] == "no"
    beyond = {part["code"]["coding"][0]["code"] for part in _coded(made, "check-look-down")[0]["component"]}
    assert "at-least" in beyond
    for code in ("check-look-up", "check-return-left", "check-return-right"):
        assert "valueQuantity" not in _coded(made, code)[0]
        assert _coded(made, code)[0]["dataAbsentReason"]["text"]
    inches = _coded(made, "check-chin-in")[0]
    assert inches["valueQuantity"]["code"] == "[in_i]"
