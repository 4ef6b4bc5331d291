"""Minutes that are columns until somebody asks for a row.

A year is a hundred thousand minutes. Its summary needs columns, and what is drawn of single minutes is the newest
quarter; making a record of each of the rest was half of a report's time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final, overload

import numpy as np

from posturewatch.records import MinuteRow

if TYPE_CHECKING:
    from posturewatch.core.minute_arrays import MinuteArrays

_CHUNK: Final = 4096

Maker = Callable[[int, int], Sequence[MinuteRow]]
"""Makes the rows from one place to another (the last one out) of the whole table."""


class MinuteColumns(Sequence[MinuteRow]):
    """A sequence of minutes in order of local day, and of time within it. ``arrays`` are its columns, ``begin`` the
    place of its first minute in the table that ``maker`` knows."""

    def __init__(self, arrays: MinuteArrays, maker: Maker, begin: int = 0) -> None:
        self.arrays = arrays
        self._maker = maker
        self._begin = begin

    def __len__(self) -> int:
        return len(self.arrays.minute)

    @overload
    def __getitem__(self, place: int) -> MinuteRow: ...
    @overload
    def __getitem__(self, place: slice) -> MinuteColumns: ...
    def __getitem__(self, place: int | slice) -> MinuteRow | MinuteColumns:
        """One row, or a stretch of them without a gap (ValueError for any other step)."""
        if isinstance(place, slice):
            first, last, step = place.indices(len(self))
            if step != 1:
                raise ValueError("minutes come in stretches without gaps")
            return MinuteColumns(self.arrays.where(slice(first, last)), self._maker, self._begin + first)
        at = range(len(self))[place]
        return self._maker(self._begin + at, self._begin + at + 1)[0]

    def __iter__(self) -> Iterator[MinuteRow]:
        end = self._begin + len(self)
        for first in range(self._begin, end, _CHUNK):
            yield from self._maker(first, min(first + _CHUNK, end))

    def of_days(self, first: date, last: date) -> MinuteColumns:
        """The minutes of the local days from ``first`` to ``last`` (both included)."""
        begin, end = np.searchsorted(self.arrays.day, [first.toordinal(), last.toordinal() + 1])
        return self[int(begin) : int(end)]
