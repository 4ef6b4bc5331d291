"""What the window of a day shows, as plain values: made by the app, drawn by the window. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from posturewatch.base.quantities import LOWEST_IN, SHOWN_MAX_IN, Units, distance

DAY_MIN: Final = 1440
LEAST_SPAN_MIN: Final = 240
"""A morning that has just begun is not stretched over the whole picture."""


@dataclass(frozen=True, slots=True)
class Course:
    """A day's minutes and events. Minutes of the day are counted by the offset that the first had.

    ``minutes``: (minute of the day, state's letter, median in inches, standard error, whether tied), in order.
    ``marks``: (minute of the day, lane, sign, words). ``shifts``: from which minute on the clock went so many minutes
    ahead of that count. ``states``: words of each letter. ``edges_in``: where the bands
    end. ``untied``: what is said of a minute that is not tied.
    """

    minutes: tuple[tuple[int, str, float | None, float | None, bool], ...] = ()
    marks: tuple[tuple[int, int, str, str], ...] = ()
    shifts: tuple[tuple[int, int], ...] = ()
    lanes: tuple[str, ...] = ()
    states: dict[str, str] = field(default_factory=dict)
    units: Units = "in"
    edges_in: tuple[float, ...] = ()
    limit_in: float | None = None
    limit_words: str = ""
    untied: str = ""

    def clock(self, at_min: int) -> str:
        """The time of day that clocks showed at this minute of the day."""
        ahead = next((shift for since, shift in reversed(self.shifts) if since <= at_min), 0)
        shown = (at_min + ahead) % DAY_MIN
        return f"{shown // 60:02d}:{shown % 60:02d}"

    def span(self) -> tuple[int, int]:
        """First and last minute of the picture: full hours around all that was recorded."""
        known = [minute[0] for minute in self.minutes] + [mark[0] for mark in self.marks]
        first = min(known, default=8 * 60) // 60 * 60
        last = -(-(max(known, default=first) + 1) // 60) * 60
        return first, max(last, first + LEAST_SPAN_MIN)

    def range_in(self) -> tuple[float, float]:
        """Lowest and highest value of the picture, inches."""
        ends = [
            (value - (se or 0.0), value + (se or 0.0))
            for _at, _state, value, se, _tied in self.minutes
            if value is not None
        ]
        low = min([low for low, _high in ends], default=0.0)
        high = max([high for _low, high in ends], default=0.0)
        return max(LOWEST_IN, min(-0.5, low)), min(SHOWN_MAX_IN, max(2.0, high + 0.1))

    def words(self, at_min: int) -> str:
        """All that is known of a minute in a line."""
        said = [self.clock(at_min)]
        found = next((minute for minute in self.minutes if minute[0] == at_min), None)
        if found is not None:
            _at, state, value, se, tied = found
            said.append(self.states.get(state, state) if value is None else distance(value, se, self.units))
            if value is not None and not tied:
                said.append(self.untied)
        said += [words for at, _lane, _sign, words in self.marks if at == at_min]
        return " · ".join(said)


@dataclass(frozen=True, slots=True)
class WeekLine:
    """A day of the week: its date, its words in columns, the shares of its bands, and the marks of what it lacks."""

    day: str
    name: str
    valid: str
    median: str
    shares: tuple[float, ...]
    breaks: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class TodayView:
    """What the window shows. ``day``: the date. ``says``: its sums in sentences; ``doubts``: what keeps them from being
    relied on or compared. ``bands``: (name, time, percent, share) each. ``stamp``: to ask whether this is still so.
    ``trouble``: why there is nothing to be shown."""

    day: str
    title: str
    says: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    course: Course = Course()
    bands: tuple[tuple[str, str, str, float], ...] = ()
    reminders: tuple[str, ...] = ()
    week: tuple[WeekLine, ...] = ()
    notes: tuple[str, ...] = ()
    stamp: str = ""
    trouble: str = ""
    dark: bool | None = None
