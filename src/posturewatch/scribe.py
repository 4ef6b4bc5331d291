"""The loop's pen: writes to the journal, keeps what cannot be written until it can, and adds up the day.

A journal that fails is loud (``trouble`` stands in the tray) and stops nothing: rows wait here, in order, and
go down when there is room again. The daily files are written when the local day turns.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from posturewatch.errors import PosturewatchError
from posturewatch.i18n import _
from posturewatch.ports import Journal, Keeper
from posturewatch.records import Event, EventKind, MinuteRow, Outcome, Step, Today

WAITING_MAX: Final = 3000
"""Rows kept while the journal fails: two days of minutes with their events, under a megabyte. Then the oldest go."""

RETRY_S: Final = 10.0
"""Seconds between tries while the journal fails."""

_log = logging.getLogger("posturewatch.scribe")


class Scribe:
    """Everything that is written down passes here. Never raises for a journal that fails."""

    def __init__(self, journal: Journal, keeper: Keeper, now: datetime) -> None:
        self._journal = journal
        self._keeper = keeper
        self._waiting: deque[Callable[[], object]] = deque(maxlen=WAITING_MAX)
        self._retry_s = 0.0
        self._day = now.date()
        self.trouble = ""
        self.today = Today()
        self._read_today(now)

    def minute(self, row: MinuteRow, now_s: float) -> None:
        """Write a minute and count it into the day."""
        self._write(lambda: self._journal.add_minute(row), now_s)
        if row.start.date() == self._day:
            self._count(row)

    def event(self, event: Event, now_s: float) -> None:
        """Write an event."""
        self._write(lambda: self._journal.add_event(event), now_s)
        if event.at.date() == self._day:
            self._count_event(event)

    def sample(self, at: datetime, step: Step) -> None:
        """Write a single estimate. One that cannot be written is let go: it is a detail of its minute."""
        if not self.trouble:
            try:
                self._journal.add_sample(at, step)
            except PosturewatchError as err:
                self._fail(err)

    def turn_day(self, now: datetime) -> None:
        """Write the files of the day that has ended, if one has. A clock set back a little ends no day."""
        if now.date() == self._day or timedelta(0) <= self._day - now.date() <= timedelta(days=1):
            return
        ended, self._day = self._day, now.date()
        self.today = Today()
        self._read_today(now)
        self.write_day(ended)

    def write_day(self, day: date | None = None) -> None:
        """Write the files of a day (the present one if none is named)."""
        try:
            self._keeper.write_day(day or self._day)
        except (PosturewatchError, OSError) as err:
            self._fail(err)

    def flush(self, now_s: float) -> bool:
        """Try to write what waits; says whether nothing waits any more."""
        if self._waiting and now_s >= self._retry_s:
            self._drain(now_s)
        return not self._waiting

    def _write(self, entry: Callable[[], object], now_s: float) -> None:
        self._waiting.append(entry)
        if not self.trouble or now_s >= self._retry_s:
            self._drain(now_s)

    def _drain(self, now_s: float) -> None:
        while self._waiting:
            try:
                self._waiting[0]()
            except (PosturewatchError, OSError) as err:
                self._retry_s = now_s + RETRY_S
                self._fail(err)
                return
            self._waiting.popleft()
        if self.trouble:
            _log.info("the journal can be written again")
        self.trouble = ""

    def _fail(self, err: Exception) -> None:
        words = err.message if isinstance(err, PosturewatchError) else str(err)
        if not self.trouble:
            _log.error("cannot write: %s", words)
        self.trouble = _("The log cannot be written: {reason}").format(reason=words)

    def _read_today(self, now: datetime) -> None:
        """Take up the day where an earlier run left it."""
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        try:
            for row in self._journal.minutes(midnight, now + timedelta(minutes=1)):
                self._count(row)
            for event in self._journal.events(midnight, now + timedelta(minutes=1)):
                self._count_event(event)
        except PosturewatchError as err:
            self._fail(err)

    def _count(self, row: MinuteRow) -> None:
        bands = [have + more / 60 for have, more in zip(self.today.band_min, row.band_s, strict=True)]
        self.today = replace(
            self.today,
            valid_min=self.today.valid_min + row.valid_s / 60,
            away_min=self.today.away_min + row.away_s / 60,
            unreliable_min=self.today.unreliable_min + row.unreliable_s / 60,
            band_min=(bands[0], bands[1], bands[2], bands[3]),
        )

    def _count_event(self, event: Event) -> None:
        if event.kind is EventKind.NUDGE and event.outcome == Outcome.SHOWN:
            self.today = replace(self.today, nudges=self.today.nudges + 1)
        if event.kind is EventKind.BREAK_TAKEN:
            self.today = replace(self.today, breaks_taken=self.today.breaks_taken + 1)
