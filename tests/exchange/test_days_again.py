"""The table of days is what its minutes say, by somebody else's arithmetic."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from named_journals import SHORT, differences
from posturewatch.core.history.journal_content import JournalContent
from posturewatch.core.history.summary.period import summarise_period
from posturewatch.exchange import csv_tables
from posturewatch.exchange import manifest as export
from posturewatch.exchange.csv_cells import encode


def _written(path: Path, name: str, spoil: tuple[bytes, bytes] = (b"", b"")) -> Path:
    """Minutes and days of a named journal, as a share has them."""
    made = SHORT[name]()
    days = [row.start.date() for row in made.minutes]
    content = JournalContent.of(made.minutes, made.events, made.diary, made.calibrations)
    told = summarise_period(content, first=min(days), last=max(days)).days
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(export.MINUTES, encode(csv_tables.minutes_csv(content.minutes)).replace(*spoil))
        archive.writestr(export.DAYS, encode(csv_tables.days_csv(told)))
    return path


@pytest.mark.parametrize("name", ["mixed", "flight", "hostile"])
def test_days_made_again_from_their_minutes_are_the_same(tmp_path: Path, name: str) -> None:
    """Sums, coverage, bands, median, percentiles and error by SQL, bouts row by row: no cell differs."""
    assert differences(_written(tmp_path / "a.zip", name), tmp_path / "again") == []


def test_a_minute_that_is_another_is_seen(tmp_path: Path) -> None:
    """The comparison can fail."""
    spoilt = _written(tmp_path / "a.zip", "sparse", (b",1.300,", b",0.300,"))
    assert differences(spoilt, tmp_path / "again")
