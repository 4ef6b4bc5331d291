"""Ways to put a notification on the screen: with buttons, plain, by macOS's script, or into the log.

Each raises DesktopError when it could not hand the note over, and only then; the notifier in ``notifications.py`` sets
the deadline, tries the next way and returns to the better one later. All run on one asyncio loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import shutil
import sys
import threading
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from posturewatch.base.errors import DesktopError
from posturewatch.base.i18n import _
from posturewatch.base.records import Action, Outcome
from posturewatch.desktop.notify.text import Note, escape_markup

if TYPE_CHECKING:
    from desktop_notifier import DesktopNotifier

APP_NAME: Final = "posturewatch"

Answered = Callable[[Outcome, Action | None], None]

_log = logging.getLogger(__name__)


class Backend(Protocol):
    """One way to show notes. ``answered`` may be called later, on the loop's thread, at most once a note."""

    name: str

    async def show(self, key: str, note: Note, answered: Answered) -> None: ...
    async def clear(self, key: str) -> None: ...
    async def close(self) -> None: ...


class ButtonsBackend:
    """desktop-notifier: buttons and callbacks on Linux (D-Bus) and Windows, and on macOS inside a signed bundle."""

    name = "desktop-notifier"

    def __init__(self, icon: Path | None = None) -> None:
        self._icon = icon
        self._notifier: DesktopNotifier | None = None
        self._shown: dict[str, str] = {}

    async def show(self, key: str, note: Note, answered: Answered) -> None:
        from desktop_notifier import Button, Capability, Notification

        dispatched: list[bool] = []
        try:
            notifier = self._notifier or self._connect()
            able = await notifier.get_capabilities()
            body = escape_markup(note.body) if await _takes_markup(notifier) else note.body
            buttons = tuple(
                Button(
                    title=button.label,
                    identifier=button.action.value,
                    on_pressed=partial(answered, Outcome.ACTED, button.action),
                )
                for button in note.buttons
            )
            notification = Notification(
                title=note.title,
                message=body,
                buttons=buttons if Capability.BUTTONS in able else (),
                on_dispatched=lambda: dispatched.append(True),
                # A click on the text says "seen" on some servers and does nothing on others.
                on_clicked=lambda: answered(Outcome.DISMISSED, None),
                on_dismissed=lambda: answered(Outcome.DISMISSED, None),
                timeout=math.ceil(note.timeout_s) if note.timeout_s > 0 else -1,
            )
            await self.clear(key)
            self._shown[key] = await notifier.send_notification(notification)
        except BaseException as err:
            self._drop()
            if isinstance(err, Exception):
                raise DesktopError(_("The notification service does not answer.")) from err
            raise
        if not dispatched:  # the library logs a failed send and says nothing
            self._drop()
            raise DesktopError(_("The notification service refused the message."))

    def _connect(self) -> DesktopNotifier:
        from desktop_notifier import DesktopNotifier, Icon
        from desktop_notifier.main import get_backend_class

        # The library warns at length about each failed send; we say it once ourselves.
        logging.getLogger("desktop_notifier").setLevel(logging.CRITICAL)
        if get_backend_class().__name__.startswith("Dummy"):
            raise DesktopError(_("This platform shows notifications with buttons only for a bundled program."))
        icon = Icon(path=self._icon) if self._icon is not None else None
        self._notifier = DesktopNotifier(app_name=APP_NAME, app_icon=icon)
        return self._notifier

    def _drop(self) -> None:
        """Forget the connection: the service may be gone, and another one may come."""
        notifier, self._notifier = self._notifier, None
        self._shown.clear()
        bus = getattr(getattr(notifier, "_backend", None), "bus", None)
        if bus is not None:
            with contextlib.suppress(Exception):
                bus.disconnect()

    async def clear(self, key: str) -> None:
        shown = self._shown.pop(key, None)
        if shown is None or self._notifier is None:
            return
        with contextlib.suppress(KeyError):  # the user has closed it already
            await self._notifier.clear(shown)

    async def close(self) -> None:
        for key in tuple(self._shown):
            await self.clear(key)
        self._drop()


async def _takes_markup(notifier: DesktopNotifier) -> bool:
    """Whether the server interprets markup in the body (asked on D-Bus; no other platform does)."""
    interface = getattr(getattr(notifier, "_backend", None), "interface", None)
    if interface is None:
        return False
    return "body-markup" in await interface.call_get_capabilities()


class PlainBackend:
    """plyer: a plain notification without buttons, answers or replacement."""

    name = "plyer"

    def __init__(self, icon: Path | None = None) -> None:
        self._icon = icon

    async def show(self, key: str, note: Note, answered: Answered) -> None:
        del key, answered
        if sys.platform == "linux" and shutil.which("notify-send") is None and not _has_dbus_python():
            raise DesktopError(_("Neither notify-send nor dbus-python is installed."))
        try:
            await _in_thread(lambda: self._notify(note))
        except Exception as err:
            raise DesktopError(_("The notification service does not answer.")) from err

    def _notify(self, note: Note) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from plyer import notification

            # Windows wants an .ico file, and its thread sleeps through the timeout and delays our exit.
            icon = str(self._icon) if self._icon is not None and sys.platform == "linux" else ""
            timeout_s = 5 if sys.platform == "win32" else max(1, math.ceil(note.timeout_s))
            notification.notify(
                title=note.title, message=note.body, app_name=APP_NAME, app_icon=icon, timeout=timeout_s
            )

    async def clear(self, key: str) -> None:
        """Nothing can be taken back."""

    async def close(self) -> None:
        """Nothing is held."""


def _has_dbus_python() -> bool:
    from importlib.util import find_spec

    return find_spec("dbus") is not None


class ScriptBackend:
    """macOS outside a bundle: the notification that every Mac's ``osascript`` can show; no buttons."""

    name = "osascript"

    _SCRIPT: Final = (
        "on run argv",
        "display notification (item 2 of argv) with title (item 1 of argv)",
        "end run",
    )

    async def show(self, key: str, note: Note, answered: Answered) -> None:
        del key, answered
        words = [part for line in self._SCRIPT for part in ("-e", line)]
        try:
            child = await asyncio.create_subprocess_exec("osascript", *words, note.title, note.body)
            code = await child.wait()
        except OSError as err:
            raise DesktopError(_("osascript cannot be started.")) from err
        if code != 0:
            raise DesktopError(_("osascript refused the message."))

    async def clear(self, key: str) -> None:
        """Nothing can be taken back."""

    async def close(self) -> None:
        """Nothing is held."""


class LogBackend:
    """Into the log and nowhere else, when the user has chosen so."""

    name = "log"

    async def show(self, key: str, note: Note, answered: Answered) -> None:
        del key, answered
        _log.info("reminder: %s", note.title)

    async def clear(self, key: str) -> None:
        """Nothing can be taken back."""

    async def close(self) -> None:
        """Nothing is held."""


async def _in_thread(work: Callable[[], None]) -> None:
    """Do ``work`` in a thread that cannot hold up our exit, as an executor's would when it hangs."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()

    def settle(error: Exception | None) -> None:
        if done.done():
            return
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)

    def run() -> None:
        error: Exception | None = None
        try:
            work()
        except Exception as err:  # handed over whole to the waiting side
            error = err
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(settle, error)

    threading.Thread(target=run, name="plain-notification", daemon=True).start()
    await done
