"""No word is cut off: every widget of every window has the room that it asks for, in each language."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.conftest import Robot
from ui.test_places_on_a_desktop import say_dpi, small

__all__ = ["small"]

pytestmark = pytest.mark.desktop


@pytest.mark.parametrize("small", ["1366x768"], indirect=True)
@pytest.mark.parametrize("dpi", [96, 192])
@pytest.mark.parametrize("language", ["en", "de", "es", "ja"])
def test_every_widget_has_the_room_that_it_asks_for(small: Robot, language: str, dpi: int) -> None:
    """On a small screen, also where it says to be twice as dense: nothing cut, nothing beyond its window; as opened,
    with what was refused, and page by page."""
    say_dpi(small.display, dpi)
    done = subprocess.run(
        (sys.executable, "-m", "ui.widget_sizes", language),
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True,
        encoding="utf-8",
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert len(found) > 20
    assert {state: faults for state, faults in found.items() if faults} == {}
