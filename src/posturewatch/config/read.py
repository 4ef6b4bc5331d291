"""The configuration file: read, judged as a whole, shown.

A file is taken as it is or not at all; who already runs keeps the settings in force and says what is wrong.
A missing file means the defaults.
"""

from __future__ import annotations

import errno
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from posturewatch.base.errors import ConfigError
from posturewatch.base.i18n import _
from posturewatch.base.outside import toml_tables
from posturewatch.base.settings import Settings, value_at
from posturewatch.base.source_names import shown_source
from posturewatch.config.key_lines import KeyPath, key_lines, line_of
from posturewatch.config.keys import Key, keys, toml_value
from posturewatch.config.problems import REPLACED, SECRET_PLACE, ConfigProblemsError, Problem, explain
from posturewatch.disk.files import read_file
from posturewatch.disk.refusals import open_elsewhere_hint

_PLACE: Final = re.compile(r"\s*\(at line (\d+), column (\d+)\)$")
_HEADER: Final = re.compile(r"\s*\[+\s*([\w.-]+)\s*\]")
_KEY: Final = re.compile(r"\s*([\w.-]+)\s*[=:]")
_TWICE: Final = ("Cannot overwrite a value", "Duplicate inline table key")
"""How ``tomllib`` begins what it says of a key that is there already."""

RETIRED: Final = (("watch", "max_se"),)
"""Keys of earlier versions that decide nothing any more: a file that holds one is still a good file."""


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
    """One effective setting: its value as :func:`shown_value` tells it (empty: left out); line None for a default."""

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
        raise ConfigProblemsError(explain(err, path, lines, data)) from err
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


def shown_value(key: Key, value: Any) -> str:
    """A value as TOML, without what is secret; of an array of tables how many there are."""
    if key.tables is not None and value:
        return f"{len(value)} × [[{key.dotted}]]"
    if (key.section, key.name) == SECRET_PLACE and "://" in value:
        return f"({shown_source(value)})"
    return toml_value(value)


def show(loaded: Loaded) -> tuple[EffectiveSetting, ...]:
    """Every setting in force, in the file's order."""
    return tuple(
        EffectiveSetting(
            key.dotted,
            shown_value(key, value_at(loaded.settings, key.dotted)),
            loaded.lines.get((key.section, key.name)),
        )
        for key in keys()
    )


def read_text(path: Path, hint: str = "") -> str | None:
    """The file's text, a byte order mark taken off; None where there is no file. Raises ConfigError; ``hint``: what to
    do about another file than the settings."""
    try:
        data = read_file(path)
    except FileNotFoundError:
        return None
    except OSError as err:
        large = err.errno == errno.EFBIG
        why = _("it is larger than a megabyte") if large else err.strerror or str(err)
        raise _unreadable(path, why, open_elsewhere_hint(err) or hint) from err
    try:
        text, wrong = data.decode("utf-8-sig"), data.find(0)
    except UnicodeDecodeError as err:
        text, wrong = "", err.start
    if wrong < 0:
        return text
    line = data.count(b"\n", 0, wrong) + 1
    lone_zero = text and data.count(0) < len(data) // 3  # of UTF-16 without its mark it is half of the bytes
    why = _("a zero byte, which no text has") if lone_zero else _("not UTF-8 text")
    raise ConfigProblemsError((Problem(path, line, "", why, _("save the file in the encoding UTF-8")),), hint)


def parse_toml(path: Path, text: str) -> dict[str, Any]:
    """The tables of this text; raises ConfigError with line and column where it is no TOML."""
    try:
        return toml_tables(text)
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
    why = _PLACE.sub("", message)
    if why.startswith("Cannot declare"):
        return Problem(path, line, "", _("this section stands twice"), _("put its keys together under one of them"))
    key = _key_on(text, line)
    if why.startswith(_TWICE):
        return Problem(path, line, key, _("this key stands twice"), _("keep one of them"))
    says = _("not TOML: {why}").format(why=why)
    allowed = _(
        '[section] on a line of its own, key = value on others, texts in "quotes", numbers with a decimal point'
    )
    return Problem(path, line, key, says, allowed, column)


def _key_on(text: str, number: int) -> str:
    """The dotted key that this line of a broken file begins with, as far as it can be told; else empty."""
    lines = text.split("\n")[:number]
    headers = [header[1] for header in map(_HEADER.match, lines) if header]
    key = _KEY.match(lines[-1])
    return ".".join([*headers[-1:], key[1]]) if key else ""


def _unreadable(path: Path, why: str, hint: str = "") -> ConfigError:
    return ConfigError(
        _("{path} cannot be read: {why}.").format(path=path, why=why),
        hint or _("Mend the file, or move it away and run `posturewatch config init`."),
    )
