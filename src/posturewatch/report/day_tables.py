"""Tables of days and of one day's hours; the same shape as those of ``tables``."""

from __future__ import annotations

from typing import Final

import numpy as np

from posturewatch.base.i18n import _
from posturewatch.base.quantities import Units
from posturewatch.base.wording import day_name
from posturewatch.core.history.minute_table import MinuteTable
from posturewatch.core.history.quantiles import Floats, weighted_quantiles
from posturewatch.core.history.summary.records import DaySummary, Shortfall
from posturewatch.report import words
from posturewatch.report.material import Material
from posturewatch.report.tables import Table


def days(material: Material) -> Table:
    """One row for each recorded day."""
    recorded = [day for day in material.newest_days if Shortfall.NOTHING not in day.shortfall]
    named = words.bands(material.units)
    return Table(
        _("Days on which something was recorded"),
        (
            _("Day"),
            _("Valid"),
            _("Coverage"),
            _("Away"),
            _("Paused or camera off"),
            _("Median"),
            _("P10"),
            _("P90"),
            *named,
            _("Longest at {limit} or more").format(limit=words.length(1.0, material.units)),
            _("Breaks taken and natural"),
            _("Reminders"),
            _("Use"),
        ),
        tuple(_day(day, material.units) for day in recorded),
        wordy=(15,),
        thin=tuple(index for index, day in enumerate(recorded) if not day.comparable),
    )


def _day(day: DaySummary, units: Units) -> tuple[str, ...]:
    return (
        day_name(day.day),
        words.duration(day.quality.valid_min),
        words.percent(day.quality.coverage),
        words.duration(day.quality.away_min),
        words.duration(day.quality.camera_off_min),
        words.day_median(day, units),
        words.length(day.posture.p10_in, units),
        words.length(day.posture.p90_in, units),
        *(words.duration(minutes) for minutes in day.posture.band_min),
        words.duration(day.bouts.longest_min),
        words.number(day.breaks.taken + day.breaks.natural),
        words.number(day.nudges.shown),
        words.use(day),
    )


def days_short(material: Material) -> Table:
    """One row for each recorded day, as wide as a sheet of paper."""
    recorded = [day for day in material.newest_days if Shortfall.NOTHING not in day.shortfall]
    limit = words.length(1.0, material.units)
    rows = []
    for day in recorded:
        share = day.posture.band_share
        rows.append(
            (
                day_name(day.day),
                words.duration(day.quality.valid_min),
                words.percent(day.quality.coverage),
                words.day_median(day, material.units),
                words.length(day.posture.p90_in, material.units),
                words.percent(None if share is None else share[2] + share[3]),
                words.duration(day.bouts.longest_min),
                words.use(day),
            )
        )
    return Table(
        _("Days on which something was recorded"),
        (
            _("Day"),
            _("Valid"),
            _("Coverage"),
            _("Median"),
            _("P90"),
            _("At {limit} or more").format(limit=limit),
            _("Longest bout"),
            _("Use"),
        ),
        tuple(rows),
        wordy=(7,),
        thin=tuple(index for index, day in enumerate(recorded) if not day.comparable),
    )


_MINUTE_S: Final = 60.0

_OFFSETS: Final = 10_000
"""More than minutes between any two offsets from UTC."""


def hours_of_day(minutes: MinuteTable, units: Units) -> Table:
    """One day by the hour: the table of the day's timeline. An hour that the clock showed twice (summer time ended, a
    flight west) has two rows, and all then name their offset from UTC."""
    keys = minutes["hour"].astype(np.int64) * _OFFSETS + minutes["offset_min"]
    found, first = np.unique(keys, return_index=True)
    in_order = first[np.argsort(first)]
    twice = len(found) > len(np.unique(minutes["hour"]))
    made = []
    for place in in_order.tolist():
        inside = minutes.where(keys == keys[place])
        hour = int(minutes["hour"][place])
        clock = f"{hour:02d}:00 ({minutes.start(place).isoformat()[-6:]})" if twice else f"{hour:02d}:00"
        valid_s = float(inside["valid_s"].sum())
        middle = weighted_quantiles(*_medians(inside), (0.5,))
        made.append(
            (
                clock,
                words.duration(valid_s / _MINUTE_S),
                words.duration(float(inside["away_s"].sum()) / _MINUTE_S),
                words.duration(float((inside["paused_s"] + inside["off_s"]).sum()) / _MINUTE_S),
                words.length(middle[0] if middle else None, units),
                words.percent(float(inside["band_s"][:, 2:].sum()) / valid_s if valid_s else None),
            )
        )
    return Table(
        _("The day by the hour"),
        (
            _("Hour"),
            _("Valid"),
            _("Away"),
            _("Paused or camera off"),
            _("Median"),
            _("Share at {limit} or more").format(limit=words.length(1.0, units)),
        ),
        tuple(made),
    )


def _medians(minutes: MinuteTable) -> tuple[Floats, Floats]:
    """The medians of the minutes that have one, and their seconds."""
    known = ~np.isnan(minutes["fht_median_in"])
    return minutes["fht_median_in"][known], minutes["valid_s"][known]
