"""A scale of forward head distance: the value with its error, and the limit beyond which a nudge comes."""

from __future__ import annotations

import tkinter as tk
from dataclasses import dataclass
from typing import Final

from posturewatch.base.i18n import _
from posturewatch.base.quantities import SHOWN_MAX_IN, Units, in_units, length, number
from posturewatch.base.records import INCH_CM
from posturewatch.sensor.windows.picture import WIDTH
from posturewatch.ui.toolkit import Window

FIRST_IN, LAST_IN = -0.5, SHOWN_MAX_IN
_MARGIN: Final = 18


@dataclass(frozen=True, slots=True)
class GaugeReading:
    """What the gauge shows. ``colour`` is the state's."""

    fht_in: float | None
    se_in: float | None
    threshold_in: float
    colour: str


class Gauge:
    """A horizontal scale in inches or centimetres; beyond its ends the marker stays at the end."""

    def __init__(self, window: Window, units: Units) -> None:
        self._scale = window.scale
        self._colours = window.colours
        self._font = window.font(9)
        self._units = units
        self._width, self._height = window.px(WIDTH), window.px(76)
        self.canvas = tk.Canvas(
            window.body, width=self._width, height=self._height, background=self._colours.paper, highlightthickness=0
        )
        self._draw_scale()

    def show(self, reading: GaugeReading) -> None:
        """Move marker, error band and limit."""
        self.canvas.delete("reading")
        self._draw_limit(reading.threshold_in)
        if reading.fht_in is None:
            return
        x, y = self._x(reading.fht_in), self._y
        if reading.se_in is not None:
            low, high = self._x(reading.fht_in - reading.se_in), self._x(reading.fht_in + reading.se_in)
            half = 7 * self._scale
            self.canvas.create_rectangle(
                low, y - half, high, y + half, fill=reading.colour, outline="", stipple="gray50", tags="reading"
            )
        size = 9 * self._scale
        self.canvas.create_polygon(
            *(x, y + size, x - size, y, x, y - size, x + size, y),
            fill=reading.colour,
            outline=self._colours.paper,
            tags="reading",
        )

    @property
    def _y(self) -> float:
        return 34 * self._scale

    def _x(self, inches: float) -> float:
        share = (min(max(inches, FIRST_IN), LAST_IN) - FIRST_IN) / (LAST_IN - FIRST_IN)
        margin = _MARGIN * self._scale
        return margin + share * (self._width - 2 * margin)

    def _draw_scale(self) -> None:
        y, tick = self._y, 6 * self._scale
        self.canvas.create_line(
            self._x(FIRST_IN), y, self._x(LAST_IN), y, fill=self._colours.line, width=6 * self._scale, capstyle="round"
        )
        step_in = 0.5 if self._units == "in" else 1 / INCH_CM
        step = round(FIRST_IN / step_in)
        while step * step_in <= LAST_IN + 1e-6:
            inches = step * step_in
            x = self._x(inches)
            self.canvas.create_line(x, y + 2 * tick, x, y + 3 * tick, fill=self._colours.line)
            if self._units != "in" or step % 2 == 0:
                shown = number(in_units(inches, self._units))
                self.canvas.create_text(x, y + 4.6 * tick, text=shown, fill=self._colours.muted, font=self._font)
            step += 1

    def _draw_limit(self, threshold_in: float) -> None:
        x, y, long = self._x(threshold_in), self._y, 14 * self._scale
        forward = self._colours.forward
        self.canvas.create_line(x, y - long, x, y + long, fill=forward, width=2 * self._scale, tags="reading")
        self.canvas.create_text(
            x,
            y - long - 8 * self._scale,
            text=_("limit {limit}").format(limit=length(threshold_in, self._units)),
            fill=self._colours.forward,
            font=self._font,
            tags="reading",
        )
