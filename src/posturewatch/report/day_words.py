"""A day's sums in sentences: the same in the terminal's log and in the window of today."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from posturewatch.base.i18n import _
from posturewatch.base.quantities import Units, duration, length, length_with_error
from posturewatch.core.history.day_figures import DayFigures
from posturewatch.core.history.summary.limits import MIN_VALID_MIN


def quality_words(day: DayFigures) -> str:
    """How the day's time was spent."""
    return _("Measured {valid} · away {away} · cannot tell {unreliable} · paused or camera off {off}").format(
        valid=duration(day.valid_min),
        away=duration(day.away_min),
        unreliable=duration(day.unreliable_min),
        off=duration(day.paused_min + day.off_min),
    )


def median_words(day: DayFigures, units: Units) -> str:
    """Median with its error and P90, or that nothing was measured."""
    if day.median_in is None:
        return _("Nothing was measured on this day.")
    return _("Median {median}, 90 % of the time below {p90}.").format(
        median=length_with_error(day.median_in, day.se_in, units), p90=length(day.p90_in or 0.0, units)
    )


def doubts(day: DayFigures) -> Iterator[str]:
    """What keeps the day from being relied on, or compared; nothing of a day without a number."""
    if day.median_in is None:
        return
    if day.valid_min < MIN_VALID_MIN:
        yield _("Less than two hours were measured: this day says little.")
    elif not day.usable:
        yield _("Less than half of the time at the desk was measured: this day says little.")
    if day.tied is False:
        yield untied_words()


def untied_words() -> str:
    """What a day says of which the zero is not known."""
    return _("Not tied on this day: it tells its own course, its zero may lie elsewhere, and no other day compares.")


def marks(day: DayFigures) -> str:
    """What stands behind a day's numbers in a list of days: `` *`` too little was measured, `` ~`` it is not tied."""
    few = " *" if day.valid_min and not day.usable else ""
    return f"{few} ~" if day.median_in is not None and day.tied is False else few


def untied_note(days: Sequence[DayFigures]) -> tuple[str, ...]:
    """What the mark ``~`` means, where one of these days has it."""
    return (_("~ not tied: compare it with no other day."),) if any("~" in marks(day) for day in days) else ()
