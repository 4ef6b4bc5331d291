"""Any source, its picture turned upright before anything looks at it: for a camera that hangs on its side or head."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from posturewatch.sensor.frames import Pixels
from posturewatch.sensor.sources.source import Shot, Source

_QUARTERS: Final = {90: -1, 180: 2, 270: 1}
"""Quarter turns as NumPy counts them, anticlockwise."""


@dataclass(frozen=True, slots=True)
class TurnedShot:
    """A shot of which the picture is turned ``turn`` degrees clockwise: 90, 180 or 270."""

    t_s: float
    frame: int
    name: str | None
    of: Shot
    turn: int

    def picture(self) -> Pixels:
        """The picture, upright; raises OddPictureError."""
        return _turned(self.of.picture(), self.turn)

    def glance(self) -> Pixels:
        """The gate's small picture, upright; raises OddPictureError."""
        return _turned(self.of.glance(), self.turn)

    def mark(self) -> int:
        """Of the picture as it came."""
        return self.of.mark()


class TurnedSource:
    """Another source, its pictures turned ``turn`` degrees clockwise: 90, 180 or 270."""

    def __init__(self, of: Source, turn: int) -> None:
        self._of, self._turn = of, turn

    @property
    def live(self) -> bool:
        """As the other's."""
        return self._of.live

    @property
    def stills(self) -> bool:
        """As the other's."""
        return self._of.stills

    @property
    def t_s(self) -> float:
        """As the other's."""
        return self._of.t_s

    def grab(self) -> bool:
        """As the other's; raises what it raises."""
        return self._of.grab()

    def rest(self, wait: Callable[[float], bool]) -> None:
        """As the other's."""
        self._of.rest(wait)

    def shot(self) -> TurnedShot:
        """The frame that was grabbed last, upright."""
        shot = self._of.shot()
        return TurnedShot(shot.t_s, shot.frame, shot.name, shot, self._turn)

    def close(self) -> None:
        """Close the other."""
        self._of.close()


def _turned(picture: Pixels, turn: int) -> Pixels:
    return np.ascontiguousarray(np.rot90(picture, _QUARTERS[turn]))
