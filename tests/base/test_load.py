"""The load index against values worked out by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posturewatch.base.load import by_rule, by_tilt, head_weight_lb, load_of, tilt_deg
from posturewatch.base.settings import LoadSettings, UserSettings


@pytest.mark.parametrize(
    ("body_lb", "head_lb"),
    [(None, 11.0), (150.0, 10.5), (100.0, 8.0), (114.0, 8.0), (200.0, 14.0), (300.0, 14.0), (165.0, 11.55)],
)
def test_head_weight_is_seven_percent_within_eight_to_fourteen_pounds(body_lb: float | None, head_lb: float) -> None:
    """7 % of the body's weight, by hand, held at both ends, 11 lb where it is unknown."""
    assert head_weight_lb(body_lb) == pytest.approx(head_lb)


@pytest.mark.parametrize(
    ("fht_in", "se_in", "load_lb", "error_lb"),
    [
        (0.0, 0.0, 11.0, 1.0),
        (1.0, 0.5, 21.0, 5.0990195),  # √(1 + 25)
        (2.0, 0.3, 31.0, 3.1622777),  # √(1 + 9)
        (-0.8, 0.2, 11.0, 2.2360680),  # behind the baseline counts as upright; √(1 + 4)
        (3.5, 1.0, 46.0, 10.0498756),  # √(1 + 100)
    ],
)
def test_rule_adds_ten_pounds_an_inch_with_its_error(
    fht_in: float, se_in: float, load_lb: float, error_lb: float
) -> None:
    """11 + 10·FHT and √(1² + (10·σ)²), worked out by hand."""
    load = by_rule(fht_in, se_in)
    assert (load.load_lb, load.se_lb, load.model) == (pytest.approx(load_lb), pytest.approx(error_lb), "rule")


def test_tilt_of_a_level_glide_is_the_arc_tangent_over_the_neck() -> None:
    """107 mm forward over a rise of 107 mm is 45°; 2 in (50.8 mm) is 25.4°; behind the baseline is 0°."""
    assert tilt_deg(107 / 25.4) == pytest.approx(45.0)
    assert tilt_deg(2.0) == pytest.approx(math.degrees(math.atan(50.8 / 107)), abs=1e-9)
    assert tilt_deg(2.0) == pytest.approx(25.4, abs=0.01)
    assert tilt_deg(-1.0) == 0.0


@pytest.mark.parametrize(
    ("angle_deg", "load_lb"),
    [(0, 11), (7.5, 19), (15, 27), (22.5, 33.5), (30, 40), (37.5, 44.5), (45, 49), (52.5, 54.5), (60, 60), (80, 60)],
)
def test_tilt_model_reads_hansrajs_table(angle_deg: float, load_lb: float) -> None:
    """Hansraj 2014 at its five angles, linear halfway between, flat beyond 60°."""
    forward_in = 107 / 25.4 * math.tan(math.radians(angle_deg))
    assert by_tilt(forward_in, 0.0).load_lb == pytest.approx(load_lb, abs=1e-6)


def test_tilt_error_counts_the_distance_and_the_neck() -> None:
    """At 1 in ± 0.2 in, by hand: 13.35°, σ = √((4.213·0.2)² + (1·0.472)²)/18.75 rad = 2.953°. The table climbs
    16 lb over the first 15° and 13 over the next: (28.13 − 22.09)/2 = 3.02 … √(1 + 3.02²) = 3.19 lb."""
    angle = 13.353
    above = 27 + (angle + 2.953 - 15) * 13 / 15
    below = 11 + (angle - 2.953) * 16 / 15
    load = by_tilt(1.0, 0.2)
    assert load.load_lb == pytest.approx(11 + angle * 16 / 15, abs=0.01)
    assert load.se_lb == pytest.approx(math.hypot(1.0, (above - below) / 2), abs=0.01)
    assert load.se_lb == pytest.approx(3.19, abs=0.02)


def test_the_settings_choose_the_model_and_the_user_the_head() -> None:
    """The rule takes the user's head weight; the table keeps its own."""
    heavy = UserSettings(body_weight_lb=200.0)
    assert load_of(1.0, 0.3, LoadSettings(), heavy).load_lb == pytest.approx(24.0)
    assert load_of(0.0, 0.3, LoadSettings(model="tilt"), heavy).load_lb == pytest.approx(11.0)


@given(a=st.floats(-5, 20), b=st.floats(-5, 20), se=st.floats(0, 5))
def test_further_forward_is_never_less_load(a: float, b: float, se: float) -> None:
    """Both models rise with the distance, and no error is below that of the head."""
    low, high = sorted((a, b))
    for model in (by_rule, by_tilt):
        assert model(low, se).load_lb <= model(high, se).load_lb + 1e-9
        assert model(low, se).se_lb >= 1.0
