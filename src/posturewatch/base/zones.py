"""How far local time is ahead of UTC, in minutes, as all that is written down has it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Final

FARTHEST_OFFSET_MIN: Final = 15 * 60
"""No zone lies further than 14 hours from UTC; an hour to spare."""


def offset_min(moment: datetime) -> int:
    """Minutes that local time is ahead of UTC at this aware moment; raises ValueError for a naive one."""
    offset = moment.utcoffset()
    if offset is None:
        raise ValueError("a moment that is written down needs its offset from UTC")
    return round(offset.total_seconds() / 60)


@lru_cache(maxsize=256)
def zone(minutes: int) -> timezone:
    """The fixed offset as a time zone."""
    return timezone(timedelta(minutes=minutes))
