"""Daily files, letting go of what is old, and forgetting so that nothing can be found again."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from fakes import FakeClock
from faults.running_app import fill, small_disk
from journal.filled import MARK, TODAY, filled
from journal.rows_for_tests import NINE, calibration, event, headache, minute
from posturewatch.base.errors import DataError, FolderError, JournalError
from posturewatch.base.records import Event, EventKind
from posturewatch.base.settings import JournalSettings
from posturewatch.disk.folders import Folders, find_folders
from posturewatch.exchange import csv_tables
from posturewatch.journal.daily_files import DailyFiles, last_day
from posturewatch.journal.reader import open_reader
from posturewatch.journal.retention import forget, ours, tidy
from posturewatch.journal.schema import side_files
from posturewatch.journal.writer import SqliteJournal


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """Folders of a fresh home."""
    return find_folders({"POSTUREWATCH_HOME": str(tmp_path / "home")}).make()


def found_on_disk(folder: Path, words: str) -> list[str]:
    """Names of the files in which the words stand."""
    return [str(path) for path in folder.rglob("*") if path.is_file() and words.encode() in path.read_bytes()]


# --------------------------------------------------------------------------- daily files


def test_a_day_has_its_csv_its_text_and_its_week(folders: Folders) -> None:
    """The CSV holds the day's minutes, the texts are short and end with what the program is not."""
    with filled(folders, days=2):
        names = {path.name for path in folders.days.iterdir()}
    assert {"2026-11-23.csv", "2026-11-23.txt", "2026-W48.txt", "2026-11-22.csv", "data_dictionary.csv"} <= names
    lines = (folders.days / "2026-11-23.csv").read_text().split("\n")
    (row,) = csv_tables.read_minutes([line + "\n" for line in lines if line], "x")
    assert row.start == NINE
    for name in ("2026-11-23.txt", "2026-W48.txt"):
        text = (folders.days / name).read_text(encoding="utf-8")
        assert "not a medical device" in text
        assert "under 120 valid minutes" in text


def test_names_of_daily_files_are_told_from_others() -> None:
    """Days, weeks across the turn of the year, and strangers."""
    assert last_day("2026-11-23.csv") == date(2026, 11, 23)
    assert last_day("2026-W53.txt") == date(2027, 1, 3)
    for stranger in ("2026-13-01.csv", "notes.txt", "2026-11-23.csv.bak", "2026-W60.txt", "data_dictionary.csv"):
        assert last_day(stranger) is None


def test_a_days_folder_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    """A file in the folder's place, or a folder in a file's place, is an error that names it."""
    (tmp_path / "days").write_text("")
    with pytest.raises(FolderError, match="days"):
        DailyFiles(tmp_path / "days").write((("a.txt", b"x"),))
    (tmp_path / "other" / "a.txt" / "inside").mkdir(parents=True)
    with pytest.raises(DataError, match=r"a\.txt"):
        DailyFiles(tmp_path / "other").write((("a.txt", b"x"),))


# --------------------------------------------------------------------------- what is old goes by itself


def test_what_is_older_than_the_settings_allow_goes(folders: Folders) -> None:
    """Rows, samples and files past their days go; a calibration that is still needed stays, others' files too."""
    settings = JournalSettings(keep_days=20, raw_keep_days=5)
    with filled(folders) as journal:
        (folders.days / "mine.txt").write_text("mine")
        old_copy = folders.data / "journal-damaged-2026-01-01.sqlite"
        old_copy.write_text("old")
        new_copy = folders.data / f"journal-v1-{TODAY}.sqlite"
        new_copy.write_text("new")
        removed = tidy(journal, DailyFiles(folders.days), settings, TODAY)
        assert journal.days()[0] == TODAY - timedelta(days=20)
        assert len(journal.samples(NINE - timedelta(days=99), NINE + timedelta(days=1))) == 6
        assert len(journal.calibrations()) == 21
        assert removed.rows["minutes"] == removed.rows["calibrations"] == 20
        assert not old_copy.exists()
        assert new_copy.exists()
        assert tidy(journal, DailyFiles(folders.days), settings, TODAY).total == 0
    names = {path.name for path in folders.days.iterdir()}
    assert min(name for name in names if name.endswith(".csv")) == f"{TODAY - timedelta(days=20)}.csv"
    assert "mine.txt" in names


def test_the_latest_calibration_outlives_every_minute(folders: Folders) -> None:
    """Somebody who returns after years need not calibrate again."""
    with SqliteJournal(folders.journal_file, FakeClock()) as journal:
        journal.add_calibration(calibration(NINE - timedelta(days=3000)))
        latest = journal.add_calibration(calibration(NINE - timedelta(days=2000)))
        for ago in range(7):
            journal.add_minute(minute(NINE - timedelta(days=ago), calibration_id=None))
        tidy(journal, DailyFiles(folders.days), JournalSettings(), TODAY)
        assert [row.id for row in journal.calibrations()] == [latest]


def test_a_clock_years_ahead_takes_nothing_with_it(folders: Folders) -> None:
    """A wrong date, however late, deletes nothing until a week of it has been lived."""
    later = TODAY + timedelta(days=4000)
    with filled(folders, days=10) as journal:
        assert tidy(journal, DailyFiles(folders.days), JournalSettings(), later).total == 0
        for ahead in range(7):
            assert len(journal.days()) == 11 + ahead
            journal.add_minute(minute(NINE + timedelta(days=4000 - ahead)))
        assert tidy(journal, DailyFiles(folders.days), JournalSettings(), later).rows["minutes"] == 11


# --------------------------------------------------------------------------- forgetting


def test_forgetting_all_leaves_no_byte_of_it(folders: Folders) -> None:
    """No word of any row is left in any file under the home, the write-ahead log, copies and reports included."""
    home = folders.data.parent
    with filled(folders) as journal:
        subject = journal.subject()
        copy = folders.data / "journal-damaged-2026-01-01.sqlite"
        copy.write_text(MARK)
        folders.reports.mkdir()
        (folders.reports / "report.html").write_text(MARK)
        (folders.logs / "posturewatch.log").write_text(MARK)
        assert found_on_disk(home, MARK)
        removed = forget(folders, journal, None)
        assert removed.rows["minutes"] == 41
        assert removed.files > 80
        assert found_on_disk(home, MARK) == []
        assert found_on_disk(home, subject) == []
        assert journal.days() == ()
        assert journal.subject() not in {"", subject}
        assert folders.journal_file.stat().st_size < 100_000
        journal.add_minute(minute())
        assert journal.integrity() == ()
    assert found_on_disk(home, MARK) == []


def test_forgetting_all_takes_whatever_lies_beside_the_journal(folders: Folders) -> None:
    """The profile's name, keys, crash reports, broken-off rescues, what SQLite leaves of a copy, half writes."""
    left = [
        folders.profile_file,
        folders.camera_password_file,
        folders.logs / "crash-20260101-000000.txt",
        folders.logs / "posturewatch.log.3",
        folders.data / "journal.sqlite.rescue",
        folders.data / "journal.sqlite.rescue-wal",
        folders.data / "journal-v1-2026-01-01.sqlite-journal",
        folders.data / ".profile.0123abcd.part",
        folders.config / ".config.toml.0123abcd.part",
        folders.keys / "share.key",
        folders.keys / "shares.json",
        folders.keys / ".share.key.0123abcd.part",
    ]
    with filled(folders) as journal:
        for path in left:
            path.parent.mkdir(exist_ok=True)
            path.write_text(MARK)
        mine = folders.data / "holiday.jpg"
        mine.write_text("mine")
        forget(folders, journal, None)
        assert [path for path in left if path.exists()] == []
        assert ours(folders) == ()
        assert mine.read_text() == "mine"
    assert found_on_disk(folders.data.parent, MARK) == []


@pytest.mark.skipif(sys.platform != "linux", reason="a file that may not be removed is made so under Linux")
def test_forgetting_goes_on_past_what_cannot_be_removed_and_lists_it(folders: Folders) -> None:
    """A report that may not go is named; the rest is gone."""
    with filled(folders) as journal:
        folders.reports.mkdir(exist_ok=True)
        stuck = folders.reports / "a.html"
        stuck.write_text("x")
        (folders.reports / "b.html").write_text(MARK)
        chattr = shutil.which("chattr")
        if chattr is None or subprocess.run([chattr, "+i", stuck], check=False, capture_output=True).returncode:
            pytest.skip("this file system knows no files that may not be removed")
        try:
            with pytest.raises(DataError, match=r"a\.html") as refused:
                forget(folders, journal, None)
        finally:
            subprocess.run([chattr, "-i", stuck], check=True)
        assert "b.html" not in refused.value.message
        assert ours(folders) == (stuck,)
    assert found_on_disk(folders.data.parent, MARK) == []


def test_forgetting_all_works_on_a_full_disk(tmp_path: Path) -> None:
    """Not a byte of room: the files go first, and make the room that the journal needs to let go of its rows."""
    with small_disk(tmp_path / "small", "6m") as disk:
        folders = find_folders({"POSTUREWATCH_HOME": str(disk / "home")}).make()
        with filled(folders) as journal:
            folders.reports.mkdir(exist_ok=True)
            (folders.reports / "a.html").write_text(MARK + "x" * 3_000_000)
            journal.overwrite_log()  # gives its room back
            fill(disk)
            with pytest.raises(JournalError, match="disk is full"):
                journal.transact(lambda connection: connection.execute("DELETE FROM minutes"))
            removed = forget(folders, journal, None)
            assert removed.rows["minutes"] > 0
            assert removed.files > 0
            assert ours(folders) == ()
        assert found_on_disk(disk / "home", MARK) == []


def test_the_write_ahead_log_is_overwritten_before_it_is_cut(folders: Folders) -> None:
    """Its blocks, seen through a second name of the file, hold nothing but zeros afterwards."""
    log = side_files(folders.journal_file)[0]
    with SqliteJournal(folders.journal_file, FakeClock()) as journal:
        journal.add_diary(headache(NINE, note=MARK))
        assert MARK.encode() in log.read_bytes()
        blocks = log.read_bytes()
        seen: list[bytes] = []

        def watch(statement: str) -> None:
            if "TRUNCATE" in statement:
                seen.append(log.read_bytes())

        journal._connection.set_trace_callback(watch)
        journal.overwrite_log()
        journal._connection.set_trace_callback(None)
        assert [len(block) for block in seen] == [len(blocks)]
        assert not any(seen[0])
        assert log.stat().st_size == 0
        assert journal.diary_of(NINE.date())[0].note == MARK
        journal.add_minute(minute())
        assert journal.integrity() == ()


def test_the_part_that_is_cut_off_the_journal_held_nothing_any_more(folders: Folders) -> None:
    """Rows that stay move forward as the file becomes shorter; where they stood there are no words when it is cut."""
    with filled(folders, 60) as journal:
        journal.overwrite_log()
        seen: list[bytes] = []
        journal._connection.set_trace_callback(lambda _statement: seen.append(folders.journal_file.read_bytes()))
        forget(folders, journal, TODAY - timedelta(days=40))
        journal._connection.set_trace_callback(None)
        size = folders.journal_file.stat().st_size
        longest = max(map(len, seen))
        cut = next(content for content in reversed(seen) if len(content) == longest)[size:]
        assert MARK.encode() in seen[0][size:]
        assert MARK.encode() not in cut


def test_forgetting_before_a_day_keeps_that_day_whole(folders: Folders) -> None:
    """What lies before is gone from the bytes too; the day itself and later ones, with their calibrations, stay."""
    first = TODAY - timedelta(days=10)
    with filled(folders) as journal:
        forget(folders, journal, first)
        assert journal.days()[0] == first
        assert len(journal.days()) == 11
        assert {row.calibration_id for row in journal.minutes_of(first, TODAY)} <= {
            row.id for row in journal.calibrations()
        }
        assert found_on_disk(folders.data.parent, f"{MARK}-11") == []
        assert found_on_disk(folders.data.parent, f"{MARK}-10")
        assert min(path.name for path in folders.days.glob("*-*.csv")) == f"{first}.csv"


def test_a_made_up_journal_says_so_of_every_part_of_it(folders: Folders) -> None:
    """The mark stands on the first day alone; any later stretch carries it, also when the first days are forgotten."""
    with filled(folders, days=10) as journal:
        journal.add_event(Event(NINE - timedelta(days=10), EventKind.JOURNAL, "generated"))
        forget(folders, journal, TODAY - timedelta(days=5))
        content = journal.content(TODAY, TODAY)
        assert [one.kind for one in content.events].count(EventKind.JOURNAL) == 1
        assert journal.marks(TODAY - timedelta(days=30), TODAY) == ()
        assert len(journal.marks(TODAY, TODAY)) == 1
        forget(folders, journal, None)
        assert journal.content().events == ()


def test_forgetting_is_refused_while_somebody_reads(folders: Folders) -> None:
    """A reader in the middle of reading keeps old pages alive in the log: said, and done again once it is gone."""
    with filled(folders, days=3) as journal:
        reader = open_reader(folders.journal_file)
        reader._connection.execute("BEGIN")
        reader._connection.execute("SELECT count(*) FROM minutes").fetchone()
        with pytest.raises(JournalError, match=r"read by another|locked"):
            forget(folders, journal, None)
        reader.close()
        forget(folders, journal, None)
        assert found_on_disk(folders.data.parent, MARK) == []


def test_what_waits_in_memory_is_forgotten_too(folders: Folders) -> None:
    """A row that could not be written yet does not come back after everything was forgotten."""
    with SqliteJournal(folders.journal_file, FakeClock(), busy_s=0.0) as journal:
        other = sqlite3.connect(folders.journal_file, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(JournalError):
            journal.add_event(event())
        other.execute("ROLLBACK")
        other.close()
        forget(folders, journal, None)
        assert journal.unsaved == 0
        journal.add_minute(minute())
        assert journal.events_of(TODAY) == ()
