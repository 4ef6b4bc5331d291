"""The rule-of-thumb load index: inches in, pounds with their error out. Two models, never mixed:
what is shown live follows the settings, every summary is made anew from the inches by the rule with a head of 11 lb.

*Rule* (Kapandji, The Physiology of the Joints, vol. 3, as physiotherapy courses quote it): head weight plus
10 lb for each inch that the head sits forward. A teaching rule; nobody has measured it as a force in a neck.

*Tilt* (Hansraj, Surg Technol Int 2014;25:277–279): 0/15/30/45/60° of tilt → 11/27/40/49/60 lb, linear between,
flat beyond 60°. One surgeon's calculation; muscle-driven models find less than half of it at 45°.
What is measured here is a distance, so the tilt is derived: the head moves forward level on the shoulders,
and the line from C7 to the tragus leans by atan(distance / rise), with the rise of the tragus above C7 of
107 ± 12 mm (ANSUR II). It counts from the calibrated upright posture, which is the table's 0°.
"""

from __future__ import annotations

from itertools import pairwise
from math import atan, degrees, hypot
from typing import TYPE_CHECKING, Final

from posturewatch.base.records import INCH_CM, Load

if TYPE_CHECKING:
    from posturewatch.base.settings import LoadSettings, UserSettings

HEAD_LB: Final = 11.0
"""Weight of a head, pounds, where the user's own weight is not given: 7 % of 157 lb; dissections 10–12 lb."""

HEAD_SHARE: Final = 0.07
"""Head over body weight (de Leva 1996: 6.9 % of men, 6.7 % of women; Clauser 1969: 7.3 %)."""

HEAD_LEAST_LB: Final = 8.0
HEAD_MOST_LB: Final = 14.0
"""Heads do not follow body weight to its extremes: the share holds within these bounds only."""

HEAD_SE_LB: Final = 1.0
"""Standard error of a head's weight, pounds, given the body's."""

LB_PER_INCH: Final = 10.0

TILT_TABLE: Final = ((0.0, 11.0), (15.0, 27.0), (30.0, 40.0), (45.0, 49.0), (60.0, 60.0))
"""Degrees and pounds."""

RISE_IN: Final = 10.7 / INCH_CM
RISE_SE_IN: Final = 1.2 / INCH_CM
"""Tragus above C7, inches: mean and standard deviation between adults (ANSUR II)."""


def head_weight_lb(body_weight_lb: float | None) -> float:
    """Weight of this user's head, pounds: 7 % of the body's, within 8–14 lb; 11 lb where it is not given."""
    if body_weight_lb is None:
        return HEAD_LB
    return min(max(HEAD_SHARE * body_weight_lb, HEAD_LEAST_LB), HEAD_MOST_LB)


def by_rule(fht_in: float, fht_se_in: float, head_lb: float = HEAD_LB) -> Load:
    """Head weight + 10 lb per inch; a head behind its baseline counts as 0 in. Error √(1² + (10·σ)²) lb."""
    return Load(head_lb + LB_PER_INCH * max(fht_in, 0.0), hypot(HEAD_SE_LB, LB_PER_INCH * fht_se_in), "rule", head_lb)


def tilt_deg(fht_in: float) -> float:
    """Tilt of the line C7–tragus against the calibrated posture, degrees, for a head that moved level forward."""
    return degrees(atan(max(fht_in, 0.0) / RISE_IN))


def by_tilt(fht_in: float, fht_se_in: float) -> Load:
    """Hansraj's table at the tilt that belongs to this distance. The table has its own head, 10–12 lb.

    The error takes in that of the distance and the spread of necks, by the table's mean slope over ± one error
    (a slope at a point would be 0 just beyond a bend that the error spans).
    """
    angle = tilt_deg(fht_in)
    forward = max(fht_in, 0.0)
    whole = forward**2 + RISE_IN**2
    angle_se = degrees(hypot(RISE_IN * fht_se_in, forward * RISE_SE_IN) / whole)
    spread = (_table(angle + angle_se) - _table(angle - angle_se)) / 2.0
    return Load(_table(angle), hypot(HEAD_SE_LB, spread), "tilt", HEAD_LB)


def load_of(fht_in: float, fht_se_in: float, load: LoadSettings, user: UserSettings) -> Load:
    """The load index by the model that the settings choose."""
    if load.model == "tilt":
        return by_tilt(fht_in, fht_se_in)
    return by_rule(fht_in, fht_se_in, head_weight_lb(user.body_weight_lb))


def _table(angle_deg: float) -> float:
    """Pounds at this tilt; flat outside the table."""
    steps = [
        (high_lb - low_lb) * min(max((angle_deg - low) / (high - low), 0.0), 1.0)
        for (low, low_lb), (high, high_lb) in pairwise(TILT_TABLE)
    ]
    return TILT_TABLE[0][1] + sum(steps)
