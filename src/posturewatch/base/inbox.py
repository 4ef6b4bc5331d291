"""Where commands wait for the loop: a bounded queue that any thread may put into."""

from __future__ import annotations

import queue
from typing import Final, Protocol

from posturewatch.base.loop_commands import FROM_WITHIN, Command, CommandKind

CAPACITY: Final = 64
"""Commands that may wait. A person gives a handful a minute; more than this is a flood and is let go."""


class QueueInbox:
    """Commands from tray, control socket and signals, in the order in which they came."""

    def __init__(self) -> None:
        # SimpleQueue may be put into from a signal handler that interrupts a put.
        self._waiting: queue.SimpleQueue[Command] = queue.SimpleQueue()

    def put(self, command: Command) -> None:
        """Leave a command. Beyond :data:`CAPACITY` it is dropped, save for QUIT and the app's own news."""
        if self._waiting.qsize() < CAPACITY or command.kind in FROM_WITHIN or command.kind is CommandKind.QUIT:
            self._waiting.put(command)

    def get(self, timeout_s: float) -> Command | None:
        """The next command, or None after ``timeout_s`` seconds."""
        try:
            if timeout_s <= 0:
                return self._waiting.get_nowait()
            return self._waiting.get(timeout=timeout_s)
        except queue.Empty:
            return None


class Inbox(Protocol):
    """Where commands wait for the loop, from whichever thread they come."""

    def put(self, command: Command) -> None: ...
    def get(self, timeout_s: float) -> Command | None:
        """The next command, or None after ``timeout_s`` seconds."""
        ...
