"""What was seen around reminders and breaks: the distance in the quarter of an hour after against that before.

Differences are taken within a day, so that a zero that lies elsewhere cancels out. Those of one day resemble one
another and count as one: the interval is Student's over the means of days. A reminder comes when the head is far
forward, so that by chance alone less is likely to follow (regression to the mean); reminders that were held back came
at the same moments and were not seen, and tell how much of it that is. A break comes at any time, so that what the day
does anyway between the two quarters, the slope of the line through its minutes, is taken off.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from enum import StrEnum
from math import sqrt
from typing import Final

import numpy as np

from posturewatch.base.records import Event, EventKind, Outcome
from posturewatch.core.history.minute_table import MinuteTable
from posturewatch.core.history.summary.change import t_quantile
from posturewatch.core.history.summary.limits import BESIDE_LEVEL
from posturewatch.core.history.summary.records import Interval, SeenAfter

WINDOW_MIN: Final = 15

LEAST_S: Final = 300.0
"""Of each quarter of an hour a third must have been measured."""

COURSE_MIN: Final = 180
"""Minutes from a day's first to its last from which its course is known; in a shorter one a single break would bend the
line, so that what follows breaks is not told of it."""

DAYS: Final = 5
"""Days that an interval needs."""

_SHARE: Final = (1.0 + BESIDE_LEVEL) / 2.0


class Around(StrEnum):
    """What the two quarters of an hour lie around."""

    NUDGE = "nudge"  # shown
    HELD_BACK = "held_back"  # due, and not shown
    BREAK = "break"  # taken or natural


class AroundReminders:
    """Takes in day after day."""

    __slots__ = ("_days",)

    def __init__(self) -> None:
        self._days: defaultdict[Around, list[tuple[float, int]]] = defaultdict(list)

    def add(self, minutes: MinuteTable, events: Sequence[Event]) -> None:
        """Count one local day in: its minutes and events."""
        moments = [found for event in events if (found := _moments(event)) is not None]
        if not moments or not len(minutes):
            return
        mean, slope = _mean_of(minutes), _slope_of(minutes)
        apart: defaultdict[Around, list[float]] = defaultdict(list)
        for kind, begin, end in moments:
            before, after = mean(begin - WINDOW_MIN, begin), mean(end + 1, end + 1 + WINDOW_MIN)
            if before is None or after is None:
                continue
            if kind is not Around.BREAK:
                apart[kind].append(after - before)
            elif slope is not None:
                apart[kind].append(after - before - slope * (end + 1 - begin + WINDOW_MIN))
        for kind, differences in apart.items():
            self._days[kind].append((float(np.mean(differences)), len(differences)))

    def seen_after(self, kind: Around) -> SeenAfter:
        """Inches after less inches before, + further forward."""
        days = self._days[kind]
        times = sum(count for _mean, count in days)
        if len(days) < DAYS:
            return SeenAfter(times, len(days))
        means = [mean for mean, _count in days]
        middle = float(np.mean(means))
        half = t_quantile(len(means) - 1, _SHARE) * float(np.std(means, ddof=1)) / sqrt(len(means))
        return SeenAfter(times, len(days), Interval(middle, middle - half, middle + half))

    def apart(self, kind: Around, other: Around) -> Interval | None:
        """By how much what followed one lies above what followed the other, with Welch's interval over days; ``None``
        with too few days of either."""
        one, two = ([mean for mean, _count in self._days[which]] for which in (kind, other))
        if min(len(one), len(two)) < DAYS:
            return None
        parts = [float(np.var(means, ddof=1)) / len(means) for means in (one, two)]
        middle = float(np.mean(one) - np.mean(two))
        if not sum(parts):
            return Interval(middle, middle, middle)
        freedom = sum(parts) ** 2 / sum(part**2 / (len(at) - 1) for part, at in zip(parts, (one, two), strict=True))
        half = t_quantile(int(freedom), _SHARE) * sqrt(sum(parts))
        return Interval(middle, middle - half, middle + half)


def _moments(event: Event) -> tuple[Around, int, int] | None:
    """UTC minutes in which it began and ended; a break is written down at its end, with its length."""
    end_s = event.at.timestamp()
    if event.kind is EventKind.NUDGE and event.outcome in (Outcome.SHOWN, Outcome.MUTED):
        kind = Around.NUDGE if event.outcome == Outcome.SHOWN else Around.HELD_BACK
        return kind, int(end_s // 60), int(end_s // 60)
    if event.kind in (EventKind.BREAK_TAKEN, EventKind.BREAK_NATURAL):
        return Around.BREAK, int((end_s - (event.value or 0.0)) // 60), int(end_s // 60)
    return None


def _slope_of(minutes: MinuteTable) -> float | None:
    """Inches by which the head goes forward in a minute, by a line through the day, weighted by time; None for a day
    that is too short."""
    at, weight = minutes["minute"].astype(float), minutes.measured_s
    seen = weight > 0
    if not seen.any() or np.ptp(at[seen]) < COURSE_MIN:
        return None
    at, weight, inches = at[seen], weight[seen], minutes["fht_median_in"][seen]
    from_middle = at - np.average(at, weights=weight)
    return float(np.sum(weight * from_middle * inches) / np.sum(weight * from_middle**2))


def _mean_of(minutes: MinuteTable) -> Callable[[int, int], float | None]:
    """Mean of the medians of the UTC minutes from one up to another, weighted by time; None where too little was
    seen."""
    order = np.argsort(minutes["minute"], kind="stable")
    at, weight = minutes["minute"][order], minutes.measured_s[order]
    seconds = np.concatenate(([0.0], np.cumsum(weight)))
    inches = np.concatenate(([0.0], np.cumsum(weight * np.nan_to_num(minutes["fht_median_in"][order]))))

    def mean(begin: int, end: int) -> float | None:
        first, last = np.searchsorted(at, (begin, end))
        spent = float(seconds[last] - seconds[first])
        return float(inches[last] - inches[first]) / spent if spent >= LEAST_S else None

    return mean
