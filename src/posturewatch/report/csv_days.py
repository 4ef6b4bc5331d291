"""The days as CSV (for reading; an import computes them anew) and the dictionary of all columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any, Final

from posturewatch.core.summary_records import DaySummary
from posturewatch.i18n import _
from posturewatch.report import csv_format as f
from posturewatch.report.csv_format import Column
from posturewatch.report.csv_tables import CALIBRATIONS, DIARY, EVENTS, MINUTES


def _column(name: str, unit: str, meaning: str, of: Callable[[DaySummary], str | None]) -> Column[DaySummary]:
    return Column(name, unit, meaning, of, f.Kind(str, str), required=False)


def _minutes(name: str, meaning: str, of: Callable[[DaySummary], float | None]) -> Column[DaySummary]:
    return _column(f"{name}_min", "min", meaning, lambda day: _decimals(of(day), 2))


def _inches(name: str, meaning: str, of: Callable[[DaySummary], float | None]) -> Column[DaySummary]:
    return _column(f"{name}_in", "in", meaning, lambda day: _decimals(of(day), 3))


def _count(name: str, meaning: str, of: Callable[[DaySummary], int | None]) -> Column[DaySummary]:
    return Column(name, "", meaning, of, f.whole(), required=False)


def _decimals(value: float | None, digits: int) -> str | None:
    return None if value is None else f"{value:.{digits}f}"


def _coverage(day: DaySummary) -> str | None:
    share = day.quality.coverage
    return _decimals(None if share is None else share * 100, 1)


DAYS: Final[tuple[Column[DaySummary], ...]] = (
    _column("date", "", "Local calendar day.", lambda day: day.day.isoformat()),
    _column(
        "usable",
        "",
        "Whether there is enough data for the day to be averaged.",
        lambda day: "yes" if day.usable else "no",
    ),
    _column("shortfall", "", "What is lacking on a day that is not usable.", lambda day: " ".join(day.shortfall)),
    _minutes("valid", "Minutes with a reliable estimate.", lambda day: day.quality.valid_min),
    _minutes("present", "Minutes with somebody there.", lambda day: day.quality.present_min),
    _minutes("away", "Minutes with nobody there.", lambda day: day.quality.away_min),
    _minutes("unreliable", "Minutes with no reliable estimate.", lambda day: day.quality.unreliable_min),
    _minutes("paused", "Minutes paused.", lambda day: day.quality.paused_min),
    _minutes("off", "Minutes with the camera off.", lambda day: day.quality.off_min),
    _column("coverage_pct", "%", "Share of the time at the desk that was measured.", _coverage),
    _inches("fht_p10", "10th percentile of the forward head distance.", lambda day: day.posture.p10_in),
    _inches("fht_median", "Median forward head distance.", lambda day: day.posture.p50_in),
    _inches("fht_p90", "90th percentile of the forward head distance.", lambda day: day.posture.p90_in),
    _inches("fht_se", "Mean standard error of the minutes.", lambda day: day.posture.se_in),
    _column(
        "load_index_median_lb",
        "lb",
        "Median rule-of-thumb load index, a teaching rule and no force.",
        lambda day: _decimals(day.posture.load_p50_lb, 2),
    ),
    _minutes("below_0_5_in", "Valid minutes below 0.5 in.", lambda day: day.posture.band_min[0]),
    _minutes("from_0_5_to_1_in", "Valid minutes from 0.5 to 1 in.", lambda day: day.posture.band_min[1]),
    _minutes("from_1_to_2_in", "Valid minutes from 1 to 2 in.", lambda day: day.posture.band_min[2]),
    _minutes("from_2_in", "Valid minutes from 2 in on.", lambda day: day.posture.band_min[3]),
    _count("bouts", "Runs of minutes with a median from 1 in on.", lambda day: day.bouts.count),
    _minutes("bouts_total", "Their minutes.", lambda day: day.bouts.total_min),
    _minutes("bouts_longest", "The longest run.", lambda day: day.bouts.longest_min),
    _minutes("bouts_mean", "Their mean length.", lambda day: day.bouts.mean_min),
    _count("breaks_due", "Breaks announced.", lambda day: day.breaks.due),
    _count("breaks_taken", "Breaks taken.", lambda day: day.breaks.taken),
    _count("breaks_natural", "Absences long enough to count as a break.", lambda day: day.breaks.natural),
    _count("breaks_postponed", "Breaks postponed.", lambda day: day.breaks.postponed),
    _count("breaks_skipped", "Breaks skipped.", lambda day: day.breaks.skipped),
    _count("nudges_shown", "Posture reminders shown.", lambda day: day.nudges.shown),
    _count("nudges_acted", "Of these followed by a change.", lambda day: day.nudges.acted),
    _count("nudges_dismissed", "Of these dismissed.", lambda day: day.nudges.dismissed),
    _count("nudges_timed_out", "Of these left unanswered.", lambda day: day.nudges.timed_out),
    _count("nudges_muted", "Reminders held back (call, full screen …).", lambda day: day.nudges.muted),
    Column("utc_first_seen", "", "First minute with somebody there.", attrgetter("first_seen"), f.utc(), False),
    Column("utc_last_seen", "", "Last minute with somebody there.", attrgetter("last_seen"), f.utc(), False),
    _column("calibration_ids", "", "Calibrations in force.", lambda day: " ".join(map(str, day.calibration_ids))),
    _column("profiles", "", "Profiles in force.", lambda day: f.text(10_000).write("; ".join(day.profiles))),
    _column(
        "headache",
        "",
        "yes, no, or blank where the diary says nothing.",
        lambda day: str(day.diary.headache) if day.diary else "",
    ),
    _count("headache_worst_0_10", "Worst pain, 0 to 10.", lambda day: day.diary.worst if day.diary else None),
    _count("headache_duration_min", "Duration.", lambda day: day.diary.duration_min if day.diary else None),
    _column(
        "diary_back_filled",
        "",
        "Whether an entry was written on a later day.",
        lambda day: ("yes" if day.diary.backfilled else "no") if day.diary else "",
    ),
)


def days_csv(days: Iterable[DaySummary]) -> str:
    """The days, one a row."""
    return f.write_rows(DAYS, days)


def data_dictionary() -> str:
    """Every column of every table: table, column, unit, meaning in the user's language."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(["table", "column", "unit", "meaning"])
    tables: tuple[tuple[str, tuple[Column[Any], ...]], ...] = (
        ("minutes", MINUTES),
        ("events", EVENTS),
        ("diary", DIARY),
        ("calibrations", CALIBRATIONS),
        ("days", DAYS),
    )
    for table, columns in tables:
        writer.writerows([table, column.name, column.unit, _(column.meaning)] for column in columns)
        writer.writerow(
            [table, "schema_version", "", _("Version of these columns: {number}.").format(number=f.SCHEMA_VERSION)]
        )
    return buffer.getvalue()
