"""What the threads hand to one another: the latest snapshot, which the loop puts up and tray and control socket read,
and the commands that wait for the loop."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from posturewatch.base.codec import snapshot_to_json
from posturewatch.base.i18n import _
from posturewatch.base.inbox import Inbox
from posturewatch.base.loop_commands import FROM_WITHIN, LONGEST_S, TOMORROW, Command, CommandKind
from posturewatch.base.outside import NAME_MAX, checked_name, checked_number, checked_text
from posturewatch.base.records import Snapshot
from posturewatch.desktop.interface import Display
from posturewatch.desktop.tray.visibility import TrayState

_HOUR: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


class LatestSnapshot:
    """Implements ``interface.Display``: keeps the snapshot (one frozen record, replaced whole) and hands it on."""

    def __init__(self, behind: Display) -> None:
        self._behind = behind
        self.latest: Snapshot | None = None

    def show(self, snapshot: Snapshot) -> None:
        """Make this the latest, and show it by the display behind."""
        self.latest = snapshot
        self._behind.show(snapshot)

    def close(self) -> None:
        """Close the display behind."""
        self._behind.close()


class ControlAnswers:
    """Answers the control socket: status from the latest snapshot, the icon's state, commands into the inbox."""

    def __init__(
        self, snapshots: LatestSnapshot, inbox: Inbox, tray_state: Callable[[], TrayState] = lambda: TrayState.NONE
    ) -> None:
        self._snapshots = snapshots
        self._inbox = inbox
        self._tray_state = tray_state

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """The reply to one request; called in the socket's thread."""
        if request.get("do") == "status":
            snapshot = self._snapshots.latest
            if snapshot is None:
                return {"ok": False, "starting": True, "error": _("posturewatch is just starting.")}
            return {"ok": True, "snapshot": snapshot_to_json(snapshot)}
        if request.get("do") == "tray":
            return {"ok": True, "state": self._tray_state().value}
        if request.get("do") == "command":
            command = _command(request)
            if command is not None:
                self._inbox.put(command)
                return {"ok": True}
        return {"ok": False, "error": _("not understood")}


def _command(request: dict[str, Any]) -> Command | None:
    """The command that a request asks for; None for one that may not enter."""
    value, text = request.get("value"), request.get("text", "")
    try:
        kind = CommandKind(request.get("kind", ""))
        if value is not None:
            value = checked_number(value, TOMORROW, LONGEST_S)
        if not isinstance(text, str):
            return None
        text = checked_name(text) if kind is CommandKind.PROFILE else checked_text(text, NAME_MAX)
    except ValueError:  # OutsideError is one
        return None
    if kind is CommandKind.PAUSE and text and not _HOUR.fullmatch(text):
        return None
    return None if kind in FROM_WITHIN else Command(kind, value, text)
