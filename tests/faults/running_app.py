"""A running posturewatch as a fault finds it: a process of its own, asked through its own control socket."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from cli.run_cli import Cli
from posturewatch.base.errors import InstanceError
from posturewatch.base.loop_commands import CommandKind
from posturewatch.control.client import ask

Snapshot = dict[str, Any]

WITHIN_S = 60.0
"""Long, for a computer that is busy with other tests; each of these things takes a second or a few."""


class RunningApp:
    """``posturewatch run`` with a home of its own, until :meth:`end`."""

    def __init__(self, home: Path, source: str, *, prefix: tuple[str, ...] = ()) -> None:
        self.home = home
        self.state = home / "state"
        self.errors = home.parent / f"{home.name}.stderr"
        with self.errors.open("ab") as said:
            self.process = subprocess.Popen(
                [*prefix, sys.executable, "-m", "posturewatch", "run", "--no-tray", "--source", source],
                env=Cli(home).environment(),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                cwd=home.parent,
            )

    def snapshot(self) -> Snapshot | None:
        """What the app shows now; None where it does not answer (yet)."""
        with contextlib.suppress(InstanceError):
            answer = ask(self.state, {"do": "status"})
            if answer.get("ok"):
                told: Snapshot = answer["snapshot"]
                return told
        return None

    def until(self, wanted: Callable[[Snapshot], object], within_s: float = WITHIN_S) -> Snapshot:
        """Ask until the snapshot is as wanted."""
        end = time.monotonic() + within_s
        told: Snapshot | None = None
        while time.monotonic() < end:
            told = self.snapshot()
            if told is not None and wanted(told):
                return told
            assert self.process.poll() is None, self.errors.read_text()
            time.sleep(0.1)
        raise AssertionError(f"last: {told}")

    def until_it_sees(self) -> Snapshot:
        """Wait until looks bring somebody or nobody: the sensor works."""
        return self.until(lambda told: told["watching"] and told["reason"] in (None, "nobody"))

    def command(self, kind: CommandKind, value: float | None = None, text: str = "") -> None:
        """Tell it something."""
        assert ask(self.state, {"do": "command", "kind": kind.value, "value": value, "text": text})["ok"]

    def sensor(self) -> psutil.Process | None:
        """Its sensor process, if one lives."""
        with contextlib.suppress(psutil.NoSuchProcess):
            for child in psutil.Process(self.process.pid).children(recursive=True):
                with contextlib.suppress(psutil.NoSuchProcess):
                    if "posturewatch.sensor" in " ".join(child.cmdline()):
                        return child
        return None

    def a_sensor(self, *, other_than: int | None = None, within_s: float = WITHIN_S) -> psutil.Process:
        """Wait for a sensor process."""
        end = time.monotonic() + within_s
        while time.monotonic() < end:
            found = self.sensor()
            if found is not None and found.pid != other_than:
                return found
            time.sleep(0.05)
        raise AssertionError("no sensor")

    def quit(self) -> int:
        """End it in order; the exit code."""
        self.command(CommandKind.QUIT)
        return self.process.wait(WITHIN_S)

    def log(self) -> str:
        """Its log file."""
        path = self.home / "logs" / "posturewatch.log"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def end(self) -> None:
        """End it by force, with everything that it started."""
        family = []
        with contextlib.suppress(psutil.NoSuchProcess):
            family = psutil.Process(self.process.pid).children(recursive=True)
        for one in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.send_signal(signal.SIGCONT)
                one.kill()
        self.process.kill()
        self.process.wait()


@contextlib.contextmanager
def running(home: Path, source: str, *, prefix: tuple[str, ...] = ()) -> Iterator[RunningApp]:
    """A running app that is ended whatever happens."""
    app = RunningApp(home, source, prefix=prefix)
    try:
        yield app
    finally:
        app.end()


@contextlib.contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A file system of its own of this size at ``folder``; skips where this user may not mount one."""
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("needs Linux and the right to mount")
    folder.mkdir(parents=True, exist_ok=True)
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "tmpfs", str(folder)],  # noqa: S607
        check=False,
        capture_output=True,
    )
    if made.returncode != 0:
        pytest.skip("mounting is not allowed here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)  # noqa: S607


def fill(folder: Path) -> Path:
    """Fill a small disk to the last byte; the file to remove to make room again."""
    filler = folder / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(65536))
    with contextlib.suppress(OSError), filler.open("ab", buffering=0) as file:
        while file.write(b"\0"):
            pass
    return filler
