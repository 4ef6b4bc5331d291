"""The session as the loop sees it: locked, idle, in a call, in full screen."""

from __future__ import annotations

from typing import Protocol

from posturewatch.base.records import Courtesy


class Desktop(Protocol):
    """Lock, idle, calls, full screen … as far as this session tells."""

    @property
    def tells(self) -> bool:
        """Whether it leaves word by itself when its answer is another; otherwise it has to be asked."""
        ...

    def courtesy(self) -> Courtesy: ...
    def close(self) -> None: ...
