"""The files of a day: its minutes as CSV, and a few lines of text for the day and its week. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from posturewatch.base.i18n import _
from posturewatch.base.quantities import Units
from posturewatch.base.wording import day_name, footer
from posturewatch.core.history.adherence import exercises_words, sum_exercises
from posturewatch.core.history.journal_content import JournalContent
from posturewatch.core.history.outcomes import breaks_words, nudges_words
from posturewatch.core.history.summary.period import summarise_period
from posturewatch.core.history.summary.records import DaySummary, Headache, PeriodSummary, WeekSummary
from posturewatch.exchange.csv_cells import LeftOut, encode
from posturewatch.exchange.csv_tables import data_dictionary, minutes_csv
from posturewatch.report import words
from posturewatch.report.day_words import untied_words

DICTIONARY_NAME = "data_dictionary.csv"


def week_of(day: date) -> tuple[date, date]:
    """Monday and Sunday of the week in which the day lies."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def day_files(
    day: date, week: JournalContent, units: Units, left: LeftOut | None = None
) -> tuple[tuple[str, bytes], ...]:
    """(name, content) of the day's CSV and text, its week's text, and the dictionary of the columns.

    ``week``: what the journal holds of the week of ``day`` (see :func:`week_of`). ``left``: counts the rows that the
    CSV leaves out.
    """
    monday, sunday = week_of(day)
    period = summarise_period(week, first=monday, last=sunday)
    summary = period.days[day.weekday()]
    year, number, _weekday = day.isocalendar()
    return (
        (f"{day.isoformat()}.csv", encode(minutes_csv(week.minutes.of_days(day, day), left))),
        (f"{day.isoformat()}.txt", day_text(summary, units).encode()),
        (f"{year}-W{number:02d}.txt", week_text(period, units).encode()),
        (DICTIONARY_NAME, encode(data_dictionary())),
    )


def day_text(day: DaySummary, units: Units) -> str:
    """A day in a few lines, the quality of its data first."""
    return _page(day_name(day.day), [*_quality(day), *_posture(day, units), *_reminders(day), *_diary(day)])


def week_text(period: PeriodSummary, units: Units) -> str:
    """A week in a few lines: a line for each day, then the median of its usable days."""
    title = _("Week from {first} to {last}").format(first=day_name(period.first), last=day_name(period.last))
    lines = [_day_line(day, units) for day in period.days]
    lines.append(_("Usable days: {count} of {all}").format(count=period.usable_days, all=len(period.days)))
    for week in period.weeks:
        lines += _week_median(week, units)
    lines += _reminders(period)
    if period.diary.headache_days or period.diary.clear_days:
        lines.append(
            _("Headache days in the diary: {headache}; days without headache: {clear}").format(
                headache=period.diary.headache_days, clear=period.diary.clear_days
            )
        )
    return _page(title, lines)


def _quality(day: DaySummary) -> list[str]:
    quality = day.quality
    return [
        _("Data: {state}").format(state=words.shortfall(day.shortfall)),
        *_tie(day),
        _("Valid {valid}, present {present}, away {away}, paused or camera off {off}, coverage {coverage}").format(
            valid=words.duration(quality.valid_min),
            present=words.duration(quality.present_min),
            away=words.duration(quality.away_min),
            off=words.duration(quality.camera_off_min),
            coverage=words.percent(quality.coverage),
        ),
    ]


def _tie(day: DaySummary) -> list[str]:
    if day.tied is False:
        return [untied_words()]
    if day.tied_min is None or day.quality.valid_min - day.tied_min < 1.0:
        return []
    return [_("Values are those of the {tied} that are tied.").format(tied=words.duration(day.tied_min))]


def _posture(day: DaySummary, units: Units) -> list[str]:
    posture = day.posture
    if posture.p50_in is None:
        return [_("No estimate on this day.")]
    lines = [
        _("Estimated forward head distance: median {median}, 90 % of the time below {p90}").format(
            median=words.length_with_error(posture.p50_in, posture.se_in, units),
            p90=words.length(posture.p90_in, units),
        ),
        _("Rule-of-thumb load index: {load}").format(load=words.load(posture.load, units)),
        words.load_rule(),
    ]
    lines += [
        f"  {name}: {words.duration(spent)}" for name, spent in zip(words.bands(units), posture.band_min, strict=True)
    ]
    lines.append(
        _("Runs of minutes from {edge} on: {count}, the longest {longest}").format(
            edge=words.length(1.0, units), count=day.bouts.count, longest=words.duration(day.bouts.longest_min)
        )
    )
    return lines


def _reminders(over: DaySummary | PeriodSummary) -> list[str]:
    exercises = exercises_words(sum_exercises(over.exercises))
    return [breaks_words(over.breaks), nudges_words(over.nudges), *([exercises] if exercises else [])]


def _diary(day: DaySummary) -> list[str]:
    if day.diary is None:
        return []
    if day.diary.headache is Headache.NO:
        return [_("Diary: no headache")]
    said = _("Diary: headache")
    if day.diary.worst is not None:
        said += ", " + _("worst {worst} of 10").format(worst=day.diary.worst)
    if day.diary.duration_min is not None:
        said += ", " + words.duration(day.diary.duration_min)
    return [said]


def _day_line(day: DaySummary, units: Units) -> str:
    said = _("{day}: median {median}, valid {valid}").format(
        day=day_name(day.day),
        median=words.length_with_error(day.posture.p50_in, day.posture.se_in, units),
        valid=words.duration(day.quality.valid_min),
    )
    return said if day.usable else f"{said} ({words.shortfall(day.shortfall)})"


def _week_median(week: WeekSummary, units: Units) -> list[str]:
    if week.median_in is None:
        return []
    return [
        _("Median of the usable days: {median}").format(
            median=words.length_with_error(week.median_in, week.se_in, units)
        )
    ]


def _page(title: str, lines: Iterable[str]) -> str:
    return "\n".join([title, "", *lines, "", footer(), ""])
