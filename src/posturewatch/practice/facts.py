"""What shared files hold as tables of the lake, and how several files of one patient become one.

The rules are those of ``exchange.review``: of the files of one computer the one that was made last speaks for a day.
Two computers of one patient add up; where both saw the same minute, the one that saw more of it speaks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from posturewatch.base.movement import MovementRow
from posturewatch.base.records import CalibrationRow, DiaryEntry, Event, EventKind
from posturewatch.base.zones import offset_min
from posturewatch.core.history.journal_content import JournalContent
from posturewatch.core.history.minute_table import MINUTE, MinuteTable
from posturewatch.exchange.check_table import checks_csv, read_checks
from posturewatch.journal import rows
from posturewatch.practice.lake_tables import schema

if TYPE_CHECKING:
    import pyarrow as pa

    from posturewatch.exchange.review import SharedFile

EPOCH_DAY: Final = datetime(1970, 1, 1, tzinfo=UTC).toordinal()
_MINUTE_FIELDS: Final = tuple(column for column in rows.MINUTE_COLUMNS if column.name not in ("calibration_id", "tied"))
_NO_TIME: Final = -(2**62)
_SOURCE_BITS: Final = 32
"""A computer's number has fewer; minutes since 1970 have fewer than the rest until the year 6052."""


@dataclass(slots=True)
class Facts:
    """The fact tables of one patient, or of some months of one."""

    minutes: pa.Table = field(default_factory=lambda: schema("minutes").empty_table())
    events: pa.Table = field(default_factory=lambda: schema("events").empty_table())
    diary: pa.Table = field(default_factory=lambda: schema("diary").empty_table())
    checks: pa.Table = field(default_factory=lambda: schema("checks").empty_table())
    calibrations: pa.Table = field(default_factory=lambda: schema("calibrations").empty_table())


def of_file(file: SharedFile, source: int, events: pa.Table | None = None) -> Facts:
    """A shared file's facts; ``source``: the number of the computer that it is from. ``events``: where they were read
    by columns already."""
    made_ms, content = rows.utc_ms(file.made_at), file.content
    origin = {"source": source, "made_ms": made_ms}
    return Facts(
        _minutes(content.minutes.of_days(date.min, date.max), origin),
        _rows("events", (_event(event, place) | origin for place, event in enumerate(content.events)))
        if events is None
        else _with(events, origin),
        _rows("diary", (_entry(entry, place) | origin for place, entry in enumerate(content.diary))),
        _rows("checks", (_movement(row, place) | origin for place, row in enumerate(content.checks))),
        _rows("calibrations", (_calibration(row) for row in content.calibrations if row.id is not None)),
    )


def merged(old: Facts, new: Facts) -> Facts:
    """Both as one, overlaps resolved. A calibration that both have keeps its old number; others get new ones."""
    import pyarrow as pa

    calibrations, numbers = _calibrations(old.calibrations, new.calibrations)
    minutes = _spoken(pa.concat_tables([old.minutes, _renumbered(new.minutes, numbers)]))
    owners = _owners(minutes)
    events = _own(pa.concat_tables([old.events, new.events]), owners)
    diary = pa.concat_tables([old.diary, new.diary])
    diary = _own(diary, _owners(diary))
    checks = _newest(pa.concat_tables([old.checks, new.checks]))
    return Facts(minutes, _once(events), _once(diary), checks, calibrations)


def content_of(facts: Facts) -> JournalContent:
    """The same facts as report and exports take them."""
    table = facts.minutes.filter(facts.minutes["speaks"])
    made = np.empty(table.num_rows, MINUTE)
    names = table["profile"].combine_chunks().dictionary_encode()
    made["minute"], made["offset_min"] = table["minute"].to_numpy(), table["offset_min"].to_numpy()
    made["profile"] = names.indices.to_numpy()
    made["calibration_id"] = table["calibration"].fill_null(-1).to_numpy()
    tied = table["tied"].cast("int8").fill_null(-1)
    made["tied"] = tied.to_numpy()
    for column in _MINUTE_FIELDS:
        values = table[column.name].to_numpy().astype(np.float64) / column.factor
        if column.part is None:
            made[column.field] = values
        else:
            made["band_s"][:, column.part] = values
    return JournalContent(
        MinuteTable(made, names.dictionary.to_pylist()),
        events_of(_in_time(facts.events)),
        tuple(_entry_of(row) for row in _in_time(facts.diary).to_pylist()),
        tuple(_calibration_of(row) for row in facts.calibrations.to_pylist()),
        tuple(_movements(facts.checks)),
    )


def by_month(table: pa.Table) -> dict[int, pa.Table]:
    """A table's rows by the month of their day (202609)."""
    if not table.num_rows:
        return {}
    days = table["day"].to_numpy().astype("datetime64[D]")
    months = days.astype("datetime64[M]").astype(np.int64)
    if (np.diff(months) < 0).any():
        order = np.argsort(months, kind="stable")
        table, months = table.take(order), months[order]
    found, begins = np.unique(months, return_index=True)
    ends = np.append(begins, len(months))[1:]
    return {
        (month // 12 + 1970) * 100 + month % 12 + 1: table.slice(begin, end - begin)
        for month, begin, end in zip(found.tolist(), begins, ends, strict=True)
    }


# --------------------------------------------------------------------------- rows of a file


def _minutes(table: MinuteTable, origin: Mapping[str, int]) -> pa.Table:
    import pyarrow as pa

    count = len(table)
    names = pa.DictionaryArray.from_arrays(pa.array(table["profile"], pa.int64()), pa.array(table.profiles or [""]))
    calibration = table["calibration_id"]
    arrays: dict[str, Any] = {
        "day": table["day"] - EPOCH_DAY,
        "minute": table["minute"],
        "offset_min": table["offset_min"],
        "profile": names.cast(pa.string()),
        "calibration": pa.array(calibration, pa.int64(), mask=calibration < 0),
        "tied": pa.array(table["tied"] == 1, pa.bool_(), mask=table["tied"] < 0),
        "speaks": np.ones(count, bool),
        **{name: np.full(count, value, np.int64) for name, value in origin.items()},
    }
    for column in _MINUTE_FIELDS:
        values = table[column.field] if column.part is None else table["band_s"][:, column.part]
        missing = np.isnan(values)
        scaled = np.rint(np.where(missing, 0.0, values) * column.factor).astype(np.int64)
        arrays[column.name] = pa.array(scaled, pa.int64(), mask=missing)
    wanted = schema("minutes")
    made = {
        name: pa.array(arrays[name]) if isinstance(arrays[name], np.ndarray) else arrays[name] for name in wanted.names
    }
    return pa.table(made).cast(wanted)


def _rows(name: str, found: Iterable[Mapping[str, Any]]) -> pa.Table:
    import pyarrow as pa

    return pa.Table.from_pylist([dict(row) for row in found], schema=schema(name))


def _with(events: pa.Table, origin: Mapping[str, int]) -> pa.Table:
    import pyarrow as pa

    for name, value in origin.items():
        events = events.append_column(name, pa.array(np.full(events.num_rows, value, np.int64)))
    return events.select(schema("events").names).cast(schema("events"))


def _local_day(moment: datetime) -> int:
    return moment.toordinal() - EPOCH_DAY


def _event(event: Event, place: int) -> dict[str, Any]:
    at_ms, offset, kind, outcome, detail, value = rows.event_values(event)
    told = {"at_ms": at_ms, "offset_min": offset, "kind": kind, "outcome": outcome, "detail": detail, "value": value}
    return {"day": _local_day(event.at), "place": place} | told


def events_of(table: pa.Table) -> tuple[Event, ...]:
    """The events of a table as they stand in it."""
    at = map(rows.moment_of_ms, table["at_ms"].to_pylist(), table["offset_min"].to_pylist())
    kinds = map(_KINDS.__getitem__, table["kind"].to_pylist())
    return tuple(map(Event, at, kinds, *(table[name].to_pylist() for name in ("outcome", "detail", "value"))))


_KINDS: Final = {str(kind): kind for kind in EventKind}


_DIARY: Final = (
    "at_ms", "offset_min", "written_ms", "written_offset_min", "kind", "duration_min", "worst", "side", "medication",
    "trigger", "note", "score_name", "score",
)  # fmt: skip
"""Columns of the diary in the order of ``journal.rows.diary_values``."""


def _entry(entry: DiaryEntry, place: int) -> dict[str, Any]:
    told = dict(zip(_DIARY, rows.diary_values(entry), strict=True))
    return {"day": _local_day(entry.at), "place": place} | told


def _entry_of(row: Mapping[str, Any]) -> DiaryEntry:
    return rows.diary_row((None, *(row[name] for name in _DIARY)))


def _movement(row: MovementRow, place: int) -> dict[str, Any]:
    """A result of a movement check, as its line in a file: no query looks into it."""
    line = checks_csv([row]).splitlines()[1]
    at_ms = rows.utc_ms(row.at)
    return {"day": _local_day(row.at), "at_ms": at_ms, "place": place, "movement": row.movement.value, "line": line}


def _movements(table: pa.Table) -> Iterator[MovementRow]:
    lines = [f"{row['line']}\r\n" for row in _in_time(table).to_pylist()]
    return read_checks([checks_csv([]), *lines], "checks")


def _newest(table: pa.Table) -> pa.Table:
    """Each result of a movement check once, from the file that was made last."""
    last: dict[tuple[int, str], int] = {}
    made = table["made_ms"].to_pylist()
    for place, key in enumerate(zip(table["at_ms"].to_pylist(), table["movement"].to_pylist(), strict=True)):
        if key not in last or made[place] >= made[last[key]]:
            last[key] = place
    return table.take(np.array(sorted(last.values()), np.int64))


def _calibration(row: CalibrationRow) -> dict[str, Any]:
    """Without the points of face and body, should the file have them: a practice has no use for them."""
    return {
        "calibration": row.id,
        "at_ms": rows.utc_ms(row.at),
        "offset_min": offset_min(row.at),
        "profile": row.profile,
        "repeatability_in": row.repeatability_in,
        "frames": row.frames,
        "view": row.view,
    }


def _calibration_of(row: Mapping[str, Any]) -> CalibrationRow:
    at = rows.moment_of_ms(row["at_ms"], row["offset_min"])
    return CalibrationRow(
        at, row["profile"], row["repeatability_in"], row["frames"], row["view"], "", row["calibration"]
    )


def _in_time(table: pa.Table) -> pa.Table:
    return table.sort_by([("at_ms", "ascending"), ("source", "ascending"), ("place", "ascending")])


# --------------------------------------------------------------------------- joining


def _calibrations(old: pa.Table, new: pa.Table) -> tuple[pa.Table, dict[int, int]]:
    """Both, each calibration once, and the number that each of the new has now."""
    kept = old.to_pylist()
    known = {(row["at_ms"], row["repeatability_in"], row["frames"]): row["calibration"] for row in kept}
    numbers = {}
    for row in new.to_pylist():
        key = (row["at_ms"], row["repeatability_in"], row["frames"])
        if key not in known:
            known[key] = max(known.values(), default=0) + 1
            kept.append(row | {"calibration": known[key]})
        numbers[row["calibration"]] = known[key]
    return _rows("calibrations", kept), numbers


def _renumbered(minutes: pa.Table, numbers: Mapping[int, int]) -> pa.Table:
    """The minutes under the new numbers; one whose calibration did not come with it has none, as in a review."""
    import pyarrow as pa

    before = minutes["calibration"].fill_null(-1).to_numpy()
    after = np.full(len(before), -1, np.int64)
    for was, becomes in numbers.items():
        after[before == was] = becomes
    column = pa.array(after, pa.int64(), mask=after < 0).cast(pa.int32())
    place = minutes.schema.get_field_index("calibration")
    return minutes.set_column(place, minutes.schema.field(place), column)


def _keys(table: pa.Table) -> np.ndarray:
    """One number for computer and day."""
    keys: np.ndarray = table["source"].to_numpy().astype(np.int64) << _SOURCE_BITS | table["day"].to_numpy()
    return keys


def _owners(table: pa.Table) -> tuple[np.ndarray, np.ndarray]:
    """Computer-days that the table has, in order, and when the last file was made that has one."""
    keys, inverse = np.unique(_keys(table), return_inverse=True)
    last = np.full(len(keys), _NO_TIME, np.int64)
    np.maximum.at(last, inverse, table["made_ms"].to_numpy())
    return keys, last


def _own(table: pa.Table, owners: tuple[np.ndarray, np.ndarray]) -> pa.Table:
    """The rows of the files that speak for their day; days that nobody speaks for keep theirs."""
    days, last = owners
    if not len(days):
        return table
    keys = _keys(table)
    place = np.minimum(np.searchsorted(days, keys), len(days) - 1)
    own = (days[place] != keys) | (last[place] == table["made_ms"].to_numpy())
    return table if own.all() else table.filter(own)


def _spoken(minutes: pa.Table) -> pa.Table:
    """Each computer's minutes of the file that speaks for the day, once, in order of time, and which minutes speak."""
    import pyarrow as pa

    own = _own(minutes, _owners(minutes))
    minute, source = own["minute"].to_numpy().astype(np.int64), own["source"].to_numpy()
    place = own.schema.get_field_index("speaks")
    if (np.diff(minute) > 0).all():  # of one computer alone, as nearly always
        return own.set_column(place, own.schema.field(place), pa.array(np.ones(len(minute), bool)))
    valid, made = own["valid_cs"].to_numpy(), own["made_ms"].to_numpy()
    order = np.lexsort((source, -made, -valid.astype(np.int64), minute))
    same_source = np.unique(minute[order] << _SOURCE_BITS | source[order], return_index=True)[1]
    order = order[np.sort(same_source)]
    first = np.ones(len(order), bool)
    first[1:] = minute[order][1:] != minute[order][:-1]
    return own.take(order).set_column(place, own.schema.field(place), pa.array(first))


def _once(table: pa.Table) -> pa.Table:
    """Rows that are equal in all that was told, once; which file, computer or place brought them does not count."""
    import pyarrow as pa

    if not table.num_rows:
        return table
    told = [name for name in table.column_names if name not in {"source", "place", "made_ms"}]
    numbered = table.append_column("number", pa.array(np.arange(table.num_rows)))
    first = numbered.group_by(told, use_threads=False).aggregate([("number", "min")])["number_min"].to_numpy()
    return table if len(first) == table.num_rows else table.take(np.sort(first))
