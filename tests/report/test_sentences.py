"""What the report says in words, on days made by hand."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from posturewatch.core.history.day_figures import figures
from posturewatch.core.history.summary.change import judge_change
from posturewatch.core.history.summary.limits import ANSWERED_DAYS
from posturewatch.core.history.summary.records import Change, DaySummary, Posture, Quality
from posturewatch.report import day_tables, first_screen, sentences, tables
from posturewatch.report.day_words import quality_words
from report.journals import DAY, diary, hours, report

MONDAY = date(2026, 1, 5)


def _weeks(values: list[float], days: int = 5) -> list[DaySummary]:
    """Tied days, so many from each Monday on, with these medians."""
    return [
        DaySummary(
            MONDAY + timedelta(days=7 * week + day),
            Quality(300.0, coverage=1.0),
            (),
            posture=Posture(p50_in=value + 0.01 * day),
            calibration_ids=(1,),
            tied=True,
        )
        for week, value in enumerate(values)
        for day in range(days)
    ]


def _told(change: Change) -> str:
    """What the report says of it."""
    made = report(hours(4))
    return sentences.change(replace(made, period=replace(made.period, change=change))).replace("\u00a0", " ")


def test_a_change_is_told_with_its_interval() -> None:
    """2.0 in less over eight even weeks is more than any error: said with interval, weeks and tied days."""
    said = _told(judge_change(_weeks([2.4 - 0.28 * week for week in range(8)]), {1: 0.15}))
    assert "Over 8 weeks with 40 tied days the distance changed by −1.96 in" in said
    assert "95 % interval" in said


def test_a_change_that_cannot_be_told_is_not() -> None:
    """0.3 in less over eight weeks lies within the interval: said so, with the interval."""
    said = _told(judge_change(_weeks([1.0 - 0.043 * week for week in range(8)]), {1: 0.15}))
    assert "No change of the distance can be told over 8 weeks" in said


def test_too_few_tied_days_are_counted() -> None:
    """One day against one day, and days that nobody knows to be tied, tell of no change: what is missing is said."""
    two = [_weeks([1.2, 0.6], days=1)]
    assert "at least 10 more days are missing" in _told(judge_change(two[0], {}))
    untold = [replace(day, tied=None) for day in _weeks([1.2] * 8)]
    assert "at least 12 more days are missing" in _told(judge_change(untold, {}))
    made = report([row for n in range(28) for row in hours(3, 1.0, DAY - timedelta(days=n))], first=DAY - timedelta(27))
    assert "does not say which of its days were tied" in sentences.change(made)


def test_a_visit_sets_the_weeks_after_against_those_before() -> None:
    """Since the visit: a step of 1.5 in, told with its date; with one week on either side, what is missing."""
    days = _weeks([2.0, 2.0, 2.0, 0.5, 0.5, 0.5])
    visit = MONDAY + timedelta(days=21)
    said = _told(judge_change(days, {1: 0.1}, visit))
    assert f"Since {visit} the distance changed by −1.50 in" in said
    assert "more day" in _told(judge_change(days[10:20], {1: 0.1}, visit))


def test_an_insufficient_day_is_shown_and_not_averaged() -> None:
    """A day of one hour stands in the table, marked, and leaves the median alone."""
    yesterday = DAY - timedelta(days=1)
    made = report([*hours(4, 0.5, yesterday), *hours(1, 3.0)], first=yesterday, last=DAY)
    assert made.period.posture.p50_in == 0.5
    table = day_tables.days(made)
    assert len(table.rows) == 2
    assert table.thin == (1,)
    assert "under 120 valid minutes" in table.rows[1][-1]
    assert "1 of 2 recorded days can be used" in sentences.verdict(made)


def test_no_entry_is_not_no_headache() -> None:
    """Silent days are counted apart from days noted as without headache."""
    first = DAY - timedelta(days=2)
    said = sentences.diary(report(hours(4), [], diary(), first=first))
    assert "1 day with headache and 0 days noted as without; 2 days without an entry" in said


def test_nothing_recorded_is_said_plainly() -> None:
    """An empty journal gives a report that says so and no invented number."""
    empty = report([], first=DAY - timedelta(days=6))
    assert sentences.verdict(empty) == "Nothing was recorded in this time."
    assert "no usable time" in sentences.distribution(empty)
    assert day_tables.days(empty).rows == ()


def test_untied_days_are_named_where_the_data_are_judged() -> None:
    """Three good days of which one is not tied; and such a day by itself, which shows no level."""
    days = [DAY - timedelta(days=n) for n in range(3)]
    rows = [replace(row, tied=day != days[1]) for day in days for row in hours(4, 1.0, day)]
    said = sentences.verdict(report(rows, first=days[-1]))
    assert "3 of 3 recorded days can be used" in said
    assert "1 of them is not tied" in said
    alone = report([replace(row, tied=False) for row in hours(4)])
    assert "is not tied: it shows its own course" in sentences.verdict(alone)


def test_the_accuracy_told_is_that_of_the_measurement() -> None:
    """The numbers of the method, and those of the README, stand in the table of docs/measurement.md."""
    root = Path(__file__).parents[2]
    table = (root / "docs" / "measurement.md").read_text(encoding="utf-8")
    readme = re.sub(r"\s+", " ", (root / "README.md").read_text(encoding="utf-8"))
    for row, error_in in (
        ("second day, untouched", sentences.UNTIED_ERROR_IN),
        ("second day, tied", sentences.TIED_ERROR_IN),
        ("same sitting, calibrated in it", sentences.SITTING_ERROR_IN),
    ):
        line = next(line for line in table.splitlines() if line.startswith("|") and row in line)
        assert float(line.split("|")[5].strip(" *")) == error_in
        assert f"{error_in:.2f} in" in readme
    assert "five people" in table
    assert "five days of four of them" in table


def test_a_few_diary_entries_are_no_rate_a_week() -> None:
    """One entry of one headache is not seven headache days a week; from a fortnight of entries on the rate is told."""

    def told(entries: int) -> str:
        noted = [entry for n in range(entries) for entry in diary(DAY - timedelta(days=n))]
        made = report(hours(4), entries=noted, first=DAY - timedelta(days=83))
        return " ".join(words for answer in first_screen.answers(made) for words in answer.says)

    assert "headache on 1 of 1 day with an entry; too few to tell" in told(1).replace("\u00a0", " ")
    assert "a week (" not in told(ANSWERED_DAYS - 1)
    assert "7.0 headache days a week" in told(ANSWERED_DAYS)


def test_that_no_hour_stands_out_is_said_only_where_one_could() -> None:
    """On two days nobody can tell; on six Fridays an hour could have stood out, and none does."""
    fridays = [DAY - timedelta(days=7 * week) for week in range(6)]
    rows = [row for day in fridays for row in hours(6, day=day)]
    assert "No hour of the week stands out" in sentences.heat(report(rows, first=fridays[-1]))
    few = report([row for day in fridays[:2] for row in hours(6, day=day)], first=fridays[1])
    assert sentences.heat(few).startswith("There are too few days to tell of an hour of the week")


def test_one_name_stands_for_one_sum() -> None:
    """Ten minutes of pause: where pause and camera off are one number it is called so, and "camera off" alone is not
    the pause."""
    paused = [replace(row, fht_median_in=None, valid_s=0.0, paused_s=60.0) for row in hours(1, begin=14)[:10]]
    rows = [*hours(4), *paused]
    assert quality_words(figures(DAY, rows, [])).endswith("paused or camera off 10 min")
    sums = dict(tables.quality(report(rows)).rows)
    assert (sums["Paused"], sums["Camera off"]) == ("10\u00a0min", "0\u00a0min")
    day = day_tables.days(report(rows))
    assert day.rows[0][day.head.index("Paused or camera off")] == "10\u00a0min"
