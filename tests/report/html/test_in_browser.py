"""The page in Chromium: drawn, silent on the network, usable by keyboard, without accessibility faults."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from posturewatch.base.i18n import LANGUAGES, set_language
from posturewatch.report.html.page import render_html
from posturewatch.report.material import Material
from report.journals import DAY, HOSTILE, diary, hours, nudge, report

NODE = Path(__file__).parents[1] / "node"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = [pytest.mark.desktop, pytest.mark.slow]


@pytest.fixture(autouse=True)
def _tools() -> None:
    """Node, playwright-core, axe-core and Chromium; their lack fails in CI and skips elsewhere."""
    if CHROMIUM and shutil.which("node") and (NODE / "node_modules" / "axe-core").exists():
        return
    if os.environ.get("CI_DESKTOP") == "1":
        pytest.fail("Chromium, node or tests/report/node/node_modules is missing")
    pytest.skip("needs Chromium, node and npm install --prefix tests/report/node")


def _look(page: str, folder: Path, width: int, scheme: str) -> dict[str, Any]:
    path = folder / "report.html"
    path.write_text(page, encoding="utf-8")
    command = [shutil.which("node") or "node", str(NODE / "look.mjs"), str(CHROMIUM), str(path), str(width), scheme]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True, timeout=110)
    said: dict[str, Any] = json.loads(done.stdout)
    return said


@pytest.mark.parametrize(("width", "scheme"), [(1366, "light"), (390, "dark")])
def test_twelve_weeks_in_the_browser(material: Material, tmp_path: Path, width: int, scheme: str) -> None:
    """All six charts are drawn, nothing is fetched, nothing overflows, the keyboard works, axe finds nothing."""
    said = _look(render_html(material), tmp_path, width, scheme)
    assert said["errors"] == []
    assert said["requests"] == []
    assert len(said["charts"]) == 6
    assert said["overflow"] <= 0
    assert said["axe"] == []
    assert said["opened"] is True
    assert said["keyboard"]["before"] != said["keyboard"]["after"]
    assert said["paper"] == {"ground": "rgb(255, 255, 255)", "line": "rgb(188, 217, 234)", "open": True}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_table_in_plain_sight_needs_a_swipe_on_a_phone(material: Material, tmp_path: Path, language: str) -> None:
    """A row of many columns is a list of its own there, whatever the language's words are long."""
    set_language(language)
    said = _look(render_html(material), tmp_path, 390, "light")
    assert said["swipes"] == []
    assert said["axe"] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_main_numbers_stand_on_the_first_screen(material: Material, tmp_path: Path, language: str) -> None:
    """In each language the answers and the tiles' numbers below them end within 720 points of a screen of 1280."""
    set_language(language)
    assert 0 < _look(render_html(material), tmp_path, 1280, "light")["numbersEnd"] <= 720


def test_a_hostile_day_in_the_browser(tmp_path: Path) -> None:
    """What the user typed does not run: no dialog, no request, no error."""
    made = report(
        hours(4, profile=HOSTILE),
        [nudge(hours(1)[30].start, "acted")],
        diary(note=HOSTILE, medication=HOSTILE, trigger=HOSTILE),
        name=HOSTILE,
        first=DAY,
    )
    said = _look(render_html(made), tmp_path, 1366, "light")
    assert said["errors"] == []
    assert said["requests"] == []
    assert said["axe"] == []


def test_an_empty_report_in_the_browser(tmp_path: Path) -> None:
    """Where there is nothing to draw there is no chart, and nothing breaks."""
    said = _look(render_html(report([], first=DAY - timedelta(days=30))), tmp_path, 1366, "light")
    assert said["charts"] == []
    assert said["errors"] == []
