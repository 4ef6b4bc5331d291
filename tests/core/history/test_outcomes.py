"""What became of breaks and reminders: the table of cases, and sums that hold whatever happened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posturewatch.base.records import Event, EventKind
from posturewatch.core.history.outcomes import (
    Breaks,
    Nudges,
    breaks_words,
    count_breaks,
    count_nudges,
    nudges_words,
    total,
)

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DUE = (EventKind.BREAK_DUE, "shown")
MUTED = (EventKind.BREAK_DUE, "muted")
TAKEN = (EventKind.BREAK_TAKEN, "rested")
NATURAL = (EventKind.BREAK_NATURAL, "camera")
POSTPONED = (EventKind.BREAK_POSTPONED, "pressed")
SKIPPED = (EventKind.BREAK_SKIPPED, "pressed")
EARLY = (EventKind.BREAK_SKIPPED, "closed_early")
UNANSWERED = (EventKind.BREAK_SKIPPED, "unanswered")
WORKED = (EventKind.BREAK_SKIPPED, "worked_through")

Said = tuple[EventKind, str]


def events(said: list[Said]) -> list[Event]:
    """A minute apart."""
    return [Event(NINE + timedelta(minutes=number), kind, outcome) for number, (kind, outcome) in enumerate(said)]


@pytest.mark.parametrize(
    ("said", "counted"),
    [
        ([], Breaks()),
        ([DUE, TAKEN], Breaks(due=1, taken=1)),
        ([TAKEN], Breaks(taken=1, by_hand=1)),
        ([TAKEN, TAKEN], Breaks(taken=2, by_hand=2)),
        ([DUE, POSTPONED, POSTPONED, TAKEN], Breaks(due=1, taken=1, postponed=2)),
        ([DUE, SKIPPED], Breaks(due=1, skipped=1)),
        ([DUE, EARLY], Breaks(due=1, skipped=1)),
        ([DUE, UNANSWERED], Breaks(due=1, skipped=1, unanswered=1)),
        ([DUE, WORKED], Breaks(due=1, skipped=1, worked_through=1)),
        ([DUE, (EventKind.BREAK_SKIPPED, "skipped")], Breaks(due=1, skipped=1)),
        ([EARLY], Breaks()),
        ([WORKED], Breaks()),
        ([DUE, TAKEN, EARLY, TAKEN], Breaks(due=1, taken=2, by_hand=1)),
        ([MUTED, TAKEN], Breaks(due=1, taken=1, muted=1)),
        ([NATURAL], Breaks(natural=1)),
        ([DUE, NATURAL, TAKEN], Breaks(due=1, natural=1, taken=1, by_hand=1)),
    ],
)
def test_each_break_is_counted_for_what_became_of_it(said: list[Said], counted: Breaks) -> None:
    """The table of cases."""
    assert count_breaks(events(said)) == counted


@pytest.mark.parametrize(
    ("outcomes", "counted"),
    [
        ("", Nudges()),
        ("shown", Nudges(shown=1, unanswered=1)),
        ("shown timed_out", Nudges(shown=1, unanswered=1)),
        ("shown timed_out acted", Nudges(shown=1, acted=1)),
        ("shown acted timed_out", Nudges(shown=1, acted=1)),
        ("shown dismissed", Nudges(shown=1, dismissed=1)),
        ("shown dismissed acted", Nudges(shown=1, acted=1)),
        ("shown acted acted", Nudges(shown=1, acted=1)),
        ("muted muted failed", Nudges(muted=2, failed=1)),
        ("acted", Nudges()),
        ("shown timed_out shown muted acted shown dismissed", Nudges(3, acted=1, dismissed=1, unanswered=1, muted=1)),
    ],
)
def test_each_nudge_has_one_fate(outcomes: str, counted: Nudges) -> None:
    """A note that ran out, after which the head came back, is acted on and not without answer as well."""
    assert count_nudges(events([(EventKind.NUDGE, outcome) for outcome in outcomes.split()])) == counted


SAYINGS = st.lists(st.sampled_from((DUE, MUTED, TAKEN, NATURAL, POSTPONED, SKIPPED, EARLY, UNANSWERED, WORKED)))
ANSWERS = st.lists(st.sampled_from(("shown", "acted", "dismissed", "timed_out", "muted", "failed")))


@given(SAYINGS, ANSWERS)
def test_the_sums_hold_whatever_happened(said: list[Said], answers: list[str]) -> None:
    """No more due breaks are taken or skipped than were due; the fates of the nudges add up to those shown."""
    breaks = count_breaks(events(said))
    assert breaks.taken_when_due + breaks.skipped <= breaks.due
    assert breaks.muted <= breaks.due
    assert breaks.unanswered + breaks.worked_through <= breaks.skipped
    nudges = count_nudges(events([(EventKind.NUDGE, outcome) for outcome in answers]))
    assert nudges.acted + nudges.dismissed + nudges.unanswered == nudges.shown == answers.count("shown")


def test_days_add_up_and_are_said_in_one_line_each() -> None:
    """Two days are the sum of each; the sentences have every count."""
    days = Breaks(due=3, taken=3, by_hand=1, skipped=1), Breaks(due=1, natural=2, postponed=4)
    assert total(Breaks, days) == Breaks(due=4, taken=3, by_hand=1, skipped=1, natural=2, postponed=4)
    assert breaks_words(total(Breaks, days)) == (
        "Breaks: 4 due (2 taken, 1 skipped, 4 postponed), 1 by hand, 2 natural."
    )
    assert nudges_words(Nudges(shown=8, acted=4, dismissed=1, unanswered=3, muted=2)) == (
        "Posture reminders: 8 shown (4 acted on, 1 dismissed, 3 without answer), 2 muted."
    )
