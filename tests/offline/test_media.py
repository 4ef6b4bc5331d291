"""A recording behind the sensor's door: each look its frame, round after round, and no more kept than is needed."""

from __future__ import annotations

import contextlib
import weakref
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from fakes import FakeClock
from posturewatch.base.errors import SourceEndedError
from posturewatch.base.loop_commands import Command, CommandKind
from posturewatch.base.observation import Face, Look, Observation
from posturewatch.offline.media import MediaClock, MediaInbox, MediaSensor

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class Kept(Face):
    """A face that can be watched being forgotten."""

    __slots__ = ("__weakref__",)


def looks(sensor: MediaSensor, clock: MediaClock, wait_s: float) -> list[tuple[float, int]]:
    """Look, wait, look, to the recording's end: each look's time and frame."""
    seen = []
    with contextlib.suppress(SourceEndedError):
        while len(seen) < 10_000:
            found = sensor.look(Look(), 1.0)
            seen.append((found.t_s, found.frame))
            clock.advance(wait_s)
    return seen


class Film:
    """Half a second a frame; knows how many of its frames are still held by somebody."""

    def __init__(self, frames: int) -> None:
        self.frames = frames
        self.held: list[weakref.ref[Kept]] = []
        self.most = 0

    def play(self) -> Iterator[Observation]:
        """The frames, one after the other."""
        for number in range(self.frames):
            face = Kept(())
            self.held.append(weakref.ref(face))
            self.most = max(self.most, sum(one() is not None for one in self.held[-50:]))
            yield Observation(number / 2, number, 640, 480, Look(), face=face)


@pytest.mark.parametrize("wait_s", [0.5, 0.7, 4.0])
def test_a_long_recording_is_not_kept(wait_s: float) -> None:
    """Played once, the whole of a recording is seen to its end and never more than three frames are held."""
    film, clock = Film(2000), MediaClock(START)
    sensor = MediaSensor(clock, film.play(), rounds=1)
    times = [t_s for t_s, _frame in looks(sensor, clock, wait_s)]
    assert times[-1] >= 999.5 - wait_s
    assert times == sorted(set(times))
    assert film.most <= 3


def test_time_that_nobody_looks_at_is_let_go_too() -> None:
    """Paused for most of a recording: its end is found, and the frames in between are not held meanwhile."""
    film, clock = Film(1000), MediaClock(START)
    sensor = MediaSensor(clock, film.play(), rounds=1)
    sensor.look(Look(), 1.0)
    while not sensor.over(clock.t_s):
        clock.advance(1.0)
    assert clock.t_s == pytest.approx(500, abs=1.5)
    assert film.most <= 3


def test_a_look_after_a_pause_gets_the_frame_of_its_time() -> None:
    """What was passed over while nobody looked is not shown afterwards."""
    clock = MediaClock(START)
    sensor = MediaSensor(clock, Film(100).play(), rounds=1)
    sensor.look(Look(), 1.0)
    for _second in range(20):
        clock.advance(1.0)
        assert not sensor.over(clock.t_s)
    assert sensor.look(Look(), 1.0).t_s == pytest.approx(20.0)


def test_rounds_go_on_in_time() -> None:
    """Three rounds of four frames: twelve looks, each later than the last, the frames the same."""
    clock = MediaClock(START)
    sensor = MediaSensor(clock, Film(4).play(), rounds=3)
    seen = looks(sensor, clock, 0.01)
    assert [frame for _t_s, frame in seen] == [0, 1, 2, 3] * 3
    assert seen == sorted(seen)


def test_recorded_answers_are_given_once_each_and_in_turn() -> None:
    """What a live run was answered with: a look that comes a little later than in life gets the answer of then, none
    twice; after an hour without looks the next answer is an hour later, and nothing is kept."""
    times = [0.0, 1.0, 1.4, 5.4, 3605.4]
    clock = MediaClock(START)
    answers = (Observation(t_s, number, 640, 480, Look()) for number, t_s in enumerate(times))
    sensor = MediaSensor(clock, answers, rounds=1, answers=True)
    given = []
    for wait_s in (0.2, 1.1, 0.2, 4.0, 0.8):
        clock.advance(wait_s)
        given.append(sensor.look(Look(), 1.0).frame)
    assert given == [0, 1, 2, 3, 4]
    assert clock.t_s == 3605.4
    with pytest.raises(SourceEndedError):
        sensor.look(Look(), 1.0)


def test_what_was_noticed_in_life_is_noticed_at_its_time() -> None:
    """Between two planned looks the loop rests; a recorded answer of that time ends the rest when it was given."""
    times, clock = [0.0, 1.3, 1.7, 6.2], MediaClock(START)
    answers = (Observation(t_s, number, 640, 480, Look()) for number, t_s in enumerate(times))
    sensor = MediaSensor(clock, answers, rounds=1, answers=True)
    inbox = MediaInbox(clock, lambda _t_s: (), sensor.over, None, sensor.noticed_in_s)
    sensor.look(Look(), 1.0)
    sensor.watch(Look(), 1.0, 8.0)
    noticed = []
    for _turn in times[1:]:
        assert sensor.noticed() is None
        assert inbox.get(8.0) is None
        seen = sensor.noticed()
        noticed.append((clock.t_s, seen.frame if seen is not None else None))
    assert noticed == [(1.3, 1), (1.7, 2), (6.2, 3)]


def test_media_time_is_moved_by_waiting_and_looking() -> None:
    """A look gets the first frame at or after now; rounds follow one another without a jump; then it is over."""
    clock = MediaClock(START)
    frames = [Observation(number * 0.5, number, 64, 64, Look()) for number in range(4)]
    sensor = MediaSensor(clock, iter(frames), rounds=2)
    inbox = MediaInbox(clock, lambda _t_s: (), sensor.over, None)
    assert sensor.look(Look(), 1.0).frame == 0
    assert inbox.get(0.6) is None
    assert (sensor.look(Look(), 1.0).frame, clock.t_s) == (2, 1.0)
    inbox.get(0.6)
    again = sensor.look(Look(), 1.0)
    assert (again.frame, again.t_s, clock.t_s) == (0, 1.7, 1.7)
    inbox.get(1.4)
    assert sensor.look(Look(), 1.0).frame == 3
    inbox.get(0.4)
    with pytest.raises(SourceEndedError):
        sensor.look(Look(), 1.0)


def test_a_day_that_ends_paused_ends_all_the_same() -> None:
    """With nobody looking, the inbox gives QUIT when the recording's time is over."""
    clock = MediaClock(START)
    frames = [Observation(number * 0.5, number, 64, 64, Look()) for number in range(4)]
    sensor = MediaSensor(clock, iter(frames), rounds=1)
    inbox = MediaInbox(clock, lambda _t_s: (), sensor.over, None)
    got = [inbox.get(1.0) for _turn in range(3)]
    assert got[0] is None
    assert got[-1] == Command(CommandKind.QUIT)


def test_summer_time_passes_through_media_time() -> None:
    """Over a change of summer time the wall clock keeps real seconds and shows the local offset."""
    clock = MediaClock(datetime(2026, 3, 29, 1, 59, 0, tzinfo=ZoneInfo("Europe/Berlin")))
    clock.advance(120)
    assert clock.now().isoformat() == "2026-03-29T03:01:00+02:00"
    assert FakeClock().now().tzinfo is not None
