"""Clothes that were tied before: whoever puts Monday's jacket on again is measured against Monday's tie.

The pose network sees the shoulders elsewhere in other clothes, and a tie learns where in these. So the ties of one
calibration are kept side by side, and the one in whose clothes somebody sits there is the one to begin from. The seat
may still be another: a tie of an earlier day leaves the day untied.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from posturewatch.core.posture.calibration import Calibration
from posturewatch.core.posture.clothes import OTHER, Tone, distance


@dataclass(frozen=True, slots=True)
class Outfit:
    """A calibration or a tie as it is kept: its number in the journal, and when it was made by the clock of then."""

    number: int
    at: datetime
    calibration: Calibration


def series(newest_first: Iterable[Outfit]) -> tuple[Outfit, ...]:
    """The ties of one calibration with the calibration itself, newest first: a whole calibration begins anew, because
    the one before it may have been given up as a bad one."""
    found: list[Outfit] = []
    for outfit in newest_first:
        found.append(outfit)
        if not outfit.calibration.ties:
            break
    return tuple(found)


def worn(outfits: Iterable[Outfit], tone: Tone) -> Outfit | None:
    """The first of these that was made in clothes of this tone, as surely as clothes put on again are told from others;
    ``None`` where none was."""
    for outfit in outfits:
        known = outfit.calibration.clothes_tone
        if known is not None and distance(known, tone) < OTHER / 2.0:
            return outfit
    return None
