"""Versions of the journal: new, older, newer, foreign."""

from __future__ import annotations

import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fakes import FakeClock
from journal.rows_for_tests import NINE, calibration, event, headache, minute
from posturewatch.base.errors import JournalError
from posturewatch.journal import schema
from posturewatch.journal.reader import open_reader
from posturewatch.journal.rescue import _SHAPES
from posturewatch.journal.writer import SqliteJournal

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
NEXT = schema.SchemaStep(
    schema.SCHEMA_VERSION + 1,
    ("ALTER TABLE diary ADD COLUMN mood TEXT NOT NULL DEFAULT ''", "CREATE TABLE notes (id INTEGER PRIMARY KEY, a, b)"),
)
BROKEN = schema.SchemaStep(schema.SCHEMA_VERSION + 2, ("CREATE TABLE more (a)", "INSERT INTO no_such_table VALUES (1)"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A journal with a row of each kind."""
    path = tmp_path / "journal.sqlite"
    with SqliteJournal(path, FakeClock()) as journal:
        journal.add_minute(minute())
        journal.add_event(event())
        journal.add_diary(headache())
        journal.add_calibration(calibration())
    return path


def test_every_step_leads_to_the_next_version() -> None:
    """Steps are numbered without a gap from 1."""
    assert [step.to for step in schema.STEPS] == list(range(1, schema.SCHEMA_VERSION + 1))


@pytest.mark.parametrize(
    ("before", "name"),
    [
        ("", "a#b%41&c ü 日.sqlite"),
        pytest.param("", "a?b.sqlite", marks=pytest.mark.unix_only("no name has a question mark there")),
        pytest.param("\\\\?\\", "a.sqlite", marks=pytest.mark.skipif(os.name != "nt", reason="a path of Windows")),
    ],
)
def test_a_journal_is_read_under_any_name(path: Path, before: str, name: str) -> None:
    """It is opened for reading by a URI, in which #, ? and % mean something else, and what follows two slashes, as in a
    shared folder's path (its form without one is tried here), another computer."""
    odd = Path(before + str(path.with_name(name)))
    path.rename(odd)
    with open_reader(odd) as reader:
        assert [each.worst for each in reader.content().diary] == [6]


def test_tables_differ_in_their_number_of_columns(path: Path) -> None:
    """The rescue of a file without its list of tables tells rows apart by their width."""
    connection = sqlite3.connect(path)
    widths = {table: len(connection.execute(f"PRAGMA table_info({table})").fetchall()) for table in _SHAPES}
    connection.close()
    assert widths == _SHAPES
    assert len(set(widths.values())) == len(widths)


def test_an_older_journal_is_copied_and_brought_up_to_date(path: Path) -> None:
    """All rows are there after a migration, and the copy taken before it opens as it was."""
    connection = schema.connect(path, 1.0)
    copy = schema.bring_up_to_date(connection, path, NOW, (*schema.STEPS, NEXT))
    assert schema.version_of(connection) == NEXT.to
    assert connection.execute("SELECT worst, mood FROM diary").fetchall() == [(6, "")]
    assert connection.execute("SELECT count(*) FROM minutes").fetchone() == (1,)
    assert schema.bring_up_to_date(connection, path, NOW, (*schema.STEPS, NEXT)) is None
    connection.close()
    assert copy == path.with_name(f"journal-v{schema.SCHEMA_VERSION}-2026-11-23.sqlite")
    with open_reader(copy) as former:
        assert former.minutes_of(NINE.date()) == (minute(),)


def test_a_migration_that_fails_leaves_the_former_version_whole(path: Path) -> None:
    """All steps are one transaction: nothing of them remains."""
    connection = schema.connect(path, 1.0)
    with pytest.raises(sqlite3.OperationalError):
        schema.bring_up_to_date(connection, path, NOW, (*schema.STEPS, NEXT, BROKEN))
    assert schema.version_of(connection) == schema.SCHEMA_VERSION
    connection.close()
    with SqliteJournal(path, FakeClock()) as journal:
        assert journal.minutes_of(NINE.date()) == (minute(),)
        assert journal.integrity() == ()


def test_a_newer_journal_is_refused_and_left_alone(path: Path) -> None:
    """A downgrade says so politely, for writing and for reading, and changes not a byte."""
    connection = schema.connect(path, 1.0)
    schema.bring_up_to_date(connection, path, NOW, (*schema.STEPS, NEXT))
    connection.close()
    before = path.read_bytes()
    for opening in (lambda: SqliteJournal(path, FakeClock()), lambda: open_reader(path)):
        with pytest.raises(JournalError, match="later posturewatch") as caught:
            opening()
        assert caught.value.hint
    assert path.read_bytes() == before


def test_an_older_journal_is_not_read_before_it_is_brought_up_to_date(path: Path) -> None:
    """Reading alone never migrates."""
    connection = schema.connect(path, 1.0)
    connection.execute("PRAGMA user_version = 1")
    connection.close()
    with pytest.raises(JournalError, match="earlier posturewatch"):
        open_reader(path)


def test_a_foreign_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    """Somebody else's database under our name is not touched."""
    path = tmp_path / "journal.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE recipes (name)")
    connection.commit()
    connection.close()
    with pytest.raises(JournalError, match="not a journal of posturewatch"):
        SqliteJournal(path, FakeClock())
    assert sqlite3.connect(path).execute("SELECT name FROM sqlite_master").fetchall() == [("recipes",)]


def test_the_first_released_schema_still_opens(tmp_path: Path) -> None:
    """A journal of version 1, kept here as SQL, opens in this version with all its rows."""
    path = tmp_path / "journal.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript((Path(__file__).parent / "journal_v1.sql").read_text(encoding="utf-8"))
    connection.close()
    with SqliteJournal(path, FakeClock()) as journal:
        first, second = journal.minutes_of(NINE.date())
        assert (first.fht_median_in, first.fht_p90_in, first.fht_p10_in) == (1.25, 1.5, None)
        assert first.tied is None  # nobody asked then
        assert second.away_s == 60.0
        assert [entry.note for entry in journal.diary_of(NINE.date())] == ["bright light"]
        assert journal.calibrations_in_force()["desk"] is not None
        assert len(journal.events_of(NINE.date())) == 1
        assert journal.subject() == "5d3c8a52-5a34-4b8f-9d0b-6c1f4f0f7a11"
