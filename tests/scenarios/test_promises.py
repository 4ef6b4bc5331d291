"""The table of docs/reminders.md: each test that it names exists, and each complaint that was collected is answered."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent.parent
PAGE = TESTS.parent / "docs" / "reminders.md"
PAIR = re.compile(r"`([\w/]+\.py)::(\w+)`")
NAMED = sorted(set(PAIR.findall(PAGE.read_text(encoding="utf-8"))))

COMPLAINTS = """dorso #15|dorso #35|dorso #19|dorso #38|dorso #47|stretchly #955|breaktimer-app #238
dorso #10 #22 #30 #68
opencv #15782|dorso #14 #51 #90|dorso #64|stretchly #969 #1535 #1553 #1479|SafeEyes #644|workrave #255|SafeEyes #327
nags too often|quieted for an hour|outside working hours|battery|exercise|pile up|while I type|English"""


@pytest.mark.parametrize(("file", "test"), NAMED)
def test_each_test_that_the_table_names_exists(file: str, test: str) -> None:
    """The file is there and defines the test."""
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    assert test in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_complaint_has_its_row_and_every_row_its_test() -> None:
    """All that people have said is in the table, and no row is without a test."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line.startswith("| ") and not line.startswith("| what people say |")]
    said = "\n".join(row.split("|")[1] for row in rows)
    for complaint in re.split(r"[|\n]", COMPLAINTS):
        assert complaint in said, complaint
    assert all("::test_" in row for row in rows)
    assert all(row.count("|") == 4 for row in rows), "three columns each"
