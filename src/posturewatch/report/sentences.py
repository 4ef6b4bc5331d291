"""The sentences of a report: what it is, whether it is valid, what it says, and each chart in words.

Every sentence states what was recorded; none says what it means for anybody's health.
"""

from __future__ import annotations

from typing import Final

from posturewatch.base.i18n import _, ngettext
from posturewatch.core.history.outcomes import breaks_words, nudges_words
from posturewatch.core.history.summary.records import (
    ASSOCIATION_DAYS,
    ASSOCIATION_HEADACHES,
    DETECTABLE_IN,
    Shortfall,
    WeekSummary,
)
from posturewatch.report import words
from posturewatch.report.material import Material
from posturewatch.report.now_in_words import calibration_words

HEAT_CELL_MIN: Final = 30.0
"""Valid minutes that an hour of a weekday needs before a sentence speaks of it."""


def title(material: Material) -> str:
    """The report's head line."""
    return _("Posture on one day") if material.one_day else _("Posture summary")


def span(material: Material) -> str:
    """The days that are covered."""
    period = material.period
    if material.one_day:
        return words.day_name(period.first)
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


def last_usable_week(material: Material) -> WeekSummary | None:
    """The last week that can be set against the first, if there is one."""
    weeks = [week for week in material.period.weeks if week.from_first_in is not None]
    return weeks[-1] if weeks else None


def first_usable_week(material: Material) -> WeekSummary | None:
    """The first week with a median."""
    return next((week for week in material.period.weeks if week.median_in is not None), None)


def trend(material: Material) -> str:
    """The last usable week against the first, with what is within measurement error called so."""
    first, last = first_usable_week(material), last_usable_week(material)
    if first is None or last is None or first is last or last.from_first_in is None:
        return _("There are not two weeks to compare.")
    limit = words.length(DETECTABLE_IN, material.units)
    said = _("From the first usable week ({first}) to the last ({last}) the weekly median changed by {change}").format(
        first=first.monday.isoformat(),
        last=last.monday.isoformat(),
        change=words.judged_change(last.from_first_in, DETECTABLE_IN, material.units),
    )
    if last.from_first_within_error:
        judged = _("{said}: within measurement error (under {limit}), so not a change that this tool can tell.").format(
            said=said, limit=limit
        )
    else:
        judged = _("{said}: more than the measurement error of {limit}.").format(said=said, limit=limit)
    if _calibrations_of(material, first) == _calibrations_of(material, last):
        return judged
    return " ".join((judged, _("The two weeks rest on different calibrations, which can move the median by itself.")))


def calibration_in_force(material: Material) -> str:
    """What is measured against when the report is made, and how old it is; empty where that is not known."""
    if material.calibrated_at is None:
        return ""
    return _("In force when this was made: {words}.").format(
        words=calibration_words(material.calibrated_at, material.made_at)
    )


def _calibrations_of(material: Material, week: WeekSummary) -> set[int]:
    """Numbers of the calibrations under which the usable days of a week were measured."""
    inside = (day for day in material.period.days if day.usable and 0 <= (day.day - week.monday).days < 7)
    return {number for day in inside for number in day.calibration_ids}


def method(material: Material) -> str:
    """How the numbers are made, in a few sentences."""
    return _(
        "FHT (forward head translation) is how far the ears lie forward of the trunk against the person's own "
        "calibrated upright posture. Medians and shares are weighted by time; the median is that of the minutes' "
        "medians, P10 and P90 also hold the spread within each minute. A day with under 120 valid minutes or "
        "50 % coverage is shown and not averaged. Changes under {limit} are within measurement error."
    ).format(limit=words.length(DETECTABLE_IN, material.units))


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
    """The heat map in words: the hours furthest forward and nearest to the baseline."""
    cells = [cell for cell in material.period.heat if cell.valid_min >= HEAT_CELL_MIN]
    if len(cells) < 2:
        return _("There are too few hours to compare.")
    ordered = sorted(cells, key=lambda cell: cell.median_in)
    near, far = ordered[0], ordered[-1]
    return _(
        "Furthest forward: {far_day} from {far_hour}:00, median {far}. Nearest to the baseline: {near_day} from "
        "{near_hour}:00, median {near}. Hours with under 30 valid minutes are left out of this sentence."
    ).format(
        far_day=words.weekday(far.weekday),
        far_hour=f"{far.hour:02d}",
        far=words.length(far.median_in, material.units),
        near_day=words.weekday(near.weekday),
        near_hour=f"{near.hour:02d}",
        near=words.length(near.median_in, material.units),
    )


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
    said = _(
        "Exploratory: on {aches} headache days the daily median lay {shift} from that of {clear} days without "
        "({level} interval {low} to {high})."
    ).format(
        aches=found.headache_days,
        clear=found.clear_days,
        shift=words.change(found.shift_in, material.units, digits=2),
        level=words.percent(found.level),
        low=words.change(found.low_in, material.units, digits=2),
        high=words.change(found.high_in, material.units, digits=2),
    )
    close = (
        _("The interval holds zero: these days show no difference.")
        if found.spans_zero
        else _("This shows no cause: days differ in many ways, and neighbouring days resemble one another.")
    )
    if abs(found.shift_in) < DETECTABLE_IN and not found.spans_zero:
        small = _("The difference is smaller than the measurement error of {limit}.").format(
            limit=words.length(DETECTABLE_IN, material.units)
        )
        return f"{said} {small} {close}"
    return f"{said} {close}"
