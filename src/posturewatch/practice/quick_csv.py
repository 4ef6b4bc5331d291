"""Minutes and events of a shared file read by columns: the same as ``exchange.csv_tables`` reads, many times quicker.

Whatever is not plainly as we write it today (a file of an earlier version is not) is left to that reader, which tells
the place of what is wrong. So a file is accepted or refused by one rule, and only the usual case is quick.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from posturewatch.base.load import HEAD_LB, LB_PER_INCH
from posturewatch.base.records import FULL_MINUTE_S, MINUTE_NUMBERS, MINUTE_SECONDS
from posturewatch.core.history.minute_table import DAY_MIN, MINUTE, MinuteTable
from posturewatch.exchange.csv_cells import MAX_ROWS, SCHEMA_VERSION, Column
from posturewatch.exchange.csv_tables import BANDS, EVENTS, MINUTES, ROUNDING_S

if TYPE_CHECKING:
    import pyarrow as pa

_WHOLE: Final = ("utc_offset_min", "frames", "calibration_id", "schema_version")
_WORDS: Final = frozenset({"profile", "tied", "load_rule", "kind", "outcome", "detail"})
_TEXTS: Final = _WORDS | {"utc_start", "utc_at", "local_start", "local_at"}
_DAY_MS: Final = DAY_MIN * 60_000

Longs = NDArray[np.int64]


def read_minutes(data: bytes) -> MinuteTable | None:
    """The minutes of a file's bytes, or ``None`` where the careful reader has to look."""
    import pyarrow as pa

    try:
        read = _columns(data, MINUTES)
        utc_s, offset = _moments(read, "start", "s")
        made = np.empty(read.num_rows, MINUTE)
        if (utc_s % 60).any():
            return None
        made["minute"], made["offset_min"] = utc_s // 60, offset
        names = read["profile"].fill_null("").combine_chunks().dictionary_encode()
        made["profile"] = names.indices.to_numpy()
        for name in (*MINUTE_SECONDS, *MINUTE_NUMBERS, "frames"):
            made[name] = read[name].to_numpy()
        # Not the file's, as the careful reader has it; the inches have three decimals, so this is exact.
        made["load_index_lb"] = np.round(HEAD_LB + LB_PER_INCH * np.maximum(made["fht_median_in"], 0.0), 2)
        made["calibration_id"] = read["calibration_id"].fill_null(-1).to_numpy()
        tied = read["tied"].fill_null("").to_numpy(zero_copy_only=False)
        made["tied"] = np.where(tied == "yes", 1, np.where(tied == "no", 0, -1))
        made["band_s"] = np.stack([read[name].to_numpy() for name in BANDS], axis=1)
        total = np.sum([made[name] for name in MINUTE_SECONDS], axis=0)
        in_bands = made["band_s"].sum(axis=1)
        too_many = (total > FULL_MINUTE_S + ROUNDING_S) | (in_bands > made["valid_s"] + ROUNDING_S)
        in_order = np.sort(made["minute"])
        if too_many.any() or (in_order[1:] == in_order[:-1]).any():
            return None
        return MinuteTable(made, _read_each(names.dictionary.to_pylist(), MINUTES, "profile"))
    except (pa.ArrowException, ValueError):
        return None


def read_events(data: bytes) -> pa.Table | None:
    """The events of a file's bytes as the lake keeps them, but for their origin; ``None`` as above."""
    import pyarrow as pa

    try:
        read = _columns(data, EVENTS)
        at_ms, offset = _moments(read, "at", "ms")
        return pa.table(
            {
                "day": (at_ms + offset * 60_000) // _DAY_MS,
                "at_ms": at_ms,
                "place": np.arange(len(at_ms)),
                "offset_min": offset,
                **{name: _texts(read, name) for name in ("kind", "outcome", "detail")},
                "value": read["value"],
            }
        )
    except (pa.ArrowException, ValueError):
        return None


def _columns(data: bytes, columns: Sequence[Column[Any]]) -> pa.Table:
    """The file's columns, every cell within the limits that its column has. Raises for anything unusual."""
    import pyarrow as pa
    from pyarrow import csv

    names = [column.name for column in columns]
    types: Mapping[str, Any] = {
        name: pa.string() if name in _TEXTS else pa.int64() if name in _WHOLE else pa.float64()
        for name in (*names, "schema_version")
    }
    own = pa.BufferOutputStream()  # a copy that is Arrow's: see Lake.read
    own.write(data)
    read = csv.read_csv(
        pa.BufferReader(own.getvalue()),
        csv.ReadOptions(use_threads=False, block_size=max(len(data), 1)),
        csv.ParseOptions(newlines_in_values=True),
        csv.ConvertOptions(
            column_types=types, null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=True
        ),
    ).combine_chunks()
    if set(read.column_names) != {*names, "schema_version"} or not 0 < read.num_rows <= MAX_ROWS:
        raise ValueError("other columns")
    if any(read[name].null_count for name in (*(one.name for one in columns if one.required), "schema_version")):
        raise ValueError("a cell is blank")
    versions = read["schema_version"].to_numpy()
    if not ((versions >= 1) & (versions <= SCHEMA_VERSION)).all():
        raise ValueError("another version")
    for column in columns:
        if types[column.name] != pa.string():
            _try_ends(column, read[column.name].drop_null().to_numpy())
        elif column.name in _WORDS:
            for text in read[column.name].unique().to_pylist():
                if text:
                    column.kind.read(text)  # raises OutsideError
    return read


def _try_ends(column: Column[Any], values: NDArray[Any]) -> None:
    """Let the column's own rule judge the smallest and the largest of its numbers. Raises OutsideError, ValueError."""
    if not len(values):
        return
    if not np.isfinite(values).all():
        raise ValueError("no number")
    for end in (values.min(), values.max()):
        column.kind.read(str(int(end)) if column.name in _WHOLE else repr(float(end)))


def _moments(read: pa.Table, which: str, unit: str) -> tuple[Longs, Longs]:
    """Moments since 1970 UTC in this unit, and offsets. Raises ValueError where a time is written otherwise, belongs to
    no calendar, or does not fit the local time beside it."""
    import pyarrow as pa
    import pyarrow.compute as pc

    utc, local = read[f"utc_{which}"], read[f"local_{which}"]
    whole = _has_form(utc, "0000-00-00T00:00:00Z") if unit == "s" else _some_have_milliseconds(utc)
    if not whole or not _has_form(local, "0000-00-00 00:00:00"):
        raise ValueError("a time is written otherwise")
    plain = pc.utf8_slice_codeunits(utc, 0, 23 if unit == "ms" else 19)
    at = pc.cast(pc.utf8_rtrim(plain, "Z"), pa.timestamp(unit)).to_numpy().astype(np.int64)
    shown_s = pc.cast(local, pa.timestamp("s")).to_numpy().astype(np.int64)
    offset = read["utc_offset_min"].to_numpy()
    columns: dict[str, Column[Any]] = {one.name: one for one in MINUTES}
    columns |= {one.name: one for one in EVENTS}
    for place in (int(np.argmin(at)), int(np.argmax(at))):
        columns[f"utc_{which}"].kind.read(utc[place].as_py())
    if not (at // (1000 if unit == "ms" else 1) + offset * 60 == shown_s).all():
        raise ValueError("the local time does not fit")
    return at, offset


def _some_have_milliseconds(utc: pa.ChunkedArray) -> bool:
    """Whether all of these texts are times in UTC, to the second or the millisecond."""
    import pyarrow.compute as pc

    return bool(pc.all(pc.match_substring_regex(utc, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d\d\d)?Z$")).as_py())


def _has_form(texts: pa.ChunkedArray, form: str) -> bool:
    """Whether all of these texts are of this form, where 0 stands for any digit: a regular expression takes ten times
    as long."""
    array = texts.combine_chunks()
    _present, places, data = array.buffers()
    ends = np.frombuffer(places, np.int32)[array.offset : array.offset + len(array) + 1]
    if array.null_count or (np.diff(ends) != len(form)).any():
        return False
    signs = np.frombuffer(data, np.uint8)[ends[0] : ends[-1]].reshape(-1, len(form))
    wanted = np.frombuffer(form.encode(), np.uint8)
    digit = wanted == ord("0")
    return bool((signs[:, ~digit] == wanted[~digit]).all() and (signs[:, digit] - ord("0") <= 9).all())


def _read_each(texts: Sequence[str], columns: Sequence[Column[Any]], name: str) -> list[str]:
    kind = next(column.kind for column in columns if column.name == name)
    return [kind.read(text) if text else "" for text in texts]


def _texts(read: pa.Table, name: str) -> pa.Array:
    """A column of texts as its rule reads them, blank where there is none."""
    import pyarrow as pa

    coded = read[name].fill_null("").combine_chunks().dictionary_encode()
    plain = pa.array(_read_each(coded.dictionary.to_pylist(), EVENTS, name), pa.string())
    return pa.DictionaryArray.from_arrays(coded.indices, plain).cast(pa.string())
