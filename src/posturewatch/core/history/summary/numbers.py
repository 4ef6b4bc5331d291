"""The numbers of a stretch of minutes: quality, bands, percentiles, bouts. Pure, whole columns at a time."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from posturewatch.base.records import MINUTE_SECONDS
from posturewatch.core.history.minute_table import MinuteTable
from posturewatch.core.history.quantiles import Floats, WeightedValues
from posturewatch.core.history.summary.limits import MIN_COVERAGE, MIN_TIED_MIN, MIN_VALID_MIN
from posturewatch.core.history.summary.records import MINUTE_SHARES, Bouts, Posture, Quality, Shortfall

BOUT_IN: Final = 1.0
"""A minute belongs to a bout if its median lies here or beyond."""

BOUT_VALID_S: Final = 20.0
"""… and if a third of it was seen. Smaller, and one glance speaks for a minute."""

BRIDGE_MIN: Final = 2
"""Minutes without a number that may stand inside a bout (head turned, hand on face). Larger, and a bout holds what
nobody saw. An upright minute, an empty chair or a gap always ends a bout."""

AWAY_ENDS_S: Final = 20.0
"""A minute with this much absence ends a bout even if the rest of it was forward."""


def quality(minutes: MinuteTable) -> Quality:
    """Minutes by kind and the coverage of one day (see :class:`Quality` for what counts)."""
    if not len(minutes):
        return Quality()
    valid, away, unreliable, paused, off = (float(minutes[name].sum()) / 60.0 for name in MINUTE_SECONDS)
    seen = minutes.seen
    coverage = None
    if len(seen):
        unseen_s = (minutes["paused_s"] + minutes["off_s"])[seen[0] : seen[-1] + 1]
        coverage = valid / (valid + unreliable + float(unseen_s.sum()) / 60.0)
    return Quality(valid, away, unreliable, paused, off, coverage)


def shortfall(of: Quality) -> tuple[Shortfall, ...]:
    """Why a day of this quality is not averaged; empty for a usable one."""
    if of.valid_min <= 0.0:
        return (Shortfall.NOTHING,)
    few = (Shortfall.MINUTES,) if of.valid_min < MIN_VALID_MIN else ()
    thin = (Shortfall.COVERAGE,) if of.coverage is None or of.coverage < MIN_COVERAGE else ()
    return (*few, *thin)


def tied_min(minutes: MinuteTable) -> float | None:
    """Minutes of valid time that are tied; ``None`` where no minute says."""
    seen, tied = minutes.measured_s, minutes["tied"]
    if not (seen[tied >= 0] > 0.0).any():
        return None
    return float(seen[tied == 1].sum()) / 60.0


def is_tied(minutes: MinuteTable) -> bool | None:
    """Whether the zero of this day is known; ``None`` where no minute says."""
    tied = tied_min(minutes)
    if tied is None:
        return None
    known_s = float(minutes.measured_s[minutes["tied"] >= 0].sum())
    return tied >= min(MIN_TIED_MIN, known_s / 120.0)


def counting(minutes: MinuteTable) -> MinuteTable:
    """The minutes of a day that its values are made of: without those known to be untied, where the day is tied."""
    return minutes.where(minutes["tied"] != 0) if is_tied(minutes) else minutes


def spread(minutes: MinuteTable, chosen: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Values (in) and weights (s), shape (3n,) each: every chosen minute as its P10, median and P90 at 30, 40 and 30 %.

    The three stand for what was seen within the minute; its median alone would hide a restless one. A minute without a
    P10 (a journal from before it was kept) speaks with its median alone. Only minutes with a number may be given.
    """
    low, median, high = (minutes[name][chosen] for name in ("fht_p10_in", "fht_median_in", "fht_p90_in"))
    known = ~(np.isnan(low) | np.isnan(high))
    values = (np.where(known, low, median), median, np.where(known, high, median))
    weight = minutes.measured_s[chosen]
    return np.concatenate(values), np.concatenate([weight * one for one in MINUTE_SHARES])


class PostureSums:
    """Adds minutes up to a :class:`Posture`, of a day or of years, in memory that does not grow with their number."""

    __slots__ = ("_band_s", "_error_in_s", "_error_s", "_median", "_spread")

    def __init__(self) -> None:
        self._band_s: Floats = np.zeros(4)
        self._median, self._spread = WeightedValues(), WeightedValues()
        self._error_in_s = self._error_s = 0.0

    def add(self, minutes: MinuteTable) -> None:
        """Count these minutes in."""
        self._band_s = self._band_s + minutes["band_s"].sum(axis=0)
        weight: Floats = minutes.measured_s
        seen = weight > 0.0
        if not seen.any():
            return
        self._median.add(minutes["fht_median_in"][seen], weight[seen])
        self._spread.add(*spread(minutes, seen))
        known = seen & ~np.isnan(minutes["fht_se_in"])
        self._error_in_s += float(minutes["fht_se_in"][known] @ weight[known])
        self._error_s += float(weight[known].sum())

    def join(self, other: PostureSums) -> None:
        """Count in what another has added up."""
        self._band_s = self._band_s + other._band_s
        self._median.join(other._median)
        self._spread.join(other._spread)
        self._error_in_s += other._error_in_s
        self._error_s += other._error_s

    @property
    def valid_min(self) -> float:
        """Minutes with a number."""
        return self._median.total / 60.0

    def posture(self) -> Posture:
        """Bands and percentiles over the valid time of all minutes that were added."""
        middle, outer = self._median.quantiles((0.5,)), self._spread.quantiles((0.1, 0.9))
        if middle is None or outer is None:
            return Posture()
        total = float(self._band_s.sum())
        b0, b1, b2, b3 = (float(one) for one in self._band_s / 60.0)
        share = None
        if total > 0.0:
            s0, s1, s2, s3 = (float(one) for one in self._band_s / total)
            share = (s0, s1, s2, s3)
        se_in = self._error_in_s / self._error_s if self._error_s > 0.0 else None
        return Posture((b0, b1, b2, b3), share, outer[0], middle[0], outer[1], se_in)


def posture(minutes: MinuteTable) -> Posture:
    """Bands and percentiles over the valid time of these minutes."""
    sums = PostureSums()
    sums.add(minutes)
    return sums.posture()


def bout_lengths_min(minutes: MinuteTable) -> Floats:
    """Length of each bout in minutes: the time that was measured in its minutes, so that no bout is longer than what
    was seen. A bridged minute holds a bout together and adds nothing to it."""
    if not len(minutes):
        return np.empty(0)
    valid, away = minutes.measured_s, minutes["away_s"]
    number = valid >= BOUT_VALID_S
    beyond = number & (np.nan_to_num(minutes["fht_median_in"], nan=-1.0) >= BOUT_IN) & (away < AWAY_ENDS_S)
    ends = (number & ~beyond) | (away >= AWAY_ENDS_S)
    places = np.flatnonzero(beyond)
    if not len(places):
        return np.empty(0)
    at = minutes["minute"][places]
    enders = np.cumsum(ends)[places]
    apart = np.diff(at) - 1
    rows_between = np.diff(places) - 1
    breaks = (apart > BRIDGE_MIN) | (rows_between < apart) | (np.diff(enders) > 0)
    breaks |= np.diff(minutes["day"][places]) != 0
    first = np.concatenate(([0], np.flatnonzero(breaks) + 1))
    lengths: Floats = np.add.reduceat(valid[places], first) / 60.0
    return lengths


def bouts(lengths_min: Floats) -> Bouts:
    """Number, sum, longest and mean."""
    if not len(lengths_min):
        return Bouts()
    return Bouts(len(lengths_min), float(lengths_min.sum()), float(lengths_min.max()), float(lengths_min.mean()))
