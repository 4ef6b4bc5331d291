"""What a break says. Plain words, no scolding, no promise of what a break does to anybody's body.

No exercise text stands here: with its safety sentence it is longer than a notification may be, so a reminder
carries the exercise's key and the window, the terminal or the tray shows both together.
"""

from __future__ import annotations

from typing import Final

from posturewatch.base.i18n import _
from posturewatch.base.records import Action, Reminder, ReminderKind

BREAK_KEY: Final = "break"
SITTING_KEY: Final = "sitting"


def duration_words(length_s: float) -> str:
    """ "45 seconds", "3 minutes"; minutes from two on."""
    if length_s < 120:
        return _("{seconds} seconds").format(seconds=round(length_s))
    return _("{minutes} minutes").format(minutes=round(length_s / 60))


def notice_reminder(in_s: float, length_s: float, *, long: bool, actions: tuple[Action, ...]) -> Reminder:
    """The notice ahead; the break itself replaces it."""
    body = (
        _("Then stand up and walk for {duration}, if you like.")
        if long
        else _("Then rest your eyes and move for {duration}.")
    )
    return Reminder(
        kind=ReminderKind.BREAK_NOTICE,
        key=BREAK_KEY,
        title=_("Break in {duration}").format(duration=duration_words(in_s)),
        body=body.format(duration=duration_words(length_s)),
        actions=actions,
        timeout_s=max(in_s, 5.0),
    )


def break_reminder(
    length_s: float, *, long: bool, actions: tuple[Action, ...], exercise: str | None, muted: str | None
) -> Reminder:
    """The break itself; it stays for as long as the break lasts."""
    title = _("Time to stand and walk") if long else _("Time for a short break")
    body = (
        _("Leave the screen for {duration} and walk a few steps.")
        if long
        else _("Look away from the screen for {duration}. Move a little, or stand up.")
    )
    return Reminder(
        kind=ReminderKind.LONG_BREAK if long else ReminderKind.BREAK,
        key=BREAK_KEY,
        title=title,
        body=body.format(duration=duration_words(length_s)),
        actions=actions,
        timeout_s=length_s,
        exercise=exercise,
        muted=muted,
    )


def sitting_reminder(seated_s: float) -> Reminder:
    """The daily limit that the user has set, told once."""
    hours, minutes = divmod(round(seated_s / 60), 60)
    return Reminder(
        kind=ReminderKind.SITTING_LIMIT,
        key=SITTING_KEY,
        title=_("Your sitting time for today is reached"),
        body=_("You have sat for {hours} h {minutes} min. Perhaps work on your feet for a while.").format(
            hours=hours, minutes=minutes
        ),
        actions=(Action.DISMISS,),
    )
