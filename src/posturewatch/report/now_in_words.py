"""The present moment in words: the line of ``posturewatch status`` and the tray's tooltip.

Snapshot in, text out; no clock, no disk. Inches come first and their error with them; the load index follows,
to the nearest 5 lb and never more exact, because it is a rule of thumb, which is said with it wherever it stands.
Beyond 3 in the number is not shown: it would be more exact than it is true. How numbers are written stands in
``quantities``.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from posturewatch.base.i18n import _, ngettext
from posturewatch.base.quantities import Units, distance, load_with_rule, whole
from posturewatch.base.records import Snapshot, State
from posturewatch.base.wording import reason_words, state_words

CLOCKS_DIFFER: Final = timedelta(minutes=10)
"""A calibration of so little time to come is called of today: clocks are corrected by seconds."""


TOOLTIP_MOST: Final = 127
"""UTF-16 units of a tooltip on Windows, which cuts off what is longer."""


def load_words(snapshot: Snapshot, units: Units = "in") -> str:
    """The load index to the nearest 5 lb with its error, its rule, and that it is no force; empty where there is none,
    or the state is not known."""
    if snapshot.load is None or snapshot.paused or snapshot.state not in {State.UPRIGHT, State.FORWARD}:
        return ""
    return load_with_rule(snapshot.load, snapshot.fht_in, units)


def next_break_words(snapshot: Snapshot) -> str:
    """Time to the next break in whole minutes, or an empty text where none is planned."""
    if snapshot.on_break:
        return _("You are on a break.")
    if snapshot.break_now:
        return _("It is time for a break.")
    if snapshot.next_break_s is None or snapshot.paused:
        return ""
    minutes = max(1, whole(snapshot.next_break_s / 60))
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
    """What is known right now in one line: pause, or the number with its error, or why there is none."""
    if snapshot.paused:
        return pause_words(snapshot)
    if snapshot.quiet and not snapshot.watching:
        return snapshot.quiet
    if snapshot.fht_in is not None:
        # Also where its error forbids a verdict: what is known is said, with its error.
        parts = (
            state_words(snapshot.state),
            distance(snapshot.fht_in, snapshot.fht_se_in, units),
            tie_words(snapshot),
        )
        return " · ".join(part for part in parts if part)
    if snapshot.reason is not None and snapshot.state is not State.AWAY:
        return _("{state}: {reason}").format(state=state_words(snapshot.state), reason=reason_words(snapshot.reason))
    return state_words(snapshot.state)


def tie_words(snapshot: Snapshot) -> str:
    """That nobody has tied the calibration to today or to what is worn, or an empty text."""
    return _("not tied today") if snapshot.tied is False else ""


def band_words(snapshot: Snapshot) -> str:
    """Today's measured minutes: upright (below 0.5 in), forward, far forward (2 in and beyond); empty before the first.
    The sum is that of the minutes as they are shown."""
    low, mid, high, top = snapshot.today.band_min
    upright, forward, far = whole(low), whole(mid + high), whole(top)
    if not (total := upright + forward + far):
        return ""
    return _("Today {total} min: {upright} upright, {forward} forward, {far} far forward").format(
        total=total, upright=upright, forward=forward, far=far
    )


def calibration_words(made_at: datetime, now: datetime) -> str:
    """The date of the calibration in force and its age; both aware. One of a time to come is said to be so."""
    days = (now.date() - made_at.date()).days
    made = made_at.date().isoformat()
    if made_at - now > CLOCKS_DIFFER:
        return _("calibrated {date}, a time to come: the clock was wrong then or is now").format(date=made)
    if days <= 0:
        return _("calibrated today")
    return ngettext("calibrated {date}, {n} day ago", "calibrated {date}, {n} days ago", days).format(date=made, n=days)


def tooltip(snapshot: Snapshot, units: Units = "in") -> str:
    """Short lines for the tray icon: the state, the load index if it fits whole, and trouble or the next break."""
    last = snapshot.trouble or next_break_words(snapshot)
    if snapshot.recalibrate and not snapshot.trouble:
        last = _("Five seconds of sitting upright are wanted.")
    load = load_words(snapshot, units)
    told = "\n".join(part for part in (state_line(snapshot, units), load, last) if part)
    if not load or len(told.encode("utf-16-le")) // 2 <= TOOLTIP_MOST:
        return told
    return "\n".join(part for part in (state_line(snapshot, units), last) if part)


def status_line(snapshot: Snapshot, units: Units = "in") -> str:
    """All of it in one line for the terminal: profile, state, next break, trouble."""
    parts = [state_line(snapshot, units), load_words(snapshot, units)]
    if snapshot.profile:
        parts.append(_("profile {name}").format(name=snapshot.profile))
    if snapshot.calibrated_at is not None:
        parts.append(calibration_words(snapshot.calibrated_at, snapshot.at))
    if snapshot.fht_in is None:
        parts.append(tie_words(snapshot))
    parts.append(next_break_words(snapshot))
    parts.append(silence_words(snapshot))
    parts.append(snapshot.trouble)
    return " · ".join(part for part in parts if part)
