"""The diary's form and the journal: texts as they were typed in, an entry out.

The form knows no limits of its own: what cannot be is refused here, in a sentence that the form shows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, Final

from posturewatch.base.clock import local_time
from posturewatch.base.errors import DataError
from posturewatch.base.i18n import _
from posturewatch.base.outside import OutsideError, day_of
from posturewatch.base.records import DiaryEntry
from posturewatch.core.history.diary import check_entry

_NOON: Final = time(12)
_DIGITS_MAX: Final = 8
"""More digits are no number of minutes, and Python refuses to read some thousands of them."""


def to_complete(entries: Sequence[DiaryEntry], now: datetime) -> DiaryEntry | None:
    """The latest headache of today that was noted without any detail ("Headache now"): the form is for its details."""
    bare = [
        entry
        for entry in entries
        if entry.at.date() == now.date() and entry == DiaryEntry(entry.at, entry.written_at, "headache", id=entry.id)
    ]
    return max(bare, key=lambda entry: entry.at, default=None)


def entry_of(kind: str, typed: Mapping[str, Any], now: datetime, noted: DiaryEntry | None = None) -> DiaryEntry:
    """The entry of this ``kind`` (headache, none) that stands in the form, as it was ``typed``, written ``now``.
    ``noted``: the headache that the form completes; it keeps its number and when it was written.

    ``typed`` holds texts: ``day`` (ISO), ``time`` (H:MM, local; left aside for "no headache", which is of the whole
    day), ``duration_min``, ``worst``, ``side``, ``medication``, ``trigger``, ``note``. Raises DataError with what is
    wrong and what to do; nothing is cut off or left out.
    """
    text = {name: str(value) for name, value in typed.items()}
    day = _day(text["day"])
    if day > now.date():
        raise DataError(_("That day has not come yet."), field="day")
    at = min(local_time(day, _NOON), now) if kind == "none" else local_time(day, _time(text["time"]))
    if noted is not None and f"{noted.at:%Y-%m-%d %H:%M}" == f"{at:%Y-%m-%d %H:%M}":
        at = noted.at
    return check_entry(
        DiaryEntry(
            at,
            noted.written_at if noted is not None else now,
            kind,
            duration_min=_number(
                "duration_min", text["duration_min"], _("Write the duration in minutes, or leave it empty.")
            ),
            worst=_number("worst", text["worst"], _("Choose a number from 0 to 10, or leave it empty.")),
            side=text["side"],
            medication=text["medication"],
            trigger=text["trigger"],
            note=text["note"],
            id=noted.id if noted is not None else None,
        )
    )


def _day(text: str) -> date:
    try:
        return day_of(text.strip())
    except OutsideError:
        raise DataError(_("Write the day as year-month-day, for example 2026-03-09."), field="day") from None


def _time(text: str) -> time:
    try:
        return time.fromisoformat(text.strip().zfill(len("14:30")))
    except ValueError:
        raise DataError(_("Write the time as hours and minutes, for example 14:30."), field="time") from None


def _number(field: str, text: str, complaint: str) -> int | None:
    clean = text.strip()
    if not clean:
        return None
    if not (clean.isascii() and clean.isdigit() and len(clean) <= _DIGITS_MAX):
        raise DataError(complaint, field=field)
    return int(clean)
