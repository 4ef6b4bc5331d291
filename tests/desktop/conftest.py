"""A real desktop for tests: an X server without a screen, a private message bus, services and a robot.

Nothing here touches the desktop of whoever runs the tests: the X server is a new Xvfb, the bus is private, and
each fixture sets the environment of this test only. Where a program is missing the test is skipped, except with
``CI_DESKTOP=1``: then it fails, so that nothing is skipped unseen.
"""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image, ImageGrab

if os.name == "nt":
    collect_ignore_glob = ["*/test_on_a_desktop.py"]
    """X and D-Bus are Unix' alone, and what speaks D-Bus is not even installed there."""

SCREEN = "1280x800x24"
BACKGROUND = (68, 102, 136)
PATIENCE_S = 40.0
"""How long to wait for what must come; long, because a busy computer starts programs slowly."""


def need(program: str) -> str:
    """The path of a program that the test cannot do without."""
    found = shutil.which(program) or next(
        (str(path) for path in Path("/usr/lib").glob(f"*/xfce4/notifyd/{program}")), None
    )
    if found is None:
        message = f"{program} is not installed (see .ci/packages.txt)"
        if os.environ.get("CI_DESKTOP") == "1":
            pytest.fail(message)
        pytest.skip(message)
    return found


def until(fact: Callable[[], object], patience_s: float = PATIENCE_S) -> bool:
    """Wait until something holds."""
    end_s = time.monotonic() + patience_s
    while time.monotonic() < end_s:
        if fact():
            return True
        time.sleep(0.05)
    return False


def end(process: subprocess.Popen[bytes]) -> None:
    """End a program that a fixture started."""
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(5)


def start(*words: str, env: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Start a service in the background, silent."""
    return subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env)


class Robot:
    """Sees the screen and moves mouse and keyboard."""

    def __init__(self, display: str) -> None:
        self.display = display
        self._tool = need("xdotool")

    def picture(self) -> Image.Image:
        """The whole screen."""
        return ImageGrab.grab(xdisplay=self.display).convert("RGB")

    def do(self, *words: str) -> str:
        """Run xdotool with these words and give back what it prints."""
        done = subprocess.run((self._tool, *words), capture_output=True, encoding="utf-8", check=False, timeout=30)
        return done.stdout.strip()

    def key(self, *keys: str) -> None:
        """Press keys one after the other, as a person would."""
        for key in keys:
            self.do("key", "--clearmodifiers", key)
            time.sleep(0.12)

    def click(self, x: int, y: int, button: int = 1) -> None:
        """Move there and click."""
        self.do("mousemove", str(x), str(y))
        time.sleep(0.1)
        self.do("click", str(button))

    def window(self, title: str, patience_s: float = PATIENCE_S) -> str | None:
        """The id of a visible window with this title, waiting for it."""
        found: list[str] = []

        def seen() -> bool:
            found[:] = self.do("search", "--onlyvisible", "--name", title).split()
            return bool(found)

        return found[0] if until(seen, patience_s) else None

    def place(self, window: str) -> tuple[int, int, int, int]:
        """Left, top, width and height of a window."""
        lines = self.do("getwindowgeometry", "--shell", window).splitlines()
        values = dict(line.split("=", 1) for line in lines if "=" in line)
        return int(values["X"]), int(values["Y"]), int(values["WIDTH"]), int(values["HEIGHT"])

    def find_colour(self, colour: tuple[int, int, int], spread: int = 12) -> tuple[int, int] | None:
        """The middle of all pixels of about this colour, or None where there are none."""
        box = _where(self.picture(), colour, spread)
        return None if box is None else ((box[0] + box[2]) // 2, (box[1] + box[3]) // 2)


def _where(picture: Image.Image, colour: tuple[int, int, int], spread: int) -> tuple[int, int, int, int] | None:
    bands = [
        band.point(lambda level, wanted=wanted: 255 if abs(level - wanted) <= spread else 0)
        for band, wanted in zip(picture.split(), colour, strict=True)
    ]
    from PIL import ImageChops

    return ImageChops.multiply(ImageChops.multiply(bands[0], bands[1]), bands[2]).getbbox()


@contextmanager
def x_screen(size: str) -> Iterator[str]:
    """An X server with a screen of this size; its display name."""
    program = need("Xvfb")
    read_end, write_end = os.pipe()
    server = subprocess.Popen(
        (program, "-displayfd", str(write_end), "-screen", "0", size, "-noreset", "-dpi", "96"),
        pass_fds=(write_end,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(write_end)
    with os.fdopen(read_end) as pipe:
        number = pipe.readline().strip()
    assert number, "Xvfb did not start"
    yield f":{number}"
    end(server)


@pytest.fixture(scope="session")
def x_server() -> Iterator[str]:
    """An X server of our own; its display name."""
    with x_screen(SCREEN) as display:
        yield display


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A private session bus without services to start; its address is in the environment."""
    config = tmp_path / "bus.conf"
    config.write_text(
        "<busconfig><type>session</type><keep_umask/>"
        f"<listen>unix:dir={tmp_path}</listen><auth>EXTERNAL</auth>"
        '<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>'
        '<allow own="*"/></policy></busconfig>'
    )
    daemon = subprocess.Popen(
        (need("dbus-daemon"), f"--config-file={config}", "--nofork", "--print-address=1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert daemon.stdout is not None
    address = daemon.stdout.readline().decode().strip()
    assert address, "dbus-daemon did not start"
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    # Where tests ask a system service, it is on this bus too: never the computer's own.
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
    yield address
    end(daemon)
    daemon.stdout.close()


@pytest.fixture
def screen(x_server: str, bus: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Robot]:
    """A session with X server, bus and window manager; the environment points to it."""
    monkeypatch.setenv("DISPLAY", x_server)
    for name in ("WAYLAND_DISPLAY", "XDG_CURRENT_DESKTOP", "XDG_SESSION_ID", "GDK_SCALE", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("NO_AT_BRIDGE", "1")
    with window_manager(x_server):
        robot = Robot(x_server)
        paint_background(x_server)
        robot.do("mousemove", "640", "790")
        yield robot
        for window in robot.do("search", "--class", "posturewatch").split():
            robot.do("windowkill", window)  # what a failed test has left must not be in the way of the next
    gc.collect()  # a window that was made here has pictures, and Tk takes them back from this thread alone


@contextmanager
def window_manager(display: str) -> Iterator[None]:
    """Openbox, from the moment on that it manages: of a window that comes up while it starts it may lose sight."""
    manager = start(need("openbox"), env=os.environ | {"DISPLAY": display})
    assert until(lambda: is_managed(display))
    yield
    end(manager)


def is_managed(display: str) -> bool:
    """Whether a window manager takes a window in: a small one is put up, and has a state soon (ICCCM)."""
    from Xlib import X
    from Xlib.display import Display

    connection = Display(display)
    try:
        window = connection.screen().root.create_window(0, 0, 9, 9, 0, X.CopyFromParent)
        window.map()
        state = connection.intern_atom("WM_STATE")
        return until(lambda: window.get_full_property(state, state), 1.0)
    finally:
        connection.close()


def paint_background(display: str) -> None:
    """Give the root window one colour, so that whatever is drawn is seen."""
    from Xlib.display import Display

    connection = Display(display)
    root = connection.screen().root
    red, green, blue = BACKGROUND
    root.change_attributes(background_pixel=(red << 16) | (green << 8) | blue)
    root.clear_area()
    connection.sync()
    connection.close()


@pytest.fixture
def dunst(screen: Robot, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A notification service with actions and markup. A left click opens its menu of actions; the menu's program
    is a script that always takes the line which ``choose`` (a file beside it) names."""
    choose = tmp_path / "choose"
    menu = tmp_path / "menu.sh"
    menu.write_text(f'#!/bin/sh\nexec grep -m1 -F -f "{choose}"\n')
    menu.chmod(0o700)
    settings = tmp_path / "dunstrc"
    settings.write_text(
        f"[global]\norigin = top-right\ndmenu = {menu}\nmouse_left_click = context\nmouse_right_click = close_current\n"
        "width = 360\nidle_threshold = 0\n"
    )
    service = start(need("dunst"), "-conf", str(settings))
    assert until(lambda: owned("org.freedesktop.Notifications"))
    yield service
    end(service)


@pytest.fixture
def tray_host(screen: Robot) -> Iterator[subprocess.Popen[bytes]]:
    """An old-style X11 tray at the upper right."""
    host = start_tray()
    yield host
    end(host)


def start_tray() -> subprocess.Popen[bytes]:
    """Start a tray and wait until it owns the tray selection."""
    from posturewatch.desktop.tray.backends import xembed_host

    words = ("--edge", "top", "--align", "right", "--width", "10", "--height", "32", "--tint", "0xeeeeee")
    host = start(need("trayer"), *words)
    assert until(xembed_host)
    return host


def owned(name: str) -> bool:
    """Whether a service has this name on the private bus."""
    from posturewatch.base.errors import DesktopError
    from posturewatch.desktop.dbus import Call, ask

    bus_name = "org.freedesktop.DBus"
    try:
        return bool(ask(Call(bus_name, "/org/freedesktop/DBus", bus_name, "NameHasOwner", "s", (name,))))
    except DesktopError:
        return False
