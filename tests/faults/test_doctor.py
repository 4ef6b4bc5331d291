"""`posturewatch doctor` at a computer where something is really wrong: it says what, and the command that mends it."""

from __future__ import annotations

import ctypes.util
import json
import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import psutil
import pytest

from camera_server import camera, jpeg, noisy
from cli.run_cli import Cli
from posturewatch.cli.crash import without_names
from posturewatch.journal.writer import SqliteJournal

from .running_app import fill, running, small_disk

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.unix_only("mounts, signals and modes of Unix"),
]

Finding = dict[str, Any]


def examined(cli: Cli, *words: str) -> dict[str, Finding]:
    """What it says of each part."""
    return {one["part"]: one for one in cli.run("doctor", "--json", *words, code=None).json}


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """A home that is not there yet."""
    return Cli(tmp_path / "home")


@pytest.mark.parametrize(("library", "part"), [("GL", "opencv"), ("EGL", "mediapipe")])
def test_a_missing_system_library_is_installed_and_not_a_python_package(cli: Cli, library: str, part: str) -> None:
    """A library of the system that OpenCV or MediaPipe leans on cannot be loaded: named, with the apt command."""
    file = next((path for path in Path("/usr/lib").glob(f"*/lib{library}.so.1")), None)
    if sys.platform != "linux" or file is None or ctypes.util.find_library(library) is None:
        pytest.skip("needs a Linux with this library")
    words = f'mount --bind /dev/null {file.resolve()} && exec "$@"'
    command = [
        "unshare", "-m", "sh", "-c", words, "sh", sys.executable, "-m", "posturewatch", "doctor", "--json",
    ]  # fmt: skip
    if os.geteuid() != 0 or subprocess.run(["unshare", "-m", "true"], check=False).returncode != 0:  # noqa: S607
        pytest.skip("needs the right to mount")
    done = subprocess.run(command, env=cli.environment(), capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 1, done.stderr
    found = {one["part"]: one for one in json.loads(done.stdout)}
    assert found[part]["level"] == "error"
    assert file.name in found[part]["says"]
    assert found[part]["mend"].startswith("sudo apt install libgl1")
    assert found["camera"]["level"] == ("note" if part == "opencv" else "error")


def test_a_python_without_tk_is_told_what_brings_it(cli: Cli, tmp_path: Path) -> None:
    """As Debian's is without python3-tk: a finding with its command, and no check that fails itself."""
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['tkinter'] = None\n")
    environment = cli.environment() | {"PYTHONPATH": str(tmp_path), "DISPLAY": ":99"}
    words = [sys.executable, "-m", "posturewatch", "doctor", "--no-camera", "--json"]
    done = subprocess.run(words, env=environment, capture_output=True, encoding="utf-8", check=False)
    found = {one["part"]: one for one in json.loads(done.stdout)}
    assert found["display"]["level"] == "note", done.stderr
    assert found["display"]["mend"].startswith("sudo apt install python3-tk")


def test_models_journal_camera_and_modes_each_have_their_command(cli: Cli) -> None:
    """A bundle that is gone, a journal that is junk, no camera at this number, folders that others can read: four
    findings, each with what to type; typed, the models are well again."""
    cli.run("config", "init")
    cli.run("config", "set", "camera.source", "97")
    cli.run("config", "set", "models.pose", "/nowhere/pose.task")
    (cli.home / "data").mkdir(mode=0o700, exist_ok=True)
    (cli.home / "data" / "journal.sqlite").write_bytes(os.urandom(20_000))
    cli.home.joinpath("logs").mkdir(exist_ok=True)
    cli.home.joinpath("logs").chmod(0o755)
    found = examined(cli)
    assert "/nowhere/pose.task" in found["models"]["says"]
    assert found["models"]["mend"] == 'posturewatch config set models.pose ""'
    assert "damaged" in found["journal"]["says"]
    assert "Start posturewatch" in found["journal"]["mend"]
    assert found["camera"]["level"] == "error"
    assert "/dev/video97" in found["camera"]["says"]
    assert "cameras" in found
    assert found["Log folder"]["mend"] == f'chmod 700 "{cli.home / "logs"}"'
    cli.run("config", "set", "models.pose", "")
    assert examined(cli)["models"]["level"] == "ok"


def test_a_journal_of_a_later_version_is_said_to_be_one(cli: Cli) -> None:
    """Written by a version that is not out yet: refused in words, not called damaged, and left as it is."""
    import sqlite3

    from fakes import FakeClock

    path = cli.home / "data" / "journal.sqlite"
    path.parent.mkdir(mode=0o700, parents=True)
    SqliteJournal(path, FakeClock()).close()
    with sqlite3.connect(path) as later:
        later.execute("PRAGMA user_version = 99")
    later.close()
    finding = examined(cli, "--no-camera")["journal"]
    assert finding["level"] == "error"
    assert "damaged" not in finding["says"]
    assert finding["mend"]


def test_a_disk_that_is_read_only_or_full_is_no_matter_of_modes(cli: Cli) -> None:
    """A read-only mount is mounted anew for writing by the very command that is given; a full disk needs room."""
    with small_disk(cli.home / "data", "4m") as data:
        fill(data)
        full = examined(cli, "--no-camera")["Data folder"]
        assert full["level"] in ("warning", "error")
        assert "room" in full["mend"]
        (data / "filler").unlink()
        subprocess.run(["mount", "-o", "remount,ro", str(data)], check=True)  # noqa: S607
        refused = examined(cli, "--no-camera")["Data folder"]
        assert refused["level"] == "error"
        assert refused["mend"].startswith("sudo mount -o remount,rw")
        mend = refused["mend"].removeprefix("sudo ")
        subprocess.run(["sh", "-c", mend], check=True)  # noqa: S607
        assert examined(cli, "--no-camera")["Data folder"]["level"] != "error"


def test_an_app_that_hears_nothing_is_ended_by_the_command_that_is_given(tmp_path: Path, cli: Cli) -> None:
    """The app hangs (stopped): doctor says so and gives the command that ends this very process."""
    with camera(noisy(jpeg("d1_000"), fps=5)) as server, running(tmp_path / "home", server.address) as app:
        app.until_it_sees()
        assert examined(cli, "--no-camera")["running"]["level"] == "ok"
        eye = app.a_sensor()
        app.process.send_signal(signal.SIGSTOP)
        finding = examined(cli, "--no-camera")["running"]
        assert finding["level"] == "error"
        assert finding["mend"] == f"kill -KILL {app.process.pid} && posturewatch"
        subprocess.run(["sh", "-c", finding["mend"].partition(" && ")[0]], check=True)  # noqa: S607
        assert app.process.wait(60) == -signal.SIGKILL
        psutil.wait_procs([eye], timeout=30)
        assert examined(cli, "--no-camera")["running"]["level"] == "note"


def test_the_support_file_tells_nothing_of_its_owner(tmp_path: Path) -> None:
    """Names with blanks in folders, a password in the camera's address, a diary, a custom profile, and a crash: none of
    it is in the support file, nor what else is installed; what helps is."""
    cli = Cli(tmp_path / "Rosa Luxner" / "my posture")
    cli.home.mkdir(parents=True, mode=0o700)
    cli.run("config", "init")
    cli.run("config", "set", "camera.source", "http://rosa:opensesame@127.0.0.1:9/video")
    cli.run("diary", "add", "--worst", "7", "--note", "after the quarrel with Berta", "--trigger", "quarrel")
    cli.run("profile", "Rosa-at-Bertas", code=None)
    logs = cli.home / "logs"
    logs.mkdir(exist_ok=True)
    (logs / "posturewatch.log").write_text(f"2026-11-23 WARNING x: {cli.home}/data/journal.sqlite cannot be written\n")
    (logs / "crash-20261123-090000.txt").write_text(f"OSError: [Errno 2] No such file: '{cli.home}/x y.toml'\n")
    cli.run("doctor", "--bundle", str(tmp_path / "support.zip"), code=1)
    with zipfile.ZipFile(tmp_path / "support.zip") as bundle:
        parts = {name: bundle.read(name).decode() for name in bundle.namelist()}
    text = "\n".join(parts.values())
    for private in ("Rosa", "Luxner", "posture/", "opensesame", "127.0.0.1", "Berta", "quarrel", str(tmp_path)):
        assert private not in text, private
    assert "cannot be written" in parts["log.txt"]
    assert "No such file" in parts["crash-20261123-090000.txt"]
    versions = json.loads(parts["versions.json"])
    assert {"mediapipe", "numpy", "pydantic-core"} <= set(versions)
    assert "pytest" not in versions


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (r"No such file: 'C:\\Users\\Rosa Luxner\\x.toml'", "No such file: <path>"),
        ('cannot open "/home/rosa l/my file"', "cannot open <path>"),
        ("see /home/rosa/x, and ~/y", "see <path>, and <path>"),
        ("http://rosa:secret@10.0.0.7:8080/video?x=1 is gone", "<address> is gone"),
        ("3/4 of a/b", "3/4 of a/b"),
    ],
)
def test_paths_and_addresses_are_taken_out_of_a_text(said: str, kept: str) -> None:
    """Of Unix and of Windows, in quotes with blanks in them; what only looks like one stays."""
    assert without_names(said) == kept


def test_the_home_folder_is_known_with_its_blanks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with blanks in its name that is one of ours goes whole, without quotes around it."""
    monkeypatch.setenv("POSTUREWATCH_HOME", str(tmp_path / "Rosa Luxner" / "p w"))
    assert without_names(f"{tmp_path}/Rosa Luxner/p w/data/x.csv is there") == "<path> is there"


def test_without_a_desktop_every_part_still_has_a_line(cli: Cli) -> None:
    """No screen, no bus, no PATH: each part is looked at all the same, and none of the checks falls over."""
    environment = cli.environment() | {"PATH": "", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"}
    command = [sys.executable, "-m", "posturewatch", "doctor", "--no-camera", "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=False)
    found = {one["part"]: one for one in json.loads(done.stdout)}
    assert {"display", "tray", "notifications", "start at login", "clock", "Python"} <= set(found)
    assert not [one for one in found.values() if "check itself failed" in one["says"]]


def test_the_checklist_has_ten_steps_and_the_program_answers_what_it_can(cli: Cli) -> None:
    """Each step says what to do and see; where a part can be probed its finding stands there."""
    steps = cli.run("doctor", "--checklist", "--no-camera", "--json").json
    assert len(steps) == 10
    assert all(step["about"] and step["do"] for step in steps)
    answered = [step["about"] for step in steps if step["answer"]]
    assert answered == [
        "Windows",
        "Tray icon",
        "Notifications",
        "Lock and idle time",
        "Start at login",
        "The end of the session",
    ]
    printed = cli.run("doctor", "--checklist", "--no-camera").out
    assert "10. The end of the session" in printed
