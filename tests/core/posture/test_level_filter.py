"""The value over time: drifts, glances, gaps, clocks that misbehave, and an error that stays honest."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from itertools import pairwise
from statistics import NormalDist

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posturewatch.core.posture.level_filter import GAP_S, SHARED, Filtered, LevelFilter, Verdict, probability_beyond

SE_IN = 0.45
RATES_S = (0.04, 0.2, 0.5, 1.0)


def followed(
    truth: Callable[[float], float],
    *,
    until_s: float,
    every_s: float,
    se_in: float = SE_IN,
    seed: int | None = None,
    level: LevelFilter | None = None,
) -> list[tuple[float, float, Filtered]]:
    """(t, truth, filtered) at each look. ``seed`` adds errors as looks have them: half shared by neighbours."""
    chance = random.Random(seed)
    level = level or LevelFilter()
    rows, t_s, slow = [], 0.0, 0.0
    while t_s <= until_s:
        keep = math.exp(-every_s / 2.0)
        slow = keep * slow + math.sqrt(1 - keep**2) * chance.gauss(0, se_in * math.sqrt(0.5))
        error = slow + chance.gauss(0, se_in * math.sqrt(0.5)) if seed is not None else 0.0
        value = level.feed(t_s, truth(t_s) + error, se_in)
        rows.append((t_s, truth(t_s), value))
        t_s += every_s
    return rows


def drift(t_s: float) -> float:
    """Ten seconds upright, then 2 in over 15 s, then held."""
    return min(max((t_s - 10.0) / 15.0, 0.0), 1.0) * 2.0


def glance(t_s: float, height_in: float = 2.5) -> float:
    """Upright at 0.2 in, three seconds at the keyboard, upright again."""
    return height_in if 10.0 <= t_s < 13.0 else 0.2


@pytest.mark.parametrize("every_s", RATES_S)
def test_a_drift_of_two_inches_is_followed_within_five_seconds(every_s: float) -> None:
    """At every moment of the drift the value is what was true at most 5 s before, and 5 s after it is there."""
    for t_s, _, value in followed(drift, until_s=40, every_s=every_s):
        assert drift(t_s - 5.0) - 0.1 <= value.fht_in <= drift(t_s) + 0.1
        if t_s >= 30.0:
            assert value.fht_in == pytest.approx(2.0, abs=0.2)


@pytest.mark.parametrize("every_s", RATES_S)
@pytest.mark.parametrize("seed", range(4))
def test_a_noisy_drift_is_followed_too(every_s: float, seed: int) -> None:
    """With looks that err by half an inch, 5 s after the drift the value lies within its own two errors of it."""
    last = [(value, true) for t_s, true, value in followed(drift, until_s=40, every_s=every_s, seed=seed) if t_s >= 30]
    assert all(abs(value.fht_in - true) <= 2.2 * value.se_in for value, true in last)


@pytest.mark.parametrize("every_s", RATES_S)
@pytest.mark.parametrize("height_in", [2.0, 2.5, 3.2])
def test_a_glance_at_the_keyboard_stays_under_the_threshold(every_s: float, height_in: float) -> None:
    """Three seconds two to three inches forward leave the filtered value under an inch throughout."""
    rows = followed(lambda t_s: glance(t_s, height_in), until_s=25, every_s=every_s)
    assert max(value.fht_in for _, _, value in rows) < 1.0


@pytest.mark.parametrize("seed", range(12))
def test_a_noisy_glance_stays_under_the_threshold(seed: int) -> None:
    """The same with looks that err by a third of an inch, and whatever the glance leaves behind."""
    rows = followed(glance, until_s=25, every_s=0.2, se_in=0.35, seed=seed)
    assert max(value.fht_in for _, _, value in rows) < 1.0


@pytest.mark.parametrize("every_s", RATES_S)
def test_a_new_posture_is_taken_up_within_five_seconds(every_s: float) -> None:
    """Two inches at once, and kept: no glance, so 5 s later the value is there."""
    rows = followed(lambda t_s: 2.0 if t_s >= 10 else 0.0, until_s=20, every_s=every_s)
    assert all(value.fht_in == pytest.approx(2.0, abs=0.15) for t_s, _, value in rows if t_s >= 15)


@pytest.mark.parametrize("every_s", RATES_S)
def test_sitting_up_is_believed_within_two_seconds(every_s: float) -> None:
    """Back from two inches to none at once: FORWARD must not be said for longer than that."""
    rows = followed(lambda t_s: 0.0 if t_s >= 10 else 2.0, until_s=16, every_s=every_s)
    assert all(value.fht_in < 0.6 for t_s, _, value in rows if t_s >= 12)


def test_one_blunder_leaves_no_trace() -> None:
    """A single look four inches off moves nothing, on either side."""
    for blunder in (-4.0, 4.0):
        rows = followed(lambda t_s, b=blunder: b if abs(t_s - 10.0) < 0.1 else 0.5, until_s=20, every_s=0.5)
        assert all(value.fht_in == pytest.approx(0.5, abs=0.05) for _, _, value in rows)


def test_blunders_among_good_looks_never_add_up() -> None:
    """One look in five is two inches off, for a minute: the level stays with the other four."""
    level = LevelFilter()
    values = [level.feed(i * 0.2, 2.3 if i % 5 == 0 and i else 0.3, 0.4).fht_in for i in range(300)]
    assert max(values) < 0.5


def test_one_look_in_three_is_outvoted_by_the_other_two() -> None:
    """Two inches off, for a minute of looks 0.4 s apart, so that no agreement lasts: the level stays with the two."""
    level = LevelFilter()
    for number in range(150):
        value = level.feed(0.4 * number, 2.2 if number > 20 and number % 3 == 0 else 0.2, SE_IN)
        assert value.fht_in == pytest.approx(0.2, abs=0.05)


def test_a_gap_resets() -> None:
    """After a gap the next look begins anew; one second less and it does not."""
    for away_s, anew in ((GAP_S + 0.1, True), (GAP_S - 1.0, False)):
        level = LevelFilter()
        followed(lambda _: 2.0, until_s=10, every_s=0.5, level=level)
        assert (level.feed(10 + away_s, 0.0, 0.4).fht_in == pytest.approx(0.0, abs=1e-9)) is anew


def test_a_gap_of_misses_resets() -> None:
    """Looks that bring no value are a gap too."""
    level = LevelFilter()
    level.feed(0.0, 2.0, 0.4)
    for second in range(1, 17):
        level.miss(float(second))
    assert level.now is None


def test_the_error_grows_while_nothing_is_seen() -> None:
    """Second by second, and noticeably over ten."""
    level = LevelFilter()
    followed(lambda _: 0.5, until_s=10, every_s=0.5, level=level)
    errors = []
    for second in range(11, 21):
        level.miss(float(second))
        assert level.now is not None
        errors.append(level.now.se_in)
    assert all(a < b for a, b in pairwise(errors))
    assert errors[-1] > errors[0] + 0.2


def test_the_error_has_a_floor() -> None:
    """However many looks of one posture: the error that they share stays."""
    rows = followed(lambda _: 0.5, until_s=120, every_s=0.04)
    assert rows[-1][2].se_in >= SE_IN * math.sqrt(SHARED)


def test_a_fast_camera_makes_nobody_surer() -> None:
    """Twenty-five looks a second are worth hardly more than five: their errors are the same ones."""
    fast = followed(lambda _: 0.5, until_s=10, every_s=0.04)[-1][2].se_in
    slow = followed(lambda _: 0.5, until_s=10, every_s=0.2)[-1][2].se_in
    assert fast == pytest.approx(slow, rel=0.05)


def test_honest_over_many_people() -> None:
    """With errors as looks have them, about 19 in 20 settled values lie within two of their own errors."""
    inside = []
    for seed in range(60):
        inside += [
            abs(value.fht_in - true) <= 2 * value.se_in
            for t_s, true, value in followed(drift, until_s=35, every_s=0.5, seed=seed)
            if t_s > 3
        ]
    assert 0.90 <= sum(inside) / len(inside) <= 0.995


def test_time_that_stands_still_or_steps_back_is_survived() -> None:
    """The same moment again teaches nothing; a small step back loses nothing; a large one begins anew."""
    level = LevelFilter()
    followed(lambda _: 0.5, until_s=10, every_s=0.5, level=level)
    before = level.now
    assert level.feed(10.0, 3.0, 0.4) == before
    again = level.feed(9.0, 0.5, 0.4)
    assert again.fht_in == pytest.approx(0.5, abs=0.01)
    assert level.feed(9.5, 0.5, 0.4).fht_in == pytest.approx(0.5, abs=0.01)
    assert level.feed(-100.0, 1.7, 0.4).fht_in == pytest.approx(1.7)


def test_an_unchanged_picture_holds_the_value() -> None:
    """While the gate sees no change nothing is forgotten, and the error grows less than where nothing is seen."""
    held, missed = LevelFilter(), LevelFilter()
    for level in (held, missed):
        followed(lambda _: 0.8, until_s=10, every_s=0.5, level=level)
    for second in range(11, 71):
        held.hold(float(second))
        missed.miss(float(second))
    assert held.now is not None
    assert held.now.fht_in == pytest.approx(0.8, abs=0.01)
    assert held.now.se_in < 0.7
    assert missed.now is None


def test_an_unchanged_picture_draws_the_level_near_however_often_it_is_looked_at() -> None:
    """Half an inch off and still for four seconds: as near at 25 looks a second as at two, nearer with time, and
    never as near as looks of their own would bring it."""
    levels = []
    for every_s in (0.04, 0.2, 0.5):
        level = LevelFilter()
        for number in range(21):
            level.feed(0.5 * number, 0.2, SE_IN)
        level.feed(10.5, 0.7, SE_IN)
        drawn = [level.hold(10.5 + every_s * (number + 1)) for number in range(round(4.0 / every_s))]
        values = [one.fht_in for one in drawn if one is not None]
        assert all(before < after < 0.7 for before, after in pairwise(values))
        levels.append(values[-1])
    assert max(levels) - min(levels) < 0.02
    looked = LevelFilter()
    for number in range(21):
        looked.feed(0.5 * number, 0.2, SE_IN)
    for number in range(9):
        value = looked.feed(10.5 + 0.5 * number, 0.7, SE_IN)
    assert value.fht_in > max(levels) + 0.05


def test_a_new_posture_that_is_held_still_is_taken_up() -> None:
    """One look at a new posture and then an unchanged picture: it lasts, so it is no glance."""
    level = LevelFilter()
    followed(lambda _: 0.1, until_s=10, every_s=0.5, level=level)
    level.feed(10.5, 2.2, 0.4)
    for half in range(1, 11):
        level.hold(10.5 + half * 0.5)
    assert level.now is not None
    assert level.now.fht_in == pytest.approx(2.2, abs=0.2)


def test_an_unchanged_picture_of_nothing_known_holds_nothing() -> None:
    """Before the first look and after a gap there is nothing to hold."""
    level = LevelFilter()
    assert level.hold(1.0) is None
    level.feed(2.0, 0.5, 0.4)
    assert level.hold(2.0 + GAP_S + 1) is None


def test_the_verdict_has_hysteresis_and_respects_the_error() -> None:
    """It takes a value clearly over the threshold to begin, one under the lower limit to end."""
    verdict = Verdict(1.0, 0.6)
    said = [verdict.feed(value, 0.4) for value in (0.85, 1.05, 1.11, 0.9, 0.65, 0.59, 0.9)]
    assert said == [False, False, True, True, True, False, False]
    verdict.feed(1.5, 0.4)
    verdict.forget()
    assert verdict.feed(0.85, 0.4) is False


@pytest.mark.parametrize(
    ("fht_in", "se_in", "before", "said"),
    [
        (2.6, 0.8, None, True),  # two errors beyond the threshold: however large the error is
        (1.8, 3.0, None, True),  # probability 0.605
        (1.7, 3.0, None, None),  # 0.592
        (0.3, 3.0, None, None),  # 0.408
        (0.2, 3.0, None, False),  # 0.395
        (1.0, 0.4, None, None),  # even
        (1.09, 0.4, None, None),
        (1.11, 0.4, None, True),
        (0.91, 0.4, None, None),
        (0.89, 0.4, None, False),
        (1.0, 0.01, None, None),
        (0.95, 0.4, False, False),  # neither is likely enough: as it was
        (0.95, 0.4, True, True),
        (0.7, 0.2, True, True),  # surely under the threshold, and not yet under the lower limit
        (0.59, 0.4, True, False),
        (0.55, 2.0, True, None),  # under it, and not to be told
        (0.2, 0.4, True, False),
        (-3.0, 0.4, None, False),
    ],
)
def test_the_verdict_is_told_by_probability(
    fht_in: float, se_in: float, before: bool | None, said: bool | None
) -> None:
    """FORWARD beyond the threshold with six in ten, UPRIGHT within it with as much, neither in between; what it was
    holds on within the hysteresis."""
    assert Verdict(1.0, 0.6, before).feed(fht_in, se_in) is said


def test_after_a_doubt_nothing_is_held_on_to() -> None:
    """From FORWARD under the lower limit, with an error that forbids UPRIGHT: neither, and neither again until one of
    the two is likely enough."""
    verdict = Verdict(1.0, 0.6, True)
    assert [verdict.feed(value, se) for value, se in ((0.55, 2.0), (0.9, 2.0), (0.9, 0.2))] == [None, None, False]


@given(st.floats(-3, 5), st.floats(-5, 8), st.floats(0.01, 5))
def test_the_probability_is_the_gaussians(limit_in: float, fht_in: float, se_in: float) -> None:
    """Φ((value − limit)/error), and with the limit and the value exchanged the rest of one."""
    told = probability_beyond(limit_in, fht_in, se_in)
    assert told == pytest.approx(NormalDist().cdf((fht_in - limit_in) / se_in), abs=1e-9)
    assert told + probability_beyond(fht_in, limit_in, se_in) == pytest.approx(1.0)


def test_without_an_error_the_probability_is_yes_or_no() -> None:
    """An error of nothing divides nothing by nothing."""
    assert (probability_beyond(1.0, 1.1, 0.0), probability_beyond(1.0, 0.9, 0.0)) == (1.0, 0.0)


def test_what_the_sitting_shares_is_never_averaged_away() -> None:
    """However many looks: the sitting's part stays whole, and half of the variance of the rest."""
    level = LevelFilter()
    for second in range(120):
        value = level.feed(float(second), 0.5, 0.5, sitting_se_in=0.4)
    assert value.se_in >= math.sqrt(0.4**2 + SHARED * (0.5**2 - 0.4**2)) - 1e-9
    own = LevelFilter()
    for second in range(120):
        less = own.feed(float(second), 0.5, 0.5)
    assert less.se_in < value.se_in


def test_a_sittings_share_beyond_the_whole_error_is_all_of_it() -> None:
    """Nothing negative is left for the look."""
    value = LevelFilter().feed(0.0, 0.5, 0.3, sitting_se_in=0.9)
    assert value.se_in == pytest.approx(0.3)


@settings(max_examples=60, deadline=None)
@given(
    looks=st.lists(
        st.tuples(
            st.floats(-20, 40, allow_nan=False),
            st.one_of(st.none(), st.floats(-5, 8)),
            st.floats(0.05, 3.0),
            st.booleans(),
        ),
        max_size=60,
    )
)
def test_any_order_of_looks_leaves_sane_numbers(looks: list[tuple[float, float | None, float, bool]]) -> None:
    """Whatever comes when: the level stays among the values seen, and its error is a positive number."""
    level, t_s, seen = LevelFilter(), 0.0, []
    for step_s, value, se_in, still in looks:
        t_s += step_s
        if value is not None:
            seen.append(value)
            level.feed(t_s, value, se_in)
        elif still:
            level.hold(t_s)
        else:
            level.miss(t_s)
        if level.now is not None:
            assert min(seen) - 1e-9 <= level.now.fht_in <= max(seen) + 1e-9
            assert 0 < level.now.se_in < 10
