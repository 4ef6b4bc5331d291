"""The PDF's drawing of a movement check: each movement over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from posturewatch.report.check_tables import MovementTrace
from posturewatch.report.pdf.charts import BAND_COLOURS, GRID, SOFT, drawing_of, line, write

_COUNT: Final = 4
_HIGH_PT, _EDGE_PT, _TITLE_PT = 62.0, 6.0, 12.0


def traces(drawn: Sequence[MovementTrace], wide: float) -> Any:
    """Movements over time, four beside each other; dashed, those of the first check."""
    rows = -(-len(drawn) // _COUNT)
    drawing = drawing_of(wide, rows * (_HIGH_PT + _TITLE_PT))
    for index, one in enumerate(drawn):
        corner = index % _COUNT * wide / _COUNT, (rows - 1 - index // _COUNT) * (_HIGH_PT + _TITLE_PT)
        _draw(drawing, one, corner, wide / _COUNT)
    return drawing


def _draw(drawing: Any, one: MovementTrace, corner: tuple[float, float], wide: float) -> None:
    left, bottom = corner
    samples = (*one.now, *one.then)
    last_s = max(*(t for t, _value in samples), 1.0)
    values = [0.0, *(value for _t, value in samples)]
    low, most = min(values), max(*values, min(values) + 0.5)

    def points(of: Sequence[tuple[float, float]]) -> list[float]:
        places = (
            (left + _EDGE_PT + t / last_s * (wide - 2 * _EDGE_PT), bottom + (value - low) / (most - low) * _HIGH_PT)
            for t, value in of
        )
        return [part for place in places for part in place]

    line(drawing, points(((0.0, 0.0), (last_s, 0.0))), GRID)
    if len(one.then) > 1:
        line(drawing, points(one.then), SOFT, 0.4)
        drawing.contents[-1].strokeDashArray = [2, 2]
    if len(one.now) > 1:
        line(drawing, points(one.now), BAND_COLOURS[2], 0.9)
    write(drawing, left + _EDGE_PT, bottom + _HIGH_PT + 3, one.name)
