"""The configuration file: read, judged as a whole, shown.

A file is taken as it is or not at all; who already runs keeps the settings in force and says what is wrong.
A missing file means the defaults.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from posturewatch.edges.config_problems import ConfigProblemsError, KeyPath, Problem, explain, key_lines
from posturewatch.edges.config_schema import keys, toml_value
from posturewatch.errors import ConfigError
from posturewatch.i18n import _
from posturewatch.settings import Settings

MAX_BYTES: Final = 1 << 20
"""A megabyte of configuration is no configuration; it is not even parsed."""

_PLACE: Final = re.compile(r"\s*\(at line (\d+), column (\d+)\)$")


@dataclass(frozen=True, slots=True)
class Loaded:
    """Good settings and where they come from. ``lines`` is empty where there is no file."""

    path: Path
    settings: Settings
    lines: dict[KeyPath, int]


@dataclass(frozen=True, slots=True)
class Shown:
    """One effective setting: the value as TOML (empty: left out) and its line, None for a default."""

    key: str
    value: str
    line: int | None

    @property
    def origin(self) -> str:
        """Where the value comes from, in words."""
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
    data = _parse(path, text)
    lines = key_lines(text)
    try:
        return Loaded(path, Settings.model_validate(data), lines)
    except ValidationError as err:
        raise ConfigProblemsError(explain(err, path, lines)) from err
    except RecursionError as err:
        raise _unreadable(path, _("it is nested too deeply")) from err


def check(path: Path) -> tuple[Problem, ...]:
    """Everything that is wrong with the file; empty = good. Raises ConfigError where it cannot be read at all."""
    try:
        load(path)
    except ConfigProblemsError as err:
        return err.problems
    return ()


def show(loaded: Loaded) -> tuple[Shown, ...]:
    """Every setting in force, in the file's order."""
    return tuple(
        Shown(
            key.dotted,
            toml_value(getattr(getattr(loaded.settings, key.section), key.name)),
            loaded.lines.get((key.section, key.name)),
        )
        for key in keys()
    )


def read_text(path: Path) -> str | None:
    """The file's text, a byte order mark taken off; None where there is no file. Raises ConfigError."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as err:
        raise _unreadable(path, err.strerror or str(err)) from err
    if len(data) > MAX_BYTES:
        raise _unreadable(path, _("it is larger than a megabyte"))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as err:
        line = data.count(b"\n", 0, err.start) + 1
        raise ConfigProblemsError(
            (Problem(path, line, "", _("not UTF-8 text"), _("save the file in the encoding UTF-8")),)
        ) from err


def _parse(path: Path, text: str) -> dict[str, Any]:
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


def _unreadable(path: Path, why: str) -> ConfigError:
    return ConfigError(
        _("{path} cannot be read: {why}.").format(path=path, why=why),
        _("Mend the file, or move it away and run `posturewatch config init`."),
    )
