"""What the report says in words, on days made by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from posturewatch.report import day_tables, sentences
from report.journals import DAY, diary, hours, report


def test_a_change_within_error_is_called_so() -> None:
    """0.3 in between two weeks is less than 0.4 in: no change that this tool can tell."""
    monday = date(2026, 11, 2)
    rows = [row for n in range(5) for row in hours(4, 1.0, monday + timedelta(days=n))]
    rows += [row for n in range(5) for row in hours(4, 0.7, monday + timedelta(days=7 + n))]
    said = sentences.trend(report(rows, first=monday, last=monday + timedelta(days=13)))
    assert "−0.3" in said
    assert "within measurement error" in said


def test_a_change_beyond_error_is_called_so() -> None:
    """0.6 in between two weeks is more than the measurement error."""
    monday = date(2026, 11, 2)
    rows = [row for n in range(5) for row in hours(4, 1.2, monday + timedelta(days=n))]
    rows += [row for n in range(5) for row in hours(4, 0.6, monday + timedelta(days=7 + n))]
    said = sentences.trend(report(rows, first=monday, last=monday + timedelta(days=13)))
    assert "−0.6" in said
    assert "more than the measurement error" in said


def test_another_calibration_in_between_is_said() -> None:
    """Two weeks under different calibrations are compared with that warning; under the same one, without."""
    monday = date(2026, 11, 2)
    before = [row for n in range(5) for row in hours(4, 1.2, monday + timedelta(days=n))]
    after = [row for n in range(5) for row in hours(4, 0.6, monday + timedelta(days=7 + n))]
    anew = [replace(row, calibration_id=2) for row in after]
    last = monday + timedelta(days=13)
    assert "different calibrations" in sentences.trend(report([*before, *anew], first=monday, last=last))
    assert "different calibrations" not in sentences.trend(report([*before, *after], first=monday, last=last))


def test_a_difference_beside_headaches_within_the_error_is_called_so() -> None:
    """0.2 in between headache days and the others, beyond chance, is still less than this tool can tell."""
    first = DAY - timedelta(days=39)
    rows, entries = [], []
    for n in range(40):
        day = first + timedelta(days=n)
        aching = n % 4 == 0
        rows += hours(3, 0.7 + 0.002 * n + (0.2 if aching else 0.0), day)
        noted = diary(day)[0]
        entries.append(noted if aching else replace(noted, kind="none", worst=None, duration_min=None, side=""))
    said = sentences.association(report(rows, entries=entries, first=first, last=DAY))
    assert "+0.2" in said
    assert "smaller than the measurement error of 0.4" in said.replace("\u00a0", " ")


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
