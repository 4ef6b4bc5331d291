"""Whether the icon is seen: what has become of it, what is told where there is no tray, and what ``doctor`` says."""

from __future__ import annotations

import contextlib
import os
import sys
from enum import StrEnum
from pathlib import Path

from posturewatch.base.errors import DesktopError
from posturewatch.base.finding import Finding
from posturewatch.base.i18n import _
from posturewatch.base.inbox import Inbox
from posturewatch.base.loop_commands import Command, CommandKind
from posturewatch.desktop.tray.backends import (
    appindicator_installed,
    choose_backend,
    how_to_get_a_tray,
    status_notifier_host,
    xembed_host,
)
from posturewatch.disk.files import write_atomic


class TrayState(StrEnum):
    """What has become of the icon."""

    NONE = "none"  # there can be none here, or none is wanted
    SHOWN = "shown"
    UNSEEN = "unseen"  # it is there, and no tray shows it
    LOST = "lost"  # it has ended; it is tried again
    HUNG = "hung"  # its loop does not answer


def tray_on_this_desktop() -> bool:
    """Whether a tray of either kind runs (Linux)."""
    return status_notifier_host() or xembed_host()


def unseen_words() -> str:
    """Where everything is on a desktop without a tray; as short as a notification must be."""
    words = _(
        "This desktop has no tray for the icon. In a terminal: posturewatch status, pause, report, quit; "
        "--help lists all."
    )
    if "GNOME" in os.environ.get("XDG_CURRENT_DESKTOP", "").upper():
        words += " " + _("For an icon: the extension AppIndicator.")
    return words


class NoTrayNotice:
    """That this desktop has no tray is told once, not at every login; again when there has been one in between."""

    def __init__(self, inbox: Inbox, told_file: Path) -> None:
        self._inbox = inbox
        self._told_file = told_file

    def tell(self) -> None:
        """Have the loop say where everything is, unless it has been said before."""
        if self._told_file.exists():
            return
        self._inbox.put(Command(CommandKind.TRAY_UNSEEN, text=unseen_words()))
        with contextlib.suppress(OSError):  # on a full disk it is said again next time
            write_atomic(self._told_file, "")

    def forget(self) -> None:
        """There is a tray."""
        with contextlib.suppress(OSError):
            self._told_file.unlink(missing_ok=True)


def state_finding(state: TrayState) -> Finding | None:
    """What the running app's icon is like, where that differs from what :func:`probe` can tell."""
    part = _("tray")
    again = "posturewatch quit && posturewatch start"
    if state is TrayState.LOST:
        says = _("The tray icon of the running posturewatch has ended; it goes on watching.")
        return Finding(part, "error", says, again)
    if state is TrayState.HUNG:
        return Finding(part, "error", _("The tray icon of the running posturewatch does not answer."), again)
    if state is TrayState.UNSEEN:
        return Finding(part, "warning", _("No tray shows the icon of the running posturewatch."), how_to_get_a_tray())
    return None


def probe() -> Finding:
    """Whether a tray icon will be seen, and with a menu."""
    part = _("tray")
    try:
        backend = choose_backend()
    except DesktopError as err:
        return Finding(part, "note", err.message, err.hint)
    if sys.platform != "linux":
        return Finding(part, "ok", _("This platform has a tray."))
    if not tray_on_this_desktop():
        says = _("No tray was found on this desktop; the icon is not seen.")
        return Finding(part, "warning", says, how_to_get_a_tray())
    if backend == "xorg" or not appindicator_installed():
        return Finding(
            part, "note", _("The tray shows the icon; a click opens a window instead of a menu."), how_to_get_a_tray()
        )
    return Finding(part, "ok", _("The tray shows the icon with its menu."))
