"""posturewatch's own windows under Wine: a break over two monitors, border and dimming, and clicks through these.

The lane's CPython has no Tk. The package index carries one with Tk for 3.11 alone, of which the installer is made; the
windows need little besides.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from windows_app import wait
from windows_prefix import DISPLAY, Lane, LaneError, do, see

_FOLDER: Final = "Python311"
_PAPER, _AMBER, _BELOW = "#FFFFFF", "#E69F00", "#204080"


def overlays(lane: Lane) -> str:
    """A break covers both monitors and is no program that fills the screen; clicks go through border and dimming."""
    _set_up(lane)
    _two_monitors(lane)
    for name, x in (("second", 900), ("first", 300)):
        do("xdotool", "mousemove", str(x), "300", DISPLAY=DISPLAY)
        with _opened(lane, "break_window", cover="all") as window:
            corners = ((4, 796), (1276, 796))
            see(wait(lambda at=corners: str(_colours(*at) == [_PAPER] * 2 or ""), 60), f"{name}: {_colours(*corners)}")
            lane.screenshot(f"break-{name}")
            told = window("ask")
            see(told["monitors"] == 2 and told["ours"] and not told["full_screen"], f"{name}: {told}")
            # Where a window manager is left out, X gives the keyboard to a window that is clicked
            do("xdotool", "mousemove", str(x), "700", "click", "1", DISPLAY=DISPLAY)
            do("xdotool", "key", "--delay", "60", "Escape", "Escape", DISPLAY=DISPLAY)
            see(wait(lambda ask=window: str(not ask("ask")["alive"] or ""), 30), f"{name}: Escape does not end it")
    clicks = lane.drive / "clicks.txt"
    clicks.unlink(missing_ok=True)
    below = lane.start("-c", _WINDOW_BELOW, folder=_FOLDER)
    quiet = subprocess.DEVNULL
    try:
        see(wait(lambda: str(_colours((100, 400)) == [_BELOW] or ""), 60), "no window below")
        with _opened(lane, "feedback_window", look="border", level=1.0):
            edges = ((3, 400), (637, 100), (643, 100), (1276, 400))
            see(wait(lambda: str(_AMBER in _colours(edges[0]) or ""), 30), str(_colours(*edges)))
            lane.screenshot("border")
            see(_colours(*edges) == [_AMBER] * 4, str(_colours(*edges)))
            see(_clicked(clicks, 7, 400), "a click on the border is lost")
        compositor = subprocess.Popen(
            ["picom", "--backend", "xrender", "--config", "/dev/null"],  # noqa: S607
            env=lane.environment, stdout=quiet, stderr=quiet,
        )  # fmt: skip
        try:
            with _opened(lane, "feedback_window", look="dim", level=1.0):
                see(wait(lambda: str(_colours((100, 400)) != [_BELOW] or ""), 30), "it does not dim")
                see(wait(lambda: str(_colours((100, 400)) == [_DIMMED] or ""), 30), str(_colours((100, 400))))
                lane.screenshot("dim")
                see(_clicked(clicks, 100, 400), "a click on the dimmed screen is lost")
        finally:
            compositor.terminate()
            compositor.wait()
    finally:
        below.kill()
        below.wait()
    covered = "two monitors covered, whichever has the pointer, ended by Escape"
    return f"{covered}; border {_AMBER}, dimming {_BELOW} → {_DIMMED}, clicks go through both"


_DIMMED: Final = "#1B3360"
"""The window below under 30 % of #101418."""


def _set_up(lane: Lane) -> None:
    """CPython 3.11 with Tk, and what the windows need."""
    home, site = lane.drive / _FOLDER, lane.drive / "tk-site"
    if (site / "PIL").exists():
        return
    from making import PackageError
    from windows_installer import embedded

    try:
        shutil.copytree(embedded(lane.work), home, dirs_exist_ok=True)
    except PackageError as err:
        raise LaneError(str(err)) from err
    (home / "python311._pth").write_text("python311.zip\n.\nC:\\src\\src\nC:\\tk-site\n", encoding="ascii")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "-q", "--no-compile", "--no-deps")
    target = ("--target", str(site), "--platform", "win_amd64", "--python-version", "3.11", "--only-binary=:all:")
    do(*pip, *target, "-c", str(lane.work / "constraints.txt"), "psutil", "pillow")


def _two_monitors(lane: Lane) -> None:
    """Halve the screen. Wine looks for monitors at the start of its desktop, those of Xinerama where it is told to."""
    for name, left, output in (("left", 0, "screen"), ("right", 640, "none")):
        do("xrandr", "--setmonitor", name, f"640/170x800/210+{left}+0", output, DISPLAY=DISPLAY)
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    key = r"HKCU\Software\Wine\X11 Driver"
    for words in (("reg", "add", key, "/v", "UseXRandR", "/d", "N", "/f"), ("wineboot", "--kill")):
        subprocess.run(["wine", *words], env=lane.environment, check=False, **quiet)  # noqa: S607
    subprocess.run(["wineserver", "-w"], env=lane.environment, check=False, timeout=60, **quiet)  # noqa: S607
    lane.show_desktop()


@contextmanager
def _opened(lane: Lane, name: str, **view: object) -> Iterator[Any]:
    """A window that is opened as the app does; what it gives asks about it."""
    child = lane.start("-c", _OPEN, name, json.dumps(view), folder=_FOLDER)
    asks: Any = child.stdin
    answers: Any = child.stdout

    def ask(words: str) -> dict[str, Any]:
        asks.write(words.encode() + b"\n")
        asks.flush()
        line = answers.readline()
        see(line, "the window's starter has ended")
        return dict(json.loads(line))

    try:
        see(ask("shown")["shown"], f"{name} is not shown")
        yield ask
        asks.close()
        child.wait(timeout=60)
    finally:
        child.kill()
        child.wait()


def _clicked(clicks: Path, x: int, y: int) -> str:
    do("xdotool", "mousemove", str(x), str(y), "click", "1", DISPLAY=DISPLAY)
    return wait(lambda: str(f"{x} {y}" in clicks.read_text().splitlines() or ""), 10)


def _colours(*places: tuple[int, int]) -> list[str]:
    """What is seen there."""
    found = []
    for x, y in places:
        words = ("import", "-silent", "-window", "root", "-crop", f"1x1+{x}+{y}", "-depth", "8", "txt:-")
        found.append(do(*words, DISPLAY=DISPLAY).split("#")[-1][:6])
    return [f"#{each}" for each in found]


_OPEN: Final = r"""
import ctypes, json, sys
from posturewatch.desktop.presence import windows
from posturewatch.ui.break_window import BreakView
from posturewatch.ui.feedback_window import FeedbackView
from posturewatch.ui.open import open_window

name, view = sys.argv[1], json.loads(sys.argv[2])
if name == "break_window":
    view = BreakView("Time for a short break", 45, "Look away.", "", "", "", "", dark=False, **view)
else:
    view = FeedbackView(**view)
handle = open_window(name, view)
for line in sys.stdin:
    if line.strip() == "shown":
        told = {"shown": handle.shown(60)}
    else:
        told = {
            "alive": handle.alive,
            "ours": windows._is_ours(),
            "full_screen": windows.screen().full_screen,
            "monitors": ctypes.windll.user32.GetSystemMetrics(80),
        }
    print(json.dumps(told), flush=True)
handle.close()
"""
"""Opens a window, and answers a line for each that it hears."""

_WINDOW_BELOW: Final = r"""
import tkinter
root = tkinter.Tk()
root.geometry("300x300+0+300")
root.configure(background="#204080")
clicks = open(r"C:\clicks.txt", "w", buffering=1)
root.bind("<Button-1>", lambda event: clicks.write(f"{event.x_root} {event.y_root}\n"))
root.mainloop()
"""
