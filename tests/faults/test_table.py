"""The tables of docs/reliability.md and docs/privacy.md: each test that they name exists, and each fault is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent.parent
DOCS = TESTS.parent / "docs"
TABLE = DOCS / "reliability.md"
PAGES = (TABLE, DOCS / "privacy.md")

PAIR = re.compile(r"`([\w/]+\.py)::(\w+)`")
NAMED = sorted({pair for page in PAGES for pair in PAIR.findall(page.read_text(encoding="utf-8"))})

FAULTS = """missing at the start|unplugged|held by another|open that hangs|read that hangs|black frames|frozen
resolution|junk frames|raises|it hangs|crashes the process|suspend|clock set|summer time|time zone|disk full|read-only
folder gone|locked by another|database damaged|half-written|settings damaged|no notification daemon|it dies|D-Bus gone
tray host|X server|SIGTERM|SIGINT|SIGHUP|SIGKILL|two instances|low memory"""


@pytest.mark.parametrize(("file", "test"), NAMED)
def test_each_test_that_the_table_names_exists(file: str, test: str) -> None:
    """The file is there and defines the test."""
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    assert test in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_fault_has_its_row_and_every_row_its_test() -> None:
    """All faults that were thought of are in the table, and no row is without a test."""
    rows = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    rows = [row for row in rows if not row.startswith("| fault |")]
    first = "\n".join(row.split("|")[1] for row in rows)
    for fault in re.split(r"[|\n]", FAULTS):
        assert fault in first, fault
    assert all("::test_" in row for row in rows)
    assert all(row.count("|") == 6 for row in rows), "five columns each"
