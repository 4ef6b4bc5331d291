"""The configuration file: read, judged as a whole, shown.

A file is taken as it is or not at all; who already runs keeps the settings in force and says what is wrong.
A missing file means the defaults. What is wrong is said with line, key, what is allowed, and what was probably meant.

The line is the one thing that ``tomllib`` does not tell: :func:`key_lines` finds it, in text that ``tomllib`` has
accepted. A key inside an inline table or array is found at the line of the key that holds it.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from posturewatch.base.errors import ConfigError
from posturewatch.base.i18n import _
from posturewatch.base.settings import Settings
from posturewatch.base.source_names import shown_source
from posturewatch.config.keys import Key, allowed_words, find_key, keys, sections, toml_value
from posturewatch.disk.folders import SETTINGS_MAX_BYTES

KeyPath = tuple[str | int, ...]

_TOKEN: Final = re.compile(
    r'''(?P<string>"""(?:\\.|[^\\])*?"""(?:"{0,2})|\'\'\'.*?\'\'\'(?:\'{0,2})'''
    r"""|"(?:\\.|[^"\\\n])*"|'[^'\n]*')"""
    r"|(?P<comment>\#[^\n]*)|(?P<newline>\n)|(?P<open>[\[{])|(?P<close>[\]}])"
    r"|(?P<equals>=)|(?P<dot>\.)|(?P<bare>[A-Za-z0-9_-]+)|(?P<other>.)",
    re.DOTALL,
)


def key_lines(text: str) -> dict[KeyPath, int]:
    """Line (from 1) of each key and section header; entries of an array of tables count from 0."""
    return _Reader().read(text)


def line_of(lines: dict[KeyPath, int], path: Sequence[str | int]) -> int | None:
    """The line of this key, or of the nearest key that holds it; None for one that is nowhere in the file."""
    for length in range(len(path), 0, -1):
        found = lines.get(tuple(path[:length]))
        if found is not None:
            return found
    return None


class _Reader:
    """Walks over the tokens: a statement is a header or a key, then whatever follows up to the line's end."""

    def __init__(self) -> None:
        self.lines: dict[KeyPath, int] = {}
        self.section: KeyPath = ()
        self.parts: list[str] = []
        self.brackets = 0  # opening brackets before the first key part: 1 a table, 2 an array of tables
        self.depth = 0
        self.in_value = False
        self.arrays: Counter[KeyPath] = Counter()

    def read(self, text: str) -> dict[KeyPath, int]:
        line = 1
        for match in _TOKEN.finditer(text):
            self._take(str(match.lastgroup), match[0], line)
            line += match[0].count("\n")
        return self.lines

    def _take(self, kind: str, token: str, line: int) -> None:
        if self.in_value:
            self._in_value(kind)
        elif kind == "newline":
            self.parts, self.brackets = [], 0
        elif kind == "open":
            self.brackets += 1
        elif kind == "close":
            self._header(line)
        elif kind == "equals":
            self.lines.setdefault((*self.section, *self.parts), line)
            self.in_value, self.depth = True, 0
        elif kind in {"bare", "string"}:
            self.parts.append(token if kind == "bare" else _unquoted(token))

    def _in_value(self, kind: str) -> None:
        self.depth += {"open": 1, "close": -1}.get(kind, 0)
        if kind == "newline" and self.depth <= 0:
            self.in_value, self.parts, self.brackets = False, [], 0

    def _header(self, line: int) -> None:
        if not self.parts:  # the second bracket of ]]
            return
        path = self._inside_arrays(tuple(self.parts))
        if self.brackets > 1:
            self.lines.setdefault(path, line)
            number = self.arrays[path]
            self.arrays[path] += 1
            path = (*path, number)
        self.lines.setdefault(path, line)
        self.section, self.parts = path, []

    def _inside_arrays(self, path: KeyPath) -> KeyPath:
        """``a.b`` means the latest entry of ``a`` where ``a`` is an array of tables."""
        found: KeyPath = ()
        for part in path[:-1]:
            found = (*found, part)
            if found in self.arrays:
                found = (*found, self.arrays[found] - 1)
        return (*found, path[-1])


def _unquoted(token: str) -> str:
    try:
        return next(iter(tomllib.loads(f"{token} = 0")))
    except tomllib.TOMLDecodeError:
        return token


_LONGEST: Final = 60
_NEAR: Final = 0.6
"""How alike a wrong key must be to a right one before it is offered: difflib's own default."""


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


def explain(err: ValidationError, path: Path, lines: dict[KeyPath, int]) -> tuple[Problem, ...]:
    """Every problem that pydantic found, in the file's order."""
    found = [_problem(error, path, lines) for error in err.errors(include_url=False)]
    return tuple(sorted(found, key=lambda problem: (problem.line or 0, problem.key)))


SECRET_PLACE: Final = ("camera", "source")
"""The key whose value may hold a password; it is never repeated."""


def _problem(error: Any, path: Path, lines: dict[KeyPath, int]) -> Problem:
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
    says = _("{value} is not allowed").format(value=quoted(error["input"]))
    return Problem(path, line_of(lines, place), name, says, _allowed(place))


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
    default = toml_value(key.default)
    return f"{key.allowed}; " + _("default {value}").format(value=default) if default else key.allowed


def _table_of(place: KeyPath) -> Key | None:
    """The array of tables in which this place lies, if it does."""
    key = find_key(".".join(str(part) for part in place[:2]))
    return key if key is not None and key.tables is not None and len(place) > 2 else None


def quoted(value: Any) -> str:
    """The offending value as it stands in the file, shortened."""
    text = toml_value(value) or str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


_PLACE: Final = re.compile(r"\s*\(at line (\d+), column (\d+)\)$")


RETIRED: Final = (("watch", "max_se"),)
"""Keys of earlier versions that decide nothing any more: a file that holds one is still a good file."""

REPLACED: Final = {("posture", "dim"): ("feedback", "dim")}
"""Switches of earlier versions that are a value of another key of their section now: on, they are read as that value
unless the other key is written too."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """Good settings and where they come from. ``lines`` is empty where there is no file; ``notes``: what is good still
    and should be written otherwise."""

    path: Path
    settings: Settings
    lines: dict[KeyPath, int]
    notes: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class EffectiveSetting:
    """One effective setting: the value as TOML (empty: left out) and its line, None for a default."""

    key: str
    value: str
    line: int | None
    own: str | None = None
    """The person's own value, as TOML, where the plan's is in force instead; None where it is their own."""

    @property
    def origin(self) -> str:
        """Where the value comes from, in words."""
        if self.own is not None:
            return _("your plan; your own: {value} ({origin})").format(value=self.own, origin=self._own_origin)
        return self._own_origin

    @property
    def _own_origin(self) -> str:
        return _("default") if self.line is None else _("line {line}").format(line=self.line)


def load_settings(path: Path) -> Settings:
    """The settings of this file, the defaults where there is none.

    Raises ConfigError whose message names file, line and key of every problem at once.
    """
    return load(path).settings


def load(path: Path) -> Loaded:
    """As :func:`load_settings`, with the lines on which the keys stand."""
    text = read_text(path)
    return Loaded(path, Settings(), {}) if text is None else judge(path, text)


def judge(path: Path, text: str) -> Loaded:
    """The settings that this text would make as the content of the file at ``path``. Raises ConfigError."""
    data = parse_toml(path, text)
    for section, name in RETIRED:
        if isinstance(table := data.get(section), dict):
            table.pop(name, None)
    lines = key_lines(text)
    notes = _take_up_replaced(path, data, lines)
    try:
        return Loaded(path, Settings.model_validate(data), lines, notes)
    except ValidationError as err:
        raise ConfigProblemsError(explain(err, path, lines)) from err
    except RecursionError as err:
        raise _unreadable(path, _("it is nested too deeply")) from err


def _take_up_replaced(path: Path, data: dict[str, Any], lines: dict[KeyPath, int]) -> tuple[Problem, ...]:
    """Read old switches as what has taken their place, in ``data``; a note for each."""
    notes = []
    for place, (key, value) in REPLACED.items():
        table = data.get(place[0])
        if not (isinstance(table, dict) and isinstance(table.get(place[1]), bool)):
            continue
        if table.pop(place[1]):
            table.setdefault(key, value)
            says = _("an old key, read as {new} until you write that")
        else:
            says = _("an old key, off; it may go: {new} has taken its place")
        notes.append(Problem(path, line_of(lines, place), ".".join(place), says.format(new=f'{key} = "{value}"')))
    return tuple(notes)


def check(path: Path) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """Everything that is wrong with the file, empty = good; and what is good still and should be written otherwise.
    Raises ConfigError where it cannot be read at all."""
    try:
        return (), load(path).notes
    except ConfigProblemsError as err:
        return err.problems, ()


def _shown_value(key: Key, value: Any) -> str:
    if (key.section, key.name) == SECRET_PLACE and "://" in value:
        return f"({shown_source(value)})"
    return toml_value(value)


def show(loaded: Loaded) -> tuple[EffectiveSetting, ...]:
    """Every setting in force, in the file's order."""
    return tuple(
        EffectiveSetting(
            key.dotted,
            _shown_value(key, getattr(getattr(loaded.settings, key.section), key.name)),
            loaded.lines.get((key.section, key.name)),
        )
        for key in keys()
    )


def read_text(path: Path, hint: str = "") -> str | None:
    """The file's text, a byte order mark taken off; None where there is no file. Raises ConfigError; ``hint``: what to
    do about another file than the settings."""
    try:
        with path.open("rb") as file:
            data = file.read(SETTINGS_MAX_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as err:
        raise _unreadable(path, err.strerror or str(err), hint) from err
    if len(data) > SETTINGS_MAX_BYTES:
        raise _unreadable(path, _("it is larger than a megabyte"), hint)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as err:
        line = data.count(b"\n", 0, err.start) + 1
        raise ConfigProblemsError(
            (Problem(path, line, "", _("not UTF-8 text"), _("save the file in the encoding UTF-8")),), hint
        ) from err


def parse_toml(path: Path, text: str) -> dict[str, Any]:
    """The tables of this text; raises ConfigError with line and column where it is no TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as err:
        raise ConfigProblemsError((_syntax(path, text, str(err)),)) from err
    except (ValueError, RecursionError) as err:  # a number of thousands of digits, brackets without end
        raise _unreadable(path, _("it is nested too deeply or holds a number too long")) from err


def _syntax(path: Path, text: str, message: str) -> Problem:
    place = _PLACE.search(message)
    if place is None:
        line, column = text.count("\n") + 1, None
    else:
        line, column = int(place[1]), int(place[2])
    says = _("not TOML: {why}").format(why=_PLACE.sub("", message))
    allowed = _('[section] on a line of its own, key = value on others, texts in "quotes"')
    return Problem(path, line, "", says, allowed, column)


def _unreadable(path: Path, why: str, hint: str = "") -> ConfigError:
    return ConfigError(
        _("{path} cannot be read: {why}.").format(path=path, why=why),
        hint or _("Mend the file, or move it away and run `posturewatch config init`."),
    )
