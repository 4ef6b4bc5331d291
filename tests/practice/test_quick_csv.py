"""What is read by columns is what is read by cells, and whatever is wrong is left to the reader that says where."""

from __future__ import annotations

import pytest

from posturewatch.base.errors import ImportRefusedError
from posturewatch.core.history.minute_table import MinuteTable
from posturewatch.exchange import csv_tables
from posturewatch.exchange.csv_cells import encode
from posturewatch.practice import quick_csv
from posturewatch.practice.facts import _event, _rows

from .shared_files import journal, uneven

MINUTES = csv_tables.minutes_csv(uneven(3).minutes)
EVENTS = csv_tables.events_csv(journal(3).events)


def test_minutes_are_the_same_by_columns_as_by_cells() -> None:
    """Of an uneven journal, with blanks and words of every kind."""
    found = quick_csv.read_minutes(encode(MINUTES))
    assert found is not None
    assert found == MinuteTable.of(csv_tables.read_minutes(MINUTES.splitlines(keepends=True), "x"))


def test_events_are_the_same_by_columns_as_by_cells() -> None:
    """To the millisecond, with their texts."""
    found = quick_csv.read_events(encode(EVENTS))
    assert found is not None
    careful = csv_tables.read_events(EVENTS.splitlines(keepends=True), "x")
    wanted = _rows("events", (_event(event, place) for place, event in enumerate(careful)))
    assert found.cast(wanted.select(found.column_names).schema) == wanted.select(found.column_names)


def line(change: dict[str, str]) -> str:
    """The minutes with cells of the third row changed."""
    lines = MINUTES.splitlines(keepends=True)
    head, cells = lines[0].rstrip().split(","), lines[3].rstrip().split(",")
    for name, cell in change.items():
        cells[head.index(name)] = cell
    lines[3] = ",".join(cells) + "\r\n"
    return "".join(lines[:200])


@pytest.mark.parametrize(
    "change",
    [
        {"valid_s": "61.5"},
        {"valid_s": "-1"},
        {"valid_s": ""},
        {"valid_s": "nan"},
        {"valid_s": "60.00", "off_s": "60.00"},
        {"fht_median_in": "31"},
        {"fht_se_in": "-0.1"},
        {"from_2_in_s": "60.00"},
        {"fht_median_in": "inf"},
        {"fht_median_in": "=1+1"},
        {"utc_start": "2026-08-31T13:00:30Z"},
        {"utc_start": "2026-08-31 13:00:00"},
        {"utc_start": "2026-13-31T13:00:00Z"},
        {"utc_start": "0001-01-01T00:00:00Z"},
        {"local_start": "2026-08-31 01:00:00"},
        {"utc_offset_min": "100000"},
        {"utc_offset_min": "1.5"},
        {"tied": "perhaps"},
        {"calibration_id": "0"},
        {"frames": "-3"},
        {"profile": "\x1b[2J"},
        {"profile": "x" * 300},
        {"schema_version": "99"},
        {"schema_version": "0"},
    ],
)
def test_what_the_careful_reader_refuses_is_not_taken_by_columns(change: dict[str, str]) -> None:
    """Each limit, and each way to write something that only looks like a value."""
    text = line(change)
    with pytest.raises(ImportRefusedError):
        list(csv_tables.read_minutes(text.splitlines(keepends=True), "x"))
    assert quick_csv.read_minutes(text.encode()) is None


def test_a_minute_that_stands_twice_and_a_column_too_few_are_not_taken() -> None:
    """What no single cell shows."""
    lines = MINUTES.splitlines(keepends=True)
    assert quick_csv.read_minutes("".join([*lines[:9], lines[8]]).encode()) is None
    assert quick_csv.read_minutes(b"utc_start,valid_s\r\n2026-08-31T13:00:00Z,1\r\n") is None
    assert quick_csv.read_minutes(b"") is None
    assert quick_csv.read_minutes(MINUTES.encode("utf-16")) is None
