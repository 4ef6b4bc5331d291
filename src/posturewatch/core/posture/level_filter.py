"""The value over time: one number with its error from looks that come when they come.

A local level (the posture wanders like a random walk) followed by a Kalman filter, with three additions.
Looks that disagree with the level are put aside first: a glance at the keyboard is over within seconds and must
leave no trace, while a new posture goes on disagreeing and is then taken up at once. Looks close in time
share their errors, so a fast camera does not make anybody surer. And part of a look's error belongs to the
posture, not to the look: averaging does not remove it, so the error has a floor.

Time is an argument; nothing here counts frames.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import erfc, hypot, sqrt
from typing import Final

WANDER_IN2_PER_S: Final = 0.08
"""Variance that a posture gains per second, in²/s. People who slump take 2–2.5 in over 15 s (0.17 in/s, as the
rendered clip has it): with this the level lags such a drift by half a second, be it looked at five times a second or
once. Smaller lags more; with 0.12 the noise of single looks carries glances at the keyboard over the threshold."""

STILL_IN2_PER_S: Final = 0.002
"""… and while the gate says that the picture has not changed: 0.14 in over 10 s, a creep below its eye."""

SHARED: Final = 0.5
"""Share of a look's variance that belongs to the posture: what the body model and the networks get wrong
about a posture they get wrong the same way in the next look. It is never averaged away."""

CORRELATED_S: Final = 0.5
"""Looks closer than this share their errors (the networks smooth over time, a shadow stays where it is): two
looks 0.1 s apart are together worth little more than one."""

SURPRISE: Final = 1.6
"""Standard errors beyond which a look disagrees with the level …"""

SURPRISE_IN: Final = 0.7
"""… but never below this many inches: wanderings of half an inch are posture (measured in talking heads)."""

GLANCE_S: Final = 3.6
"""Forward looks that disagree are taken for a glance (keyboard, cup, reach) up to here; glances last 1–3 s. Longer
would delay a posture that somebody has really taken up."""

RETURN_S: Final = 0.45
"""Looks back towards upright that disagree are believed after this: only a blunder of the networks is shorter,
and believing a correction late would keep a verdict FORWARD that is no longer true."""

HEALED_S: Final = 1.2
"""A single agreeing look does not end a disagreement; agreeing for this long does."""

GAP_S: Final = 15.0
"""After so long without a look nothing is known any more."""


SURE: Final = 0.6
"""Probability of lying beyond the threshold with which FORWARD is said, and of lying within it with which UPRIGHT is.
More would let a real inch and a quarter pass unseen at an error of half an inch."""


@dataclass(frozen=True, slots=True)
class Filtered:
    """The level in inches with its standard error; ``unsettled`` while looks disagree with it."""

    fht_in: float
    se_in: float
    unsettled: bool


@dataclass(slots=True)
class _Doubt:
    """Looks on one side of the level: since when, how many, their own running level, and how many spoke against."""

    since_s: float
    last_s: float
    level_in: float
    variance: float
    own: float
    looks: int = 1
    against: int = 0

    def add(self, at_s: float, fht_in: float, fresh: float, own: float) -> None:
        self.variance += WANDER_IN2_PER_S * max(at_s - self.last_s, 0.0)
        gain = self.variance / (self.variance + fresh)
        self.level_in += gain * (fht_in - self.level_in)
        self.variance *= 1.0 - gain
        self.own += gain * (own - self.own)
        self.looks += 1
        self.last_s = at_s


@dataclass(slots=True)
class LevelFilter:
    """See the module. ``gap_s``: without a look for so long, the level is forgotten."""

    gap_s: float = GAP_S
    _now_s: float | None = None
    _clock_s: float = 0.0
    _seen_s: float = 0.0
    _known: bool = False
    _level_in: float = 0.0
    _variance: float = 0.0
    _own: float = 0.0
    _doubts: dict[bool, _Doubt] = field(default_factory=dict)
    _agreed_s: float | None = None
    _last: tuple[float, float, float] | None = None

    def forget(self) -> None:
        """Nothing is known; the next look begins anew."""
        self._known, self._last, self._agreed_s = False, None, None
        self._variance = self._own = 0.0
        self._doubts.clear()

    def feed(self, t_s: float, fht_in: float, se_in: float, sitting_se_in: float = 0.0) -> Filtered:
        """Take in one look's value and its standard error, of which ``sitting_se_in`` is shared by all looks of the
        sitting; the level now."""
        passed_s = self._pass(t_s, WANDER_IN2_PER_S)
        own, fresh = _parts(se_in, sitting_se_in)
        self._last = (fht_in, own, fresh)
        self._seen_s = self._clock_s
        if not self._known:
            self._begin(fht_in, fresh, own)
        elif passed_s > 0.0:
            self._weigh(fht_in, fresh, max(1.0, CORRELATED_S / passed_s), own)
        return self._told()

    def hold(self, t_s: float) -> Filtered | None:
        """The picture has not changed since the last look: its value stands. ``None`` where there is none."""
        known = self._last
        if not self._known or known is None:
            self._pass(t_s, WANDER_IN2_PER_S)
            return None
        passed_s = self._pass(t_s, STILL_IN2_PER_S)
        if not self._known:
            return None
        self._seen_s = self._clock_s
        if passed_s > 0.0:
            # The same picture has the same error: it moves the level, and makes it no surer.
            before = self._variance
            _, own, fresh = known
            self._weigh(known[0], fresh, 4.0 * max(1.0, CORRELATED_S / passed_s), own)
            self._variance = max(self._variance, before)
        return self._told()

    def miss(self, t_s: float) -> None:
        """A look that brought no value: time passes, the error grows, and after a gap all is forgotten."""
        self._pass(t_s, WANDER_IN2_PER_S)

    @property
    def unsettled(self) -> bool:
        """Whether looks disagree with the level at present."""
        return bool(self._doubts)

    @property
    def now(self) -> Filtered | None:
        """The level and its error as of the last call; ``None`` where nothing is known."""
        return self._told() if self._known else None

    # ------------------------------------------------------------------ inside

    def _pass(self, t_s: float, wander: float) -> float:
        """Let time pass; how many seconds did. A step back passes none, however far it goes."""
        before_s, self._now_s = self._now_s, t_s
        passed_s = 0.0 if before_s is None else max(0.0, t_s - before_s)
        self._clock_s += passed_s
        if self._clock_s - self._seen_s > self.gap_s or (before_s is not None and before_s - t_s > self.gap_s):
            self.forget()
        self._variance += wander * passed_s
        return passed_s

    def _begin(self, fht_in: float, variance: float, own: float) -> None:
        self._known, self._level_in, self._variance, self._own = True, fht_in, variance, own
        self._doubts.clear()
        self._agreed_s = self._clock_s

    def _weigh(self, fht_in: float, fresh: float, stale: float, own: float) -> None:
        """Agree and be averaged in, or disagree and be put aside until that has lasted.

        ``stale`` ≥ 1: how many looks of this kind are worth one.
        """
        surprise = fht_in - self._level_in
        # Two postures have two errors of their own.
        limit = max(SURPRISE * sqrt(self._variance + 2.0 * own + fresh), SURPRISE_IN)
        if abs(surprise) <= limit:
            self._agree(surprise, fresh * stale, own)
            return
        self._agreed_s = None
        forward = surprise > 0
        self._doubts.pop(not forward, None)
        doubt = self._doubts.get(forward)
        if doubt is None:
            doubt = self._doubts[forward] = _Doubt(self._clock_s, self._clock_s, fht_in, fresh, own)
        else:
            doubt.add(self._clock_s, fht_in, fresh * stale, own)
        patience_s = GLANCE_S if forward else RETURN_S
        lasted = self._clock_s - doubt.since_s >= patience_s
        if lasted and doubt.looks >= 2 and doubt.looks > doubt.against:
            self._begin(doubt.level_in, doubt.variance, doubt.own)

    def _agree(self, surprise: float, fresh: float, own: float) -> None:
        for doubt in self._doubts.values():
            doubt.against += 1
        if self._agreed_s is None:
            self._agreed_s = self._clock_s
        if self._clock_s - self._agreed_s >= HEALED_S:
            self._doubts.clear()
        gain = self._variance / (self._variance + fresh)
        self._level_in += gain * surprise
        self._variance *= 1.0 - gain
        self._own += max(gain, 0.1) * (own - self._own)

    def _told(self) -> Filtered:
        return Filtered(self._level_in, hypot(sqrt(self._variance), sqrt(self._own)), self.unsettled)


def _parts(se_in: float, sitting_se_in: float) -> tuple[float, float]:
    """Variance that belongs to posture and sitting, and variance that the next look does not share."""
    sitting = min(sitting_se_in, se_in) ** 2
    looks = se_in**2 - sitting
    return sitting + SHARED * looks, (1.0 - SHARED) * looks


def probability_beyond(limit_in: float, fht_in: float, se_in: float) -> float:
    """Probability that the distance is beyond ``limit_in``, its error being Gaussian."""
    return 0.5 * erfc((limit_in - fht_in) / (max(se_in, 1e-6) * sqrt(2.0)))


@dataclass(slots=True)
class Verdict:
    """FORWARD, upright, or neither can be said; with hysteresis and the error counted in.

    It becomes forward where the distance lies beyond ``threshold_in`` with a probability of :data:`SURE`, upright where
    it lies within it with as much, but from forward only below ``clear_in``; between the two it stays what it was.
    ``forward`` is ``None`` while nothing could be said yet.
    """

    threshold_in: float
    clear_in: float
    forward: bool | None = None

    def feed(self, fht_in: float, se_in: float) -> bool | None:
        """Whether the head is forward now; ``None`` where neither is likely enough."""
        beyond = probability_beyond(self.threshold_in, fht_in, se_in)
        if beyond >= SURE:
            self.forward = True
        elif self.forward and fht_in < self.clear_in:
            self.forward = False if beyond <= 1.0 - SURE else None
        elif not self.forward:
            self.forward = False if beyond <= 1.0 - SURE else self.forward
        return self.forward

    def forget(self) -> None:
        """After a gap, nothing carries over."""
        self.forward = None
