"""A damaged journal: set aside with its date, rescued as far as it can be read, and told."""

from __future__ import annotations

import contextlib
import random
import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fakes import FakeClock
from journal.rows_for_tests import NINE, calibration, event, headache, minute
from posturewatch.base.records import EventKind
from posturewatch.journal.rescue import set_aside_and_rescue
from posturewatch.journal.schema import side_files
from posturewatch.journal.sqlite_pages import leaf_rows
from posturewatch.journal.writer import SqliteJournal

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
FAR_OFF = datetime(2100, 1, 1, tzinfo=UTC)
MINUTES = 1500
PAGE = 4096


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sound journal of a few hundred pages, a long calibration (overflow pages) among them."""
    path = tmp_path_factory.mktemp("sound") / "journal.sqlite"
    with SqliteJournal(path, FakeClock()) as journal:
        journal.add_calibration(calibration(body="{" + "7" * 9000 + "}"))
        for index in range(MINUTES):
            journal.add_minute(minute(NINE + timedelta(minutes=index), valid_s=float(index % 61)))
        for index in range(200):
            journal.add_event(event(NINE + timedelta(minutes=index)))
        journal.add_diary(headache(note="kept"))
    return path


@pytest.fixture
def path(sound: Path, tmp_path: Path) -> Path:
    """A copy to damage."""
    return Path(shutil.copy(sound, tmp_path / "journal.sqlite"))


def damage(path: Path, start: int, length: int, seed: int = 3) -> None:
    """Overwrite bytes with noise."""
    with path.open("r+b") as file:
        file.seek(start)
        file.write(random.Random(seed).randbytes(length))


def test_the_page_reader_agrees_with_sqlite(path: Path) -> None:
    """On a sound file the bare pages give exactly the rows that SQLite gives, long ones included."""
    found = {(rowid, len(columns)): columns for rowid, columns in leaf_rows(path, side_files(path)[0])}
    with SqliteJournal(path, FakeClock()) as journal:
        rows = journal._connection.execute("SELECT * FROM minutes").fetchall()
        made = journal._connection.execute("SELECT * FROM calibrations").fetchall()
    assert [found[row[0], 27][1:] for row in rows] == [row[1:] for row in rows]
    assert found[1, 8][1:] == made[0][1:]
    assert sum(width == 27 for _rowid, width in found) == MINUTES


def test_rows_in_the_write_ahead_log_are_read_too(path: Path, tmp_path: Path) -> None:
    """Committed rows that never reached the main file are found in the log."""
    journal = SqliteJournal(path, FakeClock())
    journal.add_minute(minute(NINE - timedelta(hours=1)))
    for each in (path, *side_files(path)):
        shutil.copy(each, tmp_path / f"copy-{each.name}")
    journal.close()
    copy = tmp_path / f"copy-{path.name}"
    found = [rowid for rowid, columns in leaf_rows(copy, side_files(copy)[0]) if len(columns) == 27]
    assert len(set(found)) == MINUTES + 1


@pytest.mark.parametrize(
    ("start", "length", "least"),
    [
        (0, 100, MINUTES),  # the file's head
        (0, PAGE, MINUTES),  # the head and the list of tables
        (12 * PAGE, 3 * PAGE, MINUTES - 3 * 120),  # leaves in the middle
    ],
    ids=["head", "first page", "leaves"],
)
def test_what_can_be_read_is_rescued(path: Path, start: int, length: int, least: int) -> None:
    """The damaged file stays beside the new one under its date, the user is told, and the journal goes on."""
    damage(path, start, length)
    with SqliteJournal(path, FakeClock()) as journal:
        (notice,) = journal.notices()
        aside = path.with_name("journal-damaged-2026-11-23.sqlite")
        assert aside.exists()
        assert str(aside) in notice
        journal.flush()
        (told,) = [one for one in journal.events(LONG_AGO, FAR_OFF) if one.kind is EventKind.JOURNAL]
        assert (told.outcome, told.detail) == ("rescued", aside.name)
        kept = journal.minutes(LONG_AGO, FAR_OFF)
        assert len(kept) >= least
        expected = {row.start: row for row in _all_minutes()}
        assert all(expected[row.start].valid_s == row.valid_s for row in kept)
        assert journal.integrity() == ()
        journal.add_event(event(outcome="acted"))
        assert any(one.outcome == "acted" for one in journal.events(LONG_AGO, FAR_OFF))
    with SqliteJournal(path, FakeClock()) as again:
        assert again.notices() == ()


def _all_minutes() -> list:
    return [minute(NINE + timedelta(minutes=index), valid_s=float(index % 61)) for index in range(MINUTES)]


def test_a_file_of_junk_gives_an_empty_journal_and_keeps_the_junk(tmp_path: Path) -> None:
    """Nothing can be rescued, nothing is thrown away."""
    path = tmp_path / "journal.sqlite"
    junk = random.Random(1).randbytes(50_000)
    path.write_bytes(junk)
    with SqliteJournal(path, FakeClock()) as journal:
        assert journal.minutes(LONG_AGO, FAR_OFF) == ()
        assert len(journal.notices()) == 1
    assert path.with_name("journal-damaged-2026-11-23.sqlite").read_bytes() == junk


def test_a_truncated_file_keeps_its_first_part(path: Path) -> None:
    """Three quarters of a file still give the rows of their pages."""
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size * 3 // 4)
    with SqliteJournal(path, FakeClock()) as journal:
        assert len(journal.minutes(LONG_AGO, FAR_OFF)) > MINUTES // 4
        assert journal.notices()


def test_damage_met_while_writing_is_rescued_and_the_write_goes_through(path: Path) -> None:
    """A file found damaged in the middle of work is set aside at that write, which is not lost."""
    journal = SqliteJournal(path, FakeClock())
    journal.close()
    damage(path, 8 * PAGE, path.stat().st_size - 8 * PAGE)
    journal = SqliteJournal(path, FakeClock(), check=False)
    journal.add_minute(minute(NINE + timedelta(days=1)))
    assert "damaged" in journal.notices()[0]
    assert journal.unsaved == 0
    assert journal.minutes_of(NINE.date() + timedelta(days=1))[-1] == minute(NINE + timedelta(days=1))
    journal.close()


@pytest.mark.parametrize("seed", range(25))
def test_random_damage_never_ends_in_anything_but_a_journal(path: Path, seed: int) -> None:
    """Noise of any length anywhere: the journal opens, its rows are true, and it takes new ones."""
    chance = random.Random(seed)
    size = path.stat().st_size
    for _wound in range(chance.randint(1, 6)):
        damage(path, chance.randrange(size), chance.choice([1, 8, 200, PAGE, 5 * PAGE]), seed)
    if chance.random() < 0.3:
        with path.open("r+b") as file:
            file.truncate(chance.randrange(size))
    expected = {row.start: row for row in _all_minutes()}
    with SqliteJournal(path, FakeClock()) as journal:
        kept = journal.minutes(LONG_AGO, FAR_OFF)
        if journal.notices():  # noise within a page may change a number that nothing else contradicts
            true = sum(row.start in expected and expected[row.start].valid_s == row.valid_s for row in kept)
            assert true >= 0.9 * len(kept)
        journal.add_event(event(outcome="acted"))
        assert journal.integrity() == ()


@pytest.mark.parametrize("brought_up", [False, True], ids=["still of version 1", "brought up to date"])
@pytest.mark.parametrize("headless", [False, True], ids=["through SQLite", "page by page"])
def test_rows_of_an_earlier_schema_are_rescued(tmp_path: Path, brought_up: bool, headless: bool) -> None:
    """A minute that was written with fewer columns comes back from a damaged file, with the later ones blank."""
    path = tmp_path / "journal.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.executescript((Path(__file__).parent / "journal_v1.sql").read_text(encoding="utf-8"))
    if brought_up:
        SqliteJournal(path, FakeClock()).close()
    if headless:
        content = bytearray(path.read_bytes())
        content[: PAGE // 2] = b"\xff" * (PAGE // 2)
        path.write_bytes(content)
    set_aside_and_rescue(path, NINE)
    with SqliteJournal(path, FakeClock()) as journal:
        first, second = journal.minutes_of(NINE.date())
        assert (first.fht_median_in, first.fht_p10_in, first.tied, second.away_s) == (1.25, None, None, 60.0)
