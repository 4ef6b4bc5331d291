"""The posture policy under any order of events: what holds on every day that can be made up."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posturewatch.base.records import Action, Courtesy, Outcome, Reason, ReminderKind, Response, State, Step
from posturewatch.base.settings import PostureSettings
from posturewatch.core.reminding.passage import Timekeeper
from posturewatch.core.reminding.posture_nudges import PosturePolicy

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

SLOW_S = 75.0
"""The slowest cadence that the settings allow, and a look."""


def verdict(fht: float, se: float = 0.2) -> Step:
    """A step with a value."""
    return Step(0.0, State.FORWARD if fht >= 1 else State.UPRIGHT, None, True, fht_in=fht, fht_se_in=se)


def unsure(reason: Reason = Reason.TURNED) -> Step:
    """A step without one."""
    return Step(0.0, State.UNRELIABLE, reason, True)


steps = st.one_of(
    st.none(),
    st.builds(verdict, st.floats(-1, 4), st.floats(0, 1.5)),
    st.builds(verdict, st.floats(1.5, 4), st.floats(0, 0.3)),
    st.builds(unsure, st.sampled_from(Reason)),
    st.just(Step(0.0, State.AWAY, Reason.NOBODY, False)),
    st.just(Step(0.0, State.UNCALIBRATED, None, True)),
)
scenes = st.tuples(
    steps,
    st.floats(0, 1200),  # for how long
    st.floats(0.1, 60),  # how often it is fed
    st.sampled_from([None, None, None, "call", "full_screen", "dnd"]),
    st.sampled_from([None, None, Outcome.DISMISSED, Outcome.ACTED, Outcome.TIMED_OUT]),
)
postures = st.builds(
    PostureSettings,
    hold_s=st.floats(10, 600),
    gap_min=st.floats(1, 60),
    daily_cap=st.integers(0, 5),
    quiet_after_break_min=st.floats(0, 10),
)


@settings(max_examples=150, deadline=None)
@given(posture=postures, day=st.lists(scenes, max_size=25))
def test_on_every_day_that_can_be_made_up(posture: PostureSettings, day: list) -> None:  # type: ignore[type-arg]
    """Nudges come only from a value over the threshold, never muted, never closer than the gap, never over the cap,
    never before a hold of watched time, and the icon's colour never without a person in view lately."""
    policy, time, now_s, shown = PosturePolicy(posture), Timekeeper(0.0, NOW, SLOW_S), 0.0, []
    forward_s = 0.0
    for step, for_s, wished_s, muted, answer in day:
        every_s = max(wished_s, for_s / 200)
        for _ in range(int(for_s / every_s)):
            now_s += every_s
            over = step is not None and step.fht_in is not None and step.fht_in >= posture.threshold
            forward_s += every_s if over else 0.0
            for reminder in policy.feed(step, time.read(now_s, NOW + timedelta(seconds=now_s)), Courtesy(), muted):
                if reminder.kind is not ReminderKind.POSTURE:
                    continue
                assert over
                assert forward_s >= posture.hold_s
                assert reminder.muted == muted
                if muted is None:
                    shown.append(now_s)
                    forward_s = max(forward_s, posture.hold_s)
        if answer is not None:
            policy.answer(Response("posture", ReminderKind.POSTURE, answer), time.last.t_s)
    assert all(b - a >= posture.gap_min * 60 - 1e-6 for a, b in itertools.pairwise(shown))
    assert len(shown) <= posture.daily_cap * (1 + int(now_s / 86400 + 0.7))


@given(error=st.floats(0.05, 2.0), share=st.floats(-0.99, 0.99))
def test_a_value_whose_error_straddles_the_threshold_begins_and_ends_nothing(error: float, share: float) -> None:
    """Whatever the icon shows stays when the next minute only brings values within their error of the threshold."""
    fht = 1.0 + share * error
    for before in (verdict(3.0, 0.1), verdict(0.1, 0.1)):
        policy, time = PosturePolicy(PostureSettings()), Timekeeper(0.0, NOW, SLOW_S)
        for tick in range(30):
            policy.feed(before, time.read(tick * 2.0, NOW + timedelta(seconds=tick * 2)), Courtesy(), None)
        alert = policy.alert
        for tick in range(30, 60):
            policy.feed(verdict(fht, error), time.read(tick * 2.0, NOW + timedelta(seconds=tick * 2)), Courtesy(), None)
        assert policy.alert is alert


def test_answers_to_other_reminders_change_nothing() -> None:
    """Skipping breaks all day does not double the gap between nudges."""
    policy, time = PosturePolicy(PostureSettings()), Timekeeper(0.0, NOW, SLOW_S)
    for _ in range(4):
        policy.answer(Response("break", ReminderKind.BREAK, Outcome.DISMISSED, Action.SKIP), 0.0)
    shown = 0
    for tick in range(600):
        said = policy.feed(verdict(2.0), time.read(tick * 2.0, NOW + timedelta(seconds=tick * 2)), Courtesy(), None)
        shown += len(said)
    assert shown == 2


def test_snooze_by_button_is_a_snooze_and_no_dismissal() -> None:
    """The button's response alone is enough."""
    policy, time = PosturePolicy(PostureSettings()), Timekeeper(0.0, NOW, SLOW_S)
    policy.answer(Response("posture", ReminderKind.POSTURE, Outcome.ACTED, Action.SNOOZE), 0.0)
    at = [
        tick * 2.0
        for tick in range(1200)
        if policy.feed(verdict(2.0), time.read(tick * 2.0, NOW + timedelta(seconds=tick * 2)), Courtesy(), None)
    ]
    assert at[0] == pytest.approx(1800, abs=4)


def test_the_cap_is_carried_over_a_restart() -> None:
    """Eight nudges before a restart are eight; tomorrow they are none."""
    policy, time = PosturePolicy(PostureSettings(), nudges_today=8), Timekeeper(0.0, NOW, SLOW_S)
    said = [
        policy.feed(verdict(2.0), time.read(t * 2.0, NOW + timedelta(seconds=t * 2)), Courtesy(), None)
        for t in range(300)
    ]
    assert not any(said)
    tomorrow = NOW + timedelta(days=1)
    said = [
        policy.feed(verdict(2.0), time.read(600 + t * 2.0, tomorrow + timedelta(seconds=t * 2)), Courtesy(), None)
        for t in range(300)
    ]
    assert sum(map(len, said)) == 1


def test_a_locked_screen_forgets_the_hold_whatever_the_step_says() -> None:
    """A step that was taken just before the lock is not counted after it."""
    policy, time = PosturePolicy(PostureSettings()), Timekeeper(0.0, NOW, SLOW_S)
    for tick in range(85):
        policy.feed(verdict(2.0), time.read(tick * 2.0, NOW + timedelta(seconds=tick * 2)), Courtesy(), None)
    assert policy.alert
    policy.feed(verdict(2.0), time.read(170.0, NOW + timedelta(seconds=170)), Courtesy(locked=True), "locked")
    assert not policy.alert


def test_a_new_calibration_begins_the_hold_anew() -> None:
    """What lasted was said of the old one: the three minutes are counted from the calibration on."""
    policy, time = PosturePolicy(PostureSettings()), Timekeeper(0.0, NOW, SLOW_S)

    def nudges(first: int, last: int) -> int:
        return sum(
            len(policy.feed(verdict(2.0), time.read(t * 2.0, NOW + timedelta(seconds=t * 2)), Courtesy(), None))
            for t in range(first, last)
        )

    assert nudges(0, 85) == 0
    policy.recalibrated()
    assert nudges(85, 170) == 0
    assert nudges(170, 180) == 1


def test_new_settings_are_taken_up_without_forgetting() -> None:
    """A shorter hold counts from the begin of the posture."""
    policy, time = PosturePolicy(PostureSettings()), Timekeeper(0.0, NOW, SLOW_S)
    for tick in range(40):
        policy.feed(verdict(2.0), time.read(tick * 2.0, NOW + timedelta(seconds=tick * 2)), Courtesy(), None)
    policy.change(PostureSettings(hold_s=60))
    assert policy.feed(verdict(2.0), time.read(80.0, NOW + timedelta(seconds=80)), Courtesy(), None)


def test_what_the_screen_shows_grows_from_a_tenth_to_the_whole_over_the_hold() -> None:
    """Nothing before the icon has its colour; from then on evenly, and full when a nudge would come."""
    policy, time, levels = PosturePolicy(PostureSettings(hold_s=25, feedback="dim")), Timekeeper(0.0, NOW, SLOW_S), {}
    for second in range(41):
        policy.feed(verdict(2.0), time.read(float(second), NOW + timedelta(seconds=second)), Courtesy(), None)
        levels[second] = policy.level
    grown = [level for level in levels.values() if level]
    assert not levels[0]
    assert grown[0] == pytest.approx(0.1, abs=0.05)
    steps = [later - sooner for sooner, later in itertools.pairwise(grown) if later < 1.0]
    assert steps == [pytest.approx(0.9 / 20, abs=1e-6)] * len(steps)
    assert len(steps) >= 18
    assert grown[-1] == 1.0
