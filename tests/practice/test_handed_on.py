"""What leaves the practice: counts without persons, a table without persons, FHIR; and the log of who opened what."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from posturewatch.base.errors import DataError
from posturewatch.exchange.fhir.bundle import bundle
from posturewatch.practice import audit
from posturewatch.practice.deidentified import deidentified
from posturewatch.practice.groups import SIZE, release, withheld
from posturewatch.practice.intake import take_inbox
from posturewatch.practice.lake import Lake, open_lake
from posturewatch.practice.ndjson import write_ndjson
from posturewatch.practice.one_patient import material_of
from posturewatch.practice.register import Register

from .conftest import no_passphrase
from .shared_files import LAST, journal, share, with_note

NOW = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Twelve patients with a week each and a word in their diary."""
    place = tmp_path_factory.mktemp("many")
    content = with_note(journal(1, weeks=1), "Quixotry")
    for number in range(12):
        share(place / "inbox", f"{number}.zip", content, f"subject-Vexillum-{number}")
    made = open_lake(place / "lake")
    take_inbox(made, place / "inbox", no_passphrase, workers=1)
    return made


def test_counts_are_told_from_ten_on_rounded_and_never_so_that_one_can_be_subtracted() -> None:
    """A small group says nothing; a small answer takes the next smallest with it."""
    rows = [
        {"cohort": "mill", "question": "change", "answer": answer, "n": n}
        for answer, n in (("none", 43), ("forward", 12), ("back", 4))
    ]
    rows += [{"cohort": "shop", "question": "change", "answer": "none", "n": 9}]
    assert withheld(rows) == [
        ("mill", SIZE, "", 55),
        ("mill", "change", "back", None),
        ("mill", "change", "forward", None),
        ("mill", "change", "none", 40),
    ]


def test_a_month_has_one_release_whatever_changes_within_it(many: Lake) -> None:
    """So the difference of two answers is never one person; the next month has its own."""
    register = Register.read(many)
    for patient in many.patients():
        register.group(patient, "mill")
    first = release(many, register, LAST)
    assert ("mill", SIZE, "", 10) in first
    register.group(1, "")
    register.group(2, "")
    register.group(3, "")
    assert release(many, register, LAST + timedelta(days=5)) == first
    assert release(many, register, LAST + timedelta(days=20)) == []


def test_the_table_without_persons_holds_no_word_number_or_date_of_theirs(many: Lake) -> None:
    """Twelve persons under numbers of the table's own; each column stands in the dictionary."""
    files = dict(deidentified(many))
    rows = list(csv.DictReader(io.StringIO(files["days.csv"].decode())))
    assert {row["person"] for row in rows} == {str(number) for number in range(1, 13)}
    assert min(int(row["day"]) for row in rows) == 1
    assert any(row["median_in"] and row["usable"] == "yes" for row in rows)
    told = csv.DictReader(io.StringIO(files["data_dictionary.csv"].decode()))
    assert [row["column"] for row in told] == list(rows[0])
    for word in (b"Quixotry", b"Vexillum", b"2026", b"desk"):
        assert word not in files["days.csv"]


def test_the_table_needs_ten_persons(lake: Lake) -> None:
    """Among three anybody is found again."""
    with pytest.raises(DataError, match="needs 10"):
        deidentified(lake)


def test_fhir_is_what_each_patients_own_bundle_holds(lake: Lake, tmp_path: Path) -> None:
    """A file a type, a resource a line, each valid FHIR R4B, references by type and id, the manifest counting them."""
    register = Register.read(lake)
    counts = write_ndjson(lake, register, tmp_path / "fhir", NOW, "in")
    manifest = json.loads((tmp_path / "fhir" / "manifest.json").read_text())
    assert {one["type"]: one["count"] for one in manifest["output"]} == counts
    assert counts["Patient"] == 3
    assert (counts["CodeSystem"], counts["StructureDefinition"]) == (1, 1)
    ids = set()
    lines = {}
    for one in manifest["output"]:
        path = tmp_path / "fhir" / one["url"]
        assert os.name == "nt" or stat.S_IMODE(path.stat().st_mode) == 0o600
        lines[one["type"]] = [json.loads(line) for line in path.read_text().splitlines()]
        ids |= {f"{one['type']}/{resource['id']}" for resource in lines[one["type"]]}
        assert len(lines[one["type"]]) == one["count"]
    for kind, resources in lines.items():
        model = getattr(pytest.importorskip(f"fhir.resources.R4B.{kind.lower()}"), kind)
        for resource in resources[:40]:
            model.model_validate(resource)
            assert kind != "Observation" or resource["subject"]["reference"] in ids
    entries = bundle(material_of(lake, register, 1, "in"))["entry"]
    own = {entry["resource"]["id"] for entry in entries if entry["resource"]["resourceType"] == "Observation"}
    assert own <= {resource["id"] for resource in lines["Observation"]}
    with pytest.raises(DataError, match="something else"):
        write_ndjson(lake, register, tmp_path / "fhir", NOW, "in")


def test_the_log_of_who_opened_what_only_grows(tmp_path: Path) -> None:
    """A line each, with time, user, action and the patient's number; its file is the owner's alone."""
    log = tmp_path / "audit.log"
    audit.note(log, NOW, "worklist")
    before = log.read_bytes()
    audit.note(log, NOW, "report", 17)
    assert log.read_bytes().startswith(before)
    assert [(line["action"], line["patient"]) for line in audit.lines(log)] == [("worklist", None), ("report", 17)]
    assert all(line["user"] and line["at"] == "2026-11-28T09:00:00+00:00" for line in audit.lines(log))
    assert os.name == "nt" or stat.S_IMODE(log.stat().st_mode) == 0o600


def test_a_line_that_was_cut_off_takes_no_other_with_it(tmp_path: Path) -> None:
    """By a full disk or a kill in the middle: the next one begins a line of its own."""
    log = tmp_path / "audit.log"
    audit.note(log, NOW, "worklist")
    with log.open("ab") as file:
        file.write(b'{"at": "2026-')
    audit.note(log, NOW, "report", 17)
    assert [(line["action"], line["patient"]) for line in audit.lines(log)] == [("worklist", None), ("report", 17)]


def test_what_cannot_be_noted_is_not_done(tmp_path: Path) -> None:
    """A log that cannot be written ends the command."""
    (tmp_path / "audit.log").mkdir()
    with pytest.raises(DataError, match="cannot be written"):
        audit.note(tmp_path / "audit.log", NOW, "report", 1)
