"""The loop's pen: writes to the journal, says loudly when that fails, and adds up the day.

A journal that fails stops nothing: it keeps in memory what it could not write and takes it along with the next
write (``journal/writer.py``); here it becomes a line in the tray. The daily files are written when the local day
turns.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final, TypeVar

from posturewatch.base.errors import PosturewatchError
from posturewatch.base.i18n import _
from posturewatch.base.records import CalibrationRow, DiaryEntry, Event, EventKind, MinuteRow, Outcome, Step, Today
from posturewatch.journal.interface import Journal
from posturewatch.loop.ports import Keeper

LONGEST_SHIFT: Final = timedelta(hours=26)
"""The day began this much earlier at most than the present offset says: clocks change by an hour, flights by a day."""

_log = logging.getLogger("posturewatch.day_log")

T = TypeVar("T")


class DayLog:
    """Everything that is written down passes here. Never raises for a journal that fails."""

    def __init__(self, journal: Journal, keeper: Keeper, now: datetime) -> None:
        self._journal = journal
        self._keeper = keeper
        self._day = now.date()
        self._closed = Today()  # the minutes of the day that are over
        self._open: MinuteRow | None = None  # the one that is being filled
        self.trouble = ""
        self.asked_to_tie = False
        """Whether the user was asked today to sit upright, and nobody has calibrated since."""
        self._read_today(now)

    @property
    def today(self) -> Today:
        """The day so far, the minute in progress included."""
        return self._closed if self._open is None else _with_row(self._closed, self._open)

    def minute(self, row: MinuteRow) -> None:
        """Write a minute's row, again and fuller if it is the same minute, and count it into the day."""
        self._try(lambda: self._journal.add_minute(row))
        if row.start.date() != self._day:
            return
        if self._open is not None and self._open.start != row.start:
            self._closed = _with_row(self._closed, self._open)
        self._open = row

    def event(self, event: Event) -> None:
        """Write an event."""
        self._try(lambda: self._journal.add_event(event))
        if event.at.date() == self._day:
            self._count_event(event)

    def sample(self, at: datetime, step: Step) -> None:
        """Write a single estimate."""
        self._try(lambda: self._journal.add_sample(at, step))

    def calibration(self, row: CalibrationRow) -> int | None:
        """Write a calibration; its number, or None where it could not be kept."""
        return self._try(lambda: self._journal.add_calibration(row))

    def diary(self, entry: DiaryEntry) -> str:
        """Write a diary entry; what to tell the user about it."""
        try:
            self._journal.add_diary(entry)
        except PosturewatchError as err:
            return err.message
        if entry.kind == "none":
            return _("Noted: no headache today.")
        return _("Noted. Add details with `posturewatch diary` or in the diary window.")

    def notices(self) -> tuple[str, ...]:
        """What the user should be told about the journal itself, each once."""
        return self._journal.notices()

    def turn_day(self, now: datetime) -> None:
        """A new day has begun: write the files of the one that has ended."""
        ended, self._day = self._day, now.date()
        self._closed, self._open, self.asked_to_tie = Today(), None, False
        self._read_today(now)
        self.write_day(ended)

    def write_day(self, day: date | None = None) -> None:
        """Write the files of a day (the present one if none is named)."""
        try:
            self._keeper.write_day(day or self._day)
        except (PosturewatchError, OSError) as err:
            self._fail(err)

    def _try(self, write: Callable[[], T]) -> T | None:
        try:
            done = write()
        except (PosturewatchError, OSError) as err:
            self._fail(err)
            return None
        if self.trouble:
            _log.info("the journal can be written again")
            self.trouble = ""
        return done

    def _fail(self, err: Exception) -> None:
        words = err.message if isinstance(err, PosturewatchError) else str(err)
        if not self.trouble:
            _log.error("cannot write: %s", words)
        self.trouble = _("The log cannot be written: {reason}").format(reason=words)

    def _read_today(self, now: datetime) -> None:
        """Take up the day where an earlier run left it."""
        since, until = now - timedelta(hours=now.hour) - LONGEST_SHIFT, now + timedelta(minutes=1)
        try:
            for row in self._journal.minutes(since, until):
                if row.start.date() == self._day:
                    self._closed = _with_row(self._closed, row)
            for event in self._journal.events(since, until):
                if event.at.date() == self._day:
                    self._count_event(event)
        except PosturewatchError as err:
            self._fail(err)

    def _count_event(self, event: Event) -> None:
        if event.kind is EventKind.NUDGE and event.outcome == Outcome.SHOWN:
            self._closed = replace(self._closed, nudges=self._closed.nudges + 1)
        if event.kind is EventKind.RECALIBRATE_ASKED and event.outcome == Outcome.SHOWN:
            self.asked_to_tie = True
        if event.kind is EventKind.CALIBRATION and event.outcome == "done":
            self.asked_to_tie = False
        if event.kind is EventKind.BREAK_TAKEN:
            self._closed = replace(self._closed, breaks_taken=self._closed.breaks_taken + 1)


def _with_row(today: Today, row: MinuteRow) -> Today:
    bands = [have + more / 60 for have, more in zip(today.band_min, row.band_s, strict=True)]
    return replace(
        today,
        valid_min=today.valid_min + row.valid_s / 60,
        away_min=today.away_min + row.away_s / 60,
        unreliable_min=today.unreliable_min + row.unreliable_s / 60,
        band_min=(bands[0], bands[1], bands[2], bands[3]),
    )
