"""A therapist's plan as a form: the parts at the left (the course, its phases, its exercises), the fields of the chosen
one at the right.

Says ``save`` with the ``parts`` in their order: kind, number of the phase, place in the file (``origin``, none for a
new one), what its fields began with and what stands in them. ``kept`` closes it; ``refused`` has what is wrong by part
and field, and a ``why`` for what is of none. Nothing that was typed is lost by either, nor by choosing another part.
"""

from __future__ import annotations

import tkinter as tk
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from tkinter import ttk
from typing import Any, Final

from posturewatch.base.child import App, Said
from posturewatch.base.i18n import _
from posturewatch.ui.form import Fields, FieldView
from posturewatch.ui.toolkit import Window, show

COURSE: Final = "plan"
PHASE: Final = "phase"
EXERCISE: Final = "exercise"
PHASES: Final = "phases"
"""The field of an exercise that names phases; its choices are the phases that there are."""

ROWS: Final = 14
LIST_WIDE: Final = 32
HINT_WIDE: Final = 880
FIELDS_WIDE: Final = 610
FIELDS_HIGH: Final = 420
"""Ordinary pixels of the fullest page, so that the window keeps its size from page to page."""


@dataclass(frozen=True, slots=True)
class PartView:
    """The course, a phase or an exercise. ``number``: by which exercises name a phase. ``groups``: a title (none for
    the first) and the fields below it; each group is a page."""

    kind: str
    number: str
    groups: tuple[tuple[str, tuple[FieldView, ...]], ...]

    @property
    def fields(self) -> tuple[FieldView, ...]:
        """Those of all groups."""
        return tuple(field for _title, own in self.groups for field in own)


@dataclass(frozen=True, slots=True)
class PlanFormView:
    """``parts`` in their order, the course first; what a new ``phase`` and new ``exercises``, each with its name, begin
    with. ``name``: the file's."""

    name: str
    parts: tuple[PartView, ...]
    phase: PartView
    exercises: tuple[tuple[str, PartView], ...]
    dark: bool | None = None


class _PartOfPlan:
    """A part with what was typed. ``origin``: its place among those of its kind in the file."""

    def __init__(self, view: PartView, number: str, origin: int | None) -> None:
        self.view, self.number, self.origin = view, number, origin
        self.before = {field.key: field.value for field in view.fields}
        self.values = dict(self.before)
        self.wrong: dict[str, str] = {}

    def wrong_in(self, group: int) -> bool:
        """Whether something of this group's fields is wrong."""
        return any(field.key in self.wrong for field in self.view.groups[group][1])

    def told(self) -> dict[str, Any]:
        """As the app hears it."""
        return {
            "kind": self.view.kind, "number": self.number, "origin": self.origin,
            "before": self.before, "values": self.values,
        }  # fmt: skip


class PlanFormWindow(Window):
    """All parts go to the app, which writes the plan or says of each field what is wrong."""

    WIDEST_PX = 1040.0

    def __init__(self, app: App, view: PlanFormView) -> None:
        super().__init__(app, _("Plan: {name}").format(name=view.name), dark=view.dark)
        self._view = view
        self._numbers = count(1 + sum(part.kind == PHASE for part in view.parts))
        places = {COURSE: count(), PHASE: count(), EXERCISE: count()}
        self._parts = [_PartOfPlan(part, part.number, next(places[part.kind])) for part in view.parts]
        self._chosen, self._group = self._parts[0], 0
        self._asked = self._warned = self._gone = False
        self.label(self.body, _("A plan for one person"), "Title.TLabel").grid(columnspan=2, sticky="w")
        self._list = self._part_list()
        self._page = ttk.Frame(self.body)
        self._page.grid(row=1, column=1, sticky="nw", padx=(self.px(24), 0), pady=(self.px(8), 0))
        self.body.rowconfigure(1, minsize=self.px(FIELDS_HIGH))
        self.body.columnconfigure(1, minsize=self.px(FIELDS_WIDE))
        self._hint = self.label(self.body, "", "Muted.TLabel", HINT_WIDE)
        self._hint.grid(row=2, columnspan=2, sticky="w", pady=(self.px(6), 0))
        self.body.rowconfigure(2, minsize=self.px(44))
        row = self.buttons(self.body, (_("Cancel"), self.close, False), (_("Save and sign"), self._save, True))
        row.grid(row=3, columnspan=2, sticky="e", pady=(self.px(8), 0))
        self.root.bind("<Control-Return>", lambda _event: self._save())
        self._fields = Fields(self, self._tell)
        self._show()
        self._fields.go_to(view.parts[0].fields[0].key)
        self._empty = self._typed()

    @property
    def pages(self) -> int:
        """How many pages there are, one below the other in the list."""
        return len(self._pages)

    def go_to_page(self, place: int) -> None:
        """Show the fields of this one."""
        if self._pages[place] != (self._chosen, self._group):
            self._keep()
            self._chosen, self._group = self._pages[place]
            self._show()

    # ------------------------------------------------------------------ the list of parts

    def _part_list(self) -> tk.Listbox:
        side, c = ttk.Frame(self.body), self.colours
        side.grid(row=1, column=0, sticky="nw", pady=(self.px(8), 0))
        made = tk.Listbox(
            side, width=LIST_WIDE, height=ROWS, exportselection=False, activestyle="none", relief="flat", borderwidth=0,
            background=c.field, foreground=c.ink, highlightthickness=1, highlightbackground=c.line,
            highlightcolor=c.accent, selectbackground=c.accent, selectforeground=c.accent_ink, font="TkTextFont",
        )  # fmt: skip
        bar = ttk.Scrollbar(side, command=made.yview)
        made.configure(yscrollcommand=bar.set)
        made.grid(row=0, column=0, columnspan=2)
        bar.grid(row=0, column=2, sticky="ns")
        made.bind("<<ListboxSelect>>", lambda _event: self.go_to_page(int(made.index("active"))))
        buttons = (
            (_("Add phase"), self._add_phase),
            (_("Add exercise…"), self._offer_exercises),
            (_("Up"), lambda: self._move(-1)),
            (_("Down"), lambda: self._move(1)),
            (_("Remove"), self._remove),
        )
        for place, (text, command) in enumerate(buttons):
            button = ttk.Button(side, text=text, command=command)
            button.grid(row=1 + place // 2, column=place % 2, sticky="ew", pady=(self.px(6), 0), padx=(0, self.px(6)))
        side.columnconfigure((0, 1), weight=1)
        return made

    def _named(self, part: _PartOfPlan) -> str:
        name = part.values.get("name", "").strip() or "–"
        if part.view.kind == COURSE:
            words = _("The course")
        elif part.view.kind == PHASE:
            number = [one for one in self._parts if one.view.kind == PHASE].index(part) + 1
            words = _("Phase {number}: {name}").format(number=number, name=name)
        else:
            words = _("Exercise: {name}").format(name=name)
        return words

    @property
    def _pages(self) -> list[tuple[_PartOfPlan, int]]:
        return [(part, group) for part in self._parts for group in range(len(part.view.groups))]

    def _list_anew(self) -> None:
        self._list.delete(0, "end")
        for part, group in self._pages:
            words = f"      {part.view.groups[group][0]}" if group else f" {self._named(part)}"
            self._list.insert("end", f"!{words}" if part.wrong_in(group) else words)
            if part.wrong_in(group):
                self._list.itemconfigure("end", foreground=self.colours.error)
        place = self._pages.index((self._chosen, self._group))
        self._list.selection_set(place)
        self._list.activate(place)
        self._list.see(place)

    # ------------------------------------------------------------------ what is done to the parts

    def _add_phase(self) -> None:
        phases = sum(part.view.kind == PHASE for part in self._parts)
        self._add(_PartOfPlan(self._view.phase, str(next(self._numbers)), None), 1 + phases)

    def _offer_exercises(self) -> None:
        c = self.colours
        menu = tk.Menu(
            self.root, tearoff=False, background=c.paper, foreground=c.ink, activebackground=c.accent,
            activeforeground=c.accent_ink, font="TkMenuFont",
        )  # fmt: skip
        for name, view in self._view.exercises:
            menu.add_command(label=name, command=partial(self._add_exercise, view))
        menu.tk_popup(*self.root.winfo_pointerxy())

    def _add_exercise(self, view: PartView) -> None:
        self._add(_PartOfPlan(view, "", None), len(self._parts))

    def _add(self, part: _PartOfPlan, place: int) -> None:
        self._keep()
        self._parts.insert(place, part)
        self._chosen, self._group = part, 0
        self._show()
        self._fields.go_to("name")

    def _move(self, by: int) -> None:
        """Among those of its kind."""
        self._keep()
        place = self._parts.index(self._chosen)
        other = place + by
        if 0 <= other < len(self._parts) and self._parts[other].view.kind == self._chosen.view.kind:
            self._parts[place], self._parts[other] = self._parts[other], self._parts[place]
            self._show()

    def _remove(self) -> None:
        """The course and its last phase stay."""
        kind, place = self._chosen.view.kind, self._parts.index(self._chosen)
        if kind == COURSE or (kind == PHASE and sum(part.view.kind == PHASE for part in self._parts) == 1):
            self._tell(_("A plan needs a phase."), True)
            return
        self._keep()
        del self._parts[place]
        self._chosen, self._group = self._parts[min(place, len(self._parts) - 1)], 0
        self._show()

    # ------------------------------------------------------------------ the fields

    def _keep(self) -> None:
        """What stands in the fields, before others take their place."""
        self._chosen.values |= self._fields.values()

    def _show(self) -> None:
        for old in self._page.winfo_children():
            old.destroy()
        self._fields = Fields(self, self._tell)
        for field in self._chosen.view.groups[self._group][1]:
            choices = self._phases() if field.key == PHASES else field.choices
            self._fields.add(self._page, replace(field, value=self._chosen.values[field.key], choices=choices))
        self._tell("", False)
        self._list_anew()
        for key, words in self._chosen.wrong.items():
            self._fields.refuse(key, words)

    def _phases(self) -> tuple[tuple[str, str], ...]:
        there = [part for part in self._parts if part.view.kind == PHASE]
        return tuple((part.number, str(place)) for place, part in enumerate(there, 1))

    def _tell(self, words: str, wrong: bool) -> None:
        self._hint.configure(text=words, style="Error.TLabel" if wrong else "Muted.TLabel")

    # ------------------------------------------------------------------ saving and leaving

    def _typed(self) -> list[tuple[str, dict[str, str]]]:
        """All that stands in the form at this moment."""
        self._keep()
        return [(part.number, dict(part.values)) for part in self._parts]

    def _save(self) -> None:
        if self._gone:
            self._tell_of_absence()
        elif not self._asked:
            self._asked = True
            self._keep()
            self.app.say("save", parts=[part.told() for part in self._parts])

    def hear(self, said: Said) -> None:
        """The app's answer."""
        self._asked = False
        if said.kind == "kept":
            self.close()
        elif said.kind == "refused":
            problems = said.get("problems")
            for part in self._parts:
                part.wrong = {}
            for place, key, words in problems if isinstance(problems, list) else ():
                self._parts[int(place)].wrong[str(key)] = str(words)
            wrong = [part for part in self._parts if part.wrong]
            if wrong and not self._chosen.wrong_in(self._group):
                self._chosen = self._chosen if self._chosen.wrong else wrong[0]
                groups = range(len(self._chosen.view.groups))
                self._group = next((group for group in groups if self._chosen.wrong_in(group)), 0)
            self._show()
            here = [field.key for field in self._chosen.view.groups[self._group][1] if field.key in self._chosen.wrong]
            self._fields.go_to(here[0] if here else "")
            self._tell(str(said.get("why") or "") or (self._chosen.wrong[here[0]] if here else ""), True)

    def leave(self) -> None:
        """Escape or the close button: asks first where something was changed."""
        if self._typed() != self._empty and not self._warned:
            self._warned = True
            self._tell(_("This is not saved yet. Save it, or press Cancel to throw it away."), True)
            return
        self.close()

    def hung_up(self) -> None:
        """The app has ended: what has been typed stays to be read and copied."""
        if self._typed() == self._empty:
            self.close()
            return
        self._gone = True
        self._tell_of_absence()

    def _tell_of_absence(self) -> None:
        words = _("posturewatch has ended, so this cannot be saved. Copy what you need, and open the form again.")
        self._tell(words, True)


if __name__ == "__main__":  # the process of this window
    show(PlanFormWindow, PlanFormView)
