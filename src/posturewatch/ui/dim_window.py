"""A gentle dimming at the edges of the screen, for those who want to be reminded without a sound or a text.

Four bands, half clear, that fade in, stay and fade out by themselves. They take no focus and swallow no click
that is not on the outermost edge; a click there ends the dimming. Needs a desktop with transparency; without it
the bands stay narrow lines.
"""

from __future__ import annotations

import contextlib
import tkinter as tk
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from posturewatch.base.child import App
from posturewatch.ui.toolkit import Window, show

STEP_MS: Final = 60
FADE_S: Final = 1.5
STRONGEST: Final = 0.35
"""Opacity of the bands at most; beyond, text under them becomes hard to read."""


@dataclass(frozen=True, slots=True)
class DimView:
    """For how many seconds, fading included, and how wide the bands are in pixels of an ordinary screen."""

    seconds: float = 8.0
    width: float = 36.0


def opacity(t_s: float, length_s: float) -> float:
    """Opacity at a time: up, level, down; 0 outside. Pure."""
    if t_s <= 0 or t_s >= length_s:
        return 0.0
    ramp = min(FADE_S, length_s / 2)
    return STRONGEST * min(1.0, t_s / ramp, (length_s - t_s) / ramp)


class DimWindow(Window):
    """The bands; the window itself is never shown."""

    def __init__(self, app: App, view: DimView) -> None:
        super().__init__(app, "posturewatch")
        self._view = view
        self._t_s = 0.0
        wide, high = self.root.winfo_screenwidth(), self.root.winfo_screenheight()
        self._soft = self._sees_through()
        edge = self.px(view.width) if self._soft else 3
        self._bands = [
            self._band(f"{wide}x{edge}+0+0"),
            self._band(f"{wide}x{edge}+0+{high - edge}"),
            self._band(f"{edge}x{high - 2 * edge}+0+{edge}"),
            self._band(f"{edge}x{high - 2 * edge}+{wide - edge}+{edge}"),
        ]

    def run(self) -> None:
        """Fade in and out and end."""
        self.tell_when_seen(self._bands[0])
        self.root.after(STEP_MS, self._step)
        self.root.after(STEP_MS, self._listen)
        self.root.mainloop()

    def _sees_through(self) -> bool:
        """Whether the desktop blends windows (on X11 a compositor owns a selection that says so)."""
        if self.root.tk.call("tk", "windowingsystem") != "x11":
            return True
        with contextlib.suppress(Exception):
            from Xlib import X
            from Xlib.display import Display

            display = Display()
            try:
                atom = display.intern_atom(f"_NET_WM_CM_S{display.get_default_screen()}")
                return bool(display.get_selection_owner(atom) != X.NONE)
            finally:
                display.close()
        return False

    def _band(self, geometry: str) -> tk.Toplevel:
        band = tk.Toplevel(self.root, background="#101418" if self._soft else "#e69f00")
        band.overrideredirect(boolean=True)
        band.geometry(geometry)
        with contextlib.suppress(tk.TclError):
            band.attributes("-topmost", True)
            band.attributes("-alpha", 0.0)
        band.bind("<Button>", lambda _event: self.close())
        return band

    def _step(self) -> None:
        self._t_s += STEP_MS / 1000
        if self._t_s >= self._view.seconds:
            self.close()
            return
        for band in self._bands:
            with contextlib.suppress(tk.TclError):
                band.attributes("-alpha", opacity(self._t_s, self._view.seconds))
        self.root.after(STEP_MS, self._step)


def view_from(payload: Mapping[str, Any]) -> DimView:
    """The view from the app, kept within sensible limits."""
    return DimView(min(60.0, max(1.0, float(payload["seconds"]))), min(200.0, max(4.0, float(payload["width"]))))


def main() -> None:
    """The process of this window."""
    show(lambda app, payload: DimWindow(app, view_from(payload)))


if __name__ == "__main__":
    main()
