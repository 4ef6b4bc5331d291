"""The settings that people change, in a window. What stands in it, and what may, the app says.

Says ``save`` with the text of each field that was changed, by its key, and waits for the answer: ``kept`` closes the
window, ``refused`` has a sentence for each key that cannot be, which is shown at its field; the rest stays.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from tkinter import ttk
from typing import Any, Final

from posturewatch.base.child import App, Said
from posturewatch.base.i18n import _
from posturewatch.ui.toolkit import Window, show

HINT_WIDE: Final = 940
COLUMNS: Final = 2


@dataclass(frozen=True, slots=True)
class FieldView:
    """One setting. ``kind``: ``switch``, ``choice`` (one of ``choices``), ``days`` (some of them) or ``text``.

    ``value`` is what stands there at first: ``yes`` or ``no``, a choice, choices with blanks between, or any text.
    ``hint`` is shown while the field is used.
    """

    key: str
    label: str
    kind: str
    value: str
    choices: tuple[tuple[str, str], ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True)
class SettingsView:
    """Groups of fields: a title, and the settings below it."""

    groups: tuple[tuple[str, tuple[FieldView, ...]], ...]
    dark: bool | None = None


class SettingsWindow(Window):
    """The form."""

    _rows: dict[ttk.Frame, int]
    """How many rows each side has, those of errors that are not shown included."""

    def __init__(self, app: App, view: SettingsView) -> None:
        super().__init__(app, _("Settings"), dark=view.dark)
        self._read: dict[str, Callable[[], str]] = {}
        self._wrong: dict[str, ttk.Label] = {}
        self._label: dict[str, ttk.Label] = {}
        self._asked = False
        self.label(self.body, _("Settings"), "Title.TLabel").grid(columnspan=COLUMNS, sticky="w")
        sides = [ttk.Frame(self.body) for _side in range(COLUMNS)]
        for column, side in enumerate(sides):
            side.columnconfigure(1, weight=1)
            side.grid(row=1, column=column, sticky="nw", padx=(self.px(36) if column else 0, 0))
        self._rows = dict.fromkeys(sides, 0)
        for title, fields in view.groups:
            side = min(sides, key=lambda frame: self._rows[frame])
            head = self.label(side, title, "Head.TLabel")
            head.grid(row=self._row(side), columnspan=2, sticky="w", pady=(self.px(8), 0))
            for field in fields:
                self._field(side, field)
        self._hint = self.label(self.body, "", "Muted.TLabel", HINT_WIDE)
        self._hint.grid(columnspan=COLUMNS, sticky="w", pady=(self.px(8), 0))
        # The window keeps its size while hints come and go.
        ttk.Frame(self.body, width=self.px(HINT_WIDE)).grid(columnspan=COLUMNS)
        self.body.rowconfigure(self.body.grid_size()[1] - 2, minsize=self.px(54))
        row = self.buttons(self.body, (_("Cancel"), self.close, False), (_("Save"), self._save, True))
        row.grid(columnspan=COLUMNS, sticky="e", pady=(self.px(10), 0))
        self._before = self._values()

    # ---- fields

    def _row(self, side: ttk.Frame) -> int:
        """The next row, counted here: Tk forgets one in which nothing is shown yet."""
        self._rows[side] += 1
        return self._rows[side]

    def _field(self, side: ttk.Frame, field: FieldView) -> None:
        row = self._row(side)
        make = {"switch": self._switch, "choice": self._choice, "days": self._days}.get(field.kind, self._text)
        if field.kind != "switch":
            self._label[field.key] = ttk.Label(side, text=field.label)
            self._label[field.key].grid(row=row, column=0, sticky="w", padx=(0, self.px(12)))
        widget = make(side, field)
        widget.grid(row=row, column=0 if field.kind == "switch" else 1, columnspan=2, sticky="w", pady=self.px(1))
        wrong = self.label(side, "", "Error.TLabel", 340)
        wrong.grid(row=self._row(side), column=0, columnspan=2, sticky="w")
        wrong.grid_remove()
        self._wrong[field.key] = wrong
        for one in (widget, *widget.winfo_children()):
            one.bind("<FocusIn>", lambda _event: self._tell(field), add="+")
            one.bind("<Enter>", lambda _event: self._tell(field), add="+")

    def _tell(self, field: FieldView) -> None:
        """Below the fields: what is wrong with this one, else what it is for."""
        wrong = str(self._wrong[field.key].cget("text"))
        self._hint.configure(text=wrong or field.hint, style="Error.TLabel" if wrong else "Muted.TLabel")

    def _switch(self, side: ttk.Frame, field: FieldView) -> tk.Widget:
        variable = tk.BooleanVar(self.root, field.value == "yes")
        self._read[field.key] = lambda: "yes" if variable.get() else "no"
        return ttk.Checkbutton(side, text=field.label, variable=variable)

    def _choice(self, side: ttk.Frame, field: FieldView) -> tk.Widget:
        by_text = {text: value for value, text in field.choices}
        shown = next((text for value, text in field.choices if value == field.value), field.value)
        variable = tk.StringVar(self.root, shown)
        self._read[field.key] = lambda: by_text.get(variable.get(), variable.get())
        wide = max(map(self.digits_wide, by_text), default=12) + 1
        return ttk.Combobox(side, textvariable=variable, values=list(by_text), state="readonly", width=min(32, wide))

    def _days(self, side: ttk.Frame, field: FieldView) -> tk.Widget:
        frame = ttk.Frame(side)
        chosen = field.value.split()
        variables = {value: tk.BooleanVar(self.root, value in chosen) for value, _text in field.choices}
        for place, (value, text) in enumerate(field.choices):
            box = ttk.Checkbutton(frame, text=text, variable=variables[value])
            box.grid(row=place // 4, column=place % 4, sticky="w", padx=(0, self.px(6)))
        self._read[field.key] = lambda: " ".join(value for value, variable in variables.items() if variable.get())
        return frame

    def _text(self, side: ttk.Frame, field: FieldView) -> tk.Widget:
        variable = tk.StringVar(self.root, field.value)
        self._read[field.key] = variable.get
        return ttk.Entry(side, textvariable=variable, width=min(24, max(12, len(field.value) + 1)))

    def _values(self) -> dict[str, str]:
        return {key: read() for key, read in self._read.items()}

    # ---- saving

    def _save(self) -> None:
        if self._asked:
            return
        changed = {key: text for key, text in self._values().items() if text != self._before[key]}
        if not changed:
            self.close()
            return
        self._asked = True
        for label in self._wrong.values():
            label.configure(text="")
            label.grid_remove()
        for label in self._label.values():
            label.configure(foreground=self.colours.ink)
        self.app.say("save", values=changed)

    def hear(self, said: Said) -> None:
        """The app's answer."""
        self._asked = False
        if said.kind == "kept":
            self.close()
        elif said.kind == "refused":
            problems = said.get("problems")
            below = [str(said.get("why") or "")]
            for key, words in (problems if isinstance(problems, dict) else {}).items():
                if key in self._wrong and not self._refused_at_field(key, str(words)):
                    below.append(str(words))
            self._hint.configure(text="\n".join(filter(None, below)), style="Error.TLabel")
            self.place()

    def _refused_at_field(self, key: str, words: str) -> bool:
        """Show the words at the field, or say that the window would outgrow its monitor by them: then they belong
        below the fields. The field's label shows in any case where something is wrong."""
        wrong = self._wrong[key]
        wrong.configure(text=words)
        wrong.grid()
        if key in self._label:
            self._label[key].configure(foreground=self.colours.error)
        self.root.update_idletasks()
        fits = self.root.winfo_reqheight() <= self.room_px
        if not fits:
            wrong.grid_remove()
        return fits


def view_from(payload: Mapping[str, Any]) -> SettingsView:
    """The view from the app."""
    groups = tuple(
        (
            str(title),
            tuple(
                FieldView(
                    str(field["key"]),
                    str(field["label"]),
                    str(field["kind"]),
                    str(field["value"]),
                    tuple((str(value), str(text)) for value, text in field["choices"]),
                    str(field["hint"]),
                )
                for field in fields
            ),
        )
        for title, fields in payload["groups"]
    )
    return SettingsView(groups, payload.get("dark"))


def main() -> None:
    """The process of this window."""
    show(lambda app, payload: SettingsWindow(app, view_from(payload)))


if __name__ == "__main__":
    main()
