"""Text that keeps to the terminal's width, counted in the columns that each sign takes."""

from __future__ import annotations

import re
import shutil
import sys
from typing import Final
from unicodedata import combining, east_asian_width

WIDEST: Final = 80
"""Prose is not set wider, however wide the terminal is."""

NARROWEST: Final = 20

_CLOSING: Final = "、。，．・：；？！）」』】〉》ー々"
"""Signs that begin no line."""

_PIECES: Final = re.compile(rf"\s+|[^\s\u2e80-\uffff]+[{_CLOSING}]*|[\u2e80-\uffff][{_CLOSING}]*")
"""Blanks, words, and the signs of Chinese, Japanese and Korean, after each of which a line may end."""


def terminal_columns() -> int:
    """Columns of the terminal (COLUMNS where that is set); 80 where there is none."""
    return max(NARROWEST, shutil.get_terminal_size((WIDEST, 24)).columns)


def to_a_terminal() -> bool:
    """Whether somebody reads this in a terminal; a pipe gets its lines whole."""
    return sys.stdout is not None and sys.stdout.isatty()


def wide(text: str) -> int:
    """Columns that a terminal gives the text."""
    return sum(0 if combining(sign) else 2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def left(text: str, columns: int) -> str:
    """The text and blanks up to so many columns."""
    return text + " " * (columns - wide(text))


def right(text: str, columns: int) -> str:
    """Blanks and the text, so many columns in all."""
    return " " * (columns - wide(text)) + text


def prose(text: str, columns: int | None = None) -> list[str]:
    """Lines that fit the terminal, one column left free."""
    return folded(text, min(WIDEST, columns or terminal_columns()) - 1)


def row(text: str, indent: int) -> list[str]:
    """A row of a table: whole in a pipe, folded in a terminal with what follows indented."""
    return folded(text, terminal_columns() - 1, indent) if to_a_terminal() else [text]


def folded(text: str, columns: int, indent: int = 0) -> list[str]:
    """The text in lines of so many columns at the most; from the second on with an indent. Words stay whole where they
    fit on a line."""
    indent = min(indent, columns // 2)
    lines, line = [], ""
    for piece in _broken(text, columns - indent):
        if line.strip() and wide(line + piece.rstrip()) > columns:
            lines.append(line.rstrip())
            line = " " * indent + piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _broken(text: str, columns: int) -> list[str]:
    """Pieces of the text of which none is wider than a line."""
    pieces = []
    for piece in _PIECES.findall(text):
        step = len(piece) if wide(piece) <= columns or piece.isspace() else columns
        pieces += [piece[start : start + step] for start in range(0, len(piece), step)]
    return pieces
