"""Text that keeps to the terminal's width, counted in the columns that each sign takes."""

from __future__ import annotations

import shutil
import sys
from typing import Final

from posturewatch.base.folding import folded, wide

WIDEST: Final = 80
"""Prose is not set wider, however wide the terminal is."""

NARROWEST: Final = 20


def terminal_columns() -> int:
    """Columns of the terminal (COLUMNS where that is set); 80 where there is none."""
    return max(NARROWEST, shutil.get_terminal_size((WIDEST, 24)).columns)


def to_a_terminal() -> bool:
    """Whether somebody reads this in a terminal; a pipe gets its lines whole."""
    return sys.stdout is not None and sys.stdout.isatty()


def left(text: str, columns: int) -> str:
    """The text and blanks up to so many columns."""
    return text + " " * (columns - wide(text))


def right(text: str, columns: int) -> str:
    """Blanks and the text, so many columns in all."""
    return " " * (columns - wide(text)) + text


def prose(text: str, columns: int | None = None, indent: int = 0) -> list[str]:
    """Lines that fit the terminal, one column left free; from the second on with so many blanks ahead."""
    return folded(text, min(WIDEST, columns or terminal_columns()) - 1, indent)


def row(text: str, indent: int) -> list[str]:
    """A row of a table: whole in a pipe, folded in a terminal with what follows indented."""
    return folded(text, terminal_columns() - 1, indent) if to_a_terminal() else [text]
