"""The PDF's charts as vector drawings: bands, weekly medians with their error, the hours of the week.

Each takes the summary and gives a reportlab Drawing; points (1/72 inch), origin at the lower left. Few, flat
shapes in the page's own blues: they print well in grey, because each darker band is a longer distance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any, Final

from posturewatch.base.i18n import _
from posturewatch.base.quantities import in_units
from posturewatch.base.wording import weekday_name
from posturewatch.core.history.summary.change import DAYS_A_WEEK
from posturewatch.core.history.summary.limits import BAND_EDGES_IN
from posturewatch.core.history.summary.records import HeatCell, WeekSummary
from posturewatch.report import words
from posturewatch.report.check_tables import MovementTrace
from posturewatch.report.material import Material
from posturewatch.report.pdf.text import PLAIN, runs, width

BAND_COLOURS: Final = ("#bcd9ea", "#74aed6", "#2f7bb5", "#123f6b")
_INK: Final = "#17212b"
SOFT: Final = "#4a5866"
GRID: Final = "#dde2e7"
_ACHE: Final = "#9a4d86"
_SMALL_PT: Final = 7.0


def _shapes() -> Any:
    from reportlab.graphics import shapes

    return shapes


def drawing_of(wide: float, high: float) -> Any:
    """An empty drawing, points."""
    return _shapes().Drawing(wide, high)


def _colour(name: str) -> Any:
    from reportlab.lib.colors import HexColor

    return HexColor(name)


def rect(drawing: Any, box: tuple[float, float, float, float], fill: str, edge: str | None = None) -> None:
    """A box of x, y, width, height."""
    drawn = _shapes().Rect(*box)
    drawn.fillColor = _colour(fill)
    drawn.strokeColor = _colour(edge) if edge else None
    drawn.strokeWidth = 0.5
    drawing.add(drawn)


def line(
    drawing: Any, points: Sequence[float], colour: str, thick: float = 0.5, *, dashes: tuple[float, ...] = ()
) -> None:
    """A line through x, y, x, y …; none through fewer than two points."""
    if len(points) < 4:
        return
    drawn = _shapes().PolyLine(list(points))
    drawn.strokeColor = _colour(colour)
    drawn.strokeWidth = thick
    drawn.strokeDashArray = list(dashes) or None
    drawing.add(drawn)


def _triangle(drawing: Any, x: float, y: float) -> None:
    """A mark that stands on this point."""
    mark = _shapes().Polygon([x - 3, y, x + 3, y, x, y + 6])
    mark.fillColor, mark.strokeColor = _colour(SOFT), None
    drawing.add(mark)


def write(drawing: Any, x: float, y: float, said: str, *, anchor: str = "start", colour: str = _INK) -> None:
    """A line of text in as many fonts as it needs."""
    wide = width(said, _SMALL_PT)
    at = x - (wide if anchor == "end" else wide / 2 if anchor == "middle" else 0.0)
    for run, font in runs(said, PLAIN):
        piece = _shapes().String(at, y, run)
        piece.fontName, piece.fontSize, piece.fillColor = font, _SMALL_PT, _colour(colour)
        drawing.add(piece)
        at += width(run, _SMALL_PT)


def bands(material: Material, wide: float) -> Any:
    """One bar, its parts the shares of the four bands, with names and percentages below."""
    drawing = drawing_of(wide, 46)
    shares = material.posture.band_share
    if shares is None:
        return drawing
    x = 0.0
    for index, share in enumerate(shares):
        rect(drawing, (x, 24, wide * share, 20), BAND_COLOURS[index])
        if share >= 0.07:
            ink = "#ffffff" if index >= 2 else _INK
            write(drawing, x + wide * share / 2, 31, words.percent(share), anchor="middle", colour=ink)
        x += wide * share
    column = wide / 4
    for index, name in enumerate(words.bands(material.units)):
        rect(drawing, (column * index, 6, 8, 8), BAND_COLOURS[index], SOFT)
        write(drawing, column * index + 12, 7, f"{name} · {words.percent(shares[index])}")
    return drawing


def weeks(material: Material, wide: float, high: float = 165.0) -> Any:
    """Weekly medians with their standard error with the calibrations; headache days below."""
    drawing = drawing_of(wide, high)
    found = material.period.weeks
    if not found:
        return drawing
    scale = in_units(1.0, material.units)
    with_diary = material.diary_shared and bool(material.period.diary.days)
    left, right = 30.0, wide - 6
    bottom, top = (58.0 if with_diary else 16.0), high - 12
    step = (right - left) / len(found)
    ceiling = _ceiling(found, scale)

    def height(value: float) -> float:
        return bottom + (top - bottom) * min(1.0, max(0.0, value / ceiling))

    for tick in ticks(ceiling, top - bottom):
        line(drawing, (left, height(tick), right, height(tick)), GRID)
        write(drawing, left - 4, height(tick) - 2.5, words.number(tick, 1), anchor="end", colour=SOFT)
    write(drawing, 0, high - 7, _("median, {unit}").format(unit=material.units), colour=SOFT)
    across = [left + step * (index + 0.5) for index in range(len(found))]
    for points in _runs(across, [week.p90_in for week in found], lambda value: height(value * scale)):
        line(drawing, points, _INK, 1.0, dashes=(1.0, 2.5))
    for points in _runs(across, [week.median_in for week in found], lambda value: height(value * scale)):
        line(drawing, points, BAND_COLOURS[2], 1.4)
    _medians(drawing, found, across, height, scale)
    for note in material.period.calibrations:
        weeks_on = (note.at.date() - found[0].monday).days / 7
        if 0 <= weeks_on <= len(found):
            x = left + step * weeks_on
            _triangle(drawing, x, bottom)
    if with_diary:
        _aches(drawing, found, left, step)
    every = max(1, len(found) // 9 + 1)
    name = "%m-%d" if material.within_a_year else "%Y-%m"
    for index in range(0, len(found), every):
        write(drawing, left + step * (index + 0.5), 2, format(found[index].monday, name), anchor="middle", colour=SOFT)
    return drawing


def _runs(
    across: Sequence[float], values: Sequence[float | None], height: Callable[[float], float]
) -> Iterator[list[float]]:
    """The points (x, y, x, y …) of each run of weeks that follow one another: over one without a value is no line."""
    for there, run in groupby(zip(across, values, strict=True), key=lambda point: point[1] is not None):
        if there:
            yield [number for x, value in run for number in (x, height(value or 0.0))]


def _medians(
    drawing: Any, found: Sequence[WeekSummary], across: Sequence[float], height: Callable[[float], float], scale: float
) -> None:
    """A mark for each week's median, filled where a change is judged by it, with its standard error."""
    half = min(2.2, (across[1] - across[0]) / 2 if len(across) > 1 else 2.2)
    for x, week in zip(across, found, strict=True):
        if week.median_in is None:
            continue
        y, error = week.median_in * scale, (week.se_in or 0.0) * scale
        line(drawing, (x, height(y - error), x, height(y + error)), SOFT)
        inside = BAND_COLOURS[2] if (week.tied_days or 0) >= DAYS_A_WEEK else "#ffffff"
        rect(drawing, (x - half, height(y) - half, 2 * half, 2 * half), inside, BAND_COLOURS[2])


def _aches(drawing: Any, found: Sequence[WeekSummary], left: float, step: float) -> None:
    """Days with headache (filled) among the days with an entry (outlined), seven high."""
    for index, week in enumerate(found):
        x, wide = left + step * index + step * 0.2, step * 0.6
        if week.answered_days:
            fill, edge = ("#ffffff", SOFT) if step > 4 else (GRID, None)  # edges of narrow bars would hide all
            rect(drawing, (x, 12, wide, 4.6 * week.answered_days), fill, edge)
        if week.headache_days:
            rect(drawing, (x, 12, wide, 4.6 * week.headache_days), _ACHE)
    write(drawing, left, 47, _("days with headache (filled) of days with an entry (outlined)"), colour=SOFT)


def heat(material: Material, wide: float) -> Any:
    """Weekday by hour; the darker, the further forward; the number is the median."""
    cells = material.period.heat
    if not cells:
        return drawing_of(wide, 1)
    hours = range(min(cell.hour for cell in cells), max(cell.hour for cell in cells) + 1)
    weekdays = sorted({cell.weekday for cell in cells})
    row, left = 15.0, 32.0
    high = row * len(weekdays) + 14
    drawing = drawing_of(wide, high)
    column = (wide - left) / len(hours)
    for cell in cells:
        x = left + column * (cell.hour - hours.start)
        y = high - row * (weekdays.index(cell.weekday) + 1)
        shade = _shade(cell)
        rect(drawing, (x + 0.5, y + 0.5, column - 1, row - 1), BAND_COLOURS[shade])
        ink = "#ffffff" if shade >= 2 else _INK
        if column >= 16:
            write(
                drawing,
                x + column / 2,
                y + 5,
                words.bare(cell.median_in, material.units),
                anchor="middle",
                colour=ink,
            )
    for index, weekday in enumerate(weekdays):
        write(drawing, left - 4, high - row * (index + 1) + 5, weekday_name(weekday), anchor="end", colour=SOFT)
    for hour in hours[:: 1 if column >= 16 else 2]:
        x = left + column * (hour - hours.start + 0.5)
        write(drawing, x, 3, f"{hour:02d}", anchor="middle", colour=SOFT)
    return drawing


def _shade(cell: HeatCell) -> int:
    return sum(cell.median_in >= edge for edge in BAND_EDGES_IN)


def _ceiling(found: Sequence[WeekSummary], scale: float) -> float:
    """Upper end of the axis: above every median with its error and every P90, at least the 1-inch mark."""
    tops = [week.median_in + (week.se_in or 0.0) for week in found if week.median_in is not None]
    tops += [week.p90_in for week in found if week.p90_in is not None]
    return max([1.6, *(top + 0.1 for top in tops)]) * scale


def ticks(ceiling: float, high: float) -> tuple[float, ...]:
    """The numbers beside an axis from 0 to ``ceiling`` that is so many points high, so that none lies upon another."""
    most = max(1.0, high / (_SMALL_PT + 1.5))
    step = next((step for step in (0.5, 1.0, 2.0, 5.0) if ceiling / step <= most), 10.0)
    return tuple(step * index for index in range(int(ceiling / step) + 1))


_TRACES_ABREAST: Final = 4
TRACE_HIGH_PT, _EDGE_PT, _TITLE_PT = 62.0, 6.0, 12.0


def traces(drawn: Sequence[MovementTrace], wide: float) -> Any:
    """The movements of a check over time, four beside each other; dashed, those of the first check."""
    rows = -(-len(drawn) // _TRACES_ABREAST)
    drawing = drawing_of(wide, rows * (TRACE_HIGH_PT + _TITLE_PT))
    for index, one in enumerate(drawn):
        corner = (
            index % _TRACES_ABREAST * wide / _TRACES_ABREAST,
            (rows - 1 - index // _TRACES_ABREAST) * (TRACE_HIGH_PT + _TITLE_PT),
        )
        _draw_trace(drawing, one, corner, wide / _TRACES_ABREAST)
    return drawing


def _draw_trace(drawing: Any, one: MovementTrace, corner: tuple[float, float], wide: float) -> None:
    left, bottom = corner
    low, high = one.range

    def points(of: Sequence[tuple[float, float]]) -> list[float]:
        places = (
            (
                left + _EDGE_PT + t_s / one.last_s * (wide - 2 * _EDGE_PT),
                bottom + (value - low) / (high - low) * TRACE_HIGH_PT,
            )
            for t_s, value in of
        )
        return [part for place in places for part in place]

    line(drawing, points(((0.0, 0.0), (one.last_s, 0.0))), GRID)
    line(drawing, points(one.then), SOFT, 0.4, dashes=(2, 2))
    line(drawing, points(one.now), BAND_COLOURS[2], 0.9)
    write(drawing, left + _EDGE_PT, bottom + TRACE_HIGH_PT + 3, one.name)
