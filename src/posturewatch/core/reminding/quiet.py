"""Courtesy: when to say nothing, and when to give the camera back. Pure.

Two questions, kept apart: a reminder may be muted while the camera goes on watching (do not disturb, full
screen), and the camera may be given back for reasons of its own (locked, suspended). ``None`` in a
:class:`~posturewatch.base.records.Courtesy` means that this session cannot tell; that never mutes.

A range of working hours may cross midnight ("22:00" to "06:00"); its morning part belongs to the day on which it
began, so that a night shift that starts on Friday ends on Saturday morning. Start equal to end means the whole day.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from posturewatch.base.i18n import _
from posturewatch.base.records import Courtesy
from posturewatch.base.settings import CourtesySettings, HoursSettings

PAUSED: Final = "paused"
HOURS: Final = "hours"
LOCKED: Final = "locked"
SUSPENDED: Final = "suspended"
LID: Final = "lid"
CALL: Final = "call"
DO_NOT_DISTURB: Final = "dnd"
FULL_SCREEN: Final = "full_screen"
BATTERY: Final = "battery"
IDLE: Final = "idle"

AFTER_MUTE_S: Final = 60.0
"""Nothing is said, asked or announced for a minute after a meeting: not the first thing on the screen when it ends."""

UNSEEN_LOCK_IDLE_S: Final = 300.0
"""Where nobody can tell whether the screen is locked, the camera is given back after so long without keyboard and
mouse: what most desktops wait before they lock."""

DOCKED_IDLE_S: Final = 60.0
"""Somebody who typed within this time under a closed lid works at an outer screen, with an outer camera."""


def why_muted(
    courtesy: Courtesy, settings: CourtesySettings, hours: HoursSettings, now: datetime, *, paused: bool
) -> str | None:
    """Why no reminder may be shown now, as ``Reminder.muted`` has it; ``None`` = reminders may be shown.

    Whoever gives the camera back is also silent: nobody may be judged by what was seen before.
    """
    camera = camera_given_back(courtesy, settings, hours, now, paused=paused)
    if camera is not None:
        return camera
    if settings.do_not_disturb and courtesy.do_not_disturb:
        return DO_NOT_DISTURB
    if settings.full_screen and courtesy.full_screen:
        return FULL_SCREEN
    return None


def camera_given_back(
    courtesy: Courtesy, settings: CourtesySettings, hours: HoursSettings, now: datetime, *, paused: bool
) -> str | None:
    """Why the camera must be closed now; ``None`` = it may be open. The strongest reason comes first."""
    reasons = (
        (PAUSED, paused),
        (SUSPENDED, courtesy.suspended),
        (LOCKED, courtesy.locked),
        (LID, _lid_shuts_us_out(courtesy)),
        (HOURS, not within_hours(hours, now)),
        (CALL, settings.calls and courtesy.in_call),
        (BATTERY, settings.battery and courtesy.on_battery),
        (IDLE, _may_be_locked(courtesy)),
    )
    return next((name for name, holds in reasons if holds), None)


def _may_be_locked(courtesy: Courtesy) -> bool:
    idle = courtesy.idle_s is not None and courtesy.idle_s >= UNSEEN_LOCK_IDLE_S
    return courtesy.locked is None and idle


def _lid_shuts_us_out(courtesy: Courtesy) -> bool:
    docked = courtesy.idle_s is not None and courtesy.idle_s < DOCKED_IDLE_S
    return bool(courtesy.lid_closed) and not docked


def muted_words(why: str) -> str:
    """A sentence for the tray and the terminal that says why it is quiet."""
    return {
        PAUSED: _("Paused."),
        HOURS: _("Outside your working hours."),
        LOCKED: _("The screen is locked."),
        SUSPENDED: _("The computer is asleep."),
        LID: _("The lid is closed."),
        CALL: _("Silent while another program uses the camera or the microphone."),
        DO_NOT_DISTURB: _("Silent while the desktop is set to do not disturb."),
        FULL_SCREEN: _("Silent while a program fills the screen."),
        BATTERY: _("Silent on battery."),
        IDLE: _("Nobody has used this computer for a while; the camera is closed."),
    }.get(why, _("Silent for now."))


WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""As in the settings, in the order of ``datetime.weekday()``."""


def minutes_of_day(text: str) -> int:
    """``"09:30"`` as minutes after midnight (``"24:00"`` is 1440)."""
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def within_hours(hours: HoursSettings, now: datetime) -> bool:
    """Whether to watch at this local time."""
    start, end = minutes_of_day(hours.start), minutes_of_day(hours.end)
    minute = now.hour * 60 + now.minute
    today = WEEKDAYS[now.weekday()] in hours.days
    if start == end:
        return today
    if start < end:
        return today and start <= minute < end
    yesterday = WEEKDAYS[(now.weekday() - 1) % 7] in hours.days
    return (today and minute >= start) or (yesterday and minute < end)
