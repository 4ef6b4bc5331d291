"""The cheap look ahead of the networks: has anything changed, is it black, is it frozen?

Works on the small grey picture (80 points wide): some ten microseconds. It knows nothing of people.

A change is judged by its strongest places, not by its mean: a head that moves half an inch changes less than
one point in a hundred of the picture, and the mean drowns it in the noise of the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from posturewatch.sensor.frames import Pixels

BLACK_MEAN: Final = 8.0
BLACK_PEAK: Final = 24.0
"""Grey levels: a picture is black if its mean and its brightest hundredth are below. A room at night by the
light of a screen has a mean of 15 and more."""

QUIET_PEAK: Final = 3.0
"""Grey levels by which the most-changed hundredth of the points may differ and still count as unchanged.
Noise of a webcam in a dim room, averaged over 8 × 8 points, stays below 2; a head that moves by 0.1 in shifts
its outline by a tenth of a point of the small picture, which at a contrast of 50 levels is 5."""

CALM_SHARE: Final = 0.28
CALM_MOST: Final = 11.0
"""… and up to which somebody steady has not changed posture: this share of the picture's own contrast (its standard
deviation), and no more than so many grey levels. In the rendered clip, whose contrast is 38, no two pictures that
differ by less than 11 are further apart than 0.21 in of forward head, and none half an inch apart differ by less
than 32. Somebody who sits and breathes is mostly below."""

STIRRED_PEAK: Final = 20.0
"""… and from which on somebody has moved for sure. Breathing and noise stay below 11 over two seconds, a man who sits
still before his webcam mostly below 16; a head that moves by 0.17 in/s on a render has 25–70 after one second."""

_PEAK_SHARE: Final = 0.99


@dataclass(frozen=True, slots=True)
class Glance:
    """What the gate saw. ``change`` and ``peak`` are ``None`` before anything was analysed, or at another size.
    ``contrast`` is the standard deviation of the small grey picture analysed last, grey levels."""

    brightness: float
    contrast: float
    change: float | None
    peak: float | None
    still_s: float
    black: bool

    @property
    def quiet(self) -> bool:
        """Whether nothing has changed since the last analysed picture, as far as the noise lets one say."""
        return self.peak is not None and self.peak < QUIET_PEAK

    @property
    def calm(self) -> bool:
        """Whether no posture can have changed since the last analysed picture, though somebody breathes."""
        limit = max(QUIET_PEAK, min(CALM_SHARE * self.contrast, CALM_MOST))
        return self.peak is not None and self.peak < limit

    @property
    def stirred(self) -> bool:
        """Whether much has changed since the last analysed picture, or nothing was analysed yet."""
        return self.peak is None or self.peak >= STIRRED_PEAK


class Gate:
    """Compares each small grey picture with the one that was analysed last."""

    def __init__(self) -> None:
        self._analysed: Pixels | None = None
        self._contrast = 0.0
        self._mark: int | None = None
        self._same_since_s = 0.0

    def look(self, grey: Pixels, mark: int, t_s: float) -> Glance:
        """Judge the picture taken at ``t_s``. ``mark`` is a checksum of the picture as it came."""
        if mark != self._mark:
            self._same_since_s = t_s
        self._mark = mark
        change = peak = None
        if self._analysed is not None and self._analysed.shape == grey.shape:
            difference = grey.astype(np.int16) - self._analysed
            change = float(np.abs(difference).mean())
            # The camera's own exposure, and a lamp's flicker, lift or lower the whole: that is no change of posture.
            peak = _ranked(np.abs(difference - _ranked(difference, 0.5)), _PEAK_SHARE)
        mean = float(grey.mean())
        black = mean < BLACK_MEAN and _ranked(grey, _PEAK_SHARE) < BLACK_PEAK
        return Glance(mean, self._contrast, change, peak, max(0.0, t_s - self._same_since_s), black)

    def analysed(self, grey: Pixels) -> None:
        """The networks have seen this picture: compare with it from now on."""
        self._analysed, self._contrast = grey, float(grey.std())

    def reset(self) -> None:
        """Another source, or another size: forget."""
        self._analysed = self._mark = None


def _ranked(values: npt.NDArray[Any], share: float) -> int:
    """The value that this share of the values is not above; numpy's own percentile takes three times as long."""
    place = min(int(share * values.size), values.size - 1)
    return int(np.partition(values, place, axis=None)[place])
