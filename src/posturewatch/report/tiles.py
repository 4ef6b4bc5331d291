"""The main numbers of a report, as the page and the PDF show them in a row."""

from __future__ import annotations

from typing import NamedTuple

from posturewatch.base.i18n import _
from posturewatch.report import sentences, words
from posturewatch.report.material import Material


class Tile(NamedTuple):
    """A number with its name above it and what belongs to it below."""

    name: str
    big: str
    more: str


def tiles(material: Material) -> tuple[Tile, ...]:
    """How much was measured first, then median, time beyond, breaks."""
    return (_valid(material), _median(material), _beyond(material), _breaks(material))


def _valid(material: Material) -> Tile:
    seen = material.period.quality
    usable, thin, _empty = sentences.recorded_days(material)
    more = "" if seen.coverage is None else _("coverage {coverage}").format(coverage=words.percent(seen.coverage))
    if material.one_day:
        return Tile(_("Measured"), words.duration(seen.valid_min), more)
    return Tile(_("Usable"), _("{usable} of {n}").format(usable=usable, n=words.days(usable + thin)), more)


def _median(material: Material) -> Tile:
    posture, units = material.posture, material.units
    more = words.other_length(posture.p50_in, units)
    big = words.length_with_error(posture.p50_in, posture.se_in, units)
    return Tile(_("Median forward head distance"), big, "" if posture.p50_in is None else more)


def _beyond(material: Material) -> Tile:
    share = material.posture.band_share
    more = _("of the valid time; longest bout, by the minutes' medians, {longest}").format(
        longest=words.duration(material.bouts.longest_min)
    )
    return Tile(
        _("Time at {limit} or more").format(limit=words.length(1.0, material.units)),
        words.percent(None if share is None else share[2] + share[3]),
        "" if material.bouts.longest_min is None else more,
    )


def _breaks(material: Material) -> Tile:
    """Of the due ones how many were taken, which is what the first screen tells as a share; the others beside it."""
    breaks = material.period.breaks
    more = _("besides {by_hand} by hand, {natural} natural").format(by_hand=breaks.by_hand, natural=breaks.natural)
    taken = _("{taken} of {due}").format(taken=breaks.taken_when_due, due=breaks.due) if breaks.due else words.MISSING
    return Tile(_("Due breaks taken"), taken, more)
