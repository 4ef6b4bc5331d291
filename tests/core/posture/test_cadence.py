"""How often to look: bounds that hold for every day, and the rules one by one."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posturewatch.base.records import Estimate, Reason, State, Step
from posturewatch.base.settings import WatchSettings
from posturewatch.core.posture.cadence import (
    AWAY_WAIT_S,
    CALM_WAIT_S,
    CLOSED_RETRY_S,
    LONG_AWAY_S,
    PEEK_RESTLESS_S,
    PEEK_S,
    RESTLESS_WAIT_S,
    TROUBLE_MAX_S,
    Cadence,
    Plan,
)
from posturewatch.core.posture.level_filter import GLANCE_S

WATCH = WatchSettings()


def upright(t_s: float, fht: float = 0.1, **changes: object) -> Step:
    """A verdict far below the threshold."""
    return replace(Step(t_s, State.UPRIGHT, None, True, fht_in=fht, fht_se_in=0.2), **changes)  # type: ignore[arg-type]


def away(t_s: float) -> Step:
    """An empty chair."""
    return Step(t_s, State.AWAY, Reason.NOBODY, False)


def run(cadence: Cadence, step: Step, for_s: float, now_s: float = 0.0) -> list[tuple[float, Plan]]:
    """Plans and their moments while the same thing is seen for ``for_s`` seconds."""
    plans, end_s = [], now_s + for_s
    while now_s < end_s:
        plan = cadence.next(replace(step, t_s=now_s), now_s, 1.0)
        plans.append((now_s, plan))
        now_s += plan.wait_s
    return plans


def test_the_first_look_is_at_everything_and_soon() -> None:
    """Before anything is known: face, trunk and others, within a second."""
    plan = Cadence(WATCH).next(None, 0.0, 1.0)
    assert plan.look.face
    assert plan.look.trunk
    assert plan.look.whole
    assert plan.wait_s <= 1.0


def test_a_steady_upright_person_is_looked_at_seldom_and_by_the_face() -> None:
    """Every four seconds the face, the trunk about every tenth second, nothing more."""
    plans = run(Cadence(WATCH), upright(0.0), 600.0)[3:]
    assert {plan.wait_s for _, plan in plans} == {4.0}
    trunks = [at for at, plan in plans if plan.look.trunk]
    assert 40 <= len(trunks) <= 65
    assert max(b - a for a, b in itertools.pairwise(trunks)) <= 12.0
    assert not any(plan.close_camera for _, plan in plans)


def test_others_are_looked_for_every_ten_seconds() -> None:
    """A visitor is looked for often enough, and not at each look."""
    wholes = [at for at, plan in run(Cadence(WATCH), upright(0.0), 300.0) if plan.look.whole]
    assert 8.0 <= max(b - a for a, b in itertools.pairwise(wholes)) <= 12.0


def test_near_the_threshold_looks_come_each_second() -> None:
    """Within 0.3 in of the threshold, or within the error of it."""
    cadence = Cadence(WATCH)
    run(cadence, upright(0.0), 20.0)
    assert cadence.next(upright(20.0, 0.75), 20.0, 1.0).wait_s == 1.0
    assert cadence.next(upright(21.0, 0.4, fht_se_in=0.7), 21.0, 1.0).wait_s == 1.0
    assert cadence.next(upright(22.0, 2.5), 22.0, 1.0).wait_s == 4.0


def test_whoever_moves_is_looked_at_twice_a_second_at_first_and_their_trunk_less_often() -> None:
    """Movement brings close looks for ten seconds, every other one at the trunk too; a fidget all day costs a look in
    1.25 s, every third at the trunk: of the looks that a lasting change needs to be believed, one at least sees it."""
    plans = run(Cadence(WATCH), upright(0.0, moving=True), 60.0)
    early = [plan for at, plan in plans if 1.0 < at < 9.0]
    later = [plan for at, plan in plans if at > 12.0]
    assert {plan.wait_s for plan in early} == {0.5}
    assert {plan.wait_s for plan in later} == {RESTLESS_WAIT_S}
    assert {a.look.trunk != b.look.trunk for a, b in itertools.pairwise(early)} == {True}
    assert all(any(plan.look.trunk for plan in later[n : n + 3]) for n in range(len(later) - 2))
    assert sum(plan.look.trunk for plan in later) < 0.45 * len(later)


def test_who_talks_stays_restless_through_a_pause_for_breath_and_not_through_a_rest() -> None:
    """Five seconds of stillness do not begin the close looks anew; half a minute of it does."""
    cadence = Cadence(WATCH)
    run(cadence, upright(0.0, moving=True), 30.0)
    run(cadence, upright(0.0), 5.0, now_s=30.0)
    cadence.next(upright(36.0, moving=True), 36.0, 1.0)
    assert cadence.next(upright(37.0, moving=True), 37.0, 1.0).wait_s == RESTLESS_WAIT_S
    run(cadence, upright(0.0), 30.0, now_s=38.0)
    assert cadence.next(upright(70.0, moving=True), 70.0, 1.0).wait_s == 0.5


def test_who_is_found_still_in_every_other_look_is_restless_after_a_minute() -> None:
    """A talker's head is where it was every other time. Then what stirs is looked at no more often than while it moves,
    the face first, and others only when it is their turn."""
    cadence, now_s, plan = Cadence(WATCH), 0.0, None
    for number in range(120):
        plan = cadence.next(upright(now_s, moving=number % 2 == 0), now_s, 1.0)
        now_s += 0.6 if number % 2 == 0 else 1.0
    assert plan is not None
    assert plan.peek is not None
    assert plan.peek_s == RESTLESS_WAIT_S
    assert plan.peek.if_stirred
    assert plan.peek.whole == plan.look.whole
    assert cadence.next(upright(now_s, 0.8), now_s, 1.0).wait_s == RESTLESS_WAIT_S


@given(after_s=st.floats(0.0, RESTLESS_WAIT_S))
def test_a_lasting_change_of_the_restless_is_believed_within_five_seconds(after_s: float) -> None:
    """The looks after it span what the filter takes for a glance before five seconds have passed."""
    cadence = Cadence(WATCH)
    last_s, plan = run(cadence, upright(0.0, moving=True), 60.0)[-1]
    looks, now_s = [], last_s + plan.wait_s
    while now_s - (last_s + after_s) <= 5.0:
        looks.append(now_s)
        now_s += cadence.next(upright(now_s, 0.2, moving=True), now_s, 1.0).wait_s
    assert looks[-1] - looks[0] >= GLANCE_S


def test_somebody_steady_is_looked_at_only_if_more_than_breath_has_changed() -> None:
    """So are an empty chair and whoever has moved a moment ago and sits still again; not whoever sits near the
    threshold, has just been seen otherwise than before or was in another state."""
    cadence = Cadence(WATCH)
    assert all(plan.look.if_changed for _, plan in run(cadence, upright(0.0), 60.0)[2:])
    assert cadence.next(upright(60.0, moving=True), 60.0, 1.0).look.if_changed
    assert not cadence.next(upright(61.0, 0.9), 61.0, 1.0).look.if_changed
    assert not cadence.next(upright(62.0, raw=Estimate(62.0, 1.0, 0.4)), 62.0, 1.0).look.if_changed
    assert cadence.next(away(63.0), 63.0, 1.0).look.if_changed
    assert not cadence.next(upright(64.0), 64.0, 1.0).look.if_changed


def test_a_planned_look_at_somebody_steady_who_has_stirred_is_at_everything() -> None:
    """As a peek would be, so that no further look has to fetch what the first one left out; not of those who move."""
    cadence = Cadence(WATCH)
    assert all(plan.look.all_if_stirred for _, plan in run(cadence, upright(0.0), 60.0)[2:])
    assert not any(plan.look.all_if_stirred for _, plan in run(cadence, upright(0.0, moving=True), 60.0, now_s=60.0))


def test_somebody_upright_whom_the_gate_answers_for_is_planned_half_as_often() -> None:
    """Whatever stirs is seen by the peeks, each second all the same; where the networks have just looked, or somebody
    sits forward, the next look is planned as usual."""
    cadence = Cadence(WATCH)
    run(cadence, upright(0.0), 20.0)
    seen = Estimate(16.0, 0.1, 0.2)
    calm = cadence.next(upright(20.0, raw=seen), 20.0, 1.0)
    assert (calm.wait_s, calm.peek_s) == (CALM_WAIT_S, PEEK_S)
    assert cadence.next(upright(28.0, raw=replace(seen, t_s=28.0)), 28.0, 1.0).wait_s == WATCH.steady_s
    forward = upright(32.0, 3.0, raw=replace(seen, fht_in=3.0), state=State.FORWARD)
    cadence.next(forward, 32.0, 1.0)
    assert cadence.next(replace(forward, t_s=36.0), 36.0, 1.0).wait_s == WATCH.steady_s


def test_a_frame_far_from_the_filtered_value_wants_the_trunk() -> None:
    """The face alone cannot tell a lean from a head forward."""
    cadence = Cadence(WATCH)
    run(cadence, upright(0.0), 13.0)
    jumped = upright(13.0, raw=Estimate(13.0, 1.0, 0.4))
    assert cadence.next(jumped, 13.0, 1.0).look.trunk


@given(after_s=st.floats(0.0, 4.0))
def test_a_lasting_change_is_looked_at_three_times_within_five_seconds(after_s: float) -> None:
    """Whenever between two steady looks the head moves: a look, and two more close together, within 5 s."""
    cadence = Cadence(WATCH)
    plans = run(cadence, upright(0.0), 40.0)
    last_s, plan = plans[-1]
    changed_s = last_s + after_s
    looks, now_s = [], last_s + plan.wait_s
    while len(looks) < 3:
        if now_s >= changed_s:
            looks.append(now_s)
        now_s += cadence.next(upright(now_s, 0.9, moving=True), now_s, 1.0).wait_s
    assert looks[-1] - changed_s <= 5.0


def test_a_return_is_looked_for_within_two_seconds() -> None:
    """For the ten minutes in which the camera stays open, no two glances lie further apart; closer at first."""
    planned = run(Cadence(WATCH), away(0.0), 590.0)
    plans = [plan for _, plan in planned]
    assert {plan.peek_s for at, plan in planned if at < LONG_AWAY_S - 10.0} == {WATCH.away_s}
    assert {plan.peek_s for at, plan in planned if at > LONG_AWAY_S + 10.0} == {2.0}
    assert all(plan.peek is not None and plan.peek.face and plan.peek.if_changed for plan in plans)
    assert not any(plan.peek.if_stirred for plan in plans if plan.peek is not None)
    assert not any(plan.close_camera for plan in plans)


def test_after_a_long_absence_the_camera_is_closed_and_tried_each_minute() -> None:
    """Closed after ten minutes; a black first picture on reopening changes nothing; a return opens it again."""
    cadence = Cadence(WATCH)
    run(cadence, away(0.0), 601.0)
    plan = cadence.next(away(602.0), 602.0, 1.0)
    assert (plan.close_camera, plan.wait_s) == (True, CLOSED_RETRY_S)
    assert plan.look.trunk
    assert plan.look.whole
    black = Step(662.0, State.UNRELIABLE, Reason.BLACK, False)
    assert not cadence.next(black, 662.0, 1.0).close_camera
    assert cadence.next(away(663.0), 663.0, 1.0).close_camera
    back = cadence.next(upright(723.0), 723.0, 1.0)
    assert not back.close_camera
    assert not cadence.next(away(730.0), 730.0, 1.0).close_camera


def test_an_unreliable_interval_is_watched_closely_and_then_less() -> None:
    """Each second for ten seconds, then slowly down to the steady wait."""
    plans = run(Cadence(WATCH), Step(0.0, State.UNRELIABLE, Reason.TURNED, True), 300.0)
    waits = [plan.wait_s for _, plan in plans]
    assert waits == sorted(waits)
    assert waits[5] == 1.0
    assert waits[-1] == 4.0


def test_a_camera_that_gives_nothing_is_asked_less_and_less() -> None:
    """Back-off by doubling, four seconds at most, so that it is soon used again; fresh as soon as a picture comes."""
    cadence = Cadence(WATCH)
    lost = Step(0.0, State.UNRELIABLE, Reason.CAMERA_LOST, False)
    waits = [plan.wait_s for _, plan in run(cadence, lost, 300.0)]
    assert waits[:4] == [1.0, 2.0, 4.0, 4.0]
    assert max(waits) == TROUBLE_MAX_S
    cadence.next(upright(301.0), 301.0, 1.0)
    assert cadence.next(replace(lost, t_s=305.0), 305.0, 1.0).wait_s == 1.0


def test_a_clock_that_steps_back_starts_afresh() -> None:
    """After a step back the plan is bounded as ever and looks at everything."""
    cadence = Cadence(WATCH)
    run(cadence, away(0.0), 700.0)
    plan = cadence.next(away(5.0), 5.0, 1.0)
    assert not plan.close_camera
    assert plan.wait_s <= AWAY_WAIT_S


def test_new_settings_are_taken_up() -> None:
    """A slower steady wait holds from the next plan on."""
    cadence = Cadence(WATCH)
    run(cadence, upright(0.0), 40.0)
    cadence.change(WatchSettings(steady_s=9))
    assert cadence.next(upright(40.0), 40.0, 1.0).wait_s == 9.0


steps = st.builds(
    lambda state, present, moving, fht, se, reason: Step(
        0.0,
        state,
        reason if state is State.UNRELIABLE else None,
        present if state is State.UNRELIABLE else state is not State.AWAY,
        fht_in=fht if state in (State.UPRIGHT, State.FORWARD) else None,
        fht_se_in=se if state in (State.UPRIGHT, State.FORWARD) else None,
        moving=moving,
    ),
    st.sampled_from(State),
    st.booleans(),
    st.booleans(),
    st.floats(-3, 6),
    st.floats(0, 2),
    st.sampled_from(Reason),
)
watches = st.builds(
    WatchSettings,
    steady_s=st.floats(0.5, 60),
    near_s=st.floats(0.2, 60),
    moving_s=st.floats(0.1, 60),
    away_s=st.floats(0.5, 60),
    close_after_away_min=st.floats(1, 30),
)


@settings(max_examples=150, deadline=None)
@given(watch=watches, seen=st.lists(steps, min_size=1, max_size=40), threshold_in=st.floats(0.3, 4.0))
def test_whatever_is_seen_the_wait_is_bounded_and_the_face_is_looked_at(
    watch: WatchSettings, seen: list[Step], threshold_in: float
) -> None:
    """No wait is shorter than the shortest setting or longer than the longest; the camera closes on AWAY alone."""
    cadence, now_s = Cadence(watch), 0.0
    shortest = min(watch.steady_s, watch.near_s, watch.moving_s, watch.away_s, TROUBLE_MAX_S)
    longest = max(watch.steady_s, watch.near_s, watch.moving_s, watch.away_s, CLOSED_RETRY_S, TROUBLE_MAX_S)
    for step in seen:
        plan = cadence.next(replace(step, t_s=now_s), now_s, threshold_in)
        assert shortest <= plan.wait_s <= longest
        assert plan.look.face
        assert not plan.look.whole or plan.look.trunk
        assert not plan.close_camera or step.state is State.AWAY
        now_s += plan.wait_s


@pytest.mark.parametrize("state", [State.UNCALIBRATED, State.UNRELIABLE])
def test_without_a_verdict_face_and_trunk_are_both_looked_at(state: State) -> None:
    """Whatever is missing, both networks are asked for it."""
    assert all(plan.look.trunk for _, plan in run(Cadence(WATCH), Step(0.0, state, None, True), 60.0))


def test_between_two_steady_looks_the_gate_is_peeked_at() -> None:
    """Each second, at all there is, while somebody steady is judged; not while looks are close."""
    steady = [plan for _, plan in run(Cadence(WATCH), upright(0.0), 60.0)[3:]]
    assert {plan.peek_s for plan in steady} == {PEEK_S}
    assert all(plan.peek is not None and plan.peek.if_stirred and plan.peek.trunk for plan in steady)
    assert {plan.peek for _, plan in run(Cadence(WATCH), upright(0.0, moving=True), 60.0)} == {None}


def test_whoever_stirs_for_nothing_is_peeked_at_half_as_often() -> None:
    """A look a second because the picture changes, and the posture never does: after five of them the peeks slow
    down, and come back with the first change of posture."""
    cadence = Cadence(WATCH)
    run(cadence, upright(0.0), 40.0)
    plans = [cadence.next(upright(40.0 + second), 40.0 + second, 1.0) for second in range(10)]
    assert plans[-1].peek_s == PEEK_RESTLESS_S
    jumped = upright(50.0, raw=Estimate(50.0, 1.0, 0.4))
    assert cadence.next(jumped, 50.0, 1.0).peek_s == PEEK_S
