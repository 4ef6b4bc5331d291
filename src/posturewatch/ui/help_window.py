"""When to seek help: the list, always reachable, never inferred from anything that was measured."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass
from tkinter import ttk

from posturewatch.base.child import App
from posturewatch.base.i18n import _
from posturewatch.base.wording import call_for_help, footer, see_a_doctor_soon, seek_help, seek_help_title
from posturewatch.ui.toolkit import Window, show


@dataclass(frozen=True, slots=True)
class HelpView:
    """There is nothing to choose."""

    dark: bool | None = None


def write_help(window: Window, body: ttk.Frame, close: Callable[[], None]) -> None:
    """The list, with a button that closes it, in this part of a window."""
    window.label(body, f"{call_for_help()} {seek_help_title()}", "Title.TLabel", 520).grid(columnspan=2, sticky="w")
    for line in seek_help():
        row = body.grid_size()[1]
        window.label(body, "•").grid(row=row, column=0, sticky="ne", pady=(window.px(8), 0))
        text = window.label(body, line, width=490)
        text.grid(row=row, column=1, sticky="w", padx=(window.px(8), 0), pady=(window.px(8), 0))
    soon = window.label(body, see_a_doctor_soon(), width=520)
    soon.grid(columnspan=2, sticky="w", pady=(window.px(12), 0))
    note = window.label(body, footer(), "Muted.TLabel", 520)
    note.grid(columnspan=2, sticky="w", pady=(window.px(18), 0))
    window.buttons(body, (_("Close"), close, True)).grid(columnspan=2, sticky="e", pady=(window.px(18), 0))


def open_beside(window: Window) -> None:
    """The list in a window of its own in front of another window of ours; that one goes on."""
    top = tk.Toplevel(window.root, background=window.colours.paper)
    top.title(_("When to seek help"))
    top.transient(window.root)
    top.resizable(width=False, height=False)
    body = ttk.Frame(top, padding=window.px(24))
    body.grid(sticky="nsew")
    write_help(window, body, top.destroy)

    def close(_event: tk.Event[tk.Misc]) -> str:
        top.destroy()
        return "break"

    top.bind("<Escape>", close)
    left, above = window.root.winfo_rootx(), window.root.winfo_rooty()
    top.geometry(f"+{left + window.px(30)}+{above + window.px(20)}")


class HelpWindow(Window):
    """The window with the list."""

    def __init__(self, app: App, view: HelpView) -> None:
        super().__init__(app, _("When to seek help"), dark=view.dark)
        write_help(self, self.body, self.close)


if __name__ == "__main__":  # the process of this window
    show(HelpWindow, HelpView)
