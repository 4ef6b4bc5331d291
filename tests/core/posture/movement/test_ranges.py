"""How far, how smoothly and how repeatably: movements drawn by hand, with the answer known."""

from __future__ import annotations

import numpy as np
import pytest

from posturewatch.base.movement import MOST_SAMPLES, trace_of, trace_text
from posturewatch.core.posture.movement.ranges import Samples, range_of, return_error, smoothness, thinned

SPANS = ((3.0, 6.0), (9.0, 12.0), (15.0, 18.0))


def drawn(*ends: float, noise: float = 0.0, shake: float = 0.0, unseen_beyond: float = 999.0) -> Samples:
    """Out to each of the ends within a span and back after it, at 8 looks a second."""
    t = np.arange(0.0, 21.0, 0.125)
    value = np.zeros(len(t))
    for (first, last), end in zip(SPANS, ends, strict=True):
        share = np.clip((t - first) / 1.5, 0, 1) * np.clip((last + 2.0 - t) / 1.5, 0, 1)
        value += end * (1 - np.cos(np.pi * share)) / 2
        value += shake * np.sin(2 * np.pi * 2.5 * t) * ((t >= first) & (t <= first + 1.5))
    value += np.random.default_rng(1).normal(0, noise, len(t))
    value[value > unseen_beyond] = np.nan
    return Samples(t, value, np.full(len(t), 2.0), np.full(len(t), 1.0))


def test_the_range_is_the_mean_of_the_ends_with_their_scatter() -> None:
    """40, 42 and 44 degrees from 2 are 40 on average, give or take 2 between the times."""
    found = range_of(drawn(40.0, 42.0, 44.0), 2.0, SPANS, 4.0)
    assert found is not None
    assert found.value == pytest.approx(40.0, abs=0.2)
    assert found.scatter == pytest.approx(2.0, abs=0.1)
    assert found.repeats == 3
    assert found.se == pytest.approx(np.hypot(2.0, 2.0 / np.sqrt(3)), abs=0.1)
    assert not found.beyond


def test_one_look_that_is_wrong_makes_no_range() -> None:
    """An end must be held: a single look at 90 degrees counts for nothing."""
    samples = drawn(30.0, 30.0, 30.0)
    samples.value[40] = 90.0
    found = range_of(samples, 0.0, SPANS, 4.0)
    assert found is not None
    assert found.value == pytest.approx(30.0, abs=0.5)


def test_a_face_that_is_lost_on_the_way_makes_an_at_least() -> None:
    """Turned to 70 with the face in view up to 50: at least 50, and said so."""
    found = range_of(drawn(70.0, 70.0, 70.0, unseen_beyond=50.0), 0.0, SPANS, 4.0)
    assert found is not None
    assert found.beyond
    assert 30.0 < found.value <= 50.0
    assert found.scatter is None


def test_nothing_seen_is_no_range() -> None:
    """Without a face in any of the times there is no number."""
    assert range_of(drawn(40.0, 40.0, 40.0, unseen_beyond=-1.0), 0.0, SPANS, 4.0) is None


def test_a_shaking_movement_is_less_smooth() -> None:
    """The spectral arc length of a movement with a tremor is further below 0; the number of a smooth one is about
    what its authors found for a single smooth reach."""
    smooth, shaken = drawn(40.0, 40.0, 40.0), drawn(40.0, 40.0, 40.0, shake=3.0)
    calm, rough = smoothness(smooth, 3.0, 4.6), smoothness(shaken, 3.0, 4.6)
    assert calm is not None
    assert rough is not None
    assert -2.0 < calm < -1.0
    assert rough < calm - 0.3


def test_the_smoothness_does_not_depend_on_how_far() -> None:
    """Twice as far in the same time is as smooth."""
    near, far = (smoothness(drawn(end, end, end), 3.0, 4.6) for end in (20.0, 40.0))
    assert near == pytest.approx(far)


def test_how_far_from_the_start_the_head_came_back() -> None:
    """Out to 40 and back to 3.5 instead of 0 is 3.5; no turn, or no rest, is no answer."""
    samples = drawn(40.0, 0.0, 0.0)
    samples.value[samples.t_s > 6.5] += 3.5 * np.clip((samples.t_s[samples.t_s > 6.5] - 6.5) * 2, 0, 1)
    assert return_error(samples, 0.0, 3.0, 11.0) == pytest.approx(3.5, abs=0.2)
    assert return_error(samples, 0.0, 12.0, 20.0) is None
    assert return_error(samples, 0.0, 3.0, 6.0) is None


def test_a_trace_is_bounded_and_comes_back_from_its_text() -> None:
    """However many looks there were, a trace has at most so many samples, and its text is read as what was written."""
    trace = thinned(drawn(40.0, 40.0, 40.0), 0.0)
    assert len(trace) == MOST_SAMPLES
    assert trace_of(trace_text(trace)) == trace
    assert trace_of("") == ()


@pytest.mark.parametrize(
    "text", ["1", "1 2 3", "a b", "1.0 nan", "1.0 inf", "2.0 1;1.0 1", "0.0 999", ";".join(["1 1"] * 999)]
)
def test_what_is_no_trace_is_refused(text: str) -> None:
    """Not pairs, not numbers, time that runs back, impossible angles, too many."""
    with pytest.raises(ValueError, match=r".*"):
        trace_of(text)
