"""What gives many minutes: a table in memory, or the journal itself, read a few weeks at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Protocol

from posturewatch.base.records import MinuteRow
from posturewatch.core.history.minute_table import MinuteTable


class Minutes(Protocol):
    """Minutes in order of local day, and of time within it. Iterating gives a MinuteRow each; whoever wants columns
    asks for tables of days, so that years never lie in memory at once."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[MinuteRow]: ...

    def days(self) -> tuple[date, ...]:
        """The local days that have a minute, in order."""
        ...

    def by_day(self) -> Iterator[tuple[date, MinuteTable]]:
        """Each of these days with its minutes, in order."""
        ...

    def by_weeks(self) -> Iterator[MinuteTable]:
        """All of these minutes, some days at a time, in order."""
        ...

    def of_days(self, first: date, last: date) -> MinuteTable:
        """The minutes of the local days from ``first`` to ``last``, both in, as a table in memory."""
        ...

    def on(self, days: Iterable[date]) -> Minutes:
        """The minutes of these local days."""
        ...

    def profiles_in_use(self) -> tuple[str, ...]:
        """Names of the profiles that these minutes have, in the order in which they come up."""
        ...

    def with_profiles(self, names: Mapping[str, str]) -> Minutes:
        """The same minutes, each profile under its new name; those that are not named have none."""
        ...

    def calibration_ids(self) -> frozenset[int]:
        """Numbers of the calibrations that these minutes rest on."""
        ...
