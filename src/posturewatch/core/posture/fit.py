"""Fit the body to a look: robust weighted least squares with a prior, by Levenberg and Marquardt's method.

Each cue says where some points are, with a scatter; the prior says how much people move; what all looks of the sitting
share is known as well as ``shared_unknowns`` says, and is found together with the look's own unknowns. The posterior
mode is the estimate and the curvature there gives its standard error. Residuals are judged by Student's t, so
that a network's occasional blunder is outvoted instead of averaged in (Lange, Little & Taylor 1989).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from posturewatch.base.records import INCH_CM
from posturewatch.core.posture import body_model, shared_unknowns
from posturewatch.core.posture.body_model import FORWARD
from posturewatch.core.posture.calibrated_view import CalibratedView
from posturewatch.core.posture.cues import Cues
from posturewatch.core.posture.geometry import Floats
from posturewatch.core.posture.look_residuals import LookResiduals
from posturewatch.core.posture.shared_unknowns import HABIT, SEAT, SEATED, SharedUnknowns
from posturewatch.core.posture.view_prior import ViewPrior

T_DEGREES: Final = 4.0
"""Degrees of freedom of Student's t: heavy tails, as the pose network's errors on the renders have them."""

NO_OUTLIERS: Final = 1e6
"""Student's t with so many degrees of freedom is a Gaussian. A look that begins from nowhere is fitted with it first:
heavy tails would let the fit settle near any posture in which half of the cues count as blunders."""


@dataclass(frozen=True, slots=True)
class Fit:
    """One look solved: ``unknowns`` (14,) and ``covariance`` (14, 14), in which what is not known of the sitting is
    counted; ``shared``: what the shared unknowns would be if this look counted in full, as they were where it was
    solved for its own alone; ``sitting_in``: the part of the standard error of the forward translation that is the
    sitting's, inches, and that no further look of the same posture lessens; ``gain`` (14, 31): by how much the look's
    own unknowns move with the shared ones."""

    unknowns: Floats
    covariance: Floats
    shared: SharedUnknowns
    sitting_in: float
    gain: Floats


@dataclass(frozen=True, slots=True)
class KnownPosture:
    """A forward translation that is known beforehand, inches with its standard error: upright while calibrating."""

    forward_in: float
    se_in: float


_OWN_ROUNDS: Final = 15
_KNOWN_ROUNDS: Final = 3
"""Rounds in the look's own unknowns, and then further ones after a first in all of them where the posture is known.
Where it is not, a single look cannot tell its own errors from what the sitting shares, and further rounds would follow
the errors: one step in all of them, as an extended Kalman filter makes, errs less (docs/measurement.md, "What was
tried")."""

_DONE: Final = 0.3
"""Change of the cost (twice a negative logarithm of a probability) below which the fit has arrived."""

_TRIES: Final = 6
_DAMPED_MORE: Final = 8.0


def solve(
    reference: CalibratedView,
    look: Cues,
    shared: SharedUnknowns,
    view: ViewPrior,
    *,
    known: KnownPosture | None = None,
    start: Floats | None = None,
    gain: Floats | None = None,
) -> Fit:
    """The posterior mode for one look. ``start`` (14,): where to begin; the sitting's habit if not given. ``gain``:
    that of a look at a like posture; the look is then solved for its own unknowns alone, in a third of the time, and
    teaches nothing of the shared ones.

    Where texture of an anchor picture is among the cues, the anchor block of ``shared`` must speak of that picture.
    """
    problem = LookResiduals(reference, look, view.noise)
    prior = _Prior.of(shared, view.spread, known)
    own = np.zeros(body_model.N) if start is None else start
    if start is None:
        own[FORWARD] = shared.mean[HABIT] if known is None else known.forward_in * INCH_CM
    at = np.concatenate([own, shared.mean])
    # The look's own unknowns first, which is cheap; then all of them together from there.
    problem.settle(at)
    if start is None:
        at = _descend(problem, prior, at, NO_OUTLIERS)[0]
    at, residual, slopes = _descend(problem, prior, at)
    found = shared
    if gain is None:
        slopes = slopes + problem.shared_slopes(at)
        at, residual, gained = _step_in_all(problem, prior, at, residual, slopes)
        for _ in range(_KNOWN_ROUNDS if known is not None and gained >= _DONE else 0):
            problem.settle(at)
            residual, own_slopes = problem.linear(at)
            slopes = own_slopes + problem.shared_slopes(at)
            at, residual, gained = _step_in_all(problem, prior, at, residual, slopes)
            if gained < _DONE:
                break
    hessian = (slopes * _trust(residual)[:, None]).T @ slopes + prior.precision
    count = body_model.N
    own_covariance = np.linalg.inv(hessian[:count, :count])
    if gain is None:
        gain = -own_covariance @ hessian[:count, count:]
        covariance = np.asarray(np.linalg.inv(hessian))
        information = np.linalg.inv(covariance[count:, count:])
        found = SharedUnknowns(at[count:], (information + information.T) / 2.0, shared.anchor_id)
        sitting_part = covariance[:count, :count] - own_covariance
    else:
        sitting_part = gain @ shared.covariance @ gain.T
    sitting_in = float(np.sqrt(max(0.0, sitting_part[FORWARD, FORWARD]))) / INCH_CM
    return Fit(at[:count], own_covariance + sitting_part, found, sitting_in, gain)


def _descend(
    problem: LookResiduals, prior: _Prior, at: Floats, degrees: float = T_DEGREES
) -> tuple[Floats, Floats, Floats]:
    """Levenberg's and Marquardt's method in the look's own unknowns, the body being settled: where it ends, with
    residuals and slopes there."""
    own = slice(0, body_model.N)
    residual, slopes = problem.linear(at)
    cost, damping = _cost(residual, degrees) + prior.cost(at), 1e-3
    for _ in range(_OWN_ROUNDS):
        hessian, gradient = _normal(prior, at, residual, slopes, own, degrees=degrees)
        if gradient @ np.linalg.solve(hessian, gradient) < _DONE:
            break
        for _ in range(_TRIES):
            trial = at.copy()
            trial[own] -= np.linalg.solve(hessian + damping * np.diag(np.diag(hessian)), gradient)
            trial_residual, trial_slopes = problem.linear(trial)
            trial_cost = _cost(trial_residual, degrees) + prior.cost(trial)
            if trial_cost < cost:
                break
            damping *= _DAMPED_MORE
        else:
            return at, residual, slopes
        at, residual, slopes, cost = trial, trial_residual, trial_slopes, trial_cost
        damping = max(damping * 0.2, 1e-7)
    # What is left to gain is so little that the slopes here foretell it.
    hessian, gradient = _normal(prior, at, residual, slopes, own, degrees=degrees)
    step = np.linalg.solve(hessian, gradient)
    at = at.copy()
    at[own] -= step
    return at, residual - slopes[:, own] @ step, slopes


def _step_in_all(
    problem: LookResiduals, prior: _Prior, at: Floats, residual: Floats, slopes: Floats
) -> tuple[Floats, Floats, float]:
    """One step in all unknowns that these slopes tell of: where it ends, with residuals there, and what it gained."""
    everything = slice(0, len(at))
    hessian, gradient = _normal(prior, at, residual, slopes, everything)
    cost, damping = _cost(residual) + prior.cost(at), 1e-3
    for _ in range(_TRIES):
        trial = at - np.linalg.solve(hessian + damping * np.diag(np.diag(hessian)), gradient)
        trial_residual = problem.residual(trial)
        gained = cost - _cost(trial_residual) - prior.cost(trial)
        if gained > 0.0:
            return trial, trial_residual, gained
        damping *= _DAMPED_MORE
    return at, residual, 0.0


def _normal(
    prior: _Prior, at: Floats, residual: Floats, slopes: Floats, moved: slice, *, degrees: float = T_DEGREES
) -> tuple[Floats, Floats]:
    """Half of the cost's second and first derivatives in these unknowns."""
    active = slopes[:, moved]
    weighted = active * _trust(residual, degrees)[:, None]
    return weighted.T @ active + prior.precision[moved, moved], weighted.T @ residual + prior.gradient(at)[moved]


@dataclass(frozen=True, slots=True)
class _Prior:
    """Gaussian prior over the look's own unknowns and the shared ones together, (45,)."""

    rows: Floats
    offset: Floats
    mean: Floats
    information: Floats
    precision: Floats

    @classmethod
    def of(cls, shared: SharedUnknowns, spread: Floats, known: KnownPosture | None) -> _Prior:
        rows = np.hstack([np.diag(1.0 / spread), np.zeros((body_model.N, shared_unknowns.N))])
        offset = np.zeros(body_model.N)
        # People sit about the sitting's own mean, in this as in how far forward they are.
        rows[SEATED, np.arange(SEAT.start, SEAT.stop) + body_model.N] = -1.0 / spread[list(SEATED)]
        if known is None:
            rows[FORWARD, body_model.N + HABIT] = -1.0 / spread[FORWARD]
        else:
            rows[FORWARD, FORWARD] = 1.0 / (known.se_in * INCH_CM)
            offset[FORWARD] = known.forward_in / known.se_in
        precision = rows.T @ rows
        precision[body_model.N :, body_model.N :] += shared.information
        return cls(rows, offset, shared.mean, shared.information, precision)

    def cost(self, at: Floats) -> float:
        own, away = self.rows @ at - self.offset, at[body_model.N :] - self.mean
        return float(own @ own + away @ self.information @ away)

    def gradient(self, at: Floats) -> Floats:
        out = self.rows.T @ (self.rows @ at - self.offset)
        out[body_model.N :] += self.information @ (at[body_model.N :] - self.mean)
        return np.asarray(out)


def _trust(residual: Floats, degrees: float = T_DEGREES) -> Floats:
    return np.asarray((degrees + 1.0) / (degrees + residual**2))


def _cost(residual: Floats, degrees: float = T_DEGREES) -> float:
    return float((degrees + 1.0) * np.log1p(residual**2 / degrees).sum())
