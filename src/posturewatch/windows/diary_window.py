"""The headache diary: one entry, or "no headache today".

Says ``entry`` with ``day`` (ISO), ``time`` (HH:MM), ``duration_min``, ``worst``, ``side``, ``medication``,
``trigger`` and ``note`` (None or empty where the user left it open), or ``none`` with ``day``, and closes.
What was entered is checked here; the app makes the record, with the time of writing.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time
from tkinter import ttk
from typing import Any, Final

from posturewatch.child import App
from posturewatch.i18n import _
from posturewatch.windows.look import Window, show

TEXT_MAX: Final = 500
DURATION_MAX_MIN: Final = 7 * 24 * 60


@dataclass(frozen=True, slots=True)
class DiaryView:
    """Today and now in local time, as the app's clock has them (ISO date, HH:MM)."""

    day: str
    time: str
    dark: bool | None = None


@dataclass(frozen=True, slots=True)
class Entered:
    """The form's texts as they stand."""

    day: str
    time: str
    duration_min: str
    worst: str
    side: str
    medication: str
    trigger: str
    note: str


def check(entered: Entered, today: str) -> dict[str, Any]:
    """The message for the app. Raises ValueError with the sentence that tells the user what is wrong. Pure."""
    day = check_day(entered.day, today)
    try:
        at = time.fromisoformat(entered.time.strip().rjust(5, "0"))
    except ValueError:
        raise ValueError(_("Write the time as hours and minutes, for example 14:30.")) from None
    return {
        "day": day,
        "time": f"{at:%H:%M}",
        "duration_min": _number(
            entered.duration_min, DURATION_MAX_MIN, _("Write the duration in minutes, or leave it empty.")
        ),
        "worst": _number(entered.worst, 10, _("Choose a number from 0 to 10, or leave it empty.")),
        "side": entered.side,
        "medication": entered.medication.strip()[:TEXT_MAX],
        "trigger": entered.trigger.strip()[:TEXT_MAX],
        "note": entered.note.strip()[:TEXT_MAX],
    }


def check_day(text: str, today: str) -> str:
    """The day in ISO form. Raises ValueError with the sentence that tells the user what is wrong. Pure."""
    try:
        day = date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        raise ValueError(_("Write the day as year-month-day, for example 2026-03-09.")) from None
    if day > today:
        raise ValueError(_("That day has not come yet."))
    return day


def _number(text: str, largest: int, complaint: str) -> int | None:
    clean = text.strip()
    if not clean:
        return None
    if not (clean.isascii() and clean.isdigit() and len(clean) < 9 and int(clean) <= largest):
        raise ValueError(complaint)
    return int(clean)


class DiaryWindow(Window):
    """The form."""

    def __init__(self, app: App, view: DiaryView) -> None:
        super().__init__(app, _("Headache diary"), dark=view.dark)
        self._view = view
        self._texts: dict[str, Callable[[], str]] = {}
        self._first: ttk.Entry
        self.body.columnconfigure(1, weight=1)
        self.label(self.body, _("Headache diary"), "Title.TLabel").grid(columnspan=2, sticky="w")
        self._entry("day", _("Day"), view.day)
        self._entry("time", _("Began at"), view.time)
        self._entry("duration_min", _("Duration in minutes"), "")
        self._scale_row()
        self._side_row()
        self._entry("medication", _("Medication"), "")
        self._entry("trigger", _("Suspected trigger"), "")
        self._note_row()
        self._trouble = self.label(self.body, "", "Muted.TLabel")
        self._trouble.grid(columnspan=2, sticky="w", pady=(self.px(10), 0))
        row = self.buttons(
            self.body,
            (_("No headache today"), self._none, False),
            (_("Cancel"), self.close, False),
            (_("Save"), self._save, True),
        )
        row.grid(columnspan=2, sticky="e", pady=(self.px(14), 0))
        self.root.bind("<Control-Return>", lambda _event: self._save())
        self._first.focus_set()

    def _caption(self, text: str) -> int:
        row = self.body.grid_size()[1]
        label = ttk.Label(self.body, text=text)
        label.grid(row=row, column=0, sticky="w", pady=(self.px(10), 0), padx=(0, self.px(16)))
        return row

    def _entry(self, name: str, caption: str, value: str) -> None:
        row = self._caption(caption)
        variable = tk.StringVar(self.root, value)
        entry = ttk.Entry(self.body, textvariable=variable, width=32)
        entry.grid(row=row, column=1, sticky="ew", pady=(self.px(10), 0))
        if not self._texts:
            self._first = entry
        self._texts[name] = variable.get

    def _scale_row(self) -> None:
        row = self._caption(_("Worst, 0 to 10"))
        variable = tk.StringVar(self.root, "")
        box = ttk.Combobox(
            self.body, textvariable=variable, values=["", *map(str, range(11))], state="readonly", width=6
        )
        box.grid(row=row, column=1, sticky="w", pady=(self.px(10), 0))
        self._texts["worst"] = variable.get

    def _side_row(self) -> None:
        row = self._caption(_("Side"))
        variable = tk.StringVar(self.root, "")
        frame = ttk.Frame(self.body)
        frame.grid(row=row, column=1, sticky="w", pady=(self.px(10), 0))
        for value, text in (("left", _("left")), ("right", _("right")), ("both", _("both"))):
            ttk.Radiobutton(frame, text=text, value=value, variable=variable).grid(
                row=0, column=frame.grid_size()[0], padx=(0, self.px(12))
            )
        self._texts["side"] = variable.get

    def _note_row(self) -> None:
        row = self._caption(_("Notes"))
        c = self.colours
        note = tk.Text(
            self.body,
            height=3,
            width=32,
            wrap="word",
            relief="flat",
            background=c.field,
            foreground=c.ink,
            insertbackground=c.ink,
            highlightthickness=1,
            highlightbackground=c.line,
            highlightcolor=c.accent,
            font="TkTextFont",
            padx=self.px(6),
            pady=self.px(6),
        )
        note.grid(row=row, column=1, sticky="ew", pady=(self.px(10), 0))
        # Tab leaves the field, as in any other; a tabulator in a note is of no use.
        note.bind("<Tab>", self._next_field)
        self._texts["note"] = lambda: note.get("1.0", "end")

    @staticmethod
    def _next_field(event: tk.Event[tk.Text]) -> str:
        following = event.widget.tk_focusNext()
        if following is not None:
            following.focus_set()
        return "break"

    def _save(self) -> None:
        values = {name: read() for name, read in self._texts.items()}
        try:
            message = check(Entered(**values), self._view.day)
        except ValueError as err:
            self._trouble.configure(text=str(err), foreground=self.colours.accent)
            return
        self.app.say("entry", **message)
        self.close()

    def _none(self) -> None:
        try:
            day = check_day(self._texts["day"](), self._view.day)
        except ValueError as err:
            self._trouble.configure(text=str(err), foreground=self.colours.accent)
            return
        self.app.say("none", day=day)
        self.close()


def view_from(payload: Mapping[str, Any]) -> DiaryView:
    """The view from the app."""
    return DiaryView(str(payload["day"]), str(payload["time"]), payload.get("dark"))


def main() -> None:
    """The process of this window."""
    show(lambda app, payload: DiaryWindow(app, view_from(payload)))


if __name__ == "__main__":
    main()
