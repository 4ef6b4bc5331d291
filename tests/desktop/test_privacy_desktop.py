"""The whole program on a desktop (tray, notifications, windows) under strace: local sockets and no picture."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from camera_server import CameraServer, camera, jpeg, noisy
from desktop.conftest import Robot, end, need, start, until
from faults.strace_reader import PACTL_MEMORY, Trace, prefix
from posturewatch.base.errors import InstanceError
from posturewatch.control.client import ask

DESKTOPS_OWN = re.compile(r"(X11-unix/X|/bus$|dbus|at-spi|/bus_\d|/pulse/native$)")
"""Sockets of the screen, of the message buses, and of the sound server, whom ``pactl`` asks for us."""

FILM = """
import sys, tkinter
root = tkinter.Tk()
root.title(sys.argv[1])
root.attributes("-fullscreen", True)
root.after(90_000, root.destroy)
root.mainloop()
"""

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
    strangers = [path for path in trace.local() if not DESKTOPS_OWN.search(path) and not path.startswith(str(home))]
    assert strangers == []
    written = [path for path in trace.written() if path.split(" ")[0] != PACTL_MEMORY]
    outside = [path for path in written if not Path(path).is_relative_to(home)]
    others_own = ("/dconf/user", "/pulse/cookie")  # GTK's, and the sound library's of pactl where it has none yet
    assert [path for path in outside if not path.endswith(others_own)] == []


def test_what_else_is_on_the_screen_is_not_written_down(
    dunst: object, screen: Robot, tmp_path: Path, server: CameraServer
) -> None:
    """A film of another program fills the screen and is heeded; neither its title nor the program's name is in any file
    of ours, log included, however much is logged."""
    home, title, name = tmp_path / "home", "Quokkas at Midnight", "wombatplayer"
    (tmp_path / f"{name}.py").write_text(FILM)
    film = start(sys.executable, str(tmp_path / f"{name}.py"), title)
    environment = {**os.environ, "POSTUREWATCH_HOME": str(home)}
    command = [sys.executable, "-m", "posturewatch", "run", "--no-tray", "--verbose", "--source", server.address]
    app = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        window = screen.window(title, 60)
        assert window is not None
        screen.do("windowfocus", "--sync", window)
        assert until(lambda: "fills the screen" in quiet(home / "state"), 60)
        assert told(home / "state", "break_now")
        assert told(home / "state", "quit")
        assert app.wait(60) == 0
    finally:
        end(app)  # type: ignore[arg-type]
        end(film)
    files = [path for path in home.rglob("*") if path.is_file()]
    assert {"journal.sqlite", "posturewatch.log"} <= {path.name for path in files}
    for path in files:
        content = path.read_bytes().lower()
        assert b"quokka" not in content, path
        assert b"wombat" not in content, path


def quiet(state: Path) -> str:
    """Why nothing is said now."""
    try:
        answer = ask(state, {"do": "status"})
    except InstanceError:
        return ""
    return str(answer["snapshot"]["quiet"]) if answer.get("ok") else ""


def commands(pid: int) -> list[str]:
    """The last words of the command lines of all its processes."""
    words = []
    for one in psutil.Process(pid).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess, IndexError):
            words.append(one.cmdline()[-1])
    return words
