"""The steps of a live calibration, fed with looks at rendered people; time is the looks' own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from camera_server import RENDERS
from posturewatch.base.observation import Lack, Look, Observation
from posturewatch.base.settings import UserSettings
from posturewatch.core.posture.calibration_run import AT_MOST_S, COUNTDOWN_S, CalibrationRun, Phase, row_of
from posturewatch.sensor import bundles
from posturewatch.sensor.choices import ModelOptions
from posturewatch.sensor.recording import RecordingReader

EVERY_S = 0.2


@pytest.fixture(scope="module")
def looks() -> list[Observation]:
    """Three looks at one person who sits upright."""
    seen = RecordingReader(bundles.find(ModelOptions())).observe(str(RENDERS), look=Look(whole=True, anchor=True))
    return [one for one in seen if one.name is not None and one.name.startswith("d1")]


@pytest.fixture
def flow() -> CalibrationRun:
    """A calibration that has not begun."""
    return CalibrationRun("desk", UserSettings(), 0.0, guided=True)


def sitting(looks: list[Observation], since_s: float = 100.0) -> Iterator[Observation]:
    """The person sits on, five looks a second."""
    for number in range(1000):
        yield replace(looks[number % len(looks)], t_s=since_s + number * EVERY_S)


def empty(looks: list[Observation], t_s: float) -> Observation:
    """Nobody."""
    return replace(looks[0], t_s=t_s, face=None, trunk=None)


def test_sitting_still_for_a_countdown_and_ten_seconds_is_a_calibration(
    flow: CalibrationRun, looks: list[Observation]
) -> None:
    """Found, three, two, one, measured, done in under twenty seconds; the result can be read back."""
    phases = []
    for seen in sitting(looks):
        flow.feed(seen, seen.t_s)
        if flow.phase not in phases:
            phases.append(flow.phase)
        if flow.phase is Phase.DONE:
            break
    assert phases == [Phase.COUNTDOWN, Phase.MEASURING, Phase.DONE]
    assert seen.t_s - 100.0 < 20.0
    assert flow.share == 1.0
    assert flow.result is not None
    assert flow.result.profile == "desk"
    assert "desk" in flow.advice


def test_an_empty_chair_waits_without_end(flow: CalibrationRun, looks: list[Observation]) -> None:
    """Nothing begins until somebody sits there."""
    for number in range(600):
        flow.feed(empty(looks, number * EVERY_S), number * EVERY_S)
    assert flow.phase is Phase.SEEKING
    assert flow.advice


def test_leaving_in_the_countdown_begins_again(flow: CalibrationRun, looks: list[Observation]) -> None:
    """Standing up before it measures costs nothing."""
    people = sitting(looks)
    seen = next(people)
    flow.feed(seen, seen.t_s)
    assert flow.phase is Phase.COUNTDOWN
    flow.feed(empty(looks, 101.0), 101.0)
    assert flow.phase is Phase.SEEKING
    assert flow.left_s == COUNTDOWN_S


def test_a_calibration_that_never_comes_together_fails_with_the_reason(
    flow: CalibrationRun, looks: list[Observation]
) -> None:
    """Two people for a minute: given up, in words, and it can be begun again."""
    people = sitting(looks)
    while flow.phase is not Phase.MEASURING:
        seen = next(people)
        flow.feed(seen, seen.t_s)
    t_s = next(people).t_s
    number = 0
    while flow.phase is Phase.MEASURING:
        flow.feed(empty(looks, t_s + number * EVERY_S), t_s + number * EVERY_S)
        number += 1
        assert number * EVERY_S < AT_MOST_S + 5
    assert flow.phase is Phase.FAILED
    assert flow.advice
    assert flow.result is None
    flow.begin(t_s)
    assert flow.phase is Phase.SEEKING


def test_asked_for_without_a_guide_it_measures_at_once(looks: list[Observation]) -> None:
    """Whoever was counted down elsewhere is measured from the first look; a camera that opens slowly speaks against
    nobody, and the row for the journal has the time that it is given."""
    run = CalibrationRun("desk", UserSettings(), 80.0)
    for number in range(100):
        run.feed(Observation(80.0 + number * EVERY_S, 0, 0, 0, Look(), lack=Lack.NO_FRAME), 80.0 + number * EVERY_S)
    assert run.phase is Phase.MEASURING
    for seen in sitting(looks):
        run.feed(seen, seen.t_s)
        if run.over:
            break
    assert run.result is not None
    at = datetime(2026, 11, 23, 9, tzinfo=UTC)
    row = row_of(run.result, run.profile, at)
    assert (row.at, row.profile, row.frames) == (at, "desk", run.result.frames)
    assert row.body == run.result.to_json()


def test_an_empty_chair_is_given_up_where_nobody_watches_the_picture(looks: list[Observation]) -> None:
    """Without a guide there is an end, with a reason."""
    run, number = CalibrationRun("desk", UserSettings(), 0.0), 0
    while not run.over:
        run.feed(empty(looks, number * EVERY_S), number * EVERY_S)
        number += 1
    assert run.phase is Phase.FAILED
    assert run.result is None
    assert AT_MOST_S <= number * EVERY_S < AT_MOST_S + 1


def test_a_tie_is_done_in_half_the_time(looks: list[Observation]) -> None:
    """With an earlier calibration it asks for five seconds, is over within seven, and keeps the name it is given."""
    first = CalibrationRun("desk", UserSettings(), 100.0)
    tie_begun_s = 200.0
    for seen in sitting(looks):
        first.feed(seen, seen.t_s)
        if first.over:
            break
    assert first.result is not None
    tie = CalibrationRun("desk", UserSettings(), tie_begun_s, first.result)
    assert "five seconds" in tie.advice
    for seen in sitting(looks, tie_begun_s):
        tie.feed(seen, seen.t_s)
        if tie.over:
            break
    assert tie.result is not None
    assert seen.t_s - tie_begun_s < 7.0
    assert tie.result.reference.focal_px == first.result.reference.focal_px
