"""posturewatch started in the background, and what is said of it meanwhile."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from camera_server import camera, jpeg, playing
from posturewatch.disk.folders import find_folders
from posturewatch.disk.instance import Instance

ENV = {name: value for name, value in os.environ.items() if name not in {"DISPLAY", "WAYLAND_DISPLAY"}}


class Home:
    """A home of its own and the commands that are given in it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """One command."""
        command = (sys.executable, "-m", "posturewatch", "--home", str(self.path), *words)
        return subprocess.run(command, capture_output=True, encoding="utf-8", check=False, env=ENV, timeout=120)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """Where nothing has run yet; what a failed test has left running is ended."""
    made = Home(tmp_path / "home")
    yield made
    made.run("quit")


def test_it_runs_on_after_the_command(home: Home) -> None:
    """start returns when the app answers, a second start says that it runs, and quit ends it."""
    begun = home.run("start")
    assert begun.returncode == 0, begun.stderr
    assert "is watching" in begun.stdout
    status = home.run("status")
    assert status.returncode == 0 or "just starting" in status.stderr
    assert "running already" in home.run("start").stdout
    assert home.run("quit").returncode == 0


def test_an_app_that_ends_at_once_is_told_with_its_reason(home: Home) -> None:
    """A mistake in the settings: start fails, and says what the app said. That once: the app, whose stream start reads,
    does not take itself for unseen and tells it in the log and by a notification too."""
    folders = find_folders({"POSTUREWATCH_HOME": str(home.path)}).make()
    folders.config_file.write_text("[posture]\nthreshold = 'high'\n")
    begun = home.run("start")
    assert begun.returncode == 8
    assert begun.stderr.count("threshold") == 1
    log = folders.logs / "posturewatch.log"
    assert not log.exists() or "threshold" not in log.read_text(encoding="utf-8")


def test_an_app_that_cannot_answer_yet_is_starting(home: Home) -> None:
    """Its lock is held and its socket is not there yet: it starts, and is neither missing nor of another version."""
    folders = find_folders({"POSTUREWATCH_HOME": str(home.path)}).make()
    with Instance(folders.state):
        status = home.run("status")
    assert status.returncode == 8
    assert "just starting" in status.stderr


def test_calibrate_looks_for_the_camera_before_it_counts_down(home: Home) -> None:
    """Without a camera nobody is made to sit upright: it is said at once that there is none."""
    told = home.run("calibrate", "--no-window", "--source", "/dev/video97")
    assert told.returncode == 4
    assert str(Path("/dev/video97")) in told.stderr
    assert "3 …" not in told.stderr


def test_a_calibration_at_the_terminal_tells_its_end_once(home: Home) -> None:
    """Each thing to do as it changes, and what came of it in one line, the last."""
    pictures = [jpeg(f"d1_{number:03}") for number in (0, 1, 2)]
    with camera(playing(*pictures, fps=5.0)) as stream:
        told = home.run("calibrate", "--no-window", "--source", stream.address)
    assert told.returncode == 0, told.stderr
    assert (told.stderr + told.stdout).count("repeatable to") == 1
    assert told.stdout.startswith("Calibrated as")
