"""The charts as pictures for a page whose scripts do not run: those of the PDF, as SVG within ``noscript``."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Final

from posturewatch.report.html.markup import Safe, tag, text
from posturewatch.report.material import Material

_WIDE_PT: Final = 520.0
_LEFT_OUT: Final = re.compile(r"<title>.*?</title>|<desc>.*?</desc>|<clipPath.*?</clipPath>|[\t\n]", re.DOTALL)
_NAMES: Final = re.compile(
    r'\sid="group"|\sstyle="clip-path:\surl\(#clip\)"|font-family:[^;]*;|stroke-linecap:\sbutt;\s'
)
"""Names that would stand twice in the page, fonts that the page does not have, and what is so anyway."""


def picture(name: str, material: Material, label: str, day: str = "") -> Safe:
    """The chart of this name (``day``: the day that a timeline shows) for readers without scripts."""
    drawn = _drawing(name, material, day)
    if drawn is None:
        return Safe("")
    from reportlab.graphics import renderSVG

    whole = renderSVG.drawToString(drawn)
    svg = _NAMES.sub("", _LEFT_OUT.sub("", whole[whole.index("<svg") :]))
    named = svg.replace("<svg ", f'<svg class="picture" role="img" aria-label="{text(label)}" ', 1)
    return tag("noscript", Safe(named))


def _drawing(name: str, material: Material, day: str) -> Any:
    from posturewatch.report.pdf import charts, day_charts
    from posturewatch.report.pdf.text import register_fonts

    register_fonts()
    if name == "timeline":
        shown = date.fromisoformat(day)
        return day_charts.course(material.content.minutes.of_days(shown, shown), material, _WIDE_PT)
    makers = {
        "bands": charts.bands,
        "weeks": charts.weeks,
        "heat": charts.heat,
        "quality": day_charts.quality,
        "days": day_charts.days,
    }
    return makers[name](material, _WIDE_PT) if name in makers else None
