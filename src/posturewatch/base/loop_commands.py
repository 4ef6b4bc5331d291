"""What the running app's loop can be asked for, and the lines of the menu that ask for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

TOMORROW: Final = -1.0
"""The value of a PAUSE command that means "until tomorrow"."""

LONGEST_S: Final = 366 * 86_400.0
"""No pause, and no other command, lasts longer: a year."""


class CommandKind(StrEnum):
    PAUSE = "pause"  # value: seconds, None = until resumed, TOMORROW; or text: HH:MM, until then
    RESUME = "resume"
    CALIBRATE = "calibrate"
    CALIBRATE_QUICK = "calibrate_quick"  # five seconds that tie the calibration in force to today
    PROFILE = "profile"  # text: name
    BREAK_NOW = "break_now"
    BREAK_POSTPONE = "break_postpone"
    BREAK_SKIP = "break_skip"
    EXERCISE_WORSE = "exercise_worse"  # the exercise of this break, or of the last one, made it worse
    SNOOZE = "snooze"
    LIVE_VIEW = "live_view"
    RELEASE_CAMERA = "release_camera"  # another posturewatch process wants it: value = seconds at most
    TAKE_CAMERA = "take_camera"
    RELOAD = "reload"
    DIARY = "diary"  # text: headache | none
    WRITE_DAY = "write_day"
    QUIT = "quit"
    WINDOW_FAILED = "window_failed"  # text: which one; the loop says otherwise what it would have said
    CALIBRATED = "calibrated"  # in its window; text: the calibration as JSON
    CAMERA_RETURNED = "camera_returned"  # a window with the camera's picture is closed; text: which one
    NOTICED = "noticed"  # the sensor has seen by itself that something is no longer as it was
    TRAY_UNSEEN = "tray_unseen"  # nobody can see the icon; text: what to tell the user


FROM_WITHIN: Final = frozenset(
    {
        CommandKind.WINDOW_FAILED,
        CommandKind.CALIBRATED,
        CommandKind.CAMERA_RETURNED,
        CommandKind.NOTICED,
        CommandKind.TRAY_UNSEEN,
    }
)
"""Commands that the app's own parts give; nobody outside may."""


@dataclass(frozen=True, slots=True)
class Command:
    """One wish of the user, from the tray, the control socket or a notification's button, or news of a window."""

    kind: CommandKind
    value: float | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One line of the tray's menu, whichever toolkit shows it.

    A line does one of these: put ``command`` into the inbox, ask the app for ``call`` (the name of a callable
    of ``desktop.tray.display.TrayActions``), open ``children``, or nothing (a line that only tells; ``enabled`` False).
    ``checked`` None = no mark. An empty ``text`` is a separator.
    """

    text: str = ""
    command: Command | None = None
    call: str = ""
    children: tuple[MenuItem, ...] = ()
    checked: bool | None = None
    enabled: bool = True
