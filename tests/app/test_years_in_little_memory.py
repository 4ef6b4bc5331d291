"""Years of a journal cost no more memory than weeks: minutes are read a few weeks at a time and let go of."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from long_journal import LAST, make, run

MOST_MB = 300.0

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the largest resident set is read from /proc")


def test_a_share_of_three_hundred_thousand_minutes_takes_no_more_than_one_of_a_year(tmp_path: Path) -> None:
    """Page, PDF, tables and FHIR of 300,000 minutes stay under the bound that two million keep to as well (as
    bench/long_journal.py measures), and above those of a year by less than the minutes alone would take."""
    home = tmp_path / "home"
    first = make(home / "data", 300_000)
    year = f"{LAST.year - 1}-11-23"
    used = {}
    for name, begin in (("year", year), ("all", str(first))):
        words = ["share", "--from", begin, "--to", str(LAST), "--yes", str(tmp_path / f"{name}.zip")]
        _seconds, used[name], code = run(words, home)
        assert code == 0
    assert used["all"] < MOST_MB
    assert used["all"] - used["year"] < 35.0, used
