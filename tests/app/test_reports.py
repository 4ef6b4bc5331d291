"""From the journal to a report or a file for somebody else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from fakes import FakeClock
from journal.rows_for_tests import NINE, minute
from posturewatch.app.reports import parcel, reviewed
from posturewatch.base.settings import Settings
from posturewatch.disk.folders import find_folders
from posturewatch.exchange.share import ShareChoice
from posturewatch.journal.writer import SqliteJournal


@pytest.mark.parametrize("name", ["A\x1b[31m", "long" * 300], ids=["escape", "long"])
def test_a_zone_of_any_name_leaves_a_share_that_opens(tmp_path: Path, name: str) -> None:
    """The system's file of a zone may call it anything; what is written of it is what a reader takes."""
    folders = find_folders({"POSTUREWATCH_HOME": str(tmp_path / "home")}).make()
    with SqliteJournal(folders.journal_file, FakeClock()) as journal:
        journal.add_minute(minute(NINE))
    now = datetime(2026, 11, 23, 18, 0, tzinfo=timezone(timedelta(hours=1), name))
    path = tmp_path / "share.zip"
    with parcel(folders, ShareChoice(NINE.date(), NINE.date()), now, Settings(), name="") as ready:
        ready.write(path)
    material, _origins = reviewed([path], lambda _path: "", Settings(), folders, datetime.now(UTC))
    assert material.zone.isprintable()
    assert len(material.zone) < 100
