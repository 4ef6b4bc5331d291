"""What the looks of a sitting share: what a new sitting forgets and keeps, how looks add up, and how it is stored."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posturewatch.base.records import INCH_CM
from posturewatch.core.posture import body_model
from posturewatch.core.posture.geometry import Floats
from posturewatch.core.posture.shared_unknowns import (
    ANCHOR,
    ANCHOR_WIDTH,
    CLOTHES,
    FARTHEST,
    FORGOTTEN_S,
    HABIT,
    OTHER_CLOTHES,
    PERSONAL,
    SAME_CLOTHES,
    SEAT,
    SEAT_SPREAD,
    Habit,
    N,
    SharedUnknowns,
    unknown,
)
from posturewatch.core.posture.supposed_body import PERSON, PERSON_SPREAD


def gaussian(seed: int, *, alike: float = 0.0, width: float = 1.0) -> SharedUnknowns:
    """Any Gaussian of these unknowns; ``alike`` near 1: all but one direction is as good as known."""
    chance = np.random.default_rng(seed)
    factors = chance.normal(size=(N, N)) * np.array([1.0] + [1.0 - alike] * (N - 1))
    matrix = factors @ factors.T + 1e-9 * np.eye(N)
    scale = width * chance.uniform(0.01, 20.0, N) / np.sqrt(np.diag(matrix))
    information = np.linalg.inv(matrix * scale[:, None] * scale)
    return SharedUnknowns(chance.normal(size=N) * width, (information + information.T) / 2, int(chance.integers(1, 99)))


def seen(before: SharedUnknowns, seed: int) -> tuple[Floats, Floats, SharedUnknowns]:
    """What a look says by itself (mean and information, of rank six), and both together by Bayes' rule."""
    chance = np.random.default_rng(seed)
    rows = chance.normal(size=(6, N))
    says, value = rows.T @ rows, chance.normal(size=N)
    information = before.information + says
    mean = np.linalg.solve(information, before.information @ before.mean + says @ value)
    return value, says, SharedUnknowns(mean, information)


SOMEBODY = gaussian(3)


def test_a_sitting_keeps_the_person_and_forgets_the_clothes() -> None:
    """Mean and covariance of the person stay; clothes, anchor picture, seat and habit are as at the
    begin of any sitting, and
    nothing of them hangs on the person any more."""
    sat = SOMEBODY.sitting(OTHER_CLOTHES, Habit(0.5, 0.4))
    assert sat.mean[PERSONAL] == pytest.approx(SOMEBODY.mean[PERSONAL])
    assert sat.covariance[PERSONAL, PERSONAL] == pytest.approx(SOMEBODY.covariance[PERSONAL, PERSONAL], rel=1e-6)
    assert sat.mean[CLOTHES] == pytest.approx(np.zeros(3))
    assert np.sqrt(np.diag(sat.covariance))[CLOTHES] == pytest.approx(OTHER_CLOTHES)
    assert np.sqrt(np.diag(sat.covariance))[ANCHOR] == pytest.approx(ANCHOR_WIDTH * body_model.SPREAD)
    assert np.sqrt(np.diag(sat.covariance))[SEAT] == pytest.approx(SEAT_SPREAD)
    assert (sat.mean[HABIT], sat.covariance[HABIT, HABIT]) == pytest.approx((0.5 * INCH_CM, (0.4 * INCH_CM) ** 2))
    assert sat.covariance[: PERSONAL.start, PERSONAL] == pytest.approx(
        np.zeros((PERSONAL.start, len(PERSON))), abs=1e-6
    )
    assert sat.anchor_id is None


def test_another_anchor_picture_forgets_the_anchor_and_nothing_else() -> None:
    """Clothes, habit and person keep mean, covariance and what binds them; the anchor is wide and by itself."""
    anew = SOMEBODY.anchored(41)
    rest = np.r_[CLOTHES, HABIT, PERSONAL]
    assert anew.anchor_id == 41
    assert anew.mean[rest] == pytest.approx(SOMEBODY.mean[rest])
    assert anew.covariance[np.ix_(rest, rest)] == pytest.approx(SOMEBODY.covariance[np.ix_(rest, rest)], rel=1e-5)
    assert anew.mean[ANCHOR] == pytest.approx(np.zeros(body_model.N))
    assert anew.covariance[ANCHOR, ANCHOR] == pytest.approx(np.diag((ANCHOR_WIDTH * body_model.SPREAD) ** 2), abs=1e-6)
    assert anew.covariance[ANCHOR][:, rest] == pytest.approx(np.zeros((body_model.N, len(rest))), abs=1e-5)


@pytest.mark.parametrize("weight", [0.0, 0.1, 0.5, 1.0])
def test_a_look_counts_as_often_as_it_is_told(weight: float) -> None:
    """What a look says by itself is counted ``weight`` times, by Bayes' rule with its information scaled."""
    value, says, both = seen(SOMEBODY, 8)
    learnt = SOMEBODY.learnt(both, weight)
    information = SOMEBODY.information + weight * says
    mean = np.linalg.solve(information, SOMEBODY.information @ SOMEBODY.mean + weight * says @ value)
    assert learnt.information == pytest.approx(information, rel=1e-6, abs=1e-6)
    assert learnt.mean == pytest.approx(mean, abs=1e-6)
    assert learnt.anchor_id == SOMEBODY.anchor_id


@given(seed=st.integers(0, 10_000), weight=st.floats(0.01, 1.0))
@settings(deadline=None)
def test_no_look_makes_anybody_less_sure(seed: int, weight: float) -> None:
    """However much it counts, every deviation shrinks or stays, and what is known stays a Gaussian."""
    before = gaussian(seed)
    _value, _says, both = seen(before, seed + 1)
    after = before.learnt(both, weight)
    assert np.all(np.diag(after.covariance) <= np.diag(before.covariance) * (1 + 1e-6))
    assert np.linalg.eigvalsh(after.information).min() > 0


def test_what_was_learnt_fades_towards_the_begin() -> None:
    """After no time nothing is lost, after the time that is named a third is left, after a day it is as at the begin;
    the best guess stays meanwhile."""
    begin = unknown(SAME_CLOTHES)
    _value, says, learnt = seen(begin, 5)
    assert learnt.faded(begin, 0.0).information == pytest.approx(learnt.information)
    left = learnt.faded(begin, FORGOTTEN_S).information - begin.information
    assert left == pytest.approx(says / np.e)
    assert learnt.faded(begin, 86_400.0).information == pytest.approx(begin.information, abs=1e-9)
    assert learnt.faded(begin, 600.0).mean == pytest.approx(learnt.mean)


def test_at_first_only_anatomy_is_known() -> None:
    """Each person unknown has the spread between people, but for the lens where it is known better."""
    deviations = np.sqrt(np.diag(unknown(SAME_CLOTHES).covariance))[PERSONAL]
    assert deviations == pytest.approx(PERSON_SPREAD)
    lens = PERSON.index("log_focal")
    sure = np.sqrt(np.diag(unknown(SAME_CLOTHES, log_focal=0.03).covariance))[PERSONAL]
    assert sure[lens] == pytest.approx(0.03)
    assert np.delete(sure, lens) == pytest.approx(np.delete(PERSON_SPREAD, lens))


@given(seed=st.integers(0, 10_000), alike=st.floats(0.0, 1.0), width=st.floats(0.05, 1.0))
@settings(deadline=None)
def test_json_brings_any_gaussian_back(seed: int, alike: float, width: float) -> None:
    """Mean and covariance come back to their digits however closely the unknowns hang together; a second time, the
    text is good for the same."""
    kept = gaussian(seed, alike=alike, width=width)
    back = SharedUnknowns.from_json(json.loads(json.dumps(kept.to_json())))
    scale = np.sqrt(np.diag(kept.covariance))
    assert back.anchor_id == kept.anchor_id
    assert back.mean == pytest.approx(kept.mean, rel=1e-5)
    assert back.covariance / np.outer(scale, scale) == pytest.approx(kept.covariance / np.outer(scale, scale), abs=1e-4)
    again = SharedUnknowns.from_json(back.to_json())
    assert again.covariance / np.outer(scale, scale) == pytest.approx(
        back.covariance / np.outer(scale, scale), abs=1e-4
    )


def test_no_anchor_stays_none() -> None:
    """A sitting without any picture of texture says so after a round trip."""
    assert SharedUnknowns.from_json(unknown(SAME_CLOTHES).to_json()).anchor_id is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
NUMBERS = st.sampled_from(
    [0, -1, 1e-320, 1e-160, 5e-324, 1e300, -1e300, float("nan"), float("inf"), 10**400, None, "x"]
)


@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_what_is_no_gaussian_is_refused(data: st.DataObject) -> None:
    """A field lost or swapped, or one number of it made absurd: refused by an error that is named, or a Gaussian whose
    numbers can be reckoned with."""
    body_: Any = unknown(SAME_CLOTHES).to_json()
    key = data.draw(st.sampled_from(sorted(body_)))
    if key != "anchor_id" and data.draw(st.booleans()):
        body_[key][data.draw(st.integers(0, len(body_[key]) - 1))] = data.draw(NUMBERS)
    elif data.draw(st.booleans()):
        body_[key] = data.draw(JSON | NUMBERS)
    else:
        del body_[key]
    try:
        back = SharedUnknowns.from_json(body_)
    except (ValueError, KeyError, TypeError, OverflowError):
        return
    assert np.isfinite(back.mean).all()
    assert np.isfinite(back.information).all()
    assert np.isfinite(np.exp(back.mean)).all()
    assert np.linalg.eigvalsh(back.information).min() > 0


def test_correlations_that_contradict_one_another_and_deviations_of_nothing_are_refused() -> None:
    """Two things that go with a third cannot go against each other, and nothing is known to a hundred-thousandth."""
    body_ = unknown(SAME_CLOTHES).to_json()
    contradicting = [0.0] * len(body_["correlation"])
    contradicting[:3] = [0.9, 0.9, -0.9]
    with pytest.raises(ValueError, match="definite"):
        SharedUnknowns.from_json(body_ | {"correlation": contradicting})
    deviations = body_["deviation"]
    SharedUnknowns.from_json(body_ | {"deviation": [2.0 / FARTHEST**2, *deviations[1:]]})
    with pytest.raises(ValueError, match="no"):
        SharedUnknowns.from_json(body_ | {"deviation": [0.5 / FARTHEST**2, *deviations[1:]]})


@pytest.mark.parametrize("hostile", [None, [], "x", 7, {}, {"mean": []}, {"mean": [0] * 26, "deviation": [1] * 26}])
def test_something_else_is_refused(hostile: object) -> None:
    """Whatever stands there instead."""
    with pytest.raises((ValueError, KeyError, TypeError)):
        SharedUnknowns.from_json(hostile)
