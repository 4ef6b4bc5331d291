"""The form for a therapist's plan and its file: fields made from the plan's schema, and what was typed back into TOML.

The file stays the truth: what the form does not show (comments, a picture that is in it) is kept, what was not changed
stays as it was written, and the text is judged by the same code that reads a plan, before anything is written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from posturewatch.app.draft_plan import draft_text, signed, write_plan
from posturewatch.app.setting_words import plan_labels
from posturewatch.app.settings_form import field_of, value_of
from posturewatch.base.child import Said
from posturewatch.base.errors import PosturewatchError
from posturewatch.base.i18n import _
from posturewatch.base.plan import OWN_EXERCISES, PLAN_KEYS, PlanExercise, PlanPhase, TherapistPlan
from posturewatch.base.quantities import Units
from posturewatch.base.settings import Section, Settings
from posturewatch.base.wording import weekday_names
from posturewatch.config.keys import allowed_words, find_key, section_words
from posturewatch.config.plan_file import SIGNATURE, plan_of_text
from posturewatch.config.problems import ConfigProblemsError, Problem
from posturewatch.config.read import read_text
from posturewatch.core.reminding.exercises import Suggestion, builtin
from posturewatch.disk.folders import Folders
from posturewatch.ui.form import FieldView
from posturewatch.ui.open import open_window
from posturewatch.ui.plan_form_window import COURSE, EXERCISE, PHASE, PHASES, PartView, PlanFormView

SETTINGS: Final = "settings."
PICTURE_FILE: Final = "picture_file"
_MODELS: Final[dict[str, type[Section]]] = {COURSE: TherapistPlan, PHASE: PlanPhase, EXERCISE: PlanExercise}
_OWN: Final = {
    COURSE: ("title", "author", "start", "next_visit", "check", "note"),
    PHASE: ("name", "weeks", "note"),
    EXERCISE: ("name", "text", "dose", "days", PHASES, "picture", "image", PICTURE_FILE, "key"),
}
_LINES: Final = frozenset({"note", "text"})
_SAME: Final = ""
"""Stands for a setting that the plan leaves to the person."""


def fill_in(folders: Folders, wish: Settings, path: Path, today: date) -> str:
    """Show the form until it is closed; the words of the key that signed what was saved, empty where nothing was.

    Raises DesktopError where there can be no window, ConfigError for a file that is no plan.
    """
    form = PlanForm(folders, wish.user.shown_units, path, today)
    window = open_window("plan_form_window", form.view())
    window.converse(form.heard, _("`posturewatch plan new` asks the same in the terminal."))
    return form.words


class PlanForm:
    """One form and its file. ``words``: of the key that signed what was saved last."""

    def __init__(self, folders: Folders, units: Units, path: Path, today: date) -> None:
        """Raises ConfigError where the file is there and no plan."""
        self._folders, self._units, self._path, self._today = folders, units, path, today
        self._before = read_text(path)
        self._text = self._before
        if self._text is None:
            self._text = draft_text(title="", author="", written=today, phases=(), exercises=())
            self._plan = None
        else:
            self._plan = plan_of_text(path, self._text, look_at_pictures=False).plan
        self.words = ""

    def view(self) -> PlanFormView:
        """What the form begins with."""
        plan = self._plan
        phases: Sequence[Any] = (None,) if plan is None else plan.phase
        parts = [self._part(COURSE, plan)]
        parts += [self._part(PHASE, phase, str(number)) for number, phase in enumerate(phases, 1)]
        parts += [self._part(EXERCISE, one) for one in (() if plan is None else plan.exercise)]
        ours = tuple((f"{one.name} ({one.dose})", self._ours(one)) for one in builtin())
        return PlanFormView(
            self._path.name,
            tuple(parts),
            self._part(PHASE, None),
            ((_("One of your own"), self._part(EXERCISE, None)), *ours),
        )

    def heard(self, said: Said) -> Said | None:
        """The answer to what was done in the window."""
        parts = said.get("parts")
        if said.kind != "save" or not isinstance(parts, list):
            return None
        try:
            return self._save(parts)
        except ConfigProblemsError as err:
            return _refused(err.problems, parts)
        except PosturewatchError as err:
            return Said("refused", {"why": err.in_words, "problems": []})

    # ------------------------------------------------------------------ fields

    def _part(self, kind: str, made: Any, number: str = "") -> PartView:
        own = tuple(self._field(kind, name, made) for name in _OWN[kind] if name != "image" or (made and made.image))
        groups = [("", own)]
        if kind != EXERCISE:
            for section in ("posture", "breaks"):
                keys = [key for key in PLAN_KEYS if key != OWN_EXERCISES and (section == "breaks") == _of_breaks(key)]
                groups.append((section_words(section).rstrip(".。"), tuple(self._setting(key, made) for key in keys)))
        return PartView(kind, number, tuple(groups))

    def _ours(self, one: Suggestion) -> PartView:
        """A new exercise that begins as one of ours."""
        blank = self._part(EXERCISE, None)
        values = {name: str(getattr(one, name)) for name in ("key", "name", "text", "dose", "picture")}
        own = tuple(replace(each, value=values.get(each.key, each.value)) for each in blank.fields)
        return replace(blank, groups=(("", own),))

    def _field(self, kind: str, name: str, made: Any) -> FieldView:
        label = _labels()[name]
        if name == PICTURE_FILE:
            hint = _("A PNG or JPEG of your own; it is made small and put into the plan.")
            return FieldView(name, label, "file", "", (), hint)
        field = _MODELS[kind].model_fields[name]
        hint = _(field.description) if field.description else ""
        value = getattr(made, name) if made is not None else None
        if name == "image":
            return FieldView(name, label, "switch", "yes", (), hint)
        if name == "days":
            chosen = value if value is not None else weekday_names()
            return FieldView(name, label, "days", " ".join(chosen), tuple(weekday_names().items()), hint)
        if name == PHASES:
            return FieldView(name, label, "days", " ".join(map(str, value or ())), (), hint)
        if name in ("picture", "check"):
            choices = _pictures() if name == "picture" else (("", _("no")), ("before the visit", _("before the visit")))
            return FieldView(name, label, "choice", str(value or ""), choices, hint)
        if name == "weeks" and made is None:
            value = 4
        if name in ("start", "next_visit"):
            hint = f"{hint} {_('Allowed: {allowed}.').format(allowed=_('a day such as 2026-11-22'))}"
        elif name != "key":
            hint = f"{hint} {_('Allowed: {allowed}.').format(allowed=allowed_words(field))}"
        return FieldView(
            name, label, "lines" if name in _LINES else "text", "" if value is None else str(value), (), hint
        )

    def _setting(self, dotted: str, made: Any) -> FieldView:
        key = find_key(dotted)
        if key is None:
            raise LookupError(dotted)
        section = getattr(made.settings, key.section) if made is not None and made.settings is not None else None
        value = None if section is None else getattr(section, key.name)
        field = field_of(key, plan_labels()[dotted], key.default if value is None else value, self._units)
        choices = (("yes", _("on")), ("no", _("off"))) if field.kind == "switch" else field.choices
        choices = ((_SAME, _("theirs")), *choices) if choices else ()
        return replace(
            field,
            key=f"{SETTINGS}{dotted}",
            kind="choice" if choices else field.kind,
            choices=choices,
            value=_SAME if value is None else field.value,
            hint=f"{field.hint} {_('Left empty: theirs.')}",
        )

    # ------------------------------------------------------------------ saving

    def _save(self, parts: list[Any]) -> Said:
        if read_text(self._path) != self._before:
            words = _("The file was changed meanwhile, and nothing was saved. Close the form and open the file again.")
            return Said("refused", {"why": words, "problems": []})
        gone = [
            [place, PHASES, _("Its phases are gone: choose others.")]
            for place, part in enumerate(parts)
            if part["values"].get(PHASES) and not _places(part["values"][PHASES], parts)
        ]
        if gone:
            return Said("refused", {"why": "", "problems": gone})
        text = self._written(parts)
        whole, public = signed(self._folders, self._path, text)
        write_plan(self._path, whole)
        self.words = public.words
        return Said("kept")

    def _written(self, parts: list[Any]) -> str:
        """The file's text with what was typed."""
        import tomlkit

        document = tomlkit.parse(self._text or "")
        document.pop(SIGNATURE, None)
        document["written"] = self._today
        for part in parts:
            if part["kind"] == COURSE:
                self._fill(document, part, part["before"], parts)
        for kind in (PHASE, EXERCISE):
            there, own = list(document.get(kind, ())), [part for part in parts if part["kind"] == kind]
            made = []
            for part in own:
                is_new = part["origin"] is None or int(part["origin"]) >= len(there)
                made.append(tomlkit.table() if is_new else there[int(part["origin"])])
                self._fill(made[-1], part, {} if is_new else part["before"], parts)
            if [id(table) for table in made] == [id(table) for table in there]:
                continue  # as it lies in the file, with its blanks
            document.pop(kind, None)
            if made:
                rows = tomlkit.aot()
                for table in made:
                    rows.append(table)
                document[kind] = rows
        return tomlkit.dumps(document)

    def _fill(self, table: Any, part: Mapping[str, Any], before: Mapping[str, str], parts: list[Any]) -> None:
        """Set what differs from what stood there ``before``."""
        values, schema = part["values"], _MODELS[part["kind"]].model_fields
        for name, typed in values.items():
            if name == PHASES:
                _put(table, name, _places(typed, parts) or None)
            elif typed == before.get(name):
                continue
            elif name == "image":
                if typed == "no":
                    table.pop(name, None)
            elif name.startswith(SETTINGS):
                self._put_setting(table, name.removeprefix(SETTINGS), typed)
            elif name == "days":
                _put(table, name, None if typed.split() == list(weekday_names()) else typed.split())
            elif name == "key":
                taken = {str(one["values"].get("key")) for one in parts}
                _put(table, name, typed.strip() or _key_of(values["name"], taken))
            else:
                needed = name in schema and schema[name].is_required()
                _put(table, name, _plain(name, typed) if needed or typed.strip() else None)

    def _put_setting(self, table: Any, dotted: str, typed: str) -> None:
        import tomlkit

        key = find_key(dotted)
        if key is None:
            return
        if typed.strip():
            settings = table.setdefault("settings", tomlkit.table(is_super_table=True))
            settings.setdefault(key.section, tomlkit.table())[key.name] = value_of(key, typed, self._units)
        elif key.section in table.get("settings", {}):
            table["settings"][key.section].pop(key.name, None)


def _of_breaks(dotted: str) -> bool:
    return dotted.startswith("breaks.")


def _put(table: Any, name: str, value: Any) -> None:
    if value is None:
        table.pop(name, None)
    else:
        table[name] = value


def _plain(name: str, typed: str) -> Any:
    """What was typed as the file would have it; nonsense stays the text that it is, and is refused with its reason."""
    import tomlkit

    text = typed.strip()
    if name in ("start", "next_visit"):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return text
    if name == "weeks":
        return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else text
    return tomlkit.string(text, multiline="\n" in text and "'''" not in text)


def _places(typed: str, parts: list[Any]) -> list[int]:
    """The numbers that the chosen phases have by now, from 1."""
    order = [part["number"] for part in parts if part["kind"] == PHASE]
    return sorted(order.index(number) + 1 for number in typed.split() if number in order)


def _key_of(name: str, taken: set[str]) -> str:
    """A key made of the exercise's name, which no other has."""
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:26] or "exercise"
    made = next(key for number in range(1, 100) if (key := plain if number == 1 else f"{plain}_{number}") not in taken)
    taken.add(made)
    return made


def _refused(problems: Sequence[Problem], parts: list[Any]) -> Said:
    """Each problem at its part and field; what is of none, at the foot."""
    places = {kind: [place for place, part in enumerate(parts) if part["kind"] == kind] for kind in (PHASE, EXERCISE)}
    found, why = [], []
    for problem in problems:
        words = f"{problem.says} ({problem.allowed})" if problem.allowed else problem.says
        first, _dot, rest = problem.key.partition(".")
        number, _dot, inside = rest.partition(".")
        if first in places and number.isdigit() and int(number) <= len(places[first]):
            place, key = places[first][int(number) - 1], inside
        else:
            place, key = 0, problem.key
        field = next((name for name in parts[place]["values"] if key == name or key.startswith(f"{name}.")), "")
        if field:
            found.append([place, field, words])
        else:
            why.append(words)
    return Said("refused", {"why": " ".join(why), "problems": found})


def _labels() -> dict[str, str]:
    """Short names of the plan's own fields."""
    return {
        "title": _("Title"),
        "author": _("Your name or practice"),
        "start": _("First day"),
        "next_visit": _("Next visit"),
        "check": _("Offer the movement check"),
        "note": _("A note to the person"),
        "name": _("Name"),
        "weeks": _("Weeks"),
        "text": _("What to do"),
        "dose": _("Dose"),
        "days": _("Days"),
        PHASES: _("Phases (none: all)"),
        "picture": _("Picture"),
        "image": _("Keep the own picture that is in the plan"),
        PICTURE_FILE: _("Own picture"),
        "key": _("Short name in the log"),
    }


def _pictures() -> tuple[tuple[str, str], ...]:
    """The drawings by the names of their exercises."""
    return (("", _("none")), *((one.picture, one.name) for one in builtin()))
