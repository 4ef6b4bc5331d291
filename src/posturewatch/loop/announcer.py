"""What is said to the user, and said once: reminders, a camera in trouble, a log that cannot be written."""

from __future__ import annotations

from dataclasses import replace

from posturewatch.base.errors import PosturewatchError
from posturewatch.base.i18n import _
from posturewatch.base.records import Reason, Reminder, ReminderKind
from posturewatch.base.wording import reason_words
from posturewatch.core.reminding.breaks.words import BREAK_KEY
from posturewatch.core.reminding.quiet import CALL, FULL_SCREEN
from posturewatch.desktop.interface import Notifier
from posturewatch.loop.ports import Launcher

CAMERA_KEY = "camera"
TROUBLE_KEY = "trouble"

UNCOVERING = (CALL, FULL_SCREEN)
"""Why reminders are muted when nothing may cover the screen."""

_BREAKS = (ReminderKind.BREAK, ReminderKind.LONG_BREAK)


class Announcer:
    """Speaks through the notifier, and opens the break's window where the user wants one."""

    def __init__(self, notifier: Notifier, launcher: Launcher) -> None:
        self._notifier = notifier
        self._launcher = launcher
        self._camera: Reason | None = None
        self._trouble = False
        self._windowed: Reminder | None = None  # what the break's window shows, or was to show
        self._level: float | None = None  # what the screen's feedback was last told; None: there is none
        self._no_feedback = False  # its window could not be opened

    def remind(self, reminder: Reminder, *, window: bool) -> None:
        """Send a reminder. A break that is not muted opens its window instead, where the user wants it and there
        can be one: two things on the screen would be one too many."""
        shown = reminder.muted is None
        if window and shown and reminder.kind in _BREAKS and self._in_window(reminder):
            return
        self._notifier.send(reminder)

    def break_begins(self, reminder: Reminder, *, window: bool) -> None:
        """The user takes a break now: its window with the countdown, or a notification that stays as long."""
        if not (window and self._in_window(reminder, begun=True)):
            self._notifier.send(replace(reminder, muted=None))

    def uncover(self, left_s: float | None, muted: str) -> None:
        """A call has begun during a break, or a program fills the screen: what covers the screen goes, and the break
        goes on in a small window."""
        if self._windowed is not None and left_s is not None and muted in UNCOVERING:
            self._launcher.shut("break")
            self._in_window(replace(self._windowed, timeout_s=left_s, muted=muted), begun=True)

    def follow(self, level: float | None) -> None:
        """Let the screen follow the posture (see ``PosturePolicy.level``); None: nothing of it may be seen."""
        if not level:
            self._no_feedback = False
        if level is None:
            if self._level is not None:
                self._launcher.shut("feedback")
            self._level = None
            return
        level = round(level, 2)
        if self._no_feedback or level == (self._level or 0.0):
            return
        self._launcher.follow(level)
        self._level = level

    def without_window(self, what: str) -> None:
        """A window was to open and has not: a break is said by a notification, as if there were no windows."""
        if what == "break" and self._windowed is not None:
            self._notifier.send(replace(self._windowed, muted=None))
        elif what == "feedback":
            self._no_feedback = True  # until the head is back: a screen that is none does not become one each second
        elif what == "live":
            self.tell(ReminderKind.TROUBLE, "window", _("The live view could not be opened"), _hint_without_windows())

    def _in_window(self, reminder: Reminder, *, begun: bool = False) -> bool:
        if not self._launcher.open("break", reminder=reminder, begun=begun):
            return False
        self._windowed = reminder
        self._notifier.withdraw(BREAK_KEY)
        return True

    def hush_break(self) -> None:
        """The break is over, put off or let go: what stands on the screen about it goes."""
        self._windowed = None
        self._notifier.withdraw(BREAK_KEY)
        self._launcher.shut("break")

    def camera(self, reason: Reason | None, trouble: PosturewatchError | None) -> bool:
        """The camera is in trouble for this reason, or well (None); True where that is news.

        A camera that another program holds is waited for quietly: the tray says it, no notification does.
        """
        if reason is self._camera:
            return False
        self._camera = reason
        self._notifier.withdraw(CAMERA_KEY)
        if reason is not None and reason is not Reason.CAMERA_BUSY and trouble is not None:
            self.tell(ReminderKind.CAMERA, CAMERA_KEY, reason_words(reason), trouble)
        return True

    def trouble(self, words: str) -> None:
        """Say what stands in the tray as trouble, once until it is gone."""
        if words and not self._trouble:
            title = _("posturewatch needs your attention")
            self._notifier.send(Reminder(ReminderKind.TROUBLE, TROUBLE_KEY, title, words))
        self._trouble = bool(words)

    def tell(self, kind: ReminderKind, key: str, title: str, what: PosturewatchError | str) -> None:
        """Say a sentence, or an error with its hint."""
        body = what if isinstance(what, str) else what.in_words
        self._notifier.send(Reminder(kind, key, title, body))


def _hint_without_windows() -> str:
    return _("`posturewatch doctor` tells why. `posturewatch status` says what is seen.")
