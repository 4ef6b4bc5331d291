"""The movement check in a terminal: a real pseudo terminal, a simulated person, keys as a hand presses them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from posturewatch.base.movement import CheckOutcome, Movement, MovementRow, Worse, from_json

TESTS = Path(__file__).parent.parent

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo terminals for this")


def at_a_terminal(*script: tuple[str, str]) -> tuple[str, dict[Movement, MovementRow]]:
    """All that was to be read, and the rows, when after each of these words the key beside them was pressed."""
    import pty

    far, near = pty.openpty()
    words = [sys.executable, str(TESTS / "app" / "check_at_a_terminal.py")]
    env = os.environ | {"PYTHONPATH": str(TESTS), "COLUMNS": "100", "LANGUAGE": "en", "LC_ALL": "C.UTF-8"}
    with subprocess.Popen(words, stdin=near, stdout=near, stderr=near, env=env) as process:
        os.close(near)
        read, place, left = b"", 0, list(script)
        while True:
            try:
                piece = os.read(far, 65536)
            except OSError:  # Linux says so at the end
                break
            if not piece:
                break
            read += piece
            while left and (found := read.find(left[0][0].encode(), place)) >= 0:
                place = found + len(left[0][0].encode())
                os.write(far, left.pop(0)[1].encode())
    os.close(far)
    said = read.decode()
    assert process.returncode == 0, said
    rows = json.loads(said.strip().splitlines()[-1])
    return said, {row.movement: row for row in map(from_json, rows)}


def test_a_check_is_led_by_text_and_answered_by_keys() -> None:
    """Return begins, a number answers; the same numbers as in the window, with the safety sentence and the way to the
    red flags ahead."""
    said, rows = at_a_terminal(("Begin", "\n"), ("Begin", "\n"), ("rather not say", "2"))
    assert rows[Movement.TURN_LEFT].value == pytest.approx(45.0, abs=5.0)
    assert rows[Movement.TURN_RIGHT].value == pytest.approx(30.0, abs=5.0)
    assert rows[Movement.TURN_LEFT].worse is Worse.LITTLE
    assert "Stop if you get sharp or spreading pain" in said.replace("\r\n  ", " ")
    assert "no score, no comparison with other people" in said
    assert said.index("posturewatch safety") < said.index("Sit upright")
    assert "Turn to the left, as far as is comfortable." in said
    assert "3 Turn to the left" in said  # the seconds that are left


def test_a_step_is_paused_repeated_and_stopped_by_keys() -> None:
    """Return pauses and goes on, r begins anew, q stops: what was not reached is said to be so."""
    said, rows = at_a_terminal(
        ("Begin", "\n"), ("Begin", "\n"), ("Pause", "\n"), ("Go on", "\n"), ("Pause", "r"), ("Begin", "q")
    )
    assert "Paused." in said
    assert rows[Movement.TURN_LEFT].outcome is CheckOutcome.STOPPED


def test_a_step_is_skipped_and_the_red_flags_pause_what_runs() -> None:
    """A question mark shows the list and the step waits; s leaves it out."""
    said, rows = at_a_terminal(("Begin", "\n"), ("Begin", "\n"), ("Pause", "?"), ("Go on", "s"))
    assert said.index("thunderclap") < said.index("Paused.")
    assert rows[Movement.TURN_LEFT].outcome is CheckOutcome.SKIPPED
