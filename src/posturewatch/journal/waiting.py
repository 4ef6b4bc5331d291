"""Rows on their way to the disk: written at once as a rule, kept while the disk refuses.

Also here: what a minute's row is made of when it is written more than once. The minute in progress replaces
its own earlier state; a part of the same minute that another run, or the time before a sleep, left is joined.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final

from posturewatch.base.outside import cleaned
from posturewatch.base.records import Event, MinuteRow, Step
from posturewatch.journal import rows

MAX_WAITING: Final = 5000
"""Rows kept in memory while the disk refuses: three days of minutes, about 2 MB. Beyond, samples go first."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A single estimate and when it was made."""

    at: datetime
    step: Step


CHUNK: Final = 200
"""Rows in one transaction: what a refused attempt costs does not grow with what waits."""

Item = MinuteRow | Event | Sample


class Waiting:
    """The queue. ``write`` runs inside a transaction, ``written`` after its commit; a failed one changes nothing.

    Both are about the oldest :data:`CHUNK` rows.
    """

    def __init__(self) -> None:
        self.lost = 0
        self._items: dict[object, Item] = {}
        self._bases: dict[int, MinuteRow | None] = {}  # what others, or an earlier part, hold of a minute
        self._latest: dict[int, MinuteRow] = {}  # what was last given of a minute
        self._synced_minute: int | None = None

    def __len__(self) -> int:
        return len(self._items)

    def put(self, item: Item) -> None:
        """Queue a row; a minute takes the place of the same minute.

        Raises TypeError or ValueError for one that could never be written (a time without its offset): it
        would hold up all that come after it.
        """
        _values(item)
        key: object = rows.utc_minute(item.start) if isinstance(item, MinuteRow) else object()
        self._items.pop(key, None)
        self._items[key] = item
        while len(self._items) > MAX_WAITING:
            sample = next((key for key, old in self._items.items() if isinstance(old, Sample)), None)
            del self._items[next(iter(self._items)) if sample is None else sample]
            self.lost += 1

    def clear(self) -> None:
        """Give up everything, what is remembered of the minute in progress too."""
        for kept in (self._items, self._bases, self._latest):
            kept.clear()

    def must_reach_the_disk(self) -> bool:
        """Whether this write should outlast a power cut: an event, or the first of a new minute."""
        return any(
            key != self._synced_minute if isinstance(item, MinuteRow) else isinstance(item, Event)
            for key, item in self._oldest()
        )

    def write(self, connection: sqlite3.Connection, read_minute: Callable[[int], MinuteRow | None]) -> None:
        """Write the oldest rows. ``read_minute`` gives what the journal holds of a UTC minute."""
        for key, item in self._oldest():
            if isinstance(item, MinuteRow) and isinstance(key, int):
                self._write_minute(connection, key, item, read_minute)
            elif isinstance(item, Event):
                insert(connection, "events", _values(item))
            elif isinstance(item, Sample):
                put_row(connection, "samples", _values(item))

    def written(self) -> None:
        """The oldest rows wait no longer, and of minutes only the one in progress may still be replaced."""
        done = self._oldest()
        minute = next((key for key, _item in reversed(done) if isinstance(key, int)), None)
        if minute is not None:
            self._bases = {minute: self._bases[minute]}
            self._latest = {minute: self._latest[minute]}
            self._synced_minute = minute
        for key, _item in done:
            del self._items[key]

    def _oldest(self) -> tuple[tuple[object, Item], ...]:
        return tuple(islice(self._items.items(), CHUNK))

    def _write_minute(
        self,
        connection: sqlite3.Connection,
        minute: int,
        row: MinuteRow,
        read_minute: Callable[[int], MinuteRow | None],
    ) -> None:
        latest = self._latest.get(minute)
        if minute not in self._bases:
            self._bases[minute] = read_minute(minute)
        elif latest is not None and rows.known_s(row) < rows.known_s(latest):
            # The minute was begun anew (the computer slept, or its clock was set): a part of its own.
            self._bases[minute] = rows.join_minutes(self._bases[minute], latest)
        self._latest[minute] = row
        whole = rows.join_minutes(self._bases[minute], row)
        name = cleaned(whole.profile)
        connection.execute("INSERT OR IGNORE INTO profiles (name) VALUES (?)", (name,))
        (profile,) = connection.execute("SELECT id FROM profiles WHERE name = ?", (name,)).fetchone()
        put_row(connection, "minutes", rows.minute_values(whole, profile))


def _values(item: Item) -> rows.Values:
    if isinstance(item, MinuteRow):
        return rows.minute_values(item, 0)
    return rows.event_values(item) if isinstance(item, Event) else rows.sample_values(item.at, item.step)


def insert(connection: sqlite3.Connection, table: str, values: rows.Values, number: int | None = None) -> int:
    """Insert a row after its number (a new one if None); returns the number."""
    marks = ", ".join("?" * (len(values) + 1))
    sql = f"INSERT INTO {table} VALUES ({marks})"  # noqa: S608  (tables of ours)
    return int(connection.execute(sql, (number, *values)).lastrowid or 0)


def put_row(connection: sqlite3.Connection, table: str, values: tuple[Any, ...]) -> None:
    """Insert a row or replace the one with its key."""
    marks = ", ".join("?" * len(values))
    connection.execute(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", values)  # noqa: S608
