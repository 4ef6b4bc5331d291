"""Which of several calibrated scenes is this? Decided where it is clear; otherwise nothing changes.

A scene is told by where the person sits in the picture, how large, and which way the head lies over the
shoulders: desk and laptop, sitting and standing differ in these by far more than posture does. The present
profile has the right to stay: another one must fit well, fit much better, and go on doing so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import inf, log
from typing import Final

from posturewatch.base.observation import Observation
from posturewatch.core.posture.calibration import Calibration
from posturewatch.core.posture.person_in_view import PersonInView, UsualView, sight_of, usual_of

SIZE_SPREAD: Final = 0.15
PLACE_SPREAD: Final = 0.30
HEIGHT_SPREAD: Final = 0.20
FACING_SPREAD: Final = 0.12
"""One standard deviation of how people differ from their own calibration over a day: logarithm of the size; eyes
beside and above their place, and nose beside the shoulders' middle, as shares of the size."""

FITS: Final = 9.0
"""χ² of four numbers up to which a scene fits: 94 % of looks at one's own desk."""

CLEARLY: Final = 9.0
"""By so much in χ² another scene must fit better: odds of 90 to 1, look by look."""

SURE_S: Final = 20.0
SURE_LOOKS: Final = 4
"""… for so long and in so many looks without one that says otherwise: leaning in to read is over by then."""


@dataclass(frozen=True, slots=True)
class ProfileScene:
    """A profile's calibrated picture."""

    profile: str
    usual: UsualView


@dataclass(slots=True)
class ProfileChooser:
    """Feeds on looks; names another profile when the scene is clearly that one's."""

    scenes: tuple[ProfileScene, ...]
    _candidate: str | None = None
    _since_s: float = 0.0
    _looks: int = 0
    _before_s: float = field(default=-inf)

    @classmethod
    def of(cls, calibrations: Iterable[Calibration]) -> ProfileChooser:
        """From the newest calibration of each profile."""
        return cls(tuple(ProfileScene(made.profile, usual_of(made)) for made in calibrations))

    def feed(self, seen: Observation, current: str) -> str | None:
        """The profile to change to, or ``None`` to stay with ``current``. Looks without a whole person say nothing."""
        if seen.t_s < self._before_s:
            self._candidate = None
        self._before_s = seen.t_s
        sight = sight_of(seen)
        if len(self.scenes) < 2 or sight is None or sight.shoulders is None:
            return None
        best = clearly(sight, self.scenes, current)
        if best is None or best != self._candidate:
            self._candidate, self._since_s, self._looks = best, seen.t_s, 1
            return None
        self._looks += 1
        if self._looks < SURE_LOOKS or seen.t_s - self._since_s < SURE_S:
            return None
        self._candidate = None
        return best


def clearly(sight: PersonInView, scenes: Iterable[ProfileScene], current: str) -> str | None:
    """The profile that this one look speaks for against ``current``; ``None`` where it does not."""
    misfits = {scene.profile: misfit(sight, scene.usual) for scene in scenes}
    best = min(misfits, key=lambda name: misfits[name])
    rivals = [value for name, value in misfits.items() if name != best]
    settled = misfits[best] <= FITS and all(value - misfits[best] >= CLEARLY for value in rivals)
    return best if best != current and settled else None


def misfit(sight: PersonInView, usual: UsualView) -> float:
    """χ² of a look against a calibrated picture: 0 = the same; infinite for another picture size."""
    then = usual.sight
    if (sight.width_px, sight.height_px) != (then.width_px, then.height_px) or sight.size_px <= 0:
        return inf
    return (
        (log(sight.size_px / then.size_px) / SIZE_SPREAD) ** 2
        + ((sight.eyes[0] - then.eyes[0]) / then.size_px / PLACE_SPREAD) ** 2
        + ((sight.eyes[1] - then.eyes[1]) / then.size_px / HEIGHT_SPREAD) ** 2
        + ((_facing(sight) - _facing(then)) / FACING_SPREAD) ** 2
    )


def _facing(sight: PersonInView) -> float:
    """Nose beside the middle of the shoulders, as a share of the size: which side the camera stands on."""
    if sight.head is None or sight.shoulders is None:
        return 0.0  # a face alone says nothing about it
    return (sight.head.nose[0] - (sight.shoulders[0][0] + sight.shoulders[1][0]) / 2) / sight.size_px
