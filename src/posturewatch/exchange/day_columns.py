"""The days as CSV, one a row, computed from minutes, events and diary: for reading alone. Pure."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Final

from posturewatch.base.quantities import fixed
from posturewatch.core.history.summary.records import DaySummary
from posturewatch.exchange import csv_cells as f
from posturewatch.exchange.csv_cells import Column
from posturewatch.exchange.load_columns import load_columns


def _day_column(name: str, unit: str, meaning: str, of: Callable[[DaySummary], str | None]) -> Column[DaySummary]:
    return Column(name, unit, meaning, of, f.Kind(str, str), required=False)


def _day_minutes(name: str, meaning: str, of: Callable[[DaySummary], float | None]) -> Column[DaySummary]:
    return _day_column(f"{name}_min", "min", meaning, lambda day: _decimals(of(day), 2))


def _day_inches(name: str, meaning: str, of: Callable[[DaySummary], float | None]) -> Column[DaySummary]:
    return _day_column(f"{name}_in", "in", meaning, lambda day: _decimals(of(day), 3))


def _day_count(name: str, meaning: str, of: Callable[[DaySummary], int | None]) -> Column[DaySummary]:
    return Column(name, "", meaning, of, f.whole(), required=False)


def _decimals(value: float | None, digits: int) -> str | None:
    return None if value is None else fixed(value, digits)


def _coverage(day: DaySummary) -> str | None:
    share = day.quality.coverage
    return _decimals(None if share is None else share * 100, 1)


DAYS: Final[tuple[Column[DaySummary], ...]] = (
    _day_column("date", "", "Local calendar day.", lambda day: day.day.isoformat()),
    _day_column(
        "usable",
        "",
        "Whether there is enough data for the day to be averaged.",
        lambda day: "yes" if day.usable else "no",
    ),
    _day_column(
        "tied",
        "",
        "Whether the day's zero is known: calibrated or tied on it. Values of other days compare with no other day.",
        lambda day: None if day.tied is None else "yes" if day.tied else "no",
    ),
    _day_minutes("tied", "Minutes with a reliable estimate that are tied.", lambda day: day.tied_min),
    _day_column("shortfall", "", "What is lacking on a day that is not usable.", lambda day: " ".join(day.shortfall)),
    _day_minutes("valid", "Minutes with a reliable estimate.", lambda day: day.quality.valid_min),
    _day_minutes("present", "Minutes with somebody there.", lambda day: day.quality.present_min),
    _day_minutes("away", "Minutes with nobody there.", lambda day: day.quality.away_min),
    _day_minutes("unreliable", "Minutes with no reliable estimate.", lambda day: day.quality.unreliable_min),
    _day_minutes("paused", "Minutes paused.", lambda day: day.quality.paused_min),
    _day_minutes("off", "Minutes with the camera off.", lambda day: day.quality.off_min),
    _day_column("coverage_pct", "%", "Share of the time at the desk that was measured.", _coverage),
    _day_inches("fht_p10", "10th percentile of the forward head distance.", lambda day: day.posture.p10_in),
    _day_inches("fht_median", "Median forward head distance.", lambda day: day.posture.p50_in),
    _day_inches("fht_p90", "90th percentile of the forward head distance.", lambda day: day.posture.p90_in),
    _day_inches("fht_se", "Mean standard error of the minutes.", lambda day: day.posture.se_in),
    *load_columns("load_index_median_lb", lambda day: day.posture.load),
    _day_minutes("below_0_5_in", "Valid minutes below 0.5 in.", lambda day: day.posture.band_min[0]),
    _day_minutes("from_0_5_to_1_in", "Valid minutes from 0.5 to 1 in.", lambda day: day.posture.band_min[1]),
    _day_minutes("from_1_to_2_in", "Valid minutes from 1 to 2 in.", lambda day: day.posture.band_min[2]),
    _day_minutes("from_2_in", "Valid minutes from 2 in on.", lambda day: day.posture.band_min[3]),
    _day_count("bouts", "Runs of minutes with a median from 1 in on.", lambda day: day.bouts.count),
    _day_minutes("bouts_total", "Minutes measured in them.", lambda day: day.bouts.total_min),
    _day_minutes("bouts_longest", "Minutes measured in the longest of them.", lambda day: day.bouts.longest_min),
    _day_minutes("bouts_mean", "Their mean length.", lambda day: day.bouts.mean_min),
    _day_count("breaks_due", "Breaks announced.", lambda day: day.breaks.due),
    _day_count("breaks_taken", "Breaks taken, due or by hand.", lambda day: day.breaks.taken),
    _day_count("breaks_by_hand", "Of the taken those that were not due.", lambda day: day.breaks.by_hand),
    _day_count("breaks_natural", "Absences long enough to count as a break.", lambda day: day.breaks.natural),
    _day_count("breaks_postponed", "Breaks postponed.", lambda day: day.breaks.postponed),
    _day_count("breaks_skipped", "Due breaks skipped.", lambda day: day.breaks.skipped),
    _day_count("nudges_shown", "Posture reminders shown.", lambda day: day.nudges.shown),
    _day_count("nudges_acted", "Of these followed by a change.", lambda day: day.nudges.acted),
    _day_count("nudges_dismissed", "Of these dismissed.", lambda day: day.nudges.dismissed),
    _day_count("nudges_timed_out", "Of these left unanswered.", lambda day: day.nudges.unanswered),
    _day_count("nudges_muted", "Reminders held back (call, full screen …).", lambda day: day.nudges.muted),
    _day_count("exercises_offered", "Exercises offered with a break.", lambda day: day.exercise_sum.offered),
    _day_count("exercises_done", "Of these done to the end of the break.", lambda day: day.exercise_sum.done),
    _day_count("exercises_ended_early", "Of these ended early.", lambda day: day.exercise_sum.ended_early),
    _day_count("exercises_skipped", "Of these skipped.", lambda day: day.exercise_sum.skipped),
    _day_count("exercises_worse", "Exercises noted as having made it worse.", lambda day: day.exercise_sum.worse),
    Column("utc_first_seen", "", "First minute with somebody there.", attrgetter("first_seen"), f.utc(), False),
    Column("utc_last_seen", "", "Last minute with somebody there.", attrgetter("last_seen"), f.utc(), False),
    _day_column("calibration_ids", "", "Calibrations in force.", lambda day: " ".join(map(str, day.calibration_ids))),
    _day_column("profiles", "", "Profiles in force.", lambda day: f.text(10_000).write("; ".join(day.profiles))),
    _day_column(
        "headache",
        "",
        "yes, no, or blank where the diary says nothing.",
        lambda day: str(day.diary.headache) if day.diary else "",
    ),
    _day_count("headache_worst_0_10", "Worst pain, 0 to 10.", lambda day: day.diary.worst if day.diary else None),
    _day_count("headache_duration_min", "Duration.", lambda day: day.diary.duration_min if day.diary else None),
    _day_column(
        "diary_back_filled",
        "",
        "Whether an entry was written on a later day.",
        lambda day: ("yes" if day.diary.backfilled else "no") if day.diary else "",
    ),
)
