"""The tray's menu as a window, for trays that show an icon and no menu.

Says ``chosen`` with the line's path and closes. Lines with lines below open and close in place, one at a
time, so that all of it stays within two clicks and on the screen. Arrow keys move, Return takes, Escape closes.
"""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Final

from posturewatch.base.child import App
from posturewatch.ui.open import MenuView
from posturewatch.ui.toolkit import Window, show

WIDTH_PX: Final = 380


class MenuWindow(Window):
    """The window with the lines."""

    def __init__(self, app: App, view: MenuView) -> None:
        super().__init__(app, "posturewatch", on_top=True, at_pointer=True)
        self.body.grid_remove()
        self._canvas = tk.Canvas(self.root, background=self.colours.paper, highlightthickness=0)
        self._canvas.grid()
        self._lines = ttk.Frame(self._canvas, padding=self.px(8))
        self._lines.columnconfigure(0, weight=1, minsize=self.px(WIDTH_PX))
        self._bar = ttk.Scrollbar(self.root, command=self._canvas.yview)
        self._canvas.configure(yscrollcommand=self._bar.set)
        self._canvas.create_window(0, 0, window=self._lines, anchor="nw")
        self._open: dict[str, ttk.Frame] = {}
        for path, text, enabled, checked in view.lines:
            self._line(path, text, enabled, checked, any(one[0].startswith(f"{path}.") for one in view.lines))
        self.root.bind("<Down>", lambda _event: self._move(1))
        self.root.bind("<Up>", lambda _event: self._move(-1))
        self.root.bind("<MouseWheel>", lambda event: self._scroll(-1 if event.delta > 0 else 1))
        self.root.bind("<Button-4>", lambda _event: self._scroll(-1))
        self.root.bind("<Button-5>", lambda _event: self._scroll(1))
        self._fit()
        buttons = self._buttons(self._lines)
        if buttons:
            buttons[0].focus_set()

    def _fit(self) -> None:
        """As high as the lines are, or as the monitor has room for: then the lines can be scrolled."""
        self._lines.update_idletasks()
        width, height = self._lines.winfo_reqwidth(), self._lines.winfo_reqheight()
        self._canvas.configure(width=width, height=min(height, self.room_px), scrollregion=(0, 0, width, height))
        if height > self.room_px:
            self._bar.grid(row=0, column=1, sticky="ns")
        else:
            self._bar.grid_remove()

    def _scroll(self, step: int) -> None:
        if self._lines.winfo_reqheight() > self._canvas.winfo_height():
            self._canvas.yview_scroll(step, "units")

    def _show_line(self, button: ttk.Button) -> None:
        """Scroll so far that this line is seen."""
        high = self._lines.winfo_reqheight()
        top = button.winfo_rooty() - self._lines.winfo_rooty()
        first, last = (share * high for share in self._canvas.yview())
        if top < first:
            self._canvas.yview_moveto(top / high)
        elif top + button.winfo_height() > last:
            self._canvas.yview_moveto((top + button.winfo_height() - (last - first)) / high)

    def _line(self, path: str, text: str, enabled: bool, checked: bool | None, parent: bool) -> None:
        above = path.rpartition(".")[0]
        frame = self._open.get(above, self._lines)
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
        """Open a part or close it; one at a time, that the menu stays on the screen."""
        for other, frame in self._open.items():
            if other != path or frame.winfo_manager():
                frame.grid_remove()
            else:
                frame.grid()
        self._fit()
        self.place()

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
        buttons = self._buttons(self._lines)
        if not buttons:
            return
        focus = self.root.focus_get()
        at = buttons.index(focus) if isinstance(focus, ttk.Button) and focus in buttons else -step
        button = buttons[(at + step) % len(buttons)]
        button.focus_set()
        self._show_line(button)


if __name__ == "__main__":  # the process of this window
    show(MenuWindow, MenuView)
