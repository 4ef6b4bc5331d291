"""What may stand in the headache diary. Pure.

Scores are totals only (the questionnaires are copyrighted and belong to their owners): the Neck Disability
Index runs from 0 to 50, HIT-6 from 36 to 78.
"""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import timedelta
from typing import Final

from posturewatch.base.errors import DataError
from posturewatch.base.i18n import _
from posturewatch.base.outside import unfit_sign
from posturewatch.base.records import DiaryEntry

KINDS: Final = ("headache", "none", "score")
SIDES: Final = ("left", "right", "both")
WORST: Final = (0, 10)
"""Numerical rating scale of pain."""

MAX_DURATION_MIN: Final = 7 * 24 * 60
"""A week; a longer headache is several entries, one for each week."""

SCORE_RANGES: Final = {"NDI": (0, 50), "HIT-6": (36, 78)}
MAX_WORD: Final = 200
MAX_NOTE: Final = 2000

_AHEAD: Final = timedelta(minutes=5)
"""A clock may run ahead of another by this much before an entry counts as from the future."""


def is_backfilled(entry: DiaryEntry) -> bool:
    """Whether the entry was written on a later local day than the one it speaks of."""
    return entry.written_at.astimezone(entry.at.tzinfo).date() > entry.at.date()


def check_entry(entry: DiaryEntry) -> DiaryEntry:
    """The entry with its texts in one form (NFC, trimmed); raises DataError that names what is not allowed."""
    tidy = replace(
        entry,
        medication=_tidy("medication", _("medication"), entry.medication, MAX_WORD),
        trigger=_tidy("trigger", _("trigger"), entry.trigger, MAX_WORD),
        note=_tidy("note", _("note"), entry.note, MAX_NOTE, lines=True),
    )
    _choice(_("kind"), tidy.kind, KINDS)
    if tidy.at.utcoffset() is None or tidy.written_at.utcoffset() is None:
        raise DataError(_("A diary entry needs a time with its zone."))
    if tidy.at > tidy.written_at + _AHEAD:
        raise DataError(
            _("A diary entry cannot lie in the future ({time}).").format(time=f"{tidy.at:%Y-%m-%d %H:%M}"),
            _("Give a time that has passed."),
            field="time",
        )
    if tidy.kind == "headache":
        _check_headache(tidy)
    else:
        _check_bare(tidy)
    _check_score(tidy)
    return tidy


def _check_headache(entry: DiaryEntry) -> None:
    if entry.side:
        _choice(_("side"), entry.side, SIDES)
    _within("worst", _("worst pain"), entry.worst, *WORST)
    _within("duration_min", _("duration in minutes"), entry.duration_min, 0, MAX_DURATION_MIN)


def _check_bare(entry: DiaryEntry) -> None:
    if any((entry.duration_min is not None, entry.worst is not None, entry.side, entry.medication, entry.trigger)):
        raise DataError(
            _("Duration, pain, side, medication and trigger belong to a headache only."),
            _("Add a headache, or leave them out."),
        )


def _check_score(entry: DiaryEntry) -> None:
    if entry.kind != "score":
        if entry.score_name or entry.score is not None:
            raise DataError(_("A score is an entry of its own."), _("Use `posturewatch diary score`."))
        return
    _choice(_("score"), entry.score_name, tuple(SCORE_RANGES))
    if entry.score is None:
        raise DataError(_("The total of the score is missing."), _("Give the total as a number."))
    total = _("{name} total").format(name=entry.score_name)
    _within("score", total, entry.score, *SCORE_RANGES[entry.score_name])


def _within(field: str, name: str, value: float | None, low: int, high: int) -> None:
    if value is not None and not (low <= value <= high and value == int(value)):
        raise DataError(
            _("{name}: {value} is not allowed.").format(name=name, value=f"{value:g}"),
            _("A whole number from {low} to {high}.").format(low=low, high=high),
            field=field,
        )


def _choice(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise DataError(
            _("{name}: {value} is not allowed.").format(name=name, value=repr(value)),
            _("One of: {allowed}.").format(allowed=", ".join(allowed)),
        )


def _tidy(field: str, name: str, text: str, limit: int, *, lines: bool = False) -> str:
    tidy = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if len(tidy) > limit:
        raise DataError(
            _("{name}: {length} characters are too many.").format(name=name, length=len(tidy)),
            _("At most {limit}.").format(limit=limit),
            field=field,
        )
    if (sign := unfit_sign(tidy, lines=lines)) is not None:
        raise DataError(
            _("{name}: the sign {sign} cannot be kept.").format(name=name, sign=ascii(sign)),
            _("Use ordinary letters and signs."),
            field=field,
        )
    return tidy
