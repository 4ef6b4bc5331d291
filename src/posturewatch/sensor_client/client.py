"""The sensor as the app sees it: asked with a deadline, ended when it hangs, started again with growing pauses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Final, Literal

from posturewatch.base import codec, memory
from posturewatch.base.child import Backoff, Child
from posturewatch.base.clock import Clock
from posturewatch.base.errors import (
    CameraForbiddenError,
    DataError,
    DesktopError,
    ModelError,
    SensorError,
    SourceUnreadableError,
)
from posturewatch.base.finding import Finding
from posturewatch.base.framing import Message, error_from_json
from posturewatch.base.i18n import _
from posturewatch.base.observation import WHOLE_LOOK, Lack, Look, Observation, unlooked
from posturewatch.base.quantities import number
from posturewatch.base.settings import CameraSettings, ModelSettings
from posturewatch.disk.camera_password import login_of, with_password
from posturewatch.disk.folders import find_folders
from posturewatch.disk.system_keyring import APP_S, NotYetError

MODULE: Final = "posturewatch.sensor"
"""What the app starts: ``python -m posturewatch.sensor``."""

START_S: Final = 60.0
"""Loading libraries and networks may take so long on a cold, slow computer; it takes 1–2 s on a warm one."""

PATIENCE_S: Final = 10.0
"""A look without an answer for so long means that the process hangs. A look's own deadline is shorter: on a busy
computer an answer may be late, and ending the process for it would make matters worse."""

LAST_PAUSE_S: Final = 60.0
"""Pauses between starts after failures: 1, 2, 4 … 60 s."""

SOUND_S: Final = 60.0
"""A process that has worked for so long makes earlier failures forgotten."""

PROBE_S: Final = 60.0

PICTURE_S: Final = 45.0
"""A recording that gives no picture for so long gives none: a pipe into which nobody writes, a decoder that hangs.
Shorter than the sensor's own watch over native code, which could not say why it ended."""


def start_sensor(
    task: str,
    camera: CameraSettings,
    models: ModelSettings,
    kept: Callable[[Message], None] | None = None,
    /,
    **more: Any,
) -> Child:
    """A new sensor process with its task; raises SensorError if it cannot be started. ``kept`` as in ``Child``. The
    camera's password, where one is kept apart from the settings, is read anew for each and goes into the pipe alone."""
    camera = _with_password(camera)
    words = {"do": task, "camera": camera.model_dump(), "models": models.model_dump(), **more}
    try:
        return Child(MODULE, words, kept=kept, gone=died if task == "watch" else died_once)
    except OSError as err:
        raise SensorError(
            _("The measuring part cannot be started: {why}").format(why=err.strerror or err),
            _("Close other programs, or install posturewatch again."),
        ) from err


class PasswordAwaitedError(SensorError):
    """The keyring that holds the camera's password has not answered yet."""


def _with_password(camera: CameraSettings, within_s: float = APP_S) -> CameraSettings:
    if login_of(camera.source) is None:
        return camera
    folders = find_folders()
    try:
        source = with_password(folders, camera.source, within_s)
    except OSError as err:
        raise SensorError(
            _("The camera's password cannot be read from {path}: {why}.").format(
                path=folders.camera_password_file, why=err.strerror or err
            ),
            _("Give yourself the right to read that file, or set camera.source with the password again."),
        ) from err
    except NotYetError as err:
        raise PasswordAwaitedError(err.message, err.hint) from err
    except DesktopError as err:
        raise SensorError(err.message, err.hint) from err
    return camera.model_copy(update={"source": source})


def died() -> SensorError:
    """The error for a sensor process that is gone."""
    return SensorError(_("The measuring part stopped."), _("I start it again by myself."))


def died_once() -> SensorError:
    """The same where nobody starts it again: a command that ends, a window."""
    return SensorError(_("The measuring part stopped."), _("Close other programs, or install posturewatch again."))


class SensorClient:
    """``interface.Sensor`` by a process of its own. For one thread."""

    def __init__(
        self,
        camera: CameraSettings,
        models: ModelSettings,
        clock: Clock,
        *,
        patience_s: float = PATIENCE_S,
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        """``wake`` is called by a thread of its own when :meth:`noticed` has something to tell."""
        self._camera = camera
        self._models = models
        self._clock = clock
        self._patience_s = patience_s
        self._child: Child | None = None
        self._ready = False
        self._started_s = 0.0
        self._password_asked_s: float | None = None
        self._asked_s: float | None = None
        self._asked = 0
        self._watching: int | None = None
        self._wake = wake
        self._backoff = Backoff(LAST_PAUSE_S)
        self._why: ModelError | SensorError | None = None

    def configure(self, camera: CameraSettings, models: ModelSettings) -> None:
        """Use these from now on: the next look starts another process. Nothing happens if they are the same."""
        if (camera, models) != (self._camera, self._models):
            self.close()
            self._camera, self._models = camera, models

    @property
    def running(self) -> bool:
        """Whether a process is alive; the camera may be open then."""
        return self._child is not None and self._child.alive

    @property
    def ready(self) -> bool:
        """Whether the process has loaded what it needs; on a busy computer that alone may take its time."""
        return self._ready

    @property
    def pid(self) -> int | None:
        """The number of the running process, for cost and fault measurements."""
        return self._child.pid if self._child is not None and self.running else None

    def look(self, look: Look, deadline_s: float) -> Observation:
        """What the process sees, within ``deadline_s`` seconds; lack STARTING while it loads, NO_FRAME when late.

        Raises SensorError and SourceError; after a failure also while the pause before the next start lasts.
        """
        end_s = self._clock.monotonic_s() + deadline_s
        child = self._child if self._child is not None else self._start(end_s)
        if child is None:
            return self._nothing_yet()
        try:
            if not self._ready and not self._await_ready(child, end_s):
                return self._late(self._started_s, START_S)
            answer = self._await_answer(child, look, deadline_s, end_s)
        except (ModelError, SensorError) as err:
            raise self._failed(err) from err
        except CameraForbiddenError:
            if login_of(self._camera.source) is not None:  # the next process reads the password that is kept by then
                self._end()
            raise
        if answer is None:
            return self._late(self._asked_s if self._asked_s is not None else end_s, self._patience_s)
        return answer

    def watch(self, look: Look, every_s: float, for_s: float) -> None:
        """Have the process look by itself; see ``interface.Sensor``. Does nothing while it starts or owes an answer."""
        if self._child is None or not self._ready or self._asked_s is not None:
            return
        self._asked += 1
        self._watching = self._asked
        lease = {"every_s": every_s, "for_s": for_s}
        self._child.send({"id": self._asked, "look": codec.look_to_json(look), "within_s": every_s, **lease})

    def noticed(self) -> Observation | None:
        """What the process has seen by itself since :meth:`watch`; see ``interface.Sensor``."""
        if self._child is None or self._watching is None:
            return None
        try:
            message = self._child.receive(0.0)
            while message is not None and message.get("id") != self._watching:
                message = self._child.receive(0.0)
            if message is None:
                return None
            self._watching = None
            return codec.from_json(message.get("seen"))
        except (SensorError, DataError):
            self._watching = None
            return None

    def _heard(self, message: Message) -> None:
        if self._watching is not None and message.get("id") == self._watching:
            self._wake()

    def close(self) -> None:
        """End the process, if there is one; what was wrong before is forgotten: the next look starts at once."""
        self._end()
        self._backoff.forget()
        self._password_asked_s = None

    def _start(self, end_s: float) -> Child | None:
        """A new process; None while there is hope that the keyring tells the camera's password. Raises SensorError,
        also while a pause after a failure lasts."""
        now_s = self._clock.monotonic_s()
        left_s = self._backoff.left_s(now_s)
        if left_s > 0 and isinstance(self._why, ModelError):
            raise self._why
        if left_s > 0:
            again = _("I start it again in {seconds} s.").format(seconds=round(left_s + 0.5))
            raise SensorError(_("The measuring part stopped."), again)
        self._started_s = now_s
        since_s = now_s if self._password_asked_s is None else self._password_asked_s
        try:
            camera = _with_password(self._camera, max(0.0, end_s - now_s))
            self._child = start_sensor("watch", camera, self._models, self._heard)
        except PasswordAwaitedError:
            self._password_asked_s = since_s
            if self._clock.monotonic_s() - since_s > APP_S:
                raise  # the question stands: no pause, the next look may have the answer
            return None
        except SensorError as err:
            raise self._failed(err) from err
        self._password_asked_s = None
        return self._child

    def _await_ready(self, child: Child, end_s: float) -> bool:
        while not self._ready:
            message = child.receive(max(0.0, end_s - self._clock.monotonic_s()))
            if message is None:
                return False
            if "error" in message:
                raise error_from_json(message["error"])
            self._ready = "ready" in message
        memory.give_back()  # the app's own start is over as well
        return True

    def _await_answer(self, child: Child, look: Look, deadline_s: float, end_s: float) -> Observation | None:
        """The answer to this look; None if none came in time. Answers to earlier looks are passed over."""
        if self._asked_s is None:
            self._watching = None
            self._asked += 1
            self._asked_s = self._clock.monotonic_s()
            within_s = max(0.1, min(deadline_s, end_s - self._asked_s))
            child.send({"id": self._asked, "look": codec.look_to_json(look), "within_s": within_s})
        while True:
            message = child.receive(max(0.0, end_s - self._clock.monotonic_s()))
            if message is None:
                return None
            if message.get("id") not in (self._asked, None):
                continue
            self._asked_s = None
            if "error" in message:
                raise error_from_json(message["error"])
            try:
                seen = codec.from_json(message.get("seen"))
            except DataError as err:
                raise SensorError(_("The measuring part answers nonsense."), _("I start it again by myself.")) from err
            if self._clock.monotonic_s() - self._started_s > SOUND_S:
                self._backoff.worked()
            return seen

    def _late(self, since_s: float, patience_s: float) -> Observation:
        """Nothing yet while there is hope; ends the process and raises SensorError when there is none."""
        now_s = self._clock.monotonic_s()
        if now_s - since_s > patience_s:
            raise self._failed(SensorError(_("The measuring part does not answer."), _("I start it again by myself.")))
        return self._nothing_yet()

    def _nothing_yet(self) -> Observation:
        return unlooked(self._clock.monotonic_s(), Lack.NO_FRAME if self._ready else Lack.STARTING)

    def _failed(self, err: ModelError | SensorError) -> ModelError | SensorError:
        """End the process, if any is left, and note why, and when the next may start."""
        self._end()
        self._why = err
        self._backoff.failed(self._clock.monotonic_s())
        return err

    def _end(self) -> None:
        child, self._child = self._child, None
        self._ready, self._asked_s, self._watching = False, None, None
        if child is not None:
            child.close()
            memory.give_back()


class RecordingSensor:
    """Recordings looked at frame by frame, in a process of its own. A context manager.

    One after the other: the references for the clothes that a calibration recording leaves serve the next one.
    """

    def __init__(
        self, models: ModelSettings, turn: Literal[0, 90, 180, 270] = 0, *, patience_s: float = PICTURE_S
    ) -> None:
        """``turn``: degrees clockwise by which the pictures are turned to stand upright. ``patience_s``: how long a
        recording may take for the next picture."""
        self._patience_s = patience_s
        self._child = start_sensor("record", CameraSettings(turn=turn), models)
        self._number = 0

    def __enter__(self) -> RecordingSensor:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, err: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def observe(
        self,
        source: str,
        *,
        stills: bool | None = None,
        every_s: float | None = None,
        look: Look = WHOLE_LOOK,
    ) -> Iterator[Observation]:
        """The observations of a video file or a folder of images, in order, on media time.

        ``stills``: unrelated pictures; None = as the source is. ``every_s``: one look in so many seconds.
        ``look.new_anchor`` holds for the first frame only. Raises SourceError, SensorError and ModelError.
        """
        self._number += 1
        wish = {"source": source, "stills": stills, "every_s": every_s, "look": codec.look_to_json(look)}
        self._child.send({"id": self._number, "observe": wish})
        while True:
            message = self._child.receive(self._patience_s)
            if message is None:
                self.close()
                raise SourceUnreadableError(
                    _("{path} has given no picture for {seconds} seconds.").format(
                        path=source, seconds=number(self._patience_s, 0)
                    ),
                    _("If it is a pipe, something must write into it; the file may be damaged: try to play it."),
                )
            if message.get("id") not in (self._number, None):
                continue
            if "error" in message:
                raise error_from_json(message["error"])
            if "end" in message:
                return
            if "seen" in message:
                yield codec.from_json(message["seen"])

    def close(self) -> None:
        """End the process. Idempotent."""
        self._child.close()


def observations(
    source: str,
    models: ModelSettings,
    *,
    stills: bool | None = None,
    every_s: float | None = None,
    look: Look = WHOLE_LOOK,
) -> Iterator[Observation]:
    """The observations of one recording; see :meth:`RecordingSensor.observe`."""
    with RecordingSensor(models) as sensor:
        yield from sensor.observe(source, stills=stills, every_s=every_s, look=look)


def list_cameras() -> tuple[tuple[str, str], ...]:
    """The cameras of this computer: what to write as ``camera.source``, and a name. Raises SensorError."""
    child = start_sensor("cameras", CameraSettings(), ModelSettings())
    try:
        message = _answer(child)
        return tuple((str(source), str(name)) for source, name in message["cameras"])
    finally:
        child.close()


def probe(camera: CameraSettings, models: ModelSettings) -> tuple[Finding, ...]:
    """What doctor says of libraries, models and camera. Opens the camera for a moment. Never raises."""
    child: Child | None = None
    try:
        child = start_sensor("probe", camera, models)
        findings = _answer(child)["findings"]
        return tuple(Finding(*(str(part) for part in one)) for one in findings)
    except (SensorError, ModelError, KeyError, TypeError) as err:
        hint = err.hint if isinstance(err, (SensorError, ModelError)) else ""
        return (Finding(_("measuring part"), "error", str(err), hint),)
    finally:
        if child is not None:
            child.close()


def _answer(child: Child) -> Message:
    """The one answer to a task without questions; raises what the other side raised, or SensorError."""
    message = child.receive(PROBE_S)
    if message is None:
        raise SensorError(_("The measuring part does not answer."))
    if "error" in message:
        raise error_from_json(message["error"])
    return message
