"""The headache diary in numbers: days, weeks, and posture against headaches, carefully.

A day without an entry is unknown, not free of headache. Posture is set against headaches only with enough days of
both kinds, by the Hodges–Lehmann shift (the median of all differences between a headache day and a headache-free
one) with the interval that belongs to the rank-sum test (Hollander, Wolfe & Chicken, *Nonparametric Statistical
Methods*, section 4.3): no assumption about the shape of either, nothing random. It is exploratory by nature:
days in a row resemble one another, and which of the two came first is not in the data.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from math import sqrt
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

from posturewatch.base.records import DiaryEntry
from posturewatch.core.history.diary import is_backfilled
from posturewatch.core.history.summary.records import (
    ASSOCIATION_DAYS,
    ASSOCIATION_HEADACHES,
    Association,
    DiaryDay,
    DiarySummary,
    Headache,
    ScorePoint,
)

LEVEL: Final = 0.95

EXACT_PAIRS: Final = 1500
"""Up to so many pairs the interval's rank is counted exactly; above, the normal approximation is within a rank."""


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
        return DiaryDay(day, Headache.NO, entries=len(entries), backfilled=late)
    worst = [entry.worst for entry in aches if entry.worst is not None]
    lasted = [entry.duration_min for entry in aches if entry.duration_min is not None]
    return DiaryDay(
        day,
        Headache.YES,
        worst=max(worst, default=None),
        duration_min=sum(lasted) if lasted else None,
        entries=len(entries),
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
        association=associate(aching, clear),
    )


def associate(aching_in: Sequence[float], clear_in: Sequence[float]) -> Association | None:
    """Daily medians of headache days against those of headache-free days; ``None`` with too few of either."""
    m, n = len(aching_in), len(clear_in)
    if m + n < ASSOCIATION_DAYS or min(m, n) < ASSOCIATION_HEADACHES:
        return None
    differences = np.sort(np.subtract.outer(np.asarray(aching_in, float), np.asarray(clear_in, float)), axis=None)
    rank = interval_rank(m, n)
    further = float(np.mean(differences > 0.0) + np.mean(differences == 0.0) / 2.0)
    return Association(
        days=m + n,
        headache_days=m,
        clear_days=n,
        shift_in=float(np.median(differences)),
        low_in=float(differences[rank - 1]),
        high_in=float(differences[m * n - rank]),
        superiority=further,
        level=LEVEL,
    )


def interval_rank(m: int, n: int) -> int:
    """Rank, from below and from above, of the sorted m·n differences at which the interval ends.

    The largest k with P(U < k) ≤ (1 − LEVEL)/2 under "no difference", U the rank-sum count; at least 1.
    """
    tail = (1.0 - LEVEL) / 2.0
    if m * n > EXACT_PAIRS:
        spread = sqrt(m * n * (m + n + 1) / 12.0)
        return max(1, int(m * n / 2.0 - NormalDist().inv_cdf(1.0 - tail) * spread))
    cumulated = np.cumsum(_rank_sum_counts(m, n))
    below: NDArray[np.float64] = cumulated / cumulated[-1]
    return max(1, int(np.searchsorted(below, tail, side="right")))


def _rank_sum_counts(m: int, n: int) -> NDArray[np.float64]:
    """Number of ways in which m of m + n ranks give U = 0 … m·n (Mann & Whitney's recurrence)."""
    size = m * n + 1
    rows = [np.zeros(size) for _ in range(m + 1)]  # rows[i]: counts for i of the one kind and j of the other
    for row in rows:
        row[0] = 1.0
    for j in range(1, n + 1):
        previous = rows[0]
        for i in range(1, m + 1):
            counts = rows[i].copy()  # the largest is of the other kind: as with j − 1
            counts[j:] += previous[: size - j]  # the largest is of the one kind and stands above j others
            rows[i] = previous = counts
    return rows[m]
