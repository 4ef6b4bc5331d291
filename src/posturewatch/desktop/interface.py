"""The user's session as the loop sees it: lock, idle and calls, notifications, and whatever shows the snapshot."""

from __future__ import annotations

from typing import Protocol

from posturewatch.base.records import Courtesy, Reminder, Response, Snapshot


class Desktop(Protocol):
    """Lock, idle, calls, full screen … as far as this session tells."""

    @property
    def tells(self) -> bool:
        """Whether it leaves word by itself when its answer is another; otherwise it has to be asked."""
        ...

    def courtesy(self) -> Courtesy: ...
    def close(self) -> None: ...


class Notifier(Protocol):
    """Desktop notifications. A failure is a Response with outcome FAILED, never an exception."""

    def send(self, reminder: Reminder) -> None: ...
    def withdraw(self, key: str) -> None: ...
    def responses(self) -> tuple[Response, ...]:
        """What came back since the last call."""
        ...

    def close(self) -> None: ...


class Display(Protocol):
    """Whatever shows the snapshot: a tray icon, or nothing."""

    def show(self, snapshot: Snapshot) -> None: ...
    def close(self) -> None: ...
