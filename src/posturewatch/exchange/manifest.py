"""What an export is: its members' names, and the manifest that says what they are and that they are whole. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final

from posturewatch.base.errors import ImportRefusedError
from posturewatch.base.i18n import _
from posturewatch.base.outside import checked_text, day_of, moment_of

FORMAT: Final = "posturewatch-export"
FORMAT_VERSION: Final = 3
"""Rises when an older program could no longer read the export; kept apart from the journal's own schema."""

SIGNED_SINCE: Final = 3
"""From this format on every export is signed; one without its signature had it taken away."""

PURPOSE: Final = "share"
"""What the signature of a manifest is for."""

MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "signature.json"
"""Over the bytes of the manifest, which holds the checksums of all other members."""

MINUTES: Final = "data/minutes.csv"
EVENTS: Final = "data/events.csv"
DIARY: Final = "data/diary.csv"
PLAN: Final = "plan.toml"
CALIBRATIONS: Final = "data/calibrations.csv"
CHECKS: Final = "data/checks.csv"
DAYS: Final = "data/days.csv"
DICTIONARY: Final = "data/data_dictionary.csv"
REPORT_HTML: Final = "report.html"
REPORT_PDF: Final = "report.pdf"
FHIR: Final = "fhir/bundle.json"

MAX_MEMBERS: Final = 64

LEFT_UNREAD: Final = "unread"
"""In ``left_out``, before a number: so many rows of the journal are in no table, because nobody can read them."""

_HASH: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class MemberNote:
    """A member's checksum (SHA-256, hexadecimal) and length in bytes."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class CalibrationSummary:
    """A calibration as the manifest names it; the whole of it stands in data/calibrations.csv."""

    id: int | None
    at: str
    profile: str
    repeatability_in: float
    frames: int
    view: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The head of an export. ``made_at`` is ISO 8601 with its offset; ``left_out`` names what was not shared;
    ``format_version`` is that of the program that wrote it."""

    app_version: str
    made_at: str
    time_zone: str
    first_day: str
    last_day: str
    subject: str
    left_out: tuple[str, ...] = ()
    generated: bool = False
    calibrations: tuple[CalibrationSummary, ...] = ()
    members: tuple[MemberNote, ...] = ()
    format_version: int = FORMAT_VERSION

    def to_json(self) -> str:
        """The text of manifest.json."""
        body = {"format": FORMAT, "format_version": self.format_version} | asdict(self)
        return json.dumps(body, indent=2, ensure_ascii=False) + "\n"

    def note(self, name: str) -> MemberNote | None:
        """What the manifest says about a member."""
        return next((member for member in self.members if member.name == name), None)


def parse_manifest(text: str) -> Manifest:
    """Inverse of :meth:`Manifest.to_json`; raises ImportRefusedError for a foreign or newer or damaged one."""
    try:
        body = json.loads(text)
    except (ValueError, RecursionError) as err:
        raise _refused(_("{name} is not JSON.").format(name=MANIFEST)) from err
    if not isinstance(body, dict) or body.get("format") != FORMAT:
        raise _refused(_("This is no export of posturewatch."))
    version = body.get("format_version")
    if not isinstance(version, int) or version > FORMAT_VERSION:
        raise ImportRefusedError(
            _("The export is of format {theirs}; this posturewatch knows {ours}.").format(
                theirs=version, ours=FORMAT_VERSION
            ),
            _("Install a later posturewatch."),
        )
    try:
        return _manifest(body)
    except (KeyError, TypeError, ValueError) as err:
        raise _refused(_("{name} is damaged ({why}).").format(name=MANIFEST, why=err)) from err


def _manifest(body: dict[str, Any]) -> Manifest:
    members = tuple(_member(entry) for entry in _some(body["members"]))
    if len({member.name for member in members}) != len(members):
        raise ValueError(_("a member is named twice"))
    moment_of(_text(body["made_at"]))
    for day in (body["first_day"], body["last_day"]):
        day_of(_text(day))
    return Manifest(
        app_version=_text(body["app_version"]),
        made_at=_text(body["made_at"]),
        time_zone=_text(body["time_zone"]),
        first_day=_text(body["first_day"]),
        last_day=_text(body["last_day"]),
        subject=_text(body["subject"]),
        left_out=tuple(_text(part) for part in _some(body["left_out"])),
        generated=body["generated"] is True,
        calibrations=tuple(_calibration(entry) for entry in _some(body["calibrations"], most=10_000)),
        members=members,
        format_version=body["format_version"],
    )


def _member(entry: Any) -> MemberNote:
    note = MemberNote(_text(entry["name"]), _text(entry["sha256"]), _number(entry["size"], int))
    if not _HASH.fullmatch(note.sha256):
        raise ValueError(_("a checksum has the wrong form"))
    return note


def _calibration(entry: Any) -> CalibrationSummary:
    return CalibrationSummary(
        None if entry["id"] is None else _number(entry["id"], int),
        _text(entry["at"]),
        _text(entry["profile"]),
        _number(entry["repeatability_in"], float),
        _number(entry["frames"], int),
        _text(entry["view"]),
    )


def _some(value: Any, most: int = MAX_MEMBERS) -> Iterable[Any]:
    if not isinstance(value, list) or len(value) > most:
        raise TypeError(_("a list is wanted"))
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(_("a short text is wanted"))
    return checked_text(value, 1000)


def _number(value: Any, kind: type[int] | type[float]) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | kind):
        raise TypeError(_("a number is wanted"))
    return kind(value)


def _refused(message: str) -> ImportRefusedError:
    return ImportRefusedError(message, _("Give a file that posturewatch wrote; nothing was taken from this one."))
