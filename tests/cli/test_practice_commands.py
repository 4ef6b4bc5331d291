"""`practice` as a practice has it: a folder of files, a worklist, a report, a name, an end."""

from __future__ import annotations

import json
import mmap
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

pytest.importorskip("duckdb", reason="the extra `practice` is not installed")

from faults.running_app import fill, small_disk
from practice.shared_files import journal, share, with_note

from .run_cli import Cli


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> tuple[Cli, Path]:
    """A home with two patients taken in, and their inbox."""
    place = tmp_path_factory.mktemp("practice")
    share(place / "inbox", "a.zip", with_note(journal(1, weeks=5), "Quixotry"), "subject-a")
    share(place / "inbox", "b.zip", journal(2, weeks=2), "subject-b")
    cli = Cli(place / "home")
    told = cli.run("practice", "take-in", str(place / "inbox"), "--json").json
    assert told == {"files": 2, "known": 0, "patients": [1, 2], "new_patients": 2, "refused": []}
    return cli, place / "inbox"


def test_the_worklist_names_everybody_and_leads_to_the_reports(practice: tuple[Cli, Path]) -> None:
    """A page with both, by the names that the practice gave, escaped, with links to the reports that were made."""
    cli, _inbox = practice
    cli.run("practice", "name", "2", "Zoë <b>Test</b>")
    page = Path(cli.run("practice", "worklist", "--reports", "2").out.strip())
    text = page.read_text(encoding="utf-8")
    assert "Zoë &lt;b&gt;Test&lt;/b&gt;" in text
    assert "<b>Test" not in text
    for link in re.findall(r'href="(patient-\d+\.html)"', text):
        assert (page.parent / link).is_file()
    rows = cli.run("practice", "worklist", "--json").json["patients"]
    assert sorted((row["patient"], row["name"]) for row in rows) == [(1, ""), (2, "Zoë <b>Test</b>")]


def test_a_click_on_a_patient_makes_the_report(practice: tuple[Cli, Path]) -> None:
    """Behind an address that only who has it can open; each report that is opened stands in the log."""
    cli, _inbox = practice
    serving = cli.start("practice", "worklist", "--serve")
    try:
        assert serving.stdout is not None
        address = serving.stdout.readline().strip()
        links = re.findall(r'href="(patient-\d+\.html)"', asked(address))
        assert sorted(links) == ["patient-1.html", "patient-2.html"]
        assert "<h1>" in asked(address.replace("worklist.html", links[0]))
        for wrong in (
            address.replace("worklist.html", "patient-77.html"),
            address.replace("worklist.html", "../lake.json"),
            re.sub(r"/[\w-]{43}/", f"/{'x' * 43}/", address),
        ):
            with pytest.raises(HTTPError, match="404"):
                asked(wrong)
        with pytest.raises(HTTPError, match="404"):
            asked(address, "evil.example")
    finally:
        serving.terminate()
        serving.wait(60)
    assert cli.run("practice", "log", "--json").json["log"][-1]["action"] == "report"


def asked(address: str, host: str | None = None) -> str:
    """What the door answers."""
    headers = {} if host is None else {"Host": host}
    with urlopen(Request(address, headers=headers), timeout=60) as answer:  # noqa: S310  (our own, on loopback)
        return str(answer.read().decode())


def test_the_log_says_who_opened_what(practice: tuple[Cli, Path]) -> None:
    """Each command that opens something is in it, before it is done."""
    cli, _inbox = practice
    cli.run("practice", "report", "1")
    cli.run("practice", "report", "99", code=7)
    noted = cli.run("practice", "log", "--json").json["log"]
    assert {"take-in", "report"} <= {line["action"] for line in noted}
    assert noted[-1]["patient"] == 1
    assert all(line["user"] for line in noted)


def test_a_refused_file_is_told_of_and_ends_with_code_7(practice: tuple[Cli, Path], tmp_path: Path) -> None:
    """On the error stream, with its reason."""
    cli, _inbox = practice
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 not whole")
    ended = cli.run("practice", "take-in", str(tmp_path), code=7)
    assert "broken.zip" in ended.err
    assert json.loads(cli.run("practice", "take-in", str(tmp_path), "--json", code=7).out)["refused"]


def test_without_a_lake_it_says_how_one_is_made(tmp_path: Path) -> None:
    """And makes none by looking."""
    cli = Cli(tmp_path / "home")
    ended = cli.run("practice", "worklist", code=7)
    assert "take-in" in ended.err
    assert not (tmp_path / "home" / "data" / "practice").exists()


def test_a_deleted_patient_is_gone_and_so_are_the_pages(practice: tuple[Cli, Path]) -> None:
    """After `forget` the list has one row less and no page is left."""
    cli, inbox = practice
    page = Path(cli.run("practice", "worklist", "--reports", "2").out.strip())
    cli.run("practice", "forget", "1", "--yes")
    assert not page.parent.exists()
    assert [row["patient"] for row in cli.run("practice", "worklist", "--json").json["patients"]] == [2]
    assert [path.name for path in inbox.iterdir()] == ["b.zip"]
    cli.run("practice", "forget", "1", "--yes", code=7)


def test_a_patient_is_deleted_from_a_full_disk(tmp_path: Path) -> None:
    """Not a byte of room, nor in the last block of the log: what goes makes room for the line that says so; all else
    that has to be noted is refused."""
    with small_disk(tmp_path / "small", "20m") as disk:
        inbox = disk / "inbox"
        for number, name in enumerate(("a", "b"), 1):
            share(inbox, f"{name}.zip", with_note(journal(number, weeks=3), f"Quixotry{name}"), f"subject-{name}")
        cli = Cli(disk / "home")
        cli.run("practice", "take-in", str(inbox))
        (log,) = disk.rglob("audit.log")
        with log.open("ab") as file:
            file.write(b"\n" * (-log.stat().st_size % mmap.PAGESIZE))
        filler = fill(disk)
        assert "Make room" in cli.run("practice", "name", "2", "Zoë", code=7).err
        cli.run("practice", "forget", "1", "--yes")
        filler.unlink()
        noted = [(line["action"], line["patient"]) for line in cli.run("practice", "log", "--json").json["log"]]
        assert noted == [("take-in", None), ("forget", 1)]
        assert [row["patient"] for row in cli.run("practice", "worklist", "--json").json["patients"]] == [2]
        assert [path.name for path in inbox.iterdir()] == ["b.zip"]
        assert not list(log.parent.glob("facts/*/patient=1"))


def test_forgetting_one_s_own_records_says_that_a_practice_s_patients_stay(practice: tuple[Cli, Path]) -> None:
    """They are other people's: `forget --all` leaves them, and says where they lie and what deletes them."""
    cli, _inbox = practice
    said = " ".join(cli.run("forget", "--all", "--yes").out.split())
    assert f" A practice's patients stay, in {cli.home / 'data' / 'practice'}; one is deleted by" in said
    assert "posturewatch practice forget. " in said
    assert cli.run("practice", "worklist", "--json").json["patients"]


def test_the_practice_needs_no_camera_parts(tmp_path: Path) -> None:
    """Neither OpenCV nor MediaPipe nor the tray is loaded by any module of it."""
    program = (
        "import sys, importlib, pkgutil, posturewatch.practice as room\n"
        "for one in pkgutil.walk_packages(room.__path__, 'posturewatch.practice.'): importlib.import_module(one.name)\n"
        "import posturewatch.cli.practice\n"
        "print(sorted({'cv2', 'mediapipe', 'pystray', 'PIL', 'pyspark'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True, env=os.environ
    )
    assert done.stdout.strip() == "[]"
