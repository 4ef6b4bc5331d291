"""What lies over everything and is in nobody's way: sheets over the monitors, and bands along their edges.

They take no focus, and clicks go through them to what lies below: on X11 by an empty input region (XShape), on Windows
as layered, transparent windows. Something see-through needs a desktop that blends windows; where it does not, where
clicks cannot be let through (macOS), and under Wayland, where an X11 window's opacity may be ignored and a sheet would
then hide the whole screen, there are only thin opaque bands at the very edge.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
import tkinter as tk
from typing import Any, Final

from posturewatch.base.child import App
from posturewatch.ui.screens import Box, all_monitors
from posturewatch.ui.toolkit import Window

DARK: Final = "#101418"
AMBER: Final = "#e69f00"
"""The palette of Okabe and Ito (2008), as the icon of a head held forward."""


class Overlay(Window):
    """A process whose own window is never shown, and what it lays over the screen instead."""

    def __init__(self, app: App) -> None:
        super().__init__(app, "posturewatch")
        self.monitors = all_monitors(self.root)
        self._display: Any = None
        if self.root.tk.call("tk", "windowingsystem") == "x11":
            with contextlib.suppress(Exception):  # without the library, or the extension, bands are all there is
                from Xlib.display import Display

                self._display = Display()

    def close(self) -> None:
        """End it, and what lies over the screen with it."""
        super().close()
        if self._display is not None:
            with contextlib.suppress(Exception):
                self._display.close()

    def blends(self) -> bool:
        """Whether something see-through may be laid over the screen now: a compositor may come and go."""
        if sys.platform == "win32":
            return True
        if self._display is None or os.environ.get("WAYLAND_DISPLAY"):
            return False
        with contextlib.suppress(Exception):
            from Xlib import X
            from Xlib.ext import shape

            name = f"_NET_WM_CM_S{self._display.get_default_screen()}"
            owner = self._display.get_selection_owner(self._display.intern_atom(name))
            return bool(owner != X.NONE) and self._display.has_extension(shape.extname)
        return False

    def sheet(self, colour: str) -> tk.Toplevel:
        """A window without a frame over all others; nothing of it is seen until it is placed."""
        sheet = tk.Toplevel(self.root, background=colour)
        sheet.withdraw()
        sheet.overrideredirect(boolean=True)
        # On X11 as a panel: compositors lay no shadow around one.
        for name, value in (("-topmost", True), ("-alpha", 0.0), ("-type", "dock")):
            with contextlib.suppress(tk.TclError):
                sheet.attributes(name, value)
        return sheet

    def lay(self, sheet: tk.Toplevel, box: Box, alpha: float) -> None:
        """Show the sheet there, so opaque (0 to 1) where the desktop blends; clicks go through it."""
        sheet.attributes("-alpha", alpha)
        sheet.geometry(f"{box.width}x{box.height}+{box.left}+{box.top}")
        if sheet.state() == "withdrawn":
            sheet.deiconify()
            sheet.update_idletasks()
            with contextlib.suppress(Exception):
                self._let_clicks_through(sheet)

    def _let_clicks_through(self, sheet: tk.Toplevel) -> None:
        if sys.platform == "win32":
            user32: Any = getattr(ctypes, "windll").user32  # noqa: B009  (only there on Windows)
            user32.GetParent.restype = user32.GetWindowLongPtrW.restype = ctypes.c_void_p
            window = ctypes.c_void_p(user32.GetParent(ctypes.c_void_p(sheet.winfo_id())))
            style = (user32.GetWindowLongPtrW(window, -20) or 0) | 0x80000 | 0x20 | 0x08000000 | 0x80
            # GWL_EXSTYLE; layered, transparent for the mouse, not to be activated, not in the task bar
            user32.SetWindowLongPtrW(window, -20, ctypes.c_void_p(style))
        elif self._display is not None:
            from Xlib.ext import shape

            root = self._display.screen().root
            window = self._display.create_resource_object("window", sheet.winfo_id())
            while (parent := window.query_tree().parent) and parent.id != root.id:
                window = parent  # Tk lays a window of its own around each
            window.shape_rectangles(shape.SO.Set, shape.SK.Input, 0, 0, 0, [])
            self._display.sync()


def edges(box: Box, width: int) -> tuple[Box, Box, Box, Box]:
    """Four bands so wide along the inner edges of a monitor, without overlap."""
    inner = box.height - 2 * width
    return (
        Box(box.left, box.top, box.width, width),
        Box(box.left, box.top + box.height - width, box.width, width),
        Box(box.left, box.top + width, width, inner),
        Box(box.left + box.width - width, box.top + width, width, inner),
    )
