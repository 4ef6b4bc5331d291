"""The diary in numbers: what a day says, and posture against headaches only where there is enough of both."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from posturewatch.base.records import DiaryEntry
from posturewatch.core.history.diary_stats import associate, diary_days, score_points, summarise_diary
from posturewatch.core.history.summary.records import Association, DiaryDay, Headache

MONDAY = date(2026, 1, 5)
DAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def entry(kind: str, days: int = 0, written: int | None = None, **keys: object) -> DiaryEntry:
    """An entry so many days after the first."""
    written_at = DAY + timedelta(days=days if written is None else written)
    return DiaryEntry(DAY + timedelta(days=days), written_at, kind, **keys)  # type: ignore[arg-type]


def test_a_headache_outweighs_none_on_the_same_day() -> None:
    """Whoever enters "none" in the morning and a headache at night had a headache day."""
    days = diary_days([entry("none"), entry("headache", worst=4, duration_min=60), entry("headache", worst=7)])
    assert days == (DiaryDay(DAY.date(), Headache.YES, worst=7, duration_min=60),)


def test_back_filled_entries_mark_their_day() -> None:
    """Written on a later day: marked."""
    assert [day.backfilled for day in diary_days([entry("none", 0), entry("none", 1, written=3)])] == [False, True]


def test_scores_are_no_diary_days() -> None:
    """An outcome total is kept in order of time and answers nothing about the day."""
    scores = [entry("score", 5, score_name="NDI", score=18.0), entry("score", 1, score_name="HIT-6", score=60.0)]
    assert diary_days(scores) == ()
    assert [(point.name, point.score) for point in score_points(scores)] == [("HIT-6", 60.0), ("NDI", 18.0)]


def written(values: Sequence[float], aching: Sequence[bool], weekdays: bool = False) -> Association | None:
    """The comparison over days in a row, each with a median and an answer; ``weekdays``: no median on Sa and Su."""
    dates = [MONDAY + timedelta(days=number) for number in range(len(values))]
    days = [DiaryDay(day, Headache.YES if ached else Headache.NO) for day, ached in zip(dates, aching, strict=True)]
    return associate(days, {day: v for day, v in zip(dates, values, strict=True) if not weekdays or day.weekday() < 5})


@pytest.mark.parametrize(("aching", "clear"), [(7, 40), (40, 7), (8, 19), (0, 60)])
def test_too_few_days_of_either_kind_give_no_comparison(aching: int, clear: int) -> None:
    """28 days in all and eight of each kind, or nothing."""
    assert written([0.5] * (aching + clear), [True] * aching + [False] * clear) is None


def test_a_plain_shift_is_found_with_an_interval_around_it() -> None:
    """Headache days 0.5 in further forward than the others, in no order: found, on the same day and not on the day
    before."""
    made = np.random.default_rng(5)
    aching = made.random(84) < 0.35
    found = written(0.6 + 0.5 * aching + made.normal(0, 0.15, 84), aching.tolist())
    assert found is not None
    assert found.same_day.low_in <= 0.5 <= found.same_day.high_in
    assert not found.same_day.spans_zero
    assert found.day_before is not None
    assert found.day_before.spans_zero
    assert found.days == 84


def test_a_day_ahead_of_the_headache_is_found() -> None:
    """Posture 0.5 in further forward on the day before each headache: the second comparison says so."""
    made = np.random.default_rng(6)
    aching = made.random(84) < 0.35
    found = written(0.6 + 0.5 * np.roll(aching, -1) + made.normal(0, 0.15, 84), aching.tolist())
    assert found is not None
    assert found.day_before is not None
    assert not found.day_before.spans_zero
    assert found.day_before.value_in == pytest.approx(0.5, abs=0.15)


def test_days_that_follow_no_measured_day_are_not_compared_with_it() -> None:
    """Posture and diary every other day only: an interval for the same day, no pair for the day before."""
    made = np.random.default_rng(7)
    aching = made.random(60) < 0.35
    days = [MONDAY + timedelta(days=2 * number) for number in range(60)]
    diary = [DiaryDay(day, Headache.YES if ached else Headache.NO) for day, ached in zip(days, aching, strict=True)]
    found = associate(diary, dict(zip(days, made.normal(0.6, 0.15, 60).tolist(), strict=True)))
    assert found is not None
    assert found.day_before is None
    assert found.same_day.low_in <= found.same_day.value_in <= found.same_day.high_in


def alike(made: np.random.Generator, length: int, like: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """A series of variance 1 whose neighbours are so alike (autoregression of the first order)."""
    series = np.zeros(length + 40)
    for at, news in enumerate(made.normal(size=length + 40)):
        series[at] = like * series[at - 1] + news * np.sqrt(1 - like**2)
    return series[40:]


@pytest.mark.parametrize("like", [0.0, 0.5, 0.8])
@pytest.mark.parametrize("better", [0.0, 1.0], ids=["steady", "both improve"])
@pytest.mark.parametrize(("length", "weekdays"), [(56, False), (84, True)])
def test_nothing_is_claimed_where_nothing_is_true(like: float, better: float, length: int, weekdays: bool) -> None:
    """200 diaries in which posture and headaches know nothing of one another, each alike from day to day, and both
    better over a course of care or not: a difference is claimed in at most 6 of 100 (the measured rate may be two of
    its standard errors above: 200 diaries tell no closer)."""
    made = np.random.default_rng(14)
    course = -better * np.linspace(0.0, 1.0, length)
    false = 0
    for _diary in range(200):
        posture = 0.8 + 0.3 * alike(made, length, like) + 0.5 * course
        found = written(posture, (alike(made, length, like) + 1.6 * course > 0.4).tolist(), weekdays)
        if found is not None:
            false += not found.same_day.spans_zero or (found.day_before is not None and not found.day_before.spans_zero)
    assert false <= 200 * (0.06 + 2 * (0.06 * 0.94 / 200) ** 0.5)


def test_only_usable_and_answered_days_are_compared() -> None:
    """A headache on a day without enough minutes counts as a headache day and not in the comparison."""
    days = tuple(
        DiaryDay(date(2026, 11, 1) + timedelta(days=number), Headache.YES if number < 9 else Headache.NO)
        for number in range(29)
    )
    medians = {day.day: 0.5 for day in days[1:]}
    summary = summarise_diary(days, (), medians)
    assert (summary.headache_days, summary.clear_days) == (9, 20)
    assert (summary.usable_headache, summary.usable_clear, summary.usable_answered) == (8, 20, 28)
    assert summary.association is not None
    assert summarise_diary(days, (), {day.day: 0.5 for day in days[2:]}).association is None
