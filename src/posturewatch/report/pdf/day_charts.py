"""Charts of days as vector drawings, beside those of ``charts``: columns of days, and one day's course."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from posturewatch.core.history.minute_table import MinuteTable
from posturewatch.core.history.summary.records import DaySummary
from posturewatch.report import words
from posturewatch.report.material import Material
from posturewatch.report.pdf.charts import BAND_COLOURS, GRID, SOFT, drawing_of, line, rect, write

UNRELIABLE: Final = "#d9b35c"
AWAY: Final = "#dfe3e7"
PAUSED: Final = "#b7bec6"
OFF: Final = "#8b949d"

_HIGH_PT: Final = 130.0

Parts = Sequence[tuple[float, str]]
"""Minutes and their colour, from the ground up."""


def quality(material: Material, wide: float) -> Any:
    """Hours of each day by what was seen."""

    def parts(day: DaySummary) -> Parts:
        seen = day.quality
        colours = (BAND_COLOURS[2], UNRELIABLE, AWAY, PAUSED, OFF)
        spent = (seen.valid_min, seen.unreliable_min, seen.away_min, seen.paused_min, seen.off_min)
        return tuple(zip(spent, colours, strict=True))

    return _columns(material, wide, parts)


def days(material: Material, wide: float) -> Any:
    """Valid time of each day by band; a line above a day that is not averaged or not compared."""
    return _columns(material, wide, lambda day: tuple(zip(day.posture.band_min, BAND_COLOURS, strict=True)), mark=True)


def _columns(material: Material, wide: float, parts: Callable[[DaySummary], Parts], *, mark: bool = False) -> Any:
    drawing = drawing_of(wide, _HIGH_PT)
    shown = material.newest_days
    left, bottom, top = 26.0, 16.0, _HIGH_PT - 8
    most = max([60.0, *(sum(minutes for minutes, _colour in parts(day)) for day in shown)])
    step = (wide - left) / len(shown)
    for hours in range(0, int(most // 60) + 1, max(1, int(most // 300))):
        y = bottom + (top - bottom) * hours * 60 / most
        line(drawing, (left, y, wide, y), GRID)
        write(drawing, left - 4, y - 2.5, f"{hours} h", anchor="end", colour=SOFT)
    for index, day in enumerate(shown):
        x, y = left + step * index, bottom
        for minutes, colour in parts(day):
            tall = (top - bottom) * minutes / most
            if tall > 0.0:
                rect(drawing, (x + step * 0.1, y, step * 0.8, tall), colour)
                y += tall
        if mark and y > bottom and not day.comparable:
            line(drawing, (x + step * 0.1, y + 3, x + step * 0.9, y + 3), SOFT, 1.2)
    for index in range(0, len(shown), max(1, len(shown) // 8)):
        write(drawing, left + step * (index + 0.5), 3, f"{shown[index].day:%m-%d}", anchor="middle", colour=SOFT)
    return drawing


def course(minutes: MinuteTable, material: Material, wide: float) -> Any:
    """One day's medians by the minute with their error, and the mark at one inch; counted from midnight by the clock of
    its first minute, so that an hour that comes twice is drawn twice."""
    drawing = drawing_of(wide, _HIGH_PT)
    known = ~np.isnan(minutes["fht_median_in"])
    if not known.any():
        return drawing
    left, bottom, top = 26.0, 16.0, _HIGH_PT - 8
    by_clock = minutes["minute"].astype(np.int64) + int(minutes["offset_min"][0])
    at = (by_clock - by_clock[0] // 1440 * 1440)[known]
    value, error = minutes["fht_median_in"][known], np.nan_to_num(minutes["fht_se_in"][known])
    first, last = int(at.min()) // 60, int(at.max()) // 60 + 1
    low, most = min(0.0, float((value - error).min())), max(1.6, float((value + error).max()))

    def place(minute: float, inches: float) -> tuple[float, float]:
        x = left + (wide - left) * (minute - first * 60) / ((last - first) * 60)
        return x, bottom + (top - bottom) * (inches - low) / (most - low)

    for tick in np.arange(0.0, most, 0.5 if most < 3 else 1.0):
        y = place(first * 60, float(tick))[1]
        line(drawing, (left, y, wide, y), SOFT if tick == 1.0 else GRID)
        told = words.bare(float(tick), material.units)
        write(drawing, left - 4, y - 2.5, told, anchor="end", colour=SOFT)
    for minute, inches, se in zip(at.tolist(), value.tolist(), error.tolist(), strict=True):
        (x, y0), (_x, y1) = place(minute, inches - se), place(minute, inches + se)
        line(drawing, (x, y0, x, y1), "#d5e3ec", 0.8)
    for part in np.split(np.arange(len(at)), np.flatnonzero(np.diff(at) > 1) + 1):
        points = [place(float(at[index]), float(value[index])) for index in part]
        if len(points) > 1:
            line(drawing, [number for point in points for number in point], BAND_COLOURS[2], 1.2)
    for hour in range(first, last + 1, 1 if last - first < 14 else 2):
        write(drawing, place(hour * 60, low)[0], 3, f"{hour % 24:02d}:00", anchor="middle", colour=SOFT)
    return drawing
