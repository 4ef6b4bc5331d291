"""The Notifier port: reminders on the screen, answers back, and no way for a notification service to hold us up.

A thread of its own runs an asyncio loop. Each send has a deadline; a way that failed rests for a minute and is
tried again at the next reminder after that. Every reminder gets SHOWN or FAILED (or MUTED, when it came muted),
and after SHOWN at most one of ACTED, DISMISSED and TIMED_OUT. A later reminder with the same key takes the
earlier one from the screen, which then counts as timed out: nobody has answered it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import sys
import threading
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from posturewatch.base.finding import Finding
from posturewatch.base.i18n import _
from posturewatch.base.records import Action, Outcome, Reminder, ReminderKind, Response
from posturewatch.base.system_packages import notification_service
from posturewatch.desktop.notify import sound
from posturewatch.desktop.notify.backends import (
    Answered,
    Backend,
    ButtonsBackend,
    LogBackend,
    PlainBackend,
    ScriptBackend,
)
from posturewatch.desktop.notify.text import note_for

DEADLINE_S: Final = 5.0
"""A send may take this long; D-Bus may have to start the service first. Sends take about 20 ms otherwise."""

REST_S: Final = 60.0
"""A way that failed is left alone for so long; shorter would log and wait in vain, longer would lose reminders."""

GRACE_S: Final = 1.0
"""Beyond the note's own timeout, until we call it timed out and take it away ourselves (GNOME never would)."""

_log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class _OpenNote:
    """A note on the screen that nobody has answered yet."""

    key: str
    kind: ReminderKind
    backend: Backend
    timer: asyncio.TimerHandle | None = None
    early: tuple[Outcome, Action | None] | None = None  # answered before the send itself had returned


class DesktopNotifications:
    """Implements ``interface.Notifier`` over the given ways, best first. Starts its thread with the first reminder."""

    def __init__(
        self, backends: tuple[Backend, ...], *, deadline_s: float = DEADLINE_S, rest_s: float = REST_S
    ) -> None:
        self._backends = backends
        self._deadline_s = deadline_s
        self._rest_s = rest_s
        self._answers: queue.SimpleQueue[Response] = queue.SimpleQueue()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._open: dict[str, _OpenNote] = {}
        self._resting: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()
        self._closed = False

    # ---- called by the loop of the app

    def send(self, reminder: Reminder) -> None:
        """Show the reminder soon; returns at once."""
        if reminder.muted is not None:
            self._answers.put(Response(reminder.key, reminder.kind, Outcome.MUTED))
        elif not self._closed:
            self._start(self._show(reminder))

    def withdraw(self, key: str) -> None:
        """Take the note with this key from the screen, if it is there; no answer comes for it any more."""
        if self._loop is not None and not self._closed:
            self._start(self._take_away(key))

    def use(self, backends: tuple[Backend, ...]) -> None:
        """Show reminders by these ways from now on. What stands on the screen by the former goes, unanswered."""
        if self._loop is None:
            self._backends = backends
        elif not self._closed:
            self._start(self._change(backends))

    def responses(self) -> tuple[Response, ...]:
        """What came back since the last call, in order."""
        found: list[Response] = []
        with contextlib.suppress(queue.Empty):
            while True:
                found.append(self._answers.get_nowait())
        return tuple(found)

    def close(self) -> None:
        """Take all notes away and end the thread; waits two seconds at most."""
        if self._closed:
            return
        self._closed = True
        loop, thread = self._loop, self._thread
        if loop is None or thread is None:
            return
        loop.call_soon_threadsafe(self._spawn, self._end())
        thread.join(timeout=2.0)

    # ---- the loop's own thread

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=self._run, args=(self._loop,), name="notifier", daemon=True)
            self._thread.start()
        self._loop.call_soon_threadsafe(self._spawn, work)

    @staticmethod
    def _run(loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        try:
            loop.run_forever()
        finally:
            loop.close()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _show(self, reminder: Reminder) -> None:
        async with self._turn:
            self._settle(self._open.get(reminder.key), Outcome.TIMED_OUT, None)
            note = note_for(reminder)
            for backend in self._backends:
                if backend.name in self._resting:
                    continue
                entry = _OpenNote(reminder.key, reminder.kind, backend)
                try:
                    await asyncio.wait_for(backend.show(reminder.key, note, self._answered(entry)), self._deadline_s)
                except Exception as err:  # whatever a notification library raises must not end us
                    self._rest(backend, err)
                    continue
                self._shown(entry, note.timeout_s)
                # Ours everywhere: most servers on Linux have no sound, and one of two would be one too many.
                if note.sound:
                    sound.play()
                return
            _log.warning("no notification could be shown: %s", note.title)
            self._answers.put(Response(reminder.key, reminder.kind, Outcome.FAILED))

    def _shown(self, entry: _OpenNote, timeout_s: float) -> None:
        self._open[entry.key] = entry
        self._answers.put(Response(entry.key, entry.kind, Outcome.SHOWN))
        if timeout_s > 0:
            loop = asyncio.get_running_loop()
            entry.timer = loop.call_later(timeout_s + GRACE_S, self._expire, entry)
        if entry.early is not None:
            self._settle(entry, *entry.early)

    def _answered(self, entry: _OpenNote) -> Answered:
        def answered(outcome: Outcome, action: Action | None) -> None:
            if action is Action.DISMISS:
                outcome = Outcome.DISMISSED
            if not self._settle(entry, outcome, action):
                entry.early = entry.early or (outcome, action)

        return answered

    def _settle(self, entry: _OpenNote | None, outcome: Outcome, action: Action | None) -> bool:
        """Write the one answer of a note that is still open."""
        if entry is None or self._open.get(entry.key) is not entry:
            return False
        del self._open[entry.key]
        if entry.timer is not None:
            entry.timer.cancel()
        self._answers.put(Response(entry.key, entry.kind, outcome, action))
        return True

    def _expire(self, entry: _OpenNote) -> None:
        if self._settle(entry, Outcome.TIMED_OUT, None):
            self._spawn(self._clear(entry))

    def _rest(self, backend: Backend, err: Exception) -> None:
        _log.warning("notifications by %s failed (%s); tried again later", backend.name, type(err).__name__)
        self._resting.add(backend.name)
        asyncio.get_running_loop().call_later(self._rest_s, self._resting.discard, backend.name)

    async def _take_away(self, key: str) -> None:
        async with self._turn:
            entry = self._open.pop(key, None)
            if entry is None:
                return
            if entry.timer is not None:
                entry.timer.cancel()
            await self._clear(entry)

    async def _change(self, backends: tuple[Backend, ...]) -> None:
        async with self._turn:
            former, self._backends = self._backends, backends
            self._resting.clear()
            for entry in tuple(self._open.values()):
                self._settle(entry, Outcome.TIMED_OUT, None)
                await self._clear(entry)
            await self._close(former)

    async def _clear(self, entry: _OpenNote) -> None:
        with contextlib.suppress(Exception):  # a note that cannot be cleared goes by itself
            await asyncio.wait_for(entry.backend.clear(entry.key), self._deadline_s)

    async def _end(self) -> None:
        for task in tuple(self._tasks):
            if task is not asyncio.current_task():
                task.cancel()
        await self._close(self._backends)
        asyncio.get_running_loop().stop()

    @staticmethod
    async def _close(backends: tuple[Backend, ...]) -> None:
        for backend in backends:
            with contextlib.suppress(Exception):
                await asyncio.wait_for(backend.close(), 0.5)


def ways(
    backend: Literal["auto", "desktop-notifier", "plyer", "log"] = "auto", icon: Path | None = None
) -> tuple[Backend, ...]:
    """The ways of this platform for this setting, best first. ``icon`` is a PNG file. Nothing is opened yet."""
    found: dict[str, tuple[Backend, ...]] = {
        "auto": (ButtonsBackend(icon), *_plain_ways(icon)),
        "desktop-notifier": (ButtonsBackend(icon),),
        "plyer": (PlainBackend(icon),),
        "log": (LogBackend(),),
    }
    return found[backend]


def _plain_ways(icon: Path | None) -> tuple[Backend, ...]:
    return (ScriptBackend(), PlainBackend(icon)) if sys.platform == "darwin" else (PlainBackend(icon),)


def probe(deadline_s: float = 3.0) -> Finding:
    """Whether notifications reach a service, and whether it has buttons. Shows nothing."""
    part = _("notifications")

    async def ask() -> Finding:
        from desktop_notifier import Capability, DesktopNotifier
        from desktop_notifier.main import get_backend_class

        if get_backend_class().__name__.startswith("Dummy"):
            return Finding(part, "note", _("Plain notifications only: buttons need a bundled program."))
        notifier = DesktopNotifier(app_name="posturewatch")
        try:
            able, allowed = await notifier.get_capabilities(), await notifier.has_authorisation()
        finally:
            bus = getattr(getattr(notifier, "_backend", None), "bus", None)
            if bus is not None:
                bus.disconnect()
        if not allowed:
            return Finding(
                part, "warning", _("Notifications of posturewatch are switched off."), notification_service()
            )
        if Capability.BUTTONS in able:
            return Finding(part, "ok", _("The notification service answers and has buttons."))
        return Finding(part, "note", _("The notification service answers; it has no buttons. The tray has them."))

    async def ask_in_time() -> Finding:
        return await asyncio.wait_for(ask(), deadline_s)

    try:
        return asyncio.run(ask_in_time())
    except Exception:  # a probe reports; it never fails
        return without_buttons()


def without_buttons(platform: str = sys.platform) -> Finding:
    """What is left where the service with buttons does not answer: Windows and macOS show plain notes without it."""
    part = _("notifications")
    if platform in {"win32", "darwin"}:
        return Finding(part, "note", _("Reminders are shown as plain notifications; the tray's menu has the buttons."))
    return Finding(
        part,
        "warning",
        _("No notification service answers; reminders go to the log and the tray icon."),
        notification_service(),
    )
