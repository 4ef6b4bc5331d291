"""What shows over weeks: the heat map, weekly medians, and the calibrations beneath them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import numpy as np

from posturewatch.base.records import CalibrationRow
from posturewatch.core.history.minute_table import MinuteTable, distinct
from posturewatch.core.history.quantiles import WeightedValues
from posturewatch.core.history.summary.hours import CELL_MIN
from posturewatch.core.history.summary.limits import HEAT_DAYS
from posturewatch.core.history.summary.numbers import PostureSums
from posturewatch.core.history.summary.records import CalibrationNote, DaySummary, Headache, HeatCell, WeekSummary

HOURS: Final = 24


class HeatSums:
    """Adds the minutes of comparable days up to hour of day by weekday."""

    __slots__ = ("_cells", "_days", "_of_weekday")

    def __init__(self) -> None:
        self._cells: defaultdict[int, WeightedValues] = defaultdict(lambda: WeightedValues(room=1024))
        self._days: Counter[int] = Counter()
        self._of_weekday: Counter[int] = Counter()

    def add(self, minutes: MinuteTable) -> None:
        """Count one day in: all minutes are of the same local day."""
        weight = minutes.measured_s
        seen = np.flatnonzero(weight > 0.0)
        # date.toordinal() counts from a Monday: ordinal 1 is one.
        cell = ((minutes["day"][seen].astype(np.int64) - 1) % 7) * HOURS + minutes["hour"][seen]
        self._of_weekday.update(distinct(cell // HOURS))
        for place in distinct(cell):
            inside = seen[cell == place]
            self._days[place] += float(weight[inside].sum()) >= 60.0 * CELL_MIN
            self._cells[place].add(minutes["fht_median_in"][inside], weight[inside])

    def cells(self) -> tuple[HeatCell, ...]:
        """Cells that enough days speak for, Monday first: in colours, a single long evening would be what is seen."""
        made = []
        for place, values in sorted(self._cells.items()):
            middle = values.quantiles((0.5,))
            weekday, hour = divmod(place, HOURS)
            if middle is not None and self._days[place] >= min(HEAT_DAYS, self._of_weekday[weekday]):
                made.append(HeatCell(weekday, hour, values.total / 60.0, middle[0]))
        return tuple(made)


class WeekSums:
    """Adds days in order up to the weeks from Monday that they touch; the values are those of comparable days."""

    __slots__ = ("_days", "_sums", "_weeks")

    def __init__(self) -> None:
        self._weeks: list[WeekSummary] = []
        self._days: list[DaySummary] = []
        self._sums = PostureSums()

    def add(self, day: DaySummary, sums: PostureSums | None) -> None:
        """The next day; ``sums``: of the minutes that its values are made of, None where it has none."""
        if self._days and _monday(day.day) != _monday(self._days[0].day):
            self._close()
        self._days.append(day)
        if day.comparable and sums is not None:
            self._sums.join(sums)

    def weeks(self) -> tuple[WeekSummary, ...]:
        """All weeks; nothing may be added any more."""
        if self._days:
            self._close()
        return tuple(self._weeks)

    def _close(self) -> None:
        self._weeks.append(_week(_monday(self._days[0].day), self._days, self._sums))
        self._days, self._sums = [], PostureSums()


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _week(monday: date, days: Sequence[DaySummary], sums: PostureSums) -> WeekSummary:
    over = sums.posture()
    medians = [one.posture.p50_in for one in days if one.comparable and one.posture.p50_in is not None]
    known = [one for one in days if one.usable and one.tied is not None]
    answers = [one.diary.headache for one in days if one.diary is not None]
    return WeekSummary(
        monday=monday,
        days=len(days),
        usable_days=sum(one.usable for one in days),
        tied_days=sum(one.tied is True for one in known) if known else None,
        comparable_days=sum(one.comparable for one in days),
        valid_min=sums.valid_min,
        median_in=over.p50_in,
        p10_in=over.p10_in,
        p90_in=over.p90_in,
        low_in=min(medians, default=None),
        high_in=max(medians, default=None),
        se_in=over.se_in,
        headache_days=sum(answer is Headache.YES for answer in answers),
        answered_days=len(answers),
    )


def calibration_notes(
    calibrations: Sequence[CalibrationRow], days: Sequence[DaySummary]
) -> tuple[CalibrationNote, ...]:
    """The calibrations that minutes of the period rest on, and those made in it, in order of time."""
    used = {number for one in days for number in one.calibration_ids}
    notes = []
    for row in sorted(calibrations, key=lambda one: one.at):
        made_here = bool(days) and days[0].day <= row.at.date() <= days[-1].day
        if not made_here and row.id not in used:
            continue
        under = sum(one.usable and row.id in one.calibration_ids for one in days)
        notes.append(CalibrationNote(row.at, row.profile, row.repeatability_in, row.frames, row.view, under, row.id))
    return tuple(notes)
