"""The headache diary: one entry, or "no headache today".

Says ``headache`` or ``none`` with the texts of all fields as they were typed (``day``, ``time``, ``duration_min``,
``worst``, ``side``, ``medication``, ``trigger``, ``note``) and waits for the app's answer: ``kept`` closes the window,
``refused`` shows its ``why`` below the ``field`` that it names, or at the foot, and leaves everything as it stands.
What may be entered the app alone knows.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass
from tkinter import ttk

from posturewatch.base.child import App, Said
from posturewatch.base.i18n import _
from posturewatch.base.wording import where_seek_help_is
from posturewatch.ui.form import lines_of_text
from posturewatch.ui.toolkit import Window, show


@dataclass(frozen=True, slots=True)
class DiaryView:
    """The day (ISO) and the time (HH:MM) that the form begins with, local: today and now, or the begin of the headache
    that it ``completes``."""

    day: str
    time: str
    dark: bool | None = None
    completes: bool = False


class DiaryWindow(Window):
    """An entry goes to the app, which keeps it or says what is wrong; nothing typed is lost by closing."""

    def __init__(self, app: App, view: DiaryView) -> None:
        super().__init__(app, _("Headache diary"), dark=view.dark)
        self._view = view
        self._texts: dict[str, Callable[[], str]] = {}
        self._wrong: dict[str, ttk.Label] = {}
        self._rows = 1  # title, and the line below it
        self._first: ttk.Entry
        self.body.columnconfigure(1, weight=1)
        self.label(self.body, _("Headache diary"), "Title.TLabel").grid(columnspan=2, sticky="w")
        if view.completes:
            words = _("Details of the headache that you noted at {time}.").format(time=view.time)
            self.label(self.body, words, "Muted.TLabel").grid(columnspan=2, sticky="w", pady=(self.px(6), 0))
        self._entry("day", _("Day"), view.day)
        self._entry("time", _("Began at"), view.time)
        self._entry("duration_min", _("Duration in minutes"), "")
        self._scale_row()
        self._side_row()
        self._entry("medication", _("Medication"), "")
        self._entry("trigger", _("Suspected trigger"), "")
        self._note_row()
        self.label(self.body, where_seek_help_is(), "Muted.TLabel").grid(
            row=self._row(), columnspan=2, sticky="w", pady=(self.px(10), 0)
        )
        self._trouble = self.label(self.body, "", "Error.TLabel")
        self._trouble.grid(row=self._row(), columnspan=2, sticky="w", pady=(self.px(10), 0))
        row = self.buttons(
            self.body,
            (_("No headache today"), lambda: self._send("none"), False),
            (_("Cancel"), self.close, False),
            (_("Save"), lambda: self._send("headache"), True),
        )
        row.grid(row=self._row(), columnspan=2, sticky="e", pady=(self.px(14), 0))
        self.root.bind("<Control-Return>", lambda _event: self._send("headache"))
        self._first.focus_set()
        self._empty = self._values()
        self._asked = self._warned = self._gone = False

    def _row(self) -> int:
        """The next row, counted here: Tk forgets one in which nothing is shown yet."""
        self._rows += 1
        return self._rows

    def _caption(self, name: str, text: str) -> int:
        row = self._row()
        wrong = self._wrong[name] = self.label(self.body, "", "Error.TLabel", 300)
        wrong.grid(row=self._row(), column=1, sticky="w")
        wrong.grid_remove()
        label = ttk.Label(self.body, text=text)
        label.grid(row=row, column=0, sticky="w", pady=(self.px(10), 0), padx=(0, self.px(16)))
        return row

    def _entry(self, name: str, caption: str, value: str) -> None:
        row = self._caption(name, caption)
        variable = tk.StringVar(self.root, value)
        entry = ttk.Entry(self.body, textvariable=variable, width=32)
        entry.grid(row=row, column=1, sticky="ew", pady=(self.px(10), 0))
        if not self._texts:
            self._first = entry
        self._texts[name] = variable.get

    def _scale_row(self) -> None:
        row = self._caption("worst", _("Worst, 0 to 10"))
        variable = tk.StringVar(self.root, "")
        box = ttk.Combobox(
            self.body, textvariable=variable, values=["", *map(str, range(11))], state="readonly", width=6
        )
        box.grid(row=row, column=1, sticky="w", pady=(self.px(10), 0))
        self._texts["worst"] = variable.get

    def _side_row(self) -> None:
        row = self._caption("side", _("Side"))
        variable = tk.StringVar(self.root, "")
        frame = ttk.Frame(self.body)
        frame.grid(row=row, column=1, sticky="w", pady=(self.px(10), 0))
        for value, text in (("left", _("left")), ("right", _("right")), ("both", _("both"))):
            ttk.Radiobutton(frame, text=text, value=value, variable=variable).grid(
                row=0, column=frame.grid_size()[0], padx=(0, self.px(12))
            )
        self._texts["side"] = variable.get

    def _note_row(self) -> None:
        row = self._caption("note", _("Notes"))
        note = lines_of_text(self, self.body, height=3, width=32)
        note.grid(row=row, column=1, sticky="ew", pady=(self.px(10), 0))
        self._texts["note"] = lambda: note.get("1.0", "end-1c")

    # ---- saving

    def hear(self, said: Said) -> None:
        """The app's answer: closed by a yes, and by nothing else."""
        self._asked = False
        if said.kind == "kept":
            self.close()
        elif said.kind == "refused":
            self._complain(str(said.get("why") or ""), str(said.get("field") or ""))

    def leave(self) -> None:
        """Escape or the close button: asks first where something stands in the form."""
        if self._touched and not self._warned:
            self._warned = True
            self._complain(_("This is not saved yet. Save it, or press Cancel to throw it away."))
            return
        self.close()

    def hung_up(self) -> None:
        """The app has ended: what has been typed stays to be read and copied."""
        if not self._touched:
            self.close()
            return
        self._gone = True
        self._complain_of_absence()

    @property
    def _touched(self) -> bool:
        return self._values() != self._empty

    def _values(self) -> dict[str, str]:
        return {name: read() for name, read in self._texts.items()}

    def _send(self, kind: str) -> None:
        if self._gone:
            self._complain_of_absence()
        elif kind == "headache" and not self._touched:
            self._complain(_("Nothing has been entered yet. Give at least one detail, or press Cancel."))
        elif not self._asked:  # pressed twice is not entered twice
            self._asked = True
            self._complain("")
            self.app.say(kind, **self._values())

    def _complain_of_absence(self) -> None:
        self._complain(
            _("posturewatch has ended, so this cannot be saved. Copy what you need, start it again and enter it there.")
        )

    def _complain(self, words: str, field: str = "") -> None:
        """Say this below the field, or at the foot where it is of no field alone."""
        for label in self._wrong.values():
            label.grid_remove()
        at = self._wrong.get(field)
        self._trouble.configure(text="" if at is not None else words)
        if at is not None:
            at.configure(text=words)
            at.grid()
        self.place()


if __name__ == "__main__":  # the process of this window
    show(DiaryWindow, DiaryView)
