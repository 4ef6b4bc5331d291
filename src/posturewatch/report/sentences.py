"""The sentences of a report: what it is, whether it is valid, what it says, and each chart in words.

Every sentence states what was recorded; none says what it means for anybody's health.
"""

from __future__ import annotations

from typing import Final

from posturewatch.base.i18n import _, ngettext
from posturewatch.base.wording import day_name
from posturewatch.core.history.outcomes import breaks_words, nudges_words
from posturewatch.core.history.summary.change import (
    DAY_SE_IN,
    DAYS_A_WEEK,
    WEEKS_EACH_SIDE,
    WEEKS_OF_A_TREND,
)
from posturewatch.core.history.summary.limits import ASSOCIATION_DAYS, ASSOCIATION_HEADACHES
from posturewatch.core.history.summary.records import Shortfall
from posturewatch.report import words
from posturewatch.report.material import Material
from posturewatch.report.now_in_words import calibration_words

UNTIED_ERROR_IN: Final = 0.38
TIED_ERROR_IN: Final = 0.22
SITTING_ERROR_IN: Final = 0.30
"""Mean absolute errors of docs/measurement.md, all views; tests/report/test_sentences.py holds them equal …"""

PEOPLE: Final = 5
SECOND_DAYS: Final = 5
PEOPLE_ON_SECOND_DAYS: Final = 4
"""… and how many they were measured on."""

FOUND_TREND_IN: Final = 1.1
FOUND_STEP_IN: Final = 0.7
"""Changes that are found in 80 of 100 journals of 8 weeks; tests/core/history/test_change.py holds them."""


def title(material: Material) -> str:
    """The report's head line."""
    return _("Posture on one day") if material.one_day else _("Posture summary")


def span(material: Material) -> str:
    """The days that are covered."""
    period = material.period
    if material.one_day:
        return day_name(period.first)
    count = (period.last - period.first).days + 1
    return _("{first} to {last} ({days})").format(
        first=period.first.isoformat(), last=period.last.isoformat(), days=words.days(count)
    )


def what_it_is() -> str:
    """What the numbers are, for somebody who has never seen the program."""
    return _(
        "A webcam on the person's own computer estimated how far the head sits forward of the trunk, against that "
        "person's own upright baseline (estimated forward head distance). No images are stored."
    )


def recorded_days(material: Material) -> tuple[int, int, int]:
    """Days usable, recorded but insufficient, and with nothing recorded."""
    empty = sum(1 for day in material.period.days if Shortfall.NOTHING in day.shortfall)
    usable = material.period.usable_days
    return usable, len(material.period.days) - usable - empty, empty


def verdict(material: Material) -> str:
    """Whether the data can be used, first of all."""
    usable, thin, empty = recorded_days(material)
    recorded = usable + thin
    if recorded == 0:
        return _("Nothing was recorded in this time.")
    if material.one_day:
        day = material.period.days[0]
        if day.usable and not day.comparable:
            return _("Enough of this day was measured, but it is not tied: it shows its own course, not its level.")
        if day.usable:
            return _("This day can be used: enough of it was measured.")
        return _("This day is shown but should not be relied on: {why}.").format(why=words.shortfall(day.shortfall))
    parts = [
        ngettext(
            "{usable} of {n} recorded day can be used (at least 120 valid minutes and 50 % coverage).",
            "{usable} of {n} recorded days can be used (at least 120 valid minutes and 50 % coverage each).",
            recorded,
        ).format(usable=usable, n=recorded)
    ]
    if untied := material.period.untied_days:
        parts.append(
            ngettext(
                "{n} of them is not tied: it shows its own course and is not compared.",
                "{n} of them are not tied: they show their own course and are not compared.",
                untied,
            ).format(n=untied)
        )
    if thin:
        parts.append(
            ngettext(
                "{n} day is insufficient: it is shown, not averaged.",
                "{n} days are insufficient: they are shown, not averaged.",
                thin,
            ).format(n=thin)
        )
    if empty:
        parts.append(
            ngettext("On {n} day nothing was recorded.", "On {n} days nothing was recorded.", empty).format(n=empty)
        )
    return " ".join(parts)


def has_weeks(material: Material) -> bool:
    """Whether any week has a median."""
    return any(week.median_in is not None for week in material.period.weeks)


def change(material: Material) -> str:
    """Whether posture changed, with the interval; or how many days are missing to say so."""
    told = material.period.change
    since = None if told.since is None else told.since.isoformat()
    if told.found is None:
        needed = (
            _("{days} usable tied days in each of {weeks} weeks").format(days=DAYS_A_WEEK, weeks=WEEKS_OF_A_TREND)
            if since is None
            else _("{days} usable tied days in each of {weeks} weeks before {date} and of {weeks} weeks after").format(
                days=DAYS_A_WEEK, weeks=WEEKS_EACH_SIDE, date=since
            )
        )
        few = ngettext(
            "Too few days to say whether the distance changed: it takes {needed}; at least {n} more day is missing.",
            "Too few days to say whether the distance changed: it takes {needed}; at least {n} more days are missing.",
            told.missing_days,
        ).format(needed=needed, n=told.missing_days)
        usable = [day.tied for day in material.period.days if day.usable]
        silent = bool(usable) and all(tied is None for tied in usable)
        return " ".join((few, _("This journal does not say which of its days were tied."))) if silent else few
    numbers = {
        **words.differing(told.found, material.units),
        "weeks": ngettext("{n} week", "{n} weeks", told.weeks).format(n=told.weeks),
        "days": ngettext("{n} tied day", "{n} tied days", told.days).format(n=told.days),
        "since": since,
    }
    if told.found.spans_zero:
        said = (
            _("No change of the distance can be told over {weeks} with {days}: {change}, 95 % interval {interval}.")
            if since is None
            else _("No change of the distance can be told since {since} ({weeks}, {days}): {change}, 95 % interval "
                   "{interval}.")
        )  # fmt: skip
    else:
        said = (
            _("Over {weeks} with {days} the distance changed by {change} (95 % interval {interval}).")
            if since is None
            else _("Since {since} the distance changed by {change} (95 % interval {interval}; {weeks}, {days}).")
        )
    return said.format(**numbers)


def calibration_in_force(material: Material) -> str:
    """What is measured against when the report is made, and how old it is; empty where that is not known."""
    if material.calibrated_at is None:
        return ""
    return _("In force when this was made: {words}.").format(
        words=calibration_words(material.calibrated_at, material.made_at)
    )


def untied_mark(material: Material) -> tuple[str, ...]:
    """What ``~`` before a day's median says, where one has it."""
    if any(day.tied is False for day in material.period.days):
        return (_("~ Not tied: the day shows its own course; its level may lie elsewhere and no other day compares."),)
    return ()


def only_newest(shown: int) -> str:
    """That so many days are shown and older ones are not."""
    return _("Only the newest {n} days fit in here; the others are in the CSV files.").format(n=shown)


def older_days_left_out(material: Material) -> tuple[str, ...]:
    """What stands beside a chart or table of single days, where the period has more of them."""
    return () if material.within_a_year else (only_newest(len(material.newest_days)),)


def workstation() -> str:
    """What the place's numbers are."""
    return _(
        "Turn and tilt are those against the calibrated posture; a second screen shows as a turn. The camera's height "
        "is told to about 5° of its direction. Nothing here says what the place ought to be."
    )


def method(material: Material) -> str:
    """How the numbers are made, in a few sentences."""
    parts = (
        _what_is_counted(),
        what_a_bout_is(material),
        _what_it_was_measured_on(material),
        _what_a_change_takes(material),
        _what_else_is_told(),
    )
    return " ".join(parts)


def _what_is_counted() -> str:
    return _(
        "FHT (forward head translation) is how far the ears lie forward of the trunk against the person's own "
        "calibrated upright posture. Medians and shares are weighted by time; the median is that of the minutes' "
        "medians, P10 and P90 also hold the spread within each minute. A day with under 120 valid minutes or "
        "50 % coverage is shown and not averaged."
    )


def _what_it_was_measured_on(material: Material) -> str:
    """What the accuracy was measured on, and what a tied day is."""
    return _(
        "Accuracy was measured on rendered bodies, not on people: {people} of them, and {days} further days of "
        "{again} in other clothes and light. Mean absolute error on such a second day {untied}, on one that is tied "
        "{tied}, within the same sitting {same}. A tied day is one on which the person calibrated, or sat upright for "
        "five seconds, so that the baseline fits what is worn; an untied day shows its own course only. Without the "
        "screen's distance, lengths may be 10–15 % off, the same every day."
    ).format(
        people=PEOPLE,
        days=SECOND_DAYS,
        again=PEOPLE_ON_SECOND_DAYS,
        untied=words.length(UNTIED_ERROR_IN, material.units, digits=2),
        tied=words.length(TIED_ERROR_IN, material.units, digits=2),
        same=words.length(SITTING_ERROR_IN, material.units, digits=2),
    )


def _what_a_change_takes(material: Material) -> str:
    """What a change is judged by, and how large it must be to be found."""
    return _(
        "A change is told once in a report, and only from weeks with at least {days} usable tied days: the slope of "
        "Theil and Sen over all weeks, or the weeks before a visit against those after it, with an interval from the "
        "scatter of the weeks, the tool's own error of a tied day (standard error {day}) and the repeatability of each "
        "calibration. In simulated journals without any change, at most 5 in 100 reports told of one. A steady "
        "change of {trend} over 8 weeks, or a step of {step} at a visit in their middle, with 5 tied days a week, was "
        "found in 80 of 100."
    ).format(
        days=DAYS_A_WEEK,
        day=words.length(DAY_SE_IN, material.units, digits=2),
        trend=words.length(FOUND_TREND_IN, material.units),
        step=words.length(FOUND_STEP_IN, material.units),
    )


def _what_else_is_told() -> str:
    """What is said besides the change, and how often by chance."""
    return _(
        "An hour that stands out, the course of the day, what followed reminders and breaks, and headaches are told "
        "with intervals of 99 %: in simulated journals in which nothing was true, at most 5 in 100 reports told of "
        "anything at all."
    )


def what_a_bout_is(material: Material) -> str:
    """What a bout counts, since the shares by distance count otherwise."""
    return _(
        "A bout is a run of minutes whose median lies at {limit} or more; it counts these minutes whole. The shares by "
        "distance divide each minute by its looks and their errors, so that they differ from it."
    ).format(limit=words.length(1.0, material.units))


def bands(material: Material) -> str:
    """The bands in words."""
    posture = material.posture
    if posture.band_share is None:
        return _("There is no usable time to divide into bands.")
    named = words.bands(material.units)
    parts = [
        _("{share} ({time}) {band}").format(share=words.percent(share), time=words.duration(minutes), band=band)
        for share, minutes, band in zip(posture.band_share, posture.band_min, named, strict=True)
    ]
    said = _("Of the valid time: {parts}.") if material.one_day else _("Of the valid time of the usable days: {parts}.")
    return said.format(parts="; ".join(parts))


def distribution(material: Material) -> str:
    """Percentiles and bouts in words."""
    posture, bouts = material.posture, material.bouts
    if posture.p50_in is None:
        return _("There is no usable time to take a median of.")
    said = _("Half of the time the distance was under {p50}, a tenth under {p10}, a tenth over {p90}.").format(
        p50=words.length_with_error(posture.p50_in, posture.se_in, material.units),
        p10=words.length(posture.p10_in, material.units),
        p90=words.length(posture.p90_in, material.units),
    )
    limit = words.length(1.0, material.units)
    if bouts.count == 0:
        return " ".join((said, _("There was no minute at {limit} or more.").format(limit=limit)))
    return " ".join(
        (
            said,
            ngettext(
                "{n} bout at {limit} or more: {total} in all, the longest {longest}, the mean {mean}.",
                "{n} bouts at {limit} or more: {total} in all, the longest {longest}, the mean {mean}.",
                bouts.count,
            ).format(
                n=bouts.count,
                limit=limit,
                total=words.duration(bouts.total_min),
                longest=words.duration(bouts.longest_min),
                mean=words.duration(bouts.mean_min),
            ),
        )
    )


def breaks(material: Material) -> str:
    """Breaks and reminders in words."""
    return f"{breaks_words(material.period.breaks)} {nudges_words(material.period.nudges)}"


def heat(material: Material) -> str:
    """The hour that stands out beyond chance, with its days; otherwise the course of the day with its interval."""
    found, course = material.period.stand_out, material.period.course
    if found is not None:
        return _(
            "{day} from {hour}:00 stands out beyond chance: on average {above} from the mean of the same days "
            "({days}, {time} in all)."
        ).format(
            day=words.weekday_in_full(found.weekday),
            hour=f"{found.hour:02d}",
            above=words.change(found.above_in, material.units),
            days=words.days(found.days),
            time=words.duration(found.valid_min),
        )
    if course is None and not material.period.hours_judged:
        return _("There are too few days to tell of an hour of the week, or of the course of the day.")
    if material.period.hours_judged:
        none = _("No hour of the week stands out beyond chance.")
    else:
        none = _("There are too few days to tell of an hour of the week.")
    if course is None:
        return " ".join((none, _("There are too few days to tell the course of the day.")))
    said = _(
        "From morning to afternoon (noon) the median differs by {change}, 99 % interval {interval}, {days}."
    ).format(**words.differing(course.afternoon, material.units), days=words.days(course.days))
    return f"{none} {said}"


def where_help_is_told() -> str:
    """Points to the list of signs, in every report, whatever its diary holds."""
    return _("When to seek help at once: the list stands with the headache diary; it is the same in every report.")


def diary(material: Material) -> str:
    """The diary in words; an unanswered day is not a day without headache."""
    if not material.diary_shared:
        return _("The headache diary was left out of this report.")
    noted = material.period.diary
    answered = noted.headache_days + noted.clear_days
    if answered == 0:
        return _("There are no diary entries in this time.")
    if material.one_day:
        return _("A headache was reported.") if noted.headache_days else _("Noted as a day without headache.")
    silent = len(material.period.days) - answered
    said = _("{aches} with headache and {clear} noted as without; {silent} without an entry.").format(
        aches=words.days(noted.headache_days), clear=words.days(noted.clear_days), silent=words.days(silent)
    )
    if noted.backfilled_days:
        late = ngettext(
            "{n} day was written on a later day (marked).",
            "{n} days were written on a later day (marked).",
            noted.backfilled_days,
        ).format(n=noted.backfilled_days)
        said = f"{said} {late}"
    return said


def association(material: Material) -> str:
    """Posture beside headaches: exploratory, with its interval, or why it is not shown."""
    noted = material.period.diary
    found = noted.association
    if found is None:
        return _(
            "Posture is set beside headaches only from {days} usable days with an entry on, {each} of each kind; "
            "there are {have} ({aches} with headache, {clear} without)."
        ).format(
            days=ASSOCIATION_DAYS,
            each=ASSOCIATION_HEADACHES,
            have=noted.usable_answered,
            aches=noted.usable_headache,
            clear=noted.usable_clear,
        )
    said = _("Exploratory, with what both have of a course over time taken off: on headache days the daily median lay "
             "{change} from that of days without ({interval}).").format(
        **words.differing(found.same_day, material.units)
    )  # fmt: skip
    intervals = [found.same_day]
    if found.day_before is not None:
        intervals.append(found.day_before)
        before = _("On the day before a headache day: {change} ({interval}).").format(
            **words.differing(found.day_before, material.units)
        )
        said = f"{said} {before}"
    counted = _("{aches} with headache, {clear} without; intervals of 99 % each.").format(
        aches=words.days(found.headache_days), clear=words.days(found.clear_days)
    )
    close = (
        _("Each interval holds zero: these days show no difference.")
        if all(one.spans_zero for one in intervals)
        else _("This shows no cause: days differ in many ways, and either may come first.")
    )
    return f"{said} {counted} {close}"
