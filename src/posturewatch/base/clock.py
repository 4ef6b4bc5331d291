"""The clock of this computer: the only module that reads time."""

from __future__ import annotations

import ctypes
import os
import sys
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime, tzinfo
from datetime import time as time_of_day
from typing import Protocol


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
        return datetime.now(zone_asked_for()).astimezone(zone_asked_for())


def local_time(day: date, at: time_of_day) -> datetime:
    """This wall time on this day, aware, with the offset that this place has on that day, which need not be today's.

    An hour that comes twice is taken the first time; one that summer time leaves out is taken an hour later.
    """
    return with_zone(datetime.combine(day, at))


def with_zone(moment: datetime) -> datetime:
    """A wall time without a zone, aware, as :func:`local_time` has it."""
    _look_at_the_zone_again()
    zone = zone_asked_for()
    if zone is None:
        return moment.astimezone()
    return moment.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)


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


def _look_at_the_zone_again() -> None:
    if sys.platform == "win32":
        ctypes.CDLL("ucrtbase")._tzset()
    else:
        time.tzset()
