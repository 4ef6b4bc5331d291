"""A change of posture is told where there is one, and hardly ever where there is none: simulated journals."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from posturewatch.core.history.summary.change import DAY_SE_IN, DAYS_A_WEEK, WEEKS_EACH_SIDE, judge_change, t_quantile
from posturewatch.core.history.summary.records import DaySummary, Posture, Quality
from posturewatch.report.sentences import FOUND_STEP_IN, FOUND_TREND_IN

MONDAY = date(2026, 1, 5)


def journal(made: np.random.Generator, weeks: int, *, like: float = 0.5, habit_in: float = 0.3,
            repeatability_in: float = 0.15, calibrations: int = 1, trend_in: float = 0.0, step_in: float = 0.0,
            tied: bool = True) -> tuple[list[DaySummary], dict[int, float]]:  # fmt: skip
    """Working days whose medians hold a habit alike from day to day, the tool's error of each tied day, an error of
    each calibration (made on days of chance), and the true change. Repeatability by calibration."""
    length = 7 * weeks
    habit = np.zeros(length)
    for at, news in enumerate(made.normal(size=length)):
        habit[at] = like * habit[at - 1] + news * (np.sqrt(1 - like**2) if at else 1.0)
    begun = np.sort(made.choice(np.arange(1, length), calibrations - 1, replace=False))
    off = made.normal(0.0, repeatability_in, calibrations)
    days = []
    for at in range(length):
        if at % 7 >= 5:
            continue
        under = int(np.searchsorted(begun, at, side="right"))
        true = trend_in * at / 7 / (weeks - 1) + step_in * (at >= length // 2)
        median = 0.9 + true + habit_in * habit[at] + made.normal(0.0, DAY_SE_IN) + off[under]
        day = MONDAY + timedelta(days=at)
        posture = Posture(p50_in=float(median))
        days.append(
            DaySummary(day, Quality(300.0, coverage=1.0), (), posture=posture, calibration_ids=(under,), tied=tied)
        )
    return days, dict.fromkeys(range(calibrations), repeatability_in)


@pytest.mark.parametrize("visit", [False, True], ids=["trend", "since a visit"])
@pytest.mark.parametrize("weeks", [4, 8, 26])
@pytest.mark.parametrize("habit", [(0.0, 0.3), (0.5, 0.6)], ids=["unlike", "alike"])
@pytest.mark.parametrize("made_anew", [(0.15, 1), (0.3, 3)], ids=["one calibration", "three"])
def test_no_change_is_told_where_none_is_true(
    visit: bool, weeks: int, habit: tuple[float, float], made_anew: tuple[float, int]
) -> None:
    """100 journals without a change, each calibration off by its stated repeatability: at most 5 reports in 100 tell of
    one, whatever the number of weeks (the measured rate may be two of its standard errors above)."""
    made = np.random.default_rng(7)
    (like, habit_in), (repeatability_in, calibrations) = habit, made_anew
    false = 0
    for _journal in range(100):
        days, errors = journal(made, weeks, like=like, habit_in=habit_in, repeatability_in=repeatability_in,
                               calibrations=calibrations)  # fmt: skip
        found = judge_change(days, errors, MONDAY + timedelta(days=7 * (weeks // 2)) if visit else None).found
        assert found is not None
        false += not found.spans_zero
    assert false <= 100 * (0.05 + 2 * (0.05 * 0.95 / 100) ** 0.5)


def test_the_change_that_the_method_names_is_found() -> None:
    """The smallest changes that the report's method says are found in 80 of 100 journals of eight weeks are."""
    made = np.random.default_rng(8)
    visit = MONDAY + timedelta(days=28)
    trends = [judge_change(*journal(made, 8, habit_in=0.2, trend_in=-FOUND_TREND_IN)).found for _n in range(120)]
    steps = [judge_change(*journal(made, 8, habit_in=0.2, step_in=-FOUND_STEP_IN), visit).found for _n in range(120)]
    for told in (trends, steps):
        assert sum(one is not None and one.high_in < 0.0 for one in told) >= 0.8 * len(told)


def plain(weeks: int, a_week_in: float) -> list[DaySummary]:
    """Working days whose medians go forward by so much from week to week and by nothing else."""
    days = (MONDAY + timedelta(days=7 * week + day) for week in range(weeks) for day in range(5))
    return [
        DaySummary(day, Quality(300.0, coverage=1.0), (), tied=True, calibration_ids=(1,),
                   posture=Posture(p50_in=0.9 + a_week_in * ((day - MONDAY).days // 7)))
        for day in days
    ]  # fmt: skip


def test_without_scatter_the_change_is_the_whole_one_and_its_error_the_tools() -> None:
    """From the first week to the last; since a visit, Student's interval of two sides' means with six of eight weeks
    free, each by the tool's error of its five days."""
    found = judge_change(plain(6, 0.1), {1: 0.0}).found
    assert found is not None
    assert found.value_in == pytest.approx(0.5)
    steady = judge_change(plain(8, 0.0), {1: 0.0}, MONDAY + timedelta(days=28)).found
    assert steady is not None
    assert (steady.high_in - steady.low_in) / 2 == pytest.approx(t_quantile(6) * DAY_SE_IN * (2 / 4 / 5) ** 0.5)


def test_a_visit_without_weeks_before_it_misses_all_of_these() -> None:
    """The week of the visit itself counts as after it alone."""
    assert judge_change(plain(8, 0.0), {1: 0.0}, MONDAY).missing_days == WEEKS_EACH_SIDE * DAYS_A_WEEK


@pytest.mark.parametrize(
    ("freedom", "share", "table"),
    [
        (1, 0.975, 12.706), (2, 0.975, 4.303), (3, 0.975, 3.182), (10, 0.975, 2.228), (30, 0.975, 2.042),
        (1, 0.995, 63.657), (2, 0.995, 9.925), (4, 0.995, 4.604), (10, 0.995, 3.169), (120, 0.995, 2.617),
    ],
)  # fmt: skip
def test_students_t_is_that_of_the_tables(freedom: int, share: float, table: float) -> None:
    """Within three in a thousand of what is printed."""
    assert t_quantile(freedom, share) == pytest.approx(table, rel=0.003)


def test_days_that_nobody_knows_to_be_tied_tell_of_no_change() -> None:
    """Other clothes move the zero by an inch: without ties, however large the change, how many days are missing."""
    days, errors = journal(np.random.default_rng(9), 8, trend_in=-3.0, tied=False)
    told = judge_change(days, errors)
    assert told.found is None
    assert (told.weeks, told.missing_days) == (0, 12)


def test_one_day_against_one_day_tells_of_no_change() -> None:
    """Two usable days of 56: four weeks are wanted, two of which have a day already."""
    days, errors = journal(np.random.default_rng(9), 8, trend_in=-3.0)
    told = judge_change([days[0], days[-1]], errors)
    assert told.found is None
    assert told.missing_days == 10
