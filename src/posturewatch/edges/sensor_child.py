"""A sensor process as the app holds it: two pipes, and an end that always comes."""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
from contextlib import suppress
from typing import Any, Final

from posturewatch import pipe
from posturewatch.errors import SensorError
from posturewatch.i18n import _, current_language
from posturewatch.settings import CameraSettings, ModelSettings

_LISTENED: Final = 64
"""Messages held ahead of the app: a recording is not read faster than it is worked on."""

_GONE: Final = object()


class SensorChild:
    """One running sensor process. Started by the constructor, which raises SensorError if that is impossible."""

    def __init__(self, task: str, camera: CameraSettings, models: ModelSettings, **more: Any) -> None:
        self._messages: queue.Queue[Any] = queue.Queue(_LISTENED)
        self._closed = False
        self._gone = False
        try:
            self._process = subprocess.Popen(
                _command(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=None if sys.stderr is not None else subprocess.DEVNULL,
                bufsize=0,
                creationflags=_creation_flags(),
            )
        except OSError as err:
            raise SensorError(
                _("The measuring part cannot be started: {why}").format(why=err.strerror or err),
                _("Close other programs, or install posturewatch again."),
            ) from err
        threading.Thread(target=self._listen, name="sensor-pipe", daemon=True).start()
        self.send(
            {
                "do": task,
                "language": current_language(),
                "camera": camera.model_dump(),
                "models": models.model_dump(),
                **more,
            }
        )

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def send(self, message: pipe.Message) -> None:
        """Say something; a process that is gone is noticed by :meth:`receive`."""
        stream = self._process.stdin
        with suppress(pipe.PipeBrokenError):
            if stream is not None:
                pipe.send(stream, message)

    def receive(self, timeout_s: float | None) -> pipe.Message | None:
        """The next message, or None after ``timeout_s`` seconds. Raises SensorError once the process is gone."""
        if self._gone:
            raise died()
        try:
            message = self._messages.get(timeout=timeout_s)
        except queue.Empty:
            return None
        if message is _GONE:
            self._gone = True
            raise died()
        received: pipe.Message = message
        return received

    def close(self, within_s: float = 1.0) -> None:
        """End the process: by closing its pipe, then by asking, then by force. Takes at most 2 s. Idempotent."""
        self._closed = True
        process = self._process
        if process.stdin is not None:
            with suppress(OSError):
                process.stdin.close()
        for end, patience_s in ((None, within_s), (process.terminate, 0.3), (process.kill, 0.5)):
            if end is not None:
                end()
            with suppress(subprocess.TimeoutExpired):
                process.wait(patience_s)
                break
        if process.stdout is not None and not self.alive:
            self._drain()

    def _drain(self) -> None:
        """Let the listening thread come to the end of the pipe."""
        with suppress(queue.Empty):
            while True:
                self._messages.get_nowait()

    def _listen(self) -> None:
        stream = self._process.stdout
        message: Any = None
        while message is not _GONE and stream is not None:
            try:
                message = pipe.receive(stream)
            except pipe.PipeBrokenError:
                message = _GONE
            while not self._closed:
                with suppress(queue.Full):
                    self._messages.put(message, timeout=0.5)
                    break
        if stream is not None:
            stream.close()


def died() -> SensorError:
    """The error for a sensor process that is gone."""
    return SensorError(_("The measuring part stopped."), _("I start it again by myself."))


def _command() -> list[str]:
    """How the sensor is started; a frozen program (PyInstaller) understands the same words."""
    safe = [] if getattr(sys, "frozen", False) else ["-P"]
    return [sys.executable, *safe, "-m", pipe.MODULE]


def _creation_flags() -> int:
    if sys.platform == "win32":
        return subprocess.BELOW_NORMAL_PRIORITY_CLASS | subprocess.CREATE_NO_WINDOW
    return 0
