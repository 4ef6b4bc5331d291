"""The clock of this computer: the only module that reads time."""

from __future__ import annotations

import ctypes
import sys
import time
from datetime import date, datetime
from datetime import time as time_of_day
from typing import Protocol


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
        """Seconds that never step back; on Linux and macOS they stand still while the computer sleeps."""
        return time.monotonic()

    def now(self) -> datetime:
        """Wall time, aware, with the offset that holds at this place at this moment.

        The zone is read anew each time: a program that runs for weeks lives through summer time and flights,
        and the C library keeps the zone it saw first until it is told to look again.
        """
        _look_at_the_zone_again()
        return datetime.now().astimezone()


def local_time(day: date, at: time_of_day) -> datetime:
    """This wall time on this day, aware, with the offset that this place has on that day, which need not be today's.

    An hour that comes twice is taken the first time; one that summer time leaves out is taken an hour later.
    """
    _look_at_the_zone_again()
    return datetime.combine(day, at).astimezone()


def _look_at_the_zone_again() -> None:
    if sys.platform == "win32":
        ctypes.CDLL("ucrtbase")._tzset()
    else:
        time.tzset()
