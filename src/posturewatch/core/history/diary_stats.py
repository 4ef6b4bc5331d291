"""The headache diary in numbers: days, scores, and posture beside headaches, carefully.

A day without an entry is unknown, not free of headache. Posture is set beside headaches only with enough days of both
kinds. From both series a smooth course over time (a polynomial, a degree for every three weeks) is taken off, since a
course of care moves both; what is left is compared, on the same day and with the day before. The interval comes from
shuffling the diary in blocks of two weeks (a block permutation; Good, *Permutation, Parametric and Bootstrap Tests of
Hypotheses*, section 9.4), so that days in a row, which resemble one another, are not counted as if they did not.
tests/core/history/test_diary_stats.py holds that a difference is claimed in at most 6 of 100 diaries in which nothing
is true, whether days are alike, posture and headaches both improve, or neither. It is exploratory by nature: which of
the two came first is not in the data.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from posturewatch.base.records import DiaryEntry
from posturewatch.core.history.diary import is_backfilled
from posturewatch.core.history.quantiles import Floats
from posturewatch.core.history.summary.limits import ASSOCIATION_DAYS, ASSOCIATION_HEADACHES
from posturewatch.core.history.summary.records import (
    Association,
    DiaryDay,
    DiarySummary,
    Headache,
    Interval,
    ScorePoint,
    Stretch,
)

LEVEL: Final = 0.99
"""Of each of the two intervals, so that together they keep to the 6 of 100."""

COURSE_DAYS: Final = 21
COURSE_MOST: Final = 12
"""A degree of the course for so many days, and the most; at least 2."""

BLOCK_DAYS: Final = 14
"""Days that are shuffled as one. Shorter, and headaches that come in spells are taken for single ones."""

SHUFFLES: Final = 1999
"""Orders of the diary that the interval rests on …"""

KEPT_DAYS: Final = 800
"""Orders of at most so many days are kept for the next diary of the same length."""

AT_ONCE: Final = 100
"""… and so many are looked at together: years of days would fill the memory otherwise."""


def diary_days(entries: Iterable[DiaryEntry]) -> tuple[DiaryDay, ...]:
    """One record for each local day with an answer; a headache entry outweighs "none" on the same day."""
    by_day: defaultdict[date, list[DiaryEntry]] = defaultdict(list)
    for entry in entries:
        if entry.kind in ("headache", "none"):
            by_day[entry.at.date()].append(entry)
    return tuple(_diary_day(day, by_day[day]) for day in sorted(by_day))


def _diary_day(day: date, entries: Sequence[DiaryEntry]) -> DiaryDay:
    aches = [entry for entry in entries if entry.kind == "headache"]
    late = any(is_backfilled(entry) for entry in entries)
    if not aches:
        return DiaryDay(day, Headache.NO, backfilled=late)
    worst = [entry.worst for entry in aches if entry.worst is not None]
    lasted = [entry.duration_min for entry in aches if entry.duration_min is not None]
    return DiaryDay(
        day,
        Headache.YES,
        worst=max(worst, default=None),
        duration_min=sum(lasted) if lasted else None,
        backfilled=late,
    )


def score_points(entries: Iterable[DiaryEntry]) -> tuple[ScorePoint, ...]:
    """Outcome totals in order of time."""
    points = (ScorePoint(one.at, one.score_name, one.score) for one in entries
              if one.kind == "score" and one.score is not None)  # fmt: skip
    return tuple(sorted(points, key=lambda point: (point.at, point.name)))


def summarise_diary(
    days: Sequence[DiaryDay], scores: tuple[ScorePoint, ...], medians_in: Mapping[date, float]
) -> DiarySummary:
    """The diary over a period; ``medians_in``: the median FHT of each usable day."""
    aching = [medians_in[one.day] for one in days if one.headache is Headache.YES and one.day in medians_in]
    clear = [medians_in[one.day] for one in days if one.headache is Headache.NO and one.day in medians_in]
    return DiarySummary(
        days=tuple(days),
        headache_days=sum(one.headache is Headache.YES for one in days),
        clear_days=sum(one.headache is Headache.NO for one in days),
        backfilled_days=sum(one.backfilled for one in days),
        scores=scores,
        usable_answered=len(aching) + len(clear),
        usable_headache=len(aching),
        usable_clear=len(clear),
        association=associate(days, medians_in),
    )


def stretch(days: Sequence[DiaryDay], scores: Sequence[ScorePoint], first: date, last: date) -> Stretch:
    """What the diary says of the days from ``first`` to ``last``, both in."""
    inside = [one for one in days if first <= one.day <= last]
    latest = {point.name: point for point in scores if first <= point.at.date() <= last}
    aching = sum(one.headache is Headache.YES for one in inside)
    return Stretch(first, last, aching, len(inside), tuple(latest[name] for name in sorted(latest)))


def associate(days: Sequence[DiaryDay], medians_in: Mapping[date, float]) -> Association | None:
    """Daily medians beside headaches; ``None`` with too few days of either kind."""
    known = [one for one in days if one.day in medians_in]
    aching = sum(one.headache is Headache.YES for one in known)
    clear = len(known) - aching
    if len(known) < ASSOCIATION_DAYS or min(aching, clear) < ASSOCIATION_HEADACHES:
        return None
    first = min(*medians_in, days[0].day) - timedelta(days=1)
    length = (max(*medians_in, days[-1].day) - first).days + 1
    posture_in, ached = np.full(length, np.nan), np.full(length, np.nan)
    for day, value in medians_in.items():
        posture_in[(day - first).days] = value
    for one in days:
        ached[(one.day - first).days] = float(one.headache is Headache.YES)
    posture_in, ached = _without_course(posture_in), _without_course(ached)
    order = _orders(length)
    same_day = _difference(posture_in, ached, order)
    if same_day is None:
        return None
    return Association(len(known), aching, clear, same_day, _difference(np.roll(posture_in, 1), ached, order))


def _without_course(series: Floats) -> Floats:
    """What is left of a daily series (NaN: no value) without the polynomial that fits it best."""
    there = ~np.isnan(series)
    degree = min(max(2, len(series) // COURSE_DAYS), COURSE_MOST)
    basis = np.polynomial.legendre.legvander(np.linspace(-1.0, 1.0, len(series)), degree)
    fitted = np.linalg.lstsq(basis[there], series[there], rcond=None)[0]
    left: Floats = series - basis @ fitted
    return left


def _orders(length: int) -> NDArray[np.int16] | NDArray[np.int32]:
    """Shuffles of blocks, each begun at a day of its own, shape (SHUFFLES, length); fixed by the length."""
    return _kept_orders(length) if length <= KEPT_DAYS else _shuffled(length)


@lru_cache(maxsize=2)
def _kept_orders(length: int) -> NDArray[np.int16] | NDArray[np.int32]:
    return _shuffled(length)


def _shuffled(length: int) -> NDArray[np.int16] | NDArray[np.int32]:
    made = np.random.default_rng(length)
    blocks = max(2, length // BLOCK_DAYS)
    rows = np.empty((SHUFFLES, length), np.int16 if length < 2**15 else np.int32)
    for row in rows:
        parts = np.array_split(np.roll(np.arange(length), int(made.integers(length))), blocks)
        row[:] = np.concatenate([parts[place] for place in made.permutation(blocks)])
    return rows


def _difference(posture_in: Floats, ached: Floats, orders: NDArray[np.int16] | NDArray[np.int32]) -> Interval | None:
    """Inches further forward for a headache, ± what shuffled diaries reach at most at LEVEL."""
    there, value = ~np.isnan(posture_in), np.nan_to_num(posture_in)
    answered, sign = ~np.isnan(ached), np.nan_to_num(ached)
    if int((there & answered).sum()) < ASSOCIATION_DAYS:
        return None
    found = float(sign @ value) / float((sign**2) @ there)
    parts = (orders[first : first + AT_ONCE] for first in range(0, len(orders), AT_ONCE))
    pairs = [(sign[part] @ value, (sign**2)[part] @ there) for part in parts]
    # Whoever measures every other day has shuffles that lay no measured day beside an answer: these tell nothing.
    shuffled = np.concatenate([above[below > 0.0] / below[below > 0.0] for above, below in pairs])
    half = float(np.quantile(np.abs(shuffled), LEVEL))
    return Interval(found, found - half, found + half)
