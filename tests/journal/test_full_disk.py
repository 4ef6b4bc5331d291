"""A full disk: nothing damaged, nothing lost, and on it goes when there is room."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from fakes import FakeClock
from journal.rows_for_tests import NINE, calibration, event, minute
from posturewatch.base.errors import JournalError
from posturewatch.journal.writer import SqliteJournal


def write_minutes(journal: SqliteJournal, first: int, count: int) -> set[str]:
    """Write minutes; returns what was said where that failed."""
    said = set()
    for index in range(first, first + count):
        try:
            journal.add_minute(minute(NINE + timedelta(minutes=index)))
        except JournalError as err:
            said.add(err.message)
    return said


def test_no_room_for_more_pages(tmp_path: Path) -> None:
    """SQLite's own "full": rows wait, what needs an answer is refused, and all is written once there is room."""
    with SqliteJournal(tmp_path / "journal.sqlite", FakeClock()) as journal:
        assert write_minutes(journal, 0, 10) == set()
        pages = journal._connection.execute("PRAGMA page_count").fetchone()[0]
        journal._connection.execute(f"PRAGMA max_page_count = {pages}")
        (words,) = write_minutes(journal, 10, 400)
        assert "disk is full" in words
        assert journal.unsaved > 200
        with pytest.raises(JournalError, match="disk is full") as caught:
            journal.add_calibration(calibration(body="x" * 9000))
        assert "room" in caught.value.hint
        journal._connection.execute("PRAGMA max_page_count = 100000")
        journal.add_event(event())
        assert journal.unsaved == journal.lost == 0
        assert len(journal.minutes_of(NINE.date())) == 410
        assert journal.calibrations() == ()
        assert journal.integrity() == ()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own of 1.5 MB, where this user may mount one."""
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("needs Linux and the right to mount")
    folder = tmp_path / "small"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1500k", "tmpfs", str(folder)], check=False)  # noqa: S607
    if done.returncode != 0:
        pytest.skip("mounting is not allowed here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)  # noqa: S607


def test_a_disk_that_is_really_full(small_disk: Path) -> None:
    """Filled up by another file and freed again: every minute is there in the end."""
    with SqliteJournal(small_disk / "journal.sqlite", FakeClock()) as journal:
        assert write_minutes(journal, 0, 50) == set()
        filler = small_disk / "filler"
        with pytest.raises(OSError, match="No space"):
            filler.write_bytes(bytes(2_000_000))
        (words,) = write_minutes(journal, 50, 100)
        assert "disk is full" in words
        filler.unlink()
        assert write_minutes(journal, 150, 50) == set()
        assert journal.unsaved == 0
        assert len(journal.minutes_of(NINE.date())) == 200
        assert journal.integrity() == ()


def test_opening_on_a_full_disk_says_so(small_disk: Path) -> None:
    """No room even for an empty journal: the error names the file, and nothing half-made is left to trip over."""
    filler = small_disk / "filler"
    with pytest.raises(OSError, match="No space"):
        filler.write_bytes(bytes(2_000_000))
    with pytest.raises(JournalError, match=r"journal\.sqlite"):
        SqliteJournal(small_disk / "journal.sqlite", FakeClock())
    filler.unlink()
    with SqliteJournal(small_disk / "journal.sqlite", FakeClock()) as journal:
        journal.add_minute(minute())
        assert journal.notices() == ()


@pytest.mark.skipif(os.name == "nt" or (hasattr(os, "geteuid") and os.geteuid() == 0), reason="root may write anywhere")
def test_a_folder_without_the_right_to_write(tmp_path: Path) -> None:
    """A read-only data folder is a clear error."""
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(JournalError, match=r"journal\.sqlite"):
            SqliteJournal(tmp_path / "journal.sqlite", FakeClock())
    finally:
        tmp_path.chmod(0o700)
