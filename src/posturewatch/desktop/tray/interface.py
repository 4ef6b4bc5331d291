"""Whatever shows the snapshot, as the loop sees it."""

from __future__ import annotations

from typing import Protocol

from posturewatch.base.records import Snapshot


class Display(Protocol):
    """Whatever shows the snapshot: a tray icon, or nothing."""

    def show(self, snapshot: Snapshot) -> None: ...
    def close(self) -> None: ...
