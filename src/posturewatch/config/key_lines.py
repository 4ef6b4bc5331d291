"""On which line of a TOML file each key stands: the one thing that ``tomllib`` does not tell.

The text is one that ``tomllib`` has accepted. A key inside an inline table or array is found at the line of the key
that holds it.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from typing import Final

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
