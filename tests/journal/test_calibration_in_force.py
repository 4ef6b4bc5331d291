"""Which calibration is measured against: the one that was chosen, not the one with the latest date."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

from fakes import FakeClock
from journal.rows_for_tests import NINE, calibration
from posturewatch.journal.reader import open_reader
from posturewatch.journal.schema import STEPS, bring_up_to_date, connect
from posturewatch.journal.take_in import take_in
from posturewatch.journal.writer import SqliteJournal

CENTURY = timedelta(days=36_500)


def in_force(path: Path) -> int | None:
    with open_reader(path) as journal:
        return journal.calibrations_in_force()["desk"].id


def test_a_calibration_of_a_clock_that_was_ahead_gives_way_to_the_next(tmp_path: Path) -> None:
    """The clock stood a century ahead once; the next calibration, with the right date, is in force."""
    path = tmp_path / "journal.sqlite"
    with SqliteJournal(path, FakeClock()) as journal:
        journal.add_calibration(calibration(NINE + CENTURY))
        second = journal.add_calibration(calibration(NINE))
    assert in_force(path) == second


def test_an_imported_calibration_takes_the_place_of_none(tmp_path: Path) -> None:
    """Neither the past nor a time to come in an archive changes what is measured against."""
    path = tmp_path / "journal.sqlite"
    with SqliteJournal(path, FakeClock()) as journal:
        mine = journal.add_calibration(calibration(NINE))
        take_in(journal, [calibration(NINE + CENTURY), calibration(NINE - timedelta(days=1))])
        assert len(journal.calibrations()) == 3
    assert in_force(path) == mine


def test_of_a_profile_that_is_new_here_the_newest_that_can_be_is_taken(tmp_path: Path) -> None:
    """An archive with one of a time to come: the newest before now is chosen; the one to come where it is alone."""
    path = tmp_path / "journal.sqlite"
    with SqliteJournal(path, FakeClock()) as journal:
        newest = calibration(NINE - timedelta(days=2))
        take_in(journal, [calibration(NINE + CENTURY), newest, calibration(newest.at - timedelta(days=9))])
        assert journal.calibrations_in_force()["desk"].at == newest.at
    alone = tmp_path / "alone.sqlite"
    with SqliteJournal(alone, FakeClock()) as journal:
        take_in(journal, [calibration(NINE + CENTURY)])
        assert journal.calibrations_in_force()["desk"].at == NINE + CENTURY


def test_a_journal_of_before_the_choice_takes_the_newest_that_can_be(tmp_path: Path) -> None:
    """A journal of the former schema, with a calibration of 2099 in it, is brought up to date."""
    path = tmp_path / "journal.sqlite"
    connection = connect(path, 1.0)
    bring_up_to_date(connection, path, NINE, STEPS[:2])
    connection.executemany(
        "INSERT INTO calibrations VALUES (?, ?, 0, 'desk', 0.1, 20, 'front', '{}')",
        [(1, 1_700_000_000_000), (2, 4_080_000_000_000), (3, 1_600_000_000_000)],
    )
    connection.close()
    SqliteJournal(path, FakeClock()).close()
    assert in_force(path) == 1


def test_the_choice_outlives_a_rescue(tmp_path: Path) -> None:
    """A damaged page of another table: the rescued journal measures against the same calibration."""
    path = tmp_path / "journal.sqlite"
    with SqliteJournal(path, FakeClock()) as journal:
        mine = journal.add_calibration(calibration(NINE))
        take_in(journal, [calibration(NINE + CENTURY)])
    with sqlite3.connect(path) as opened:
        (page,) = opened.execute("SELECT rootpage FROM sqlite_master WHERE name = 'samples'").fetchone()
        (size,) = opened.execute("PRAGMA page_size").fetchone()
    opened.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    with SqliteJournal(path, FakeClock()) as journal:
        assert journal.notices()
        assert journal.calibrations_in_force()["desk"].id == mine
