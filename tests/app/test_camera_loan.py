"""The camera is borrowed from the running app for a while, and given back whatever happens."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from posturewatch.app.camera_loan import borrowed_camera
from posturewatch.app.latest_snapshot import ControlAnswers, LatestSnapshot
from posturewatch.base.clock import SystemClock
from posturewatch.base.inbox import QueueInbox
from posturewatch.base.loop_commands import Command, CommandKind
from posturewatch.base.records import Snapshot, State
from posturewatch.control.server import ControlServer
from posturewatch.desktop.tray.display import NullDisplay
from posturewatch.disk.instance import Instance


def test_the_camera_is_lent_and_handed_back(tmp_path: Path) -> None:
    """The borrower asks for it, waits until it is free, and hands it back even if it fails meanwhile."""
    inbox, latest = QueueInbox(), LatestSnapshot(NullDisplay())
    now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    latest.show(Snapshot(now, State.FORWARD, None, 1.4, 0.3, None, "desk", watching=False))
    server = ControlServer(tmp_path, SystemClock(), ControlAnswers(latest, inbox).answer)

    def borrow_and_fail() -> None:
        with borrowed_camera(tmp_path) as lent:
            asked = inbox.get(0)
            assert lent
            assert asked is not None
            assert asked.kind is CommandKind.RELEASE_CAMERA
            raise ZeroDivisionError

    try:
        with Instance(tmp_path), pytest.raises(ZeroDivisionError):
            borrow_and_fail()
        assert inbox.get(0) == Command(CommandKind.TAKE_CAMERA)
    finally:
        server.close()


def test_without_an_app_nothing_is_borrowed(tmp_path: Path) -> None:
    """Where no app runs the camera is free anyhow."""
    with borrowed_camera(tmp_path) as lent:
        assert not lent
