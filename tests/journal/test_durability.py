"""Killed at random moments, the journal loses nothing that it had said was written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench" / "kills.py"
KILLS = int(os.environ.get("POSTUREWATCH_KILLS", "20"))
"""The whole trial is 200: POSTUREWATCH_KILLS=200, or bench/kills.py journal."""


@pytest.mark.timeout(30 + 5 * KILLS)
def test_a_kill_at_any_moment_loses_nothing_that_was_committed() -> None:
    """After each kill the file opens, is sound, and has every row up to the last word of the killed writer."""
    done = subprocess.run(
        [sys.executable, str(BENCH), "journal", "--kills", str(KILLS), "--seed", "5", "--json"],
        capture_output=True,
        check=False,
    )
    outcome = json.loads(done.stdout)
    assert done.returncode == 0, (outcome, done.stderr.decode())
    assert outcome["kills"] == KILLS
    assert outcome["commits"] > 10 * KILLS
    assert max(outcome["lost_s"]) <= 10.0
