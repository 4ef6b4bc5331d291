"""Whether posture changed: one statement a report, with its interval, or how many days are missing.

The unit is a week with at least three usable tied days, by the median of its days' medians: days within a week resemble
one another and are not counted as if they did not. Over a whole series the change is the slope of Theil and Sen (the
median of all pairs' slopes; Sen 1968, *J Am Stat Assoc* 63:1379) times its length; against a visit it is the
Hodges–Lehmann shift from the weeks before to the weeks after. The standard error has two parts, added in quadrature:

- the scatter of the weeks about the line (or about each side's median), never taken for less than the tool's own error
  of a day over the root of the days in a week, and widened for weeks in a row that resemble one another;
- what each calibration may have moved all days under it: its repeatability, times the weight of those days.

The interval is Student's at 95 %. tests/core/history/test_change.py holds that journals in which nothing changed are
told of a change in at most 5 in 100, and how large a change must be to be found in 80 of 100.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import pi, sqrt, tan
from statistics import NormalDist, median
from typing import Final

import numpy as np

from posturewatch.core.history.quantiles import Floats
from posturewatch.core.history.summary.records import Change, DaySummary, Interval

DAYS_A_WEEK: Final = 3
"""Usable tied days that a week needs. Fewer, and one odd day is the week."""

WEEKS_OF_A_TREND: Final = 4
"""Weeks that a trend needs: two are left for its scatter."""

WEEKS_EACH_SIDE: Final = 2
"""Weeks before a visit, and after it."""

DAY_SE_IN: Final = 0.31
"""The tool's own standard error of a tied day, inches: its mean absolute error of 0.25 in (docs/measurement.md) times
√(π/2), as for a normal error."""

ALIKE: Final = 1.25
"""By how much weeks in a row that resemble one another widen the scatter's part; days with an autocorrelation of 0.5
need so much."""


def t_quantile(freedom: int, share: float = 0.975) -> float:
    """Student's t below which this share lies: exact for 1 and 2 degrees of freedom, else by the expansion about the
    normal's (Abramowitz & Stegun 26.7.5): from 3 on within 0.2 % of the tables at 97.5 %, from 4 on at 99.5 %, too
    (at 3 it is 0.8 % small there)."""
    if freedom == 1:
        return tan(pi * (share - 0.5))
    if freedom == 2:
        between = 2.0 * share - 1.0
        return between * sqrt(2.0 / (1.0 - between**2))
    z = NormalDist().inv_cdf(share)
    terms = (
        z,
        (z**3 + z) / 4.0,
        (5.0 * z**5 + 16.0 * z**3 + 3.0 * z) / 96.0,
        (3.0 * z**7 + 19.0 * z**5 + 17.0 * z**3 - 15.0 * z) / 384.0,
        (79.0 * z**9 + 776.0 * z**7 + 1482.0 * z**5 - 1920.0 * z**3 - 945.0 * z) / 92160.0,
    )
    return sum(term / float(freedom) ** power for power, term in enumerate(terms))


@dataclass(frozen=True, slots=True)
class _Week:
    """``place``: weeks since the first (or since the visit, negative before it). ``value_in``: median of its days."""

    place: int
    value_in: float
    days: int
    under: Mapping[int, float]  # share of the days under each calibration


def judge_change(
    days: Sequence[DaySummary], repeatability_in: Mapping[int, float], since: date | None = None
) -> Change:
    """Over all days, or with ``since`` from the weeks before that date to the weeks from it on.

    ``repeatability_in``: of each calibration, by its number. Days that are not known to have been tied do not count.
    """
    begin = since if since is not None else days[0].day - timedelta(days=days[0].day.weekday())
    counted = [one for one in days if one.usable and one.tied and one.posture.p50_in is not None]
    by_week: defaultdict[int, list[DaySummary]] = defaultdict(list)
    for one in counted:
        by_week[(one.day - begin).days // 7].append(one)
    weeks = [_week(place, by_week[place]) for place in sorted(by_week) if len(by_week[place]) >= DAYS_A_WEEK]
    used = sum(week.days for week in weeks)
    missing = _missing_days(by_week, since is not None)
    if missing:
        return Change(since, len(weeks), used, missing)
    found = _step(weeks) if since is not None else _trend(weeks)
    error = sqrt(found.scatter_in**2 + _calibrations(weeks, found.weights, repeatability_in))
    half = t_quantile(found.freedom) * error
    told = Interval(found.change_in, found.change_in - half, found.change_in + half)
    return Change(since, len(weeks), used, 0, told)


def _week(place: int, days: Sequence[DaySummary]) -> _Week:
    under: defaultdict[int, float] = defaultdict(float)
    for one in days:
        for number in one.calibration_ids:
            under[number] += 1.0 / (len(one.calibration_ids) * len(days))
    values = [one.posture.p50_in for one in days if one.posture.p50_in is not None]
    return _Week(place, median(values), len(days), under)


def _missing_days(by_week: Mapping[int, Sequence[DaySummary]], sides: bool) -> int:
    """Usable tied days that are at least missing until a change can be judged."""
    if not sides:
        return _short([len(days) for days in by_week.values()], WEEKS_OF_A_TREND)
    before = _short([len(days) for place, days in by_week.items() if place < 0], WEEKS_EACH_SIDE)
    return before + _short([len(days) for place, days in by_week.items() if place >= 0], WEEKS_EACH_SIDE)


def _short(counts: Sequence[int], weeks: int) -> int:
    fullest = [*sorted(counts, reverse=True), *([0] * weeks)][:weeks]
    return sum(max(0, DAYS_A_WEEK - count) for count in fullest)


@dataclass(frozen=True, slots=True)
class _Found:
    change_in: float
    scatter_in: float  # standard error from the scatter alone
    weights: Floats  # what each week's value counts in the change
    freedom: int


def _trend(weeks: Sequence[_Week]) -> _Found:
    x = np.array([week.place for week in weeks], float)
    y = np.array([week.value_in for week in weeks])
    first, second = np.triu_indices(len(weeks), 1)
    slope = float(np.median((y[second] - y[first]) / (x[second] - x[first])))
    length = float(x[-1] - x[0])
    off = y - slope * x
    off -= np.median(off)
    apart = x - x.mean()
    weights = apart / float(apart @ apart) * length
    return _Found(slope * length, _scatter(off, weeks, weights, len(weeks) - 2), weights, len(weeks) - 2)


def _step(weeks: Sequence[_Week]) -> _Found:
    after = np.array([week.place >= 0 for week in weeks])
    y = np.array([week.value_in for week in weeks])
    shift = float(np.median(np.subtract.outer(y[after], y[~after])))
    off = y - np.where(after, np.median(y[after]), np.median(y[~after]))
    weights = np.where(after, 1.0 / after.sum(), -1.0 / (~after).sum())
    return _Found(shift, _scatter(off, weeks, weights, len(weeks) - 2), weights, len(weeks) - 2)


def _scatter(off: Floats, weeks: Sequence[_Week], weights: Floats, freedom: int) -> float:
    """Standard error of the weighted sum of weeks that scatter so, each at least by the tool's error."""
    seen = float(off @ off) / freedom * ALIKE**2
    least = np.array([DAY_SE_IN**2 / week.days for week in weeks])
    return sqrt(float(weights**2 @ np.maximum(seen, least)))


def _calibrations(weeks: Sequence[_Week], weights: Floats, repeatability_in: Mapping[int, float]) -> float:
    """Variance of the change that the calibrations' own errors bring."""
    pull: defaultdict[int, float] = defaultdict(float)
    for week, weight in zip(weeks, weights, strict=True):
        for number, share in week.under.items():
            pull[number] += float(weight) * share
    return sum((part * repeatability_in.get(number, 0.0)) ** 2 for number, part in pull.items())
