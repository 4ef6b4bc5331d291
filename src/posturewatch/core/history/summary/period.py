"""From minutes, events and diary to summaries of days and of a period. Pure; a year in well under a second.

Days are local days. Insufficient days, and days that are known to be untied, are there with their numbers and are left
out of everything that joins or compares several days: percentiles, bands, bouts, heat map, weeks and the diary's
comparison. A day of a journal that does not say whether it was tied is counted, as it always was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from posturewatch.base.records import Event, EventKind
from posturewatch.core.history.adherence import count_exercises
from posturewatch.core.history.diary_stats import diary_days, score_points, summarise_diary
from posturewatch.core.history.journal_content import JournalContent
from posturewatch.core.history.minute_table import MinuteTable
from posturewatch.core.history.outcomes import Breaks, Nudges, count_breaks, count_nudges, total
from posturewatch.core.history.summary import numbers
from posturewatch.core.history.summary.change import judge_change
from posturewatch.core.history.summary.hours import day_course, stand_out
from posturewatch.core.history.summary.records import DaySummary, DiaryDay, PeriodSummary, Quality
from posturewatch.core.history.summary.trends import calibration_notes, heat_map, week_summaries

CAMERA_CHANGED = "changed"
"""Outcome of a CAMERA event when another camera is in use than before."""


def summarise_day(day: date, content: JournalContent) -> DaySummary:
    """One local day; rows of other days are left aside."""
    return summarise_period(content, first=day, last=day).days[0]


def summarise_period(content: JournalContent, *, first: date, last: date, since: date | None = None) -> PeriodSummary:
    """All days from ``first`` to ``last`` (both included); what lies outside is left aside, but for the calibrations
    that the minutes rest on. ``since``: the date of a visit, against which a change is told.
    Raises ValueError if ``last`` lies before ``first``.
    """
    if last < first:
        raise ValueError("last must not lie before first")
    table = content.minutes.of_days(first, last)
    events = [event for event in content.events if first <= event.at.date() <= last]
    entries = [entry for entry in content.diary if first <= entry.at.date() <= last]
    answered = {one.day: one for one in diary_days(entries)}
    dates = tuple(date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1))
    tables = {day: table.of_days(day, day) for day in dates}
    counting = {day: numbers.counting(tables[day]) for day in dates}
    lengths = {day: numbers.bout_lengths_min(counting[day]) for day in dates}
    by_day: defaultdict[date, list[Event]] = defaultdict(list)
    for event in events:
        by_day[event.at.date()].append(event)
    days = tuple(
        replace(
            _day(day, tables[day], by_day[day], answered.get(day)),
            posture=numbers.posture(counting[day]),
            bouts=numbers.bouts(lengths[day]),
        )
        for day in dates
    )
    comparable = [one.day for one in days if one.comparable]
    counted = MinuteTable.joined(counting[day] for day in comparable)
    medians = {one.day: one.posture.p50_in for one in days if one.comparable and one.posture.p50_in is not None}
    return PeriodSummary(
        first=first,
        last=last,
        days=days,
        usable_days=sum(one.usable for one in days),
        quality=_joined_quality(days),
        posture=numbers.posture(counted),
        bouts=numbers.bouts(np.concatenate([np.empty(0), *(lengths[day] for day in comparable)])),
        breaks=total(Breaks, (one.breaks for one in days)),
        nudges=total(Nudges, (one.nudges for one in days)),
        heat=heat_map(counted),
        weeks=week_summaries(days, counted),
        calibrations=calibration_notes(content.calibrations, table, days),
        camera_changes=sum(one.kind is EventKind.CAMERA and one.outcome == CAMERA_CHANGED for one in events),
        diary=summarise_diary(tuple(answered.values()), score_points(entries), medians),
        change=judge_change(days, {row.id: row.repeatability_in for row in content.calibrations if row.id}, since),
        stand_out=stand_out(counted),
        course=day_course(counted),
        comparable_days=len(comparable),
        untied_days=sum(one.usable and not one.comparable for one in days),
        exercises=count_exercises(events),
    )


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
        calibration_ids=tuple(int(one) for one in np.unique(minutes["calibration_id"]) if one >= 0),
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
