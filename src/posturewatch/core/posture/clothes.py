"""Are these the clothes that were calibrated in? Told by how the chest's colour stands to the face's.

The same light falls on both, so their ratio, channel by channel, hardly depends on the lamp; a jacket over a shirt
changes it by a factor. Three numbers are kept, no picture. Other clothes of the same colour are not noticed by this.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import hypot
from statistics import median
from typing import Final

Tone = tuple[float, float, float]
"""Natural logarithms of chest over face, blue, green and red, linear light (medians over each region)."""

LIGHTNESS: Final = 0.35
"""Spread of the mean of the three over a sitting: shadows move with the body (nine in ten within 0.25–0.68 on the
renders; another day's clothes 0.67–2.5)."""

TINT: Final = 0.10
"""… and of each one against their mean (nine in ten within 0.10–0.25; another day's clothes 0.11–0.56)."""

OTHER: Final = 2.6
"""Distance in these spreads beyond which clothes are others: the middles of sixteen sittings lie at 0.1–0.8 from their
calibration, those of five other days at 4–7."""

LOOKS: Final = 9
"""The middle of so many looks is compared: a hand or a shadow on the chest is over by then. Middles of nine stayed
within 2.2 of their calibration, but for one sitting that reached 3.6; those of five err more often."""


def distance(one: Tone, other: Tone) -> float:
    """How far two tones lie apart, in spreads of one sitting."""
    gap = [a - b for a, b in zip(one, other, strict=True)]
    mean = sum(gap) / 3.0
    return hypot(mean / LIGHTNESS, max(abs(g - mean) for g in gap) / TINT)


def middle_tone(tones: Iterable[Tone]) -> Tone:
    """The median of each channel; raises StatisticsError for none."""
    blue, green, red = zip(*tones, strict=True)
    return median(blue), median(green), median(red)


@dataclass(slots=True)
class ClothesWatch:
    """Compares what is worn with ``known``, the tone of the calibration or of the sitting's begin; ``None``: not
    known."""

    known: Tone | None
    _seen: deque[Tone] = field(default_factory=lambda: deque(maxlen=LOOKS))

    def same(self) -> None:
        """They are known to be the same, by something better than colour."""
        self._seen.clear()

    def feed(self, tone: Tone | None, *, at_once: bool = False) -> bool:
        """Take in a look's tone; whether the clothes have changed. From then on these are the known ones. ``at_once``:
        this look alone may say so."""
        if tone is None:
            return False
        self._seen.append(tone)
        if len(self._seen) < LOOKS and not at_once:
            return False
        middle = middle_tone(self._seen)
        if self.known is None:
            self.known = middle
            return False
        changed = distance(middle, self.known) > OTHER
        if changed:
            self.known = middle
            self._seen.clear()
        return changed
