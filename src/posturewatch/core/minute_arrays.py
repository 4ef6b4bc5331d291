"""Minutes of the journal as columns, so that a year of them is summed up in a fraction of a second."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from posturewatch.core.quantiles import Floats
from posturewatch.records import MinuteRow

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_SECONDS: Final = attrgetter("valid_s", "away_s", "unreliable_s", "paused_s", "off_s")
_VALUES: Final = attrgetter("fht_median_in", "fht_se_in", "load_index_lb")


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
    se_in: Floats
    load_lb: Floats
    profile: Ints
    calibration: Ints
    profiles: tuple[str, ...]
    rows: tuple[MinuteRow, ...]

    @property
    def valid_s(self) -> Floats:
        """Seconds with a number; 0 where the row has no median after all."""
        return np.where(np.isnan(self.median_in), 0.0, self.seconds[:, 0])

    def where(self, keep: Any) -> MinuteArrays:
        """The minutes that a mask or a slice selects."""
        rows = self.rows[keep] if isinstance(keep, slice) else ()
        return MinuteArrays(
            self.minute[keep], self.day[keep], self.hour[keep], self.seconds[keep], self.bands[keep],
            self.median_in[keep], self.se_in[keep], self.load_lb[keep], self.profile[keep],
            self.calibration[keep], self.profiles, rows,
        )  # fmt: skip


def columns(rows: Sequence[MinuteRow], first: date, last: date) -> MinuteArrays:
    """The rows whose local date lies from ``first`` to ``last``, in order of local day and of time within it."""
    first_day, last_day = first.toordinal(), last.toordinal()
    days = np.fromiter((row.start.toordinal() for row in rows), np.int64, len(rows))
    if len(rows) and (days.min() < first_day or days.max() > last_day):
        rows = [row for row, day in zip(rows, days.tolist(), strict=True) if first_day <= day <= last_day]
    minute = np.fromiter((row.start.timestamp() for row in rows), np.float64, len(rows)).astype(np.int64) // 60
    day = np.fromiter((row.start.toordinal() for row in rows), np.int64, len(rows))
    order = np.lexsort((minute, day))
    if bool((np.diff(order) < 0).any()):
        rows, minute, day = [rows[place] for place in order.tolist()], minute[order], day[order]
    n = len(rows)
    names = {name: place for place, name in enumerate(dict.fromkeys(row.profile for row in rows))}
    values: Floats = np.array([_VALUES(row) for row in rows], dtype=np.float64).reshape(n, 3)
    return MinuteArrays(
        minute=minute,
        day=day,
        hour=np.fromiter((row.start.hour for row in rows), np.int64, n),
        seconds=np.array([_SECONDS(row) for row in rows], dtype=np.float64).reshape(n, 5),
        bands=np.array([row.band_s for row in rows], dtype=np.float64).reshape(n, 4),
        median_in=values[:, 0],
        se_in=values[:, 1],
        load_lb=values[:, 2],
        profile=np.fromiter((names[row.profile] for row in rows), np.int64, n),
        calibration=np.fromiter(
            (-1 if row.calibration_id is None else row.calibration_id for row in rows), np.int64, n
        ),
        profiles=tuple(names),
        rows=tuple(rows),
    )
