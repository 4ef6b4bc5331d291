"""Working hours and days. Pure: local wall time in, yes or no out.

A range may cross midnight ("22:00" to "06:00"); its morning part belongs to the day on which it began, so that
a night shift that starts on Friday ends on Saturday morning. Start equal to end means the whole day.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from posturewatch.settings import HoursSettings

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""As in the settings, in the order of ``datetime.weekday()``."""


def minutes_of_day(text: str) -> int:
    """``"09:30"`` as minutes after midnight (``"24:00"`` is 1440)."""
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def within_hours(hours: HoursSettings, now: datetime) -> bool:
    """Whether to watch at this local time."""
    start, end = minutes_of_day(hours.start), minutes_of_day(hours.end)
    minute = now.hour * 60 + now.minute
    today = WEEKDAYS[now.weekday()] in hours.days
    if start == end:
        return today
    if start < end:
        return today and start <= minute < end
    yesterday = WEEKDAYS[(now.weekday() - 1) % 7] in hours.days
    return (today and minute >= start) or (yesterday and minute < end)
