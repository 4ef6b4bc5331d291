"""What the toolkit adds to Tk: a label whose words wrap as their language wants it, and the mark of a switch."""

from __future__ import annotations

import re
import tkinter as tk
from tkinter import font as tkfont
from tkinter import ttk
from typing import Any, Final

from PIL import Image, ImageDraw

from posturewatch.base.folding import folded
from posturewatch.ui.palette import Colours

_SQUARE: Final = re.compile("[\u2e80-\uffff]")
"""A sign of Chinese, Japanese or Korean: Tk breaks such a text anywhere, before a full stop as well."""


class WrappedLabel(ttk.Label):
    """As ``ttk.Label``, without the terminal's marks around a command; a text that Tk would break wrongly is folded
    here. ``cget("text")`` is what is shown."""

    def __init__(self, parent: tk.Misc, *, text: str = "", style: str = "TLabel", wraplength: int, **more: Any) -> None:
        super().__init__(parent, style=style, wraplength=wraplength, **more)
        self._said, self._wide = "", wraplength
        self.configure(text=text)

    def configure(self, cnf: Any = None, **named: Any) -> Any:
        """Options as of any label."""
        options = {**(cnf or {}), **named}
        if not {"text", "wraplength"} & options.keys():
            return super().configure(cnf, **named)
        self._said = str(options.get("text", self._said)).replace("`", "")
        self._wide = int(options.get("wraplength", self._wide))
        return super().configure(**{**options, "text": self._folded()})

    def _folded(self) -> str:
        if not (self._wide and _SQUARE.search(self._said)):
            return self._said
        style = ttk.Style(self)
        font = tkfont.Font(self, font=style.lookup(str(self.cget("style")), "font") or "TkDefaultFont")
        lines = (line for part in self._said.split("\n") for line in folded(part, self._wide, measure=font.measure))
        return "\n".join(lines)


_FINE: Final = 4
"""Drawn so many times larger and scaled down: Pillow draws lines with hard edges."""


def switch_mark(size_px: int, colours: Colours, *, on: bool, dim: bool = False) -> Image.Image:
    """The box of a switch, ``size_px`` pixels square, with a tick where it is ``on``; ``dim``: it cannot be pressed.
    The toolkit's own mark is a cross, which many read as "no"."""
    side = size_px * _FINE
    picture = Image.new("RGBA", (side, side))
    draw = ImageDraw.Draw(picture)
    fill = (colours.line if dim else colours.accent) if on else colours.field
    edge = colours.muted if not on and not dim else (colours.line if dim else colours.accent)
    draw.rounded_rectangle((0, 0, side - 1, side - 1), side // 6, fill=fill, outline=edge, width=_FINE)
    if on:
        tick = [(side * x, side * y) for x, y in ((0.22, 0.52), (0.42, 0.72), (0.79, 0.29))]
        draw.line(tick, fill=colours.accent_ink, width=max(_FINE, side // 8), joint="curve")
    return picture.resize((size_px, size_px), Image.Resampling.LANCZOS)
