"""When in the week and in the day: the one hour that stands out beyond chance, and the course of the day.

Both compare hours with the other hours of their own day, so that neither a day further forward nor a calibration
that sits elsewhere speaks for an hour.
"""

from __future__ import annotations

from math import sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from posturewatch.core.history.minute_table import MinuteTable, distinct
from posturewatch.core.history.quantiles import Floats, weighted_quantiles
from posturewatch.core.history.summary.change import t_quantile
from posturewatch.core.history.summary.limits import BESIDE_LEVEL
from posturewatch.core.history.summary.records import DayCourse, Interval, StandOut

CELL_DAYS: Final = 5
"""Days that an hour of a weekday needs before it can stand out; with fewer, a few days speak for all."""

CELL_MIN: Final = 20.0
"""Valid minutes of a day's hour that are spoken of."""

HALF_MIN: Final = 60.0
"""Valid minutes before noon, and from noon on, of a day that its course is seen in."""

COURSE_DAYS: Final = 5
NOON: Final = 12
FLIPS: Final = 1999
AT_ONCE: Final = 100
"""Of the flips, so many are held in memory."""


class HoursOfDays:
    """Takes in the minutes of comparable days, a day at a time, and keeps of each its hours and its halves."""

    __slots__ = ("_apart_in", "_days")

    def __init__(self) -> None:
        self._days: list[tuple[int, dict[int, tuple[float, float]]]] = []  # weekday; by hour in off the day, minutes
        self._apart_in: list[float] = []

    def add(self, minutes: MinuteTable) -> None:
        """Count one day in: all minutes are of the same local day."""
        if not len(minutes):
            return
        hours: dict[int, tuple[float, float]] = {}
        hour_of = minutes["hour"]
        for hour in distinct(hour_of):
            valid_min, middle = _told(minutes, hour_of == hour)
            if middle is not None and valid_min >= CELL_MIN:
                hours[hour] = middle, valid_min
        mean = sum(middle for middle, _min in hours.values()) / max(1, len(hours))
        off = {hour: (middle - mean, valid_min) for hour, (middle, valid_min) in hours.items()}
        self._days.append(((int(minutes["day"][0]) - 1) % 7, off))
        (early_min, before), (late_min, after) = (_told(minutes, half) for half in (hour_of < NOON, hour_of >= NOON))
        if before is not None and after is not None and min(early_min, late_min) >= HALF_MIN:
            self._apart_in.append(after - before)

    def stand_out(self) -> StandOut | None:
        """The hour of a weekday furthest above its days' other hours, if chance brings one in at most 1 of 100 maps.

        Chance: the signs of all hours of a day turned together, at random, and the largest of all hours' t each time
        (a permutation test of the maximum; Nichols & Holmes 2002, *Human Brain Mapping* 15:1).
        """
        cells = self._judged()
        if not cells:
            return None
        off, share = self._columns()
        there = share[:, cells] > 0
        value = np.where(there, off[:, cells], 0.0)
        count = there.sum(axis=0)
        squares = (value**2).sum(axis=0)
        chance = np.random.default_rng(len(off))
        highest = np.empty(FLIPS)
        for first in range(0, FLIPS, AT_ONCE):
            part = highest[first : first + AT_ONCE]
            turned = chance.choice((-1.0, 1.0), size=(len(part), len(off)))
            part[:] = _t(turned @ value, squares, count).max(axis=1)
        found = _t(value.sum(axis=0), squares, count)
        best = int(np.argmax(found))
        if found[best] <= np.quantile(highest, BESIDE_LEVEL):
            return None
        weekday, hour = divmod(cells[best], 24)
        above_in = float(value[:, best].sum() / count[best])
        return StandOut(weekday, hour, above_in, int(count[best]), float(share[:, cells[best]].sum()))

    def are_judged(self) -> bool:
        """Whether there are days enough for any hour to stand out: where not, that none does is no finding."""
        return bool(self._judged())

    def _judged(self) -> list[int]:
        """The hours of a weekday, of 7 · 24, that are held beside one another: those of enough days, two or more."""
        seen = (self._columns()[1] > 0).sum(axis=0)
        cells = [place for place, days in enumerate(seen) if days >= CELL_DAYS]
        return cells if len(cells) > 1 else []

    def _columns(self) -> tuple[Floats, Floats]:
        """Median of each hour less the mean of its day's (in), and its valid minutes, shape (days, 7 · 24); 0 minutes
        where too few."""
        off, share = np.zeros((len(self._days), 7 * 24)), np.zeros((len(self._days), 7 * 24))
        for row, (weekday, hours) in enumerate(self._days):
            for hour, (off_in, valid_min) in hours.items():
                off[row, weekday * 24 + hour], share[row, weekday * 24 + hour] = off_in, valid_min
        return off, share

    def course(self) -> DayCourse | None:
        """The afternoon less the morning over the days that have both, with Student's interval; ``None`` with too
        few."""
        apart = self._apart_in
        if len(apart) < COURSE_DAYS:
            return None
        middle = float(np.mean(apart))
        half = t_quantile(len(apart) - 1, (1.0 + BESIDE_LEVEL) / 2.0) * float(np.std(apart, ddof=1)) / sqrt(len(apart))
        return DayCourse(len(apart), Interval(middle, middle - half, middle + half))


def _t(sums: Floats, squares: Floats, count: Floats) -> Floats:
    """Student's t of means whose sum, sum of squares and count are these; 0 where nothing scatters."""
    spread = np.sqrt(np.maximum(squares - sums**2 / count, 1e-9) / (count - 1) * count)
    found: Floats = sums / spread
    return found


def _told(minutes: MinuteTable, chosen: NDArray[np.bool_]) -> tuple[float, float | None]:
    """Valid minutes of the chosen ones, and the median of what was seen in them, in."""
    seen = chosen & (minutes.measured_s > 0.0)
    weight = minutes.measured_s[seen]
    found = weighted_quantiles(minutes["fht_median_in"][seen], weight, (0.5,)) if len(weight) else None
    return float(weight.sum()) / 60.0, None if found is None else found[0]
