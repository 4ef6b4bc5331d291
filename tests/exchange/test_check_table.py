"""Movement checks as CSV, in the journal, in FHIR, shared and brought back: nothing is lost and nothing made up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fakes import FakeClock
from posturewatch.base.errors import DataError, ImportRefusedError
from posturewatch.base.movement import CheckOutcome, Movement, MovementRow, Worse, from_json, to_json
from posturewatch.exchange.check_table import checks_csv, read_checks
from posturewatch.exchange.csv_tables import kind_of_head, read_table
from posturewatch.journal.reader import open_reader
from posturewatch.journal.take_in import take_in
from posturewatch.journal.writer import SqliteJournal
from report.checks_for_tests import NOW, THEN, check


def lines(text: str) -> list[str]:
    """A file's lines, as they are read."""
    return text.splitlines(keepends=True)


@pytest.fixture
def journal(tmp_path: Path) -> SqliteJournal:
    """A journal of its own."""
    return SqliteJournal(tmp_path / "journal.sqlite", FakeClock(NOW))


def test_a_check_comes_back_from_its_table() -> None:
    """Every outcome, value, error, answer and trace is what it was; the file is known by its head."""
    rows = (*check(), *check(NOW, 9.0))
    text = checks_csv(rows)
    assert kind_of_head(text.splitlines()[0]) == "checks"
    assert tuple(read_table("checks", lines(text), "checks.csv")) == rows


def test_a_check_comes_back_from_its_json() -> None:
    """As the window hands it to the app."""
    assert tuple(from_json(to_json(row)) for row in check()) == check()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (",deg,", ",in,", "unit"),
        ("turn_left", "stand_on_head", "one of"),
        (",30.000,", ",,", "no result of a movement check"),
        ("2.5 12.25", "2.5 nan", "no trace"),
        (",3.500,", ",-3.500,", "no result of a movement check"),
        (",2.000,3,", ",2.000,-1,", "a whole number from 0"),
    ],
)
def test_what_no_check_makes_is_refused_with_its_place(old: str, new: str, said: str) -> None:
    """A wrong unit, an unknown movement, a measured movement without a value, a broken trace, an error below zero."""
    text = checks_csv(check())
    assert old in text
    with pytest.raises(ImportRefusedError, match=r"line \d+.*" + said):
        tuple(read_checks(lines(text.replace(old, new, 1)), "checks.csv"))


@pytest.mark.parametrize(
    "spoil",
    [
        {"value": None},
        {"value": float("nan")},
        {"se": -1.0},
        {"smoothness": 0.5},
        {"repeats": 99},
        {"at": datetime(2026, 11, 1, 9, 0)},  # noqa: DTZ001  (that is what is wrong with it)
        {"outcome": CheckOutcome.SKIPPED},
        {"trace": ((0.0, 9999.0),)},
    ],
)
def test_the_journal_takes_no_result_that_cannot_be(journal: SqliteJournal, spoil: dict[str, object]) -> None:
    """It is refused, and nothing of the check is kept."""
    wrong = replace(check()[3], **spoil)  # type: ignore[arg-type]
    with pytest.raises((DataError, ValueError)):
        journal.add_checks((*check()[:3], wrong))
    assert journal.last_checks(2) == ()


def test_the_journal_keeps_checks_by_day_and_gives_the_last_ones(tmp_path: Path, journal: SqliteJournal) -> None:
    """Of a day, of a span with all else, and the last two of three; a reader beside the writer sees them."""
    earliest = tuple(replace(row, at=datetime(2026, 9, 1, 8, 0, tzinfo=UTC)) for row in check())
    for rows in (earliest, check(), check(NOW, 9.0)):
        journal.add_checks(rows)
    assert journal.checks_of(THEN.date()) == check()
    assert journal.content(THEN.date(), NOW.date()).checks == (*check(), *check(NOW, 9.0))
    assert THEN.date() in journal.days()
    journal.close()
    with open_reader(tmp_path / "journal.sqlite") as reader:
        assert reader.last_checks(2) == (*check(), *check(NOW, 9.0))


def test_taking_in_twice_changes_nothing(journal: SqliteJournal) -> None:
    """A result that the journal has stays as it is."""
    first, again = take_in(journal, check()), take_in(journal, check())
    assert (first.checks, first.known) == (len(check()), 0)
    assert (again.checks, again.known) == (0, len(check()))
    assert journal.last_checks(9) == check()


def test_a_movement_of_a_later_version_is_passed_over(journal: SqliteJournal) -> None:
    """It stays in the file, and the others are read."""
    journal.add_checks(check())
    journal.transact(lambda c: c.execute("UPDATE checks SET movement = 'nose_circle' WHERE movement = 'turn_left'"))
    assert {row.movement for row in journal.last_checks(1)} == set(Movement) - {Movement.TURN_LEFT}


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE checks SET outcome = 'dome' WHERE id = 1",
        "UPDATE checks SET worse = 'odd' WHERE id = 1",
        "UPDATE checks SET trace = '1 2;3' WHERE id = 1",
        "UPDATE checks SET trace = '1 2;3 nan' WHERE id = 1",
        "UPDATE checks SET offset_min = 'x' WHERE id = 1",
        "UPDATE checks SET value = 'x' WHERE id = 1",
        "UPDATE checks SET repeats = 'x' WHERE id = 1",
    ],
)
def test_a_damaged_result_is_passed_over(journal: SqliteJournal, damage: str) -> None:
    """A torn trace or an unknown word keeps neither the other results nor the rest of the journal from being read."""
    journal.add_checks(check())
    journal.transact(lambda c: c.execute(damage))
    assert len(journal.content().checks) == len(check()) - 1


def test_an_answer_that_was_not_asked_for_is_blank() -> None:
    """Not asked is neither no nor unsaid."""
    row = MovementRow(THEN, Movement.USUAL, CheckOutcome.DONE, 0.7, 0.2, 0.2, 1)
    (back,) = read_checks(lines(checks_csv([row])), "checks.csv")
    assert back.worse is Worse.NOT_ASKED
