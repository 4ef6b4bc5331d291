"""What a therapist asks in the first half minute, each with its answer, and the main numbers: the top of the page and
of the PDF.

The order is that of a visit: can it be trusted, what changed, headaches, when in the day, reminders, breaks, and at
most three things to talk about. Nothing here advises anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final, NamedTuple

from posturewatch.base.i18n import _, ngettext
from posturewatch.base.quantities import percent
from posturewatch.core.history.outcomes import breaks_words
from posturewatch.core.history.summary.records import Interval, ScorePoint, SeenAfter, Stretch
from posturewatch.report import sentences, words
from posturewatch.report.material import Material

TOPICS: Final = 3

FEW_TIED: Final = 0.5
"""Under this share of tied days the days themselves are a topic …"""

BREAKS_DUE: Final = 20
TAKEN: Final = 0.5
"""… and under this share of breaks taken, of so many due, breaks are."""

LONG_BOUT_MIN: Final = 60.0
"""A bout of an hour is longer than any time between two breaks as they are set from the start (30 min)."""


class Answer(NamedTuple):
    """A question's short name and its answer, as sentences."""

    name: str
    says: tuple[str, ...]


def answers(material: Material) -> tuple[Answer, ...]:
    """In the order in which they are asked; a single day has fewer."""
    found = [Answer(_("Can it be used?"), (sentences.verdict(material), *_trust(material)))]
    if material.one_day:
        found += [
            Answer(_("Headaches"), (sentences.diary(material),)),
            Answer(_("Breaks"), (breaks_words(material.period.breaks),)),
        ]
        return tuple(found)
    since = material.period.change.since
    changed = _("What changed") if since is None else _("Since the visit on {date}").format(date=since.isoformat())
    found += [
        Answer(changed, (sentences.change(material),)),
        Answer(_("Headaches, then and now"), tuple(_headaches(material))),
        Answer(_("In the day"), tuple(_day(material))),
        Answer(_("Reminders"), tuple(_reminders(material))),
        Answer(_("Breaks"), tuple(_breaks(material))),
    ]
    if topics := tuple(islice(_topics(material), TOPICS)):
        found.append(Answer(_("To talk about"), topics))
    return tuple(found)


def _trust(material: Material) -> Iterator[str]:
    period, posture = material.period, material.posture
    if posture.se_in is None or not period.usable_days:
        return
    se = words.length(posture.se_in, material.units, digits=2)
    if material.one_day:
        yield _("Standard error of its median: {se}.").format(se=se)
    else:
        yield _(
            "Zero checked that day by sitting upright (tied): {tied} of {usable}. Standard error of the median: {se}."
        ).format(tied=period.tied_days, usable=words.days(period.usable_days), se=se)


def _headaches(material: Material) -> Iterator[str]:
    noted = material.period.diary
    if not material.diary_shared or noted.then is None or noted.now is None or not noted.days:
        yield sentences.diary(material)
    else:
        yield _stretch(noted.then)
        yield _stretch(noted.now)
    if material.diary_shared and (told := tuple(_scores(material))):
        yield " ".join(told)


def _stretch(told: Stretch) -> str:
    span = f"{told.first.isoformat()} – {told.last.isoformat()}"
    if not told.answered_days:
        return _("{span}: no day with an entry.").format(span=span)
    if told.headache_days_a_week is None:
        few = _("{span}: headache on {aches} of {days} with an entry; too few to tell how many a week.")
        return few.format(span=span, aches=told.headache_days, days=words.days(told.answered_days))
    return _("{span}: {rate} headache days a week ({aches} of {days} with an entry).").format(
        span=span,
        rate=words.number(told.headache_days_a_week, 1),
        aches=told.headache_days,
        days=words.days(told.answered_days),
    )


def _scores(material: Material) -> Iterator[str]:
    """By name the last total then and the last now; only one, where there is one."""
    noted = material.period.diary
    then, now = ({point.name: point for point in one.scores} if one else {} for one in (noted.then, noted.now))
    for name in sorted({*then, *now}):
        parts = [_dated(one[name]) for one in (then, now) if name in one]
        yield f"{name}: {' → '.join(parts)}."


def _dated(point: ScorePoint) -> str:
    return f"{words.number(point.score)} ({point.at.date().isoformat()})"


def _day(material: Material) -> Iterator[str]:
    yield sentences.heat(material)
    if material.bouts.longest_min is not None:
        yield _("Longest bout at {limit} or more: {longest}.").format(
            limit=words.length(1.0, material.units), longest=words.duration(material.bouts.longest_min)
        )


def _reminders(material: Material) -> Iterator[str]:
    period = material.period
    if not period.nudges.shown:
        yield _("No posture reminder was shown.")
    elif period.after_nudge.change is None:
        yield _("Too few days to say what followed the reminders.")
    else:
        yield _("In the 15 min after a reminder, against the 15 min before: {seen}.").format(
            seen=_seen(period.after_nudge, material)
        )
        if period.beside_held_back is not None:
            yield " ".join(_compared(period.beside_held_back, material))
        else:
            yield _("A reminder comes when the head is far forward; some of this would follow by chance.")
    if period.after_break.change is not None:
        yield _("After a break, the day's own course taken off: {seen}.").format(
            seen=_seen(period.after_break, material)
        )


def _compared(apart: Interval, material: Material) -> Iterator[str]:
    """What followed moments at which a reminder was due and not shown, and whether the two differ."""
    yield _("For comparison, when one was due but not shown (a call, full screen …): {seen}.").format(
        seen=_seen(material.period.after_held_back, material)
    )
    said = (
        _("The two do not differ beyond chance: {change}, 99 % interval {interval}.")
        if apart.spans_zero
        else _("The two differ beyond chance: {change}, 99 % interval {interval}.")
    )
    yield said.format(**words.differing(apart, material.units))


def _seen(told: SeenAfter, material: Material) -> str:
    if told.change is None:
        return words.MISSING
    return _("{change}, 99 % interval {interval} ({times} on {days})").format(
        **words.differing(told.change, material.units),
        times=ngettext("{n} time", "{n} times", told.times).format(n=told.times),
        days=words.days(told.days),
    )


def _breaks(material: Material) -> Iterator[str]:
    breaks = material.period.breaks
    yield breaks_words(breaks)
    if breaks.due:
        yield _("Of the due breaks {share} were taken.").format(share=percent(breaks.taken_when_due / breaks.due))


def _topics(material: Material) -> Iterator[str]:
    """What the data bear, the most certain first; whoever takes from here takes the first few."""
    period, units = material.period, material.units
    if period.usable_days and period.tied_days < FEW_TIED * period.usable_days and period.untied_days:
        yield ngettext(
            "{untied} of {n} usable day is not tied, so that its level is not known.",
            "{untied} of {n} usable days are not tied, so that their level is not known.",
            period.usable_days,
        ).format(untied=period.untied_days, n=period.usable_days)
    if period.change.found is not None and not period.change.found.spans_zero:
        yield _("The distance changed by more than chance and the tool's own error explain: what was different?")
    if period.stand_out is not None:
        yield _("{day} from {hour}:00: what is done then?").format(
            day=words.weekday_in_full(period.stand_out.weekday), hour=f"{period.stand_out.hour:02d}"
        )
    elif period.course is not None and not period.course.afternoon.spans_zero:
        yield (
            _("The afternoon lies further forward than the morning.")
            if period.course.afternoon.value_in > 0
            else _("The morning lies further forward than the afternoon.")
        )
    breaks = period.breaks
    if breaks.due >= BREAKS_DUE and breaks.taken_when_due < TAKEN * breaks.due:
        yield _("Fewer than half of the due breaks were taken ({taken} of {due}).").format(
            taken=breaks.taken_when_due, due=breaks.due
        )
    if (material.bouts.longest_min or 0.0) >= LONG_BOUT_MIN:
        yield _("One bout at {limit} or more lasted {longest}.").format(
            limit=words.length(1.0, units), longest=words.duration(material.bouts.longest_min)
        )
    found = period.diary.association
    if material.diary_shared and found is not None and not found.same_day.spans_zero:
        yield _("On headache days the distance differed (exploratory; it shows no cause).")


class Tile(NamedTuple):
    """A number with its name above it and what belongs to it below; page and PDF show them in a row."""

    name: str
    big: str
    more: str


def tiles(material: Material) -> tuple[Tile, ...]:
    """How much was measured first, then median, time beyond, breaks."""
    return (_valid_tile(material), _median_tile(material), _beyond_tile(material), _breaks_tile(material))


def _valid_tile(material: Material) -> Tile:
    seen = material.period.quality
    usable, thin, _empty = sentences.recorded_days(material)
    more = "" if seen.coverage is None else _("coverage {coverage}").format(coverage=words.percent(seen.coverage))
    if material.one_day:
        return Tile(_("Measured"), words.duration(seen.valid_min), more)
    return Tile(_("Usable"), _("{usable} of {n}").format(usable=usable, n=words.days(usable + thin)), more)


def _median_tile(material: Material) -> Tile:
    posture, units = material.posture, material.units
    more = words.other_length(posture.p50_in, units)
    big = words.length_with_error(posture.p50_in, posture.se_in, units)
    return Tile(_("Median forward head distance"), big, "" if posture.p50_in is None else more)


def _beyond_tile(material: Material) -> Tile:
    share = material.posture.band_share
    more = _("of the valid time; longest bout, by the minutes' medians, {longest}").format(
        longest=words.duration(material.bouts.longest_min)
    )
    return Tile(
        _("Time at {limit} or more").format(limit=words.length(1.0, material.units)),
        words.percent(None if share is None else share[2] + share[3]),
        "" if material.bouts.longest_min is None else more,
    )


def _breaks_tile(material: Material) -> Tile:
    """Of the due ones how many were taken, which is what the first screen tells as a share; the others beside it."""
    breaks = material.period.breaks
    more = _("besides {by_hand} by hand, {natural} natural").format(by_hand=breaks.by_hand, natural=breaks.natural)
    taken = _("{taken} of {due}").format(taken=breaks.taken_when_due, due=breaks.due) if breaks.due else words.MISSING
    return Tile(_("Due breaks taken"), taken, more)
