"""What a tray's icon says while the pointer rests on it, where the tray itself shows no such words.

A small window without frame by the pointer, which takes neither mouse nor keyboard; the app closes it.
"""

from __future__ import annotations

import contextlib
import tkinter as tk
from dataclasses import dataclass
from typing import Final

from posturewatch.base.child import App
from posturewatch.ui.toolkit import POLL_MS, Window, show

APART_PX: Final = 20
"""Below the pointer, or above it where there is no room: under it, it would take the pointer off the icon."""


@dataclass(frozen=True, slots=True)
class TooltipView:
    """What is said; ``dark`` as the desktop has it, ``None`` = not known."""

    text: str
    dark: bool | None = None


class TooltipWindow(Window):
    """A process whose own window is never shown, and the words by the pointer."""

    def __init__(self, app: App, view: TooltipView) -> None:
        super().__init__(app, "posturewatch", dark=view.dark)
        self._tip = tk.Toplevel(self.root, background=self.colours.line)
        self._tip.withdraw()
        self._tip.overrideredirect(boolean=True)
        for name, value in (("-topmost", True), ("-type", "tooltip")):
            with contextlib.suppress(tk.TclError):
                self._tip.attributes(name, value)
        words = self.label(self._tip, view.text, width=360)
        words.configure(padding=(self.px(8), self.px(5)))
        words.grid(padx=1, pady=1)

    def run(self) -> None:
        """Show it by the pointer until the app closes it."""
        self._tip.update_idletasks()
        width, height = self._tip.winfo_reqwidth(), self._tip.winfo_reqheight()
        x, y = self.root.winfo_pointerxy()
        top = y + self.px(APART_PX)
        if top + height > self.monitor.top + self.monitor.height:
            top = y - self.px(APART_PX) - height
        left, top = self.monitor.within(x - width // 2, top, width, height, 0)
        self._tip.geometry(f"+{left}+{top}")
        self.tell_when_seen(self._tip)
        self._tip.deiconify()
        self.root.after(POLL_MS, self._listen)
        self.root.mainloop()


if __name__ == "__main__":  # the process of this window
    show(TooltipWindow, TooltipView)
