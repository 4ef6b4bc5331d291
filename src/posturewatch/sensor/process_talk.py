"""The sensor's side of the pipe."""

from __future__ import annotations

import queue
import threading
from typing import Any, BinaryIO

from posturewatch import pipe
from posturewatch.errors import PosturewatchError
from posturewatch.sensor import guard


class Talk:
    """This side of the pipe. ``receive`` is for the main thread."""

    def __init__(self, reading: BinaryIO, writing: BinaryIO) -> None:
        self._reading = reading
        self._writing = writing
        self._messages: queue.SimpleQueue[pipe.Message] = queue.SimpleQueue()
        threading.Thread(target=self._listen, name="pipe", daemon=True).start()

    def receive(self, timeout_s: float | None = None) -> pipe.Message | None:
        """The app's next message; None if there was none within ``timeout_s`` seconds."""
        try:
            return self._messages.get(timeout=timeout_s)
        except queue.Empty:
            return None

    def waiting(self) -> pipe.Message | None:
        """A message that is there already, or None."""
        try:
            return self._messages.get_nowait()
        except queue.Empty:
            return None

    def send(self, message: pipe.Message) -> None:
        """Say something to the app; ends this process if nobody listens any more."""
        try:
            pipe.send(self._writing, message)
        except pipe.PipeBrokenError:
            guard.leave()

    def fail(self, error: PosturewatchError, number: Any = None) -> None:
        """Tell the app what went wrong."""
        self.send({"id": number, "error": pipe.error_to_json(error)})

    def _listen(self) -> None:
        while True:
            try:
                self._messages.put(pipe.receive(self._reading))
            except pipe.PipeBrokenError:
                guard.leave()
