"""Does somebody sit there? Camera and input joined into seated, away or unknown, and for how long. Pure.

Who is believed: the camera where it can tell (reading and films at the desk are presence, a mouse that jitters
before an empty chair is not); a locked or sleeping computer next (nobody uses that screen); input idle where the
camera is closed. If nobody can tell, the clock stands still: to count that time either way would make up a fact.

What was sat since the last short and the last longer break is added up here as well, and whether a break was one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from posturewatch.base.records import State, Step
from posturewatch.base.settings import BreakSettings
from posturewatch.core.reminding import quiet
from posturewatch.core.reminding.passage import Passage

LISTENING_IDLE_S: Final = 300.0
"""In a call, or before a film that fills the screen, people listen without touching anything: with the camera
closed, idle input is presence for five minutes, and says nothing after that."""

_SHUT: Final = frozenset({quiet.LOCKED, quiet.SUSPENDED, quiet.LID})
_LISTENING: Final = frozenset({quiet.CALL, quiet.FULL_SCREEN})


class Seat(Enum):
    """Whether somebody sits at the desk."""

    SEATED = "seated"
    AWAY = "away"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SeatReading:
    """A seat and who says so: camera, locked, idle or nobody."""

    seat: Seat
    source: str


def present_of(step: Step | None) -> bool | None:
    """The camera's word on presence: ``None`` where it cannot tell (closed, black, lost, just starting)."""
    if step is None:
        return None
    if step.present:
        return True
    return False if step.state is State.AWAY else None


def read_seat(present: bool | None, idle_s: float | None, natural_s: float, muted: str | None) -> SeatReading:
    """The seat from what camera (``present``), desktop (``muted``) and input (``idle_s``) say now.

    ``natural_s``: idle input for this long, with the camera closed, is absence.
    """
    if present is not None:
        return SeatReading(Seat.SEATED if present else Seat.AWAY, "camera")
    if muted in _SHUT:
        return SeatReading(Seat.AWAY, "locked")
    if idle_s is None:
        return SeatReading(Seat.UNKNOWN, "nobody")
    if muted in _LISTENING:
        return SeatReading(Seat.SEATED if idle_s < LISTENING_IDLE_S else Seat.UNKNOWN, "idle")
    return SeatReading(Seat.SEATED if idle_s < natural_s else Seat.AWAY, "idle")


@dataclass(frozen=True, slots=True)
class Absence:
    """An absence that is over. ``source``: camera, locked, idle or unwatched (the computer slept)."""

    length_s: float
    source: str
    counted: bool  # it has been counted as a break already


class Sitting:
    """Adds up seated time and absences from readings."""

    def __init__(self) -> None:
        self.seat = Seat.UNKNOWN
        self.seated_s = 0.0
        """Seated seconds of the last passage; negative where idle time that was counted has to be given back."""
        self.away_s = 0.0
        """For how long the present absence has lasted; 0 while seated."""
        self._source = "nobody"
        self._counted = False
        self._on_credit_s = 0.0
        self._unseen_s = float("inf")  # since the camera last saw somebody

    def count(self) -> None:
        """The present absence has been counted as a break."""
        self._counted = True

    def forget(self) -> None:
        """Nothing is known any more (outside working hours)."""
        self.seat, self.seated_s, self.away_s = Seat.UNKNOWN, 0.0, 0.0
        self._counted, self._on_credit_s = False, 0.0

    def feed(self, reading: SeatReading, passage: Passage, idle_s: float | None) -> Absence | None:
        """Take in a reading; gives the absence that it ends, if it ends one."""
        before, self.seat = self.seat, reading.seat
        self.seated_s = 0.0
        self._unseen_s += passage.watched_s + passage.gap_s
        if reading.source == "camera" and reading.seat is Seat.SEATED:
            self._unseen_s = self._on_credit_s = 0.0
        if passage.gap_s:
            self.away_s += passage.gap_s
            self._source = "unwatched"
        elif before is Seat.SEATED and reading.seat is not Seat.UNKNOWN:
            self.seated_s = passage.watched_s
        elif before is Seat.AWAY and reading.seat is not Seat.UNKNOWN:
            self.away_s += passage.watched_s
        if reading.source == "idle" and reading.seat is Seat.SEATED:
            touched = idle_s is not None and idle_s <= passage.watched_s
            self._on_credit_s = 0.0 if touched else self._on_credit_s + self.seated_s
        if reading.seat is Seat.AWAY:
            self._leave(reading, idle_s)
            return None
        if reading.seat is Seat.SEATED and self.away_s > 0.0:
            over = Absence(self.away_s, self._source, self._counted)
            self.away_s, self._counted = 0.0, False
            return over
        return None

    def _leave(self, reading: SeatReading, idle_s: float | None) -> None:
        """By idle input an absence is known late: it began with the last touch, or when the camera last saw somebody if
        that was later, and the time since is given back."""
        if reading.source == "idle" and idle_s is not None:
            self.seated_s = -self._on_credit_s
            self.away_s = max(self.away_s, min(idle_s, self._unseen_s))
        self._on_credit_s = 0.0
        if self._source != "unwatched" or self.away_s == 0.0:
            self._source = reading.source


TYPING_IDLE_S: Final = 3.0
"""Input within this time means that somebody is typing …"""

PRESS_S: Final = 5.0
"""… except in the first seconds of a break, when it is the button that began it."""


class Rhythm:
    """Seconds sat since the last short and the last longer break, and what was put off.

    A longer break that would come within half a short interval of a short one replaces it.
    """

    def __init__(self) -> None:
        self.since_short_s = 0.0
        self.since_long_s = 0.0
        self.put_off_s: float | None = None
        """Seconds of sitting until a break that was put off; ``None`` while none is."""

    def sat(self, seated_s: float) -> None:
        """Somebody sat for this long (negative: had been counted and did not)."""
        self.since_short_s = max(0.0, self.since_short_s + seated_s)
        self.since_long_s = max(0.0, self.since_long_s + seated_s)
        if self.put_off_s is not None:
            self.put_off_s -= max(0.0, seated_s)

    def left_s(self, breaks: BreakSettings) -> float:
        """Seconds of sitting until the next break; 0 or less: it is due."""
        if self.put_off_s is not None:
            return self.put_off_s
        return min(self._short_left_s(breaks), self._long_left_s(breaks))

    def next_is_long(self, breaks: BreakSettings) -> bool:
        """Whether the break that comes next is a longer one."""
        return self._long_left_s(breaks) - self._short_left_s(breaks) <= breaks.every_min * 60 / 2

    def restart(self, *, long: bool) -> None:
        """A break is over; a short one leaves the clock of the longer one running."""
        self.since_short_s = 0.0
        self.put_off_s = None
        if long:
            self.since_long_s = 0.0

    def absent(self, length_s: float, breaks: BreakSettings) -> None:
        """An absence counts as a break. One too short for a longer break puts that off to the next one."""
        if length_s >= breaks.long_length_s:
            self.since_long_s = 0.0
        else:
            latest_s = _long_every_s(breaks) - breaks.every_min * 60
            self.since_long_s = max(0.0, min(self.since_long_s, latest_s))
        self.since_short_s = 0.0
        self.put_off_s = None

    def _short_left_s(self, breaks: BreakSettings) -> float:
        return breaks.every_min * 60 - self.since_short_s

    def _long_left_s(self, breaks: BreakSettings) -> float:
        return _long_every_s(breaks) - self.since_long_s


def _long_every_s(breaks: BreakSettings) -> float:
    return breaks.long_every_min * 60 or float("inf")


class RunningBreak:
    """One break being taken: how long it has lasted, and what was seen of it."""

    def __init__(self, length_s: float) -> None:
        self.length_s = length_s
        self.lasted_s = 0.0
        self._away_s = 0.0
        self._typed_s = 0.0

    def feed(self, passed_s: float, idle_s: float | None, *, away: bool) -> None:
        """``passed_s`` more seconds; ``idle_s`` since the last input, ``None`` where unknown."""
        self.lasted_s += passed_s
        if away:
            self._away_s += passed_s
        elif idle_s is not None and idle_s < TYPING_IDLE_S and self.lasted_s > PRESS_S:
            self._typed_s += passed_s

    @property
    def over(self) -> bool:
        """Whether its length has gone by."""
        return self.lasted_s >= self.length_s

    @property
    def typed_through(self) -> bool:
        """Whether somebody typed for more than half of it: that was no break."""
        return self._typed_s > self.length_s / 2

    @property
    def spent(self) -> str:
        """``away`` if most of it was spent away from the desk, ``at_desk`` otherwise."""
        return "away" if self._away_s >= self.length_s / 2 else "at_desk"


class DaySitting:
    """How long somebody has sat in the present local day, and whether the limit has been told."""

    def __init__(self, seated_s: float) -> None:
        self.seated_s = seated_s
        self._told = False

    def begin(self) -> None:
        """A new day has begun."""
        self.seated_s, self._told = 0.0, False

    def sat(self, seated_s: float) -> None:
        """Somebody sat for so long (negative: had been counted and did not)."""
        self.seated_s = max(0.0, self.seated_s + seated_s)

    def tell(self, limit_s: float) -> bool:
        """Whether the limit is to be told now; True once a day. A limit of 0 is none."""
        if limit_s <= 0.0 or self._told or self.seated_s < limit_s:
            return False
        self._told = True
        return True
