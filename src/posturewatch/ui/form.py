"""Fields of a form, made of what the app says of them: shared by the windows that have many.

What a field holds is text, as it was typed; what may stand in it the app alone knows, and what is wrong it says for the
field's key.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass
from tkinter import filedialog, ttk

from posturewatch.base.i18n import _
from posturewatch.ui.toolkit import Window


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field. ``kind``: ``switch``, ``choice`` (one of ``choices``), ``days`` (some of them), ``text``, ``lines``
    (of several lines) or ``file`` (text, with a button that looks for a file).

    ``value`` is what stands there at first: ``yes`` or ``no``, a choice, choices with blanks between, or any text.
    ``hint`` is shown while the field is used.
    """

    key: str
    label: str
    kind: str
    value: str
    choices: tuple[tuple[str, str], ...] = ()
    hint: str = ""


def lines_of_text(window: Window, parent: tk.Misc, *, height: int, width: int) -> tk.Text:
    """A field of several lines in the house's look; Tab leaves it, as any other."""
    c = window.colours
    made = tk.Text(
        parent,
        height=height,
        width=width,
        wrap="word",
        relief="flat",
        background=c.field,
        foreground=c.ink,
        insertbackground=c.ink,
        highlightthickness=1,
        highlightbackground=c.line,
        highlightcolor=c.accent,
        font="TkTextFont",
        padx=window.px(6),
        pady=window.px(6),
    )
    made.bind("<Tab>", _next_field)
    return made


def _next_field(event: tk.Event[tk.Text]) -> str:
    following = event.widget.tk_focusNext()
    if following is not None:
        following.focus_set()
    return "break"


class Fields:
    """Fields one below the other in parts of a window. ``tell``: hears a hint, or what is wrong, of the field that is
    used."""

    def __init__(self, window: Window, tell: Callable[[str, bool], None]) -> None:
        self._window, self._tell_hint = window, tell
        self._read: dict[str, Callable[[], str]] = {}
        self._wrong: dict[str, ttk.Label] = {}
        self._label: dict[str, ttk.Label] = {}
        self._first: dict[str, tk.Misc] = {}
        self._rows: dict[ttk.Frame, int] = {}

    def rows(self, side: ttk.Frame) -> int:
        """How many rows a part has, those of errors that are not shown included."""
        return self._rows.get(side, 0)

    def next_row(self, side: ttk.Frame) -> int:
        """The next row, counted here: Tk forgets one in which nothing is shown yet."""
        self._rows[side] = self.rows(side) + 1
        return self._rows[side]

    def values(self) -> dict[str, str]:
        """What stands in the fields."""
        return {key: read() for key, read in self._read.items()}

    def add(self, side: ttk.Frame, field: FieldView) -> None:
        """One more, below the others of this part."""
        row, px = self.next_row(side), self._window.px
        make = {
            "switch": self._switch,
            "choice": self._choice,
            "days": self._days,
            "lines": self._lines,
            "file": self._file,
        }.get(field.kind, self._text)
        if field.kind != "switch":
            self._label[field.key] = ttk.Label(side, text=field.label)
            self._label[field.key].grid(row=row, column=0, sticky="w", padx=(0, px(12)))
        widget = make(side, field)
        widget.grid(row=row, column=0 if field.kind == "switch" else 1, columnspan=2, sticky="w", pady=px(1))
        wrong = self._window.label(side, "", "Error.TLabel", 340)
        wrong.grid(row=self.next_row(side), column=0, columnspan=2, sticky="w")
        wrong.grid_remove()
        self._wrong[field.key] = wrong
        parts = (widget, *widget.winfo_children())
        self._first[field.key] = parts[1] if len(parts) > 1 and field.kind in ("days", "file") else widget
        for one in parts:
            one.bind("<FocusIn>", lambda _event: self._tell(field), add="+")
            one.bind("<Enter>", lambda _event: self._tell(field), add="+")

    def clear_problems(self) -> None:
        """Nothing is wrong, as far as is known."""
        for label in self._wrong.values():
            label.configure(text="")
            label.grid_remove()
        for label in self._label.values():
            label.configure(foreground=self._window.colours.ink)

    def refuse(self, key: str, words: str) -> bool:
        """Show the words at the field, or say that the window would outgrow its monitor by them: then they belong
        below the fields. The field's label shows in any case where something is wrong."""
        wrong = self._wrong.get(key)
        if wrong is None:
            return False
        wrong.configure(text=words)
        wrong.grid()
        if key in self._label:
            self._label[key].configure(foreground=self._window.colours.error)
        self._window.root.update_idletasks()
        fits = self._window.root.winfo_reqheight() <= self._window.room_px
        if not fits:
            wrong.grid_remove()
        return fits

    def go_to(self, key: str) -> None:
        """Give a field the keyboard."""
        if key in self._first:
            self._first[key].focus_set()

    def _tell(self, field: FieldView) -> None:
        wrong = str(self._wrong[field.key].cget("text"))
        self._tell_hint(wrong or field.hint, bool(wrong))

    def _switch(self, side: ttk.Frame, field: FieldView) -> tk.Widget:
        variable = tk.BooleanVar(self._window.root, field.value == "yes")
        self._read[field.key] = lambda: "yes" if variable.get() else "no"
        return ttk.Checkbutton(side, text=field.label, variable=variable)

    def _choice(self, side: ttk.Frame, field: FieldView) -> tk.Widget:
        by_text = {text: value for value, text in field.choices}
        shown = next((text for value, text in field.choices if value == field.value), field.value)
        variable = tk.StringVar(self._window.root, shown)
        self._read[field.key] = lambda: by_text.get(variable.get(), variable.get())
        wide = max(map(self._window.digits_wide, by_text), default=12) + 1
        return ttk.Combobox(side, textvariable=variable, values=list(by_text), state="readonly", width=min(32, wide))

    def _days(self, side: ttk.Frame, field: FieldView) -> tk.Widget:
        frame = ttk.Frame(side)
        chosen = field.value.split()
        variables = {value: tk.BooleanVar(self._window.root, value in chosen) for value, _text in field.choices}
        for place, (value, text) in enumerate(field.choices):
            box = ttk.Checkbutton(frame, text=text, variable=variables[value])
            box.grid(row=place // 4, column=place % 4, sticky="w", padx=(0, self._window.px(6)))
        self._read[field.key] = lambda: " ".join(value for value, variable in variables.items() if variable.get())
        return frame

    def _text(self, side: ttk.Frame, field: FieldView) -> tk.Widget:
        variable = tk.StringVar(self._window.root, field.value)
        self._read[field.key] = variable.get
        return ttk.Entry(side, textvariable=variable, width=min(24, max(12, len(field.value) + 1)))

    def _lines(self, side: ttk.Frame, field: FieldView) -> tk.Widget:
        made = lines_of_text(self._window, side, height=4, width=34)
        made.insert("1.0", field.value)
        self._read[field.key] = lambda: made.get("1.0", "end-1c")
        return made

    def _file(self, side: ttk.Frame, field: FieldView) -> tk.Widget:
        frame = ttk.Frame(side)
        variable = tk.StringVar(self._window.root, field.value)
        self._read[field.key] = variable.get
        ttk.Entry(frame, textvariable=variable, width=20).grid(row=0, column=0)

        def choose() -> None:
            kinds = [(_("Pictures"), "*.png *.jpg *.jpeg"), (_("All files"), "*")]
            path = filedialog.askopenfilename(parent=self._window.root, filetypes=kinds)
            if path:
                variable.set(str(path))

        ttk.Button(frame, text="…", width=3, command=choose).grid(row=0, column=1, padx=(self._window.px(6), 0))
        return frame
