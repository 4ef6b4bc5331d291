"""What shows over weeks: the heat map, weekly medians, and the calibrations beneath them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import numpy as np

from posturewatch.base.records import CalibrationRow
from posturewatch.core.history.minute_table import MinuteTable
from posturewatch.core.history.quantiles import weighted_quantiles
from posturewatch.core.history.summary.numbers import posture
from posturewatch.core.history.summary.records import (
    CalibrationNote,
    DaySummary,
    Headache,
    HeatCell,
    WeekSummary,
)

HOURS: Final = 24


def heat_map(minutes: MinuteTable) -> tuple[HeatCell, ...]:
    """Hour of day by weekday, only cells with valid time, Monday first."""
    weight = minutes.measured_s
    seen = np.flatnonzero(weight > 0.0)
    # date.toordinal() counts from a Monday: ordinal 1 is one.
    cell = ((minutes["day"][seen] - 1) % 7) * HOURS + minutes["hour"][seen]
    cells: list[HeatCell] = []
    for place in np.unique(cell):
        inside = seen[cell == place]
        middle = weighted_quantiles(minutes["fht_median_in"][inside], weight[inside], (0.5,))
        bands = minutes["band_s"][inside].sum(axis=0)
        if middle is None:
            continue
        beyond = float(bands[2:].sum() / bands.sum()) if bands.sum() > 0.0 else 0.0
        weekday, hour = divmod(int(place), HOURS)
        cells.append(HeatCell(weekday, hour, float(weight[inside].sum()) / 60.0, middle[0], beyond))
    return tuple(cells)


def week_summaries(days: Sequence[DaySummary], minutes: MinuteTable) -> tuple[WeekSummary, ...]:
    """Weeks from Monday that the days touch; ``minutes``: those of the comparable days."""
    by_week: defaultdict[date, list[DaySummary]] = defaultdict(list)
    for one in days:
        by_week[one.day - timedelta(days=one.day.weekday())].append(one)
    return tuple(_week(monday, by_week[monday], minutes) for monday in sorted(by_week))


def _week(monday: date, days: Sequence[DaySummary], minutes: MinuteTable) -> WeekSummary:
    inside = minutes.of_days(monday, monday + timedelta(days=6))
    over = posture(inside)
    medians = [one.posture.p50_in for one in days if one.comparable and one.posture.p50_in is not None]
    known = [one for one in days if one.usable and one.tied is not None]
    answers = [one.diary.headache for one in days if one.diary is not None]
    return WeekSummary(
        monday=monday,
        days=len(days),
        usable_days=sum(one.usable for one in days),
        tied_days=sum(one.tied is True for one in known) if known else None,
        comparable_days=sum(one.comparable for one in days),
        valid_min=float(inside.measured_s.sum()) / 60.0,
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
    calibrations: Sequence[CalibrationRow], minutes: MinuteTable, days: Sequence[DaySummary]
) -> tuple[CalibrationNote, ...]:
    """The calibrations that minutes of the period rest on, and those made in it, in order of time."""
    used = {int(one) for one in np.unique(minutes["calibration_id"])}
    notes = []
    for row in sorted(calibrations, key=lambda one: one.at):
        made_here = bool(days) and days[0].day <= row.at.date() <= days[-1].day
        if not made_here and row.id not in used:
            continue
        under = sum(one.usable and row.id in one.calibration_ids for one in days)
        notes.append(CalibrationNote(row.at, row.profile, row.repeatability_in, row.frames, row.view, under, row.id))
    return tuple(notes)
