"""Minutes as they lie in a journal's database, or packed (``core.history.packed_minutes``): see
``core.history.minutes``.

They are read a few weeks at a time and let go of again, so that years cost no more memory than weeks. The source that
they come from stays open as long as they are used, and shows one state throughout.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Final, Protocol

from posturewatch.base.records import MinuteRow
from posturewatch.core.history.minute_table import MinuteTable

DAYS_AT_ONCE: Final = 28
"""Days that are read together: some ten thousand rows, or forty thousand of a computer that is never off."""


class MinuteSource(Protocol):
    """What is asked of where they lie: ``journal.reader.JournalReader``, ``PackedMinutes``."""

    def minute_table(self, first: date, last: date) -> MinuteTable: ...

    def minute_span(self, first: date, last: date) -> tuple[date, date] | None: ...

    def minute_uses(self, first: date, last: date) -> Iterator[tuple[date, int | None, int, int]]: ...

    def profile_names(self) -> dict[int, str]: ...


@dataclass(frozen=True)
class StoredMinutes:
    """Minutes of the local days from ``first`` to ``last``, both in; of those in ``kept`` alone, if it is given.
    ``names``: new names of the profiles, where they are to have others."""

    reader: MinuteSource
    first: date
    last: date
    kept: frozenset[date] | None = None
    names: Mapping[str, str] | None = field(default=None)

    def __len__(self) -> int:
        return sum(count for _day, _calibration, _profile, count in self._uses if self._keeps(_day))

    def __iter__(self) -> Iterator[MinuteRow]:
        for table in self.by_weeks():
            yield from table

    def days(self) -> tuple[date, ...]:
        """The local days that have a minute, in order."""
        return tuple(sorted({day for day, *_rest in self._uses if self._keeps(day)}))

    def by_day(self) -> Iterator[tuple[date, MinuteTable]]:
        """Each of these days with its minutes, in order."""
        for table in self.by_weeks():
            yield from table.by_day()

    def by_weeks(self) -> Iterator[MinuteTable]:
        """All of these minutes, a few weeks at a time."""
        span = self.reader.minute_span(self.first, self.last)
        if span is None:
            return
        begin, end = span
        while begin <= end:
            yield self.of_days(begin, min(end, begin + timedelta(days=DAYS_AT_ONCE - 1)))
            begin += timedelta(days=DAYS_AT_ONCE)

    def of_days(self, first: date, last: date) -> MinuteTable:
        """The minutes of the local days from ``first`` to ``last``, both in, as a table in memory."""
        begin, end = max(first, self.first), min(last, self.last)
        if end < begin:
            return MinuteTable()
        table = self.reader.minute_table(begin, end)
        if self.kept is not None:
            table = table.on(day for day in table.days() if day in self.kept)
        return table if self.names is None else table.with_profiles(self.names)

    def on(self, days: Iterable[date]) -> StoredMinutes:
        """The minutes of these local days."""
        return replace(self, kept=frozenset(days))

    def profiles_in_use(self) -> tuple[str, ...]:
        """Names of the profiles that these minutes have, in the order in which they come up."""
        known = self.reader.profile_names()
        met = dict.fromkeys(known.get(profile, "") for day, _calibration, profile, _n in self._uses if self._keeps(day))
        return tuple(met if self.names is None else dict.fromkeys(self.names.get(name, "") for name in met))

    def with_profiles(self, names: Mapping[str, str]) -> StoredMinutes:
        """The same minutes, each profile under its new name; those that are not named have none."""
        if self.names is not None:
            names = {old: names.get(new, "") for old, new in self.names.items()}
        return replace(self, names=dict(names))

    def calibration_ids(self) -> frozenset[int]:
        """Numbers of the calibrations that these minutes rest on."""
        met = {number for day, number, _profile, _n in self._uses if self._keeps(day)}
        return frozenset(number for number in met if number is not None)

    def _keeps(self, day: date) -> bool:
        return self.kept is None or day in self.kept

    @cached_property
    def _uses(self) -> tuple[tuple[date, int | None, int, int], ...]:
        """Day, calibration, number of the profile, and how many minutes have them, in order of time."""
        return tuple(self.reader.minute_uses(self.first, self.last))
