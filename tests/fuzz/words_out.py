"""What a user typed, on its way out: into a FHIR bundle, a page, a support file. Whatever it is, it stays text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from posturewatch.base.errors import PosturewatchError

if TYPE_CHECKING:
    from posturewatch.report.material import Material

_FHIR_STRING = re.compile(r"[ \r\n\t\S]+")
"""FHIR R4's own expression for its data type *string*."""

HOSTILE = (
    b"</script><script>alert(1)</script>",
    b"\"'&<img src=x onerror=alert(2)>",
    b"<!--\0]]>\x1b[31m",
    '\u202e\u2028\ud7ff\U0001f600"'.encode(),
    b"=HYPERLINK(1)\n\t @x",
)
"""Words that mean something to somebody."""


def _material(data: bytes) -> Material | None:
    """A day with one headache whose every word is the user's; None where the diary does not take them."""
    from posturewatch.core.history.diary import check_entry
    from report.journals import diary, hours, report

    text = data.decode("utf-8", "replace")
    note, medication, trigger = text[:2000], text[5:80], text[9:90]
    try:
        entries = [check_entry(entry) for entry in diary(note=note, medication=medication, trigger=trigger)]
    except PosturewatchError:
        return None
    return report(hours(3, profile="desk"), entries=entries, name=entries[0].medication)


def fhir_text(data: bytes) -> None:
    """A bundle of it reads back the same, as JSON without lone surrogates, and holds nothing but strings of FHIR."""
    from posturewatch.exchange.fhir.bundle import bundle, fhir_lines

    material = _material(data)
    if material is None:
        return
    text = "".join(fhir_lines(material))
    assert json.loads(text.encode("utf-8")) == json.loads(json.dumps(bundle(material)))
    for string in _strings(json.loads(text)):
        assert _FHIR_STRING.fullmatch(string), f"no FHIR string: {string!r}"
        assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", string), f"a control character: {string!r}"


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)
    elif isinstance(value, str):
        yield value


class _Elements(HTMLParser):
    """Counts the elements of a page and looks for what would run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, int] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found[tag] = self.found.get(tag, 0) + 1
        for name, value in attrs:
            assert not name.startswith("on"), name
            assert name != "src", value
            assert name != "href" or str(value).startswith("#"), value


_ORDINARY: list[dict[str, int]] = []


def page_text(data: bytes) -> None:
    """The page has the same scripts, styles and pictures whatever was typed, and nothing that loads or runs more."""
    from posturewatch.report.html.page import render_html

    material = _material(data)
    if material is None:
        return
    if not _ORDINARY:
        _ORDINARY.append(_elements(render_html(_material(b"an ordinary note, long enough for all") or material)))
    found = _elements(render_html(material))
    for name in ("script", "style", "img", "svg", "iframe", "a", "meta", "link", "object", "form"):
        assert found.get(name) == _ORDINARY[0].get(name), name
    assert set(found) <= set(_ORDINARY[0]), set(found) - set(_ORDINARY[0])


def _elements(page: str) -> dict[str, int]:
    reader = _Elements()
    reader.feed(page)
    reader.close()
    return reader.found
