"""When a break is due, and what became of it. Pure: presence and input in, reminders and events out.

The clock runs while somebody sits there (``reminding/sitting.py``). An absence of ``natural_s`` is a break
by itself. A break that was announced is *taken* only if it is seen to be: the user left after the prompt, or
pressed "take" and the length went by without typing through it. Postponed, skipped and unanswered are never taken.

A break that falls due in a meeting is logged as muted and offered a minute after the meeting, with its notice, if
it is still due then.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

from posturewatch.base.records import Action, Event, EventKind, Reminder
from posturewatch.base.settings import BreakSettings
from posturewatch.core.reminding import quiet as muting
from posturewatch.core.reminding.breaks.exercise import BreakExercise
from posturewatch.core.reminding.breaks.log import BreakLog
from posturewatch.core.reminding.breaks.words import break_reminder, notice_reminder, sitting_reminder
from posturewatch.core.reminding.passage import Passage
from posturewatch.core.reminding.sitting import Absence, DaySitting, Rhythm, RunningBreak, Seat, Sitting, read_seat


class BreakPhase(Enum):
    """Where the clock stands."""

    WORKING = auto()
    NOTICED = auto()  # announced, not yet due
    DUE = auto()  # offered, or held back by a mute
    RESTING = auto()  # the user takes it


MOVES: Final = {
    BreakPhase.WORKING: frozenset({BreakPhase.NOTICED, BreakPhase.DUE, BreakPhase.RESTING}),
    BreakPhase.NOTICED: frozenset({BreakPhase.DUE, BreakPhase.RESTING, BreakPhase.WORKING}),
    BreakPhase.DUE: frozenset({BreakPhase.RESTING, BreakPhase.WORKING}),
    BreakPhase.RESTING: frozenset({BreakPhase.DUE, BreakPhase.WORKING}),
}
"""From each phase to those that may follow it."""


FOLLOWED_S: Final = 120.0
"""Whoever leaves within two minutes of a prompt has followed it; later it is an absence of its own."""

OFFERS: Final = 3
"""An unanswered break is offered this often, ``postpone_min`` apart, and then let go as unanswered."""

STRICT_AGAIN_S: Final = 60.0
"""In strict mode a break that was typed through is offered again after a minute."""

END_OF_WORK_S: Final = 4 * 3600.0
"""A longer absence is the end of work and no break."""

Said = Reminder | Event


class BreakClock:
    """One per app. ``seated_today_s`` carries the day's sitting over a restart."""

    def __init__(self, breaks: BreakSettings, *, seated_today_s: float = 0.0) -> None:
        self._breaks = breaks
        self._t_s = 0.0
        self._today = DaySitting(seated_today_s)
        self._log = BreakLog()
        self._sitting = Sitting()
        self._exercise = BreakExercise(self._log)
        self._rhythm = Rhythm()
        self._resting: RunningBreak | None = None
        self._muted_before = False
        self._settled_s = 0.0
        self._skips = 0
        self._fresh()

    def _fresh(self) -> None:
        """A new stretch of work begins."""
        self._phase = BreakPhase.WORKING
        self._log.next_break()
        self._long = False
        self._offers = 0
        self._offered_s: float | None = None
        self._by_hand = False  # the present break was begun before it was due
        self._resting = None
        self._exercise.next_break()

    # ------------------------------------------------------------------ what others read

    @property
    def on_break(self) -> bool:
        """Whether a break is being taken."""
        return self._phase is BreakPhase.RESTING

    @property
    def due(self) -> bool:
        """Whether a break is due and neither taken nor put off."""
        return self._phase is BreakPhase.DUE

    @property
    def next_is_long(self) -> bool:
        """Whether the next (or present) break is a longer one."""
        if self._phase in (BreakPhase.DUE, BreakPhase.RESTING) or self._rhythm.put_off_s is not None:
            return self._long
        return self._rhythm.next_is_long(self._breaks)

    @property
    def next_break_s(self) -> float | None:
        """Seconds of sitting until the next break, 0 while one is due; ``None`` where none is announced."""
        if not self._breaks.enabled:
            return None
        return (
            0.0 if self._phase in (BreakPhase.DUE, BreakPhase.RESTING) else max(0.0, self._rhythm.left_s(self._breaks))
        )

    @property
    def break_left_s(self) -> float | None:
        """Seconds until the present break is over; ``None`` outside a break."""
        return max(0.0, self._resting.length_s - self._resting.lasted_s) if self._resting is not None else None

    @property
    def can_skip(self) -> bool:
        """Whether Skip would be taken: not in strict mode, not after ``max_skips`` in a row."""
        return not self._breaks.strict and self._skips < self._breaks.max_skips

    @property
    def can_postpone(self) -> bool:
        """Whether Postpone would be taken."""
        return not self._breaks.strict

    @property
    def exercise(self) -> str | None:
        """Key of the exercise that goes with the due or begun break; ``None`` while exercises are off."""
        return self._exercise.key

    @property
    def last_exercise(self) -> str:
        """Key of the exercise of which it can still be said that it made it worse; empty: none."""
        return self._exercise.last(self._t_s)

    @property
    def seated_today_s(self) -> float:
        """Seconds sat in the present local day."""
        return self._today.seated_s

    def change(self, breaks: BreakSettings) -> None:
        """Take up new settings; what has been sat stays sat, but breaks that were off begin from now."""
        if breaks.enabled and not self._breaks.enabled:
            self._rhythm = Rhythm()
            self._fresh()
        self._breaks = breaks

    # ------------------------------------------------------------------ what the user does

    def take(self) -> None:
        """Begin the break now, due or not. It is logged as taken once it is seen to have been."""
        if self._phase is BreakPhase.RESTING:
            return
        if self._phase is BreakPhase.NOTICED:
            self._log.note_due("shown", self._kind())
        self._by_hand = not self._log.due_noted
        self._begin()

    def postpone(self) -> None:
        """Put a noticed, due or begun break off by ``postpone_min`` of sitting; else nothing."""
        if self._phase is BreakPhase.WORKING or not self.can_postpone:
            return
        self._long = self.next_is_long
        self._log.note(EventKind.BREAK_POSTPONED, "pressed", self._kind())
        self._put_off(self._breaks.postpone_min * 60)

    def skip(self) -> None:
        """Let a noticed or due break go; ignored in strict mode and after ``max_skips`` in a row. A begun one ends
        early."""
        if self._phase is BreakPhase.RESTING and not self._breaks.strict:
            self.finish_early()
        if self._phase not in (BreakPhase.NOTICED, BreakPhase.DUE) or not self.can_skip:
            return
        self._long = self.next_is_long
        self._log.note_due("shown", self._kind())
        self._skips += 1
        self._let_go("pressed")

    def finish_early(self) -> None:
        """End a begun break before its time: that is no taken break. Where nothing may be skipped it stays due."""
        if self._phase is not BreakPhase.RESTING:
            return
        if self._by_hand:
            self._undo("closed_early")
        elif self.can_skip:
            self._skips += 1
            self._let_go("closed_early")
        else:
            self._due_again()

    def worse(self) -> None:
        """The exercise of this break, or else the last one, made it worse: noted, and not suggested again today."""
        self._exercise.worse(self._breaks, self._t_s, resting=self.on_break)

    # ------------------------------------------------------------------ time

    def feed(self, present: bool | None, idle_s: float | None, passage: Passage, muted: str | None) -> tuple[Said, ...]:
        """What is to be shown or written down now.

        ``present``: the camera's word, ``None`` while it is closed or cannot tell. ``idle_s``: seconds since the
        last input, ``None`` where unknown. ``muted``: why nothing may be shown.
        """
        now, self._t_s = passage.now, passage.t_s
        if passage.new_day:
            self._today.begin()
            self._exercise.new_day()
        if muted == muting.HOURS:
            self._sitting.forget()
            self._rhythm = Rhythm()
            self._fresh()
            return self._log.events(now)
        if self._muted_before and muted is None:
            self._settled_s = self._t_s + muting.AFTER_MUTE_S
        self._muted_before = muted is not None
        self._sit(present, idle_s, passage, muted)
        said: list[Reminder] = []
        if self._resting is not None:
            self._rest(self._resting, passage, idle_s)
        elif self._breaks.enabled:
            said += self._announce(muted)
        said += self._sat_enough(muted)
        return (*self._log.events(now), *said)

    # ------------------------------------------------------------------ sitting and leaving

    def _sit(self, present: bool | None, idle_s: float | None, passage: Passage, muted: str | None) -> None:
        reading = read_seat(present, idle_s, self._breaks.natural_s, muted)
        over = self._sitting.feed(reading, passage, idle_s)
        sat_s = self._sitting.seated_s
        self._today.sat(sat_s)
        if self._phase is not BreakPhase.RESTING:
            if over is not None:
                self._come_back(over)
            self._rhythm.sat(sat_s)
            self._follow()

    def _follow(self) -> None:
        """Somebody left with the prompt, or soon after it, and has been away long enough: that break is taken."""
        if self._phase is not BreakPhase.DUE or self._offered_s is None or self._sitting.seat is not Seat.AWAY:
            return
        left_s = self._t_s - self._sitting.away_s
        enough_s = self._length_s() if self._long else min(self._length_s(), self._breaks.natural_s)
        followed = -self._breaks.notice_s <= left_s - self._offered_s <= FOLLOWED_S
        if followed and self._sitting.away_s >= enough_s:
            self._taken("away", self._sitting.away_s)

    def _come_back(self, over: Absence) -> None:
        """An absence is over: was it a break?"""
        if over.length_s < self._breaks.natural_s:
            return
        worked = self._rhythm.since_short_s >= self._breaks.natural_s
        if worked and not over.counted and over.length_s <= END_OF_WORK_S:
            self._log.note(EventKind.BREAK_NATURAL, over.source, "", over.length_s)
        self._skips = 0
        self._rhythm.absent(over.length_s, self._breaks)
        self._fresh()

    # ------------------------------------------------------------------ announcing

    def _announce(self, muted: str | None) -> list[Reminder]:
        quiet = muted is not None or self._t_s < self._settled_s
        if self._sitting.seat is not Seat.SEATED:
            return []
        if self._phase is BreakPhase.DUE:
            return [] if quiet else self._offer_again()
        left_s = self._rhythm.left_s(self._breaks)
        if left_s <= 0.0:
            return self._fall_due(muted, quiet=quiet)
        if self._phase is BreakPhase.WORKING and not quiet and left_s <= self._breaks.notice_s:
            self._long = self.next_is_long
            self._go(BreakPhase.NOTICED)
            return [notice_reminder(left_s, self._length_s(), long=self._long, actions=self._actions())]
        return []

    def _fall_due(self, muted: str | None, *, quiet: bool) -> list[Reminder]:
        self._long = self.next_is_long
        self._go(BreakPhase.DUE)
        if not quiet:
            self._log.note_due("shown", self._kind())
            return self._offer()
        if muted is None or self._log.due_noted:  # the minute after a meeting, or muted again
            return []
        self._log.note_due("muted", f"{self._kind()} {muted}")
        return [self._break_words(muted)]

    def _offer(self) -> list[Reminder]:
        self._offers += 1
        self._offered_s = self._t_s
        reminder = self._break_words(None)
        if self._breaks.strict:
            self._begin()
        return [reminder]

    def _offer_again(self) -> list[Reminder]:
        if self._offered_s is None:  # held back by a mute that is over: with its notice, like any other
            self._put_off(self._breaks.notice_s)
            return self._announce(None) if self._breaks.notice_s > 0 else self._fall_due(None, quiet=False)
        wait_s = STRICT_AGAIN_S if self._breaks.strict else self._breaks.postpone_min * 60
        if self._t_s - self._offered_s < wait_s:
            return []
        if self._offers >= OFFERS and self.can_skip:
            self._let_go("unanswered")
            return []
        return self._offer()

    def _break_words(self, muted: str | None) -> Reminder:
        if not muted:
            self._exercise.suggest(self._breaks, long=self._long)
        return break_reminder(
            self._length_s(), long=self._long, actions=self._actions(), exercise=self._exercise.key, muted=muted
        )

    def _actions(self) -> tuple[Action, ...]:
        postpone = (Action.POSTPONE,) if self.can_postpone else ()
        skip = (Action.SKIP,) if self.can_skip else ()
        return (Action.TAKE_BREAK, *postpone, *skip)

    def _sat_enough(self, muted: str | None) -> list[Reminder]:
        """The daily limit, told once a day and never in a meeting."""
        quiet = muted is not None or self._t_s < self._settled_s or self._sitting.seat is not Seat.SEATED
        if quiet or not self._today.tell(self._breaks.daily_sitting_limit_min * 60):
            return []
        self._log.note(EventKind.SITTING_LIMIT, "shown", "", self._today.seated_s)
        return [sitting_reminder(self._today.seated_s)]

    # ------------------------------------------------------------------ taking and letting go

    def _begin(self) -> None:
        self._long = self.next_is_long
        self._go(BreakPhase.RESTING)
        self._rhythm.put_off_s = None
        self._resting = RunningBreak(self._length_s())
        self._exercise.suggest(self._breaks, long=self._long)

    def _rest(self, rest: RunningBreak, passage: Passage, idle_s: float | None) -> None:
        away = self._sitting.seat is Seat.AWAY or passage.gap_s > 0.0
        rest.feed(passage.passed_s, idle_s, away=away)
        if not rest.over:
            return
        if not rest.typed_through:
            self._exercise.came_to("done", self._breaks, self._t_s)
            self._taken(rest.spent, rest.lasted_s)
        elif self._by_hand:
            self._undo("worked_through")
        elif self._breaks.strict:
            self._due_again()
        else:
            self._let_go("worked_through")

    def _taken(self, outcome: str, length_s: float) -> None:
        self._log.note(EventKind.BREAK_TAKEN, outcome, self._kind(), length_s)
        self._skips = 0
        if self._sitting.away_s > 0.0:
            self._sitting.count()
        self._restart()

    def _let_go(self, outcome: str) -> None:
        self._skipped(outcome)
        self._restart()

    def _undo(self, outcome: str) -> None:
        """A break that was not due and came to nothing: the next one comes when it would have come."""
        self._skipped(outcome)
        self._fresh()

    def _skipped(self, outcome: str) -> None:
        self._exercise.came_to("ended_early" if outcome == "closed_early" else "skipped", self._breaks, self._t_s)
        self._log.note(EventKind.BREAK_SKIPPED, outcome, self._kind())

    def _due_again(self) -> None:
        self._go(BreakPhase.DUE)
        self._resting = None
        self._offered_s = self._t_s

    def _restart(self) -> None:
        self._rhythm.restart(long=self._long)
        self._fresh()

    def _put_off(self, by_s: float) -> None:
        self._go(BreakPhase.WORKING)
        self._rhythm.put_off_s = by_s
        self._resting = None
        self._offered_s = None

    # ------------------------------------------------------------------ small words

    def _go(self, phase: BreakPhase) -> None:
        if phase not in MOVES[self._phase]:
            raise AssertionError(f"no way from {self._phase.name} to {phase.name}")
        self._phase = phase

    def _kind(self) -> str:
        return "long" if self._long else "short"

    def _length_s(self) -> float:
        return self._breaks.long_length_s if self._long else self._breaks.length_s
