"""A command that is broken off: by Ctrl+C at any moment, or by the end of what measures for it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from cli.run_cli import Cli
from posturewatch.app.doctor import ask
from posturewatch.offline.demo import CLIP

MOMENTS_S = (0.03, 0.1, 0.2, 0.4, 0.7, 1.2, 1.8, 2.6)
"""After our first line: from our imports over those of the native libraries to the work itself."""

START = """
import sys, posturewatch.cli
class FirstOfOurs:
    def find_spec(self, name, path, target=None):
        if name == "posturewatch.native_threads":
            print(flush=True)
sys.meta_path.insert(0, FirstOfOurs())
posturewatch.cli.main()
"""
"""What `posturewatch` does, with a word to the test once it loads its first module and so has set what Ctrl+C does.
Before that Python starts, and what it prints then is its own."""

COMMANDS = {
    "log": ("log", "week"),
    "report": ("report",),
    "doctor": ("doctor",),
    "measure": ("measure", str(CLIP / "test.mp4"), "--calibrate", str(CLIP / "calibration.mp4"), "--out", "m.csv"),
    "replay": ("replay", str(CLIP / "test.mp4"), "--calibrate", str(CLIP / "calibration.mp4")),
    "demo": ("demo", "--out", "demo"),
    "calibrate": ("calibrate", "--no-window"),
    "setup": ("setup", "--no-window"),
}


class Pressed:
    """Ctrl+C in the moment in which a class is made of this."""

    def __set_name__(self, owner: type, name: str) -> None:
        raise KeyboardInterrupt


def test_an_interrupt_that_python_has_made_another_error_of_is_no_finding() -> None:
    """Pressed while a class is being made, it reaches us as a RuntimeError; no check of the doctor has failed then."""

    def check() -> object:
        return type("Made", (), {"field": Pressed()})

    with pytest.raises(KeyboardInterrupt):
        ask("session", check)  # type: ignore[arg-type]


@pytest.mark.unix_only("Unix signals")
@pytest.mark.parametrize("name", COMMANDS)
def test_ctrl_c_is_heard_at_every_moment(name: str, tmp_path: Path) -> None:
    """Whatever is being loaded or done: "Interrupted." at most, and exit 130; what was done before ends as it ends."""
    for number, moment_s in enumerate(MOMENTS_S):
        home = tmp_path / str(number)
        home.mkdir()
        process = subprocess.Popen(
            (sys.executable, "-c", START, *COMMANDS[name]),
            env=Cli(home).environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            cwd=home,
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(moment_s)
        process.send_signal(signal.SIGINT)
        _out, errors = process.communicate(timeout=120)
        assert "Traceback" not in errors, moment_s
        assert "KeyboardInterrupt" not in errors, moment_s
        if process.returncode == 130:
            lines = [line for line in errors.splitlines() if line.strip() and not line.endswith("…")]
            # The command may have come to an end of its own, and told why, in the moment before.
            assert lines in ([], ["Interrupted."]) or lines[0].startswith("Error: There is no journal"), moment_s
        else:  # by the signal itself: all was done and told, and Python was tidying up
            assert process.returncode in {0, 1, 4, 7, -signal.SIGINT}, errors


def test_a_command_that_ends_does_not_promise_to_go_on(tmp_path: Path) -> None:
    """The process that measures for it is killed: it says so, and not that it is started again."""
    process = subprocess.Popen(
        (sys.executable, "-m", "posturewatch", *COMMANDS["measure"]),
        env=Cli(tmp_path).environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        cwd=tmp_path,
    )
    while not (children := psutil.Process(process.pid).children()):
        assert process.poll() is None
        time.sleep(0.02)
    children[0].kill()
    _out, errors = process.communicate(timeout=60)
    assert process.returncode == 4
    # Under Windows (by Wine) one that is killed while it is being made could not be started.
    assert "The measuring part stopped." in errors or (os.name == "nt" and "cannot be started" in errors)
    assert "by myself" not in errors


LOST = """
import signal, time, weakref
from posturewatch.cli.failures import hear_lost_interrupts
hear_lost_interrupts()
class Thing:
    pass
thing = Thing()
watched = weakref.ref(thing, lambda _: signal.raise_signal(signal.SIGINT))
try:
    del thing
    time.sleep(600)
except KeyboardInterrupt:
    print("heard", flush=True)
"""
"""Ctrl+C falls into a weak reference's callback, which may raise nothing."""


def test_ctrl_c_is_heard_where_python_can_raise_nothing() -> None:
    """As at the end of an import: Python would print a traceback and go on as if nobody had pressed it. It ends at once
    what is being waited for."""
    done = subprocess.run((sys.executable, "-c", LOST), capture_output=True, encoding="utf-8", check=True, timeout=120)
    assert (done.stdout, done.stderr) == ("heard\n", "")
