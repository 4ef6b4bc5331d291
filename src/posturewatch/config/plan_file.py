"""A plan's file: read with every problem named, accepted whole or not at all, removed.

A plan is TOML (docs/plan.md). Two tables at its end are no part of it: ``[signature]``, over all the rest, and
``[accepted]``, which the person's own copy carries: when, from which day on, and by whose key.
"""

from __future__ import annotations

import json
import re
import types
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, Union, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from posturewatch.base.errors import ConfigError
from posturewatch.base.i18n import _
from posturewatch.base.outside import OutsideError, checked_text, moment_of
from posturewatch.base.plan import PLAN_KEYS, PlanInForce, TherapistPlan
from posturewatch.base.settings import Section
from posturewatch.config.key_lines import KeyPath, key_lines, line_of
from posturewatch.config.keys import allowed_words
from posturewatch.config.problems import ConfigProblemsError, Problem, quoted
from posturewatch.config.read import parse_toml, read_text
from posturewatch.disk.files import write_atomic
from posturewatch.disk.folders import make_folder
from posturewatch.disk.refusals import or_say_why

SIGNATURE: Final = "signature"
ACCEPTED: Final = "accepted"
_ASIDE: Final = (SIGNATURE, ACCEPTED)

PURPOSE: Final = "plan"
"""What the signature of a plan is for (``exchange/signing.py``)."""

_SIGNATURE_CHARS: Final = 4096


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A plan as a file holds it. ``text``: the file's, without what was noted on acceptance. ``signature``: text of its
    signature, empty for none; it is over :attr:`signed_bytes`. ``accepted``: start, moment, signer and the keys that
    the person keeps, where the file is a person's own copy."""

    plan: TherapistPlan
    text: str
    signature: str
    signed_bytes: bytes
    accepted: tuple[date, datetime, str, tuple[str, ...]] | None = None


def read_plan(path: Path) -> PlanFile:
    """The plan in this file, its pictures looked at. Raises ConfigError with file, line and key of every problem."""
    text = read_text(path, _no_plan_words())
    if text is None:
        raise ConfigError(_("There is no file {path}.").format(path=path), _no_plan_words())
    return plan_of_text(path, text)


def plan_of_text(path: Path, text: str, *, look_at_pictures: bool = True) -> PlanFile:
    """The plan in the text of a file at ``path``; raises as :func:`read_plan`."""
    try:
        data = parse_toml(path, text)
    except ConfigProblemsError as err:
        raise ConfigProblemsError(err.problems, _no_plan_words()) from err
    lines = key_lines(text)
    aside = {name: data.pop(name) for name in _ASIDE if name in data}
    if data.get("format") != "posturewatch-plan":
        says = _("this is no plan of posturewatch")
        raise ConfigProblemsError(
            (Problem(path, line_of(lines, ("format",)), "format", says, 'format = "posturewatch-plan"'),),
            _no_plan_words(),
        )
    try:
        plan = TherapistPlan.model_validate(data, context={"look_at_pictures": look_at_pictures})
        body = json.dumps(data, sort_keys=True, ensure_ascii=False, default=_plain, allow_nan=False)
        return PlanFile(
            plan,
            _without_acceptance(text),
            _signature(aside.get(SIGNATURE)),
            body.encode(),
            _acceptance(aside.get(ACCEPTED)),
        )
    except ValidationError as err:
        errors = err.errors(include_url=False)
        wrong_inside = {tuple(error["loc"])[:1] for error in errors if len(error["loc"]) > 1}
        problems = [
            _problem(error, path, lines)
            for error in errors
            # Where every entry of a list is wrong, none is left of it: that is no mistake of its own.
            if error["type"] != "too_short" or tuple(error["loc"]) not in wrong_inside
        ]
        problems.sort(key=lambda problem: (problem.line or 0, problem.key))
        raise ConfigProblemsError(tuple(problems), _no_plan_words()) from err
    except (OutsideError, RecursionError, TypeError, KeyError, ValueError) as err:
        problem = Problem(path, line_of(lines, tuple(aside)[:1]), "", str(err))
        raise ConfigProblemsError((problem,), _no_plan_words()) from err


def load_accepted(path: Path) -> PlanInForce | None:
    """The plan that was accepted into this file; None where there is none. Raises ConfigError."""
    text = read_text(path, _remove_words())
    if text is None:
        return None
    try:
        return accepted_of_text(path, text)
    except ConfigProblemsError as err:
        raise ConfigProblemsError(err.problems, _remove_words()) from err


def accepted_of_text(path: Path, text: str) -> PlanInForce:
    """As :func:`load_accepted`, of the text of a file at ``path``."""
    found = plan_of_text(path, text, look_at_pictures=False)
    if found.accepted is None:
        raise ConfigError(
            _("{path} is a plan that nobody has accepted.").format(path=path),
            _("`posturewatch plan accept FILE` shows a plan and takes it up."),
        )
    start, at, signer, kept = found.accepted
    return PlanInForce(found.plan, start, at, signer, found.text, kept)


def keep_accepted(path: Path, found: PlanFile, start: date, now: datetime, signer: str) -> PlanInForce:
    """Make this the plan in force, whole or not at all. ``now``: aware. Raises DataError, FolderError."""
    taken = PlanInForce(found.plan, start, now, signer, found.text)
    text = accepted_text(taken)
    _see_that_it_is_the_same(path, text, found)
    make_folder(path.parent)
    with or_say_why(path):
        write_atomic(path, text)
    return taken


def accepted_text(taken: PlanInForce) -> str:
    """The file of an accepted plan: as it was handed over, and what was noted on acceptance."""
    at = "" if taken.accepted_at is None else taken.accepted_at.isoformat(timespec="seconds")
    note = f'[{ACCEPTED}]\nat = "{at}"\nstart = {taken.start.isoformat()}\nsigner = "{taken.signer}"\n'
    if taken.kept:
        note += f"kept = {json.dumps(list(taken.kept))}\n"
    return f"{taken.text.rstrip()}\n\n{note}"


def with_signature(text: str, signature: str) -> str:
    """The plan's text with this signature in the place of any that it has. Raises ConfigError where its tables cannot
    be told apart."""
    made = f"{_without_table(text, SIGNATURE).rstrip()}\n\n[{SIGNATURE}]\ntext = '''\n{signature.strip()}\n'''\n"
    path = Path("plan.toml")
    _see_that_it_is_the_same(path, made, plan_of_text(path, text, look_at_pictures=False))
    return made


def _see_that_it_is_the_same(path: Path, text: str, found: PlanFile) -> None:
    """Raises ConfigError where a text would not be read as this plan, as with a header inside a text of many lines."""
    if plan_of_text(path, text, look_at_pictures=False).signed_bytes != found.signed_bytes:
        raise ConfigError(_("{path} cannot be read: {why}.").format(path=path, why=f"[{ACCEPTED}]"), _no_plan_words())


def _without_acceptance(text: str) -> str:
    return _without_table(text, ACCEPTED)


def _without_table(text: str, name: str) -> str:
    """The text without a table of this name, which is its last or is followed by another header."""
    kept, inside = [], False
    for line in text.splitlines(keepends=True):
        head = line.strip()
        if head.startswith("["):
            inside = head == f"[{name}]"
        if not inside:
            kept.append(line)
    return "".join(kept)


def _signature(table: Any) -> str:
    if table is None:
        return ""
    if not isinstance(table, dict) or not isinstance(table.get("text"), str) or len(table) != 1:
        raise OutsideError(_("the signature cannot be read"))
    return checked_text(table["text"], _SIGNATURE_CHARS, lines=True).strip()


def _acceptance(table: Any) -> tuple[date, datetime, str, tuple[str, ...]] | None:
    if table is None:
        return None
    start, at, signer = (table.get(key) if isinstance(table, dict) else None for key in ("start", "at", "signer"))
    if type(start) is not date or not isinstance(at, str) or not isinstance(signer, str):
        raise OutsideError(_("what was noted on acceptance cannot be read"))
    if not re.fullmatch(r"([0-9a-f]{64})?", signer):
        raise OutsideError(_("what was noted on acceptance cannot be read"))
    kept = table.get("kept", [])
    if not isinstance(kept, list) or not all(key in PLAN_KEYS for key in kept):
        raise OutsideError(_("what was noted on acceptance cannot be read"))
    return start, moment_of(at), signer, tuple(kept)


def _plain(value: Any) -> str:
    """A date as text, for what is signed."""
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(_("a value of an unknown kind"))


def _problem(error: Any, path: Path, lines: dict[KeyPath, int]) -> Problem:
    place: KeyPath = tuple(error["loc"])
    kind: str = error["type"]
    name = ".".join(str(part + 1) if isinstance(part, int) else part for part in place)
    line = line_of(lines, place)
    if kind == "extra_forbidden":
        if "settings" in place[:-1]:
            return Problem(path, line, name, _("a plan cannot set this key"), ", ".join(PLAN_KEYS))
        model = _model_at(place[:-1])
        return Problem(path, line, name, _("there is no such key"), ", ".join(model.model_fields) if model else "")
    if kind == "missing":
        return Problem(path, line or 1, name, _("this key is missing"), _allowed_at(place))
    if kind == "value_error":
        return Problem(path, line, name, str(error["ctx"]["error"]))
    return Problem(
        path, line, name, _("{value} is not allowed").format(value=quoted(error["input"])), _allowed_at(place)
    )


def _allowed_at(place: Sequence[str | int]) -> str:
    field = _field_at(place)
    if field is None:
        return ""
    kinds = {part for part in (field.annotation, *get_args(field.annotation)) if isinstance(part, type)}
    if date in kinds:
        return _("a day such as 2026-11-22")
    if any(issubclass(part, Section) for part in kinds) or _section_in(field) is not None:
        section = _section_in(field)
        return _("tables with {names}").format(names=", ".join(section.model_fields)) if section else ""
    if field.annotation is str and any(hasattr(part, "pattern") for part in field.metadata):
        return _("small letters, digits and underscores, at most 30")
    try:
        return allowed_words(field)
    except (TypeError, KeyError):
        return ""


def _field_at(place: Sequence[str | int]) -> FieldInfo | None:
    names = [part for part in place if isinstance(part, str)]
    model = _model_at(names[:-1])
    return model.model_fields.get(names[-1]) if model is not None and names else None


def _model_at(place: Sequence[str | int]) -> type[Section] | None:
    """The model of the table at this place; None where there is none."""
    model: type[Section] | None = TherapistPlan
    for part in place:
        if isinstance(part, str) and model is not None:
            field = model.model_fields.get(part)
            model = _section_in(field) if field is not None else None
    return model


def _section_in(field: FieldInfo) -> type[Section] | None:
    kinds: list[Any] = [field.annotation]
    while kinds:
        kind = kinds.pop()
        if isinstance(kind, type) and issubclass(kind, Section):
            return kind
        if get_origin(kind) in {Union, types.UnionType, tuple}:
            kinds += get_args(kind)
    return None


def _no_plan_words() -> str:
    return _("Nothing was taken up. docs/plan.md describes the file; ask whoever wrote it for a good one.")


def _remove_words() -> str:
    return _("`posturewatch plan remove` takes the plan away; accept the file that you were given once more.")
