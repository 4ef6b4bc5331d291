"""Shared files for the practice's tests: the tables of a generated journal in a zip, without the pages and the PDF."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

from Cryptodome.PublicKey import ECC

from generate_journal import generate
from posturewatch.base.records import DiaryEntry, Event, EventKind
from posturewatch.core.history.journal_content import JournalContent
from posturewatch.exchange import csv_tables
from posturewatch.exchange import manifest as names
from posturewatch.exchange.archive import write_archive
from posturewatch.exchange.check_table import checks_csv
from posturewatch.exchange.csv_cells import encode
from posturewatch.exchange.manifest import Manifest
from posturewatch.exchange.signing import SigningKey
from report.checks_for_tests import check as check_rows

LAST = date(2026, 11, 20)
FIRST = LAST - timedelta(days=83)
MADE = datetime(2026, 11, 20, 21, 0, tzinfo=UTC)


def journal(seed: int, weeks: int = 12, until: date = LAST) -> JournalContent:
    """A generated journal's content."""
    made = generate(seed, weeks, until)
    return JournalContent.of(made.minutes, made.events, made.diary, made.calibrations)


def uneven(seed: int) -> JournalContent:
    """A journal in which some days are untied, some half tied, some silent about it, some short, some without errors,
    and breaks come in every order."""
    made = generate(seed, 12, LAST)
    minutes = []
    for row in made.minutes:
        day = row.start.toordinal()
        tied = (True, False, None, row.start.hour < 10, True, True)[day % 6]
        if day % 5 == 0 and row.start.hour >= 10:
            continue
        se = None if day % 7 == 0 else row.fht_se_in
        minutes.append(replace(row, tied=tied, fht_se_in=se))
    kinds = (EventKind.BREAK_DUE, EventKind.BREAK_TAKEN, EventKind.BREAK_POSTPONED, EventKind.BREAK_NATURAL)
    events = [
        replace(event, kind=kinds[place * 7 % 4]) if event.kind in kinds and place % 3 == 0 else event
        for place, event in enumerate(made.events)
    ]
    outcomes = ("offered", "done", "offered", "skipped", "offered", "worse")
    events += [
        Event(event.at, EventKind.EXERCISE, outcomes[place % 6], "gentle_nod 1 a plan")
        for place, event in enumerate(made.events)
        if event.kind is EventKind.BREAK_DUE
    ]
    checks = [row for days in (70, 20, 3) for row in check_rows(MADE - timedelta(days=days))]
    return JournalContent.of(minutes, sorted(events, key=lambda event: event.at), made.diary, made.calibrations, checks)


def with_note(content: JournalContent, note: str) -> JournalContent:
    """The same with a word in the diary."""
    at = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
    return replace(content, diary=(*content.diary, DiaryEntry(at, at, "headache", 60, 5, note=note)))


@cache
def key_of(name: str) -> SigningKey:
    """A key of somebody's own."""
    return SigningKey(ECC.generate(curve="ed25519"))


def share(
    folder: Path,
    name: str,
    content: JournalContent,
    subject: str,
    made_at: datetime = MADE,
    *,
    passphrase: str = "",
    key: str = "",
) -> Path:
    """Write a shared file of all that a content holds, signed by the key of this name; else by the subject's."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    members = (
        (names.MINUTES, encode(csv_tables.minutes_csv(content.minutes))),
        (names.EVENTS, encode(csv_tables.events_csv(content.events))),
        (names.CHECKS, encode(checks_csv(content.checks))),
        (names.DIARY, encode(csv_tables.diary_csv(content.diary))),
        (names.CALIBRATIONS, encode(csv_tables.calibrations_csv(content.calibrations))),
    )
    head = Manifest("0.0", made_at.isoformat(), "UTC", FIRST.isoformat(), LAST.isoformat(), subject)
    write_archive(path, members, head, key_of(key or subject), passphrase)
    return path
