"""A live source, drained all the time, so that a look never gets a stale frame.

A camera that nobody reads hands out frames that are seconds old, and a stream falls behind. So a thread of
its own takes every frame off the source and throws it away, unless somebody is waiting for one. A source that
is lost is opened again with growing pauses; a recording that is watched in place of a camera is played at its
own speed.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from posturewatch.base import clock
from posturewatch.base.errors import SourceEndedError, SourceError
from posturewatch.base.i18n import _
from posturewatch.base.source_names import camera_number
from posturewatch.sensor import guard, native
from posturewatch.sensor.choices import CameraOptions
from posturewatch.sensor.sources.open import open_source
from posturewatch.sensor.sources.source import ArrayShot, Shot, Source
from posturewatch.sensor.sources.turned import TurnedShot

FIRST_PAUSE_S: Final = 1.0
LAST_PAUSE_S: Final = 4.0
"""Between tries to open a source: 1, 2, 4, 4 s … A camera that is plugged in again is found within it, and with the
wait between looks within ten seconds; a try costs 20 ms."""

STUCK_S: Final = 45.0
"""Opening or reading that takes longer than this will not come back. Windows needs up to 20 s to open a camera."""

Opener = Callable[[], Source]


class Drain:
    """Owns the source and the thread that drains it."""

    def __init__(self, opener: Opener) -> None:
        self._opener = opener
        self._state = threading.Condition()
        self._wanted = 0
        self._served = 0
        self._shot: Shot | None = None
        self._problem: SourceError | None = None
        self._opened = 0
        self._busy_since_s: float | None = None
        self._closing = False
        self._pause_s = FIRST_PAUSE_S
        self._thread = threading.Thread(target=self._run, name="drain", daemon=True)

    def start(self) -> None:
        """Begin to open and drain."""
        self._thread.start()

    def next_shot(self, within_s: float) -> Shot | None:
        """The next frame that is captured, or None if none came within ``within_s`` seconds.

        Raises the SourceError that keeps frames away, at once, while that lasts.
        """
        deadline_s = clock.monotonic_s() + within_s
        with self._state:
            self._wanted += 1
            self._state.notify_all()
            mine = self._wanted
            while self._served < mine:
                if self._problem is not None:
                    raise self._problem
                left_s = deadline_s - clock.monotonic_s()
                if left_s <= 0:
                    return None
                self._state.wait(left_s)
            return self._shot

    @property
    def opened(self) -> int:
        """How many times the source has been opened; frames of different openings are not to be compared."""
        return self._opened

    @property
    def stuck(self) -> bool:
        """Whether opening or reading hangs for so long that only the end of this process can help."""
        since_s = self._busy_since_s
        return since_s is not None and clock.monotonic_s() - since_s > STUCK_S

    def close(self, within_s: float = 1.0) -> None:
        """Ask the thread to give the source back, and wait for it no longer than ``within_s``."""
        with self._state:
            self._closing = True
            self._state.notify_all()
        if self._thread.is_alive():
            self._thread.join(within_s)

    def _run(self) -> None:
        while not self._closing:
            try:
                self._drain()
            except SourceError as err:
                self._fail(err)
            except Exception as err:  # native code raises what it likes; the source is lost either way
                self._fail(SourceError(_("The source failed: {what}").format(what=type(err).__name__)))
            if isinstance(self._problem, SourceEndedError):
                return
            self._sleep(self._pause_s)
            self._pause_s = min(self._pause_s * 2, LAST_PAUSE_S)

    def _drain(self) -> None:
        """Open the source and take its frames until it fails."""
        self._busy_since_s = clock.monotonic_s()
        source = self._opener()
        try:
            self._opened += 1
            start_s: float | None = None
            while not self._closing:
                source.rest(self._until_wanted)
                self._busy_since_s = clock.monotonic_s()
                if not source.grab():
                    raise SourceEndedError(_("The recording has come to its end."))
                self._busy_since_s = None
                if source.live:
                    self._serve(source)
                    continue
                start_s = clock.monotonic_s() if start_s is None else start_s
                self._play(source, start_s)
        finally:
            self._busy_since_s = None
            source.close()

    def _until_wanted(self, seconds: float) -> bool:
        """Wait so long at most until somebody wants a frame; False where nothing had to be waited for."""
        with self._state:
            if self._closing or self._served < self._wanted:
                return False
            self._state.wait(seconds)
        return True

    def _play(self, source: Source, start_s: float) -> None:
        """Hold a recording's frame until its time has come, and date it as if it were captured now."""
        shot = source.shot()
        due_s = start_s + shot.t_s
        self._sleep(due_s - clock.monotonic_s())
        self._serve(source, replace(shot, t_s=due_s) if isinstance(shot, (ArrayShot, TurnedShot)) else shot)

    def _serve(self, source: Source, shot: Shot | None = None) -> None:
        with self._state:
            self._problem = None
            self._pause_s = FIRST_PAUSE_S
            if self._served < self._wanted:
                self._shot = shot if shot is not None else source.shot()
                self._served = self._wanted
                self._state.notify_all()

    def _fail(self, problem: SourceError) -> None:
        with self._state:
            self._problem = problem
            self._state.notify_all()

    def _sleep(self, seconds: float) -> None:
        """Wait, but not beyond a wish to close."""
        deadline_s = clock.monotonic_s() + seconds
        with self._state:
            while not self._closing and (left_s := deadline_s - clock.monotonic_s()) > 0:
                self._state.wait(left_s)


def start_drain(camera: CameraOptions) -> Drain:
    """Open the source in a thread of its own and, from then on, refuse the network to all other threads."""
    drain = Drain(lambda: open_source(camera))
    if is_stream(camera):
        drain.start()
        guard.forbid_network()
    else:
        guard.forbid_network()
        ask_for_permission(camera)
        drain.start()
    return drain


def is_stream(camera: CameraOptions) -> bool:
    """Whether the user's own source is on the network."""
    return camera.source.strip().lower().startswith(("http://", "https://"))


def ask_for_permission(camera: CameraOptions) -> None:
    """On macOS the question "may this program use the camera" must be asked by the main thread.

    OpenCV asks it as it opens a camera; afterwards the drain thread may open it without asking.
    """
    number = camera_number(camera.source)
    if sys.platform != "darwin" or number is None:
        return
    cv2 = native.load_opencv()
    cv2.VideoCapture(number, cv2.CAP_AVFOUNDATION).release()
    os.environ["OPENCV_AVFOUNDATION_SKIP_AUTH"] = "1"
