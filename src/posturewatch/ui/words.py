"""A label whose words wrap as their language wants it."""

from __future__ import annotations

import re
import tkinter as tk
from tkinter import font as tkfont
from tkinter import ttk
from typing import Any, Final

from posturewatch.base.folding import folded

_SQUARE: Final = re.compile("[\u2e80-\uffff]")
"""A sign of Chinese, Japanese or Korean: Tk breaks such a text anywhere, before a full stop as well."""


class Words(ttk.Label):
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
