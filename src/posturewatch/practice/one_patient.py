"""One patient of the lake: their report, and their end in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from posturewatch.base.errors import DataError
from posturewatch.base.i18n import _
from posturewatch.base.quantities import Units
from posturewatch.disk.refusals import is_no_room
from posturewatch.disk.shredding import shred_all
from posturewatch.exchange.share import LEFT_DIARY, left_out_rows, left_out_words
from posturewatch.journal.rows import moment_of_ms
from posturewatch.practice import marts
from posturewatch.practice.facts import content_of
from posturewatch.practice.intake import add, read_facts, sha256_of, shared_files
from posturewatch.practice.lake import Lake
from posturewatch.practice.register import Register
from posturewatch.practice.worklist import span_of
from posturewatch.report.material import Material, gather


def material_of(lake: Lake, register: Register, patient: int, units: Units) -> Material:
    """What a patient's report is made of, over the weeks that their row speaks of; its time is that of their newest
    file. Raises DataError for an unknown number."""
    files = register.files_of(register.known(patient))
    span = span_of(lake, patient)
    if span is None or not files:
        raise DataError(_("Of patient {number} no day was watched.").format(number=patient))
    newest = files[-1]
    left = [row["left_out"].splitlines() for row in files]
    everywhere = sorted(part for part in set.intersection(*map(set, left)) if not part.startswith("days"))
    names = ", ".join(row["name"] for row in files)
    return gather(
        replace(content_of(read_facts(lake, patient)), unread=sum(map(left_out_rows, left))),
        first=span[0],
        last=span[1],
        made_at=moment_of_ms(newest["made_ms"], newest["made_offset_min"]),
        name=register.labels[patient],
        units=units,
        zone=newest["time_zone"],
        person=register.subject_of(patient),
        notes=(_("From the files taken in: {names}.").format(names=names), *left_out_words(everywhere)),
        diary_shared=any(LEFT_DIARY not in parts for parts in left),
        version=newest["app_version"],
    )


def join_patients(lake: Lake, other: int, patient: int) -> None:
    """``other`` is the same person: all facts become those of ``patient``. Raises DataError."""
    with lake.alone():
        register = Register.read(lake)
        if register.known(other) == register.known(patient):
            raise DataError(_("These are one patient already."))
        add(lake, patient, read_facts(lake, other))
        register.join(other, patient)
        lake.remove_facts(other)
        marts.refresh(lake, (other, patient))
        lake.settle()
        register.write()


def forget_patient(lake: Lake, patient: int, *, files_too: bool, note: Callable[[], None]) -> int:
    """Leave nothing of a patient in the lake; ``files_too``: nor the shared files that were taken in, where they still
    lie as they were, and their copies in the same folder. ``note`` writes down that it is done, before anything is; on
    a full disk once there is room. Returns how many files went. Raises DataError for an unknown number, for what cannot
    be noted and for what cannot be removed; it can then be begun again."""
    with lake.alone():
        register = Register.read(lake)
        files = register.files_of(register.known(patient))
        noted = _has_room(note)
        lake.remove_facts(patient)
        gone = shred_all(_copies(files) if files_too else ())
        for leftover in (lake.spill, lake.pages):
            lake.remove(leftover)
        if not noted:
            note()
        marts.refresh(lake, (patient,))  # writes anew what it held of others: with the room that this one took
        register.forget(patient)
        register.write()
        lake.settle()
    return gone


def _has_room(write: Callable[[], None]) -> bool:
    """Write it; no, where the disk is full. Raises DataError for any other reason."""
    try:
        write()
    except DataError as err:
        if err.__cause__ is None or not is_no_room(err.__cause__):
            raise
        return False
    return True


def _copies(files: Iterable[dict[str, str]]) -> Iterator[Path]:
    """The files where they were taken from, if they are still the same, and their copies beside them: one that was left
    would make the patient anew at the next intake."""
    wanted = {row["sha256"] for row in files}
    for folder in {Path(row["path"]).parent for row in files}:
        with suppress(OSError):
            yield from (path for path in shared_files(folder) if _sha256(path) in wanted)


def _sha256(path: Path) -> str:
    try:
        return sha256_of(path)
    except OSError:  # it cannot be said what it is
        return ""
