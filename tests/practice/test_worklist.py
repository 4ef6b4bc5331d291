"""A patient's row says what the patient's report says, and those that need a look come first."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from posturewatch.core.history.adherence import sum_exercises
from posturewatch.core.history.checks import checks_of
from posturewatch.core.history.summary.period import summarise_period
from posturewatch.core.history.summary.records import Headache, Interval, PeriodSummary
from posturewatch.practice.engines import TO_MARTS, DuckEngine
from posturewatch.practice.facts import content_of
from posturewatch.practice.intake import read_facts
from posturewatch.practice.lake import Lake
from posturewatch.practice.one_patient import material_of
from posturewatch.practice.register import Register
from posturewatch.practice.worklist import Attention, PatientRow, in_order, worklist

from .shared_files import LAST

EPOCH = date(1970, 1, 1)


@pytest.mark.parametrize("patient", [1, 2, 3])
def test_a_row_equals_the_report(lake: Lake, patient: int) -> None:
    """Days usable and tied, median and its error, the change with its interval or the days that it lacks, headache days
    and breaks: the report's own numbers over the same days."""
    row = next(one for one in worklist(lake, {}, LAST) if one.patient == patient)
    period = material_of(lake, Register.read(lake), patient, "in").period
    assert (row.first_day, row.last_day) == (period.first, period.last)
    assert row.usable_days == period.usable_days
    assert row.tied_days == sum(day.usable and day.tied is True for day in period.days)
    assert row.comparable_days == period.comparable_days
    assert row.median_in == period.posture.p50_in
    assert row.se_in == pytest.approx(period.posture.se_in, abs=1e-6)
    assert row.missing_days == period.change.missing_days
    assert (row.change is None) == (period.change.found is None)
    if row.change is not None and period.change.found is not None:
        for name in ("value_in", "low_in", "high_in"):
            assert getattr(row.change, name) == pytest.approx(getattr(period.change.found, name), abs=2e-6)
    checks = checks_of(material_of(lake, Register.read(lake), patient, "in").content.checks)
    assert (row.checks, row.check_day) == (len(checks), checks[-1].at.date() if checks else None)
    done = sum_exercises(period.exercises)
    assert (row.exercises_offered, row.exercises_done, row.exercises_worse) == (done.offered, done.done, done.worse)
    assert (row.breaks_due, row.breaks_taken) == (period.breaks.due, period.breaks.taken_when_due)
    assert row.headaches_now == a_week(period, LAST - timedelta(days=27), LAST)


def a_week(period: PeriodSummary, first: date, last: date) -> float | None:
    """Headache days a week of the report's diary days."""
    answers = [one.headache for one in period.diary.days if first <= one.day <= last]
    aching = sum(one is Headache.YES for one in answers)
    return 7 * aching / len(answers) if len(answers) >= 14 else None


@pytest.mark.parametrize("patient", [1, 2, 3])
def test_every_day_is_judged_as_the_report_judges_it(lake: Lake, patient: int) -> None:
    """Minutes by kind, usable, tied, median, error, headache and breaks of each day, by SQL from the facts."""
    engine = DuckEngine(lake)
    try:
        engine.load_facts([patient])
        engine.define(TO_MARTS)
        found = {EPOCH + timedelta(days=row["day"]): row for row in engine.table("SELECT * FROM days").to_pylist()}
    finally:
        engine.close()
    content = content_of(read_facts(lake, patient))
    days = sorted(found)
    known = 0
    for day in summarise_period(content, first=days[0], last=days[-1]).days:
        row = found.get(day.day)
        if row is None:
            assert day.quality.present_min == 0
            assert day.diary is None
            continue
        known += 1
        quality = day.quality
        for name, minutes in (("valid_cs", quality.valid_min), ("unreliable_cs", quality.unreliable_min)):
            assert row[name] == pytest.approx(minutes * 6000)
        assert (row["usable"], row["tied"]) == (day.usable, day.tied)
        assert row["tied_cs"] == (None if day.tied_min is None else pytest.approx(day.tied_min * 6000))
        assert row["median_mil"] == (None if day.posture.p50_in is None else round(day.posture.p50_in * 1000))
        if day.posture.se_in is not None:
            assert row["se_mil_cs"] / row["se_cs"] / 1000 == pytest.approx(day.posture.se_in)
        else:
            assert not row["se_cs"]
        assert row["headache"] == (None if day.diary is None else day.diary.headache is Headache.YES)
        assert row["worst"] == (None if day.diary is None else day.diary.worst)
        assert (row["breaks_due"], row["breaks_taken"]) == (day.breaks.due, day.breaks.taken_when_due)
    assert known == len(found)


ROW = PatientRow(
    1, "", Attention.NOTHING, LAST, LAST, 40, 40, 40, 1.0, 1.0, (None, None), (None, None), 0.8, 0.3,
    Interval(0.0, -0.2, 0.2), 0, 10, 5,
)  # fmt: skip


def test_those_that_need_a_look_come_first() -> None:
    """By reason, then the newest data, then the number."""
    rows = [
        replace(ROW, patient=1),
        replace(ROW, patient=2, look=Attention.SILENT, last_day=LAST - timedelta(days=20)),
        replace(ROW, patient=3, look=Attention.FORWARD),
        replace(ROW, patient=4, look=Attention.FEW_DAYS),
        replace(ROW, patient=5, look=Attention.HEADACHES, last_day=LAST - timedelta(days=1)),
        replace(ROW, patient=6, look=Attention.HEADACHES),
    ]
    assert [row.patient for row in in_order(rows)] == [6, 5, 3, 2, 4, 1]


def test_a_patient_who_sends_nothing_is_told_of_after_two_weeks(lake: Lake) -> None:
    """And not a day earlier."""
    silent = {row.patient for row in worklist(lake, {}, LAST + timedelta(days=15)) if row.look is Attention.SILENT}
    assert silent == {1, 2, 3} - {
        row.patient for row in worklist(lake, {}, LAST) if row.look in (Attention.HEADACHES, Attention.FORWARD)
    }
    assert not any(row.look is Attention.SILENT for row in worklist(lake, {}, LAST + timedelta(days=14)))
