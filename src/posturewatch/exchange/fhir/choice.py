"""What kind of FHIR bundle is wished for, and under which identifier a clinic keeps the person."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from posturewatch.base.errors import UsageError
from posturewatch.base.i18n import _
from posturewatch.base.outside import OutsideError, checked_text

_MOST: Final = 200
_URI: Final = re.compile(r"[a-z][a-z0-9+.-]*:[^\s|\\,$]+", re.IGNORECASE)
_VALUE: Final = re.compile(r"[^|\\,$]+")
"""Signs that a FHIR search splits at may not stand in it: servers differ in how they escape them."""


@dataclass(frozen=True, slots=True)
class ClinicPatient:
    """Under which identifier a clinic keeps the person: ``system`` is a URI, ``value`` what stands in the file."""

    system: str
    value: str


@dataclass(frozen=True, slots=True)
class FhirChoice:
    """``patient`` adds the clinic's identifier, ``transaction`` makes the bundle one for the clinic's server (and needs
    ``patient``), ``pdf`` puts the report on paper in as a document."""

    patient: ClinicPatient | None = None
    transaction: bool = False
    pdf: bool = False


def clinic_patient(text: str) -> ClinicPatient:
    """``urn:oid:2.999.1|A-17`` or ``https://clinic.example/ids|A-17``. Raises UsageError."""
    system, bar, value = text.partition("|")
    try:
        system, value = checked_text(system.strip(), _MOST), checked_text(value.strip(), _MOST)
    except OutsideError as err:
        raise _unfit(text, str(err)) from err
    if not bar or not _URI.fullmatch(system) or not _VALUE.fullmatch(value):
        raise _unfit(text, _("an address of the numbering, a bar, and the number, as in urn:oid:2.999.1|A-17"))
    return ClinicPatient(system, value)


def _unfit(text: str, wanted: str) -> UsageError:
    return UsageError(
        _("{text} is no identifier that can be taken: I need {what}.").format(text=repr(text[:80]), what=wanted),
        _("The clinic can tell you both: how its numbers are called, and yours."),
    )
