"""The monitor: which state, when, with which number; in named situations and under any order of observations."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import pairwise
from statistics import NormalDist

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.posture.people_for_tests import FACE_ONLY, WHOLE, FakeEstimator, Person, calibrated, lacking, seen, told
from posturewatch.base.observation import BURNT, Lack, Observation, PersonBox
from posturewatch.base.records import Estimate, Reason, State, Step
from posturewatch.base.settings import LoadSettings, PostureSettings, UserSettings, WatchSettings
from posturewatch.core.posture.calibration import Calibration
from posturewatch.core.posture.monitor import MOVES, Monitor

VERDICTS = (State.UPRIGHT, State.FORWARD)
STANDARD = calibrated()
OTHER = (PersonBox(100.0, 150.0, 180.0),)


def monitor(
    says: Callable[[float], Estimate | None] | None = None,
    *,
    calibration: Calibration | None = STANDARD,
    stills: bool = False,
    load: LoadSettings | None = None,
) -> Monitor:
    """A monitor whose estimates are told; upright unless said otherwise."""
    estimator = FakeEstimator(says or told())
    return Monitor(
        calibration,
        PostureSettings(),
        load or LoadSettings(),
        UserSettings(),
        WatchSettings(),
        stills=stills,
        maker=lambda _: estimator,
    )


def fed(watching: Monitor, observations: Iterable[Observation]) -> list[Step]:
    """The steps for these."""
    return [watching.feed(one) for one in observations]


def watched_by(estimator: FakeEstimator) -> Monitor:
    """A monitor with this estimator."""
    return Monitor(
        STANDARD, PostureSettings(), LoadSettings(), UserSettings(), WatchSettings(), maker=lambda _: estimator
    )


def sits(from_s: float, until_s: float, *, every_s: float = 0.5, person: Person | None = Person()) -> list[Observation]:  # noqa: B008
    """Looks at somebody (or at nobody), from one time up to another."""
    count = int((until_s - from_s) / every_s + 1e-9)
    return [seen(from_s + i * every_s, person) for i in range(count)]


def test_without_a_calibration_there_is_no_verdict() -> None:
    """Somebody is there, says the step, and nothing more; and what hinders a calibration, if anything."""
    watching = monitor(calibration=None)
    step = watching.feed(seen(0.0))
    assert (step.state, step.present, step.fht_in, step.reason) == (State.UNCALIBRATED, True, None, None)
    assert watching.feed(seen(1.0, people=OTHER)).reason is Reason.SECOND_PERSON
    black = watching.feed(lacking(2.0, Lack.BLACK))
    assert (black.state, black.reason, black.present) == (State.UNCALIBRATED, Reason.BLACK, False)


def test_an_empty_chair_is_away_even_without_a_calibration() -> None:
    """The break clock wants to know."""
    step = fed(monitor(calibration=None), sits(0, 2, person=None))[-1]
    assert (step.state, step.present) == (State.AWAY, False)


def test_upright_and_forward_with_value_error_and_load() -> None:
    """Two inches forward by the rule: 31 lb, with an error that counts the value's."""
    upright = fed(monitor(told(0.2)), sits(0, 5))[-1]
    forward = fed(monitor(told(2.0)), sits(0, 5))[-1]
    assert (upright.state, forward.state) == (State.UPRIGHT, State.FORWARD)
    assert forward.fht_in == pytest.approx(2.0)
    assert forward.load is not None
    assert forward.fht_se_in is not None
    assert forward.load.load_lb == pytest.approx(31.0)
    assert forward.load.se_lb == pytest.approx((1 + (10 * forward.fht_se_in) ** 2) ** 0.5)
    assert forward.raw is not None
    assert forward.held_s == pytest.approx(4.5)


def test_the_load_model_is_the_one_chosen() -> None:
    """Hansraj's table instead of the rule."""
    step = fed(monitor(told(2.0), load=LoadSettings(model="tilt")), sits(0, 3))[-1]
    assert step.load is not None
    assert step.load.model == "tilt"


def test_an_empty_chair_is_not_good_posture() -> None:
    """Whoever leaves while upright is away within a second or two, and in between there is no verdict."""
    watching = monitor()
    fed(watching, sits(0, 10))
    steps = fed(watching, sits(10, 14, person=None))
    assert all(step.state not in VERDICTS and step.fht_in is None and not step.present for step in steps)
    assert [step.state for step in steps[:2]] == [State.UNRELIABLE] * 2
    assert all(step.state is State.AWAY for step in steps if step.t_s >= 11.5)
    assert all(step.moving for step in steps[:2])


def test_a_missed_look_is_not_away() -> None:
    """One look that finds nobody among many that do."""
    watching = monitor()
    fed(watching, sits(0, 10))
    missed = watching.feed(seen(10.0, None))
    back = watching.feed(seen(10.5))
    assert (missed.state, missed.reason) == (State.UNRELIABLE, Reason.NOBODY)
    assert back.state is State.UPRIGHT


def test_a_face_that_is_not_found_refutes_nobody() -> None:
    """The face network misses bowed heads: the verdict stands, less sure, until somebody looks for the trunk."""
    watching = monitor(told(2.0))
    before = fed(watching, sits(0, 10))[-1]
    step = watching.feed(seen(13.0, None, looked=FACE_ONLY))
    assert (step.state, step.present, step.moving) == (State.FORWARD, True, True)
    assert (step.fht_se_in or 0) > (before.fht_se_in or 9)
    empty = fed(monitor(), [*sits(0, 2, person=None), seen(2.0, None, looked=FACE_ONLY)])
    assert [one.state for one in empty] == [State.AWAY] * 5


def test_faces_alone_that_are_never_found_end_in_no_verdict() -> None:
    """The error grows until it could not tell any more."""
    watching = monitor(told(2.0))
    fed(watching, sits(0, 10))
    steps = [watching.feed(seen(10.0 + i, None, looked=FACE_ONLY)) for i in range(20)]
    assert (steps[-1].state, steps[-1].fht_in) == (State.UNRELIABLE, None)
    assert fed(monitor(), [seen(0.0, None, looked=FACE_ONLY)])[0].reason is Reason.STARTING


def test_a_return_is_seen_at_once_and_judged_within_two_seconds() -> None:
    """Sitting down leans forward: not judged for a second."""
    watching = monitor(told(2.0))
    fed(watching, sits(0, 10, person=None))
    steps = fed(watching, sits(10, 13))
    assert all(step.present for step in steps)
    assert [step.state for step in steps[:2]] == [State.UNRELIABLE] * 2
    assert steps[0].reason is Reason.STARTING
    assert steps[0].moving
    assert all(step.state is State.FORWARD for step in steps if step.t_s >= 12.0)


def test_a_return_seen_by_the_face_alone_counts() -> None:
    """The empty chair is watched by the face network; the trunk is looked at next."""
    watching = monitor(lambda _: None)
    fed(watching, sits(0, 10, person=None))
    step = watching.feed(seen(10.0, looked=FACE_ONLY))
    assert (step.state, step.reason, step.present) == (State.UNRELIABLE, Reason.STARTING, True)


@pytest.mark.parametrize(
    "lack", [Lack.STARTING, Lack.NO_FRAME, Lack.BLACK, Lack.FROZEN, Lack.CAMERA_LOST, Lack.NETWORK_FAILED]
)
def test_no_picture_is_no_verdict_and_no_absence(lack: Lack) -> None:
    """Neither somebody nor an empty chair is claimed."""
    watching = monitor()
    fed(watching, sits(0, 10))
    step = watching.feed(lacking(10.5, lack))
    assert (step.state, step.present, step.fht_in, step.load) == (State.UNRELIABLE, False, None, None)


@pytest.mark.parametrize("lack", [None, Lack.NOBODY])
def test_a_burnt_out_picture_is_told_as_that(lack: Lack | None) -> None:
    """Whether the networks still find somebody in it or nobody any more: no verdict, no absence, the light is named."""
    watching = monitor()
    fed(watching, sits(0, 10))
    look = seen(10.5) if lack is None else lacking(10.5, lack)
    step = watching.feed(replace(look, brightness=BURNT + 1))
    assert (step.state, step.reason, step.present) == (State.UNRELIABLE, Reason.TOO_BRIGHT, False)


def test_a_frozen_picture_of_somebody_is_no_verdict() -> None:
    """The gate says that nothing has changed for longer than a sensor's noise allows."""
    watching = monitor()
    fed(watching, sits(0, 10))
    step = watching.feed(lacking(14.0, Lack.GATED, still_s=4.0))
    assert (step.state, step.reason) == (State.UNRELIABLE, Reason.FROZEN)


def test_unreliable_brings_its_reason_and_keeps_the_presence() -> None:
    """A head turned far: somebody is there, and nothing is said of the posture; the look's own numbers are kept."""
    step = fed(monitor(told(0.3, head_yaw_deg=60.0)), sits(0, 2))[-1]
    assert (step.state, step.reason, step.present, step.fht_in) == (State.UNRELIABLE, Reason.TURNED, True, None)
    assert step.raw is not None


def test_a_second_person_ends_the_verdict_until_a_whole_look_finds_one_person() -> None:
    """Looks at the face alone in between do not look for others, and do not forget them."""
    watching = monitor()
    fed(watching, sits(0, 5))
    assert watching.feed(seen(5.0, people=OTHER)).reason is Reason.SECOND_PERSON
    assert watching.feed(seen(6.0, looked=FACE_ONLY)).reason is Reason.SECOND_PERSON
    assert watching.feed(seen(7.0)).state is State.UPRIGHT


def test_a_covered_face_is_no_verdict_and_a_missed_one_is() -> None:
    """A cup before the face for two seconds; before that, the look is one that the network missed."""
    steps = fed(monitor(), [*sits(0, 5), *sits(5, 8, person=Person(face=False)), *sits(8, 10)])
    reasons = {step.t_s: step.reason for step in steps}
    assert [reasons[t_s] for t_s in (5.0, 6.0, 6.5, 7.5, 8.0)] == [
        None, None, Reason.FACE_COVERED, Reason.FACE_COVERED, None,
    ]  # fmt: skip


def test_a_passer_by_far_behind_the_empty_chair_is_a_ghost() -> None:
    """Never a verdict, and nobody who sits there."""
    watching = monitor(told(2.0))
    fed(watching, sits(0, 5, person=None))
    steps = fed(watching, sits(5, 8, person=Person(size_px=50, face=False)))
    assert all((step.state, step.reason, step.present) == (State.UNRELIABLE, Reason.GHOST, False) for step in steps)


def test_somebody_elses_leap_into_the_picture_is_not_judged() -> None:
    """The network jumps to another person: nothing is said for a second."""
    watching = monitor()
    fed(watching, sits(0, 5, every_s=0.2))
    steps = fed(watching, sits(5, 5.9, every_s=0.2, person=Person(eyes=(100.0, 200.0), size_px=110.0)))
    assert all((step.state, step.reason) == (State.UNRELIABLE, Reason.GHOST) for step in steps)


def test_a_glance_at_the_keyboard_never_becomes_forward() -> None:
    """Three seconds bowed, two and a half inches forward, as looks come when something moves."""
    watching = monitor(lambda t_s: told(2.5 if 10 <= t_s < 13 else 0.2, 0.4, head_pitch_deg=30.0)(t_s))
    steps = fed(watching, sits(0, 20))
    assert all(step.state is State.UPRIGHT for step in steps)
    assert max(step.fht_in or 0.0 for step in steps) < 1.0
    assert all(step.moving for step in steps if 10.5 <= step.t_s < 13)


def test_a_slump_becomes_forward_and_sitting_up_ends_it() -> None:
    """Two inches over fifteen seconds, held, and back: FORWARD within 5 s of the inch, UPRIGHT within 2 s."""

    def posture(t_s: float) -> Estimate | None:
        return told(0.0 if t_s >= 40 else min(max(t_s - 10, 0.0) / 15, 1.0) * 2.0, 0.4)(t_s)

    steps = fed(monitor(posture), sits(0, 50, every_s=0.2))
    inch_at_s = 10 + 7.5
    began = next(step.t_s for step in steps if step.state is State.FORWARD)
    ended = next(step.t_s for step in steps if step.t_s > began and step.state is State.UPRIGHT)
    assert inch_at_s <= began <= inch_at_s + 5
    assert 40 <= ended <= 42


def test_an_estimate_that_can_tell_neither_is_unreliable_and_keeps_its_number() -> None:
    """Near the threshold with a large error nothing is said, but value, error, load and probability are shown."""
    step = fed(monitor(told(0.95, 1.25)), sits(0, 1))[0]
    assert (step.state, step.reason, step.present) == (State.UNRELIABLE, Reason.TOO_UNCERTAIN, True)
    assert (step.fht_in, step.fht_se_in) == pytest.approx((0.95, 1.25))
    assert step.load is not None
    assert step.p_forward == pytest.approx(NormalDist().cdf(-0.05 / 1.25))


@pytest.mark.parametrize(("value", "se_in"), [(2.6, 0.8), (3.5, 1.6), (1.8, 1.1)])
def test_a_large_error_does_not_hide_the_worst_postures(value: float, se_in: float) -> None:
    """A head far forward hides the chest, and its error is large: it is FORWARD all the same where the distance lies
    beyond the threshold with enough probability, as a still and live."""
    assert fed(monitor(told(value, se_in)), sits(0, 5))[-1].state is State.FORWARD
    assert monitor(told(value, se_in), stills=True).feed(seen(0.0)).state is State.FORWARD


@pytest.mark.parametrize(("value", "se_in"), [(0.0, 0.4), (0.95, 0.4), (1.3, 0.9), (2.6, 0.8), (-1.0, 2.0)])
def test_the_probability_is_that_of_the_number_that_is_shown(value: float, se_in: float) -> None:
    """Φ((value − threshold) / error) of the filtered value and its own error, not of the single look."""
    for step in fed(monitor(told(value, se_in)), sits(0, 6)):
        assert step.fht_in is not None
        assert step.fht_se_in is not None
        expected = NormalDist().cdf((step.fht_in - PostureSettings().threshold) / step.fht_se_in)
        assert step.p_forward == pytest.approx(expected, abs=1e-6)
    assert monitor().feed(seen(0.0, None)).p_forward is None


def test_only_looks_that_nothing_speaks_against_teach_the_sitting() -> None:
    """A head turned away, a second person, a gated picture and an empty chair teach nothing; each ordinary look does,
    also one that can tell neither."""
    estimator = FakeEstimator(lambda t_s: told(0.95, 1.2, head_yaw_deg=60.0 if t_s == 1.0 else 0.0)(t_s))
    watching = watched_by(estimator)
    for look, learnt in (
        (seen(0.0), 1),
        (seen(1.0), 1),
        (seen(2.0, people=OTHER), 1),
        (lacking(3.0, Lack.GATED), 1),
        (seen(4.0, None), 1),
        (seen(5.0), 2),
    ):
        watching.feed(look)
        assert estimator.learnt == learnt


def test_a_step_says_whether_the_calibration_holds_for_these_clothes() -> None:
    """As the estimator knows it; without a calibration nothing holds."""
    estimator = FakeEstimator(told(0.2))
    watching = watched_by(estimator)
    assert watching.feed(seen(0.0)).tied
    estimator.tied = False
    assert not watching.feed(seen(1.0)).tied
    assert not monitor(calibration=None).feed(seen(0.0)).tied


def test_a_moment_without_a_verdict_does_not_end_forward() -> None:
    """At 0.8 in, between the limits, FORWARD goes on after a sip."""
    watching = monitor(lambda t_s: told(1.6 if t_s < 5 else 0.8, 0.3, head_yaw_deg=60.0 if t_s == 10.0 else 0.0)(t_s))
    steps = fed(watching, sits(0, 12))
    assert [step.state for step in steps if step.t_s in (9.5, 10.0, 10.5)] == [
        State.FORWARD, State.UNRELIABLE, State.FORWARD,
    ]  # fmt: skip


def test_an_unchanged_picture_carries_the_last_finding_on() -> None:
    """The networks did not run: same state, same number, an error that grows slowly, no new estimate."""
    estimator = FakeEstimator(told(2.0))
    watching = Monitor(
        STANDARD, PostureSettings(), LoadSettings(), UserSettings(), WatchSettings(), maker=lambda _: estimator
    )
    before = fed(watching, sits(0, 10))[-1]
    asked = estimator.asked
    steps = [watching.feed(lacking(10.0 + 4 * i, Lack.GATED)) for i in range(10)]
    assert all(step.state is State.FORWARD for step in steps)
    assert steps[-1].fht_in == pytest.approx(2.0)
    assert (before.fht_se_in or 0) <= (steps[-1].fht_se_in or 0) < 0.8
    assert estimator.asked == asked
    assert steps[-1].held_s == pytest.approx(46.0)


def test_an_unchanged_picture_of_an_empty_chair_stays_empty() -> None:
    """And becomes so after the looks that it takes."""
    watching = monitor()
    fed(watching, sits(0, 5))
    steps = [watching.feed(seen(5.0, None))] + [watching.feed(lacking(5.5 + i * 0.5, Lack.GATED)) for i in range(6)]
    assert steps[-1].state is State.AWAY


def test_an_unchanged_picture_before_any_look_is_only_a_start() -> None:
    """Nothing is known yet."""
    step = monitor().feed(lacking(0.0, Lack.GATED))
    assert (step.state, step.reason) == (State.UNRELIABLE, Reason.STARTING)


def test_a_gap_begins_anew() -> None:
    """After a sleep the first look counts by itself, and the state has lasted for no time."""
    watching = monitor(lambda t_s: told(2.0 if t_s < 100 else 0.1)(t_s))
    fed(watching, sits(0, 10))
    step = watching.feed(seen(4000.0))
    assert (step.state, step.held_s) == (State.UPRIGHT, 0.0)
    assert step.fht_in == pytest.approx(0.1)


def test_slow_looks_that_the_settings_ask_for_are_no_gap() -> None:
    """A user who lets it look once in thirty seconds is watched all the same."""
    slow = WatchSettings(steady_s=30)
    watching = Monitor(
        STANDARD, PostureSettings(), LoadSettings(), UserSettings(), slow, maker=lambda _: FakeEstimator(told(0.2))
    )
    steps = fed(watching, sits(0, 300, every_s=30))
    assert steps[-1].held_s == pytest.approx(270.0)


def test_reset_forgets_what_was() -> None:
    """As after a pause."""
    watching = monitor(lambda t_s: told(2.0 if t_s < 10 else 0.0)(t_s))
    fed(watching, sits(0, 10))
    watching.reset()
    assert watching.feed(seen(10.0)).fht_in == pytest.approx(0.0)


def test_a_new_calibration_begins_anew() -> None:
    """From none to one, and back to none."""
    watching = monitor(told(2.0), calibration=None)
    assert watching.feed(seen(0.0)).state is State.UNCALIBRATED
    watching.calibrate_with(STANDARD)
    assert watching.feed(seen(1.0)).state is State.FORWARD
    watching.calibrate_with(None)
    assert watching.feed(seen(2.0)).state is State.UNCALIBRATED


def test_stills_are_measured_each_by_itself() -> None:
    """No frame knows of the one before, and the time between them means nothing."""
    watching = monitor(lambda t_s: told(3.0 if int(t_s) % 2 else 0.0)(t_s), stills=True)
    steps = fed(watching, [seen(float(i)) for i in range(10)])
    assert [step.fht_in for step in steps] == pytest.approx([0.0, 3.0] * 5)
    assert all(step.fht_se_in == pytest.approx(0.4) for step in steps)
    nobody = watching.feed(seen(10.0, None))
    assert nobody.state is State.AWAY
    assert watching.feed(seen(11.0)).state is State.FORWARD


def test_clocks_that_stand_or_step_back_are_survived() -> None:
    """The same time stamp again, a second back, and an hour back."""
    watching = monitor(told(0.4))
    fed(watching, sits(0, 10))
    for t_s in (10.0, 10.0, 9.0, 9.5, 10.0, -3600.0, -3599.0):
        step = watching.feed(seen(t_s))
        assert step.state is State.UPRIGHT
        assert step.held_s >= 0.0


def test_resting_elsewhere_asks_for_a_new_calibration() -> None:
    """The flag only; to ask once is the reminders' business."""
    watching = monitor()
    steps = fed(watching, sits(0, 400, every_s=2.0, person=Person(eyes=(480.0, 190.0))))
    assert not steps[10].recalibrate
    assert steps[-1].recalibrate
    watching.calibrate_with(calibrated(Person(eyes=(480.0, 190.0))))
    assert not watching.feed(seen(401.0, Person(eyes=(480.0, 190.0)))).recalibrate


def test_texture_is_learnt_only_from_a_judged_posture() -> None:
    """The wish for a reference goes with a look at the trunk of somebody who is measured, and with no other."""
    estimator = FakeEstimator(told(0.2), wants_anchor=True)
    watching = Monitor(
        STANDARD, PostureSettings(), LoadSettings(), UserSettings(), WatchSettings(), maker=lambda _: estimator
    )
    assert watching.asking(WHOLE) == WHOLE
    watching.feed(seen(0.0))
    assert watching.asking(WHOLE).anchor
    assert not watching.asking(WHOLE).new_anchor
    assert watching.asking(FACE_ONLY) == FACE_ONLY
    estimator.wants_new_anchor = True
    assert watching.asking(WHOLE).new_anchor
    estimator.wants_anchor = estimator.wants_new_anchor = False
    assert watching.asking(WHOLE) == WHOLE
    assert monitor(calibration=None).asking(WHOLE) == WHOLE


def test_a_trunk_that_would_be_too_old_is_looked_at_again() -> None:
    """The gate may answer the look that was meant for the trunk: the next look at the face alone takes the trunk along,
    instead of an estimate from a trunk that no longer counts."""
    watching = monitor()
    watching.feed(seen(0.0))
    watching.feed(seen(4.0, looked=FACE_ONLY))
    assert not watching.asking(FACE_ONLY).trunk
    watching.feed(lacking(12.0, Lack.GATED))
    assert watching.asking(FACE_ONLY).trunk
    watching.feed(seen(16.0))
    assert not watching.asking(FACE_ONLY).trunk


def test_moving_follows_the_head() -> None:
    """A head that goes sideways asks for closer looks; one that sits still does not."""
    watching = monitor()
    still = fed(watching, sits(0, 5))
    assert not any(step.moving for step in still)
    assert watching.feed(seen(5.0, Person(eyes=(350.0, 170.0)))).moving


_LOOKS = st.one_of(
    st.just("sits"), st.just("nobody"), st.just("ghost"), st.just("other"), st.just("face"), st.sampled_from(Lack)
)


@settings(max_examples=80, deadline=None)
@given(
    looks=st.lists(
        st.tuples(
            st.floats(-5, 30, allow_nan=False), _LOOKS, st.one_of(st.none(), st.floats(-3, 5)), st.floats(0.1, 2.0)
        ),
        max_size=60,
    ),
    uncalibrated=st.booleans(),
)
def test_any_order_of_looks_keeps_the_promises(
    looks: list[tuple[float, str | Lack, float | None, float]], uncalibrated: bool
) -> None:
    """Only legal moves; numbers with a verdict or where the error alone forbids one, and with nothing else; a verdict
    only of somebody who is there."""
    says: list[Estimate | None] = [None]
    watching = monitor(lambda _: says[0], calibration=None if uncalibrated else STANDARD)
    t_s, steps = 0.0, []
    for step_s, what, value, se_in in looks:
        t_s += step_s
        says[0] = None if value is None else told(value, se_in)(t_s)
        look = {
            "sits": lambda at=t_s: seen(at),
            "nobody": lambda at=t_s: seen(at, None),
            "ghost": lambda at=t_s: seen(at, Person(size_px=30)),
            "other": lambda at=t_s: seen(at, people=OTHER),
            "face": lambda at=t_s: seen(at, looked=FACE_ONLY),
        }.get(str(what), lambda at=t_s, lack=what: lacking(at, Lack(lack)))()
        steps.append((abs(step_s) > 15, watching.feed(look)))
    for step in (one for _, one in steps):
        verdict = step.state in VERDICTS
        numbers = (step.fht_in, step.fht_se_in, step.load, step.p_forward)
        known = all(one is not None for one in numbers)
        assert known or all(one is None for one in numbers)
        assert known or not verdict
        assert not known or verdict or (step.present and step.reason is Reason.TOO_UNCERTAIN)
        assert not verdict or (step.present and step.reason is None)
        assert not (uncalibrated and verdict)
        assert step.state is not State.UNRELIABLE or step.reason is not None
        assert step.held_s >= 0
    for (_, before), (gap, after) in pairwise(steps):
        assert gap or after.state in MOVES[before.state]
