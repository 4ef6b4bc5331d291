"""A therapist's plan in a window: the one in force, or one from a file with all that it would change, to take or leave.

Says ``open`` with the path of a file, ``accept`` for the plan that is shown, ``remove``; hears ``offer`` (lines, and
what makes it doubtful), ``refused`` (why), or ``kept``, which closes it. Decides nothing.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from dataclasses import dataclass
from tkinter import filedialog, ttk
from typing import Any, Final

from posturewatch.base.child import App, Said
from posturewatch.base.i18n import _
from posturewatch.ui.toolkit import Window, show

COLUMNS: Final = 76
ROWS: Final = 22
ROWS_OF_NONE: Final = 3
"""Of the text, with a plan and without."""


@dataclass(frozen=True, slots=True)
class PlanView:
    """``lines``: the plan in force, or that there is none (``in_force`` False)."""

    lines: tuple[str, ...]
    in_force: bool = False
    dark: bool | None = None


class PlanWindow(Window):
    """Shows the lines of a plan, and asks the app to take it up, or to remove the one in force."""

    def __init__(self, app: App, view: PlanView) -> None:
        super().__init__(app, _("Your therapist's plan"), dark=view.dark)
        self.label(self.body, _("Your therapist's plan"), "Title.TLabel").grid(sticky="w")
        frame = ttk.Frame(self.body)
        frame.grid(sticky="nsew", pady=(self.px(10), 0))
        colours = self.colours
        self._text = tk.Text(
            frame, width=COLUMNS, height=ROWS, wrap="word", relief="flat", borderwidth=0, takefocus=True,
            background=colours.field, foreground=colours.ink, padx=self.px(10), pady=self.px(8), font="TkDefaultFont",
            highlightthickness=1, highlightbackground=colours.line, highlightcolor=colours.accent,
            selectbackground=colours.accent, selectforeground=colours.accent_ink,
        )  # fmt: skip
        bar = ttk.Scrollbar(frame, command=self._text.yview)
        self._text.configure(yscrollcommand=bar.set)
        self._text.grid(row=0, column=0)
        bar.grid(row=0, column=1, sticky="ns")
        self._text.bind("<Key>", self._key)
        self._wrong = self.label(self.body, "", "Error.TLabel", 620)
        self._wrong.grid(sticky="w", pady=(self.px(8), 0))
        self._row = ttk.Frame(self.body)
        self._doubt = ""
        self._shown(view.lines, ROWS if view.in_force else ROWS_OF_NONE)
        removing = [(_("Take it away"), lambda: self.app.say("remove"), False)] if view.in_force else []
        self._offer(*removing, (_("Open a plan…"), self._choose, False), (_("Close"), self.close, True))

    def hear(self, said: Said) -> None:
        """The app's answer."""
        if said.kind == "kept":
            self.close()
        elif said.kind == "refused":
            self._wrong.configure(text=str(said.get("why")))
        elif said.kind == "offer":
            lines = said.get("lines")
            self._shown([str(line) for line in lines] if isinstance(lines, list) else [], ROWS)
            self._doubt = str(said.get("doubt") or "")
            self._wrong.configure(text=self._doubt)
            words = _("Take it up all the same") if self._doubt else _("Take it up")
            self._offer((words, lambda: self.app.say("accept"), False), (_("Cancel"), self.close, True))
            self.place()

    def _choose(self) -> None:
        kinds = [(_("Plans"), "*.toml"), (_("All files"), "*")]
        path = filedialog.askopenfilename(parent=self.root, title=_("Open a plan…"), filetypes=kinds)
        if path:
            self._wrong.configure(text="")
            self.app.say("open", path=str(path))

    def _shown(self, lines: Sequence[str], rows: int) -> None:
        """The lines, each wrapped under its own beginning."""
        self._text.configure(height=rows)
        self._text.delete("1.0", "end")
        for line in lines:
            words = line.lstrip(" ")
            indent = len(line) - len(words)
            self._text.tag_configure(f"in{indent}", lmargin1=self.px(6 * indent), lmargin2=self.px(6 * indent))
            self._text.insert("end", f"{words}\n", f"in{indent}")

    def _offer(self, *buttons: Any) -> None:
        self._row.destroy()
        self._row = self.buttons(self.body, *buttons)
        self._row.grid(sticky="e", pady=(self.px(14), 0))

    def _key(self, event: tk.Event[tk.Misc]) -> str | None:
        """It is read and copied from, not written into; Tab leaves it."""
        if event.keysym == "Tab":
            event.widget.tk_focusNext().focus_set()  # type: ignore[union-attr]
            return "break"
        moving = {"Up", "Down", "Prior", "Next", "Home", "End", "Left", "Right", "Escape"}
        copying = bool(int(event.state) & 0x4) and event.keysym.lower() in {"c", "a"}
        return None if event.keysym in moving or copying else "break"


if __name__ == "__main__":  # the process of this window
    show(PlanWindow, PlanView)
