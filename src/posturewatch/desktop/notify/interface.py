"""Notifications as the loop sees them: sent, withdrawn, answered."""

from __future__ import annotations

from typing import Protocol

from posturewatch.base.records import Reminder, Response


class Notifier(Protocol):
    """Desktop notifications. A failure is a Response with outcome FAILED, never an exception."""

    def send(self, reminder: Reminder) -> None: ...
    def withdraw(self, key: str) -> None: ...
    def responses(self) -> tuple[Response, ...]:
        """What came back since the last call."""
        ...

    def close(self) -> None: ...
