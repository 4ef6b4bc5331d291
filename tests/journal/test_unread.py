"""Rows that no reader takes: passed over, counted and told, so that one of them costs no other and none is lost in
silence."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from cli.run_cli import Cli
from posturewatch.base.clock import SystemClock
from posturewatch.disk.folders import find_folders
from posturewatch.exchange.archive import open_shared
from posturewatch.journal.reader import open_reader
from posturewatch.journal.take_in import take_in
from posturewatch.journal.writer import SqliteJournal
from report.checks_for_tests import check

from .rows_for_tests import NINE, calibration, event, headache, minute

DAY = NINE.date()

DAMAGE = [
    ("minutes", "median_mil = 'far'"),
    ("minutes", "valid_cs = 12.5"),
    ("minutes", "offset_min = 'east'"),
    ("minutes", "offset_min = 100000"),
    ("minutes", "profile_id = 'desk'"),
    ("minutes", "calibration_id = x'00ff'"),
    ("events", "kind = 'from the future'"),
    ("events", "kind = CAST(x'ff' AS TEXT)"),
    ("events", "at_ms = 'yesterday'"),
    ("events", "value = 'much'"),
    ("events", "offset_min = 100000"),
    ("events", "detail = x'00ff'"),
    ("diary", "worst = 'bad'"),
    ("diary", "offset_min = 'east'"),
    ("diary", "score = 'high'"),
    ("checks", "value = 'wide'"),
    ("checks", "movement = 'cartwheel'"),
    ("calibrations", "at_ms = 'once'"),
    ("calibrations", "repeatability_in = 'good'"),
]


def fill(path: Path) -> None:
    """Two rows of each kind, an hour apart, so that one of each can be damaged."""
    journal = SqliteJournal(path, SystemClock())
    hour = timedelta(hours=1)
    take_in(
        journal,
        [
            *(calibration(NINE + number * hour) for number in (-2, -1)),
            *(minute(NINE + number * hour) for number in (0, 1)),
            *(event(NINE + number * hour) for number in (0, 1)),
            *(headache(NINE + number * hour) for number in (0, 1)),
            *check(NINE),
        ],
    )
    journal.close()


def damage(path: Path, table: str, change: str) -> None:
    """Change the first row of the table as another program may."""
    with sqlite3.connect(path) as connection:
        connection.execute(f"UPDATE {table} SET {change} WHERE rowid = (SELECT min(rowid) FROM {table})")  # noqa: S608
    connection.close()


@pytest.mark.parametrize(("table", "change"), DAMAGE)
def test_one_row_that_cannot_be_read_costs_no_other(tmp_path: Path, table: str, change: str) -> None:
    """All other rows come, by every way of reading, and one is counted as unread."""
    path = tmp_path / "journal.sqlite"
    fill(path)
    with open_reader(path) as sound:
        before = sound.content(DAY, DAY)
        assert before.unread == sound.unread() == 0
    damage(path, table, change)
    with open_reader(path) as reader:
        after, stored = reader.content(DAY, DAY), reader.stored(DAY, DAY)
        assert after.unread == stored.unread == reader.unread() == reader.unread(DAY, DAY) == 1
        assert len(after.minutes) == len(stored.minutes) == len(list(stored.minutes)) == len(reader.minutes_of(DAY))
        assert len(after.minutes) + (table == "minutes") == len(before.minutes)
        assert len(reader.minutes(NINE, NINE + timedelta(hours=2))) == len(after.minutes)
        for name in ("events", "diary", "checks", "calibrations"):
            assert len(getattr(after, name)) + (name == table) == len(getattr(before, name))
        assert reader.profile_names()
        assert DAY in reader.days()


def test_a_row_that_no_table_takes_is_counted(tmp_path: Path) -> None:
    """One that the journal's reader takes and a reader of CSV would not (more seconds than a minute has, an entry that
    the diary does not allow) is left out of the files and told as well, once for each, in words, JSON and the head."""
    cli = Cli(tmp_path / "home")
    path = find_folders({"POSTUREWATCH_HOME": str(cli.home)}).make().journal_file
    fill(path)
    damage(path, "minutes", "valid_cs = 9000")
    damage(path, "diary", "kind = 'odd'")
    days, zip_file = ("--from", f"{DAY}", "--to", f"{DAY}"), tmp_path / "shared.zip"
    assert "2 rows of the journal are left out" in cli.run("share", str(zip_file), *days, "--yes").err
    with open_shared(zip_file, "") as archive:
        assert archive.manifest.left_out == ("unread 2",)
    assert cli.run("log", "--date", f"{DAY}", "--write", "--json").json["unread_rows"] == 1


def test_every_command_that_hands_on_tells_of_rows_left_out(tmp_path: Path) -> None:
    """report, share and log say how many; the shared file's head and its review say it too, and so does doctor."""
    cli = Cli(tmp_path / "home")
    path = find_folders({"POSTUREWATCH_HOME": str(cli.home)}).make().journal_file
    fill(path)
    damage(path, "minutes", "median_mil = 'far'")
    damage(path, "diary", "worst = 'bad'")
    days = ("--from", f"{DAY}", "--to", f"{DAY}")
    page, zip_file, review = (tmp_path / name for name in ("report.html", "shared.zip", "review.html"))
    told = "2 rows of the journal are left out"
    report = cli.run("report", *days, "--html", str(page))
    assert report.code == 0
    assert told in report.err
    assert told in page.read_text(encoding="utf-8")
    assert cli.run("report", *days, "--html", str(page), "--json").json["unread_rows"] == 2
    shared = cli.run("share", str(zip_file), *days, "--yes")
    assert shared.code == 0
    assert told in shared.out
    with open_shared(zip_file, "") as archive:
        assert archive.manifest.left_out == ("unread 2",)
    assert cli.run("review", str(zip_file), "--html", str(review)).code == 0
    assert told in review.read_text(encoding="utf-8")
    assert told in cli.run("log", "--date", f"{DAY}", "--write").err
    assert cli.run("log", "--date", f"{DAY}").code == 0
    (journal,) = [one for one in cli.run("doctor", "--json", code=None).json if one["part"] == "journal"]
    assert told in journal["says"]
