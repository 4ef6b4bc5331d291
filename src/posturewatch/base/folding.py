"""Text in lines: words stay whole, and a sign that may begin no line in Japanese begins none."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final
from unicodedata import combining, east_asian_width

_CLOSING: Final = "、。，．・：；？！）」』】〉》ー々"
"""Signs that begin no line."""

_PIECES: Final = re.compile(rf"\s+|[^\s\u2e80-\uffff]+[{_CLOSING}]*|[\u2e80-\uffff][{_CLOSING}]*")
"""Blanks, words, and the signs of Chinese, Japanese and Korean, after each of which a line may end."""


def wide(text: str) -> int:
    """Columns that a terminal gives the text."""
    return sum(0 if combining(sign) else 2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def folded(text: str, room: int, indent: int = 0, measure: Callable[[str], float] = wide) -> list[str]:
    """The text in lines of so much room at the most, ``measure`` being what a piece of it takes (columns, pixels); from
    the second line on with an indent of so many blanks. Words stay whole where they fit on a line."""
    blanks = " " * indent
    while blanks and measure(blanks) > room // 2:
        blanks = blanks[1:]
    lines, line = [], ""
    for piece in _broken(text, room - measure(blanks), measure):
        if line.strip() and measure(line + piece.rstrip()) > room:
            lines.append(line.rstrip())
            line = blanks + piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _broken(text: str, room: float, measure: Callable[[str], float]) -> list[str]:
    """Pieces of the text of which none is wider than a line."""
    pieces = []
    for piece in _PIECES.findall(text):
        much = measure(piece)
        step = len(piece) if much <= room or piece.isspace() else max(1, int(len(piece) * room / much))
        pieces += [piece[start : start + step] for start in range(0, len(piece), step)]
    return pieces
