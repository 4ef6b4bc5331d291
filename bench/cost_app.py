"""The app as a user runs it, watched from outside: its processes, their processor time and their memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from posturewatch.base.errors import InstanceError
from posturewatch.control.client import ask
from posturewatch.disk.folders import find_folders

_COMMAND = (sys.executable, "-m", "posturewatch")
START_LIMIT_S = 90.0
ASKED_S = 20.0
"""So often the app is asked for its state while it is measured: each question costs it 0.7 ms, which is not its own."""

SEEN = ("upright", "forward", "unreliable", "away", "uncalibrated")


@dataclass(frozen=True)
class Burnt:
    """What a stretch of watching cost. ``states``: how many of the questions found which state."""

    wall_s: float
    app_s: float
    sensor_s: float
    states: dict[str, int]

    @property
    def percent(self) -> float:
        """Of one core."""
        return 100 * (self.app_s + self.sensor_s) / self.wall_s


class App:
    """``posturewatch run`` in a home of its own. A context manager."""

    def __init__(self, home: Path, address: str) -> None:
        self.environment = os.environ | {"POSTUREWATCH_HOME": str(home)}
        self._state = find_folders({"POSTUREWATCH_HOME": str(home)}).state
        self.begun_s = time.monotonic()
        self._child = subprocess.Popen(
            [*_COMMAND, "run", "--no-tray", "--source", address],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._process = psutil.Process(self._child.pid)

    def __enter__(self) -> App:
        return self

    def __exit__(self, *_why: object) -> None:
        self._child.terminate()
        self._child.wait(timeout=20)

    def status(self) -> dict[str, Any]:
        """The snapshot's fields; empty while the app does not answer yet."""
        try:
            answer = ask(self._state, {"do": "status"})
        except InstanceError:
            return {}
        return dict(answer.get("snapshot") or {})

    def first_state_s(self) -> tuple[float, float]:
        """Wall and processor seconds from the start to the first thing seen (not "starting")."""
        while time.monotonic() - self.begun_s < START_LIMIT_S:
            now = self.status()
            if now.get("state") in SEEN and now.get("reason") not in ("starting", "no_frame", "camera_lost"):
                return time.monotonic() - self.begun_s, sum(self.spent_s())
            time.sleep(0.05)
        raise SystemExit("The app saw nothing in time.")

    def spent_s(self) -> tuple[float, float]:
        """Processor seconds so far: of the app itself, and of its processes that look."""
        own = self._process.cpu_times()
        ended = own.children_user + own.children_system
        looking = sum(sum(child.cpu_times()[:2]) for child in self._process.children(recursive=True))
        return own.user + own.system, looking + ended

    def watch(self, seconds: float) -> Burnt:
        """Let it watch, and count."""
        states: dict[str, int] = {}
        begun_s, (app_s, sensor_s) = time.monotonic(), self.spent_s()
        while (left_s := begun_s + seconds - time.monotonic()) > 0:
            time.sleep(min(ASKED_S, left_s))
            found = str(self.status().get("state"))
            states[found] = states.get(found, 0) + 1
        spent = self.spent_s()
        return Burnt(time.monotonic() - begun_s, spent[0] - app_s, spent[1] - sensor_s, states)

    def memory_mb(self) -> tuple[float, float]:
        """Proportional set size in MB: of the app itself, and of its processes that look (0 while there is none)."""
        looking = sum(child.memory_full_info().pss for child in self._process.children(recursive=True))
        return self._process.memory_full_info().pss / 1e6, looking / 1e6

    def memory_unshared_mb(self) -> float:
        """MB of all processes, as if no other program had the same libraries loaded: what they have written to, and
        each file's pages once."""
        written, files = 0, dict[str, int]()
        for process in (self._process, *self._process.children(recursive=True)):
            for part in process.memory_maps():
                written += part.private_dirty
                files[part.path] = max(files.get(part.path, 0), part.rss - part.private_dirty)
        return (written + sum(files.values())) / 1e6

    def command(self, *words: str) -> None:
        """``posturewatch WORDS`` to this app."""
        subprocess.run([*_COMMAND, *words], env=self.environment, check=True, capture_output=True)


def calibrate(home: Path, recording: Path) -> None:
    """Make a calibration from a recording, as a user would."""
    subprocess.run(
        [*_COMMAND, "calibrate", "--source", str(recording), "--json"],
        env=os.environ | {"POSTUREWATCH_HOME": str(home)},
        check=True,
        capture_output=True,
    )
