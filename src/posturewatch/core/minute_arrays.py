"""Minutes of the journal as columns, so that a year of them is summed up in a fraction of a second."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timezone
from itertools import chain
from operator import attrgetter
from typing import Any, Final, overload

import numpy as np
from numpy.typing import NDArray

from posturewatch.core.quantiles import Floats
from posturewatch.records import MinuteRow

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_SECONDS: Final = attrgetter("valid_s", "away_s", "unreliable_s", "paused_s", "off_s")
_START: Final = attrgetter("start")
_CHUNK: Final = 4096
_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class MinuteArrays:
    """Columns of n minutes by local day, in order of time within it; missing numbers are NaN.

    ``seconds``: (n, 5) valid, away, unreliable, paused, off. ``bands``: (n, 4) seconds. ``minute``: minutes since
    the epoch. ``day``: ordinal of the local date. ``hour``: local hour. ``profile``: index into ``profiles``.
    ``calibration``: its id, −1 = none.
    """

    minute: Ints
    day: Ints
    hour: Ints
    seconds: Floats
    bands: Floats
    median_in: Floats
    p10_in: Floats
    p90_in: Floats
    se_in: Floats
    load_lb: Floats
    profile: Ints
    calibration: Ints
    profiles: tuple[str, ...]
    rows: Sequence[MinuteRow]

    @property
    def valid_s(self) -> Floats:
        """Seconds with a number; 0 where the row has no median after all."""
        return np.where(np.isnan(self.median_in), 0.0, self.seconds[:, 0])

    def between(self, first: date, last: date) -> MinuteArrays:
        """The minutes of the local days from ``first`` to ``last`` (both included)."""
        begin, end = np.searchsorted(self.day, [first.toordinal(), last.toordinal() + 1])
        return self.where(slice(int(begin), int(end)))

    def where(self, keep: Any) -> MinuteArrays:
        """The minutes that a mask or a slice selects."""
        rows = self.rows[keep] if self.rows and isinstance(keep, slice) else ()
        return MinuteArrays(
            self.minute[keep], self.day[keep], self.hour[keep], self.seconds[keep], self.bands[keep],
            self.median_in[keep], self.p10_in[keep], self.p90_in[keep], self.se_in[keep], self.load_lb[keep],
            self.profile[keep], self.calibration[keep], self.profiles, rows,
        )  # fmt: skip


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


def columns(rows: Sequence[MinuteRow], first: date, last: date) -> MinuteArrays:
    """The rows whose local date lies from ``first`` to ``last``, in order of local day and of time within it."""
    if isinstance(rows, MinuteColumns):
        inside = rows.of_days(first, last)
        return replace(inside.arrays, rows=inside)
    starts: list[datetime] = list(map(_START, rows))
    day = np.fromiter(map(datetime.toordinal, starts), np.int64, len(starts))
    hour = np.fromiter(map(attrgetter("hour"), starts), np.int64, len(starts))
    minute = _epoch_minutes(starts, day, hour)
    order = np.lexsort((minute, day))
    order = order[(day[order] >= first.toordinal()) & (day[order] <= last.toordinal())]
    if len(order) != len(rows) or bool((np.diff(order) < 0).any()):
        rows = [rows[place] for place in order.tolist()]
    n = len(rows)
    names = {name: place for place, name in enumerate(dict.fromkeys(row.profile for row in rows))}
    return MinuteArrays(
        minute=minute[order],
        day=day[order],
        hour=hour[order],
        seconds=_table(map(_SECONDS, rows), n, 5),
        bands=_table((row.band_s for row in rows), n, 4),
        median_in=_numbers(map(attrgetter("fht_median_in"), rows)),
        p10_in=_numbers(map(attrgetter("fht_p10_in"), rows)),
        p90_in=_numbers(map(attrgetter("fht_p90_in"), rows)),
        se_in=_numbers(map(attrgetter("fht_se_in"), rows)),
        load_lb=_numbers(map(attrgetter("load_index_lb"), rows)),
        profile=np.fromiter((names[row.profile] for row in rows), np.int64, n),
        calibration=np.fromiter(
            (-1 if row.calibration_id is None else row.calibration_id for row in rows), np.int64, n
        ),
        profiles=tuple(names),
        rows=tuple(rows),
    )


def _numbers(column: Iterable[float | None]) -> Floats:
    """One column, NaN where the row has nothing."""
    return np.array(list(column), dtype=np.float64)


def _table(lines: Iterable[tuple[float, ...]], n: int, width: int) -> Floats:
    return np.fromiter(chain.from_iterable(lines), np.float64, n * width).reshape(n, width)


def _epoch_minutes(starts: Sequence[datetime], day: Ints, hour: Ints) -> Ints:
    """Minutes since the epoch. A journal's rows carry a few fixed offsets, which saves asking each row for its own."""
    zones = {id(start.tzinfo): start.tzinfo for start in starts}
    if not all(isinstance(zone, timezone) for zone in zones.values()):
        return np.array(list(map(datetime.timestamp, starts)), dtype=np.float64).astype(np.int64) // 60
    local = ((day - _EPOCH_DAY) * 24 + hour) * 60 + np.fromiter(map(attrgetter("minute"), starts), np.int64, len(day))
    whose = np.fromiter((id(start.tzinfo) for start in starts), np.int64, len(day))
    for key, zone in zones.items():
        if isinstance(zone, timezone):
            local[whose == key] -= int(zone.utcoffset(None).total_seconds()) // 60
    return local
