"""The tray's menu as a window, for trays that show an icon and no menu.

Says ``chosen`` with the line's path and closes. Lines with lines below open and close in place, so that all of
it stays within two clicks. Arrow keys move, Return takes, Escape closes.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Mapping
from tkinter import ttk
from typing import Any, Final

from posturewatch.child import App
from posturewatch.windows.launch import MenuView
from posturewatch.windows.look import Window, show

WIDTH_PX: Final = 380


class MenuWindow(Window):
    """The window with the lines."""

    def __init__(self, app: App, view: MenuView) -> None:
        super().__init__(app, "posturewatch", on_top=True, at_pointer=True)
        self.body.configure(padding=self.px(8))
        self.body.columnconfigure(0, weight=1, minsize=self.px(WIDTH_PX))
        self._open: dict[str, ttk.Frame] = {}
        for path, text, enabled, checked in view.lines:
            self._line(path, text, enabled, checked, any(one[0].startswith(f"{path}.") for one in view.lines))
        self.root.bind("<Down>", lambda _event: self._move(1))
        self.root.bind("<Up>", lambda _event: self._move(-1))
        buttons = self._buttons(self.body)
        if buttons:
            buttons[0].focus_set()

    def _line(self, path: str, text: str, enabled: bool, checked: bool | None, parent: bool) -> None:
        above = path.rpartition(".")[0]
        frame = self._open.get(above, self.body)
        indent = self.px(20) if above else 0
        row = len(frame.winfo_children())  # a closed part gives its row back, so rows are counted here
        if not text:
            ttk.Separator(frame).grid(row=row, sticky="ew", pady=self.px(4))
        elif not enabled and not parent:
            label = self.label(frame, text, "Muted.TLabel", WIDTH_PX - 16)
            label.grid(row=row, sticky="w", padx=self.px(10), pady=self.px(2))
        else:
            sign = "✓  " if checked else ""
            command = (lambda: self._toggle(path)) if parent else (lambda: self._choose(path))
            shown = f"{text}  ▾" if parent else f"{sign}{text}"
            button = ttk.Button(frame, text=shown, command=command, style="Menu.TButton")
            button.grid(row=row, sticky="ew", padx=(indent, 0))
        if parent:
            below = ttk.Frame(frame)
            below.columnconfigure(0, weight=1)
            below.grid(row=row + 1, sticky="ew")
            below.grid_remove()
            self._open[path] = below

    def _toggle(self, path: str) -> None:
        frame = self._open[path]
        if frame.winfo_manager():
            frame.grid_remove()
        else:
            frame.grid()

    def _choose(self, path: str) -> None:
        self.app.say("chosen", path=path)
        self.close()

    def _buttons(self, frame: tk.Misc) -> list[ttk.Button]:
        found: list[ttk.Button] = []
        for child in frame.winfo_children():
            if isinstance(child, ttk.Button):
                found.append(child)
            elif isinstance(child, ttk.Frame) and child.winfo_manager():
                found.extend(self._buttons(child))
        return found

    def _move(self, step: int) -> None:
        buttons = self._buttons(self.body)
        if not buttons:
            return
        focus = self.root.focus_get()
        at = buttons.index(focus) if isinstance(focus, ttk.Button) and focus in buttons else -step
        buttons[(at + step) % len(buttons)].focus_set()


def view_from(payload: Mapping[str, Any]) -> MenuView:
    """The view from the app."""
    return MenuView(
        tuple((str(path), str(text), bool(enabled), checked) for path, text, enabled, checked in payload["lines"])
    )


def main() -> None:
    """The process of this window."""
    show(lambda app, payload: MenuWindow(app, view_from(payload)))


if __name__ == "__main__":
    main()
