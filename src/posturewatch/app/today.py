"""The window of a day: what it shows, made of the journal's rows by the sums of the log, and its answers while open."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from posturewatch.base.child import Said
from posturewatch.base.clock import Clock, SystemClock
from posturewatch.base.errors import PosturewatchError
from posturewatch.base.i18n import _
from posturewatch.base.outside import OutsideError, day_of
from posturewatch.base.quantities import Units, duration, length, length_with_error, percent
from posturewatch.base.records import DiaryEntry, Event, MinuteRow
from posturewatch.base.wording import day_name
from posturewatch.base.zones import offset_min
from posturewatch.core.history.day_figures import DayFigures, figures, minute_state, seven_days
from posturewatch.core.history.outcomes import breaks_words, nudges_words
from posturewatch.core.history.summary.limits import BAND_EDGES_IN
from posturewatch.disk.folders import Folders
from posturewatch.journal.reader import open_reader
from posturewatch.report import words
from posturewatch.report.day_words import doubts, marks, median_words, quality_words, untied_note
from posturewatch.report.event_marks import event_mark, lane_names, minute_of_day, state_names
from posturewatch.ui.day_view import Course, TodayView, WeekLine
from posturewatch.ui.open import open_window

_log = logging.getLogger("posturewatch.today")


@dataclass(frozen=True, slots=True)
class Wish:
    """In which unit, and where the limit lies in inches (None: not known)."""

    units: Units
    limit_in: float | None = None


class DayTeller:
    """Tells a window of a day and its week. ``wish`` is asked each time: settings change while it is open. ``day``:
    another one than today. ``report`` opens the whole report of a day."""

    def __init__(
        self,
        folders: Folders,
        wish: Callable[[], Wish],
        report: Callable[[date], None],
        *,
        day: date | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._folders, self._wish, self._report, self._day = folders, wish, report, day
        self._clock = clock or SystemClock()

    def view(self, day: date | None = None) -> TodayView:
        """What there is to show of this day, or of the one that the window was opened for. Where the journal cannot be
        read the view says so."""
        own = self._day or self._clock.now().date()
        day = day or own
        stamp, title = self._stamp(own), day_name(day)
        if day == self._clock.now().date():
            title = _("Today, {day}").format(day=title)
        week = seven_days(own)
        try:
            with open_reader(self._folders.journal_file) as journal:
                rows = journal.minutes_of(week[0], own)
                events = journal.events_of(week[0], own)
                aches = journal.diary_of(day)
        except PosturewatchError as err:
            trouble = err.in_words
            return TodayView(day.isoformat(), title, stamp=stamp, trouble=trouble)
        rows_by, events_by = defaultdict[date, list[MinuteRow]](list), defaultdict[date, list[Event]](list)
        for row in rows:
            rows_by[row.start.date()].append(row)
        for event in events:
            events_by[event.at.date()].append(event)
        sums = {each: figures(each, rows_by[each], events_by[each]) for each in week}
        course = _course(rows_by[day], events_by[day], aches, self._wish())
        return _view(sums, day, course, self._wish().units, title=title, stamp=stamp)

    def heard(self, said: Said) -> Said | None:
        """Answer the window: the day as it is now, where that is not what it shows."""
        try:
            day = day_of(str(said.get("day"))) if said.get("day") else None
        except OutsideError:
            return None
        if said.kind == "report" and day is not None:
            self._report(day)
        elif said.kind == "look" and said.get("stamp") != self._stamp(self._day or self._clock.now().date()):
            return Said("day", asdict(self.view(day)))
        return None

    def _stamp(self, own: date) -> str:
        """Changes when the day does, when something was written, and when the settings say otherwise."""
        parts = [own.isoformat(), str(self._wish())]
        for name in (
            self._folders.journal_file,
            self._folders.journal_file.with_name(f"{self._folders.journal_file.name}-wal"),
        ):
            try:
                found = name.stat()
                parts.append(f"{found.st_mtime_ns} {found.st_size}")
            except OSError:
                parts.append("")
        return " ".join(parts)


def show_day(folders: Folders, wish: Callable[[], Wish], report: Callable[[date], None], day: date | None) -> None:
    """Show the window until it is closed. Raises DesktopError where there can be none, JournalError where there is no
    journal."""
    with open_reader(folders.journal_file):
        pass  # said in the terminal, which is where it was asked for
    teller = DayTeller(folders, wish, report, day=day)
    window = open_window("today_window", teller.view)
    window.converse(teller.heard, _("`posturewatch log` says the same in the terminal."))


def _view(
    sums: Mapping[date, DayFigures], day: date, course: Course, units: Units, *, title: str, stamp: str
) -> TodayView:
    own = sums[day] if day in sums else figures(day, (), ())
    named = words.bands(units)
    bands = tuple(
        (name, duration(minutes), percent(share), share)
        for name, minutes, share in zip(named, own.band_min, own.band_share, strict=True)
    )
    measured = own.median_in is not None
    return TodayView(
        day=day.isoformat(),
        title=title,
        says=(quality_words(own), median_words(own, units)),
        doubts=tuple(doubts(own)),
        course=course,
        bands=bands if measured else (),
        reminders=(breaks_words(own.breaks), nudges_words(own.nudges)),
        week=tuple(_week_line(one, units, chosen=one.day == day) for one in sums.values()),
        notes=_notes(tuple(sums.values())),
        stamp=stamp,
    )


def _week_line(day: DayFigures, units: Units, *, chosen: bool) -> WeekLine:
    return WeekLine(
        day=day.day.isoformat(),
        name=day_name(day.day),
        valid=duration(day.valid_min) if day.valid_min else "–",
        median="–" if day.median_in is None else length_with_error(day.median_in, day.se_in, units),
        shares=day.band_share,
        breaks=f"{day.breaks.taken + day.breaks.natural}{marks(day)}",
        chosen=chosen,
    )


def _notes(days: Sequence[DayFigures]) -> tuple[str, ...]:
    few = (_("* too little was measured."),) if any("*" in marks(day) for day in days) else ()
    return few + untied_note(days)


def _course(rows: Sequence[MinuteRow], events: Sequence[Event], diary: Sequence[DiaryEntry], wish: Wish) -> Course:
    """The day minute by minute: from the first in which anybody was seen to the last, where anybody was."""
    seen = [place for place, row in enumerate(rows) if row.valid_s + row.unreliable_s > 0]
    rows = rows[seen[0] : seen[-1] + 1] if seen else rows
    if not rows:
        return Course(states=state_names(), units=wish.units, lanes=lane_names())
    own_min = offset_min(rows[0].start)
    first, last = minute_of_day(rows[0].start, own_min), minute_of_day(rows[-1].start, own_min)
    shifts: list[tuple[int, int]] = [(first, 0)]
    minutes = []
    for row in rows:
        at_min, ahead = minute_of_day(row.start, own_min), offset_min(row.start) - own_min
        if ahead != shifts[-1][1]:
            shifts.append((at_min, ahead))
        minutes.append((at_min, minute_state(row), row.fht_median_in, row.fht_se_in, row.tied is not False))
    marks = []
    for event in events:
        mark, at_min = event_mark(event), minute_of_day(event.at, own_min)
        if mark is not None and first - 30 <= at_min <= last + 30:
            marks.append((at_min, mark.lane, mark.sign, words.event_words(event)))
    aches = [entry.at for entry in diary if entry.kind == "headache"]
    lanes = (*lane_names(), *((_("Headache"),) if aches else ()))
    marks += [(minute_of_day(at, own_min), 3, "square", _("headache")) for at in aches]
    limit = wish.limit_in
    return Course(
        minutes=tuple(minutes),
        marks=tuple(sorted(marks)),
        shifts=tuple(shifts),
        lanes=lanes,
        states=state_names(),
        units=wish.units,
        edges_in=BAND_EDGES_IN,
        limit_in=limit,
        limit_words="" if limit is None else _("limit {limit}").format(limit=length(limit, wish.units)),
        untied=_("not tied"),
    )
