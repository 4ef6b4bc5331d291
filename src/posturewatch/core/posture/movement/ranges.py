"""From the samples of one movement to its range, smoothness and repeatability: plain arithmetic, no camera.

A movement goes out and comes back some times. Each time its end is the furthest place that was held for a moment, told
from where the movement began; the range is the mean of the ends. Where the face is lost on the way out, the movement
went beyond what the camera sees, and the last place seen is the least that it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from posturewatch.base.movement import MOST_SAMPLES, Trace
from posturewatch.core.posture.geometry import Floats

HELD_S: Final = 0.5
"""An end counts if the head stayed as far for so long: a single look may be wrong."""

LATE_S: Final = 0.8
"""People follow a cue on a screen so much later."""

LOST_SHARE: Final = 0.3
"""Share of the looks of an end that may be missing before the movement is said to have gone beyond the face's view."""

LEAST_MOVED: Final = {"deg": 4.0, "in": 0.15, "cm": 1.0}
"""Less than this is no movement whose smoothness could be told."""

SPEED_HZ: Final = 10.0
"""Samples a second to which the speed is brought before its spectrum is taken."""

CUT_OFF_HZ: Final = 5.0
AMPLITUDE: Final = 0.05
PADDING: Final = 4
"""Of the spectral arc length: cut-off (half the sampling, where the authors with faster sensors have 10 Hz), least
share of the spectrum, doublings of the length by zeros (Balasubramanian et al. 2015)."""


@dataclass(frozen=True, slots=True)
class Samples:
    """One quantity over a movement, positive outwards: (n,) each; NaN where it was not seen. ``se`` and ``again_se``
    as in ``head_on_trunk.HeadOnTrunk``."""

    t_s: Floats
    value: Floats
    se: Floats
    again_se: Floats

    def within(self, first_s: float, last_s: float) -> Samples:
        """Those of a span of time, both ends in."""
        chosen = (self.t_s >= first_s) & (self.t_s <= last_s)
        return Samples(self.t_s[chosen], self.value[chosen], self.se[chosen], self.again_se[chosen])

    @property
    def seen(self) -> int:
        """How many have a value."""
        return int(np.isfinite(self.value).sum())


@dataclass(frozen=True, slots=True)
class Range:
    """How far a movement went, in the unit of its samples. ``beyond``: at least so far. ``scatter``: standard deviation
    between the repetitions, ``smoothness``: mean spectral arc length; ``None`` where there were too few."""

    value: float
    se: float
    again_se: float
    repeats: int
    scatter: float | None
    smoothness: float | None
    beyond: bool


def range_of(samples: Samples, zero: float, spans: Sequence[tuple[float, float]], least: float) -> Range | None:
    """The range of a movement that went out within each of the ``spans`` (seconds), from ``zero``; ``None`` where no
    repetition was seen. ``least``: movements shorter than this have no smoothness."""
    ends = [end for first_s, last_s in spans if (end := _end(samples, first_s, last_s)) is not None]
    if not ends:
        return None
    beyond = [end for end in ends if end.lost]
    kept = [end for end in ends if not end.lost] if len(beyond) * 2 <= len(ends) else beyond
    far = np.array([end.value - zero for end in kept])
    lost = kept is beyond
    scatter = float(far.std(ddof=1)) if len(far) > 1 else None
    chance = 0.0 if scatter is None else scatter / float(np.sqrt(len(far)))
    arcs = [
        arc
        for end in kept
        if not lost and end.value - zero >= least and (arc := smoothness(samples, end.first_s, end.t_s)) is not None
    ]
    return Range(
        float(far.max() if lost else far.mean()),
        float(np.hypot(np.mean([end.se for end in kept]), chance)),
        float(np.hypot(np.mean([end.again_se for end in kept]), chance)),
        len(kept),
        None if lost else scatter,
        float(np.mean(arcs)) if arcs else None,
        lost,
    )


@dataclass(frozen=True, slots=True)
class _End:
    t_s: float
    first_s: float
    value: float
    se: float
    again_se: float
    lost: bool


def _end(samples: Samples, first_s: float, last_s: float) -> _End | None:
    """The furthest place of one way out that was held for :data:`HELD_S`."""
    part = samples.within(first_s, last_s + LATE_S)
    seen = np.isfinite(part.value)
    if seen.sum() < 2:
        return None
    at, value = part.t_s[seen], part.value[seen]
    held = np.array([np.median(value[(at >= t - HELD_S / 2) & (at <= t + HELD_S / 2)]) for t in at])
    far = int(np.argmax(held))
    # Lost on the way: the looks from the furthest one seen until the head would have been back are missing.
    after = part.within(at[far], last_s + LATE_S)
    gone = len(after.value) - after.seen
    lost = gone > max(1, LOST_SHARE * len(part.value))
    return _End(
        float(at[far]),
        first_s,
        float(held[far]),
        float(part.se[seen][far]),
        float(part.again_se[seen][far]),
        lost,
    )


def smoothness(samples: Samples, first_s: float, last_s: float) -> float | None:
    """Spectral arc length of the speed between two times: the length of its normalised spectrum's magnitude up to the
    cut-off, with a minus (Balasubramanian et al., J NeuroEng Rehabil 12:112, 2015). ``None`` for too short a piece."""
    part = samples.within(first_s, last_s)
    seen = np.isfinite(part.value)
    if seen.sum() < 5 or last_s - first_s < 0.5:
        return None
    grid = np.arange(part.t_s[seen][0], part.t_s[seen][-1], 1.0 / SPEED_HZ)
    if len(grid) < 5:
        return None
    speed = np.abs(np.gradient(np.interp(grid, part.t_s[seen], part.value[seen]), 1.0 / SPEED_HZ))
    if speed.max() <= 0.0:
        return None
    count = 2 ** (int(np.ceil(np.log2(len(speed)))) + PADDING)
    spectrum = np.abs(np.fft.rfft(speed, count))
    frequency = np.fft.rfftfreq(count, 1.0 / SPEED_HZ)
    spectrum = spectrum / spectrum.max()
    inside = frequency <= CUT_OFF_HZ
    frequency, spectrum = frequency[inside], spectrum[inside]
    strong = np.flatnonzero(spectrum >= AMPLITUDE)
    frequency, spectrum = frequency[strong[0] : strong[-1] + 1], spectrum[strong[0] : strong[-1] + 1]
    if len(frequency) < 2:
        return None
    across = np.diff(frequency) / (frequency[-1] - frequency[0])
    return float(-np.hypot(across, np.diff(spectrum)).sum())


def return_error(samples: Samples, start: float, first_s: float, last_s: float) -> float | None:
    """How far from ``start`` the head came to rest after going out and coming back within the span, the eyes closed:
    the absolute difference at the first rest of :data:`RESTED_S` seconds. ``None`` where it was not seen to go out by
    :data:`OUT_DEG`, or not to rest."""
    part = samples.within(first_s, last_s)
    seen = np.isfinite(part.value)
    at, value = part.t_s[seen], part.value[seen]
    if len(value) < 5 or value.max() - start < OUT_DEG:
        return None
    far = int(np.argmax(value))
    half = start + (value[far] - start) / 2.0
    for i in range(far + 1, len(value)):
        rest = value[(at >= at[i]) & (at <= at[i] + RESTED_S)]
        if at[-1] - at[i] < RESTED_S:
            return None
        if len(rest) >= 3 and rest.max() < half and float(np.ptp(rest)) <= STILL_DEG:
            return abs(float(np.median(rest)) - start)
    return None


OUT_DEG: Final = 15.0
RESTED_S: Final = 0.8
STILL_DEG: Final = 5.0
"""A turn is at least so far; a head that rests stays within this for so long, the networks' scatter counted."""


def thinned(samples: Samples, zero: float) -> Trace:
    """The movement as a trace of at most MOST_SAMPLES, from ``zero`` and from its first look on."""
    seen = np.flatnonzero(np.isfinite(samples.value))
    if not len(seen):
        return ()
    kept = seen[np.unique(np.linspace(0, len(seen) - 1, min(len(seen), MOST_SAMPLES)).astype(int))]
    begun = samples.t_s[0]
    return tuple((round(float(samples.t_s[i] - begun), 1), round(float(samples.value[i] - zero), 2)) for i in kept)
