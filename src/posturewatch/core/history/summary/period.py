"""From minutes, events and diary to summaries of days and of a period. Pure; a year in about a second, and years in no
more memory than a week: minutes come a day at a time and go again.

Days are local days. Insufficient days, and days that are known to be untied, are there with their numbers and are left
out of everything that joins or compares several days: percentiles, bands, bouts, heat map, weeks and the diary's
comparison. A day of a journal that does not say whether it was tied is counted, as it always was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from posturewatch.base.records import DiaryEntry, Event, EventKind
from posturewatch.core.history.adherence import count_exercises
from posturewatch.core.history.diary_stats import diary_days, score_points, stretch, summarise_diary
from posturewatch.core.history.journal_content import JournalContent
from posturewatch.core.history.minute_table import MinuteTable
from posturewatch.core.history.outcomes import Breaks, Nudges, count_breaks, count_nudges, total
from posturewatch.core.history.quantiles import Floats
from posturewatch.core.history.summary import numbers
from posturewatch.core.history.summary.change import judge_change
from posturewatch.core.history.summary.hours import HoursOfDays
from posturewatch.core.history.summary.records import (
    DaySummary,
    DiaryDay,
    DiarySummary,
    PeriodSummary,
    Quality,
    ScorePoint,
)
from posturewatch.core.history.summary.reminders import Around, AroundReminders
from posturewatch.core.history.summary.trends import HeatSums, WeekSums, calibration_notes
from posturewatch.core.history.summary.workstation import WorkstationSums

CAMERA_CHANGED = "changed"
"""Outcome of a CAMERA event when another camera is in use than before."""


def summarise_period(
    content: JournalContent, *, first: date, last: date, since: date | None = None, only_tables: bool = False
) -> PeriodSummary:
    """All days from ``first`` to ``last`` (both included); what lies outside is left aside, but for the calibrations
    that the minutes rest on. ``since``: the date of a visit, against which a change is told. ``only_tables``: what the
    table of days and the FHIR bundle tell; what else the page shows (heat map, hours, what followed reminders) is left
    at nothing. Raises ValueError if ``last`` lies before ``first``.
    """
    if last < first:
        raise ValueError("last must not lie before first")
    events, answered, entries = _told(content, first, last)
    exercises = count_exercises(event for one in events.values() for event in one)
    sums = _Sums(only_tables=only_tables)
    ahead = ((day, table) for day, table in content.minutes.by_day() if first <= day <= last)
    met = next(ahead, None)
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        day, minutes = date.fromordinal(ordinal), None
        if met is not None and met[0] == day:
            minutes, met = met[1], next(ahead, None)
        sums.add(day, minutes, events.pop(day, []), answered.get(day))
    days = tuple(sums.days)
    comparable = [one for one in days if one.comparable]
    medians = {one.day: one.posture.p50_in for one in comparable if one.posture.p50_in is not None}
    return PeriodSummary(
        first=first,
        last=last,
        days=days,
        usable_days=sum(one.usable for one in days),
        quality=_joined_quality(days),
        posture=sums.posture.posture(),
        bouts=numbers.bouts(np.concatenate([np.empty(0), *sums.lengths_min])),
        breaks=total(Breaks, (one.breaks for one in days)),
        nudges=total(Nudges, (one.nudges for one in days)),
        heat=sums.heat.cells(),
        weeks=sums.weeks.weeks(),
        calibrations=calibration_notes(content.calibrations, days),
        camera_changes=sums.camera_changes,
        diary=_diary(tuple(answered.values()), score_points(entries), medians, (first, last), since)
        if not only_tables
        else DiarySummary(),
        change=judge_change(days, {row.id: row.repeatability_in for row in content.calibrations if row.id}, since),
        stand_out=sums.hours.stand_out(),
        hours_judged=sums.hours.are_judged(),
        course=sums.hours.course(),
        comparable_days=len(comparable),
        untied_days=sum(one.usable and not one.comparable for one in days),
        tied_days=sum(one.usable and one.tied is True for one in days),
        after_nudge=sums.around.seen_after(Around.NUDGE),
        after_held_back=sums.around.seen_after(Around.HELD_BACK),
        beside_held_back=sums.around.apart(Around.NUDGE, Around.HELD_BACK),
        after_break=sums.around.seen_after(Around.BREAK),
        workstations=sums.workstation.workstations(),
        exercises=exercises,
    )


def _told(
    content: JournalContent, first: date, last: date
) -> tuple[dict[date, list[Event]], dict[date, DiaryDay], list[DiaryEntry]]:
    """Events and answers of the diary by their day, and all entries."""
    events: defaultdict[date, list[Event]] = defaultdict(list)
    for event in content.events:
        day = event.at.date()
        if first <= day <= last:
            events[day].append(event)
    entries = [entry for entry in content.diary if first <= entry.at.date() <= last]
    return events, {one.day: one for one in diary_days(entries)}, entries


def _diary(
    answered: tuple[DiaryDay, ...],
    scores: tuple[ScorePoint, ...],
    medians_in: Mapping[date, float],
    span: tuple[date, date],
    since: date | None,
) -> DiarySummary:
    """The diary of the period, with its two stretches."""
    made = summarise_diary(answered, scores, medians_in)
    first, last = span
    middle = since or first + (last - first + timedelta(days=1)) // 2
    if not first < middle <= last:
        return made
    before, after = ((first, middle - timedelta(days=1)), (middle, last))
    return replace(made, then=stretch(answered, scores, *before), now=stretch(answered, scores, *after))


class _Sums:
    """Takes in day after day, in order, and keeps of each what the period needs of it: never its minutes."""

    def __init__(self, *, only_tables: bool) -> None:
        self._only_tables = only_tables
        self.days: list[DaySummary] = []
        self.lengths_min: list[Floats] = []
        self.posture = numbers.PostureSums()
        self.heat = HeatSums()
        self.weeks = WeekSums()
        self.hours = HoursOfDays()
        self.around = AroundReminders()
        self.workstation = WorkstationSums()
        self.camera_changes = 0

    def add(self, day: date, minutes: MinuteTable | None, events: Sequence[Event], diary: DiaryDay | None) -> None:
        """The next day; ``minutes``: None where it has none."""
        self.camera_changes += sum(one.kind is EventKind.CAMERA and one.outcome == CAMERA_CHANGED for one in events)
        if minutes is None:
            empty = DaySummary(day, breaks=count_breaks(events), nudges=count_nudges(events), diary=diary)
            self.days.append(empty)
            self.weeks.add(empty, None)
            return
        counting = numbers.counting(minutes)
        lengths_min = numbers.bout_lengths_min(counting)
        posture = numbers.PostureSums()
        posture.add(counting)
        made = replace(
            _day(day, minutes, events, diary),
            posture=posture.posture(),
            bouts=numbers.bouts(lengths_min),
        )
        self.days.append(made)
        self.weeks.add(made, posture)
        self.workstation.add(minutes)
        if self._only_tables:
            return
        self.around.add(minutes, events)
        if made.comparable:
            self.lengths_min.append(lengths_min)
            self.posture.join(posture)
            self.heat.add(counting)
            self.hours.add(counting)


def _day(day: date, minutes: MinuteTable, events: Sequence[Event], diary: DiaryDay | None) -> DaySummary:
    """A day without what its counting minutes say of the posture."""
    quality = numbers.quality(minutes)
    seen = minutes.seen
    return DaySummary(
        day=day,
        quality=quality,
        shortfall=numbers.shortfall(quality),
        breaks=count_breaks(events),
        nudges=count_nudges(events),
        first_seen=minutes.start(seen[0]) if len(seen) else None,
        last_seen=minutes.start(seen[-1]) + timedelta(minutes=1) if len(seen) else None,
        calibration_ids=tuple(sorted(minutes.calibration_ids())),
        profiles=minutes.profiles_in_use(),
        diary=diary,
        tied=numbers.is_tied(minutes),
        tied_min=numbers.tied_min(minutes),
        exercises=count_exercises(events),
    )


def _joined_quality(days: Sequence[DaySummary]) -> Quality:
    """Sums over all days; the coverage is that of the days together, weighted by the time it is a share of."""
    valid, asked = 0.0, 0.0
    for one in days:
        if one.quality.coverage:
            valid += one.quality.valid_min
            asked += one.quality.valid_min / one.quality.coverage
    return Quality(
        valid_min=sum(one.quality.valid_min for one in days),
        away_min=sum(one.quality.away_min for one in days),
        unreliable_min=sum(one.quality.unreliable_min for one in days),
        paused_min=sum(one.quality.paused_min for one in days),
        off_min=sum(one.quality.off_min for one in days),
        coverage=valid / asked if asked > 0.0 else None,
    )
