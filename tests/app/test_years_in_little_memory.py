"""Years of a journal cost no more memory than weeks: minutes are read a few weeks at a time and let go of, or a line at
a time where they come in."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from long_journal import LAST, make, run

MINUTES = 300_000
"""Three years at a desk. As rows they alone took 300 MB, so that a bound of 300 MB on all is broken by rows."""

MOST_MB = 300.0
IMPORT_MOST_MB = 100.0
REVIEW_MOST_MB = 200.0

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="the largest resident set is read from /proc"),
    pytest.mark.slow,
    pytest.mark.timeout(600),
]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    """A share of all the minutes, and the MB that it took."""
    folder = tmp_path_factory.mktemp("years")
    home, path = folder / "home", folder / "all.zip"
    first = make(home / "data", MINUTES)
    words = ["share", "--from", str(first), "--to", str(LAST), "--yes", str(path)]
    _seconds, megabytes, code = run(words, home)
    assert code == 0
    return path, megabytes


def test_a_share_of_three_hundred_thousand_minutes_stays_under_the_bound_of_years(shared: tuple[Path, float]) -> None:
    """Page, PDF, tables and FHIR of three years: within the bound that two million minutes keep to as well
    (bench/long_journal.py measures that)."""
    _path, megabytes = shared
    assert megabytes < MOST_MB


def test_years_are_brought_back_a_line_at_a_time(shared: tuple[Path, float], tmp_path: Path) -> None:
    """An import of three years takes a fraction of what their rows would."""
    path, _megabytes = shared
    _seconds, megabytes, code = run(["import", str(path)], tmp_path / "other")
    assert code == 0
    assert megabytes < IMPORT_MOST_MB


def test_a_review_of_years_stays_under_the_bound_of_years(shared: tuple[Path, float], tmp_path: Path) -> None:
    """Three years that somebody shared: minutes packed, days and FHIR held against them a part at a time."""
    path, _megabytes = shared
    _seconds, megabytes, code = run(["review", "--html", str(tmp_path / "page.html"), str(path)], tmp_path / "other")
    assert code == 0
    assert megabytes < REVIEW_MOST_MB
