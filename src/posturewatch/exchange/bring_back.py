"""``posturewatch import``: an export, or a single CSV of one, brought back into the journal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Final

from posturewatch.base.errors import ImportRefusedError
from posturewatch.base.i18n import _
from posturewatch.base.records import JournalRow
from posturewatch.exchange import csv_tables
from posturewatch.exchange.archive import ExportArchive, check_file, file_lines, open_archive
from posturewatch.exchange.csv_cells import refused as refused_at
from posturewatch.exchange.manifest import CALIBRATIONS, CHECKS, DIARY, EVENTS, MINUTES
from posturewatch.exchange.origin import Origin, origin_of, remember
from posturewatch.exchange.signing import KnownKeys
from posturewatch.journal.take_in import Taken, take_in
from posturewatch.journal.writer import SqliteJournal

_ZIP_START: Final = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Brought:
    """What was new in the journal, and who signed the file; a single table is signed by nobody (None)."""

    taken: Taken
    origin: Origin | None


def import_file(
    path: Path, journal: SqliteJournal, known: KnownKeys, passphrase: str = "", *, mine: bool = False
) -> Brought:
    """Take a zip or CSV export into the journal, whole or not at all; says how many rows were new.

    ``known``: the keys of earlier files, to which a first one's is added. ``passphrase``: of an encrypted zip.
    ``mine``: the person says that a file with another number, or of which another computer's key, or none, speaks
    though one is known, is theirs, or a single table, which has neither. Raises ImportRefusedError (damaged, changed,
    foreign, suspicious; with file, line and column where there is one), JournalError, and DataError where the memory of
    keys is damaged.
    """
    if not _is_zip(path):
        table = _of_csv(path)
        if not mine:
            raise ImportRefusedError(
                _("{file} is a single table, which does not say whose it is.").format(file=path.name),
                _("Nothing was taken in. If it is yours, give --mine; another person's file is for `review`."),
            )
        return Brought(take_in(journal, table), None)
    now = datetime.fromtimestamp(journal.now_ms() / 1000, UTC)
    with open_archive(path, passphrase) as archive:
        origin = origin_of(archive, known, now if mine else None)
        if origin.doubtful and not mine:
            raise ImportRefusedError(
                origin.said(), _("Nothing was taken in. If you made this file yourself, give --mine.")
            )
        taken = take_in(journal, _of_archive(archive), archive.manifest.subject, mine=mine)
    remember((origin,), known, now)
    return Brought(taken, origin)


def _is_zip(path: Path) -> bool:
    check_file(path)
    try:
        with path.open("rb") as file:
            return file.read(len(_ZIP_START)) == _ZIP_START
    except OSError as err:
        raise ImportRefusedError(
            _("{path} cannot be read: {why}.").format(path=path, why=err.strerror or err),
            _("Give a zip or CSV file that posturewatch wrote."),
        ) from err


_MEMBERS: Final = {"calibrations": CALIBRATIONS, "minutes": MINUTES, "events": EVENTS, "diary": DIARY, "checks": CHECKS}
"""The tables of an export, in the order in which they are taken in."""


def _of_archive(archive: ExportArchive) -> Iterator[JournalRow]:
    """What the archive has of these tables, checksums compared first. One may be missing: left out by choice."""
    present = {kind: name for kind, name in _MEMBERS.items() if name in archive.names()}
    noted = {note.name for note in archive.manifest.members}
    archive.check([*present.values(), *(name for name in _MEMBERS.values() if name in noted)])
    for kind, name in present.items():
        yield from csv_tables.read_table(kind, archive.lines(name), f"{archive.path.name}/{name}")


def _of_csv(path: Path) -> Iterator[JournalRow]:
    lines = file_lines(path)
    head = next(lines, "")
    kind = csv_tables.kind_of_head(head)
    if kind is None:
        if any(csv_tables.kind_of_head(head.replace(sign, ",")) for sign in ";\t"):
            why = _("a comma is wanted between the cells; a spreadsheet has saved it with another sign")
            raise refused_at(path.name, 1, None, why)
        raise _no_table(path)
    return csv_tables.read_table(kind, chain((head,), lines), path.name)


def _no_table(path: Path) -> ImportRefusedError:
    return ImportRefusedError(
        _("{file}, line 1: this is no table that posturewatch writes.").format(file=path.name),
        _("Give minutes, events, diary, calibrations or checks as posturewatch wrote them; days are computed anew."),
    )
