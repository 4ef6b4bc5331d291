"""The sensor process: takes one task from the app, then answers its questions until the pipe closes.

The first message names the task: ``watch`` (a live source, a look at a time), ``record`` (recordings, frame by
frame), ``window`` (live view, calibration, choice of a camera), ``probe`` (for doctor) or ``cameras``. Messages
are read by a thread of their own, which also ends this process the moment the app is gone, whatever the main
thread is doing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

from posturewatch.base import clock, codec, memory, system_packages
from posturewatch.base.child import App, take_pipes
from posturewatch.base.errors import (
    CameraBusyError,
    CameraForbiddenError,
    DesktopError,
    ModelError,
    PosturewatchError,
    SensorError,
    SourceEndedError,
    SourceError,
)
from posturewatch.base.framing import Message
from posturewatch.base.i18n import _
from posturewatch.base.observation import Lack, Look, Observation, unlooked
from posturewatch.base.source_names import is_recording
from posturewatch.sensor import guard, native
from posturewatch.sensor.choices import CameraOptions, ModelOptions
from posturewatch.sensor.sources.drain import Drain, is_stream, start_drain

_ANSWER_SHARE: Final = 0.8
"""Share of the app's deadline that is spent waiting for a frame; the rest is for the networks."""

_LEAST_EVERY_S: Final = 0.1
_LONGEST_LEASE_S: Final = 60.0


def main() -> None:
    """Run until the app closes the pipe. Never returns by an exception: the app is told and the process ends."""
    reading, writing = take_pipes()
    guard.harden()
    native.prepare()
    app = App(reading, writing, guard.leave)
    task = app.task()
    try:
        _TASKS[str(task.get("do"))](app, task)
    except PosturewatchError as err:
        app.fail(err)
    except Exception as err:  # whatever it is, the app must hear of it
        app.fail(_unexpected(err))
        if sys.stderr is not None:
            sys.excepthook(type(err), err, err.__traceback__)
    guard.leave()


def _watch(app: App, task: Message) -> None:
    from posturewatch.sensor import bundles
    from posturewatch.sensor.landmarks import Landmarks
    from posturewatch.sensor.look import Looker

    guard.end_with_the_app()
    guard.step_back()
    camera = CameraOptions(**task["camera"])
    found = bundles.find(ModelOptions(**task["models"]))
    drain = start_drain(camera)
    native.load_opencv()  # the drain's thread needs it too; where it cannot be loaded, it is said from here
    landmarks = Landmarks(found, stills=False)
    landmarks.warm()
    memory.give_back()
    looker = Looker(landmarks, live=not is_recording(camera.source))
    app.send({"ready": True})
    service = LookService(drain, looker)
    lease: _Lease | None = None
    while True:
        message = app.receive(None if lease is None else lease.rest_s())
        if message is not None and "look" in message:  # whatever is asked ends a lease
            lease = _Lease(message) if "every_s" in message else None
        asked = message if lease is None else lease.message
        if asked is None or "look" not in asked or (lease is not None and not lease.due()):
            lease = None if lease is not None and lease.over() else lease
            continue
        try:
            look = codec.look_from_json(asked["look"])
            with guard.watched():
                seen = service.look(look, float(asked["within_s"]) * _ANSWER_SHARE)
        except PosturewatchError as err:
            if lease is None:
                app.fail(err, asked.get("id"))
            lease = None  # the next question is told
            if isinstance(err, ModelError):
                return
            continue
        if lease is None or seen.lack in (None, Lack.NOBODY, Lack.CAMERA_LOST):
            app.send({"id": asked.get("id"), "seen": codec.to_json(seen)})
            lease = None


class _Lease:
    """For so long the app lets this process look by itself every so many seconds. It ends with the next question, with
    the first answer that is worth telling, and by itself: nobody who has stopped asking is watched."""

    def __init__(self, message: Message) -> None:
        self.message = message
        now_s = clock.monotonic_s()
        self._every_s = max(_LEAST_EVERY_S, float(message["every_s"]))
        self._next_s, self._end_s = now_s + self._every_s, now_s + min(float(message["for_s"]), _LONGEST_LEASE_S)

    def rest_s(self) -> float:
        """Until the next look is due, or the lease is over."""
        return max(0.0, min(self._next_s, self._end_s) - clock.monotonic_s())

    def due(self) -> bool:
        """Whether it is time for a look; the one after it then waits anew."""
        if self.over() or clock.monotonic_s() < self._next_s:
            return False
        self._next_s = clock.monotonic_s() + self._every_s
        return True

    def over(self) -> bool:
        """Whether it has ended."""
        return clock.monotonic_s() >= self._end_s


class LookService:
    """A drain and a looker: one look from question to answer."""

    def __init__(self, drain: Drain, looker: Any) -> None:
        self._drain = drain
        self._looker = looker
        self._opened = 0

    def look(self, look: Look, within_s: float) -> Observation:
        """The observation, or the lack that stands for a missing frame.

        Raises the SourceError of a source that could not be opened yet, or is held or forbidden, and
        SensorError when the source hangs so that only a new process can help.
        """
        try:
            shot = self._drain.next_shot(within_s)
        except SourceError as err:
            speaks = (CameraBusyError, CameraForbiddenError, SourceEndedError)
            if isinstance(err, speaks) or not self._drain.opened:
                raise
            return unlooked(clock.monotonic_s(), Lack.CAMERA_LOST)
        if shot is None:
            if self._drain.stuck:
                raise SensorError(
                    _("The camera does not answer."),
                    _("I start the measuring part again. If it goes on, unplug the camera and plug it in again."),
                )
            return unlooked(clock.monotonic_s(), Lack.NO_FRAME)
        if self._opened != self._drain.opened:
            if self._opened:
                self._looker.forget()
            self._opened = self._drain.opened
        seen: Observation = self._looker.look(shot, look)
        return seen


def _record(app: App, task: Message) -> None:
    from posturewatch.sensor import bundles
    from posturewatch.sensor.recording import RecordingReader

    guard.forbid_network()
    recorder = RecordingReader(bundles.find(ModelOptions(**task["models"])), CameraOptions(**task["camera"]).turn)
    app.send({"ready": True})
    while True:
        message = app.receive()
        if message is None or "observe" not in message:
            continue
        number, wish = message.get("id"), message["observe"]
        try:
            looks = recorder.observe(
                str(wish["source"]),
                stills=wish.get("stills"),
                every_s=wish.get("every_s"),
                look=codec.look_from_json(wish["look"]),
            )
            while (seen := _watched_next(looks)) is not None:
                app.send({"id": number, "seen": codec.to_json(seen)})  # waits while the app is slower than we are
        except PosturewatchError as err:
            app.fail(err, number)
            continue
        app.send({"id": number, "end": True})


def _watched_next(looks: Iterator[Observation]) -> Observation | None:
    with guard.watched():
        return next(looks, None)


def _window(app: App, task: Message) -> None:
    """Show one until it is closed. Raises DesktopError where there is no screen or no tkinter."""
    try:
        import tkinter  # noqa: F401  (Debian packages it apart)
    except ImportError as err:
        raise DesktopError(_("tkinter is missing."), system_packages.tkinter()) from err
    camera, models = CameraOptions(**task["camera"]), ModelOptions(**task["models"])
    app.send({"ready": True})
    match task.get("window"):
        case "calibrate":
            from posturewatch.base.settings import UserSettings
            from posturewatch.sensor.windows.calibration_window import CalibrationWindow

            CalibrationWindow(app, camera, models, UserSettings(**task["user"]), str(task["profile"])).run()
        case "check":
            from datetime import datetime

            from posturewatch.base.settings import UserSettings
            from posturewatch.core.posture.calibration import Calibration
            from posturewatch.core.posture.calibration_run import LOOK
            from posturewatch.core.posture.movement.run import MovementRun
            from posturewatch.sensor.windows.movement_window import MovementWindow
            from posturewatch.sensor.windows.worker import Worker

            body = task.get("calibration")
            before = Calibration.from_json(str(body)) if body else None
            at = datetime.fromisoformat(str(task["at"]))
            user = UserSettings(**task["user"])
            check = MovementRun(str(task["profile"]), user, at, before, turned=camera.turn)
            MovementWindow(app, check, user.shown_units, partial(Worker, camera, models, LOOK)).run()
        case "live":
            from posturewatch.base.settings import Settings
            from posturewatch.core.posture.calibration import Calibration
            from posturewatch.sensor.windows.live_window import LiveWindow

            body = task.get("calibration")
            calibration = Calibration.from_json(str(body)) if body else None
            wish, of_today = Settings.model_validate_json(str(task["settings"])), bool(task.get("of_today", True))
            LiveWindow(app, camera, models, wish, calibration, of_today=of_today).run()
        case _:
            from posturewatch.sensor.windows.picture_window import PreviewWindow

            PreviewWindow(app, camera, models).run()


def _probe(app: App, task: Message) -> None:
    from posturewatch.sensor import probe

    camera = CameraOptions(**task["camera"])
    if not is_stream(camera):
        guard.forbid_network()
    findings = probe.findings(camera, ModelOptions(**task["models"]))
    app.send({"findings": [[one.part, one.level, one.says, one.mend] for one in findings]})


def _cameras(app: App, task: Message) -> None:  # noqa: ARG001  (each task has the same shape)
    from posturewatch.sensor.sources import available

    guard.forbid_network()
    app.send({"cameras": [[camera.source, camera.name] for camera in available.list_cameras()]})


def _unexpected(err: Exception) -> SensorError:
    """What the app is told of a bug: the kind and the place, no values (they may hold paths or names)."""
    place = ""
    trace = err.__traceback__
    while trace is not None:
        place = f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return SensorError(
        _("The measuring part failed: {what}").format(what=f"{type(err).__name__} ({place})"),
        _("Please report this; posturewatch doctor --bundle writes what helps."),
    )


_TASKS: Final[dict[str, Callable[[App, Message], None]]] = {
    "watch": _watch,
    "record": _record,
    "window": _window,
    "probe": _probe,
    "cameras": _cameras,
}
