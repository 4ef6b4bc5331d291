"""Is the chair taken, by the same person, and is the face free? Looks in; time is an argument.

One look without a person is a blunder of the networks more often than an empty chair; three of them over a
second are an empty chair. A person who leaps across the picture within a moment is somebody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from math import hypot
from typing import Final

from posturewatch.base.observation import Observation, PersonBox
from posturewatch.core.posture.person_in_view import PersonInView

EMPTY_S: Final = 1.0
EMPTY_LOOKS: Final = 3
"""Nobody for this long in this many looks: the chair is empty."""

EMPTY_SLOW_S: Final = 2.0
"""… or for this long in two looks, where looks come slowly."""

SETTLE_S: Final = 1.0
"""Who has just come back is moving: no verdict for a second."""

JUMP_WITHIN_S: Final = 1.0
JUMP_SIZES: Final = 1.2
JUMP_GROWTH: Final = 1.7
"""Within a second, nobody moves the eyes by more than this many shoulder widths, nor changes in size by more than
this factor (rolling back from 44 to 61 cm in a second, as in a home clip, is 1.4)."""

COVERED_S: Final = 1.5
COVERED_LOOKS: Final = 3
"""A face that a straight head lacks for so long, in so many looks, is covered: the network's own misses are single."""

OTHERS_LAST_S: Final = 15.0
"""Others are looked for every 10 s; whom that look found is there until the next."""


class Chair(Enum):
    """Whether somebody sits in the chair."""

    EMPTY = auto()
    MISSED = auto()  # somebody did a moment ago, and this look found nobody
    STRANGE = auto()  # a person who cannot be the one of a moment ago
    ARRIVING = auto()  # back for less than SETTLE_S
    TAKEN = auto()


@dataclass(slots=True)
class ChairWatch:
    """Follows one chair. ``now_s`` must not step back (the monitor has a clock of its own)."""

    _taken: bool = False
    _since_s: float = float("-inf")
    _misses: int = 0
    _missed_s: float = 0.0
    _track: tuple[float, PersonInView] | None = None
    _strange_s: float | None = None
    _others: tuple[PersonBox, ...] = ()
    _others_s: float = 0.0

    def forget(self) -> None:
        """After a gap: whoever is there is there, without having arrived."""
        self._taken, self._since_s, self._misses = False, float("-inf"), 0
        self._track = self._strange_s = None
        self._others = ()

    def nobody(self, now_s: float) -> Chair:
        """A look that found nobody."""
        self._track = self._strange_s = None
        self._others = ()
        if not self._taken:
            self._since_s = now_s
            return Chair.EMPTY
        if self._misses == 0:
            self._missed_s = now_s
        self._misses += 1
        lasted_s = now_s - self._missed_s
        quick = self._misses >= EMPTY_LOOKS and lasted_s >= EMPTY_S
        if not quick and not (self._misses >= 2 and lasted_s >= EMPTY_SLOW_S):
            return Chair.MISSED
        self._taken, self._misses, self._since_s = False, 0, now_s
        return Chair.EMPTY

    def somebody(self, sight: PersonInView, now_s: float) -> Chair:
        """A look that found a person of this desk's size."""
        if not self._taken:
            came = self._since_s > float("-inf")
            self._since_s = now_s if came else float("-inf")
        self._taken, self._misses = True, 0
        if self._leapt(sight, now_s):
            return Chair.STRANGE
        return Chair.ARRIVING if now_s - self._since_s < SETTLE_S else Chair.TAKEN

    def others(self, seen: Observation, now_s: float) -> tuple[PersonBox, ...]:
        """Who else is there: as this look says, or as the last one that looked did."""
        if seen.people is not None and (seen.people or seen.looked.whole):
            self._others, self._others_s = seen.people, now_s
        elif now_s - self._others_s > OTHERS_LAST_S:
            self._others = ()
        return self._others

    def _leapt(self, sight: PersonInView, now_s: float) -> bool:
        """Whether this is somebody else than a moment ago; after a second at the new place it is who it is."""
        before, self._track = self._track, (now_s, sight)
        if before is not None and now_s - before[0] <= JUMP_WITHIN_S and _far(before[1], sight):
            self._strange_s = now_s
        if self._strange_s is not None and now_s - self._strange_s >= JUMP_WITHIN_S:
            self._strange_s = None
        return self._strange_s is not None


@dataclass(slots=True)
class FaceWatch:
    """Tells a covered face (a hand, a cup, a mask before it) from one that the network has missed once."""

    _since_s: float | None = None
    _looks: int = 0

    def forget(self) -> None:
        """After a gap."""
        self._since_s, self._looks = None, 0

    def feed(self, hidden: bool | None, now_s: float) -> bool:
        """Whether the face is covered. ``hidden`` as ``quality.face_hidden`` says; ``None`` says nothing new."""
        if hidden is False:
            self.forget()
        elif hidden:
            self._since_s = now_s if self._since_s is None else self._since_s
            self._looks += 1
        lasted_s = 0.0 if self._since_s is None else now_s - self._since_s
        return bool(hidden) and self._looks >= COVERED_LOOKS and lasted_s >= COVERED_S


def _far(before: PersonInView, now: PersonInView) -> bool:
    if (before.head is None) != (now.head is None):
        return False  # sizes from a face and from shoulders do not compare
    large, small = max(before.size_px, now.size_px), max(min(before.size_px, now.size_px), 1.0)
    moved_px = hypot(before.eyes[0] - now.eyes[0], before.eyes[1] - now.eyes[1])
    return moved_px > JUMP_SIZES * large or large / small > JUMP_GROWTH
