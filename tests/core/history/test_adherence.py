"""Exercises are counted by what became of them, by exercise and phase."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from posturewatch.base.records import Event, EventKind
from posturewatch.core.history.adherence import (
    ExerciseCount,
    Exercises,
    count_exercises,
    exercise_of,
    exercises_words,
    sum_exercises,
)

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


def happened(*what: tuple[str, str]) -> list[Event]:
    """Outcome and detail of each, a minute apart."""
    return [
        Event(NOON + timedelta(minutes=minute), EventKind.EXERCISE, outcome, detail)
        for minute, (outcome, detail) in enumerate(what)
    ]


def test_each_exercise_is_counted_by_its_phase() -> None:
    """The same one in two phases is two rows; one of no plan has neither phase nor plan; what is done of other things
    is none."""
    events = happened(
        ("offered", "rolls 1 ab12"), ("done", "rolls 1 ab12"), ("offered", "rolls 2 ab12"), ("skipped", "rolls 2 ab12"),
        ("offered", "walk"), ("ended_early", "walk"), ("worse", "walk"), ("made up", "walk"),
    )  # fmt: skip
    taken = Event(NOON, EventKind.BREAK_TAKEN, "done", "rolls 1 ab12")
    counted = count_exercises([*events, taken])
    assert counted == (
        ExerciseCount("rolls", 1, "ab12", Exercises(offered=1, done=1)),
        ExerciseCount("rolls", 2, "ab12", Exercises(offered=1, skipped=1)),
        ExerciseCount("walk", None, "", Exercises(offered=1, ended_early=1, worse=1)),
    )
    whole = sum_exercises(counted)
    assert whole == Exercises(3, 1, 1, 1, 1)
    assert "3 offered, 1 done, 1 ended early, 1 skipped; 1 noted" in exercises_words(whole)
    assert exercises_words(Exercises()) == ""


def test_a_detail_that_is_none_of_ours_is_a_key() -> None:
    """An import may hold anything."""
    assert exercise_of("own-1") == ("own-1", None, "")
    assert exercise_of("rolls x ab") == ("rolls", None, "")
    assert exercise_of("rolls 99999999999999999999 ab") == ("rolls", None, "")
    assert exercise_of("") == ("", None, "")
