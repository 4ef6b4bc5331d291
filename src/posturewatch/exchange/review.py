"""The therapist's side: shared files of one person become one report. Pure: tables in, material out.

Where two files of one computer hold the same day, the file that was made last speaks for that day; several computers
of one person add up. The report says so.
Files of different people are refused, all of them: numbers of two people must never be averaged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from posturewatch import __version__
from posturewatch.base.errors import ConfigError, ImportRefusedError
from posturewatch.base.i18n import _, ngettext
from posturewatch.base.movement import MovementRow
from posturewatch.base.quantities import Units
from posturewatch.base.records import CalibrationRow, DiaryEntry, Event
from posturewatch.core.history.journal_content import JournalContent, is_generated_mark
from posturewatch.core.history.minute_table import MinuteTable
from posturewatch.core.history.minutes import Minutes
from posturewatch.core.history.packed_minutes import PackedMinutes
from posturewatch.disk.files import SMALL_BYTES
from posturewatch.exchange import csv_tables
from posturewatch.exchange.archive import ExportArchive
from posturewatch.exchange.check_table import read_checks
from posturewatch.exchange.derived import differences
from posturewatch.exchange.manifest import (
    CALIBRATIONS,
    CHECKS,
    DAYS,
    DIARY,
    EVENTS,
    FHIR,
    FORMAT_VERSION,
    MINUTES,
    PLAN,
    Manifest,
)
from posturewatch.exchange.origin import Origin
from posturewatch.exchange.share import LEFT_DIARY, left_out_days, left_out_rows, left_out_words
from posturewatch.exchange.signing import PublicKey, check_signature
from posturewatch.report.material import Material, gather

if TYPE_CHECKING:
    from posturewatch.base.plan import PlanInForce

_LONGEST_DAYS = 14_610
"""Forty years: no honest file covers more, and each day costs memory."""


@dataclass(frozen=True, slots=True)
class SharedFile:
    """One shared file, read. ``name`` is the file's own. ``differing``: what it says beside its minutes and does not
    follow from them."""

    name: str
    manifest: Manifest
    content: JournalContent
    plan: PlanInForce | None = None
    differing: tuple[str, ...] = ()

    @property
    def made_at(self) -> datetime:
        """When the share was made."""
        return datetime.fromisoformat(self.manifest.made_at)

    @property
    def first(self) -> date:
        """The share's first day."""
        return date.fromisoformat(self.manifest.first_day)

    @property
    def last(self) -> date:
        """The share's last day."""
        return date.fromisoformat(self.manifest.last_day)


def read_tables(
    name: str, opened: ExportArchive, minutes: MinuteTable | None = None, *, events_too: bool = True
) -> SharedFile:
    """Read the tables of an opened file and nothing else of it; ``minutes``: where somebody has read them already.
    ``events_too``: no, where somebody has read the events.

    Raises ImportRefusedError with file, line and column.
    """
    present = opened.names()

    def lines(member: str) -> tuple[Iterable[str], str]:
        return opened.lines(member), f"{name}/{member}"

    if MINUTES not in present:
        raise _refused(name, _("it holds no minutes"))
    content = JournalContent(
        PackedMinutes(csv_tables.read_minutes(*lines(MINUTES))).stored() if minutes is None else minutes,
        tuple(csv_tables.read_events(*lines(EVENTS)) if EVENTS in present and events_too else ()),
        tuple(csv_tables.read_diary(*lines(DIARY)) if DIARY in present else ()),
        tuple(csv_tables.read_calibrations(*lines(CALIBRATIONS)) if CALIBRATIONS in present else ()),
        tuple(read_checks(*lines(CHECKS)) if CHECKS in present else ()),
    )
    plan = _plan(name, opened) if PLAN in present else None
    read = SharedFile(name, opened.manifest, content, plan)
    if read.made_at.tzinfo is None or not timedelta(0) <= read.last - read.first <= timedelta(_LONGEST_DAYS):
        raise _refused(name, _("its manifest names impossible dates"))
    return read


def read_shared(name: str, opened: ExportArchive) -> SharedFile:
    """Read the tables of an opened file, and hold what else it says against its minutes.

    Raises ImportRefusedError with file, line and column, and as :func:`consistent` does.
    """
    return consistent(read_tables(name, opened), opened)


def consistent(file: SharedFile, opened: ExportArchive) -> SharedFile:
    """The file, its days and FHIR held against its minutes. Raises ImportRefusedError where they say otherwise though
    this very version wrote them."""
    if not {DAYS, FHIR}.intersection(opened.names()):
        return file
    own = (file.manifest.format_version, file.manifest.app_version) == (FORMAT_VERSION, __version__)
    found = differences(opened, _material_of(file), whole=own)
    if found and own:
        raise _refused(file.name, _("what it says does not follow from its minutes ({what})").format(what=found[0]))
    return replace(file, differing=found)


def _material_of(file: SharedFile) -> Material:
    """What the file's own report was made of, as far as it concerns numbers."""
    return gather(
        file.content,
        first=file.first,
        last=file.last,
        made_at=file.made_at,
        zone=file.manifest.time_zone,
        person=file.manifest.subject,
        diary_shared=LEFT_DIARY not in file.manifest.left_out,
        version=file.manifest.app_version,
        plan=file.plan,
        only_tables=True,
    )


def _plan(name: str, opened: ExportArchive) -> PlanInForce:
    """The plan that was in force with the person, its signature checked if it has one. Raises ImportRefusedError."""
    from posturewatch.config.plan_file import PURPOSE, accepted_of_text, plan_of_text

    place = Path(name) / PLAN
    try:
        text = opened.read(PLAN, SMALL_BYTES).decode("utf-8")
        taken = accepted_of_text(place, text)
        found = plan_of_text(place, taken.text, look_at_pictures=False)
    except (ConfigError, UnicodeDecodeError) as err:
        raise _refused(name, str(err)) from err
    if not found.signature:
        return replace(taken, signer="")
    return replace(
        taken, signer=check_signature(found.signature.encode(), PURPOSE, found.signed_bytes, str(place)).raw.hex()
    )


def join(
    files: Sequence[SharedFile],
    origins: Sequence[Origin] = (),
    *,
    units: Units = "in",
    name: str = "",
    first: date | None = None,
    last: date | None = None,
    since: date | None = None,
) -> Material:
    """One report of all files, which says who signed them. Raises ImportRefusedError where they are of different
    people.

    ``origins``: one for each file, or none. Of the files of one computer the one made last speaks for a day, but one in
    doubt only where no other does; several computers add up, and of a minute the one that saw more of it speaks (as in
    ``practice.facts``). The report's time is that of the newest file, in doubt only if all are. ``since``:
    the date of a visit.
    """
    if not files:
        raise _refused("–", _("no file was given"))
    sources = [(not origin.doubtful, origin.public) for origin in origins] or [(True, None)] * len(files)
    placed = sorted(zip(sources, files, strict=True), key=lambda one: (one[0][0], one[1].made_at))
    ordered = [file for _source, file in placed]
    for file in ordered[1:]:
        if file.manifest.subject != ordered[0].manifest.subject or not file.manifest.subject:
            raise _refused(
                file.name,
                _("it is of another person than {other}, and people are not mixed").format(other=ordered[0].name),
            )
    newest = ordered[-1]
    numbers, calibrations = _renumber(ordered)
    owners, shared_days = _owners(ordered, [source for source, _file in placed])
    trusted = [trust for trust, _key in sources]
    doubts = _doubts(origins, mixed=any(trusted))
    notes = _notes(ordered, None if any(trusted) and not all(trusted) else shared_days)
    return gather(
        JournalContent(
            _minutes(ordered, numbers, owners),
            _events(ordered, owners),
            _diary(ordered),
            calibrations,
            _checks(ordered),
            sum(left_out_rows(file.manifest.left_out) for file in ordered),
        ),
        first=first or min(file.first for file in ordered),
        last=last or max(file.last for file in ordered),
        made_at=newest.made_at,
        name=name,
        units=units,
        zone=newest.manifest.time_zone,
        person=newest.manifest.subject,
        notes=(
            *(origin.with_advice() for origin in origins if not origin.doubtful),
            *notes,
        ),
        warnings=(*doubts, *_differing(ordered)),
        since=since,
        diary_shared=any(LEFT_DIARY not in file.manifest.left_out for file in ordered),
        version=newest.manifest.app_version,
        plan=next((file.plan for file in reversed(ordered) if file.plan is not None), None),
    )


def _doubts(origins: Sequence[Origin], *, mixed: bool) -> tuple[str, ...]:
    """Which files are in doubt; ``mixed``: beside others that are not, which speak where they have the same day."""
    said = tuple(origin.with_advice() for origin in origins if origin.doubtful)
    return (*said, _("Its days are taken only where no other file has them.")) if said and mixed else said


def _differing(files: Sequence[SharedFile]) -> tuple[str, ...]:
    """What differs from the minutes in files of other versions."""
    said = _("{file}, written by posturewatch {version}: its days or FHIR differ from its minutes ({what}).")
    return tuple(
        said.format(file=file.name, version=file.manifest.app_version, what=what)
        for file in files
        for what in file.differing
    )


def _renumber(files: Sequence[SharedFile]) -> tuple[list[dict[int, int | None]], tuple[CalibrationRow, ...]]:
    """For each file its calibrations' numbers in the report, by those in the file; and the calibrations. The same one
    has one number in all files, and none that another has: two computers may use a number twice. Those of the first
    file stay as they are."""
    known: dict[tuple[datetime, float, int], CalibrationRow] = {}
    taken: set[int] = set()
    all_numbers = []
    for file in files:
        numbers: dict[int, int | None] = {}
        for row in file.content.calibrations:
            free = row.id if row.id is not None and row.id not in taken else max(taken, default=0) + 1
            kept = known.setdefault((row.at, row.repeatability_in, row.frames), replace(row, id=free))
            taken.add(kept.id or free)
            if row.id is not None:
                numbers[row.id] = kept.id
        all_numbers.append(numbers)
    return all_numbers, tuple(known.values())


def _minutes(
    files: Sequence[SharedFile], numbers: Sequence[Mapping[int, int | None]], owners: Mapping[date, Sequence[int]]
) -> Minutes:
    """The minutes of each day from the files that speak for it, with the report's numbers of calibrations."""
    first = files[0].content.minutes
    if len(files) == 1 and all(numbers[0].get(number) == number for number in first.calibration_ids()):
        return first  # nobody holds years of them twice
    joined = PackedMinutes()
    for number, file in enumerate(files):
        own = (day for day, whose in owners.items() if whose == (number,))
        for table in file.content.minutes.on(own).by_weeks():
            joined.add(table.with_calibrations(numbers[number]))
    for day, whose in owners.items():
        if len(whose) > 1:
            parts = (files[one].content.minutes.of_days(day, day).with_calibrations(numbers[one]) for one in whose)
            joined.add(_fullest(MinuteTable.joined(parts)))
    return joined.stored()


def _fullest(minutes: MinuteTable) -> MinuteTable:
    """Of each minute the row that saw most of it."""
    order = np.lexsort((-minutes.measured_s, minutes["minute"]))
    _minutes, first = np.unique(minutes["minute"][order], return_index=True)
    keep = np.zeros(len(minutes), dtype=bool)
    keep[order[first]] = True
    return minutes.where(keep)


def _owners(
    files: Sequence[SharedFile], sources: Sequence[tuple[bool, PublicKey | None]]
) -> tuple[dict[date, tuple[int, ...]], int]:
    """Which files speak for each day (of each computer the last made that has the day; one in doubt where no other
    does), and how many days several files have. ``files``: those in doubt first; ``sources``: whether each is
    trusted, and its computer's key."""
    owners: dict[date, dict[PublicKey | None, int]] = {}
    twice = set()
    for number, (file, (trusted, key)) in enumerate(zip(files, sources, strict=True)):
        for day in file.content.minutes.days():
            before = owners.get(day, {})
            if before:
                twice.add(day)
            kept = {whose: one for whose, one in before.items() if trusted and sources[one][0]}
            owners[day] = kept | {key: number}
    return {day: tuple(whose.values()) for day, whose in owners.items()}, len(twice)


def _events(files: Sequence[SharedFile], owners: Mapping[date, Sequence[int]]) -> tuple[Event, ...]:
    """Events of the days' owners; days that nobody owns (no minute) give what each file has, once."""
    kept: dict[Event, None] = {}
    for number, file in enumerate(files):
        for event in file.content.events:
            if is_generated_mark(event) or number in owners.get(event.at.date(), (number,)):
                kept[event] = None
    return tuple(sorted(kept, key=lambda event: event.at))


def _checks(files: Sequence[SharedFile]) -> tuple[MovementRow, ...]:
    """Each result of a movement check once, from the last file that has it."""
    found = {(row.at, row.movement): row for file in files for row in file.content.checks}
    return tuple(sorted(found.values(), key=lambda row: row.at))


def _diary(files: Sequence[SharedFile]) -> tuple[DiaryEntry, ...]:
    """The diary of each day from the last file that has entries for it."""
    by_day: dict[date, tuple[int, list[DiaryEntry]]] = {}
    for number, file in enumerate(files):
        for entry in file.content.diary:
            day = entry.at.date()
            if day not in by_day or by_day[day][0] != number:
                by_day[day] = (number, [])
            by_day[day][1].append(entry)
    entries = (entry for _number, noted in by_day.values() for entry in noted)
    return tuple(sorted(entries, key=lambda entry: entry.at))


def _notes(files: Sequence[SharedFile], shared_days: int | None) -> tuple[str, ...]:
    """What the reader must know about where the numbers come from. ``shared_days``: in more than one file; None where
    another sentence says which file speaks for them."""
    notes = []
    if len(files) > 1:
        joined = ngettext("Joined from {n} file: {names}.", "Joined from {n} files: {names}.", len(files))
        notes.append(joined.format(n=len(files), names=", ".join(file.name for file in files)))
        if shared_days:
            notes.append(
                ngettext(
                    "{n} day is in more than one of them; of one computer's files the one made last speaks for it, and "
                    "computers add up.",
                    "{n} days are in more than one of them; of one computer's files the one made last speaks for each, "
                    "and computers add up.",
                    shared_days,
                ).format(n=shared_days)
            )
        elif shared_days == 0:
            notes.append(_("No day is in more than one of them."))
    left_days = frozenset[date]().union(*(left_out_days(file.manifest.left_out) for file in files))
    had = {day for file in files for day in file.content.minutes.days()}
    gone = sorted(left_days - had)
    texts = [part for file in files for part in file.manifest.left_out if not part.startswith("days")]
    everywhere = [part for part in dict.fromkeys(texts) if all(part in file.manifest.left_out for file in files)]
    if gone:
        everywhere.append(" ".join(("days", *(day.isoformat() for day in gone))))
    return (*notes, *left_out_words(everywhere))


def _refused(name: str, why: str) -> ImportRefusedError:
    return ImportRefusedError(
        _("{path} is refused: {why}.").format(path=name, why=why),
        _("Give files as one person's posturewatch wrote them."),
    )
