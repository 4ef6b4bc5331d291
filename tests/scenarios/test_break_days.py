"""Days of sitting, leaving, meetings and breaks: what falls due, what is said and what is written down."""

from __future__ import annotations

from datetime import timedelta

import pytest

from posturewatch.base.records import Action, EventKind, Reason, ReminderKind
from posturewatch.base.settings import BreakSettings, CourtesySettings, HoursSettings

from .day import CALM, Day

BREAKS = (ReminderKind.BREAK, ReminderKind.LONG_BREAK)


def day(*, start: str = "2026-11-23T09:00", courtesy: CourtesySettings | None = None,
        hours: HoursSettings | None = None, **breaks: object) -> Day:  # fmt: skip
    """A day without posture nudges; keys are break settings."""
    return Day(start=start, posture=CALM, breaks=BreakSettings.model_validate(breaks), courtesy=courtesy, hours=hours)


def kinds(one: Day) -> list[ReminderKind]:
    """What was shown, in order."""
    return [reminder.kind for _, reminder in one.said if reminder.muted is None]


def test_half_an_hour_of_sitting_brings_a_notice_and_then_a_break() -> None:
    """The notice comes ten seconds ahead, the break after 30 min, both in the same slot."""
    one = day().sits(minutes=29, seconds=48)
    assert kinds(one) == []
    one.sits(seconds=4)
    assert kinds(one) == [ReminderKind.BREAK_NOTICE]
    one.sits(seconds=12)
    assert kinds(one) == [ReminderKind.BREAK_NOTICE, ReminderKind.BREAK]
    assert {reminder.key for _, reminder in one.said} == {"break"}
    assert [(event.outcome, event.detail) for event in one.logged(EventKind.BREAK_DUE)] == [("shown", "short")]


def test_looks_that_do_not_fall_on_the_moment_miss_no_break() -> None:
    """Seen every 7 s: the break falls due within two looks of its time, and is offered again within one."""
    one = Day(posture=CALM, breaks=BreakSettings(postpone_min=5), tick_s=7.0)
    begun = one.now
    due, again = [at for at, reminder in one.sits(minutes=41).said if reminder.kind in BREAKS][:2]
    assert timedelta(minutes=30) <= due - begun <= timedelta(minutes=30, seconds=14)
    assert timedelta(minutes=5) <= again - due <= timedelta(minutes=5, seconds=7)


def test_each_hour_the_break_is_a_longer_one() -> None:
    """Short after 30 min, longer after 60, and so on through the morning."""
    one = day()
    for _ in range(4):
        one.sits(minutes=30, seconds=10)
        one.clock.take()
        one.sits(seconds=200)
    assert [kind for kind in kinds(one) if kind in BREAKS] == [
        ReminderKind.BREAK, ReminderKind.LONG_BREAK, ReminderKind.BREAK, ReminderKind.LONG_BREAK,
    ]  # fmt: skip


def test_a_break_that_was_pressed_and_kept_is_taken() -> None:
    """Take, hands off for 45 s: taken at the desk."""
    one = day().sits(minutes=30, seconds=2)
    one.clock.take()
    assert one.clock.on_break
    one.sits(seconds=50)
    assert not one.clock.on_break
    assert [(event.outcome, event.detail) for event in one.logged(EventKind.BREAK_TAKEN)] == [("at_desk", "short")]


def test_a_break_that_was_typed_through_is_not_taken() -> None:
    """Take, and go on typing: skipped, worked through."""
    one = day().sits(minutes=30, seconds=2)
    one.clock.take()
    for _ in range(30):
        one.desktop(idle_s=0.0).sits(seconds=2)
    assert one.logged(EventKind.BREAK_TAKEN) == []
    assert [event.outcome for event in one.logged(EventKind.BREAK_SKIPPED)] == ["worked_through"]


def test_whoever_leaves_with_the_prompt_has_taken_the_break() -> None:
    """Nothing pressed, but the chair is empty for a minute right after the prompt: taken, away, and counted once."""
    one = day().sits(minutes=30, seconds=20).leaves(minutes=5).sits(minutes=1)
    assert [event.outcome for event in one.logged(EventKind.BREAK_TAKEN)] == ["away"]
    assert one.logged(EventKind.BREAK_NATURAL) == []
    assert one.clock.next_break_s == pytest.approx(29 * 60, abs=10)


def test_a_postponed_break_is_never_logged_as_taken() -> None:
    """Postponed: five more minutes of sitting, then it is offered again; it was due once and never taken."""
    one = day().sits(minutes=30, seconds=2)
    one.clock.postpone()
    assert one.clock.next_break_s == pytest.approx(300)
    one.sits(minutes=4, seconds=40)
    assert kinds(one).count(ReminderKind.BREAK) == 1
    one.sits(seconds=30)
    assert kinds(one).count(ReminderKind.BREAK) == 2
    assert len(one.logged(EventKind.BREAK_POSTPONED)) == 1
    assert len(one.logged(EventKind.BREAK_DUE)) == 1
    assert one.logged(EventKind.BREAK_TAKEN) == []


def test_after_two_skips_in_a_row_the_break_stays_until_taken_or_postponed() -> None:
    """The third prompt has no Skip; it is offered again every five minutes until somebody takes it."""
    one = day(long_every_min=0)
    for _ in range(2):
        one.sits(minutes=30, seconds=10)
        one.clock.skip()
    one.sits(minutes=30, seconds=10)
    last = one.shown(ReminderKind.BREAK)[-1]
    assert last.actions == (Action.TAKE_BREAK, Action.POSTPONE)
    one.clock.skip()
    assert one.clock.due
    one.sits(minutes=26)
    assert one.clock.due
    assert len(one.shown(ReminderKind.BREAK)) == 3 + 5
    one.clock.take()
    one.sits(seconds=50)
    assert len(one.logged(EventKind.BREAK_SKIPPED)) == 2
    assert len(one.logged(EventKind.BREAK_TAKEN)) == 1
    assert one.clock.can_skip


def test_a_break_that_nobody_answers_is_let_go_as_unanswered() -> None:
    """Three offers five minutes apart, then it is written down as unanswered; nobody is nagged for an hour."""
    one = day(long_every_min=0).sits(minutes=46)
    assert len(one.shown(ReminderKind.BREAK)) == 3
    assert [event.outcome for event in one.logged(EventKind.BREAK_SKIPPED)] == ["unanswered"]
    assert one.clock.next_break_s == pytest.approx(29.9 * 60, abs=70)


def test_strict_breaks_begin_by_themselves_and_cannot_be_put_off() -> None:
    """No skip, no postpone; typed through, it comes again a minute later."""
    one = day(strict=True).sits(minutes=30, seconds=2)
    assert one.clock.on_break
    assert one.shown(ReminderKind.BREAK)[0].actions == (Action.TAKE_BREAK,)
    one.clock.skip()
    one.clock.postpone()
    assert one.clock.on_break
    for _ in range(60):
        one.desktop(idle_s=0.0).sits(seconds=2)
    assert one.logged(EventKind.BREAK_TAKEN) == []
    assert len(one.shown(ReminderKind.BREAK)) == 2
    one.desktop(idle_s=60.0).sits(minutes=2)
    assert len(one.logged(EventKind.BREAK_TAKEN)) == 1


def test_going_for_a_coffee_is_a_break_by_itself() -> None:
    """A minute away resets the clock and is logged as natural, with its length."""
    one = day().sits(minutes=20).leaves(minutes=4).sits(minutes=25)
    natural = one.logged(EventKind.BREAK_NATURAL)
    assert [event.outcome for event in natural] == ["camera"]
    assert natural[0].value == pytest.approx(240, abs=4)
    assert kinds(one) == []


def test_half_a_minute_away_is_no_break() -> None:
    """The clock stands still for 40 s and goes on where it was."""
    one = day().sits(minutes=20).leaves(seconds=40).sits(minutes=9.5)
    assert one.events == []
    one.sits(minutes=1)
    assert ReminderKind.BREAK in kinds(one)


def test_a_chair_that_is_hardly_used_counts_no_natural_breaks() -> None:
    """Somebody who sits down for ten seconds now and then does not collect breaks."""
    one = day().sits(minutes=20)
    for _ in range(10):
        one.leaves(minutes=3).sits(seconds=10)
    assert len(one.logged(EventKind.BREAK_NATURAL)) == 1


def test_going_home_is_no_break() -> None:
    """An evening and a night away are written down as nothing."""
    one = day().sits(minutes=20).leaves(minutes=20)
    one.sleeps(hours=14).leaves(minutes=1).sits(minutes=5)
    assert one.logged(EventKind.BREAK_NATURAL) == []
    assert one.clock.next_break_s == pytest.approx(25 * 60, abs=10)


def test_reading_or_a_film_at_the_desk_is_presence() -> None:
    """No key is touched for half an hour, but the camera sees somebody: the break falls due."""
    one = day().desktop(idle_s=0.0).sits(minutes=31)
    assert one.courtesy.idle_s == pytest.approx(31 * 60)
    assert ReminderKind.BREAK in kinds(one)


def test_an_empty_chair_with_a_jittering_mouse_is_a_break() -> None:
    """The camera can tell, so the mouse does not decide."""
    one = day().sits(minutes=20)
    for _ in range(60):
        one.desktop(idle_s=0.0).leaves(seconds=2)
    one.sits(minutes=1)
    assert len(one.logged(EventKind.BREAK_NATURAL)) == 1


def test_with_the_camera_closed_input_decides() -> None:
    """Paused, but typing: half an hour of it is half an hour of sitting, and idle minutes are a break."""
    one = day()
    one.paused = True
    for _ in range(40):
        one.desktop(idle_s=0.0).sees_nothing(seconds=30)
    assert one.clock.seated_today_s == pytest.approx(20 * 60, abs=40)
    one.desktop(idle_s=0.0).sees_nothing(minutes=3).desktop(idle_s=0.0).sees_nothing(seconds=10)
    assert [event.outcome for event in one.logged(EventKind.BREAK_NATURAL)] == ["idle"]
    assert one.clock.seated_today_s == pytest.approx(20 * 60, abs=45)


def test_if_nobody_can_tell_the_clock_stands_still() -> None:
    """No camera, no idle time: two hours bring neither a break nor an absence."""
    one = day().sits(minutes=10).sees_nothing(minutes=120)
    assert one.said == []
    assert one.events == []
    assert one.clock.next_break_s == pytest.approx(20 * 60, abs=5)


def test_a_black_picture_is_not_an_empty_chair() -> None:
    """A camera that shows nothing does not make a natural break."""
    one = day().sits(minutes=20).cannot_tell(Reason.BLACK, minutes=5, present=False).sits(minutes=1)
    assert one.events == []


def test_somebody_who_turns_away_still_sits_there() -> None:
    """Unreliable with a person in view is presence for the break clock."""
    one = day().cannot_tell(Reason.TURNED, minutes=31)
    assert ReminderKind.BREAK in kinds(one)


def test_a_locked_screen_is_a_break_from_the_screen() -> None:
    """Locked for five minutes: the camera is closed, and it counts as a natural break."""
    one = day().sits(minutes=20).desktop(locked=True).sits(minutes=5).desktop(locked=False).sits(minutes=1)
    assert [event.outcome for event in one.logged(EventKind.BREAK_NATURAL)] == ["locked"]


@pytest.mark.parametrize("counted", [True, False])
def test_a_computer_that_slept_over_lunch_had_a_break(counted: bool) -> None:
    """Suspend is seen on the monotonic clock or on the wall clock alone, and counts once."""
    one = day().sits(minutes=28).sleeps(minutes=45, counted=counted).sits(minutes=5)
    assert [event.outcome for event in one.logged(EventKind.BREAK_NATURAL)] == ["unwatched"]
    assert kinds(one) == []


def test_a_meeting_is_never_interrupted_by_a_break() -> None:
    """Due in a call: logged as muted, offered a minute after it ends, with its notice; due once."""
    one = day().sits(minutes=25).desktop(full_screen=True).sits(minutes=20)
    assert kinds(one) == []
    assert [reminder.muted for reminder in one.muted(*BREAKS)] == ["full_screen"]
    assert [event.outcome for event in one.logged(EventKind.BREAK_DUE)] == ["muted"]
    one.desktop(full_screen=False).sits(seconds=56)
    assert kinds(one) == []
    one.sits(seconds=8)
    assert kinds(one) == [ReminderKind.BREAK_NOTICE]
    one.sits(seconds=12)
    assert kinds(one) == [ReminderKind.BREAK_NOTICE, ReminderKind.BREAK]
    assert len(one.logged(EventKind.BREAK_DUE)) == 1


def test_whoever_gets_up_after_the_meeting_is_not_told_to() -> None:
    """A break that waited for the meeting's end is dropped when the user leaves by themselves."""
    one = day().sits(minutes=25).desktop(full_screen=True).sits(minutes=20).desktop(full_screen=False)
    one.sits(seconds=20).leaves(minutes=5).sits(minutes=10)
    assert kinds(one) == []
    assert len(one.logged(EventKind.BREAK_NATURAL)) == 1


def test_listening_in_a_call_is_sitting() -> None:
    """With the camera in the call and hands in the lap, four minutes of silence are no absence."""
    one = day().sits(minutes=10).desktop(in_call=True, idle_s=0.0).sits(minutes=4)
    one.desktop(idle_s=0.0).sits(minutes=4).desktop(in_call=False).sits(minutes=1)
    assert one.logged(EventKind.BREAK_NATURAL) == []
    assert one.clock.seated_today_s == pytest.approx(19 * 60, abs=10)


def test_an_hour_of_silent_listening_invents_nothing() -> None:
    """After five minutes without input in a call nobody can tell: the clock stands still."""
    one = day().sits(minutes=10).desktop(in_call=True, idle_s=0.0).sits(minutes=60)
    assert one.clock.seated_today_s == pytest.approx(15 * 60, abs=10)
    assert one.logged(EventKind.BREAK_NATURAL) == []


def test_outside_working_hours_nothing_is_due() -> None:
    """Hours end at 17:00: no break after that, nothing muted is logged either, and the morning begins anew."""
    one = day(start="2026-11-23T16:40", hours=HoursSettings(start="09:00", end="17:00")).sits(minutes=180)
    assert one.said == []
    assert one.events == []
    one.sleeps(hours=13, minutes=20).sits(minutes=31)
    assert ReminderKind.BREAK in kinds(one)


def test_the_daily_limit_is_told_once() -> None:
    """At 60 min by choice, in a quiet moment, not within a minute of a meeting, once a day; the default tells
    nothing."""
    assert kinds(day(enabled=False, daily_sitting_limit_min=60).sits(minutes=61)) == [ReminderKind.SITTING_LIMIT]
    one = day(enabled=False, daily_sitting_limit_min=60).desktop(full_screen=True).sits(minutes=70)
    assert one.said == []
    one.desktop(full_screen=False).sits(seconds=50)
    assert one.said == []
    one.sits(minutes=30)
    assert kinds(one) == [ReminderKind.SITTING_LIMIT]
    assert len(one.logged(EventKind.SITTING_LIMIT)) == 1
    assert day(enabled=False).sits(minutes=240).said == []


def test_a_break_asked_for_is_logged_without_having_been_due() -> None:
    """Do now, after ten minutes: taken, not due, and the clock starts again."""
    one = day().sits(minutes=10)
    one.clock.take()
    one.leaves(minutes=2).sits(minutes=1)
    assert len(one.logged(EventKind.BREAK_TAKEN)) == 1
    assert one.logged(EventKind.BREAK_DUE) == []
    assert one.logged(EventKind.BREAK_NATURAL) == []


def test_exercises_only_where_they_were_asked_for() -> None:
    """Off by default; switched on, each break has another, and the longer one is a walk."""
    plain = day().sits(minutes=31)
    assert plain.shown(ReminderKind.BREAK)[0].exercise is None
    one = day(exercises=True)
    for _ in range(6):
        one.sits(minutes=30, seconds=10)
        one.clock.take()
        one.sits(seconds=200)
    short = [reminder.exercise for reminder in one.shown(ReminderKind.BREAK)]
    assert short == ["chin_nod", "far_look", "blade_squeeze"]
    assert {reminder.exercise for reminder in one.shown(ReminderKind.LONG_BREAK)} == {"walk"}


def of_exercises(one: Day) -> list[tuple[str, str]]:
    """Outcome and exercise of each event."""
    return [(event.outcome, event.detail) for event in one.logged(EventKind.EXERCISE)]


def test_an_exercise_is_offered_once_and_done_if_its_break_runs_to_the_end() -> None:
    """Postponed and offered again it is the same one; the next break has another."""
    one = day(exercises=True, long_every_min=0).sits(minutes=30, seconds=4)
    one.clock.postpone()
    one.sits(minutes=5, seconds=10)
    one.clock.take()
    one.sits(seconds=60)
    assert of_exercises(one) == [("offered", "chin_nod"), ("done", "chin_nod")]
    one.sits(minutes=30)
    one.clock.skip()
    one.sits(seconds=4)
    assert of_exercises(one)[2:] == [("offered", "far_look"), ("skipped", "far_look")]
    one.sits(minutes=30)
    one.clock.take()
    one.sits(seconds=10)
    one.clock.finish_early()
    one.sits(seconds=4)
    assert of_exercises(one)[4:] == [("offered", "blade_squeeze"), ("ended_early", "blade_squeeze")]


def test_who_leaves_with_the_prompt_is_not_said_to_have_done_it() -> None:
    """The break is taken; what was done out of sight is not known."""
    one = day(exercises=True).sits(minutes=30, seconds=4).leaves(minutes=2).sits(seconds=10)
    assert len(one.logged(EventKind.BREAK_TAKEN)) == 1
    assert of_exercises(one) == [("offered", "chin_nod")]


def test_what_made_it_worse_is_noted_once_and_rests_until_tomorrow() -> None:
    """During its break or within an hour of it; the others take their turns."""
    one = day(exercises=True, long_every_min=0).sits(minutes=30, seconds=4)
    one.clock.take()
    one.sits(seconds=10)
    one.clock.worse()
    one.clock.worse()
    one.sits(seconds=60)
    assert of_exercises(one) == [("offered", "chin_nod"), ("worse", "chin_nod")]
    assert one.clock.last_exercise == ""
    for _ in range(5):
        one.sits(minutes=30)
        one.clock.take()
        one.sits(seconds=60)
    offered = [key for outcome, key in of_exercises(one) if outcome == "offered"]
    assert offered[1:] == ["blade_squeeze", "extension", "walk", "far_look", "blade_squeeze"]
    one.clock.worse()
    one.sits(seconds=4)
    assert of_exercises(one)[-1] == ("worse", "blade_squeeze")
    one.sits(minutes=30)
    one.clock.take()
    one.sits(seconds=60)
    assert one.clock.last_exercise != ""
    one.sits(minutes=29).leaves(minutes=32)  # the hour is over, and no other exercise was done
    told = of_exercises(one)
    one.clock.worse()
    one.sits(seconds=4)
    assert of_exercises(one) == told
    one.sleeps(hours=16)
    for _ in range(6):
        one.sits(minutes=31)
        one.clock.take()
        one.sits(seconds=60)
    assert "chin_nod" in [key for outcome, key in of_exercises(one) if outcome == "offered"][-6:]


def test_a_clock_that_repeats_or_steps_back_breaks_nothing() -> None:
    """Stamps that stand still or go back add no sitting."""
    one = day().sits(minutes=20)
    for _ in range(600):
        one.now_s -= one.tick_s
        one.sits(seconds=2)
    assert one.clock.seated_today_s == pytest.approx(20 * 60, abs=5)
    one.now_s -= 4000
    one.sits(minutes=1)
    assert one.clock.seated_today_s == pytest.approx(21 * 60, abs=8)


@pytest.mark.parametrize("button", ["finish_early", "skip"])
def test_a_break_that_is_ended_early_is_not_taken(button: str) -> None:
    """Begun, and closed after ten seconds: skipped, closed early; nothing of it is logged as taken."""
    one = day().sits(minutes=30, seconds=2)
    one.clock.take()
    one.sits(seconds=10)
    getattr(one.clock, button)()
    one.sits(minutes=2)
    assert one.logged(EventKind.BREAK_TAKEN) == []
    assert [event.outcome for event in one.logged(EventKind.BREAK_SKIPPED)] == ["closed_early"]


@pytest.mark.parametrize("button", ["finish_early", "skip"])
def test_ending_early_is_no_way_around_the_last_skip(button: str) -> None:
    """Where nothing may be skipped any more, an ended break stays due and is offered again."""
    one = day(max_skips=0).sits(minutes=30, seconds=2)
    one.clock.take()
    one.sits(seconds=10)
    getattr(one.clock, button)()
    assert one.clock.due
    one.sits(minutes=5, seconds=4)
    assert len(one.shown(ReminderKind.BREAK)) == 2


@pytest.mark.parametrize("length_s", [45, 600])
def test_nobody_is_nudged_during_a_break(length_s: float) -> None:
    """A break begun eleven seconds before a nudge would come, at the desk and with the head forward: no nudge and no
    colour while it lasts, however long; whoever then ends it early has the whole hold before him again."""
    one = Day(breaks=BreakSettings(length_s=length_s)).sits(minutes=20).sits(seconds=169, fht=1.8)
    assert one.clock.on_break is False
    one.clock.take()
    one.sits(seconds=length_s - 4, fht=1.8)
    assert one.clock.on_break
    assert one.nudges == []
    assert one.policy.alert is False
    one.clock.finish_early()
    one.sits(seconds=170, fht=1.8)
    assert one.nudges == []
    one.sits(seconds=30, fht=1.8)
    assert len(one.nudges) == 1


@pytest.mark.parametrize("unsure_s", [2, 30])
def test_a_look_that_cannot_tell_makes_no_break_of_an_untouched_mouse(unsure_s: float) -> None:
    """Six minutes of reading before the camera, the mouse untouched, then a look or some that cannot tell: nobody has
    been away, the clock of the next break goes on, and nothing of the sitting is taken back."""
    one = day().desktop(idle_s=0.0).sits(minutes=20)
    one.cannot_tell(Reason.BLACK, seconds=unsure_s, present=False).sits(minutes=2)
    assert one.logged(EventKind.BREAK_NATURAL) == []
    assert one.clock.seated_today_s == pytest.approx(22 * 60, abs=unsure_s + 4)
    assert one.clock.next_break_s == pytest.approx(8 * 60, abs=unsure_s + 4)


def test_an_absence_begins_when_the_camera_last_saw_somebody() -> None:
    """The camera is given back, the mouse has been untouched for long: the absence counts from the last look."""
    one = day().desktop(idle_s=0.0).sits(minutes=20).sees_nothing(seconds=90)
    one.desktop(idle_s=0.0).sits(minutes=1)
    (natural,) = one.logged(EventKind.BREAK_NATURAL)
    assert natural.value == pytest.approx(90, abs=6)


def test_a_break_begun_by_hand_and_ended_early_was_never_due() -> None:
    """Begun twenty minutes before it is due and closed after ten seconds: no break was due, none of the skips that are
    allowed is used up, and the next comes when it would have come."""
    one = day(max_skips=1).sits(minutes=10)
    one.clock.take()
    one.sits(seconds=10)
    one.clock.skip()
    one.sits(seconds=2)
    assert one.logged(EventKind.BREAK_DUE) == []
    assert [event.outcome for event in one.logged(EventKind.BREAK_SKIPPED)] == ["closed_early"]
    assert one.clock.can_skip
    assert one.clock.next_break_s == pytest.approx(20 * 60, abs=16)
    one.sits(minutes=20)
    assert len(one.logged(EventKind.BREAK_DUE)) == 1


def test_a_break_begun_by_hand_in_strict_mode_and_typed_through_is_not_due() -> None:
    """Somebody begins a break by hand and goes on typing: it was none, and it does not come again a minute later."""
    one = day(strict=True).sits(minutes=10)
    one.clock.take()
    for _ in range(40):
        one.desktop(idle_s=0.0).sits(seconds=2)
    assert not one.clock.due
    assert one.logged(EventKind.BREAK_DUE) == []
    assert one.logged(EventKind.BREAK_TAKEN) == []
