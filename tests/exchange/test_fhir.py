"""The FHIR bundle: valid to two validators, honest about what is missing, without a name in it."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

import posturewatch
from posturewatch.base.errors import UsageError
from posturewatch.base.records import DiaryEntry, Event, EventKind
from posturewatch.exchange.fhir import codes as fhir_codes
from posturewatch.exchange.fhir.bundle import bundle, fhir_lines
from posturewatch.exchange.fhir.choice import ClinicPatient, FhirChoice, clinic_patient
from posturewatch.report.material import Material
from report.journals import DAY, HOSTILE, at, diary, hours, nudge, report

NODE = Path(__file__).parents[1] / "report" / "node"
CLINIC = ClinicPatient("urn:oid:2.999.1", "A 17")


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
    assert all(len(panel["hasMember"]) == 20 for panel in panels)


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
    text = "".join(fhir_lines(material))
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
    for_clinic = json.loads("".join(fhir_lines(report(hours(4), [], diary()), FhirChoice(CLINIC, True, True))))
    assert models.Bundle.model_validate(for_clinic).type == "transaction"
    hostile = report(hours(4), [], diary(note=HOSTILE + "\x00\x07", medication=" ", trigger="\t"))
    models.Bundle.model_validate(json.loads("".join(fhir_lines(hostile))))


def test_the_load_index_goes_with_inches_error_and_rule() -> None:
    """The inches that it is made of come first, then its error and the head in the rule, which is named twice: no
    force."""
    made = bundle(report(hours(4, 0.8)))
    load = _coded(made, "load-index")[0]
    parts = [(part["code"]["coding"][0]["code"], part["valueQuantity"]["code"]) for part in load["component"]]
    assert parts == [("fht-median", "[in_i]"), ("standard-error", "[lbf_av]"), ("head-weight", "[lb_av]")]
    assert [part["valueQuantity"]["value"] for part in load["component"]] == [0.8, 3, 11]
    assert load["method"]["coding"][0]["code"] == "rule-10-lb-per-inch"
    assert "not a force" in load["method"]["text"]
    assert "not a force" in load["note"][0]["text"]
    codes = [one["code"]["coding"][0]["code"] for one in _resources(made)]
    assert codes.index("fht-median") < codes.index("load-index")


def test_what_was_reminded_of_is_counted() -> None:
    """Breaks due, taken, skipped and postponed, reminders shown, acted upon and held back: each as its count."""
    events = [
        Event(at(9, 30), EventKind.BREAK_DUE, "shown"),
        Event(at(9, 31), EventKind.BREAK_SKIPPED, "dismissed"),
        Event(at(10, 30), EventKind.BREAK_DUE, "shown"),
        Event(at(10, 31), EventKind.BREAK_TAKEN, "taken", "", 5.0),
        nudge(at(11), "shown"),
        nudge(at(11, 1), "acted"),
        nudge(at(12), "muted"),
    ]
    made = bundle(report(hours(4), events))
    said = {code: _coded(made, code)[0]["valueInteger"] for code in ("breaks-due", "breaks-skipped", "breaks-taken")}
    assert said == {"breaks-due": 2, "breaks-skipped": 1, "breaks-taken": 1}
    shown = {code: _coded(made, code)[0]["valueInteger"] for code in ("nudges-shown", "nudges-acted", "nudges-muted")}
    assert shown == {"nudges-shown": 1, "nudges-acted": 1, "nudges-muted": 1}


def test_weeks_and_calibrations_are_told(material: Material) -> None:
    """Each week of the report has its median with its error, and the days that it rests on; each calibration how well
    it repeats itself. A report of one day has no weeks."""
    made = bundle(material)
    weeks = [week for week in material.period.weeks if week.usable_days or week.answered_days]
    medians = _coded(made, "week-fht-median")
    assert len(_coded(made, "posture-week")) == len(medians) == len(weeks) > 8
    for week, median in zip(weeks, medians, strict=True):
        if week.median_in is None:
            assert "dataAbsentReason" in median
        else:
            assert median["valueQuantity"]["value"] == pytest.approx(week.median_in, abs=0.005)
            assert "standard-error" in [part["code"]["coding"][0]["code"] for part in median["component"]]
    assert medians[1]["effectivePeriod"]["start"] == weeks[1].monday.isoformat()
    made_on = {one["effectiveDateTime"] for one in _coded(made, "calibration")}
    assert made_on == {note.at.isoformat(timespec="seconds") for note in material.period.calibrations}
    assert _coded(bundle(report(hours(4))), "posture-week") == []


def test_the_profile_that_is_claimed_is_inside() -> None:
    """A collection holds the code system and the profile by which it is written; a transaction holds and claims
    neither."""
    made = bundle(report(hours(4)))
    claimed = {url for one in _resources(made) for url in one.get("meta", {}).get("profile", [])}
    assert claimed == {_resources(made, "StructureDefinition")[0]["url"]}
    assert _resources(made, "CodeSystem")[0]["url"] == fhir_codes.code_system()["url"]
    given = bundle(report(hours(4)), FhirChoice(CLINIC, True))
    assert not any("profile" in one.get("meta", {}) for one in _resources(given))
    assert {entry["resource"]["resourceType"] for entry in given["entry"]} == {"Device", "Observation"}


def test_a_transaction_is_for_one_patient_of_the_clinic() -> None:
    """Each resource is put where its identifier is found, of the one patient whom the clinic's identifier finds."""
    made = bundle(report(hours(4), [], diary()), FhirChoice(CLINIC, True))
    assert made["type"] == "transaction"
    for entry in made["entry"]:
        resource = entry["resource"]
        number = resource["identifier"][0]["value"]
        assert entry["request"]["method"] == "PUT"
        assert entry["request"]["url"].endswith(f"%7C{number}")
        assert entry["fullUrl"] == f"urn:uuid:{number}"
        assert "id" not in resource
    assert {one["subject"]["reference"] for one in _resources(made)} == {
        "Patient?identifier=urn%3Aoid%3A2.999.1%7CA%2017"
    }
    collected = _resources(bundle(report(hours(4)), FhirChoice(CLINIC)), "Patient")[0]["identifier"]
    assert collected[1] == {"system": "urn:oid:2.999.1", "value": "A 17"}


def test_the_pdf_is_a_document_by_choice() -> None:
    """Whole, with its size and the hash that R4 asks for; not there unless it was asked for."""
    document = _resources(bundle(report(hours(4)), FhirChoice(pdf=True)), "DocumentReference")[0]
    attachment = document["content"][0]["attachment"]
    pdf = base64.b64decode(attachment["data"])
    assert pdf.startswith(b"%PDF")
    assert attachment["size"] == len(pdf)
    assert base64.b64decode(attachment["hash"]) == hashlib.sha1(pdf, usedforsecurity=False).digest()
    assert _resources(bundle(report(hours(4))), "DocumentReference") == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A17",
        "|A17",
        "urn:oid:1|",
        "no address|A17",
        "urn:oid:1|A|17",
        "urn:oid:1|A,17",
        "urn:x|\x1b[2J",
        "u:1|" + "9" * 300,
    ],
)
def test_what_is_no_identifier_is_refused(text: str) -> None:
    """Before anything is written, and with an example of what is wanted."""
    with pytest.raises(UsageError):
        clinic_patient(text)


@pytest.mark.parametrize("text", ["urn:oid:2.999.1|A 17", "https://clinic.example/ids|0815", "urn:oid:1|Ä-ß/2"])
def test_what_is_an_identifier_is_taken(text: str) -> None:
    """Addresses of several kinds, and numbers with signs of other languages."""
    known = clinic_patient(text)
    assert f"{known.system}|{known.value}" == text


@pytest.mark.desktop
def test_a_second_validator_accepts_the_bundle_and_the_profile(material: Material, tmp_path: Path) -> None:
    """Medplum's validator, with HL7's own R4 definitions and invariants, accepts every resource and our profile."""
    _need_node()
    path = tmp_path / "bundle.json"
    for choice in (None, FhirChoice(CLINIC, True, True), FhirChoice(CLINIC, pdf=True)):
        path.write_text("".join(fhir_lines(material, choice)), encoding="utf-8")
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


@contextmanager
def _server(mode: str = "") -> Iterator[Callable[..., dict[str, Any]]]:
    """Medplum's router at a port; what is called asks it: method, path, body, and the status that is expected."""
    _need_node()
    command = [shutil.which("node") or "node", str(NODE / "server.mjs"), *([mode] if mode else [])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8") as running:
        assert running.stdin is not None
        assert running.stdout is not None
        port = json.loads(running.stdout.readline())["port"]

        def ask(method: str, path: str, body: Any = None, status: int = 200) -> dict[str, Any]:
            connection = HTTPConnection("127.0.0.1", port, timeout=100)
            connection.request(method, path, None if body is None else json.dumps(body))
            answer = connection.getresponse()
            said: dict[str, Any] = json.loads(answer.read())
            assert answer.status == status, said
            return said

        yield ask
        running.stdin.close()


def _somebody(ask: Callable[..., dict[str, Any]], name: str = "Ann") -> str:
    """A patient of the clinic; their reference there."""
    known = [{"system": CLINIC.system, "value": CLINIC.value}]
    body = {"resourceType": "Patient", "name": [{"family": name}], "identifier": known}
    return f"Patient/{ask('POST', '/Patient', body, 201)['id']}"


def _stored(ask: Callable[..., dict[str, Any]], kind: str = "Observation") -> list[dict[str, Any]]:
    return [entry["resource"] for entry in ask("GET", f"/{kind}?_count=1000").get("entry", [])]


@pytest.mark.desktop
def test_a_server_takes_the_transaction_once_however_often_it_is_given() -> None:
    """Medplum's router stores each resource under the clinic's patient; given again, all are updated and none doubled;
    a day that has grown since replaces what was there."""
    first = DAY - timedelta(days=3)
    rows = [*hours(4, 0.8, first), *hours(3)]
    given = bundle(report(rows, [], diary(), first=first), FhirChoice(CLINIC, True, True))
    later = bundle(report([*rows, *hours(2, 2.5, begin=13)], [], diary(), first=first), FhirChoice(CLINIC, True, True))
    with _server() as ask:
        patient = _somebody(ask)
        answer = ask("POST", "/", given)
        assert {entry["response"]["status"] for entry in answer["entry"]} <= {"200", "201"}
        stored = _stored(ask)
        assert len(stored) == sum(entry["resource"]["resourceType"] == "Observation" for entry in given["entry"])
        assert {one["subject"]["reference"] for one in stored} == {patient}
        here = {f"Observation/{one['id']}" for one in stored}
        panels = [one for one in stored if one["code"]["coding"][0]["code"] == "posture-day"]
        assert all(member["reference"] in here for panel in panels for member in panel["hasMember"])
        pdf = _stored(ask, "DocumentReference")[0]["content"][0]["attachment"]
        assert base64.b64decode(pdf["data"]).startswith(b"%PDF")
        for again, median in ((given, 0.8), (later, 0.8)):
            answer = ask("POST", "/", again)
            assert {entry["response"]["status"] for entry in answer["entry"]} == {"200"}
            assert len(_stored(ask)) == len(stored)
            assert len(_stored(ask, "Device")) == len(_stored(ask, "DocumentReference")) == 1
            found = [one for one in _stored(ask) if one["code"]["coding"][0]["code"] == "fht-median"]
            assert {one["valueQuantity"]["value"] for one in found} == {median}
        valid = [one for one in _stored(ask) if one["code"]["coding"][0]["code"] == "valid-minutes"]
        assert sorted(one["valueQuantity"]["value"] for one in valid) == [240, 300]


@pytest.mark.desktop
def test_a_patient_whom_the_clinic_does_not_know_gets_nothing() -> None:
    """No such patient, or two: the server refuses the whole, and nothing of it is stored."""
    given = bundle(report([], [], diary()), FhirChoice(CLINIC, True))  # small: a strict transaction of Medplum is
    with _server("strict") as ask:
        assert "found 0" in json.dumps(ask("POST", "/", given, 400))
        assert _stored(ask) == _stored(ask, "Device") == []
        patient = _somebody(ask)
        ask("POST", "/", given)
        assert {one["subject"]["reference"] for one in _stored(ask)} == {patient}
        before = _stored(ask)
        _somebody(ask, "Bob")
        assert "found 2" in json.dumps(ask("POST", "/", given, 400))
        assert _stored(ask) == before
        large = bundle(report(hours(4)), FhirChoice(CLINIC, True))
        assert "too many entries" in json.dumps(ask("POST", "/", large, 400))  # what docs/fhir.md says of Medplum


def _need_node() -> None:
    if shutil.which("node") and (NODE / "node_modules" / "@medplum" / "fhir-router").exists():
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
        encoding="utf-8",
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
