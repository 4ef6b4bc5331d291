"""Open a window from the app: start its process, hand it what to show, hear what the user did.

``open_window("break_window", BreakView(...))``; the payload is a frozen dataclass of plain values, as each
window's module defines it. Where there is no tkinter or no screen, DesktopError says so and what to do.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from posturewatch.base.child import CLOSED, SHOWN, Child, Said
from posturewatch.base.errors import DesktopError
from posturewatch.base.framing import Message
from posturewatch.base.i18n import _
from posturewatch.base.loop_commands import MenuItem
from posturewatch.base.system_packages import tkinter

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Payload = DataclassInstance | Callable[[], DataclassInstance]
    """What a window shows, or what makes it."""

WINDOWS: Final = frozenset(
    {
        "plan_form_window",
        "plan_window",
        "break_window",
        "diary_window",
        "feedback_window",
        "help_window",
        "menu_window",
        "settings_window",
        "setup_window",
        "today_window",
        "tooltip_window",
    }
)

SHOWN_S: Final = 10.0
"""A window is seen within a second; one that is not by then counts as failed, and what it was for goes another way."""

_LONG_S: Final = 3600.0
"""How long it is waited at a time for a window to be closed: no wait may be without an end."""

_log = logging.getLogger(__name__)


class WindowHandle:
    """A window that was opened. Not to be shared between threads, except for ``tell``, ``shown`` and ``close``."""

    def __init__(self, name: str, payload: Payload, heard: Callable[[Said], Said | None] | None) -> None:
        self._heard = heard
        self._queue: queue.SimpleQueue[Said] = queue.SimpleQueue()
        self._known = threading.Event()  # whether it has come up is known
        self._came_up = self._closed = False
        self._child = Child(
            f"posturewatch.ui.{name}",
            lambda: {"kind": "show", "payload": asdict(payload() if callable(payload) else payload)},
            heard=self._listen,
            quiet=True,
        )

    @property
    def alive(self) -> bool:
        """Whether the window is open."""
        return not self._closed and self._child.alive

    def shown(self, within_s: float) -> bool:
        """Whether the window is, or was, on the screen; waits for it."""
        self._known.wait(within_s)
        return self._came_up

    def poll(self) -> tuple[Said, ...]:
        """What the window said since the last call (empty when a callback was given)."""
        found: list[Said] = []
        with contextlib.suppress(queue.Empty):
            while True:
                found.append(self._queue.get_nowait())
        return tuple(found)

    def wait(self, timeout_s: float) -> Said | None:
        """The next message, or None after ``timeout_s`` seconds. The last one is of kind CLOSED, always."""
        try:
            return self._queue.get(timeout=timeout_s)
        except queue.Empty:
            return None

    def converse(self, heard: Callable[[Said], Said | None], instead: str) -> None:
        """Answer what the window says until it is closed, as a command does that shows one. Raises DesktopError, with
        what to do ``instead``, where it does not come up."""
        try:
            if not self.shown(SHOWN_S):
                raise DesktopError(_("The window could not be opened."), instead)
            while (said := self.wait(_LONG_S)) is None or said.kind != CLOSED:
                answer = heard(said) if said is not None else None
                if answer is not None:
                    self.tell(answer.kind, **answer.values)
        finally:
            self.close()

    def tell(self, kind: str, **values: Any) -> None:
        """Say something to the window; a window that is gone does not hear it."""
        self._child.send({"kind": kind, **values})

    def hang_up(self) -> None:
        """Say no more: the window closes by itself, or stays for what its user has not saved. Does not wait."""
        self._child.hang_up()

    def close(self) -> None:
        """Close the window; within two seconds its process is gone."""
        self._child.close()

    def _listen(self, message: Message | None) -> None:
        said = Said(CLOSED) if message is None else Said.of(message)
        if said is None:
            return
        if said.kind in (SHOWN, CLOSED):
            self._came_up = self._came_up or said.kind == SHOWN
            self._closed = said.kind == CLOSED
            self._known.set()
        if said.kind == SHOWN:
            return
        if self._heard is None:
            self._queue.put(said)
            return
        try:
            answer = self._heard(said)
        except Exception:
            _log.exception("a window's answer could not be used")
            answer = Said("refused", {"why": _("An unexpected error; `posturewatch doctor` tells more.")})
        if answer is not None:
            self.tell(answer.kind, **answer.values)


def why_no_windows() -> DesktopError | None:
    """What keeps windows from being opened here, or None."""
    if sys.platform not in {"win32", "darwin"} and not os.environ.get("DISPLAY"):
        says = _("There is no screen to open a window on.")
        if os.environ.get("WAYLAND_DISPLAY"):
            says = _("Windows need X11, which this Wayland session does not offer (XWayland).")
        return DesktopError(says, _("The command line does the same."))
    if find_spec("tkinter") is None or find_spec("_tkinter") is None:
        return DesktopError(
            _("Windows need tkinter, which this Python lacks."),
            f"{tkinter()} · " + _("The command line does the same."),
        )
    return None


def open_window(name: str, payload: Payload, heard: Callable[[Said], Said | None] | None = None) -> WindowHandle:
    """Open the window of this name; returns at once. Raises DesktopError where windows cannot be had.

    A payload that is a function is made while the window's process starts; what it raises closes the window again.
    ``heard`` is called for each message in a thread of the window's, and what it returns is told to the window;
    without it the messages wait in ``poll``.
    """
    if name not in WINDOWS:
        raise ValueError(name)
    trouble = why_no_windows()
    if trouble is not None:
        raise trouble
    try:
        return WindowHandle(name, payload, heard)
    except OSError as err:
        raise DesktopError(_("The window could not be started.")) from err


@dataclass(frozen=True, slots=True)
class MenuView:
    """What ``menu_window`` shows: (path, text, enabled, checked) of each line; children have longer paths."""

    lines: tuple[tuple[str, str, bool, bool | None], ...]


def menu_view(items: tuple[MenuItem, ...], above: str = "") -> MenuView:
    """The menu as plain values; a line's path is its place, such as ``3`` or ``3.1``."""
    lines: list[tuple[str, str, bool, bool | None]] = []
    for place, item in enumerate(items):
        path = f"{above}{place}"
        lines.append((path, item.text, item.enabled, item.checked))
        lines.extend(menu_view(item.children, f"{path}.").lines)
    return MenuView(tuple(lines))


def menu_heard(items: tuple[MenuItem, ...], chosen: Callable[[MenuItem], None]) -> Callable[[Said], Said | None]:
    """What hears the menu's window: ``chosen`` is called with the line that was taken."""

    def heard(said: Said) -> None:
        if said.kind == "chosen":
            item = item_at(items, str(said.get("path")))
            if item is not None:
                chosen(item)

    return heard


def item_at(items: tuple[MenuItem, ...], path: str) -> MenuItem | None:
    """The line at this path, or None."""
    found: MenuItem | None = None
    level = items
    for part in path.split("."):
        if not part.isdigit() or int(part) >= len(level):
            return None
        found = level[int(part)]
        level = found.children
    return found
