"""The movement checks' section of the page: words, tables, and the traces as small drawings that need no script."""

from __future__ import annotations

from posturewatch.base.i18n import _
from posturewatch.base.movement_words import literature_source
from posturewatch.report import check_tables
from posturewatch.report.check_tables import MovementTrace
from posturewatch.report.html.markup import Safe, folded, table, tag
from posturewatch.report.material import Material

_WIDE, _HIGH, _EDGE = 300, 110, 8


def inside(material: Material) -> list[str]:
    """What the section of the movement checks holds."""
    made: list[str] = [
        tag("p", check_tables.said(material)),
        table(check_tables.then_and_now(material)),
        tag("p", literature_source(), class_="small soft"),
    ]
    beside = check_tables.left_and_right(material)
    if beside.rows:
        made.append(table(beside))
    drawn = check_tables.traces(material)
    if drawn:
        made.append(
            folded(
                _("Traces of the movements"),
                tag("p", check_tables.traces_said(), class_="small"),
                tag("div", *(_trace(one) for one in drawn), class_="traces"),
                paper=True,
            )
        )
    return made


def _trace(one: MovementTrace) -> Safe:
    """A line over time, zero marked."""
    low, high = one.range

    def place(t: float, value: float) -> str:
        x = _EDGE + t / one.last_s * (_WIDE - 2 * _EDGE)
        y = _HIGH - _EDGE - (value - low) / (high - low) * (_HIGH - 2 * _EDGE)
        return f"{x:.1f},{y:.1f}"

    def line(samples: tuple[tuple[float, float], ...], kind: str) -> Safe:
        return tag("polyline", points=" ".join(place(*sample) for sample in samples), class_=kind)

    zero = place(0.0, 0.0).split(",")[1]
    lines = [Safe(f'<line x1="{_EDGE}" x2="{_WIDE - _EDGE}" y1="{zero}" y2="{zero}" class="zero"></line>')]
    lines += [line(one.then, "then")] if one.then else []
    lines.append(line(one.now, "now"))
    unit = "°" if one.unit == "deg" else f" {one.unit}"
    label = _("{movement}: up to {most}").format(movement=one.name, most=f"{max(v for _t, v in one.now):.1f}{unit}")
    drawing = tag("svg", *lines, viewBox=f"0 0 {_WIDE} {_HIGH}", role="img", aria_label=label)
    return tag("figure", drawing, tag("figcaption", label))
