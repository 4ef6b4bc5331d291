"""The clock of this computer: the only module that reads time."""

from __future__ import annotations

import ctypes
import os
import re
import sys
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from datetime import time as time_of_day
from pathlib import Path
from typing import Final, Protocol

from posturewatch.base.zones import FARTHEST_OFFSET_MIN


def monotonic_s() -> float:
    """Seconds that never step back; on Linux and macOS they stand still while the computer sleeps.

    They are the whole system's: capture times taken in the sensor can be compared with the app's own.
    """
    return time.monotonic()


class Clock(Protocol):
    """The only reader of time."""

    def monotonic_s(self) -> float:
        """Seconds that never step back; does not count suspend on every platform."""
        ...

    def now(self) -> datetime:
        """Wall time, aware, in the local zone."""
        ...


class SystemClock:
    """``Clock`` by the operating system."""

    def monotonic_s(self) -> float:
        """As :func:`monotonic_s`."""
        return monotonic_s()

    def now(self) -> datetime:
        """Wall time, aware, with the offset that holds at this place at this moment.

        The zone is read anew each time: a program that runs for weeks lives through summer time and flights,
        and the C library keeps the zone it saw first until it is told to look again.
        """
        _look_at_the_zone_again()
        return here(datetime.now(UTC))


def here(moment: datetime) -> datetime:
    """This aware moment in the zone of this place; in UTC where ``TZ`` asks for an offset that no place on Earth has.

    POSIX lets it name offsets of a week, which Python's ``datetime`` cannot hold and the journal does not take.
    """
    try:
        local = moment.astimezone(zone_asked_for())
    except ValueError:
        return moment.astimezone(UTC)
    return local if abs(local.utcoffset() or _NONE) <= _FARTHEST else moment.astimezone(UTC)


_NONE: Final = timedelta(0)
_FARTHEST: Final = timedelta(minutes=FARTHEST_OFFSET_MIN)


def local_time(day: date, at: time_of_day) -> datetime:
    """This wall time on this day, aware, with the offset that this place has on that day, which need not be today's.

    An hour that comes twice is taken the first time; one that summer time leaves out is taken an hour later.
    """
    return with_zone(datetime.combine(day, at))


def with_zone(moment: datetime) -> datetime:
    """A wall time without a zone, aware, as :func:`local_time` has it."""
    _look_at_the_zone_again()
    zone = zone_asked_for()
    if zone is not None:
        return here(moment.replace(tzinfo=zone).astimezone(UTC))
    try:
        local = moment.astimezone()
    except ValueError:
        return moment.replace(tzinfo=UTC)
    return local if abs(local.utcoffset() or _NONE) <= _FARTHEST else moment.replace(tzinfo=UTC)


def zone_asked_for(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> tzinfo | None:
    """The zone that ``TZ`` names as ``Europe/Berlin``, on Windows; None where the system's own answer is right.

    Windows' C library knows ``TZ`` only in the form ``CET-1CEST``, with American summer time, and takes every name that
    it does not know for UTC.
    """
    name = environment.get("TZ", "").removeprefix(":")
    if platform != "win32" or not name:
        return None
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def unknown_zone(environment: Mapping[str, str] = os.environ) -> str:
    """What ``TZ`` says, where that names no zone, so that UTC is taken; else empty."""
    told = environment.get("TZ", "")
    name = told.removeprefix(":")
    if not name:
        return ""
    if offset := _POSIX.match(name):
        hours, minutes, seconds = (int(part or 0) for part in offset.groups())
        return told if timedelta(hours=hours, minutes=minutes, seconds=seconds) > _FARTHEST else ""
    from zoneinfo import ZoneInfo

    try:
        if Path(name).is_absolute():
            with Path(name).open("rb") as file:
                ZoneInfo.from_file(file)
        else:
            ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        return told
    return ""


_POSIX: Final = re.compile(r"(?:<[A-Za-z0-9+-]{3,}>|[A-Za-z]{3,})[+-]?(\d{1,3})(?::(\d{1,2}))?(?::(\d{1,2}))?")
"""A zone in POSIX's own form: a name, and the offset in hours, minutes and seconds."""


def _look_at_the_zone_again() -> None:
    if sys.platform == "win32":
        ctypes.CDLL("ucrtbase")._tzset()
    else:
        time.tzset()
