"""What a report is made of: the summary, the rows beneath it, and how to write them. Records only.

The same :class:`Material` feeds the page, the PDF and the FHIR bundle, so that they cannot disagree.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import takewhile
from typing import Literal

from posturewatch import __version__
from posturewatch.core.minute_arrays import MinuteColumns
from posturewatch.core.summary import summarise_period
from posturewatch.core.summary_records import Bouts, PeriodSummary, Posture
from posturewatch.records import GENERATED, CalibrationRow, DiaryEntry, Event, EventKind, MinuteRow

Units = Literal["in", "cm"]


@dataclass(frozen=True, slots=True)
class Material:
    """A report's content.

    ``minutes`` are in order of local day, and of time within it.
    ``made_at``: aware, local. ``zone``: name or offset of the writer's time zone. ``person``: the journal's
    random number. ``notes``: sentences about this report (what was left out,
    which files were joined), shown with the data quality. ``diary_shared``: False where the diary was left
    out, which must not read as "no entries".
    """

    period: PeriodSummary
    minutes: Sequence[MinuteRow]
    events: tuple[Event, ...]
    diary: tuple[DiaryEntry, ...]
    calibrations: tuple[CalibrationRow, ...]
    made_at: datetime
    version: str = __version__
    name: str = ""
    units: Units = "in"
    zone: str = ""
    person: str = ""
    notes: tuple[str, ...] = ()
    diary_shared: bool = True

    @property
    def generated(self) -> bool:
        """Whether the journal says of itself that it was made up."""
        return any(event.kind is EventKind.JOURNAL and event.outcome == GENERATED for event in self.events)

    @property
    def one_day(self) -> bool:
        """Whether the period is a single day."""
        return self.period.first == self.period.last

    @property
    def posture(self) -> Posture:
        """Where the head was: over the usable days, or on the one day of a day's report, usable or not."""
        return self.period.days[0].posture if self.one_day else self.period.posture

    @property
    def bouts(self) -> Bouts:
        """Bouts of the usable days, or of the one day."""
        return self.period.days[0].bouts if self.one_day else self.period.bouts

    def minutes_of(self, day: date) -> list[MinuteRow]:
        """The minutes of this local day."""
        if isinstance(self.minutes, MinuteColumns):
            return list(self.minutes.of_days(day, day))
        return [row for row in self.minutes if row.start.date() == day]

    def minutes_from(self, day: date) -> list[MinuteRow]:
        """The minutes of this local day and later ones, in order of time; cheap for the newest days."""
        if isinstance(self.minutes, MinuteColumns):
            return list(self.minutes.of_days(day, date.max))
        found = list(takewhile(lambda row: row.start.date() >= day, reversed(self.minutes)))
        return found[::-1]


def gather(
    minutes: Sequence[MinuteRow],
    events: Sequence[Event],
    diary: Sequence[DiaryEntry],
    calibrations: Sequence[CalibrationRow],
    *,
    first: date,
    last: date,
    made_at: datetime,
    name: str = "",
    units: Units = "in",
    zone: str = "",
    person: str = "",
    notes: tuple[str, ...] = (),
    diary_shared: bool = True,
    version: str = __version__,
) -> Material:
    """Summarise the rows of the days ``first`` to ``last`` and put everything in one record.

    Rows of other days may be given; they are left aside, except that a generated journal stays marked. Minutes
    come in order of time, as a journal gives them; days that are out of order are put in order.
    """
    inside = _in_order(minutes, first, last)
    period = summarise_period(inside, events, diary, calibrations, first=first, last=last)
    kept = tuple(
        event
        for event in events
        if first <= event.at.date() <= last or (event.kind is EventKind.JOURNAL and event.outcome == GENERATED)
    )
    noted = tuple(entry for entry in diary if first <= entry.at.date() <= last)
    return Material(
        period,
        inside,
        kept,
        noted,
        tuple(calibrations),
        made_at,
        version,
        name,
        units,
        zone or made_at.strftime("%z"),
        person,
        notes,
        diary_shared,
    )


def _in_order(minutes: Sequence[MinuteRow], first: date, last: date) -> Sequence[MinuteRow]:
    """The minutes of these local days, by day and by time within it."""
    if isinstance(minutes, MinuteColumns):
        return minutes.of_days(first, last)
    days = [row.start.toordinal() for row in minutes]
    if days == sorted(days):
        return tuple(minutes[bisect_left(days, first.toordinal()) : bisect_right(days, last.toordinal())])
    kept = [row for row in minutes if first <= row.start.date() <= last]
    # By timestamp: two datetimes of one zone compare as wall time, which a time change bends.
    return tuple(sorted(kept, key=lambda row: (row.start.toordinal(), row.start.timestamp())))
