"""Numbers, lengths, dates and names as the reader's language writes them; shared by page, PDF and preview.

Dates are ISO (2026-11-20): the one form that nobody on either side of an ocean misreads.
"""

from __future__ import annotations

from typing import Final

from posturewatch.base import quantities
from posturewatch.base.i18n import _, ngettext
from posturewatch.base.quantities import Units
from posturewatch.base.records import Event, EventKind, Load
from posturewatch.core.history.summary.limits import BAND_EDGES_IN
from posturewatch.core.history.summary.records import DaySummary, Interval, PlaceValue, Shortfall

_GLUE: Final = "\u00a0"
"""Keeps a number and its unit on one line."""

MISSING: Final = "–"
"""Shown where there is no number. Never 0."""


def number(value: float | None, digits: int = 0) -> str:
    """See ``quantities.number``; a dash where there is none."""
    return MISSING if value is None else quantities.number(value, digits)


def _glued(said: str) -> str:
    return said.replace(" ", _GLUE)


def length(value_in: float | None, units: Units, *, digits: int = 1) -> str:
    """``0.8 in`` or ``2.0 cm``, kept on one line; a dash where there is none."""
    return MISSING if value_in is None else _glued(quantities.length(value_in, units, digits))


def length_with_error(value_in: float | None, se_in: float | None, units: Units) -> str:
    """``0.8 ± 0.4 in``, kept on one line; a dash where there is none."""
    return MISSING if value_in is None else _glued(quantities.length_with_error(value_in, se_in, units))


def bare(value_in: float, units: Units) -> str:
    """``0.8``: a length for the inside of a chart, beside which the unit stands."""
    return number(quantities.in_units(value_in, units), 1)


def other_length(value_in: float | None, units: Units) -> str:
    """The same length in the unit that is not shown first."""
    return length(value_in, "in" if units == "cm" else "cm")


def change(value_in: float | None, units: Units, *, digits: int = 1) -> str:
    """``+0.3 in`` or ``−0.3 in``, always with its sign; a dash where there is none."""
    return MISSING if value_in is None else _glued(quantities.change(value_in, units, digits))


def differing(told: Interval, units: Units) -> dict[str, str]:
    """What a sentence about a difference tells, to a hundredth: ``change`` (``+0.13 in``) and ``interval`` (``−0.14 to
    +0.50 in``)."""
    low, high = (quantities.change(value_in, units, 2) for value_in in (told.low_in, told.high_in))
    interval = _("{low} to {high}").format(low=low.removesuffix(f" {units}"), high=_glued(high))
    return {"change": change(told.value_in, units, digits=2), "interval": interval}


def far(told: PlaceValue | None, units: Units) -> str:
    """``62 ± 8 cm``: a length of the room, told in centimetres; a dash where there is none."""
    return MISSING if told is None else _glued(quantities.room_length(told.median, told.se, units))


def turned(told: PlaceValue | None, sides: tuple[str, str]) -> str:
    """``4° ± 2° to the left``; ``sides``: of a positive and of a negative angle. A dash where there is none."""
    if told is None:
        return MISSING
    error = "" if told.se is None else f" ± {number(told.se)}°"
    shown = number(abs(told.median))
    return f"{shown}°{error} {sides[0] if told.median > 0 else sides[1]}" if shown != "0" else f"{shown}°{error}"


def duration(minutes: float | None) -> str:
    """``45 min``, ``6 h 05 min``, kept on one line; a dash where there is none."""
    return MISSING if minutes is None else _glued(quantities.duration(minutes))


def percent(share: float | None) -> str:
    """``35 %`` from 0.35; a dash where there is none."""
    return MISSING if share is None else _glued(quantities.percent(share))


def load(told: Load | None, units: Units) -> str:
    """The rule-of-thumb load index with its error, rounded as the rule deserves; a dash where there is none."""
    return MISSING if told is None else quantities.load_with_error(told, units)


def load_rule() -> str:
    """What stands with every load index: the rule by its name, and that it is no force."""
    return _(
        "The load index is a rule of thumb, not a force measured in anybody's neck: Kapandji's rule, an 11-lb head "
        "plus 10 lb for each inch forward, made anew from the inches, whichever rule the settings show live."
    )


def weekday_in_full(index: int) -> str:
    """Name of a weekday as a sentence begins with it, 0 = Monday."""
    return (
        _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")
    )[index]  # fmt: skip


def bands(units: Units) -> tuple[str, str, str, str]:
    """Names of the four bands in the reader's unit."""
    low, mid, high = (quantities.number(quantities.in_units(edge, units), 1) for edge in BAND_EDGES_IN)
    below = _("below {edge} {unit}").format(edge=low, unit=units)
    first = _("{low}–{high} {unit}").format(low=low, high=mid, unit=units)
    second = _("{low}–{high} {unit}").format(low=mid, high=high, unit=units)
    beyond = _("{edge} {unit} and more").format(edge=high, unit=units)
    ends = ((below, low), (first, mid), (second, high), (beyond, high))
    b0, b1, b2, b3 = (name.replace(f"{edge} {units}", f"{edge}{_GLUE}{units}") for name, edge in ends)
    return b0, b1, b2, b3


def band_loads(units: Units) -> tuple[str, str, str, str]:
    """The rule-of-thumb load index of each band, for a head of 11 lb (5 kg)."""
    if units == "cm":
        return (_("under 7 kg"), _("7–10 kg"), _("10–14 kg"), _("over 14 kg"))
    return (_("under 16 lb"), _("16–21 lb"), _("21–31 lb"), _("over 31 lb"))


def shortfall(reasons: tuple[Shortfall, ...]) -> str:
    """Why a day is not averaged, or that it is."""
    named = {
        Shortfall.NOTHING: _("nothing recorded"),
        Shortfall.MINUTES: _("under 120 valid minutes"),
        Shortfall.COVERAGE: _("coverage under 50 %"),
    }
    return "; ".join(named[reason] for reason in reasons) if reasons else _("usable")


def use(day: DaySummary) -> str:
    """Whether a day is averaged and compared, or why not."""
    return _("not tied") if day.usable and not day.comparable else shortfall(day.shortfall)


def day_median(day: DaySummary, units: Units) -> str:
    """The median with its error; ``~`` before that of a day that is not tied, as everywhere."""
    told = length_with_error(day.posture.p50_in, day.posture.se_in, units)
    return f"~{_GLUE}{told}" if day.tied is False and day.posture.p50_in is not None else told


def days(count: int) -> str:
    """``1 day``, ``3 days``."""
    return ngettext("{n} day", "{n} days", count).format(n=count)


def side(value: str) -> str:
    """The side of a headache."""
    return {"left": _("left"), "right": _("right"), "both": _("both sides")}.get(value, value)


def event_words(event: Event) -> str:
    """What happened, in a few words and without any text that the user typed."""
    if event.kind is EventKind.NUDGE:
        return {
            "shown": _("posture reminder shown"),
            "acted": _("posture reminder acted on"),
            "dismissed": _("posture reminder dismissed"),
            "timed_out": _("posture reminder without answer"),
            "muted": _("posture reminder muted"),
            "failed": _("posture reminder could not be shown"),
        }.get(event.outcome, _("posture reminder"))
    if event.kind is EventKind.EXERCISE:
        return {
            "offered": _("exercise offered"),
            "done": _("exercise done"),
            "ended_early": _("exercise ended early"),
            "skipped": _("exercise skipped"),
            "worse": _("exercise made it worse"),
        }.get(event.outcome, _("exercise"))
    if event.kind is EventKind.CAMERA and event.outcome == "back":
        return _("camera back")
    if event.kind is EventKind.BREAK_DUE and event.outcome == "muted":
        return _("break due, muted")
    return {
        EventKind.START: _("watching began"),
        EventKind.STOP: _("watching ended"),
        EventKind.PAUSE: _("paused"),
        EventKind.RESUME: _("resumed"),
        EventKind.BREAK_DUE: _("break due"),
        EventKind.BREAK_TAKEN: _("break taken"),
        EventKind.BREAK_NATURAL: _("natural break"),
        EventKind.BREAK_POSTPONED: _("break postponed"),
        EventKind.BREAK_SKIPPED: _("break skipped"),
        EventKind.CALIBRATION: _("calibrated"),
        EventKind.CAMERA: _("camera changed or lost"),
        EventKind.CONFIG: _("settings changed"),
        EventKind.PROFILE: _("profile changed"),
        EventKind.SUSPEND: _("computer asleep"),
        EventKind.SENSOR: _("measuring part restarted"),
        EventKind.RECALIBRATE_ASKED: _("asked to calibrate again"),
        EventKind.SITTING_LIMIT: _("sitting limit reached"),
        EventKind.CLOCK: _("clock changed"),
        EventKind.JOURNAL: _("note of the journal"),
        EventKind.PLAN: _("therapist's plan"),
    }[event.kind]


def unread(count: int) -> tuple[str, ...]:
    """That so many rows of the journal are in nothing that is told."""
    if not count:
        return ()
    return (
        ngettext(
            "{n} row of the journal is left out: it cannot be read. It is damaged, of a later version, or of a time "
            "that is none.",
            "{n} rows of the journal are left out: they cannot be read. They are damaged, of a later version, or of a "
            "time that is none.",
            count,
        ).format(n=count),
    )
