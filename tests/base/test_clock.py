"""The clock of this computer."""

from __future__ import annotations

import sys
import time
from datetime import timedelta

import pytest

from posturewatch.base.clock import SystemClock


def test_wall_time_knows_its_offset() -> None:
    """Wall time is aware, and monotonic time does not step back."""
    clock = SystemClock()
    assert clock.now().utcoffset() is not None
    assert clock.monotonic_s() <= clock.monotonic_s()


@pytest.mark.skipif(sys.platform == "win32", reason="zones are named otherwise there")
def test_a_flight_changes_the_offset_of_a_running_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """The zone is read anew each time: a changed zone shows without a restart."""
    clock = SystemClock()
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert clock.now().utcoffset() == timedelta(hours=9)
    monkeypatch.setenv("TZ", "America/Los_Angeles")
    assert clock.now().utcoffset() in {timedelta(hours=-8), timedelta(hours=-7)}
    monkeypatch.undo()
    time.tzset()
