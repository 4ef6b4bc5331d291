"""HTML by hand, with one rule: text becomes :class:`Safe` only by being escaped or by being ours.

Every function here escapes plain ``str`` and passes :class:`Safe` through, so a forgotten escape shows as
visible markup in the page and not as a hole in it.
"""

from __future__ import annotations

import html
import json
import re
from typing import Any, Final

from posturewatch.report.tables import Table


class Safe(str):
    """Markup that is known to be whole and escaped."""

    __slots__ = ()


def text(value: str) -> Safe:
    """Plain text, escaped; what is already :class:`Safe` as it is."""
    return value if isinstance(value, Safe) else Safe(html.escape(value, quote=True))


def tag(name: str, *inside: str, **attributes: str) -> Safe:
    """``<name …>inside</name>``. Attribute names: ``class_`` for class, ``_`` for ``-``; values are escaped."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(value, quote=True)}"' for key, value in attributes.items()
    )
    return Safe(f"<{name}{written}>{''.join(text(part) for part in inside)}</{name}>")


def join(*parts: str) -> Safe:
    """Parts one after another."""
    return Safe("\n".join(text(part) for part in parts if part))


def script_json(value: Any) -> Safe:
    """JSON that cannot end its script element, nor open a comment in it, whatever it holds."""
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in ("<", ">", "&", "\u2028", "\u2029"):
        written = written.replace(sign, f"\\u{ord(sign):04x}")
    return Safe(written)


SHOWN_ROWS: Final = 24

_WHOLE: Final = re.compile(r"\d{4}-\d\d-\d\d|\(?\d+–\d+\)?")
"""A date, and from a number to a number: what a browser would break at a hyphen or a dash."""


def _unbroken(found: re.Match[str]) -> Safe:
    return tag("span", text(found[0]), class_="whole")


def table(content: Table) -> Safe:
    """A table with caption, header cells and a row header, inside a region that scrolls by keyboard too. Only one of
    more than ``SHOWN_ROWS`` is cut to the height of a screen: of a short one nobody would look for the rest."""
    wordy = {0, *content.wordy}
    head = tag("tr", *(_head_cell(name, column in content.wordy) for column, name in enumerate(content.head)))
    rows = []
    for index, row in enumerate(content.rows):
        name = _WHOLE.sub(_unbroken, text(row[0]))
        cells = [tag("th", Safe(name), scope="row", class_="name", dir="auto")]
        for column, cell in enumerate(row[1:], start=1):
            label = {"data_label": content.head[column]} if content.stacks else {}
            words = {"class_": "words", "dir": "auto"} if column in wordy else {}
            cells.append(tag("td", cell, **words, **label))
        rows.append(tag("tr", *cells, class_="thin") if index in content.thin else tag("tr", *cells))
    body = tag("table", tag("caption", content.caption), tag("thead", head), tag("tbody", *rows))
    kinds = ("scroll", *(("stacks",) * content.stacks), *(("long",) * (len(content.rows) > SHOWN_ROWS)))
    return tag("div", body, class_=" ".join(kinds), tabindex="0", role="region", aria_label=content.caption)


def _head_cell(name: str, wordy: bool) -> Safe:
    shown = _WHOLE.sub(_unbroken, text(name))
    return tag("th", Safe(shown), scope="col", class_="words") if wordy else tag("th", Safe(shown), scope="col")


def folded(summary: str, *inside: str, paper: bool = False) -> Safe:
    """Something to open on request. ``paper``: printed when open (a closed one is left out on paper)."""
    return tag("details", tag("summary", summary), *inside, class_="paper" if paper else "screen-too")
