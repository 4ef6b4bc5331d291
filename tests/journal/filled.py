"""A journal of some weeks with a word in every row that stands nowhere else."""

from __future__ import annotations

from datetime import timedelta

from fakes import FakeClock
from journal.rows_for_tests import NINE, calibration, event, headache, minute
from posturewatch.base.records import State, Step
from posturewatch.disk.folders import Folders
from posturewatch.exchange.day_files import day_files, week_of
from posturewatch.journal.daily_files import DailyFiles
from posturewatch.journal.writer import SqliteJournal

TODAY = NINE.date()
MARK = "UNMISTAKABLE-WORD"


def filled(folders: Folders, days: int = 40) -> SqliteJournal:
    """A journal with rows on each of the last ``days`` days, and their files."""
    journal = SqliteJournal(folders.journal_file, FakeClock())
    for ago in range(days, -1, -1):
        at = NINE - timedelta(days=ago)
        number = journal.add_calibration(calibration(at, body=f'"{MARK} {ago}"'))
        journal.add_minute(minute(at, calibration_id=number, profile=f"{MARK}-{ago}"))
        journal.add_event(event(at, outcome=f"{MARK}-{ago}"))
        journal.add_diary(headache(at, trigger=f"{MARK}-{ago}", note="n" * 500))
        journal.add_sample(at, Step(1.0, State.AWAY, None, False))
        monday, sunday = week_of(at.date())
        DailyFiles(folders.days).write(day_files(at.date(), journal.content(monday, sunday), "in"))
    return journal
