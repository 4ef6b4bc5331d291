"""The session as the loop sees it: locked, idle, in a call, in full screen."""

from __future__ import annotations

from typing import Protocol

from posturewatch.base.records import Courtesy


class Desktop(Protocol):
    """Lock, idle, calls, full screen … as far as this session tells."""

    def courtesy(self) -> Courtesy: ...
    def close(self) -> None: ...
