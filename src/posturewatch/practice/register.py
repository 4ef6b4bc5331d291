"""Who is in the lake: patients by a number of the practice's own, the computers that are theirs, the files taken in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from posturewatch.base.errors import DataError
from posturewatch.base.i18n import _
from posturewatch.base.outside import OutsideError, checked_text
from posturewatch.exchange.signing import KnownKey, PublicKey
from posturewatch.journal.rows import moment_of_ms
from posturewatch.practice.lake import Lake
from posturewatch.practice.lake_tables import schema

MAX_LABEL: Final = 80

Row = dict[str, Any]


@dataclass(slots=True)
class Register:
    """``labels``: what the practice calls a patient, by number. ``cohorts``: the one group that some belong to (an
    employer, a study). ``computers``: (source, patient) by the random number
    that a computer's journal has. ``files``: rows as in ``tables``, by checksum. ``last``: the highest number that was
    ever given to a patient; none is given twice, so that the log of who opened what speaks of one person."""

    lake: Lake
    labels: dict[int, str] = field(default_factory=dict)
    cohorts: dict[int, str] = field(default_factory=dict)
    computers: dict[str, tuple[int, int]] = field(default_factory=dict)
    files: dict[str, Row] = field(default_factory=dict)
    last: int = 0

    @classmethod
    def read(cls, lake: Lake) -> Self:
        """The register as it is on the disk. Raises DataError."""

        def found(table: str) -> list[Row]:
            return list(lake.read(lake.register(table), schema(table)).to_pylist())

        patients = found("patients")
        return cls(
            lake,
            {row["patient"]: row["label"] for row in patients if row["label"] is not None},
            {row["patient"]: row["cohort"] for row in patients if row["cohort"]},
            {row["subject"]: (row["source"], row["patient"]) for row in found("subjects")},
            {row["sha256"]: row for row in found("files")},
            max((row["patient"] for row in patients), default=0),
        )

    def write(self) -> None:
        """Put it on the disk: those of whom a file was taken, for one that was refused makes nobody a patient. Raises
        DataError."""
        there = {row["patient"] for row in self.files.values()}
        patients = [
            {"patient": number, "label": label, "cohort": self.cohorts.get(number, "")}
            for number, label in sorted(self.labels.items())
            if number in there
        ]
        self.last = max((self.last, *there))
        if self.last not in there:
            patients.append({"patient": self.last, "label": None, "cohort": None})
        tables: Mapping[str, Iterable[Row]] = {
            "patients": patients,
            "subjects": [
                {"subject": subject, "source": source, "patient": patient}
                for subject, (source, patient) in sorted(self.computers.items())
                if patient in there
            ],
            "files": list(self.files.values()),
        }
        import pyarrow as pa

        for name, rows in tables.items():
            self.lake.write(self.lake.register(name), pa.Table.from_pylist(list(rows), schema=schema(name)))

    def computer(self, subject: str) -> tuple[int, int]:
        """Source and patient of a journal's number; a new one of both where it was never seen."""
        if subject not in self.computers:
            source = max((source for source, _patient in self.computers.values()), default=0) + 1
            patient = max((self.last, *self.labels)) + 1
            self.computers[subject] = (source, patient)
            self.labels[patient] = ""
        return self.computers[subject]

    def known(self, patient: int) -> int:
        """The number itself. Raises DataError for one that is nobody's."""
        if patient not in self.labels:
            raise DataError(
                _("There is no patient {number}.").format(number=patient),
                _("`posturewatch practice worklist` lists them."),
            )
        return patient

    def name(self, patient: int, label: str) -> None:
        """Call a patient so. Raises DataError for an unknown number and for a text that cannot be kept."""
        self.labels[self.known(patient)] = _text(label)

    def group(self, patient: int, cohort: str) -> None:
        """Put a patient into this group and out of any other; empty: into none. Raises DataError as :meth:`name`."""
        self.cohorts[self.known(patient)] = _text(cohort)

    def subject_of(self, patient: int) -> str:
        """The number of the patient's first computer: by it FHIR knows them. Raises DataError for an unknown one."""
        self.known(patient)
        theirs = ((source, subject) for subject, (source, whose) in self.computers.items() if whose == patient)
        return min(theirs)[1]

    def files_of(self, patient: int) -> list[Row]:
        """The files of a patient, by when they were made."""
        return sorted((row for row in self.files.values() if row["patient"] == patient), key=lambda row: row["made_ms"])

    def keys_of(self, source: int) -> tuple[KnownKey, ...]:
        """The keys by which files of this computer were signed, each with when the first of them was made."""
        first: dict[str, int] = {}
        for row in self.files.values():
            if row["source"] == source and row["signed_by"]:
                first[row["signed_by"]] = min(row["made_ms"], first.get(row["signed_by"], row["made_ms"]))
        return tuple(
            KnownKey(PublicKey(bytes.fromhex(key)), moment_of_ms(made_ms, 0)) for key, made_ms in first.items()
        )

    def join(self, other: int, patient: int) -> None:
        """``other`` is the same person as ``patient``, whose number stays."""
        self.computers = {
            subject: (source, patient if whose == other else whose)
            for subject, (source, whose) in self.computers.items()
        }
        for row in self.files.values():
            if row["patient"] == other:
                row["patient"] = patient
        self.labels[patient] = self.labels[patient] or self.labels[other]
        self.cohorts[patient] = self.cohorts.get(patient) or self.cohorts.get(other, "")
        del self.labels[other]
        self.cohorts.pop(other, None)

    def forget(self, patient: int) -> None:
        """Drop all that is known of a patient."""
        self.labels.pop(patient, None)
        self.cohorts.pop(patient, None)
        self.computers = {subject: pair for subject, pair in self.computers.items() if pair[1] != patient}
        self.files = {sha: row for sha, row in self.files.items() if row["patient"] != patient}


def _text(typed: str) -> str:
    try:
        return checked_text(typed.strip(), MAX_LABEL)
    except OutsideError as err:
        raise DataError(_("The name cannot be kept: I need {what}.").format(what=err)) from err
