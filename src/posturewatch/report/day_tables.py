"""Tables of days and of one day's hours; the same shape as those of ``tables``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from posturewatch.core.summary_records import DaySummary, Shortfall
from posturewatch.i18n import _
from posturewatch.records import MinuteRow
from posturewatch.report import words
from posturewatch.report.material import Material, Units
from posturewatch.report.tables import Table


def days(material: Material) -> Table:
    """One row for each recorded day."""
    recorded = [day for day in material.period.days if Shortfall.NOTHING not in day.shortfall]
    named = words.bands(material.units)
    return Table(
        _("Days on which something was recorded"),
        (
            _("Day"),
            _("Valid"),
            _("Coverage"),
            _("Away"),
            _("Camera off"),
            _("Median"),
            _("P10"),
            _("P90"),
            *named,
            _("Longest at {limit} or more").format(limit=words.length(1.0, material.units)),
            _("Breaks"),
            _("Reminders"),
            _("Use"),
        ),
        tuple(_day(day, material.units) for day in recorded),
        wordy=(15,),
        thin=tuple(index for index, day in enumerate(recorded) if not day.usable),
    )


def _day(day: DaySummary, units: Units) -> tuple[str, ...]:
    return (
        words.day_name(day.day),
        words.duration(day.quality.valid_min),
        words.percent(day.quality.coverage),
        words.duration(day.quality.away_min),
        words.duration(day.quality.camera_off_min),
        words.length_with_error(day.posture.p50_in, day.posture.se_in, units),
        words.length(day.posture.p10_in, units),
        words.length(day.posture.p90_in, units),
        *(words.duration(minutes) for minutes in day.posture.band_min),
        words.duration(day.bouts.longest_min),
        words.number(day.breaks.taken + day.breaks.natural),
        words.number(day.nudges.shown),
        words.shortfall(day.shortfall),
    )


def days_short(material: Material) -> Table:
    """One row for each recorded day, as wide as a sheet of paper."""
    recorded = [day for day in material.period.days if Shortfall.NOTHING not in day.shortfall]
    limit = words.length(1.0, material.units)
    rows = []
    for day in recorded:
        share = day.posture.band_share
        rows.append(
            (
                words.day_name(day.day),
                words.duration(day.quality.valid_min),
                words.percent(day.quality.coverage),
                words.length_with_error(day.posture.p50_in, day.posture.se_in, material.units),
                words.length(day.posture.p90_in, material.units),
                words.percent(None if share is None else share[2] + share[3]),
                words.duration(day.bouts.longest_min),
                words.shortfall(day.shortfall),
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
        thin=tuple(index for index, day in enumerate(recorded) if not day.usable),
    )


_MINUTE_S: Final = 60.0


def hours_of_day(rows: Sequence[MinuteRow], units: Units) -> Table:
    """One day by the hour: the table of the day's timeline."""
    by_hour: dict[int, list[MinuteRow]] = {}
    for row in rows:
        by_hour.setdefault(row.start.hour, []).append(row)
    made = []
    for hour, members in by_hour.items():
        valid_s = away_s = off_s = beyond_s = 0.0
        weighted = []
        for row in members:
            valid_s += row.valid_s
            away_s += row.away_s
            off_s += row.paused_s + row.off_s
            beyond_s += row.band_s[2] + row.band_s[3]
            if row.fht_median_in is not None:
                weighted.append((row.fht_median_in, row.valid_s))
        made.append(
            (
                f"{hour:02d}:00",
                words.duration(valid_s / _MINUTE_S),
                words.duration(away_s / _MINUTE_S),
                words.duration(off_s / _MINUTE_S),
                words.length(_weighted_median(weighted), units),
                words.percent(beyond_s / valid_s if valid_s else None),
            )
        )
    return Table(
        _("The day by the hour"),
        (
            _("Hour"),
            _("Valid"),
            _("Away"),
            _("Camera off"),
            _("Median"),
            _("Share at {limit} or more").format(limit=words.length(1.0, units)),
        ),
        tuple(made),
    )


def _weighted_median(pairs: list[tuple[float, float]]) -> float | None:
    """Lower weighted median of (value, weight)."""
    total, running = sum(weight for _value, weight in pairs), 0.0
    for value, weight in sorted(pairs):
        running += weight
        if running >= total / 2:
            return value
    return None
