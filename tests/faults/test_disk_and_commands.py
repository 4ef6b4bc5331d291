"""What a command says where the disk, or the right to it, is not there: hints that fit, and nothing typed is lost."""

from __future__ import annotations

import shlex
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from cli.run_cli import Cli
from posturewatch.journal.faults import journal_error

from .running_app import fill, small_disk

pytestmark = pytest.mark.unix_only("mounts and modes of Unix")

TYPED = ("diary", "add", "--at", "2026-11-20 14:30", "--duration", "90", "--worst", "6", "--side", "left")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where the program keeps its things."""
    return tmp_path / "home"


def given_back(said: str) -> list[str]:
    """The words of the command that stands in what was said."""
    (line,) = [line for line in said.splitlines() if line.startswith("  posturewatch ")]
    return shlex.split(line)[1:]


def test_a_diary_entry_on_a_full_disk_is_given_back_on_the_terminal(home: Path) -> None:
    """Exit code 7, no claim that anything is kept, and the command that enters it once there is room."""
    note = "after the dentist's; 'sharp'"
    with small_disk(home, "1500k"):
        cli = Cli(home)
        cli.run("diary", "add", "--at", "2026-11-19", "--worst", "3")
        filler = fill(home)
        refused = cli.run(*TYPED, "--note", note, code=7)
        assert "disk" in refused.err
        assert "Make room on that disk." in refused.err
        assert "memory" not in refused.err
        again = given_back(refused.err)
        filler.unlink()
        cli.run(*again)
        (_first, entry) = cli.run("diary", "list", "--weeks", "500", "--json").json
    assert (entry["duration_min"], entry["worst"], entry["side"], entry["note"]) == (90, 6, "left", note)
    assert entry["at"].startswith("2026-11-20T14:30")


def test_doctor_tries_a_write_and_says_that_the_disk_is_full(home: Path) -> None:
    """An empty file can still be made there."""
    with small_disk(home, "1500k"):
        cli = Cli(home)
        cli.run("diary", "none")
        fill(home)
        found = {each["part"]: each for each in cli.run("doctor", "--no-camera", "--json", code=None).json}
        assert found["journal"]["level"] == found["Data folder"]["level"] == "error"
        assert found["journal"]["mend"] == found["Data folder"]["mend"] == "Make room on that disk."
        assert not [file for file in (home / "data").iterdir() if file.name.startswith(".")]


def test_a_locked_journal_gives_the_entry_back_and_says_who_is_in_the_way(home: Path) -> None:
    """Another program holds the file; doctor finds it too, and nothing is left behind."""
    cli = Cli(home)
    cli.run("diary", "none", "2026-11-19")
    with closing(sqlite3.connect(home / "data" / "journal.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        refused = cli.run(*TYPED, code=7)
        assert "locked by another program" in refused.err
        assert "Close other programs" in refused.err
        assert given_back(refused.err)[:2] == ["diary", "add"]
        found = {each["part"]: each for each in cli.run("doctor", "--no-camera", "--json", code=None).json}
        assert "locked" in found["journal"]["says"]
        other.execute("ROLLBACK")
    cli.run(*given_back(refused.err))


def test_a_read_only_file_system_is_named_as_such(home: Path) -> None:
    """No advice about rights where no right helps."""
    with small_disk(home, "1500k"):
        cli = Cli(home)
        cli.run("diary", "none", "2026-11-19")
        subprocess.run(["mount", "-o", "remount,ro", str(home)], check=True)  # noqa: S607
        refused = cli.run(*TYPED, code=7)
        assert "right" not in refused.err
        assert given_back(refused.err)[:2] == ["diary", "add"]


@pytest.mark.parametrize("code", [sqlite3.SQLITE_IOERR_SHMMAP, sqlite3.SQLITE_IOERR_SHMOPEN, sqlite3.SQLITE_PROTOCOL])
def test_a_network_file_system_without_shared_memory_is_named_as_such(tmp_path: Path, code: int) -> None:
    """SQLite's code for it becomes a sentence and a way out, not "disk I/O error"."""
    err = sqlite3.OperationalError("disk I/O error")
    err.sqlite_errorcode = code
    said = journal_error(err, tmp_path / "journal.sqlite")
    assert "network file systems" in said.message
    assert "local disk" in said.hint
