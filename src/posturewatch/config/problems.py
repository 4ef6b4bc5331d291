"""What is wrong with a settings file, or a plan: said with line, key, what is allowed, and what was probably meant."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from posturewatch.base.errors import ConfigError
from posturewatch.base.i18n import _
from posturewatch.base.outside import OutsideError
from posturewatch.config.key_lines import KeyPath, line_of
from posturewatch.config.keys import Key, allowed_words, find_key, keys, sections, toml_value

_LONGEST: Final = 60
_NEAR: Final = 0.6
"""How alike a wrong key must be to a right one before it is offered: difflib's own default."""


SECRET_PLACE: Final = ("camera", "source")
"""The key whose value may hold a password; it is never repeated."""

REPLACED: Final = {("posture", "dim"): ("feedback", "dim")}
"""Switches of earlier versions that are a value of another key of their section now: on, they are read as that value
unless the other key is written too."""


MOST_PROBLEMS: Final = 100
"""Told one by one; a file with more is no settings file, and to look for the nearest key of each takes its time."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem. ``key`` is dotted, or empty; ``line`` and ``column`` count from 1."""

    path: Path
    line: int | None
    key: str
    says: str
    allowed: str = ""
    column: int | None = None

    def text(self) -> str:
        """One line for the terminal."""
        place = f"{self.path}" if self.line is None else _("{path}, line {line}").format(path=self.path, line=self.line)
        if self.column is not None:
            place = _("{place}, column {column}").format(place=place, column=self.column)
        return f"{place}: {self.text_without_place()}"

    def text_without_place(self) -> str:
        """Of a value that stands in no file."""
        said = f"{self.key}: {self.says}" if self.key else self.says
        return said + (f" ({self.allowed})" if self.allowed else "")


class ConfigProblemsError(ConfigError):
    """The file is wrong in these places; the message has a line for each. ``hint``: for another file than the
    settings."""

    def __init__(self, problems: tuple[Problem, ...], hint: str = "") -> None:
        super().__init__(
            "\n".join(problem.text() for problem in problems),
            hint or _("Mend the file; `posturewatch config check` looks at it again."),
        )
        self.problems = problems


def explain(err: ValidationError, path: Path, lines: dict[KeyPath, int], data: dict[str, Any]) -> tuple[Problem, ...]:
    """The problems that pydantic found in ``data``, in the file's order; of more than a hundred, how many more."""
    errors = err.errors(include_url=False)
    more = len(errors) - MOST_PROBLEMS
    del errors[MOST_PROBLEMS:]
    places = [error["loc"] for error in errors]
    # of a list with a wrong entry pydantic also says that it is too short
    told = (error for error in errors if not any(_lies_within(place, error["loc"]) for place in places))
    found = [_problem(error, path, lines, data) for error in told]
    found.sort(key=lambda problem: (problem.line or 0, problem.key))
    if more > 0:
        found.append(Problem(path, None, "", _("problems besides these: {count}").format(count=more)))
    return tuple(found)


def _lies_within(place: KeyPath, other: KeyPath) -> bool:
    """Whether this place is an entry of the other."""
    return len(place) > len(other) and place[: len(other)] == other


def _problem(error: Any, path: Path, lines: dict[KeyPath, int], data: dict[str, Any]) -> Problem:
    place: KeyPath = tuple(error["loc"])
    kind: str = error["type"]
    name = ".".join(str(part) for part in place)
    if kind == "extra_forbidden":
        return Problem(path, line_of(lines, place), name, *_unknown(place))
    if kind in {"model_type", "model_attributes_type"}:
        says = _("a section is wanted here, not {value}").format(value=quoted(error["input"]))
        return Problem(path, line_of(lines, place), name, says, f"[{name}]")
    if kind == "missing":
        return Problem(path, line_of(lines, place), name, _("this key is missing"), _allowed(place))
    if kind == "value_error" and len(place) == 1:  # keys that do not fit together
        says = str(error["ctx"]["error"])
        line = next((lines[place[0], word] for word in re.findall(r"\w+", says) if (place[0], word) in lines), None)
        return Problem(path, line or line_of(lines, place), name, says)
    if place == SECRET_PLACE:
        reason = error.get("ctx", {}).get("error", "")
        return Problem(
            path, line_of(lines, place), name, _("this source cannot be taken"), str(reason) or _allowed(place)
        )
    says = _("{value} is not allowed").format(value=quoted(_written(data, place, error["input"])))
    reason = error.get("ctx", {}).get("error")  # of a text that may not enter, what is wrong with it
    return Problem(
        path, line_of(lines, place), name, says, str(reason) if isinstance(reason, OutsideError) else _allowed(place)
    )


def _written(data: Any, place: KeyPath, judged: Any) -> Any:
    """What stands in the file for ``judged``: "30 cm" for so many inches; ``judged`` itself within a list."""
    for part in place:
        if not isinstance(data, dict) or part not in data:
            return judged
        data = data[part]
    return data


def _unknown(place: KeyPath) -> tuple[str, str]:
    """What to say about a key or section that does not exist, and what was probably meant."""
    word = str(place[-1])
    if len(place) == 1:
        return _unknown_section(word)
    if successor := REPLACED.get((str(place[0]), word)):
        return _("this key has become {new}").format(new='{} = "{}"'.format(*successor)), ""
    section = str(place[0])
    table = _table_of(place)
    names = list(table.tables.model_fields if table and table.tables else sections()[section].model_fields)
    meant = get_close_matches(word, names, n=1, cutoff=_NEAR)
    if meant:
        return _('there is no such key; did you mean "{name}"?').format(name=meant[0]), ""
    elsewhere = [key.section for key in keys() if key.name == word]
    if elsewhere:
        return _("this key belongs into the section [{section}]").format(section=elsewhere[0]), ""
    return _("there is no such key"), _("keys here: {names}").format(names=", ".join(names))


def _unknown_section(word: str) -> tuple[str, str]:
    known = sections()
    home = next((key for key in keys() if key.name == word), None)
    if home is not None:
        return _("this key belongs into the section [{section}]").format(section=home.section), ""
    meant = get_close_matches(word, known, n=1, cutoff=_NEAR)
    if meant:
        return _("there is no such section; did you mean [{name}]?").format(name=meant[0]), ""
    return _("there is no such section"), _("sections: {names}").format(names=", ".join(known))


def _allowed(place: KeyPath) -> str:
    table = _table_of(place)
    if table is not None and table.tables is not None:
        field = table.tables.model_fields.get(str(place[3])) if len(place) > 3 else None
        return table.allowed if field is None else allowed_words(field)
    key = find_key(".".join(str(part) for part in place[:2]))
    if key is None:
        return ""
    words = [key.allowed]
    if key.unit and key.unit not in key.allowed:
        words.append(_("unit: {unit}").format(unit=key.unit))
    if default := toml_value(key.default):
        words.append(_("default {value}").format(value=default))
    return "; ".join(words)


def _table_of(place: KeyPath) -> Key | None:
    """The array of tables in which this place lies, if it does."""
    key = find_key(".".join(str(part) for part in place[:2]))
    return key if key is not None and key.tables is not None and len(place) > 2 else None


def quoted(value: Any) -> str:
    """The offending value as it stands in the file, shortened."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    text = str(value) if number else toml_value(value) or str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
