"""The whole program on a desktop (tray, notifications, windows) under strace: local sockets and no picture."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from camera_server import CameraServer, camera, jpeg, noisy
from desktop.conftest import Robot, end, need, until
from faults.strace_reader import Trace, prefix
from posturewatch.edges.control_client import ask
from posturewatch.errors import InstanceError

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(400)]


@pytest.fixture
def server() -> Iterator[CameraServer]:
    """A camera on loopback."""
    with camera(noisy(jpeg("d1_000"), fps=5)) as one:
        yield one


def told(state: Path, kind: str = "") -> bool:
    """Whether the app answers; with a kind, whether it takes this command."""
    request: dict[str, object] = {"do": "command", "kind": kind} if kind else {"do": "status"}
    try:
        return bool(ask(state, request).get("ok"))
    except InstanceError:
        return False


def test_on_a_desktop_only_the_desktop_is_spoken_to(
    dunst: object, tray_host: object, screen: Robot, tmp_path: Path, server: CameraServer
) -> None:
    """Tray icon, a break with its window and the live view: every socket is local or the camera's own address, and
    outside its own folders the program writes nothing."""
    need("strace")
    home, traces = tmp_path / "home", tmp_path / "traces"
    traces.mkdir()
    environment = {**os.environ, "POSTUREWATCH_HOME": str(home)}
    init = [sys.executable, "-m", "posturewatch", "config", "init"]
    subprocess.run(init, env=environment, check=True, capture_output=True)  # without it the guided set-up would open
    command = [sys.executable, "-m", "posturewatch", "run", "--source", server.address]
    app = subprocess.Popen(
        [*prefix(traces / "run.trace"), *command],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    state = home / "state"
    try:
        assert until(lambda: told(state), 90)
        assert until(lambda: told(state, "break_now"))
        assert screen.window("posturewatch|reak", 60) is not None
        assert told(state, "live_view")
        assert until(lambda: "live" in commands(app.pid), 60)
        assert screen.window("Live view", 60) is not None
        assert until(lambda: commands(app.pid).count("posturewatch.sensor") >= 1, 60)
        assert told(state, "quit")
        assert app.wait(60) == 0, "with it the live view has ended, or strace would wait for that"
    finally:
        for child in psutil.Process(app.pid).children(recursive=True) if app.poll() is None else ():
            child.kill()
        end(app)  # type: ignore[arg-type]
    trace = Trace.of(traces)
    assert trace.families() <= {"AF_UNIX", "AF_INET"}
    assert trace.reached() <= {("127.0.0.1", server.port)}
    outside = [path for path in trace.written() if not Path(path).is_relative_to(home)]
    assert [path for path in outside if not path.endswith("/dconf/user")] == [], "dconf's own is GTK's"


def commands(pid: int) -> list[str]:
    """The last words of the command lines of all its processes."""
    words = []
    for one in psutil.Process(pid).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess, IndexError):
            words.append(one.cmdline()[-1])
    return words
