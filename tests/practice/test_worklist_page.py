"""The worklist in Chromium: quiet on the network, searched, filtered, by keyboard, without accessibility faults."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from posturewatch.base.i18n import set_language
from posturewatch.practice.worklist import Attention, in_order
from posturewatch.practice.worklist_page import AT_FIRST, render_worklist
from report.journals import HOSTILE, MADE

from .test_worklist import ROW

NODE = Path(__file__).parents[1] / "report" / "node"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

ROWS = in_order(
    replace(ROW, patient=number, label=HOSTILE if number == 7 else f"Patient {number}", look=Attention(number % 5))
    for number in range(1, 201)
)


def test_without_its_script_the_first_rows_are_there_and_hostile_names_are_text() -> None:
    """A name is escaped in the table and in the script's data."""
    page = render_worklist(ROWS, MADE, "in", {1: "patient-1.html"})
    assert page.count('<th scope="row">') == AT_FIRST
    assert "<img src=x" not in page
    assert page.count("</script>") == 2


@pytest.mark.desktop
@pytest.mark.slow
@pytest.mark.parametrize(("scheme", "language"), [("light", "en"), ("dark", "de")])
def test_the_worklist_in_the_browser(tmp_path: Path, scheme: str, language: str) -> None:
    """Search finds a name, a filter its rows, the button more; where nobody matches, a sentence stands in the
    table's place until somebody does; all columns fit beside each other at 1280 points, and on a phone each
    patient is a list that needs no swipe; nothing is fetched; axe finds nothing."""
    if not (CHROMIUM and shutil.which("node") and (NODE / "node_modules" / "axe-core").exists()):
        if os.environ.get("CI_DESKTOP") == "1":
            pytest.fail("Chromium, node or tests/report/node/node_modules is missing")
        pytest.skip("needs Chromium, node and npm install --prefix tests/report/node")
    set_language(language)
    path = tmp_path / "worklist.html"
    path.write_text(render_worklist(ROWS, MADE, "in", {6: "patient-6.html"}), encoding="utf-8")
    command = [shutil.which("node") or "node", str(NODE / "worklist.mjs"), str(CHROMIUM), str(path), scheme]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True, timeout=110)
    said: dict[str, Any] = json.loads(done.stdout)
    assert said["errors"] == []
    assert said["requests"] == []
    assert said["axe"] == []
    assert said["overflow"] <= 0
    assert said["aside"] <= 0
    assert max(said["phone"]) <= 0
    assert said["labels"] is True
    assert said["first"] == AT_FIRST
    assert said["more"] == 200
    assert said["found"] == ["42", "142"]
    assert said["filtered"] == 40
    sentence, table = [True, False], [False, True]
    assert said["somebody"] == said["again"] == table
    assert said["nobody"] == sentence
    assert said["newest"] == "5"
    assert said["links"] == ["patient-6.html"]
