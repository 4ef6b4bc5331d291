"""What every page of the report stands in: head, security policy, style, numbers and scripts, all in one file."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from typing import Any

from posturewatch.base.i18n import current_language
from posturewatch.report.first_screen import Tile
from posturewatch.report.html.markup import Safe, join, script_json, tag, text


def tile(one: Tile, more: str) -> Safe:
    """One number with its name; ``more``: the class of what stands below it."""
    below = [tag("dd", one.more, class_=more)] if one.more else []
    return tag("div", tag("dt", one.name), tag("dd", one.big, class_="big"), *below, class_="tile")


def report_page(
    title: str, inside: Sequence[str], numbers: dict[str, Any], *, styles: Sequence[str], scripts: Sequence[str]
) -> str:
    """As :func:`whole_page`, of our files with these names; Plotly's own script comes before them. The name of the last
    style is the body's class."""
    loaded = (_plotly(), *map(asset, scripts))
    kind = styles[-1].partition(".")[0]
    return whole_page(title, inside, numbers, styles=tuple(map(asset, styles)), scripts=loaded, kind=kind)


def whole_page(
    title: str,
    inside: Sequence[str],
    numbers: dict[str, Any],
    *,
    styles: Sequence[str],
    scripts: Sequence[str],
    kind: str,
) -> str:
    """A page that needs no network and allows nothing but its own scripts (by hash). ``styles`` and ``scripts``: their
    texts. ``numbers``: what the scripts draw. ``kind``: the body's class."""
    policy = (
        f"default-src 'none'; script-src {' '.join(map(_hash, scripts))}; style-src 'unsafe-inline'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    head = join(
        Safe('<meta charset="utf-8">'),
        Safe(f'<meta http-equiv="Content-Security-Policy" content="{text(policy)}">'),
        Safe('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Safe('<meta name="color-scheme" content="light dark">'),
        Safe('<meta name="referrer" content="no-referrer">'),
        tag("title", title),
        Safe(f"<style>{''.join(styles)}</style>"),
    )
    body = join(
        *inside,
        Safe(f'<script type="application/json" id="data">{script_json(numbers)}</script>'),
        *(Safe(f"<script>{script}</script>") for script in scripts),
    )
    whole = f'<head>\n{head}\n</head>\n<body class="{kind}">\n{body}\n</body>'
    return f'<!doctype html>\n<html lang="{current_language()}">\n{whole}\n</html>\n'


def asset(name: str, package: str = __package__) -> str:
    """The text of a file that lies in this package."""
    return (resources.files(package) / name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _plotly() -> str:
    """Plotly's own minified script, from its package."""
    script = (resources.files("plotly") / "package_data" / "plotly.min.js").read_text(encoding="utf-8")
    # A closing tag inside a string of the library would end our script element; JavaScript reads <\/ the same.
    return script.replace("</script", "<\\/script")


@lru_cache(maxsize=4)
def _hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
