"""From an inbox folder of shared files into the lake.

Each file is opened with the suspicion of ``exchange.archive``, its tables checked by checksum and cell. One that is
refused is named with the reason and keeps nobody else's from being taken. Patients are worked on side by side, each by
one process; a file counts as taken in when its patient's facts and marts are on the disk, so that an intake which is
cut short is simply begun again.
"""

from __future__ import annotations

import hashlib
import logging
import multiprocessing
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from posturewatch.base.errors import DataError, PosturewatchError
from posturewatch.base.i18n import _, current_language, set_language
from posturewatch.base.outside import moment_of
from posturewatch.base.zones import offset_min
from posturewatch.exchange.archive import ExportArchive, is_encrypted, open_archive
from posturewatch.exchange.manifest import CALIBRATIONS, CHECKS, DIARY, EVENTS, MINUTES, Manifest
from posturewatch.exchange.origin import Origin
from posturewatch.exchange.review import consistent, read_tables
from posturewatch.exchange.signing import KnownKey, PublicKey, Standing, standing_of
from posturewatch.journal import rows
from posturewatch.practice import marts, quick_csv
from posturewatch.practice.facts import Facts, by_month, events_of, merged, of_file
from posturewatch.practice.lake import Lake
from posturewatch.practice.lake_tables import schema
from posturewatch.practice.register import Register

_TABLES: Final = (MINUTES, EVENTS, DIARY, CALIBRATIONS, CHECKS)
_SETTLE_EVERY: Final = 200
"""Patients after which what was taken in is counted as such, should the rest be cut short."""

_WORTH_IT: Final = 16
"""Patients from which on more than one process is begun: each takes a second to start."""

_LOG: Final = logging.getLogger(__name__)

_BY_MONTH: Final = ("minutes", "events", "diary", "checks")
_NO_MONTH: Final = 0
"""Calibrations lie outside the months: minutes of later months rest on them."""


@dataclass(frozen=True, slots=True)
class SharedJob:
    """A file to be taken in. ``source``: the number of its computer. ``signer``: whose key signed it, if one did.
    ``derived``: its days and FHIR, of which a lake takes nothing, are held against its minutes as well."""

    path: Path
    sha256: str
    source: int
    passphrase: str
    manifest: Manifest
    signer: PublicKey | None
    derived: bool = False


@dataclass(slots=True)
class Intake:
    """What came of it. ``known``: files that were taken in before. ``refused``: file name and reason."""

    files: int = 0
    known: int = 0
    patients: set[int] = field(default_factory=set)
    new_patients: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)


def take_inbox(
    lake: Lake,
    inbox: Path,
    passphrase: Callable[[Path], str],
    progress: Callable[[int, int], None] = lambda _done, _all: None,
    workers: int | None = None,
    *,
    compared: bool = False,
    derived: bool = False,
) -> Intake:
    """Take in the zip files of a folder. ``passphrase``: asked for each encrypted one. ``progress``: files done, all.
    ``compared``: people compared the words of keys that are new for a patient, so that those are not refused.
    ``derived``: see :class:`SharedJob`.

    Raises DataError where the folder cannot be read or the lake not be written.
    """
    with lake.alone():
        register = Register.read(lake)
        before = set(register.labels)
        told = Intake()
        jobs, count = _jobs(register, inbox, passphrase, told, derived=derived)
        if not compared:
            _refuse_doubtful(register, jobs, told)
        done = count - sum(map(len, jobs.values()))
        progress(done, count)
        finished: dict[int, list[SharedJob]] = {}
        for patient, outcome in _worked(lake, jobs, workers):
            told.refused += [(job.path.name, why) for job, why in zip(jobs[patient], outcome, strict=True) if why]
            taken = [job for job, why in zip(jobs[patient], outcome, strict=True) if not why]
            if taken:
                finished[patient] = taken
            done += len(jobs[patient])
            progress(done, count)
            if len(finished) >= _SETTLE_EVERY:
                _count(lake, register, finished, told)
        _count(lake, register, finished, told)
        told.new_patients = len(told.patients - before)
    return told


def shared_files(folder: Path) -> list[Path]:
    """The zip files of a folder; hidden ones are what a system or a download keeps beside them. Raises OSError."""
    found = (path for path in folder.iterdir() if path.suffix.lower() == ".zip" and not path.name.startswith("."))
    return sorted(path for path in found if path.is_file())


def sha256_of(path: Path) -> str:
    """A file's checksum, by which it is known again. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _jobs(
    register: Register, inbox: Path, passphrase: Callable[[Path], str], told: Intake, *, derived: bool
) -> tuple[dict[int, list[SharedJob]], int]:
    """What is to be done for each patient, and the number of all files in the folder."""
    try:
        paths = shared_files(inbox)
    except OSError as err:
        raise DataError(
            _("{path} cannot be read: {why}.").format(path=inbox, why=err.strerror or err),
            _("Give the folder into which shared files are put."),
        ) from err
    jobs: defaultdict[int, list[SharedJob]] = defaultdict(list)
    seen: set[str] = set()
    for path in paths:
        try:
            sha256 = sha256_of(path)
            if sha256 in register.files or sha256 in seen:
                told.known += 1
                continue
            seen.add(sha256)
            secret = passphrase(path) if is_encrypted(path) else ""
            with open_archive(path, secret) as archive:
                manifest, signer = archive.manifest, archive.signer
        except OSError as err:
            told.refused.append((path.name, str(err.strerror or err)))
            continue
        except PosturewatchError as err:
            told.refused.append((path.name, err.message))
            continue
        if not manifest.subject:
            told.refused.append((path.name, _("it does not say by whom it is")))
            continue
        source, patient = register.computer(manifest.subject)
        jobs[patient].append(SharedJob(path, sha256, source, secret, manifest, signer, derived))
    for patient in jobs:
        jobs[patient].sort(key=lambda job: moment_of(job.manifest.made_at).timestamp())
    return dict(jobs), len(paths)


def _refuse_doubtful(register: Register, jobs: dict[int, list[SharedJob]], told: Intake) -> None:
    """Take out the files that somebody else may have made: signed by another key than those of the same computer
    before, or no longer signed. In the order in which they were made, so that the first key is the person's."""
    for patient, some in list(jobs.items()):
        keys = {job.source: register.keys_of(job.source) for job in some}
        kept = []
        for job in some:
            known = keys[job.source]
            origin = Origin(job.path.name, job.manifest.subject, standing_of(job.signer, known), job.signer, known)
            if origin.doubtful:
                told.refused.append((job.path.name, origin.said()))
                continue
            kept.append(job)
            if job.signer is not None and origin.standing is Standing.FIRST:
                keys[job.source] = (KnownKey(job.signer, moment_of(job.manifest.made_at)),)
        jobs[patient] = kept
        if not kept:
            del jobs[patient]


def _worked(lake: Lake, jobs: dict[int, list[SharedJob]], workers: int | None) -> Iterable[tuple[int, list[str]]]:
    """Each patient and, for each of the jobs, why it was refused (empty: taken), as they get done."""
    left = dict(jobs)
    count = workers or os.cpu_count() or 1
    if count > 1 and len(jobs) >= _WORTH_IT:
        context = multiprocessing.get_context("spawn")  # threads of the libraries do not live through a fork
        try:
            with ProcessPoolExecutor(count, context, set_language, (current_language(),)) as pool:
                asked = {pool.submit(take_patient, lake, patient, some): patient for patient, some in jobs.items()}
                for one in as_completed(asked):
                    yield asked[one], one.result()
                    del left[asked[one]]
        except BrokenProcessPool:  # a program that was packed in a way that starts no second one: go on alone
            _LOG.warning("the processes of an intake ended; going on in one")
    for patient, some in left.items():
        yield patient, take_patient(lake, patient, some)


def take_patient(lake: Lake, patient: int, jobs: Sequence[SharedJob]) -> list[str]:
    """Take the files of one patient into the facts; for each why it was refused, empty where it was taken."""
    outcome = []
    new: Facts | None = None
    for job in jobs:
        try:
            found = _read(job)
        except PosturewatchError as err:
            outcome.append(err.message)
            continue
        outcome.append("")
        new = found if new is None else merged(new, found)
    if new is not None:
        add(lake, patient, new)
    return outcome


def add(lake: Lake, patient: int, new: Facts) -> None:
    """Join facts to what the lake has of a patient, in the months that they touch. Raises DataError."""
    months = {month for name in _BY_MONTH for month in by_month(getattr(new, name))}
    both = merged(read_facts(lake, patient, months), new)
    for name in _BY_MONTH:
        for month, table in by_month(getattr(both, name)).items():
            lake.write(lake.fact(name, patient, month), table)
    lake.write(lake.fact("calibrations", patient, _NO_MONTH), both.calibrations)


def read_facts(lake: Lake, patient: int, months: set[int] | None = None) -> Facts:
    """The facts of a patient, of these months or of all. Raises DataError."""
    import pyarrow as pa

    def found(name: str) -> pa.Table:
        there = lake.months(name, patient)
        kept = there if months is None or name == "calibrations" else [month for month in there if month in months]
        parts = [lake.read(lake.fact(name, patient, month), schema(name)) for month in kept]
        return pa.concat_tables([schema(name).empty_table(), *parts])

    return Facts(*(found(name) for name in (*_BY_MONTH, "calibrations")))


def _read(job: SharedJob) -> Facts:
    """The facts of a file; raises ImportRefusedError."""
    with open_archive(job.path, job.passphrase, job.manifest) as archive:
        noted = {note.name for note in archive.manifest.members}
        data = {name: _checked(archive, name) for name in _TABLES if name in archive.names() or name in noted}
        minutes = quick_csv.read_minutes(data[MINUTES]) if MINUTES in data else None
        events = quick_csv.read_events(data[EVENTS]) if EVENTS in data else None
        file = read_tables(job.path.name, archive, minutes, events_too=events is None)
        if job.derived:
            told = file if events is None else replace(file, content=replace(file.content, events=events_of(events)))
            consistent(told, archive)
        return of_file(file, job.source, events)


def _checked(archive: ExportArchive, name: str) -> bytes:
    """A member's bytes, which are those that the manifest notes. Raises ImportRefusedError."""
    data = archive.read(name) if name in archive.names() else b""
    note = archive.manifest.note(name)
    if note is None or (note.sha256, note.size) != (hashlib.sha256(data).hexdigest(), len(data)):
        archive.check([name])
    return data


def _count(lake: Lake, register: Register, finished: dict[int, list[SharedJob]], told: Intake) -> None:
    """Make the marts of those whose facts are in, and only then write down that their files were taken."""
    if not finished:
        return
    marts.refresh(lake, finished)
    for patient, jobs in finished.items():
        told.patients.add(patient)
        told.files += len(jobs)
        for job in jobs:
            head = job.manifest
            made = moment_of(head.made_at)
            register.files[job.sha256] = {
                "sha256": job.sha256,
                "name": job.path.name,
                "source": job.source,
                "patient": patient,
                "made_ms": rows.utc_ms(made),
                "made_offset_min": offset_min(made),
                "first_day": head.first_day,
                "last_day": head.last_day,
                "left_out": "\n".join(head.left_out),
                "app_version": head.app_version,
                "time_zone": head.time_zone,
                "signed_by": job.signer.raw.hex() if job.signer is not None else "",
                "path": str(job.path.absolute()),
            }
    lake.settle()
    register.write()
    finished.clear()
