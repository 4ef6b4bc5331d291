"""Terminals and pipes that cannot show every sign: a plainer one in its place, never an error.

Windows hands a pipe the code page of the country, and some terminals know ASCII alone. A minus that became a question
mark would be a lie, so the signs of our own that carry meaning have a plain form here.
"""

from __future__ import annotations

import codecs
import io
import sys
from typing import Final

_NAME: Final = "posturewatch.plainer"

_PLAINER: Final = {
    "−": "-", "–": "-", "…": "...", "·": "-", "±": "+/-", "×": "x", "≥": ">=", "≤": "<=", "≈": "~", "›": ">", "’": "'",
    "\N{NO-BREAK SPACE}": " ", "\N{NARROW NO-BREAK SPACE}": " ",
    "✓": "ok", "✗": "!", "●": "*", "○": "o", "◆": "*", "■": "#", "□": "o", "▲": "!", "△": "^", "─": "-",
    "░": ".", "▒": "o", "▓": "#", "█": "#",
    "▁": "1", "▂": "2", "▃": "3", "▄": "4", "▅": "5", "▆": "6", "▇": "7",
}  # fmt: skip
"""The eighths of a column, with which the terminal draws a curve, become their number of eighths."""


def let_all_be_shown() -> None:
    """From now on what standard output and error cannot encode comes out plainer; call once, at the start."""
    codecs.register_error(_NAME, _plainer)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_NAME)


def _plainer(err: UnicodeError) -> tuple[str, int]:
    if not isinstance(err, UnicodeEncodeError):
        raise err
    unknown = err.object[err.start : err.end]
    return "".join(_PLAINER.get(sign, "?") for sign in unknown), err.end
