"""Days on which posturewatch nudges, and above all days on which it does not."""

from __future__ import annotations

import random

import pytest

from posturewatch.base.records import EventKind, Outcome, Reason, ReminderKind
from posturewatch.base.settings import PostureSettings

from .day import QUIET, Day


def day(**keys) -> Day:
    """A day without break reminders."""
    return Day(breaks=QUIET, **keys)


def test_a_forward_head_for_three_minutes_is_told_once() -> None:
    """The nudge comes after the hold, not before, says so kindly, and is not repeated within the gap."""
    one = day().sits(minutes=20)
    one.sits(seconds=170, fht=1.8)
    assert one.nudges == []
    one.sits(seconds=20, fht=1.8)
    assert [nudge.title for nudge in one.nudges] == ["Time to change position"]
    one.sits(minutes=10, fht=1.8)
    assert len(one.nudges) == 1


def test_a_glance_at_the_keyboard_never_nudges() -> None:
    """A glance every half minute all morning brings neither a nudge nor the icon's colour."""
    one = day()
    for _ in range(240):
        one.sits(seconds=26).sits(seconds=4, fht=2.5)
    assert one.nudges == []
    assert one.flips() == 0


def test_the_icon_changes_colour_before_anything_is_said() -> None:
    """The colour comes within ten seconds, the notification three minutes later, and the colour goes when cleared."""
    one = day().sits(minutes=5).sits(seconds=10, fht=2.0)
    assert one.policy.alert
    assert one.nudges == []
    one.sits(seconds=2, fht=0.3)
    assert not one.policy.alert


def test_an_error_that_straddles_the_threshold_never_nudges() -> None:
    """Two hours at 1.2 in ± 0.4 in are no evidence of anything beyond 1.0 in."""
    one = day().sits(minutes=120, fht=1.2, se=0.4)
    assert one.nudges == []
    assert one.flips() == 0


def test_a_large_error_asks_for_a_large_distance() -> None:
    """With ± 0.8 in only what lies beyond 1.8 in counts."""
    assert day().sits(minutes=10, fht=1.7, se=0.8).nudges == []
    assert len(day().sits(minutes=10, fht=1.9, se=0.8).nudges) == 1


def test_a_value_that_wavers_does_not_toggle_the_icon() -> None:
    """A posture of 1.3 in under noise of its own error is one posture: the colour comes once and stays."""
    noise = random.Random(7)
    one = day().sits(minutes=1, fht=1.6)
    for _ in range(900):
        one.sits(seconds=2, fht=1.3 + noise.gauss(0.0, 0.2), se=0.25)
    assert one.flips() == 1
    assert one.policy.alert


def test_coming_back_under_the_limit_begins_anew() -> None:
    """Two minutes forward, a stretch, two minutes forward: no posture lasted for three."""
    one = day()
    for _ in range(20):
        one.sits(seconds=120, fht=1.8).sits(seconds=10, fht=0.3)
    assert one.nudges == []


def test_between_the_limits_suspends_and_does_not_count() -> None:
    """Ten minutes at 0.8 in, after a start at 1.8 in, are no ten minutes beyond 1.0 in."""
    one = day().sits(seconds=60, fht=1.8).sits(minutes=10, fht=0.8, se=0.3)
    assert one.nudges == []


def test_an_afternoon_forward_brings_nudges_a_quarter_of_an_hour_apart_and_eight_at_most() -> None:
    """Gap and daily cap hold over eight hours of one posture."""
    one = day().sits(minutes=480, fht=2.2)
    assert len(one.nudges) == 8
    gaps = [b - a for a, b in zip(one.times(ReminderKind.POSTURE), one.times(ReminderKind.POSTURE)[1:], strict=False)]
    assert min(gaps) >= 15.0


def test_the_cap_ends_with_the_local_day() -> None:
    """After midnight the count begins again."""
    one = day(start="2026-11-23T20:00").sits(minutes=238, fht=2.2)
    assert len(one.nudges) == 8
    one.sits(minutes=30, fht=2.2)
    assert len(one.nudges) in (9, 10)


def test_two_dismissals_in_a_row_double_the_gap_until_the_next_day() -> None:
    """15 minutes become 30; after midnight it is 15 again."""
    one = day(start="2026-11-23T23:00").sits(minutes=4, fht=2.0).answers(Outcome.DISMISSED)
    one.sits(minutes=15, fht=2.0).answers(Outcome.DISMISSED)
    assert len(one.nudges) == 2
    one.sits(minutes=28, fht=2.0)
    assert len(one.nudges) == 2
    one.sits(minutes=3, fht=2.0)
    assert len(one.nudges) == 3
    one.sits(minutes=31, fht=2.0)
    assert one.times(ReminderKind.POSTURE) == pytest.approx([0, 15, 45, 60, 75], abs=1)


def test_nudges_that_time_out_double_nothing() -> None:
    """Not answering is no dismissal."""
    one = day().sits(minutes=4, fht=2.0).answers(Outcome.TIMED_OUT).sits(minutes=15, fht=2.0).answers(Outcome.TIMED_OUT)
    one.sits(minutes=15, fht=2.0)
    assert len(one.nudges) == 3


def test_acting_on_a_nudge_sets_the_gap_back() -> None:
    """Two dismissals, then one that was acted on: the next comes after the ordinary gap."""
    one = day().sits(minutes=4, fht=2.0).answers(Outcome.DISMISSED).sits(minutes=15, fht=2.0).answers(Outcome.DISMISSED)
    one.sits(minutes=30, fht=2.0).answers(Outcome.ACTED)
    count = len(one.nudges)
    one.sits(minutes=16, fht=2.0)
    assert len(one.nudges) == count + 1


def test_a_head_that_comes_back_has_answered_the_nudge() -> None:
    """Sitting back within two minutes is logged as acted on, once."""
    one = day().sits(minutes=4, fht=2.0).sits(seconds=10, fht=0.2)
    assert [response.outcome for response in one.policy.responses()] == [Outcome.ACTED]
    assert one.policy.responses() == ()


def test_a_head_that_comes_back_minutes_later_has_not() -> None:
    """A late change of position is nobody's answer."""
    assert day().sits(minutes=10, fht=2.0).sits(minutes=1, fht=0.2).policy.responses() == ()


def test_an_hour_with_two_people_in_view_judges_nobody() -> None:
    """From UNRELIABLE comes nothing, for whatever reason."""
    for reason in (Reason.SECOND_PERSON, Reason.TURNED, Reason.DIM, Reason.FACE_COVERED, Reason.TOO_UNCERTAIN):
        one = day().cannot_tell(reason, minutes=60)
        assert one.said == []
        assert one.flips() == 0


def test_an_unreliable_moment_never_lets_a_waiting_nudge_out() -> None:
    """When the gap ends while nobody can tell, the nudge waits for a verdict."""
    one = day().sits(minutes=4, fht=2.0).sits(minutes=14, fht=2.0)
    first = len(one.nudges)
    for _ in range(20):
        one.cannot_tell(seconds=8)
        assert len(one.nudges) == first
        if one.sits(seconds=2, fht=2.0).nudges[first:]:
            break
    assert len(one.nudges) == first + 1


def test_a_sip_does_not_start_the_hold_anew() -> None:
    """Eight unreliable seconds suspend a hold; they do not count towards it either."""
    one = day().sits(seconds=122, fht=1.8).cannot_tell(Reason.FACE_COVERED, seconds=8)
    one.sits(seconds=50, fht=1.8)
    assert one.nudges == []
    one.sits(seconds=20, fht=1.8)
    assert len(one.nudges) == 1


def test_a_long_look_aside_starts_the_hold_anew() -> None:
    """After half a minute of not knowing, three new minutes are needed."""
    one = day().sits(seconds=170, fht=1.8).cannot_tell(seconds=30).sits(seconds=120, fht=1.8)
    assert one.nudges == []


def test_a_posture_seen_for_a_moment_now_and_then_is_no_hold() -> None:
    """Two seconds in ten seen over the threshold never add up to a nudge."""
    one = day()
    for _ in range(360):
        one.cannot_tell(seconds=8).sits(seconds=2, fht=1.8)
    assert one.nudges == []


def test_nobody_there_is_nobody_to_nudge() -> None:
    """Leaving takes the colour away and ends the hold."""
    one = day().sits(seconds=160, fht=1.8).leaves(seconds=20)
    assert not one.policy.alert
    one.leaves(minutes=20).sits(seconds=100, fht=1.8)
    assert one.nudges == []


def test_five_quiet_minutes_after_a_break() -> None:
    """After an absence that was a break nothing is said for five minutes, then an ordinary hold counts."""
    one = day().sits(minutes=10).leaves(minutes=2).sits(minutes=4.5, fht=2.0)
    assert len(one.logged(EventKind.BREAK_NATURAL)) == 1
    assert one.nudges == []
    one.sits(minutes=1, fht=2.0)
    assert len(one.nudges) == 1


@pytest.mark.parametrize("counted", [True, False])
def test_a_laptop_that_slept_wakes_without_a_verdict(counted: bool) -> None:
    """Two minutes forward before the lid closed and two after it are not four, on any platform's clock."""
    one = day().sits(seconds=120, fht=2.0).sleeps(hours=2, counted=counted).sits(seconds=120, fht=2.0)
    assert one.nudges == []


def test_snooze_is_half_an_hour_of_silence_with_an_honest_icon() -> None:
    """Snoozed: the colour stays, the words wait."""
    one = day().sits(minutes=4, fht=2.0)
    one.policy.snooze(one.time.last.t_s)
    one.sits(minutes=29, fht=2.0)
    assert len(one.nudges) == 1
    assert one.policy.alert
    one.sits(minutes=2, fht=2.0)
    assert len(one.nudges) == 2


def test_a_meeting_is_never_interrupted() -> None:
    """An hour of forward head in full screen: held back, logged as such once a gap, and none counts for the cap."""
    one = day().desktop(full_screen=True).sits(minutes=60, fht=2.2)
    assert one.nudges == []
    assert 3 <= len(one.muted(ReminderKind.POSTURE)) <= 4
    assert {reminder.muted for reminder in one.muted(ReminderKind.POSTURE)} == {"full_screen"}
    assert one.policy.nudges_today == 0


def test_the_first_minute_after_a_meeting_is_quiet() -> None:
    """What lasted through the meeting is told a minute after it, not on top of its end."""
    one = day().desktop(full_screen=True).sits(minutes=30, fht=2.2).desktop(full_screen=False)
    one.sits(seconds=56, fht=2.2)
    assert one.nudges == []
    one.sits(seconds=10, fht=2.2)
    assert len(one.nudges) == 1


def test_a_call_that_takes_the_camera_forgets_what_was_seen() -> None:
    """While another program has the camera nothing is seen and nothing may be said of it."""
    one = day().sits(minutes=2, fht=2.0).desktop(in_call=True).sits(minutes=30, fht=2.0)
    assert one.said == []
    assert not one.policy.alert


def test_sound_only_where_asked_for() -> None:
    """The default nudge is silent; the settings add a sound."""
    plain = day().sits(minutes=4, fht=2.0).nudges[0]
    loud = day(posture=PostureSettings(sound=True)).sits(minutes=4, fht=2.0).nudges[0]
    assert (plain.sound, loud.sound) == (False, True)


def test_icon_colour_only_is_a_choice() -> None:
    """With notification = false the icon speaks alone; with enabled = false nothing does."""
    quiet = day(posture=PostureSettings(notification=False)).sits(minutes=10, fht=2.0)
    assert (quiet.said, quiet.policy.alert) == ([], True)
    off = day(posture=PostureSettings(enabled=False)).sits(minutes=10, fht=2.0)
    assert (off.said, off.policy.alert) == ([], False)


def test_a_moved_chair_is_asked_about_once() -> None:
    """The scene no longer fits the calibration all day long: one question, with a button, and no nagging."""
    one = day().cannot_tell(Reason.NOT_AS_CALIBRATED, minutes=240)
    assert [reminder.kind for _, reminder in one.said] == [ReminderKind.RECALIBRATE]


def test_a_colleague_beside_me_is_no_reason_to_calibrate() -> None:
    """Two people before the screen for ten minutes: whatever has moved in the picture, nobody is asked anything."""
    one = day().cannot_tell(Reason.SECOND_PERSON, minutes=10, misfit=True).sits(minutes=2)
    assert one.shown(ReminderKind.RECALIBRATE) == []


def test_a_visitor_in_the_chair_is_not_asked_to_calibrate() -> None:
    """A minute of another scene asks for nothing."""
    one = day()
    for _ in range(10):
        one.cannot_tell(Reason.NOT_AS_CALIBRATED, minutes=1).sits(minutes=3)
    assert one.said == []


def test_a_clock_that_stands_still_or_steps_back_says_nothing_early() -> None:
    """A monotonic stamp that repeats or steps back adds no time and loses no order."""
    one = day().sits(seconds=100, fht=2.0)
    for _ in range(500):
        one.now_s -= one.tick_s
        one.sits(seconds=2, fht=2.0)
    assert one.nudges == []
    one.now_s -= 5000.0
    one.sits(seconds=100, fht=2.0)
    assert len(one.nudges) <= 1


def test_a_wall_clock_set_back_over_midnight_does_not_give_the_cap_twice() -> None:
    """The day that was counted goes on being counted."""
    one = day(start="2026-11-24T00:00").sits(minutes=130, fht=2.2)
    assert len(one.nudges) == 8
    one.sleeps(hours=-3)
    one.sits(minutes=40, fht=2.2)
    assert len(one.nudges) == 8
