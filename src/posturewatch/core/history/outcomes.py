"""What became of breaks and posture reminders, counted once and for all: terminal, report and exports count by this.

=====================================================  ======================================================
what happened                                          counts as
=====================================================  ======================================================
a break is offered, or would be but for a meeting      ``due``, once however often it is offered or postponed
a due break is taken                                   ``taken``
a break is begun by hand before it is due, and taken   ``taken`` and ``by_hand``
a due break is skipped, unanswered, ended early        ``skipped``
a due break is worked through                          ``skipped``
a break begun by hand is ended early or worked         nothing: none was due
through
a due break is postponed                               ``postponed``, each time
an absence long enough, not after an offer             ``natural``
a nudge is on the screen                               ``shown``
… and the head comes back, or a button is pressed      ``acted``, whatever else: a note that ran out before, too
… else it is dismissed                                 ``dismissed``
… else                                                 ``unanswered``: shown = acted + dismissed + unanswered
a nudge is held back, or could not be shown            ``muted``, ``failed``; not shown
=====================================================  ======================================================

An answer to a nudge of the day before belongs to no nudge of this day, and is left aside.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Final, TypeVar

from posturewatch.base.i18n import _
from posturewatch.base.records import Event, EventKind, Outcome

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


@dataclass(frozen=True, slots=True)
class Breaks:
    """Breaks by what became of them. ``muted`` are among the due; ``unanswered`` and ``worked_through`` are among the
    skipped, ``by_hand`` among the taken; never more skipped and :attr:`taken_when_due` than due."""

    due: int = 0
    taken: int = 0
    by_hand: int = 0
    natural: int = 0
    postponed: int = 0
    skipped: int = 0
    muted: int = 0
    unanswered: int = 0
    worked_through: int = 0

    @property
    def taken_when_due(self) -> int:
        """Of the due breaks those that were taken."""
        return self.taken - self.by_hand


@dataclass(frozen=True, slots=True)
class Nudges:
    """Posture nudges by what became of them; ``shown`` is the sum of ``acted``, ``dismissed`` and ``unanswered``."""

    shown: int = 0
    acted: int = 0
    dismissed: int = 0
    unanswered: int = 0
    muted: int = 0
    failed: int = 0


_T = TypeVar("_T", bound="DataclassInstance")


def total(kind: type[_T], parts: Iterable[_T]) -> _T:
    """The sum of several days."""
    days = tuple(parts)
    if len(days) < 2:
        return days[0] if days else kind()
    return kind(**{one.name: sum(getattr(day, one.name) for day in days) for one in fields(kind)})


def count_breaks(events: Iterable[Event]) -> Breaks:
    """The breaks of these events, which are of one day, in order."""
    counts: Counter[str] = Counter()
    due = False  # a break is due that nothing has become of yet
    for event in events:
        match event.kind:
            case EventKind.BREAK_DUE:
                due = True
                counts["due"] += 1
                counts["muted"] += event.outcome == Outcome.MUTED
            case EventKind.BREAK_TAKEN:
                counts["taken"] += 1
                counts["by_hand"] += not due
                due = False
            case EventKind.BREAK_SKIPPED:
                if due:
                    counts["skipped"] += 1
                    counts[event.outcome] += event.outcome in ("unanswered", "worked_through")
                due = False
            case EventKind.BREAK_NATURAL:
                counts["natural"] += 1
                due = False
            case EventKind.BREAK_POSTPONED:
                counts["postponed"] += 1
    return Breaks(**{one.name: counts[one.name] for one in fields(Breaks)})


_WEIGHT: Final = {Outcome.SHOWN: 0, Outcome.TIMED_OUT: 0, Outcome.DISMISSED: 1, Outcome.ACTED: 2}


def count_nudges(events: Iterable[Event]) -> Nudges:
    """The posture nudges of these events, which are of one day, in order."""
    fates: list[int] = []  # of each nudge that was shown, as in _WEIGHT
    aside: Counter[str] = Counter()
    for event in events:
        if event.kind is not EventKind.NUDGE:
            continue
        if event.outcome == Outcome.SHOWN:
            fates.append(0)
        elif event.outcome in _WEIGHT and fates:
            fates[-1] = max(fates[-1], _WEIGHT[Outcome(event.outcome)])
        else:
            aside[event.outcome] += 1
    seen = Counter(fates)
    return Nudges(len(fates), seen[2], seen[1], seen[0], aside[Outcome.MUTED], aside[Outcome.FAILED])


def breaks_words(breaks: Breaks) -> str:
    """The breaks in one line."""
    return _(
        "Breaks: {due} due ({taken} taken, {skipped} skipped, {postponed} postponed), "
        "{by_hand} by hand, {natural} natural."
    ).format(**asdict(breaks) | {"taken": breaks.taken_when_due})


def nudges_words(nudges: Nudges) -> str:
    """The posture reminders in one line."""
    return _(
        "Posture reminders: {shown} shown ({acted} acted on, {dismissed} dismissed, {unanswered} without answer), "
        "{muted} muted."
    ).format(**asdict(nudges))
