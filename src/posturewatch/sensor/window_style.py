"""How the windows with the camera's picture look: dark, as pictures are best seen; the house's accent; large text.

tkinter with its own "clam" theme, which looks alike on the three platforms and comes with Python.
"""

from __future__ import annotations

import os
import sys
import tkinter as tk
from collections.abc import Callable
from contextlib import suppress
from tkinter import font as tkfont
from tkinter import ttk
from typing import Any, Final

from posturewatch.errors import DesktopError
from posturewatch.i18n import _

PAPER: Final = "#262b31"
FIELD: Final = "#1b1f24"
LINE: Final = "#4a525c"
INK: Final = "#eef0f3"
MUTED: Final = "#a9b1bb"
GOOD: Final = "#3fc79a"
FORWARD: Final = "#ffb454"
UNSURE: Final = "#8ab4ff"
"""States differ by words and by the marker's shape as well as by these colours."""

_BUTTON: Final = "#363d45"
_BUTTON_OVER: Final = "#434b55"
_GOOD_OVER: Final = "#5ad6ad"
_GOOD_INK: Final = "#10231c"


def new_window(title: str, leave: Callable[[], None]) -> tuple[tk.Tk, float]:
    """A root window in our style, still hidden, and the screen's scale. Raises DesktopError without a screen."""
    try:
        root = tk.Tk(className="posturewatch")
    except tk.TclError as err:
        raise DesktopError(
            _("There is no screen for the window."), _("Calibrate in the terminal: posturewatch calibrate --no-window")
        ) from err
    root.withdraw()
    root.title(title)
    root.configure(background=PAPER)
    root.resizable(width=False, height=False)
    root.protocol("WM_DELETE_WINDOW", leave)
    root.bind("<Escape>", lambda _event: leave())
    scale = _scale(root)
    _style(root, scale)
    return root, scale


def show(root: tk.Tk) -> None:
    """Put the window in the middle of the screen, a little high."""
    root.update_idletasks()
    left = (root.winfo_screenwidth() - root.winfo_reqwidth()) // 2
    top = (root.winfo_screenheight() - root.winfo_reqheight()) // 3
    root.geometry(f"+{max(0, left)}+{max(0, top)}")
    root.deiconify()
    root.lift()


def button(parent: tk.Misc, text: str, command: Callable[[], None], *, main: bool = False) -> ttk.Button:
    """A button that answers to Space and Return as well."""
    made = ttk.Button(parent, text=text, command=command, style="Accent.TButton" if main else "TButton")
    for key in ("<Return>", "<KP_Enter>"):
        made.bind(key, lambda _event: made.invoke())
    return made


def font(size: int, *, bold: bool = False) -> tuple[str, int, str]:
    """The desktop's own typeface in a size."""
    return (tkfont.nametofont("TkDefaultFont").actual("family"), size, "bold" if bold else "normal")


def _scale(root: tk.Tk) -> float:
    """The screen's points against 96 to the inch, between 1 and 4."""
    dense = [1.0]
    for name in ("GDK_SCALE", "POSTUREWATCH_SCALE"):
        with suppress(ValueError):
            dense.append(float(os.environ.get(name, "")))
    if sys.platform == "win32":
        dense.append(root.winfo_fpixels("1i") / 96)
    scale = min(4.0, max(dense))
    root.tk.call("tk", "scaling", 96 * scale / 72)
    return scale


def _style(root: tk.Tk, scale: float) -> None:
    style = ttk.Style(root)
    style.theme_use("clam")
    tkfont.nametofont("TkDefaultFont").configure(size=11)
    style.configure(".", background=PAPER, foreground=INK, bordercolor=LINE, troughcolor=FIELD, focuscolor=GOOD)
    style.configure("Title.TLabel", font=font(17, bold=True))
    style.configure("Guide.TLabel", font=font(13))
    style.configure("Muted.TLabel", foreground=MUTED, font=font(10))
    style.configure("Value.TLabel", font=font(30, bold=True))
    flat: dict[str, Any] = {
        "relief": "flat",
        "borderwidth": 1,
        "padding": (round(16 * scale), round(8 * scale)),
        "darkcolor": PAPER,
        "lightcolor": PAPER,
    }
    style.configure("TButton", background=_BUTTON, **flat)
    style.map("TButton", background=[("active", _BUTTON_OVER)], bordercolor=[("focus", GOOD)])
    style.configure(
        "Accent.TButton", background=GOOD, foreground=_GOOD_INK, font=font(11, bold=True), bordercolor=GOOD, **flat
    )
    style.map("Accent.TButton", background=[("disabled", LINE), ("active", _GOOD_OVER)], bordercolor=[("focus", INK)])
    style.configure(
        "Horizontal.TProgressbar",
        background=GOOD,
        bordercolor=FIELD,
        darkcolor=GOOD,
        lightcolor=GOOD,
        thickness=round(10 * scale),
    )
