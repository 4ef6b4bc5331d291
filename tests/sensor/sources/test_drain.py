"""The feed: no stale frame, no retry at full speed, and recordings at their own speed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from camera_server import answering, camera, jpeg, playing
from posturewatch.base.errors import CameraMissingError, SourceEndedError, SourceError
from posturewatch.sensor.choices import CameraOptions
from posturewatch.sensor.sources.drain import Drain
from posturewatch.sensor.sources.open import open_source
from posturewatch.sensor.sources.source import ArrayShot, Source

pytestmark = pytest.mark.alone

BLANK = np.zeros((480, 640, 3), np.uint8)


class FakeCamera:
    """A live source at some frames a second that may break after some frames."""

    live = True
    stills = False

    def __init__(self, fps: float = 50, frames: int = 10**9, error: Exception | None = None) -> None:
        self.t_s = 0.0
        self._period_s = 1 / fps
        self._left = frames
        self._error = error
        self._frame = -1
        self.shots = 0
        self.closed = False

    def grab(self) -> bool:
        """Wait for the next frame."""
        time.sleep(self._period_s)
        self.t_s = time.monotonic()
        self._left -= 1
        self._frame += 1
        if self._left < 0:
            if self._error is not None:
                raise self._error
            return False
        return True

    def rest(self, wait: Callable[[float], bool]) -> None:
        """It is drained all the time."""

    def shot(self) -> ArrayShot:
        """The frame grabbed last."""
        self.shots += 1
        return ArrayShot(self.t_s, self._frame, BLANK)

    def close(self) -> None:
        """Given back."""
        self.closed = True


def running(opener: Callable[[], Source]) -> Drain:
    feed = Drain(opener)
    feed.start()
    return feed


def test_no_look_is_older_than_a_tenth_of_a_second() -> None:
    """After a second without a look, the next frame was captured after the question was asked."""
    source = FakeCamera(fps=15)
    feed = running(lambda: source)
    feed.next_shot(2.0)
    for _look in range(5):
        time.sleep(0.4)
        asked = time.monotonic()
        shot = feed.next_shot(1.0)
        assert shot is not None
        assert asked <= shot.t_s
        assert time.monotonic() - shot.t_s < 0.1
    feed.close()
    assert source.closed


def test_a_stream_that_nobody_looks_at_does_not_fall_behind() -> None:
    """MJPEG over HTTP at 10 a second, looked at once a second: each look is fresh."""
    with camera(playing(*(jpeg(f"d1_00{number}") for number in range(3)), fps=10)) as server:
        feed = running(lambda: open_source(CameraOptions(source=server.address)))
        frames = []
        for _look in range(3):
            time.sleep(1.0)
            shot = feed.next_shot(1.0)
            assert shot is not None
            assert time.monotonic() - shot.t_s < 0.1
            frames.append(shot.frame)
        assert frames[0] >= 7
        assert min(np.diff(frames)) >= 7
        feed.close()


def test_frames_that_nobody_looks_at_are_not_decoded() -> None:
    """Two looks in a second at 50 frames: two shots are made, the rest only grabbed."""
    source = FakeCamera(fps=50)
    feed = running(lambda: source)
    for _look in range(2):
        feed.next_shot(1.0)
        time.sleep(0.5)
    feed.close()
    assert source.shots == 2


def test_a_camera_that_is_not_there_is_not_tried_at_full_speed() -> None:
    """In two and a half seconds three tries: at once, after 1 s, after 2 s more; each look hears why, at once."""
    tries = []

    def opener() -> Source:
        tries.append(time.monotonic())
        raise CameraMissingError("there is no camera")

    feed = running(opener)
    end = time.monotonic() + 2.5
    while time.monotonic() < end:
        start = time.monotonic()
        with pytest.raises(CameraMissingError):
            feed.next_shot(1.0)
        assert time.monotonic() - start < 0.2
        time.sleep(0.05)
    feed.close()
    assert len(tries) == 2
    assert 0.9 < tries[1] - tries[0] < 1.3


def test_a_camera_that_was_unplugged_is_found_again() -> None:
    """Lost after some frames: said, opened again a second later, and looks go on."""
    sources = [FakeCamera(frames=10, error=SourceError("unplugged")), FakeCamera()]
    opened: list[FakeCamera] = []

    def opener() -> Source:
        opened.append(sources[min(len(opened), 1)])
        return opened[-1]

    feed = running(opener)
    assert feed.next_shot(1.0) is not None
    time.sleep(0.5)
    with pytest.raises(SourceError, match="unplugged"):
        feed.next_shot(0.1)
    time.sleep(1.2)
    assert feed.next_shot(1.0) is not None
    assert feed.opened == 2
    assert sources[0].closed
    feed.close()


def test_a_native_failure_counts_as_a_lost_camera() -> None:
    """Whatever native code raises, the thread survives it."""
    feed = running(lambda: FakeCamera(frames=2, error=MemoryError("native")))
    time.sleep(0.3)
    with pytest.raises(SourceError, match="MemoryError"):
        feed.next_shot(0.5)
    feed.close()


def test_a_camera_that_hangs_gives_no_frame_in_time() -> None:
    """A read that never returns: None within the time asked, and closing does not wait for it."""
    never = threading.Event()

    class Hanging(FakeCamera):
        def grab(self) -> bool:
            never.wait(20)
            return False

    feed = running(Hanging)
    start = time.monotonic()
    assert feed.next_shot(0.3) is None
    feed.close(within_s=0.3)
    assert time.monotonic() - start < 1.0
    assert not feed.stuck
    never.set()


def test_a_recording_plays_at_its_own_speed_and_ends(tmp_path: Path) -> None:
    """Watched in place of a camera, a folder of three images lasts two seconds and then says that it ended. An image
    whose time is over before anybody asks is passed over, as a camera's frame would be."""
    for number in range(3):
        (tmp_path / f"{number}.jpg").write_bytes(jpeg("d1_000"))
    start = time.monotonic()
    feed = running(lambda: open_source(CameraOptions(source=str(tmp_path))))
    seen: list[float] = []
    ended = False
    while not ended:
        try:
            shot = feed.next_shot(5.0)
        except SourceEndedError:
            ended = True
        else:
            assert shot is not None
            assert abs(time.monotonic() - shot.t_s) < 0.5
            seen.append(shot.t_s)
    assert 1.8 < time.monotonic() - start < 6
    assert len(seen) in (2, 3)
    assert all(later - earlier == pytest.approx(1.0, abs=0.01) for earlier, later in pairwise(seen))
    feed.close()


def test_a_stream_that_is_none_is_said_at_each_look() -> None:
    """The error of opening reaches every look until it is mended."""
    with camera(answering(404)) as server:
        feed = running(lambda: open_source(CameraOptions(source=server.address)))
        for _look in range(2):
            with pytest.raises(SourceError, match="404"):
                feed.next_shot(2.0)
        feed.close()
