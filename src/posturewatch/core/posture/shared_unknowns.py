"""What all looks of one sitting share, how well it is known, and how each look makes it better known.

A look alone tells a posture badly: clothes move the networks' shoulders by centimetres, the anchor picture of the
texture was taken in a posture that nobody knows, and bodies differ from mean anatomy. But these are the same in every
look of a sitting. They are kept as one Gaussian, mean and information matrix; a look is solved for its own fourteen
unknowns and for these together, and what it says of them is kept (an iterated extended Kalman filter in information
form). So a prior is counted once a sitting and not once a look, and what is not known of the sitting stands in every
standard error.

Five kinds: *clothes* (where the pose network sees the shoulders in these clothes against the calibrated ones), *anchor*
(the posture in the anchor picture), *habit* (the sitting's mean forward translation), *seat* (its means of five other
unknowns), and *person* (``supposed_body``), which outlives the sitting.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from posturewatch.base.records import INCH_CM
from posturewatch.core.posture import body_model
from posturewatch.core.posture.geometry import Floats
from posturewatch.core.posture.supposed_body import PERSON, PERSON_SPREAD

CLOTHES: Final = slice(0, 3)
"""Logarithm of the shoulder points' distance, and by how much they lie higher and further forward, cm."""

ANCHOR: Final = slice(3, 3 + body_model.N)
HABIT: Final = ANCHOR.stop
SEATED: Final = tuple(body_model.UNKNOWNS.index(name) for name in ("hip_up", "lean", "shrug", "protraction", "drop"))
SEAT: Final = slice(HABIT + 1, HABIT + 1 + len(SEATED))
PERSONAL: Final = slice(SEAT.stop, SEAT.stop + len(PERSON))
N: Final = PERSONAL.stop

SAME_CLOTHES: Final[Floats] = np.array([0.01, 0.6, 0.6])
"""Standard deviations of the clothes' unknowns while the calibrated clothes are worn: how they shift on the body."""

OTHER_CLOTHES: Final[Floats] = np.array([0.07, 1.7, 1.4])
"""… and in clothes that nobody has tied: a jacket for a shirt moved the shoulder points of seven rendered days by up to
a tenth of their distance and a centimetre or two (docs/measurement.md, "The second day")."""

ANCHOR_WIDTH: Final = 3.0
"""The anchor picture may be of any posture: this many times the spread of a working day, so that it pulls nothing."""

HABIT_IN: Final = 0.3
HABIT_SPREAD_IN: Final = 0.5
"""What people's mean forward translation over a sitting is before anything is seen, inches: a little forward of the
best posture that they calibrated in."""

SEAT_SPREAD: Final[Floats] = np.array([1.5, 3.0 * np.pi / 180.0, 0.5, 0.4, 0.4])
"""Standard deviations of a sitting's means of :data:`SEATED`, cm and radians: a chair set a little higher, a camera
that was bumped (its tilt looks like a lean), shoulders and neck that are held otherwise today. Without them the fit
would take twenty looks at one chair for twenty chairs, and be far too sure of what their mean says."""

FORGOTTEN_S: Final = 1200.0
"""Time after which what was learnt of a sitting counts for a third: clothes and chairs shift, and a thousand looks at
one posture share their error, so nobody may become surer of the sitting for ever."""


KEPT_CORRELATION: Final = 1.0 - 1e-5
"""What is written keeps correlations a hair below what they are, so that rounding cannot make them impossible."""

FARTHEST: Final = 300.0
"""No unknown (cm, radians, logarithms) lies or scatters this far, or is known to a hundred-thousandth: what is
stored and says otherwise is damaged."""


@dataclass(frozen=True, slots=True)
class Habit:
    """What is expected of this person's mean forward translation over a sitting: mean and standard deviation,
    inches."""

    mean_in: float = HABIT_IN
    spread_in: float = HABIT_SPREAD_IN


@dataclass(frozen=True, slots=True)
class SharedUnknowns:
    """``mean`` (31,) and ``information`` (31, 31) of the shared unknowns; ``anchor_id``: whose anchor picture the
    anchor block speaks of, ``None`` before any."""

    mean: Floats
    information: Floats
    anchor_id: int | None = None

    @property
    def covariance(self) -> Floats:
        """Covariance of the shared unknowns, shape (31, 31)."""
        return _inverse(self.information)

    def sitting(self, clothes: Floats, habit: Habit, spread: Floats = body_model.SPREAD) -> SharedUnknowns:
        """A new sitting of the same person: clothes uncertain by ``clothes`` (3,), no anchor picture yet. ``spread``
        (14,): how freely the unknowns move before this camera."""
        mean, covariance = np.zeros(N), np.zeros((N, N))
        mean[HABIT] = habit.mean_in * INCH_CM
        mean[PERSONAL] = self.mean[PERSONAL]
        deviations = np.concatenate([clothes, ANCHOR_WIDTH * spread, [habit.spread_in * INCH_CM], SEAT_SPREAD])
        covariance[: SEAT.stop, : SEAT.stop] = np.diag(deviations**2)
        covariance[PERSONAL, PERSONAL] = self.covariance[PERSONAL, PERSONAL]
        return SharedUnknowns(mean, _inverse(covariance))

    def anchored(self, anchor_id: int, spread: Floats = body_model.SPREAD) -> SharedUnknowns:
        """Another anchor picture, of which nothing is known; all else as it is."""
        covariance, mean = self.covariance, self.mean.copy()
        covariance[ANCHOR, :] = covariance[:, ANCHOR] = 0.0
        covariance[ANCHOR, ANCHOR] = np.diag((ANCHOR_WIDTH * spread) ** 2)
        mean[ANCHOR] = 0.0
        return SharedUnknowns(mean, _inverse(covariance), anchor_id)

    def learnt(self, found: SharedUnknowns, weight: float) -> SharedUnknowns:
        """With what a look found (its own posterior of these unknowns), counted ``weight`` (0–1) times: neighbouring
        looks share their errors."""
        gained = found.information - self.information
        information = self.information + weight * gained
        step = np.linalg.solve(information, weight * (found.information @ (found.mean - self.mean)))
        return replace(self, mean=self.mean + step, information=(information + information.T) / 2.0)

    def faded(self, towards: SharedUnknowns, passed_s: float) -> SharedUnknowns:
        """After so many seconds, with what was learnt since the sitting's begin counting less: the mean stays, its
        error grows to that of ``towards``."""
        kept = float(np.exp(-passed_s / FORGOTTEN_S))
        information = towards.information + kept * (self.information - towards.information)
        return replace(self, information=information)

    def to_json(self) -> dict[str, Any]:
        """For JSON: the mean and the lower triangle of the covariance, scaled so that few digits keep it definite."""
        covariance = self.covariance
        scale = np.sqrt(np.diag(covariance))
        correlation = (covariance / scale[:, None] / scale)[np.tril_indices(N, -1)] * KEPT_CORRELATION
        return {
            "anchor_id": self.anchor_id,
            "mean": [float(f"{v:.6g}") for v in self.mean],
            "deviation": [float(f"{v:.6g}") for v in scale],
            "correlation": np.round(correlation, 8).tolist(),
        }

    @classmethod
    def from_json(cls, body_: Any) -> SharedUnknowns:
        """From JSON; raises ValueError, KeyError, TypeError or OverflowError for what is no Gaussian of these
        unknowns."""
        mean = np.array(body_["mean"], dtype=np.float64)
        scale = np.array(body_["deviation"], dtype=np.float64)
        lower = np.array(body_["correlation"], dtype=np.float64)
        if mean.shape != (N,) or scale.shape != (N,) or lower.shape != (N * (N - 1) // 2,):
            raise ValueError("shape")
        # Asked so that what is no number is refused too.
        if not ((np.abs(mean) < FARTHEST).all() and (np.abs(lower) <= 1.0).all()):
            raise ValueError("not a Gaussian of a body")
        if not ((scale > 1.0 / FARTHEST**2).all() and (scale < FARTHEST).all()):
            raise ValueError("not a Gaussian of a body")
        correlation = np.eye(N)
        correlation[np.tril_indices(N, -1)] = lower
        correlation = correlation + correlation.T - np.eye(N)
        if float(np.linalg.eigvalsh(correlation).min()) <= 0.0:
            raise ValueError("not definite")
        anchor = body_["anchor_id"]
        return cls(mean, _inverse(correlation * scale[:, None] * scale), None if anchor is None else int(anchor))


def unknown(clothes: Floats, *, log_focal: float | None = None) -> SharedUnknowns:
    """Nothing is known of the person beyond anatomy: where a first calibration begins. ``log_focal``: standard
    deviation of the logarithm of lens and distance, where it is known better or worse than usually."""
    deviations = np.concatenate([np.ones(SEAT.stop), PERSON_SPREAD])
    if log_focal is not None:
        deviations[PERSONAL.start + PERSON.index("log_focal")] = log_focal
    return SharedUnknowns(np.zeros(N), np.diag(deviations**-2.0)).sitting(clothes, Habit())


def _inverse(matrix: Floats) -> Floats:
    """Of a symmetric matrix, and symmetric to the last digit."""
    inverse = np.linalg.inv(matrix)
    return np.asarray((inverse + inverse.T) / 2.0)
