"""The present moment in words: the line of ``posturewatch status`` and the tray's tooltip.

Snapshot in, text out; no clock, no disk. Inches come first and their error with them; the load index follows,
to the nearest 5 lb and never more exact, because it is a rule of thumb. Beyond 3 in the number is not shown:
it would be more exact than it is true.
"""

from __future__ import annotations

from typing import Final, Literal

from posturewatch.i18n import _, decimals, ngettext
from posturewatch.records import INCH_CM, Snapshot, State
from posturewatch.wording import reason_words, state_words

Units = Literal["in", "cm"]

SHOWN_MAX_IN: Final = 3.0
"""Inches beyond which "3+ in" is shown (docs/measurement.md); published extremes end there."""

LOAD_STEP_LB: Final = 5
"""The load index is shown in steps of this many pounds; its error is seldom smaller."""

LB_KG: Final = 0.45359237
"""Kilograms in a pound, by definition."""


def distance_words(fht_in: float, se_in: float | None, units: Units = "in") -> str:
    """``1.2 ± 0.3 in``, or ``3+ in`` beyond the largest value shown; centimetres if asked."""
    scale, name = (INCH_CM, "cm") if units == "cm" else (1.0, "in")
    if fht_in >= SHOWN_MAX_IN:
        return _("{distance}+ {unit}").format(distance=decimals(f"{SHOWN_MAX_IN * scale:.2g}"), unit=name)
    # A rounded -0.0 would read as a claim of being behind the baseline.
    value = round(fht_in * scale, 1) + 0.0
    if se_in is None:
        return _("{distance} {unit}").format(distance=decimals(f"{value:.1f}"), unit=name)
    return _("{distance} ± {error} {unit}").format(
        distance=decimals(f"{value:.1f}"), error=decimals(f"{max(0.1, se_in * scale):.1f}"), unit=name
    )


def load_words(snapshot: Snapshot, units: Units = "in") -> str:
    """The rule-of-thumb load index to the nearest 5 lb, or an empty text where there is none."""
    if snapshot.load is None:
        return ""
    pounds = round(snapshot.load.load_lb / LOAD_STEP_LB) * LOAD_STEP_LB
    more = "+" if snapshot.fht_in is not None and snapshot.fht_in >= SHOWN_MAX_IN else ""
    if units == "cm":
        return _("load index about {pounds}{more} lb ({kilograms}{more} kg)").format(
            pounds=pounds, kilograms=round(pounds * LB_KG), more=more
        )
    return _("load index about {pounds}{more} lb").format(pounds=pounds, more=more)


def next_break_words(snapshot: Snapshot) -> str:
    """Time to the next break in whole minutes, or an empty text where none is planned."""
    if snapshot.on_break:
        return _("You are on a break.")
    if snapshot.break_now:
        return _("It is time for a break.")
    if snapshot.next_break_s is None or snapshot.paused:
        return ""
    minutes = max(1, round(snapshot.next_break_s / 60))
    if snapshot.next_break_long:
        return ngettext("Longer break in {n} minute", "Longer break in {n} minutes", minutes).format(n=minutes)
    return ngettext("Break in {n} minute", "Break in {n} minutes", minutes).format(n=minutes)


def pause_words(snapshot: Snapshot) -> str:
    """Until when watching is paused, or an empty text. Another day is named by its date."""
    if not snapshot.paused:
        return ""
    until = snapshot.paused_until
    if until is None:
        return _("Paused until you resume")
    if until.date() != snapshot.at.date():
        return _("Paused until {date}, {time}").format(date=until.date().isoformat(), time=f"{until:%H:%M}")
    return _("Paused until {time}").format(time=f"{until:%H:%M}")


def silence_words(snapshot: Snapshot) -> str:
    """Why nothing is said although the app watches, or an empty text; :func:`state_line` has it otherwise."""
    return snapshot.quiet if snapshot.watching and not snapshot.paused else ""


def state_line(snapshot: Snapshot, units: Units = "in") -> str:
    """What is known right now in one line: pause, or the number with its load, or why there is none."""
    if snapshot.paused:
        return pause_words(snapshot)
    if snapshot.quiet and not snapshot.watching:
        return snapshot.quiet
    if snapshot.fht_in is not None and snapshot.state in {State.UPRIGHT, State.FORWARD}:
        parts = (
            state_words(snapshot.state),
            distance_words(snapshot.fht_in, snapshot.fht_se_in, units),
            load_words(snapshot, units),
        )
        return " · ".join(part for part in parts if part)
    if snapshot.reason is not None and snapshot.state is not State.AWAY:
        return _("{state}: {reason}").format(
            state=state_words(snapshot.state), reason=reason_words(snapshot.reason)
        )
    return state_words(snapshot.state)


def band_words(snapshot: Snapshot) -> str:
    """Today's measured minutes: upright (below 0.5 in), forward, far forward (2 in and beyond); empty before the first.
    The sum is that of the minutes as they are shown."""
    low, mid, high, top = snapshot.today.band_min
    upright, forward, far = round(low), round(mid + high), round(top)
    if not (total := upright + forward + far):
        return ""
    return _("Today {total} min: {upright} upright, {forward} forward, {far} far forward").format(
        total=total, upright=upright, forward=forward, far=far
    )


def tooltip(snapshot: Snapshot, units: Units = "in") -> str:
    """Two short lines for the tray icon: the state, and trouble or the next break."""
    second = snapshot.trouble or next_break_words(snapshot)
    if snapshot.recalibrate and not snapshot.trouble:
        second = _("Please calibrate again.")
    return "\n".join(part for part in (state_line(snapshot, units), second) if part)


def status_line(snapshot: Snapshot, units: Units = "in") -> str:
    """All of it in one line for the terminal: profile, state, next break, trouble."""
    parts = [state_line(snapshot, units)]
    if snapshot.profile:
        parts.append(_("profile {name}").format(name=snapshot.profile))
    parts.append(next_break_words(snapshot))
    parts.append(silence_words(snapshot))
    parts.append(snapshot.trouble)
    return " · ".join(part for part in parts if part)
