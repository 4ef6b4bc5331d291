"""On which monitor a window goes, and where: Tk takes all monitors for one screen, and would centre on their seam."""

from __future__ import annotations

import ctypes
import sys
import tkinter as tk
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the screen, in pixels from its upper left corner."""

    left: int
    top: int
    width: int
    height: int

    def has(self, x: int, y: int) -> bool:
        """Whether the point lies in it."""
        return self.left <= x < self.left + self.width and self.top <= y < self.top + self.height

    def centred(self, width: int, height: int, margin: int) -> tuple[int, int]:
        """Left and top of a window of this size in the middle, a little high."""
        return self.within(
            self.left + (self.width - width) // 2, self.top + (self.height - height) // 3, width, height, margin
        )

    def within(self, left: int, top: int, width: int, height: int, margin: int) -> tuple[int, int]:
        """The place nearest to this one at which such a window lies inside, with a ``margin`` for its frame and for a
        panel; its upper left corner is inside in any case."""
        right, bottom = self.left + self.width - margin, self.top + self.height - margin
        return max(self.left, min(left, right - width)), max(self.top, min(top, bottom - height))


def monitor_of_pointer(root: tk.Tk) -> Box:
    """The monitor with the pointer; the first one where it is on none, all of the screen where none is known."""
    x, y = root.winfo_pointerxy()
    found = tuple(_monitors(root, x, y))
    whole = Box(0, 0, root.winfo_screenwidth(), root.winfo_screenheight())
    return next((box for box in found if box.has(x, y)), found[0] if found else whole)


def _monitors(root: tk.Tk, x: int, y: int) -> Iterable[Box]:
    with suppress(Exception):  # an old X server, a library that lacks: then the screen is one
        if root.tk.call("tk", "windowingsystem") == "x11":
            return _of_x11()
        if sys.platform == "win32":
            return _of_windows(x, y)
    return ()


def _of_x11() -> list[Box]:
    from Xlib.display import Display

    display = Display()
    try:
        window = display.screen().root
        found = window.xrandr_get_monitors().monitors
        return [Box(one.x, one.y, one.width_in_pixels, one.height_in_pixels) for one in found]
    finally:
        display.close()


def _of_windows(x: int, y: int) -> list[Box]:
    """The work area of the monitor with this point: without the task bar."""

    class Info(ctypes.Structure):
        _fields_ = (
            ("size", ctypes.c_ulong),
            ("monitor", ctypes.c_long * 4),
            ("work", ctypes.c_long * 4),
            ("flags", ctypes.c_ulong),
        )

    class Point(ctypes.Structure):
        _fields_ = (("x", ctypes.c_long), ("y", ctypes.c_long))

    user32: Any = getattr(ctypes, "windll").user32  # noqa: B009  (only there on Windows)
    user32.MonitorFromPoint.restype = ctypes.c_void_p
    user32.MonitorFromPoint.argtypes = (Point, ctypes.c_ulong)
    user32.GetMonitorInfoW.argtypes = (ctypes.c_void_p, ctypes.c_void_p)
    info = Info(size=ctypes.sizeof(Info))
    nearest = 2  # MONITOR_DEFAULTTONEAREST
    if not user32.GetMonitorInfoW(user32.MonitorFromPoint(Point(x, y), nearest), ctypes.byref(info)):
        return []
    left, top, right, bottom = info.work
    return [Box(left, top, right - left, bottom - top)]
