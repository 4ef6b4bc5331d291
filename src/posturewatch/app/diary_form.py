"""The diary's form and the journal: texts as they were typed in, an entry out.

The form knows no limits of its own: what cannot be is refused here, in a sentence that the form shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, Final

from posturewatch.core.diary import check_entry
from posturewatch.edges.clock import local_time
from posturewatch.errors import DataError
from posturewatch.i18n import _
from posturewatch.records import DiaryEntry

_NOON: Final = time(12)
_DIGITS_MAX: Final = 8
"""More digits are no number of minutes, and Python refuses to read some thousands of them."""


def entry_of(kind: str, typed: Mapping[str, Any], now: datetime) -> DiaryEntry:
    """The entry of this ``kind`` (headache, none) that stands in the form, as it was ``typed``, written ``now``.

    ``typed`` holds texts: ``day`` (ISO), ``time`` (H:MM, local; left aside for "no headache", which is of the whole
    day), ``duration_min``, ``worst``, ``side``, ``medication``, ``trigger``, ``note``. Raises DataError with what is
    wrong and what to do; nothing is cut off or left out.
    """
    text = {name: str(value) for name, value in typed.items()}
    day = _day(text["day"])
    if day > now.date():
        raise DataError(_("That day has not come yet."))
    at = min(local_time(day, _NOON), now) if kind == "none" else local_time(day, _time(text["time"]))
    return check_entry(
        DiaryEntry(
            at,
            now,
            kind,
            duration_min=_number(text["duration_min"], _("Write the duration in minutes, or leave it empty.")),
            worst=_number(text["worst"], _("Choose a number from 0 to 10, or leave it empty.")),
            side=text["side"],
            medication=text["medication"],
            trigger=text["trigger"],
            note=text["note"],
        )
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise DataError(_("Write the day as year-month-day, for example 2026-03-09.")) from None


def _time(text: str) -> time:
    try:
        return time.fromisoformat(text.strip().zfill(len("14:30")))
    except ValueError:
        raise DataError(_("Write the time as hours and minutes, for example 14:30.")) from None


def _number(text: str, complaint: str) -> int | None:
    clean = text.strip()
    if not clean:
        return None
    if not (clean.isascii() and clean.isdigit() and len(clean) <= _DIGITS_MAX):
        raise DataError(complaint)
    return int(clean)
