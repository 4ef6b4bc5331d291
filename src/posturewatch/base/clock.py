"""The clock of this computer: the only module that reads time."""

from __future__ import annotations

import contextlib
import ctypes
import io
import os
import re
import struct
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
        is_far = abs(local.utcoffset() or _NONE) > _FARTHEST
    except ValueError:
        is_far = True
    return moment.astimezone(UTC) if is_far else local


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
    try:
        if zone is not None:
            return here(moment.replace(tzinfo=zone).astimezone(UTC))
        local = moment.astimezone()
    except ValueError:
        return moment.replace(tzinfo=UTC)
    return local if abs(local.utcoffset() or _NONE) <= _FARTHEST else moment.replace(tzinfo=UTC)


def zone_asked_for(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> tzinfo | None:
    """The zone that ``TZ`` asks for, on Windows, UTC where it names none; None where the system's own answer is right.

    Windows' C library knows ``TZ`` only as three letters with an offset, and American summer time. It takes a name that
    it does not know for London, ``CEST-2`` as well, and ``<+03>-3`` for the other side of the Earth.
    """
    told = environment.get("TZ", "").removeprefix(":")
    if platform != "win32" or not told:
        return None
    return _named(told) or _ruled(told) or UTC


def unknown_zone(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> str:
    """What ``TZ`` says, where that names no zone, so that UTC is taken; else empty."""
    told = environment.get("TZ", "")
    name = told.removeprefix(":")
    if not name:
        return ""
    if offset := _POSIX.match(name):
        return "" if _is_near(offset) and (platform != "win32" or _ruled(name)) else told
    return "" if _named(name) else told


def _named(name: str) -> tzinfo | None:
    """The zone of a name as ``Europe/Berlin``, or of a file; None where there is none."""
    from zoneinfo import ZoneInfo

    try:
        if Path(name).is_absolute():
            with Path(name).open("rb") as file:
                return ZoneInfo.from_file(file)
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        return None


def _ruled(text: str) -> tzinfo | None:
    """The zone of POSIX's own form, with the American days of summer time where it names none, as C libraries have it;
    None for anything else."""
    from zoneinfo import ZoneInfo

    offset = _POSIX.match(text)
    if not offset or not _is_near(offset):
        return None
    for rule in (text, f"{text},M3.2.0,M11.1.0"):
        with contextlib.suppress(ValueError):
            return ZoneInfo.from_file(io.BytesIO(_NO_TIMES * 2 + f"\n{rule}\n".encode()))
    return None


def _is_near(offset: re.Match[str]) -> bool:
    """Whether a place on Earth can have it."""
    hours, minutes, seconds = (int(part or 0) for part in offset.groups())
    return timedelta(hours=hours, minutes=minutes, seconds=seconds) <= _FARTHEST


_NO_TIMES: Final = struct.pack(">4sc15x6I6s4s", b"TZif", b"2", 0, 0, 0, 0, 1, 4, bytes(6), b"UTC")
"""A part of a zone's file (RFC 9636) that tells of no time at all: what holds is the rule in its last line."""

_POSIX: Final = re.compile(r"(?:<[A-Za-z0-9+-]{3,}>|[A-Za-z]{3,})[+-]?(\d{1,3})(?::(\d{1,2}))?(?::(\d{1,2}))?")
"""A zone in POSIX's own form: a name, and the offset in hours, minutes and seconds."""


def _look_at_the_zone_again() -> None:
    if sys.platform == "win32":
        ctypes.CDLL("ucrtbase")._tzset()
    else:
        time.tzset()
