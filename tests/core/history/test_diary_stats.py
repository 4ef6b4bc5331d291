"""The diary in numbers: what a day says, and posture against headaches only where there is enough of both."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from itertools import combinations

import pytest

from posturewatch.base.records import DiaryEntry
from posturewatch.core.history.diary_stats import associate, diary_days, interval_rank, score_points, summarise_diary
from posturewatch.core.history.summary.records import DiaryDay, Headache

DAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def entry(kind: str, days: int = 0, written: int | None = None, **keys: object) -> DiaryEntry:
    """An entry so many days after the first."""
    written_at = DAY + timedelta(days=days if written is None else written)
    return DiaryEntry(DAY + timedelta(days=days), written_at, kind, **keys)  # type: ignore[arg-type]


def test_a_headache_outweighs_none_on_the_same_day() -> None:
    """Whoever enters "none" in the morning and a headache at night had a headache day."""
    days = diary_days([entry("none"), entry("headache", worst=4, duration_min=60), entry("headache", worst=7)])
    assert days == (DiaryDay(DAY.date(), Headache.YES, worst=7, duration_min=60, entries=3),)


def test_back_filled_entries_mark_their_day() -> None:
    """Written on a later day: marked."""
    assert [day.backfilled for day in diary_days([entry("none", 0), entry("none", 1, written=3)])] == [False, True]


def test_scores_are_no_diary_days() -> None:
    """An outcome total is kept in order of time and answers nothing about the day."""
    scores = [entry("score", 5, score_name="NDI", score=18.0), entry("score", 1, score_name="HIT-6", score=60.0)]
    assert diary_days(scores) == ()
    assert [(point.name, point.score) for point in score_points(scores)] == [("HIT-6", 60.0), ("NDI", 18.0)]


@pytest.mark.parametrize(("aching", "clear"), [(7, 40), (40, 7), (8, 19), (0, 60)])
def test_too_few_days_of_either_kind_give_no_comparison(aching: int, clear: int) -> None:
    """28 days in all and eight of each kind, or nothing."""
    assert associate([1.0] * aching, [0.5] * clear) is None


def test_a_plain_shift_is_found_with_an_interval_around_it() -> None:
    """Headache days 0.5 in further forward: the shift is 0.5 and the interval lies around it, off zero."""
    clear = [0.02 * number for number in range(20)]
    found = associate([value + 0.5 for value in clear[4:12]], clear)
    assert found is not None
    assert found.shift_in == pytest.approx(0.46, abs=0.05)
    assert found.low_in <= found.shift_in <= found.high_in
    assert not found.spans_zero
    assert found.superiority == 1.0
    assert (found.days, found.headache_days, found.clear_days) == (28, 8, 20)


def test_no_difference_spans_zero() -> None:
    """The same values on both kinds of days: shift 0, superiority one half."""
    values = [0.1 * (number % 10) for number in range(20)]
    found = associate(values, values)
    assert found is not None
    assert found.spans_zero
    assert found.shift_in == pytest.approx(0.0, abs=1e-12)
    assert found.superiority == pytest.approx(0.5)


def test_the_interval_rank_is_that_of_published_tables() -> None:
    """Critical values of U, two-sided 5 %, as printed in any table (8, 8) 13, (8, 20) 41, (10, 15) 39, (20, 20) 127.

    The interval ends at the rank one above the critical value.
    """
    for (m, n), critical in {(8, 8): 13, (8, 20): 41, (10, 15): 39, (20, 20): 127}.items():
        assert interval_rank(m, n) == critical + 1
        assert interval_rank(n, m) == critical + 1


def test_the_counts_agree_with_counting_by_hand() -> None:
    """For small groups the rank from the recurrence is that from all arrangements."""
    m, n = 4, 6
    below = sorted(sum(place - order for order, place in enumerate(taken)) for taken in combinations(range(m + n), m))
    rank = next(k for k in range(m * n) if sum(u <= k for u in below) / len(below) > 0.025)
    assert interval_rank(m, n) == rank


def test_the_approximation_for_many_days_meets_the_exact_count() -> None:
    """1500 pairs are counted exactly; one more pair of days, by the normal approximation, moves the rank by a step
    of its own size and no more."""
    exact = interval_rank(30, 50)
    assert exact == pytest.approx(30 * 50 / 2 - 1.96 * (30 * 50 * 81 / 12) ** 0.5, abs=2)
    assert interval_rank(30, 51) - exact == pytest.approx(exact - interval_rank(30, 49), abs=2)


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    """400 made-up diaries with a shift of 0.3 in: 92 to 98 in a hundred intervals hold it."""
    made = random.Random(11)
    held = 0
    for _ in range(400):
        clear = [made.gauss(0.6, 0.3) for _ in range(22)]
        aching = [made.gauss(0.9, 0.3) for _ in range(10)]
        found = associate(aching, clear)
        assert found is not None
        held += found.low_in <= 0.3 <= found.high_in
    assert 0.92 <= held / 400 <= 0.985


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
