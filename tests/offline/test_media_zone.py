"""The wall clock of a replay: here, through the end of summer time, or in the zone that was named."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

import pytest


@pytest.mark.unix_only("TZ of the C library")
def test_a_replay_lives_through_the_end_of_summer_time() -> None:
    """From an hour before clocks go back, two hours of media: 02:30 comes twice, the offset changes, UTC goes on."""
    program = textwrap.dedent(
        """
        from datetime import datetime
        from posturewatch.cli.recordings import _start
        from posturewatch.offline.media import MediaClock
        for text in ("2026-10-25T01:30", "2026-10-25T01:30+02:00"):
            begin, here = _start(text)
            clock = MediaClock(begin, here=here)
            told = []
            for _hour in range(3):
                told.append(f"{clock.now():%H:%M%z}")
                clock.advance(3600)
            print(*told)
        """
    )
    here, named = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"TZ": "Europe/Berlin"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    ).stdout.splitlines()
    assert here == "01:30+0200 02:30+0200 02:30+0100"
    assert named == "01:30+0200 02:30+0200 03:30+0200"
