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


_WHOLE: Final = re.compile(r"\d{4}-\d\d-\d\d|\(?\d{1,4}–\d{1,4}\)?|± \d\S{0,9}|HIT-6")
"""A date, from a number to a number, an error, and a name: what a browser would break at a hyphen, dash or space."""

_READ: Final = frozenset({"p", "li", "dd", "th", "td", "caption", "figcaption"})
"""Elements whose text a person reads in lines; the inside of others may be a title or a label, which hold no markup."""


def _lines(value: str) -> Safe:
    """:func:`text`, with what belongs together kept on one line."""
    if isinstance(value, Safe):
        return value
    return Safe(_WHOLE.sub(lambda found: f'<span class="whole">{found[0]}</span>', text(value)))


def tag(name: str, *inside: str, **attributes: str) -> Safe:
    """``<name …>inside</name>``. Attribute names: ``class_`` for class, ``_`` for ``-``; values are escaped. In what
    is read in lines, what belongs together is not broken."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(value, quote=True)}"' for key, value in attributes.items()
    )
    set_text = _lines if name in _READ else text
    return Safe(f"<{name}{written}>{''.join(set_text(part) for part in inside)}</{name}>")


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
"""Rows that a screen shows; with fewer, a short table is cut as well, and its end is missed."""


def table(content: Table) -> Safe:
    """A table with caption, header cells and a row header, inside a region that scrolls by keyboard too. Only one of
    more than ``SHOWN_ROWS`` is cut to the height of a screen: of a short one nobody would look for the rest."""
    wordy = {0, *content.wordy}
    head = tag("tr", *(_head_cell(name, column in content.wordy) for column, name in enumerate(content.head)))
    rows = []
    for index, row in enumerate(content.rows):
        cells = [tag("th", row[0], scope="row", class_="name", dir="auto")]
        for column, cell in enumerate(row[1:], start=1):
            label = {"data_label": content.head[column]} if content.stacks else {}
            words = {"class_": "words", "dir": "auto"} if column in wordy else {}
            cells.append(tag("td", cell, **words, **label))
        rows.append(tag("tr", *cells, class_="thin") if index in content.thin else tag("tr", *cells))
    body = tag("table", tag("caption", content.caption), tag("thead", head), tag("tbody", *rows))
    kinds = ["scroll"] + ["stacks"] * content.stacks + ["long"] * (len(content.rows) > SHOWN_ROWS)
    return tag("div", body, class_=" ".join(kinds), tabindex="0", role="region", aria_label=content.caption)


def _head_cell(name: str, wordy: bool) -> Safe:
    return tag("th", name, scope="col", class_="words") if wordy else tag("th", name, scope="col")


def folded(summary: str, *inside: str, paper: bool = False) -> Safe:
    """Something to open on request. ``paper``: printed when open (a closed one is left out on paper)."""
    return tag("details", tag("summary", summary), *inside, class_="paper" if paper else "screen-too")
