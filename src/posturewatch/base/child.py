"""A process of our own beside the app: started, talked to in framed JSON, asked with a deadline, and ended.

The sensor process and every window are such children. What goes through the pipe is framed by ``base/framing.py``. The
end of the pipe means that the other side has gone: the app then counts the child as dead, and a child ends.
"""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final

from posturewatch.base.errors import PosturewatchError
from posturewatch.base.framing import Message, PipeBrokenError, error_to_json, receive, send
from posturewatch.base.i18n import current_language, set_language

CLOSED: Final = "closed"
"""The kind of the last word of a child: it has gone."""

HUNG_UP: Final = "hung_up"
"""The kind of the last word of the app: it has gone, or wants the child to end."""

SHOWN: Final = "shown"
"""The kind of a window's first word: it is on the screen."""

RAISE: Final = "raise"
"""The kind of the app's wish that a window which is open already comes to the front."""

_WAITING: Final = 64
"""Messages held ahead of the app: a recording is not read faster than it is worked on."""


@dataclass(frozen=True, slots=True)
class Said:
    """A message between the app and a window: what happened, with its values."""

    kind: str
    values: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, message: Message) -> Said | None:
        """The message as the other side meant it; None where it does not say what kind it is."""
        kind = message.get("kind")
        if not isinstance(kind, str):
            return None
        return cls(kind, {name: value for name, value in message.items() if name != "kind"})

    def get(self, name: str) -> Any:
        """The value of this name, or None."""
        return self.values.get(name)


# --------------------------------------------------------------------------- the app's side


class Child:
    """A running process of ours, as the app holds it. ``close`` may be called by any thread, the rest by one."""

    def __init__(
        self,
        module: str,
        task: Message | Callable[[], Message],
        *,
        heard: Callable[[Message | None], None] | None = None,
        kept: Callable[[Message], None] | None = None,
        gone: Callable[[], Exception] = PipeBrokenError,
        quiet: bool = False,
    ) -> None:
        """Start ``python -m module`` and send it ``task``, with the language; raises OSError if that is impossible.
        A task that is a function is made while the process starts.

        ``heard`` is called with each message in a thread of the child's, with None when the child has gone; without
        it messages wait for :meth:`receive`, which raises ``gone()`` after the last, and ``kept`` is called in that
        thread with each that waits. ``quiet``: what the process
        prints as errors is of no use to anybody.
        """
        self._messages: queue.Queue[Message | None] = queue.Queue(_WAITING)
        self._heard = heard if heard is not None else self._keep
        self._kept = kept
        self._gone = gone
        self._ended = self._closing = False
        self._process = subprocess.Popen(
            _command(module),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if quiet or sys.stderr is None else None,
            bufsize=0,
            # Ctrl+C in the terminal is the app's. A session of its own would also do, but would lift the child's
            # low priority: Linux weighs niceness within a session only.
            process_group=0 if os.name == "posix" else None,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self._reader = threading.Thread(target=self._listen, name=f"pipe of {module}", daemon=True)
        self._reader.start()
        try:
            self.send({"language": current_language(), **(task() if callable(task) else task)})
        except BaseException:
            self.close()
            raise

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def send(self, message: Message) -> None:
        """Say something; that a process is gone is noticed by hearing from it no more."""
        stream = self._process.stdin
        with suppress(PipeBrokenError):
            if stream is not None:
                send(stream, message)

    def receive(self, timeout_s: float | None) -> Message | None:
        """The next message, or None after ``timeout_s`` seconds. Raises what ``gone`` makes once it is gone."""
        if not self._ended:
            try:
                message = self._messages.get(timeout=timeout_s)
            except queue.Empty:
                return None
            if message is not None:
                return message
            self._ended = True
        raise self._gone()

    def hang_up(self) -> None:
        """Say no more; the process is told and ends when it likes. Does not wait."""
        if self._process.stdin is not None:
            with suppress(OSError):
                self._process.stdin.close()

    def close(self, within_s: float = 1.0) -> None:
        """End the process: by closing its pipe, then by asking, then by force. Takes at most 2 s. Idempotent."""
        self._closing = True
        self.hang_up()
        process = self._process
        for end, patience_s in ((None, within_s), (process.terminate, 0.3), (process.kill, 0.5)):
            if end is not None:
                end()
            with suppress(subprocess.TimeoutExpired):
                process.wait(patience_s)
                break
        if threading.current_thread() is not self._reader:
            self._reader.join(0.5)

    def _listen(self) -> None:
        stream = self._process.stdout
        message: Message | None = {}
        while message is not None and stream is not None:
            try:
                message = receive(stream)
            except PipeBrokenError:
                message = None
                stream.close()
            self._heard(message)
        self._process.wait()  # one that takes longer to end than anybody waits would stay as a zombie

    def _keep(self, message: Message | None) -> None:
        """Hold the message until somebody asks. Once the child is to be closed only its end is of interest."""
        while message is None or not self._closing:
            with suppress(queue.Full):
                self._messages.put(message, timeout=0.2)
                if self._kept is not None and message is not None:
                    self._kept(message)
                return
            if self._closing:
                with suppress(queue.Empty):
                    self._messages.get_nowait()


class Backoff:
    """Pauses between starts after failures: 1, 2, 4 … seconds, up to the last."""

    def __init__(self, last_s: float) -> None:
        self._last_s = last_s
        self._failures = 0
        self._until_s = 0.0

    def failed(self, now_s: float) -> None:
        """One more failure in a row."""
        self._until_s = now_s + min(2.0 ** min(self._failures, 30), self._last_s)
        self._failures += 1

    def left_s(self, now_s: float) -> float:
        """Seconds until the next start may be tried; 0 or less once it may."""
        return self._until_s - now_s

    def worked(self) -> None:
        """It works: the next failure is a first one."""
        self._failures = 0

    def forget(self) -> None:
        """Start at once, whatever was before."""
        self._failures, self._until_s = 0, 0.0


def _command(module: str) -> list[str]:
    """How a child is started; a frozen program (PyInstaller) understands the same words."""
    safe = [] if getattr(sys, "frozen", False) else ["-P"]
    return [sys.executable, *safe, "-m", module]


# --------------------------------------------------------------------------- the child's side


class App:
    """The app, as a child talks to it. ``receive`` and ``waiting`` are for one thread."""

    def __init__(self, reading: BinaryIO, writing: BinaryIO, leave: Callable[[], None] | None = None) -> None:
        """``leave`` is called by the reading thread the moment the app is gone, whatever the main thread is doing;
        without it a message of kind HUNG_UP comes last."""
        self._reading = reading
        self._writing = writing
        self._leave = leave if leave is not None else self._hang_up
        self._messages: queue.SimpleQueue[Message] = queue.SimpleQueue()
        threading.Thread(target=self._listen, name="pipe", daemon=True).start()

    def task(self) -> Message:
        """Wait for what to do; takes the app's language up."""
        message = self.receive() or {}
        set_language(str(message.get("language", "auto")))
        return message

    def receive(self, timeout_s: float | None = None) -> Message | None:
        """The next message; None if there was none within ``timeout_s`` seconds."""
        try:
            return self._messages.get(timeout=timeout_s)
        except queue.Empty:
            return None

    def waiting(self) -> Message | None:
        """A message that is there already, or None."""
        try:
            return self._messages.get_nowait()
        except queue.Empty:
            return None

    def send(self, message: Message) -> None:
        """Say something to the app; one that is gone does not hear it."""
        try:
            send(self._writing, message)
        except PipeBrokenError:
            self._leave()

    def say(self, kind: str, **values: Any) -> None:
        """Say what happened in a window."""
        self.send({"kind": kind, **values})

    def say_no_more(self) -> None:
        """Let the app know at once that nothing will come, though the process takes its time to end."""
        self._writing.close()

    def fail(self, error: PosturewatchError, number: Any = None) -> None:
        """Tell the app what went wrong."""
        self.send({"id": number, "error": error_to_json(error)})

    def _hang_up(self) -> None:
        self._messages.put({"kind": HUNG_UP})

    def _listen(self) -> None:
        while True:
            try:
                self._messages.put(receive(self._reading))
            except PipeBrokenError:
                self._leave()
                return


def take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The pipe from and to the app, out of reach of native code that prints: descriptors 0, 1 and 2 lead nowhere.

    Python's own ``sys.stderr`` keeps the descriptor that it was given, so that our errors are not lost.
    """
    reading, writing = os.dup(0), os.dup(1)
    try:
        errors = os.dup(2)
    except OSError:
        errors = os.open(os.devnull, os.O_WRONLY)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    os.close(nowhere)
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(reading, os.O_BINARY)
        msvcrt.setmode(writing, os.O_BINARY)
    sys.stderr = os.fdopen(errors, "w", encoding="utf-8", errors="replace", buffering=1)
    sys.stdout = sys.stderr
    return os.fdopen(reading, "rb", buffering=0), os.fdopen(writing, "wb", buffering=0)
