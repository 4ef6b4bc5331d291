"""``posturewatch import``: an export, or a single CSV of one, brought back into the journal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Final, Protocol

from posturewatch.core.export import CALIBRATIONS, DIARY, EVENTS, MINUTES
from posturewatch.edges.archive import ExportArchive, file_lines, open_archive
from posturewatch.edges.journal import SqliteJournal
from posturewatch.edges.journal_import import Incoming, Taken, take_in
from posturewatch.edges.review_open import is_encrypted, open_shared
from posturewatch.errors import ImportRefusedError
from posturewatch.i18n import _
from posturewatch.records import CalibrationRow, DiaryEntry, Event, MinuteRow

_ZIP_START: Final = b"PK\x03\x04"


class TableReader(Protocol):
    """Reads CSV tables: the module ``posturewatch.report.csv_tables``, handed in by who may know both rooms."""

    def kind_of_head(self, head: str, /) -> str | None: ...
    def read_minutes(self, lines: Iterable[str], file: str, /) -> Iterator[MinuteRow]: ...
    def read_events(self, lines: Iterable[str], file: str, /) -> Iterator[Event]: ...
    def read_diary(self, lines: Iterable[str], file: str, /) -> Iterator[DiaryEntry]: ...
    def read_calibrations(self, lines: Iterable[str], file: str, /) -> Iterator[CalibrationRow]: ...


def import_file(path: Path, journal: SqliteJournal, tables: TableReader, passphrase: str = "") -> Taken:
    """Take a zip or CSV export into the journal, whole or not at all; says how many rows were new.

    ``passphrase``: of an encrypted zip. Raises ImportRefusedError (damaged, foreign, suspicious; with file, line and
    column where there is one) and JournalError.
    """
    if _is_zip(path):
        with open_shared(path, passphrase) if is_encrypted(path) else open_archive(path) as archive:
            return take_in(journal, _of_archive(archive, tables))
    return take_in(journal, _of_csv(path, tables))


def _is_zip(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(_ZIP_START)) == _ZIP_START
    except OSError as err:
        raise ImportRefusedError(
            _("{path} cannot be read: {why}.").format(path=path, why=err.strerror or err),
            _("Give a zip or CSV file that posturewatch wrote."),
        ) from err


def _of_archive(archive: ExportArchive, tables: TableReader) -> Incoming:
    """What the archive has of the four tables, checksums compared first. One may be missing: left out by choice."""
    present = [name for name in (CALIBRATIONS, MINUTES, EVENTS, DIARY) if name in archive.names()]
    noted = {note.name for note in archive.manifest.members}
    archive.check([*present, *(name for name in (CALIBRATIONS, MINUTES, EVENTS, DIARY) if name in noted)])

    def lines(name: str) -> tuple[Iterator[str], str]:
        return archive.lines(name), f"{archive.path.name}/{name}"

    return Incoming(
        calibrations=tables.read_calibrations(*lines(CALIBRATIONS)) if CALIBRATIONS in present else (),
        minutes=tables.read_minutes(*lines(MINUTES)) if MINUTES in present else (),
        events=tables.read_events(*lines(EVENTS)) if EVENTS in present else (),
        diary=tables.read_diary(*lines(DIARY)) if DIARY in present else (),
        subject=archive.manifest.subject,
    )


def _of_csv(path: Path, tables: TableReader) -> Incoming:
    lines = file_lines(path)
    head = next(lines, "")
    whole = chain((head,), lines)
    kind = tables.kind_of_head(head)
    if kind == "minutes":
        return Incoming(minutes=tables.read_minutes(whole, path.name))
    if kind == "events":
        return Incoming(events=tables.read_events(whole, path.name))
    if kind == "diary":
        return Incoming(diary=tables.read_diary(whole, path.name))
    if kind == "calibrations":
        return Incoming(calibrations=tables.read_calibrations(whole, path.name))
    raise ImportRefusedError(
        _("{file}, line 1: this is no table that posturewatch writes.").format(file=path.name),
        _("Give minutes, events, diary or calibrations as posturewatch wrote them; days are computed from minutes."),
    )
