"""Many minutes as one table of named arrays.

A year is a hundred thousand minutes. What asks for many of them asks for columns; records of single minutes are made
where one is written down or read aloud, one after the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from math import isnan
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from posturewatch.base.records import MINUTE_NUMBERS, MINUTE_SECONDS, MinuteRow
from posturewatch.base.zones import offset_min, zone

MINUTE: Final = np.dtype(
    [
        ("minute", np.int64),
        ("offset_min", np.int64),
        ("day", np.int64),
        ("hour", np.int64),
        ("profile", np.int64),
        *((name, np.float64) for name in MINUTE_SECONDS),
        ("frames", np.int64),
        *((name, np.float64) for name in MINUTE_NUMBERS),
        ("band_s", np.float64, (4,)),
        ("calibration_id", np.int64),
        ("tied", np.int64),
    ]
)
"""One minute. ``minute``: UTC minutes since 1970. ``offset_min``: minutes that local time is ahead of UTC. ``day``:
ordinal of the local date. ``hour``: local hour. ``profile``: place in :attr:`MinuteTable.profiles`. ``calibration_id``:
−1 = none. ``tied``: 1, 0, or −1 = not known. The others are fields of MinuteRow, NaN where it has None."""

DAY_MIN: Final = 1440
_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()
NONE: Final = -1
"""Stands for None where a column holds whole numbers."""

_CHUNK: Final = 4096


def distinct(values: NDArray[np.int64]) -> list[int]:
    """Each of these whole numbers once, in order. numpy.unique loads masked arrays, 2 MB, to ask if these are some."""
    ordered = np.sort(values)
    found: list[int] = ordered[np.diff(ordered, prepend=ordered[:1] - 1) > 0].tolist()
    return found


class MinuteTable:
    """n minutes in order of local day, and of time within it. ``table["fht_median_in"]`` is a column, shape (n,);
    ``table["band_s"]`` has shape (n, 4); iterating gives a MinuteRow each. ``profiles``: names, each once."""

    __slots__ = ("_measured_s", "_minutes", "profiles")

    def __init__(self, minutes: NDArray[Any] | None = None, profiles: Sequence[str] = ()) -> None:
        """``minutes``: shape (n,) of :data:`MINUTE`, in any order; ``day`` and ``hour`` need not be filled in."""
        self._minutes = _read_only(np.empty(0, MINUTE) if minutes is None else _in_order(minutes))
        self.profiles = tuple(profiles)
        self._measured_s: NDArray[np.float64] | None = None

    @classmethod
    def of(cls, rows: Iterable[MinuteRow]) -> Self:
        """The table of these minutes, given in any order."""
        kept = list(rows)
        places: dict[str, int] = {}
        minutes = np.empty(len(kept), MINUTE)
        minutes["minute"] = [int(row.start.timestamp() // 60) for row in kept]
        minutes["offset_min"] = [offset_min(row.start) for row in kept]
        minutes["profile"] = [places.setdefault(row.profile, len(places)) for row in kept]
        minutes["calibration_id"] = [NONE if row.calibration_id is None else row.calibration_id for row in kept]
        minutes["tied"] = [NONE if row.tied is None else row.tied for row in kept]
        for name in (*MINUTE_SECONDS, "frames", *MINUTE_NUMBERS):  # None becomes NaN
            minutes[name] = np.array([getattr(row, name) for row in kept], dtype=MINUTE[name])
        minutes["band_s"] = np.array([row.band_s for row in kept]).reshape(-1, 4)
        return cls(minutes, tuple(places))

    @classmethod
    def joined(cls, tables: Iterable[MinuteTable]) -> Self:
        """All minutes of these tables in one."""
        parts, profiles = [np.empty(0, MINUTE)], dict[str, int]()
        for table in tables:
            part = table._minutes.copy()
            names = np.array([profiles.setdefault(name, len(profiles)) for name in table.profiles], dtype=np.int64)
            part["profile"] = names[part["profile"]]
            parts.append(part)
        return cls(np.concatenate(parts), tuple(profiles))

    def __len__(self) -> int:
        return len(self._minutes)

    def __getitem__(self, name: str) -> NDArray[Any]:
        """The column of this name: see :data:`MINUTE`."""
        column: NDArray[Any] = self._minutes[name]
        return column

    def __iter__(self) -> Iterator[MinuteRow]:
        for first in range(0, len(self), _CHUNK):
            part = self._minutes[first : first + _CHUNK]
            yield from map(MinuteRow, *(self._values(part, one.name) for one in fields(MinuteRow)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, MinuteTable):
            return NotImplemented
        names = [name for name in MINUTE.names or () if name != "profile"]
        return (
            len(self) == len(other)
            and all(np.array_equal(self[name], other[name], equal_nan=True) for name in names)
            and all(
                self.profiles[mine] == other.profiles[theirs]
                for mine, theirs in set(zip(self["profile"].tolist(), other["profile"].tolist(), strict=True))
            )
        )

    __hash__ = None  # type: ignore[assignment]

    @property
    def measured_s(self) -> NDArray[np.float64]:
        """Seconds with a number; 0 where the minute has no median after all."""
        if self._measured_s is None:
            self._measured_s = _read_only(np.where(np.isnan(self["fht_median_in"]), 0.0, self["valid_s"]))
        return self._measured_s

    @property
    def seen(self) -> NDArray[np.intp]:
        """Places of the minutes in which somebody sat there, or may have."""
        return np.flatnonzero(self["valid_s"] + self["unreliable_s"] > 0.0)

    def start(self, place: int) -> datetime:
        """When the minute at this place begins, local."""
        minute = self._minutes[place]
        return datetime.fromtimestamp(int(minute["minute"]) * 60, zone(int(minute["offset_min"])))

    def days(self) -> tuple[date, ...]:
        """The local days that have a minute, in order."""
        return tuple(date.fromordinal(day) for day in distinct(self["day"]))

    def by_day(self) -> Iterator[tuple[date, MinuteTable]]:
        """Each of these days with its minutes, in order."""
        days, begins = np.unique(self._minutes["day"], return_index=True)
        for day, begin, end in zip(days.tolist(), begins, np.append(begins, len(self))[1:], strict=True):
            yield date.fromordinal(day), self._with(self._minutes[begin:end], self.profiles)

    def by_weeks(self) -> Iterator[MinuteTable]:
        """All of these minutes: they lie in memory in any case."""
        yield self

    def calibration_ids(self) -> frozenset[int]:
        """Numbers of the calibrations that these minutes rest on."""
        return frozenset(distinct(self["calibration_id"])) - {NONE}

    def of_days(self, first: date, last: date) -> MinuteTable:
        """The minutes of the local days from ``first`` to ``last`` (both included)."""
        begin, end = np.searchsorted(self._minutes["day"], [first.toordinal(), last.toordinal() + 1])
        return self._with(self._minutes[begin:end], self.profiles)

    def on(self, days: Iterable[date]) -> MinuteTable:
        """The minutes of these local days."""
        return self.where(np.isin(self._minutes["day"], [day.toordinal() for day in days]))

    def where(self, keep: NDArray[Any]) -> MinuteTable:
        """The minutes that a mask or places in rising order select."""
        if keep.dtype == bool and keep.all():
            return self  # nobody needs them twice
        return self._with(self._minutes[keep], self.profiles)

    def profiles_in_use(self) -> tuple[str, ...]:
        """Names of the profiles that these minutes have, in the order in which they come up."""
        places, first = np.unique(self._minutes["profile"], return_index=True)
        return tuple(self.profiles[place] for place in places[np.argsort(first)])

    def with_profiles(self, names: Mapping[str, str]) -> MinuteTable:
        """The same minutes, each profile under its new name; those that are not named have none."""
        return self._with(self._minutes, tuple(names.get(name, "") for name in self.profiles))

    def with_calibrations(self, numbers: Mapping[int, int | None]) -> MinuteTable:
        """The same minutes, each calibration under its new number; those that are not named become none."""
        changed = self._minutes.copy()
        for old in distinct(changed["calibration_id"]):
            new = numbers.get(old)
            changed["calibration_id"][self._minutes["calibration_id"] == old] = NONE if new is None else new
        return self._with(changed, self.profiles)

    @classmethod
    def _with(cls, minutes: NDArray[Any], profiles: tuple[str, ...]) -> MinuteTable:
        """A table of minutes that are in order already."""
        made = cls.__new__(cls)
        made._minutes, made.profiles, made._measured_s = _read_only(minutes), profiles, None
        return made

    def _values(self, part: NDArray[Any], name: str) -> Iterable[Any]:
        """One field of MinuteRow, for a stretch of minutes."""
        if name == "start":
            return map(datetime.fromtimestamp, (part["minute"] * 60).tolist(), map(zone, part["offset_min"].tolist()))
        values = part[name].tolist()
        if name == "profile":
            return (self.profiles[value] for value in values)
        if name == "band_s":
            return map(tuple, values)
        if name == "calibration_id":
            return (None if value == NONE else value for value in values)
        if name == "tied":
            return (None if value == NONE else bool(value) for value in values)
        return values if name not in MINUTE_NUMBERS else (None if isnan(value) else value for value in values)


def _read_only(values: NDArray[Any]) -> NDArray[Any]:
    """The same values, which nobody may write to through what is returned."""
    view = values.view()
    view.flags.writeable = False
    return view


def _in_order(minutes: NDArray[Any]) -> NDArray[Any]:
    local = minutes["minute"] + minutes["offset_min"]
    minutes["day"], minutes["hour"] = local // DAY_MIN + _EPOCH_DAY, local % DAY_MIN // 60
    order = np.lexsort((minutes["minute"], minutes["day"]))
    return minutes[order] if bool((np.diff(order) < 0).any()) else minutes
