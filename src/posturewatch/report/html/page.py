"""The report as one page that needs nothing but itself: no network, light and dark, paper, keyboard.

Order and wording follow what a therapist asks of a stranger's log: can it be trusted, what does it say, what
changed and is that more than the measurement error. Charts are drawn by Plotly, whose script comes from its
own package and is written into the page; each chart stands beside its words and its table, so that the page
is whole without scripts too. A content security policy allows the page's own two scripts (by hash) and
nothing from anywhere else.
"""

from __future__ import annotations

from typing import Final

from posturewatch.base import wording
from posturewatch.base.i18n import _
from posturewatch.report import sentences
from posturewatch.report.check_tables import has_checks
from posturewatch.report.first_screen import answers, tiles
from posturewatch.report.html import sections as html_sections
from posturewatch.report.html.markup import Safe, tag
from posturewatch.report.html.page_data import page_data
from posturewatch.report.html.shell import report_page, tile
from posturewatch.report.material import Material
from posturewatch.report.plan_tables import has_plan

MAX_BYTES: Final = 6_000_000
"""Largest page that we hand out; mail systems and phones take it."""


def render_html(material: Material) -> str:
    """The whole report as one HTML page in the language in use (``i18n.set_language``)."""
    numbers = page_data(material)
    sections = html_sections.sections(material, tuple(numbers["timeline"]))
    inside = (
        tag("a", _("Skip to the summary"), href="#first", class_="skip"),
        tag("header", *_top(material), class_="top"),
        tag("main", _first(material), *sections),
        tag("footer", *_foot(material)),
    )
    title = f"{sentences.title(material)} · {sentences.span(material)}"
    return report_page(title, inside, numbers, styles=("page.css",), scripts=("page.js",))


def _top(material: Material) -> list[Safe]:
    who = f"{sentences.title(material)}: {material.name}" if material.name else sentences.title(material)
    parts = [tag("h1", who), tag("p", sentences.span(material), class_="soft")]
    if material.generated:
        parts.append(
            tag("p", tag("strong", _("Generated data.")), " ", _("Nobody lived these days."), class_="generated")
        )
    parts += [tag("p", tag("strong", warning), class_="generated") for warning in material.warnings]
    return parts


def _first(material: Material) -> Safe:
    """What a therapist reads in the first half minute, at the top of a screen of 1280 × 720 points."""
    rows = (tag("div", tag("dt", one.name), *(tag("dd", said) for said in one.says)) for one in answers(material))
    return tag(
        "div",
        tag("h2", _("In short"), class_="unseen"),
        tag("dl", *rows, class_="answers"),
        tag("p", tag("a", sentences.where_help_is_told(), href="#seek-help"), class_="small"),
        tag("dl", *(tile(one, "small soft") for one in tiles(material)), class_="tiles"),
        *(tag("p", note, class_="small") for note in material.notes),
        _contents(material),
        class_="first",
        id="first",
    )


def _contents(material: Material) -> Safe:
    named = [
        ("quality", _("Data quality")),
        ("bands", _("Time by distance")),
        ("distribution", _("Median and bouts")),
        ("breaks", _("Breaks")),
        *([("plan", _("Plan"))] if has_plan(material) else []),
        ("heat", _("Hours")),
        ("weeks", _("Weeks")),
        ("diary", _("Headache diary")),
        *((("checks", _("Movement checks")),) if has_checks(material) else ()),
        ("day", _("Single days")),
        ("about", _("About")),
    ]
    if material.one_day:
        named = [pair for pair in named if pair[0] not in {"heat", "weeks"}]
    links = (tag("li", tag("a", name, href=f"#{where}")) for where, name in named)
    return tag("nav", tag("ul", *links), class_="inside", aria_label=_("In this report"))


def _foot(material: Material) -> list[Safe]:
    made = _("Made on {date} by posturewatch {version}, time zone {zone}.").format(
        date=f"{material.made_at:%Y-%m-%d %H:%M}", version=material.version, zone=material.zone
    )
    return [
        tag("h2", _("About this report"), id="about"),
        tag("p", sentences.what_it_is(), " ", made),
        tag("p", sentences.method(material)),
        tag("p", tag("strong", wording.footer())),
        tag("noscript", tag("p", _("Without scripts the charts are still pictures; every number is in the tables."))),
    ]
