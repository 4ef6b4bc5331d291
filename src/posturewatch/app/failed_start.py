"""A start that fails with nobody at a terminal: into the log, and onto the screen.

Started at login or from a menu, the program's error stream goes nowhere. Windows shows a message box, which needs
nothing of ours and waits for its reader; elsewhere it is a notification.
"""

from __future__ import annotations

import ctypes
import logging
import sys
import threading
from typing import Final, Protocol

from posturewatch.base.errors import PosturewatchError
from posturewatch.base.i18n import _
from posturewatch.base.pictures import IconName, icon_file
from posturewatch.base.records import Outcome, Reminder, ReminderKind
from posturewatch.desktop.interface import Notifier
from posturewatch.desktop.notify.notifications import DesktopNotifications, ways
from posturewatch.disk.folders import Folders
from posturewatch.disk.log_file import start_logging, stop_logging

WAIT_S: Final = 6.0
"""For the notification to be handed over; then the program ends whether it was or not."""

_ERROR_BOX: Final = 0x10 | 0x10000  # MB_ICONERROR | MB_SETFOREGROUND

_log = logging.getLogger("posturewatch.app")


class Stream(Protocol):
    """An error stream, as far as it is asked for here."""

    def isatty(self) -> bool:
        """Whether a person reads it."""
        ...


def nobody_reads(stream: Stream | None, *, heard: bool = False) -> bool:
    """Whether what is written there is seen by nobody. ``heard``: whoever started this program says that they read it.

    Windows gives a program without a console no stream at all. One that is there is a terminal, or was asked for by
    whoever started it and reads it (`posturewatch start` does), whom a message box would keep waiting. Elsewhere a
    stream that is no terminal may well be the log of a desktop's session.
    """
    return stream is None or (not heard and sys.platform != "win32" and not stream.isatty())


def tell(err: Exception, folders: Folders, notifier: Notifier | None = None) -> None:
    """Log why the start failed, and show it. ``notifier``: the desktop's own, if None. Raises nothing."""
    title = _("posturewatch could not start")
    body = _("An unexpected error ended it; `posturewatch doctor` tells more.")
    if isinstance(err, PosturewatchError):
        body = f"{err.message}\n{err.hint}".strip()
    start_logging(folders.logs)
    try:
        _log.error("the start failed: %s", body)
    finally:
        stop_logging()
    if sys.platform == "win32":
        ctypes.windll.user32.MessageBoxW(None, body, title, _ERROR_BOX)
        return
    _notify(
        Reminder(ReminderKind.TROUBLE, "start", title, body),
        notifier if notifier is not None else DesktopNotifications(ways(icon=icon_file(IconName.UPRIGHT))),
    )


def _notify(reminder: Reminder, notifier: Notifier) -> None:
    notifier.send(reminder)
    waiting = threading.Event()
    for _turn in range(int(WAIT_S / 0.1)):
        if any(answer.outcome in (Outcome.SHOWN, Outcome.FAILED) for answer in notifier.responses()):
            break
        waiting.wait(0.1)
