"""What happens around a replayed recording: read from a text file, played at its time."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from posturewatch.base.errors import UsageError
from posturewatch.base.loop_commands import Command, CommandKind
from posturewatch.offline.media import MediaClock
from posturewatch.offline.script import ScriptedDesktop, read_scenes

BERLIN = timezone(timedelta(hours=1))
NINE = datetime(2026, 11, 23, 9, 0, tzinfo=BERLIN)


def test_scenes_are_read_played_and_refused(tmp_path: Path) -> None:
    """Facts hold from their time on, commands come once, sleep moves the wall; a wrong line is named."""
    path = tmp_path / "day.txt"
    path.write_text("0:00:10 call on  # a meeting\n\n20 pause 30\n0:01:00 sleep 3600\n1:10 idle 5\n")
    clock = MediaClock(NINE)
    script = ScriptedDesktop(read_scenes(path), clock)
    clock.advance(10)
    assert script.courtesy().in_call is True
    assert script.due(19.0) == ()
    assert script.due(20.0) == (Command(CommandKind.PAUSE, 30.0),)
    assert script.due(21.0) == ()
    clock.advance(65)
    assert script.courtesy().idle_s == 5.0
    assert clock.now() - NINE == timedelta(seconds=75 + 3600)
    path.write_text("0:00:10 call on\n0:00:20 call perhaps\n")
    with pytest.raises(UsageError, match="line 2"):
        read_scenes(path)
