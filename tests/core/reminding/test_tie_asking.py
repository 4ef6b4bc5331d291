"""When five seconds of sitting upright are asked for: days told in sentences, with the minutes of the questions."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from posturewatch.base.records import Action, Outcome, Reason, ReminderKind, Response
from posturewatch.base.settings import BreakSettings, CalibrationSettings, PostureSettings
from posturewatch.core.reminding.tie_asking import Cause, TiePolicy, cause_words
from scenarios.day import Day

CALM = PostureSettings(enabled=False)
NO_BREAKS = BreakSettings(enabled=False)


def day(daily: str = "ask", *, breaks: BreakSettings = NO_BREAKS, start: str = "2026-11-23T09:00") -> Day:
    """A day without nudges."""
    return Day(start=start, posture=CALM, breaks=breaks, calibration=CalibrationSettings(daily=daily))  # type: ignore[arg-type]


def asked_at(one: Day) -> list[int]:
    """Whole minutes after nine at which the question was put."""
    began = one.said[0][0].replace(hour=9, minute=0, second=0) if one.said else None
    return [
        int((at - began).total_seconds() // 60)
        for at, said in one.said
        if said.kind is ReminderKind.RECALIBRATE and began is not None
    ]


CASES: dict[str, tuple[Callable[[Day], Day], list[int]]] = {
    "a minute after sitting down on an untied day, and never again": (
        lambda one: one.sits(minutes=240, tied=False),
        [1],
    ),
    "not on a tied day": (lambda one: one.sits(minutes=240), []),
    "not of somebody who comes by for less than a minute": (
        lambda one: one.sits(seconds=40, tied=False).leaves(minutes=10).sits(seconds=40, tied=False).leaves(minutes=10),
        [],
    ),
    "not while nothing can be seen of them": (lambda one: one.cannot_tell(Reason.DIM, minutes=30), []),
    "when the jacket comes off at noon": (
        lambda one: one.sits(minutes=60).sits(minutes=60, tied=False),
        [61],
    ),
    "let go by: not again, whatever else changes": (
        lambda one: (
            one.sits(minutes=2, tied=False)
            .answers_the_tie(None)
            .leaves(minutes=5)
            .sits(minutes=60, tied=False)
            .cannot_tell(Reason.NOT_AS_CALIBRATED, minutes=30)
        ),
        [1],
    ),
    "Later: half an hour on, once": (
        lambda one: one.sits(minutes=2, tied=False).answers_the_tie(Action.LATER).sits(minutes=120, tied=False),
        [1, 32],
    ),
    "Later twice: there is no third time": (
        lambda one: (
            one.sits(minutes=2, tied=False)
            .answers_the_tie(Action.LATER)
            .sits(minutes=40, tied=False)
            .answers_the_tie(Action.LATER)
            .sits(minutes=120, tied=False)
        ),
        [1, 32],
    ),
    "Not today": (
        lambda one: (
            one.sits(minutes=2, tied=False)
            .answers_the_tie(Action.NOT_TODAY)
            .leaves(minutes=10)
            .sits(minutes=200, tied=False)
        ),
        [1],
    ),
    "tied, and then changed again": (
        lambda one: one.sits(minutes=2, tied=False).sat_upright().sits(minutes=58).sits(minutes=60, tied=False),
        [1, 61],
    ),
    "never in a meeting: a minute after it": (
        lambda one: (
            one.desktop(full_screen=True)
            .sits(minutes=30, tied=False)
            .desktop(full_screen=False)
            .sits(minutes=30, tied=False)
        ),
        [31],
    ),
    "a chair or camera elsewhere, for three minutes": (
        lambda one: one.cannot_tell(Reason.NOT_AS_CALIBRATED, minutes=60),
        [3],
    ),
    "not of a scene with a colleague in it": (
        lambda one: one.cannot_tell(Reason.SECOND_PERSON, minutes=60, misfit=True),
        [],
    ),
}


@pytest.mark.parametrize(("happens", "minutes"), CASES.values(), ids=list(CASES))
def test_when_it_asks(happens: Callable[[Day], Day], minutes: list[int]) -> None:
    """Each case with the minutes at which it asks."""
    assert asked_at(happens(day())) == minutes


def test_after_a_break_is_later_enough() -> None:
    """Whoever said Later and has just been away for a break is asked when settled again."""
    one = day(breaks=BreakSettings(every_min=30)).sits(minutes=2, tied=False).answers_the_tie(Action.LATER)
    one.sits(minutes=8, tied=False).leaves(minutes=3).sits(minutes=10, tied=False)
    assert asked_at(one) == [1, 14]


@pytest.mark.parametrize(("daily", "wanted"), [("quiet", Cause.DAY), ("off", None)])
def test_quiet_and_off_say_nothing(daily: str, wanted: Cause | None) -> None:
    """Quiet shows in tray and status that a tie would help, off not even that."""
    one = day(daily).sits(minutes=60, tied=False)
    assert one.said == []
    assert one.tie.wanted is wanted


def test_the_day_begins_with_whoever_sits_down_next() -> None:
    """Midnight in the middle of a sitting asks nothing; the next morning does, though it was asked the day before."""
    one = day(start="2026-11-23T22:00").sits(minutes=30, tied=False).sits(minutes=180, tied=False)
    assert len(one.shown(ReminderKind.RECALIBRATE)) == 1
    one.leaves(minutes=420).sits(minutes=30, tied=False)
    assert len(one.shown(ReminderKind.RECALIBRATE)) == 2


def test_a_restart_does_not_ask_again() -> None:
    """What was asked before it counts."""
    one = day()
    one.tie = TiePolicy(CalibrationSettings(), asked=True)
    assert one.sits(minutes=60, tied=False).said == []


def test_the_question_has_its_buttons_and_says_why() -> None:
    """Now, Later, Not today; the second time there is no Later. Each cause has its own words."""
    one = day().sits(minutes=2, tied=False).answers_the_tie(Action.LATER).sits(minutes=40, tied=False)
    first, second = one.shown(ReminderKind.RECALIBRATE)
    assert first.actions == (Action.TIE, Action.LATER, Action.NOT_TODAY)
    assert second.actions == (Action.TIE, Action.NOT_TODAY)
    assert first.body == cause_words(Cause.DAY)
    assert len({cause_words(cause) for cause in Cause}) == len(Cause)
    assert all(len(cause_words(cause)) < 255 for cause in Cause)


def test_it_says_what_has_changed() -> None:
    """Clothes where the same sitting was tied before; a place that no longer fits before either."""
    (said,) = day().sits(minutes=60).sits(minutes=5, tied=False).shown(ReminderKind.RECALIBRATE)
    assert said.body == cause_words(Cause.CLOTHES)
    (said,) = day().sits(minutes=60).cannot_tell(Reason.NOT_AS_CALIBRATED, minutes=5).shown(ReminderKind.RECALIBRATE)
    assert said.body == cause_words(Cause.PLACE)


def test_nothing_is_asked_where_nobody_looks_or_another_reminder_is_answered() -> None:
    """While the camera is given back, and after a posture reminder was put off."""
    assert day().sees_nothing(minutes=30).said == []
    one = day().sits(minutes=2, tied=False)
    one.tie.answer(Response("posture", ReminderKind.POSTURE, Outcome.DISMISSED, Action.LATER), 120.0)
    assert asked_at(one.sits(minutes=60, tied=False)) == [1]


def test_of_an_untied_sitting_only_what_is_sure_is_nudged_about() -> None:
    """1.4 ± 1.1 in is over the threshold by chance of the zero; 2.4 ± 1.1 in is beyond it whatever the clothes."""
    doubtful = Day(breaks=NO_BREAKS, calibration=CalibrationSettings(daily="off")).sits(
        minutes=30, fht=1.4, se=1.1, tied=False
    )
    sure = Day(breaks=NO_BREAKS, calibration=CalibrationSettings(daily="off")).sits(
        minutes=30, fht=2.4, se=1.1, tied=False
    )
    wavering = Day(breaks=NO_BREAKS, calibration=CalibrationSettings(daily="off")).sits(
        seconds=10, fht=2.4, se=1.1, tied=False
    )
    assert doubtful.nudges == []
    assert len(sure.nudges) == 2
    assert wavering.sits(minutes=30, fht=1.4, se=1.1, tied=False).nudges == []
