"""What became of exercises, counted once and for all: by exercise and phase of a plan, and in sum.

======================================  ==================================================
what happened                           counts as
======================================  ==================================================
a break suggests an exercise            ``offered``, once however often the break is offered
its break runs to its end               ``done``
its break is ended before its end       ``ended_early``
its break is skipped, unanswered or     ``skipped``
worked through
"it made it worse" is tapped            ``worse``, beside what else became of it
the desk is left with the prompt        nothing: what was done out of sight is not known
======================================  ==================================================
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import Final

from posturewatch.base.i18n import _
from posturewatch.base.records import Event, EventKind
from posturewatch.core.history.outcomes import total


@dataclass(frozen=True, slots=True)
class Exercises:
    """Exercises by what became of them."""

    offered: int = 0
    done: int = 0
    ended_early: int = 0
    skipped: int = 0
    worse: int = 0


@dataclass(frozen=True, slots=True)
class ExerciseCount:
    """One exercise in one phase. ``phase`` None and ``plan`` empty: it was of no plan."""

    key: str
    phase: int | None
    plan: str
    counts: Exercises


OUTCOMES: Final = tuple(one.name for one in fields(Exercises))


def exercise_of(detail: str) -> tuple[str, int | None, str]:
    """Key, phase and plan of an event's detail, ``key phase plan`` or ``key``."""
    key, _blank, rest = detail.partition(" ")
    phase, _blank, plan = rest.partition(" ")
    if phase.isascii() and phase.isdigit() and len(phase) < 4:
        return key, int(phase), plan
    return key, None, ""


def count_exercises(events: Iterable[Event]) -> tuple[ExerciseCount, ...]:
    """Each exercise of these events by phase, in the order in which they came up."""
    counts: dict[tuple[str, int | None, str], Counter[str]] = {}
    for event in events:
        if event.kind is EventKind.EXERCISE and event.outcome in OUTCOMES:
            counts.setdefault(exercise_of(event.detail), Counter())[event.outcome] += 1
    return tuple(
        ExerciseCount(*what, Exercises(**{name: count[name] for name in OUTCOMES})) for what, count in counts.items()
    )


def sum_exercises(parts: Iterable[ExerciseCount]) -> Exercises:
    """All of them together."""
    return total(Exercises, (part.counts for part in parts))


def exercises_words(counts: Exercises) -> str:
    """The exercises in one line; empty where none was offered."""
    if counts == Exercises():
        return ""
    return _(
        "Exercises: {offered} offered, {done} done, {ended_early} ended early, {skipped} skipped; {worse} noted as "
        "having made it worse."
    ).format(**asdict(counts))
