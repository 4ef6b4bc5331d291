"""Minutes that come a row at a time, kept in memory packed: a year of them in two or three megabytes.

What reads them asks for a few weeks (``core.history.stored_minutes``), which are unpacked for it and let go of again.
So the minutes of a file that somebody shared lie nowhere but in memory, and ten years of them take 30 MB of it.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from typing import Final

import numpy as np

from posturewatch.base.records import MinuteRow
from posturewatch.core.history.minute_table import MINUTE, NONE, MinuteTable
from posturewatch.core.history.stored_minutes import DAYS_AT_ONCE, StoredMinutes

_ROWS_AT_ONCE: Final = 4096
_LEVEL: Final = 6
"""Of zlib: 24 bytes a minute in 4 µs, a tenth of what reading one from a table of text takes; level 1 makes it 30."""


class PackedMinutes:
    """A source of minutes for :class:`StoredMinutes`. Rows may be added in any order."""

    def __init__(self, rows: Iterable[MinuteRow] = ()) -> None:
        self._parts: defaultdict[int, list[bytes]] = defaultdict(list)
        self._profiles: dict[str, int] = {}
        self._uses: dict[tuple[int, int, int], list[int]] = {}  # day, calibration, profile: first minute, count
        waiting = iter(rows)
        while group := tuple(islice(waiting, _ROWS_AT_ONCE)):
            self.add(MinuteTable.of(group))

    def add(self, table: MinuteTable) -> None:
        """Take these minutes in, too."""
        numbers = np.array(
            [self._profiles.setdefault(name, len(self._profiles)) for name in table.profiles], dtype=np.int64
        )
        columns = {name: table[name] for name in MINUTE.names or ()}
        columns["profile"] = numbers[columns["profile"]]
        block = columns["day"] // DAYS_AT_ONCE
        for number in np.unique(block).tolist():
            part = b"".join(column[block == number].tobytes() for column in columns.values())
            self._parts[number].append(zlib.compress(part, _LEVEL))
        keys = np.stack([columns[name] for name in ("day", "calibration_id", "profile")], axis=1)
        met, begin, count = np.unique(keys, axis=0, return_index=True, return_counts=True)
        for key, place, some in zip(met.tolist(), begin.tolist(), count.tolist(), strict=True):
            known = self._uses.setdefault((key[0], key[1], key[2]), [int(columns["minute"][place]), 0])
            known[0] = min(known[0], int(columns["minute"][place]))
            known[1] += some

    def stored(self) -> StoredMinutes:
        """All of these minutes, unpacked as they are asked for."""
        days = [day for day, _calibration, _profile in self._uses] or [1]
        return StoredMinutes(self, date.fromordinal(min(days)), date.fromordinal(max(days)))

    def minute_table(self, first: date, last: date) -> MinuteTable:
        """The minutes of the local days from ``first`` to ``last``, both in."""
        begin, end = first.toordinal() // DAYS_AT_ONCE, last.toordinal() // DAYS_AT_ONCE
        blocks = sorted(self._parts) if end - begin > len(self._parts) else range(begin, end + 1)
        packed = [part for block in blocks if begin <= block <= end for part in self._parts.get(block, ())]
        names = tuple(self._profiles)
        return MinuteTable.joined(MinuteTable(_unpacked(part), names) for part in packed).of_days(first, last)

    def minute_span(self, first: date, last: date) -> tuple[date, date] | None:
        """The first and the last of these days that have a minute; None without any."""
        days = [day for day, _calibration, _profile in self._uses if first.toordinal() <= day <= last.toordinal()]
        return (date.fromordinal(min(days)), date.fromordinal(max(days))) if days else None

    def minute_uses(self, first: date, last: date) -> Iterator[tuple[date, int | None, int, int]]:
        """Local day, calibration, number of the profile, and how many minutes have them, in order of time."""
        for (day, calibration, profile), (_begin, count) in sorted(
            self._uses.items(), key=lambda use: (use[0][0], use[1][0])
        ):
            if first.toordinal() <= day <= last.toordinal():
                number = None if calibration == NONE else calibration
                yield date.fromordinal(day), number, profile, count

    def profile_names(self) -> dict[int, str]:
        """The names of the profiles by their number."""
        return {number: name for name, number in self._profiles.items()}


def _unpacked(part: bytes) -> np.ndarray[tuple[int], np.dtype[np.void]]:
    """The minutes of a part, shape (n,) of MINUTE; column after column, as they were packed."""
    data = zlib.decompress(part)
    made = np.empty(len(data) // MINUTE.itemsize, MINUTE)
    place = 0
    for name in MINUTE.names or ():
        kind = MINUTE[name]
        made[name] = np.frombuffer(data, kind.base, len(made) * (kind.itemsize // kind.base.itemsize), place).reshape(
            made[name].shape
        )
        place += len(made) * kind.itemsize
    return made
