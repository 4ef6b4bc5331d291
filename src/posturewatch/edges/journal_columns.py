"""The journal's minutes as columns, for reports over long periods: see ``core.minute_arrays``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

import numpy as np

from posturewatch.core.minute_arrays import MinuteArrays, MinuteColumns
from posturewatch.edges import journal_rows as rows
from posturewatch.edges.journal_read import DAY_MIN, JournalReader
from posturewatch.records import MinuteRow

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Table = NDArray[np.int64]
    Floats = NDArray[np.float64]

_MISSING: Final = -(1 << 31)
"""In place of NULL. No number of a journal comes near it."""

_COLUMNS: Final = (
    "minute", "offset_min", "profile_id", "valid_cs", "away_cs", "unreliable_cs", "paused_cs", "off_cs", "frames",
    "median_mil", "p90_mil", "mean_mil", "se_mil", "load_clb", "band0_cs", "band1_cs", "band2_cs", "band3_cs",
    "calibration_id", "p10_mil",
)  # fmt: skip
"""As the table has them, and as ``journal_rows.minute_row`` takes them."""

_NULLABLE: Final = frozenset({"median_mil", "p10_mil", "p90_mil", "mean_mil", "se_mil", "load_clb", "calibration_id"})
_EPOCH: Final = date(1970, 1, 1).toordinal()


def read_columns(journal: JournalReader, first: date, last: date) -> MinuteColumns:
    """The minutes of the local days from ``first`` to ``last``, both in; raises JournalError."""
    wanted = [f"coalesce({name}, {_MISSING})" if name in _NULLABLE else name for name in _COLUMNS]
    texts = journal.minute_columns(wanted, first, last)
    table = np.array([np.fromstring(text, dtype=np.int64, sep=",") for text in texts])
    minute, offset = table[0], table[1]
    day = (minute + offset) // DAY_MIN
    order = np.lexsort((minute, day))
    if bool((np.diff(order) < 0).any()):
        table, day = table[:, order], day[order]
    return _columns(table, day, journal.profile_names())


def _columns(table: Table, day: Table, names: dict[int, str]) -> MinuteColumns:
    by_name = dict(zip(_COLUMNS, table, strict=True))
    numbers, places, which = np.unique(by_name["profile_id"], return_index=True, return_inverse=True)
    in_turn = np.argsort(places)  # profiles in the order in which they come up
    rank = np.empty_like(in_turn)
    rank[in_turn] = np.arange(len(in_turn))
    calibration = by_name["calibration_id"]
    arrays = MinuteArrays(
        minute=by_name["minute"],
        day=day + _EPOCH,
        hour=(by_name["minute"] + by_name["offset_min"]) % DAY_MIN // 60,
        seconds=np.ascontiguousarray(table[3:8].T) / 100.0,
        bands=np.ascontiguousarray(table[14:18].T) / 100.0,
        median_in=_numbers(by_name["median_mil"], 1000.0),
        p10_in=_numbers(by_name["p10_mil"], 1000.0),
        p90_in=_numbers(by_name["p90_mil"], 1000.0),
        se_in=_numbers(by_name["se_mil"], 1000.0),
        load_lb=_numbers(by_name["load_clb"], 100.0),
        profile=rank[which],
        calibration=np.where(calibration == _MISSING, -1, calibration),
        profiles=tuple(names.get(int(number), "") for number in numbers[in_turn]),
        rows=(),
    )

    def make(begin: int, end: int) -> Sequence[MinuteRow]:
        part = table[:, begin:end]
        return rows.minute_rows(
            map(datetime.fromtimestamp, (part[0] * rows.MINUTE_S).tolist(), map(rows.zone, part[1].tolist())),
            [names.get(number, "") for number in part[2].tolist()],
            *(part[3:8] / 100.0).tolist(),
            part[8].tolist(),
            *(_or_none(column, 1000.0) for column in part[9:13]),
            _or_none(part[13], 100.0),
            zip(*(part[14:18] / 100.0).tolist(), strict=True),
            [None if number == _MISSING else number for number in part[18].tolist()],
            _or_none(part[19], 1000.0),
        )

    return MinuteColumns(arrays, make)


def _or_none(column: Table, factor: float) -> list[float | None]:
    return [None if value == _MISSING else value / factor for value in column.tolist()]


def _numbers(column: Table, factor: float) -> Floats:
    return np.where(column == _MISSING, np.nan, column / factor)
