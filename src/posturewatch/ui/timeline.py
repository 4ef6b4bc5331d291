"""The course of a day as a picture: the distance minute by minute with its error, what each minute was, what happened.

By the mouse or the keyboard (arrows, Page Up and Down, Home, End) a minute is chosen; its words go to ``tell``. What
differs by colour differs by shape as well.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from typing import Any, Final

from posturewatch.base.quantities import length
from posturewatch.base.records import INCH_CM
from posturewatch.ui.day_view import Course
from posturewatch.ui.palette import Colours

PICTURE_PX: Final = 160
LANES: Final = 4
LANE_PX: Final = 18
STRIP_PX: Final = 14
PAGE_MIN: Final = 30


class Timeline(tk.Canvas):
    """The picture. ``tell`` hears the words of the chosen minute, or nothing."""

    def __init__(
        self, parent: tk.Misc, colours: Colours, px: Callable[[float], int], width: float, tell: Callable[[str], None]
    ) -> None:
        self._px, self._colours, self._tell = px, colours, tell
        self._wide = px(width)
        self._strip = px(PICTURE_PX + 16)
        self._lanes = self._strip + px(STRIP_PX + 8)
        high = self._lanes + px(LANES * LANE_PX + 24)
        super().__init__(
            parent,
            width=self._wide,
            height=high,
            background=colours.field,
            highlightthickness=px(2),
            highlightbackground=colours.paper,
            highlightcolor=colours.accent,
            takefocus=True,
        )
        self._course = Course()
        self._chosen: int | None = None
        self._left = px(44)
        self.bind("<Motion>", lambda event: self._choose(self._minute(event.x)))
        self.bind("<Leave>", lambda _event: self._choose(None))
        self.bind("<Button-1>", lambda _event: self.focus_set())
        self.bind("<FocusOut>", lambda _event: self._choose(None))
        for key, step in (("Left", -1), ("Right", 1), ("Prior", -PAGE_MIN), ("Next", PAGE_MIN)):
            self.bind(f"<{key}>", lambda _event, step=step: self._step(step))  # type: ignore[misc]
        self.bind("<Home>", lambda _event: self._choose(self._ends()[0]))
        self.bind("<End>", lambda _event: self._choose(self._ends()[1]))

    def show(self, course: Course) -> None:
        """Draw this day; a minute that was chosen stays so."""
        self._course = course
        self.delete("all")
        self._left = self._widest(course.lanes)
        self._axes()
        self._values()
        self._states()
        self._marks()
        self._choose(self._chosen)

    # ---- where things are

    def _widest(self, names: Sequence[str]) -> int:
        """Room at the left for the names of the lanes."""
        made = [self.create_text(0, 0, text=name, font=self._font()) for name in names]
        wide = max((box[2] - box[0] for box in map(self.bbox, made) if box), default=0)
        self.delete("all")
        return max(self._px(44), wide + self._px(14))

    def _x(self, at_min: float) -> float:
        first, last = self._course.span()
        room = self._wide - self._left - self._px(24)
        return self._left + (at_min - first) / (last - first) * room

    def _minute(self, x: float) -> int | None:
        first, last = self._course.span()
        room = self._wide - self._left - self._px(24)
        at_min = first + int((x - self._left) / room * (last - first))
        return at_min if x >= self._left and at_min <= last else None

    def _y(self, value_in: float) -> float:
        low, high = self._course.range_in()
        inside = min(high, max(low, value_in))
        return self._px(8) + (high - inside) / (high - low) * self._px(PICTURE_PX)

    def _font(self) -> tuple[str, int, str]:
        return ("TkDefaultFont", -round(self._px(9 * 96 / 72)), "normal")  # pixels: Tk scales points by itself

    # ---- drawing

    def _axes(self) -> None:
        course, c, px = self._course, self._colours, self._px
        low, high = course.range_in()
        step_in = 0.5 if course.units == "in" else 2 / INCH_CM
        for count in range(int(low / step_in), int(high / step_in) + 1):
            y = self._y(count * step_in)
            self.create_line(self._left, y, self._wide - px(24), y, fill=c.line if count else c.muted)
            words = length(count * step_in, course.units, 1 if course.units == "in" else 0)
            self.create_text(self._left - px(6), y, text=words, anchor="e", fill=c.muted, font=self._font())
        first, last = course.span()
        every = next(hours for hours in (1, 2, 3, 4, 6) if (last - first) / 60 / hours <= 12 or hours == 6)
        bottom = self._lanes + px(LANE_PX * len(course.lanes))
        for at_min in range(first, last + 1):
            clock = course.clock(at_min)
            if clock.endswith(":00") and int(clock[:2]) % every == 0:
                x = self._x(at_min)
                self.create_line(x, px(8), x, bottom, fill=c.line)
                self.create_text(x, bottom + px(4), text=clock, anchor="n", fill=c.muted, font=self._font())
        if course.limit_in is not None and low < course.limit_in < high:
            draw_limit(self, self._left, self._wide - px(24), self._y(course.limit_in), c)

    def _values(self) -> None:
        """The error as a stretch for each minute, and the medians as a line that ends where nothing was measured."""
        c, line, before, was_tied = self._colours, list[float](), -2, True
        wide = max(1.0, self._x(1) - self._x(0))
        for at_min, _state, value, se, tied in self._course.minutes:
            if value is None:
                continue
            x = self._x(at_min + 0.5)
            if se is not None:
                self.create_line(
                    x,
                    self._y(value - se),
                    x,
                    self._y(value + se),
                    fill=c.bands[0] if tied else c.line,
                    width=wide + 0.6,
                )
            if at_min != before + 1 or tied != was_tied:
                self._line(line, tied=was_tied)
                line = []
            line += [x, self._y(value)]
            before, was_tied = at_min, tied
        self._line(line, tied=was_tied)
        self.tag_raise("median")

    def _line(self, points: list[float], *, tied: bool) -> None:
        if len(points) == 2:
            points = [points[0] - 1, points[1], points[0] + 1, points[1]]
        if points:
            look: dict[str, Any] = {} if tied else {"dash": (2, 3)}
            self.create_line(*points, fill=self._colours.bands[2], width=self._px(2), tags="median", **look)

    def _states(self) -> None:
        """A strip: what was measured stands full in its band's colour, what could not be told half high, an empty chair
        is a thin line, a pause a lower one, and a closed camera a dotted one."""
        c, high, top = self._colours, self._px(STRIP_PX), self._strip
        for first, last, state, band in self._runs():
            box = (self._x(first), top, self._x(last + 1), top + high)
            if state == "v":
                self.create_rectangle(*box, fill=c.bands[band], outline="")
            else:
                draw_state(self, state, box, c)

    def _runs(self) -> list[tuple[int, int, str, int]]:
        """Stretches of minutes with the same state and band: first, last, state, band."""
        runs: list[tuple[int, int, str, int]] = []
        for at_min, state, value, _se, _tied in self._course.minutes:
            band = 0 if value is None else sum(value >= edge for edge in self._course.edges_in)
            if runs and runs[-1][1] == at_min - 1 and runs[-1][2:] == (state, band):
                runs[-1] = (runs[-1][0], at_min, state, band)
            else:
                runs.append((at_min, at_min, state, band))
        return runs

    def _marks(self) -> None:
        c, px = self._colours, self._px
        for lane, name in enumerate(self._course.lanes):
            y = self._lanes + px(LANE_PX * (lane + 0.5))
            self.create_text(self._left - px(6), y, text=name, anchor="e", fill=c.ink, font=self._font())
            self.create_line(self._left, y, self._wide - px(24), y, fill=c.line)
        inks = (c.forward, c.accent, c.muted, c.ink)
        for at_min, lane, sign, _words in self._course.marks:
            y = self._lanes + px(LANE_PX * (lane + 0.5))
            draw_sign(self, sign, (self._x(at_min + 0.5), y), px(5), (inks[lane % LANES], c.field))

    # ---- choosing

    def _ends(self) -> tuple[int, int]:
        minutes = self._course.minutes
        return (minutes[0][0], minutes[-1][0]) if minutes else self._course.span()

    def _step(self, by: int) -> None:
        first, last = self._ends()
        self._choose(last if self._chosen is None else max(first, min(last, self._chosen + by)))

    def _choose(self, at_min: int | None) -> None:
        self.delete("chosen")
        self._chosen = at_min
        if at_min is None:
            self._tell("")
            return
        x = self._x(at_min + 0.5)
        bottom = self._lanes + self._px(LANE_PX * len(self._course.lanes))
        self.create_line(x, self._px(8), x, bottom, fill=self._colours.ink, tags="chosen")
        self._tell(self._course.words(at_min))


def draw_state(canvas: tk.Canvas, state: str, box: tuple[float, float, float, float], c: Colours) -> None:
    """A stretch without a number: ``u`` half high, ``a`` a thin line, ``p`` a thick one below, ``o`` dots."""
    left, top, right, bottom = box
    middle = (top + bottom) / 2
    if state == "u":
        canvas.create_rectangle(left, middle, right, bottom, fill=c.unsure, outline="")
    elif state == "p":
        canvas.create_rectangle(left, bottom - (bottom - top) / 4, right, bottom, fill=c.muted, outline="")
    else:
        canvas.create_line(left, middle, right, middle, fill=c.muted, dash=(2, 4) if state == "o" else ())


def draw_limit(canvas: tk.Canvas, left: float, right: float, y: float, c: Colours) -> None:
    """The limit: a dashed line."""
    canvas.create_line(left, y, right, y, fill=c.forward, dash=(6, 4), width=2)


def draw_sign(canvas: tk.Canvas, sign: str, at: tuple[float, float], size: float, colours: tuple[str, str]) -> None:
    """An event's sign: triangle, circle, diamond, square, cross or stroke; open ones are hollow. ``colours``: the
    sign's, and the ground's."""
    (x, y), (ink, ground) = at, colours
    fill = ground if sign.endswith("-open") else ink
    shape = sign.removesuffix("-open")
    if shape == "triangle-up":
        canvas.create_polygon(x, y - size, x + size, y + size, x - size, y + size, fill=fill, outline=ink, width=1.5)
    elif shape == "diamond":
        canvas.create_polygon(x, y - size, x + size, y, x, y + size, x - size, y, fill=fill, outline=ink, width=1.5)
    elif shape == "x":
        canvas.create_line(x - size, y - size, x + size, y + size, fill=ink, width=2)
        canvas.create_line(x - size, y + size, x + size, y - size, fill=ink, width=2)
    elif shape == "square":
        canvas.create_rectangle(x - size, y - size, x + size, y + size, fill=fill, outline=ink, width=1.5)
    elif shape == "line-ns":
        canvas.create_line(x, y - size, x, y + size, fill=ink, width=2)
    else:
        canvas.create_oval(x - size, y - size, x + size, y + size, fill=fill, outline=ink, width=1.5)
