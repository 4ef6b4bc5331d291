"""Where the break clock stands, and the legal moves between, in one table."""

from __future__ import annotations

from enum import Enum, auto
from typing import Final


class Phase(Enum):
    """Where the clock stands."""

    WORKING = auto()
    NOTICED = auto()  # announced, not yet due
    DUE = auto()  # offered, or held back by a mute
    RESTING = auto()  # the user takes it


MOVES: Final = {
    Phase.WORKING: frozenset({Phase.NOTICED, Phase.DUE, Phase.RESTING}),
    Phase.NOTICED: frozenset({Phase.DUE, Phase.RESTING, Phase.WORKING}),
    Phase.DUE: frozenset({Phase.RESTING, Phase.WORKING}),
    Phase.RESTING: frozenset({Phase.DUE, Phase.WORKING}),
}
"""From each phase to those that may follow it."""
