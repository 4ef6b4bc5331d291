"""On which monitor a window goes, and where: Tk takes all monitors for one screen, and would centre on their seam."""

from __future__ import annotations

import ctypes
import sys
import tkinter as tk
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
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

    def without(self, other: Box) -> tuple[Box, ...]:
        """What of this box lies outside the other one, in at most four boxes; mirrored monitors overlap."""
        left, right = max(self.left, other.left), min(self.left + self.width, other.left + other.width)
        top, bottom = max(self.top, other.top), min(self.top + self.height, other.top + other.height)
        if left >= right or top >= bottom:
            return (self,)
        own_right, own_bottom = self.left + self.width, self.top + self.height
        parts = (
            Box(self.left, self.top, self.width, top - self.top),
            Box(self.left, bottom, self.width, own_bottom - bottom),
            Box(self.left, top, left - self.left, bottom - top),
            Box(right, top, own_right - right, bottom - top),
        )
        return tuple(part for part in parts if part.width > 0 and part.height > 0)

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


def all_monitors(root: tk.Tk) -> tuple[Box, ...]:
    """Each monitor whole, panels and all; at least one, the whole screen where none is known."""
    found: Iterable[Box] = ()
    with suppress(Exception):  # as below
        if root.tk.call("tk", "windowingsystem") == "x11":
            found = _of_x11()
        elif sys.platform == "win32":
            found = _all_of_windows()
    return tuple(found) or (Box(0, 0, root.winfo_screenwidth(), root.winfo_screenheight()),)


def dots_per_inch_of_x11(root: tk.Tk) -> float | None:
    """``Xft.dpi`` among the resources of the X server, which desktops set to their scale; None where there is none.
    (Tk's own option database answers for its application's name only.)"""
    with suppress(Exception):  # no X server, or one without resources
        if root.tk.call("tk", "windowingsystem") == "x11":
            from Xlib.Xatom import RESOURCE_MANAGER, STRING

            with _x_server() as display:
                told = display.screen().root.get_full_property(RESOURCE_MANAGER, STRING)
            lines = bytes(told.value).decode("latin-1").splitlines()
            return float(next(line.partition(":")[2] for line in lines if line.startswith("Xft.dpi:")))
    return None


def letters_per_inch_of_x11(root: tk.Tk) -> float:
    """By how many dots to the inch Xft sets letters that Tk wants in points: ``Xft.dpi``, else what the server says of
    its screen."""
    told = dots_per_inch_of_x11(root)
    return told if told is not None else root.winfo_screenheight() * 25.4 / max(1, root.winfo_screenmmheight())


@contextmanager
def _x_server() -> Iterator[Any]:
    from Xlib.display import Display

    display = Display()
    try:
        yield display
    finally:
        display.close()


def _monitors(root: tk.Tk, x: int, y: int) -> Iterable[Box]:
    with suppress(Exception):  # an old X server, a library that lacks: then the screen is one
        if root.tk.call("tk", "windowingsystem") == "x11":
            return _of_x11()
        if sys.platform == "win32":
            return _of_windows(x, y)
    return ()


def _of_x11() -> list[Box]:
    with _x_server() as display:
        found = display.screen().root.xrandr_get_monitors().monitors
        return [Box(one.x, one.y, one.width_in_pixels, one.height_in_pixels) for one in found]


def _all_of_windows() -> list[Box]:
    """Every monitor, with the task bar."""

    class Rect(ctypes.Structure):
        _fields_ = (
            ("left", ctypes.c_long),
            ("top", ctypes.c_long),
            ("right", ctypes.c_long),
            ("bottom", ctypes.c_long),
        )

    found: list[Box] = []

    def one(_monitor: int, _context: int, place: Any, _own: int) -> int:
        rect = place.contents
        found.append(Box(rect.left, rect.top, rect.right - rect.left, rect.bottom - rect.top))
        return 1

    hear = getattr(ctypes, "WINFUNCTYPE")(  # noqa: B009  (only there on Windows)
        ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.POINTER(Rect), ctypes.c_void_p
    )
    user32: Any = getattr(ctypes, "windll").user32  # noqa: B009
    user32.EnumDisplayMonitors(None, None, hear(one), None)
    return found


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
