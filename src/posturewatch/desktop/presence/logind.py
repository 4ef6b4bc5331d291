"""Linux: screen lock, suspend, lid and the session's idle hint from systemd-logind, told by signals.

Of the idle hint only "yes, since" is believed: GNOME, and swayidle where it is told to, set it, but KDE never does, so
that "no" may mean "nobody has said". A session on a text console is left out: logind makes up its hint from the age
of the console's file.

Of the lock hint only "yes" is believed at first: most lockers never set it, so that "no" may mean "nobody has said".
GNOME and KDE set it always; a locker that has said "yes" once is believed when it says "no".

A thread of its own keeps a connection to the system bus and comes back after a loss. While it is connected it
holds a *delay* inhibitor, so that the computer goes to sleep only after the camera has been given back.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from posturewatch.base.clock import Clock
from posturewatch.base.errors import DesktopError
from posturewatch.base.records import Courtesy
from posturewatch.desktop.dbus import Call, ask_on, get_property
from posturewatch.desktop.presence.polled import News

SERVICE: Final = "org.freedesktop.login1"
ROOT: Final = "/org/freedesktop/login1"
MANAGER: Final = "org.freedesktop.login1.Manager"
SESSION: Final = "org.freedesktop.login1.Session"

ASKED_S: Final = 5.0
"""For so long a request to lock counts as locked; then the session must have said so itself (LockedHint)."""

RELEASE_S: Final = 1.5
"""From the notice of sleep until we let it happen: time for the loop to end the sensor. logind allows 5 s."""

GRAPHICAL: Final = frozenset({"x11", "wayland", "mir"})
"""Types of session whose idle hint is set by the desktop."""

_HINTING: Final = frozenset({"GNOME", "KDE"})
"""Desktops, as XDG_CURRENT_DESKTOP names them, whose locker sets the session's LockedHint."""

_RETRY_S: Final = (2.0, 5.0, 15.0, 60.0)
_POLL_S: Final = 5.0

_log = logging.getLogger(__name__)


class LogindWatcher:
    """A ``presence.Watcher`` for lock, suspend and lid. Without logind it knows nothing and keeps quiet."""

    def __init__(self, clock: Clock, changed: Callable[[], None] = lambda: None) -> None:
        """``changed`` is called by a thread of its own when logind says something else."""
        self._news = News(changed)
        self._clock = clock
        self._known = Courtesy()
        self._asked_s: float | None = None
        self._idle_since_s: float | None = None
        self._hinted = bool(_HINTING.intersection(os.environ.get("XDG_CURRENT_DESKTOP", "").split(":")))
        self._inhibitor: int | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="logind", daemon=True)
        self._thread.start()

    def courtesy(self) -> Courtesy:
        """What logind said last."""
        known, asked_s, since_s = self._known, self._asked_s, self._idle_since_s
        if since_s is not None:
            known = replace(known, idle_s=max(0.0, self._clock.monotonic_s() - since_s))
        if asked_s is not None and self._clock.monotonic_s() - asked_s <= ASKED_S:
            return replace(known, locked=True)
        return known

    def close(self) -> None:
        """End the thread and let the inhibitor go."""
        self._closed = True
        loop, task = self._loop, self._task
        if loop is not None and task is not None:
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(task.cancel)
        self._thread.join(timeout=1.0)

    def _run(self) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            asyncio.run(self._stay())

    async def _stay(self) -> None:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        tries = 0
        while not self._closed:
            try:
                await self._watch()
                tries = 0
            except asyncio.CancelledError:
                raise
            except Exception as err:  # no system bus, no logind, connection lost
                _log.debug("logind cannot be watched (%s)", type(err).__name__)
            finally:
                self._known, self._asked_s, self._idle_since_s = Courtesy(), None, None
                self._news.heed(self.courtesy())
                self._let_go()
            await asyncio.sleep(_RETRY_S[min(tries, len(_RETRY_S) - 1)])
            tries += 1

    async def _watch(self) -> None:
        """Stay connected until the connection is lost (returns or raises)."""
        from dbus_fast import BusType
        from dbus_fast.aio import MessageBus

        bus = await asyncio.wait_for(MessageBus(bus_type=BusType.SYSTEM, negotiate_unix_fd=True).connect(), 5.0)
        try:
            session = await asyncio.wait_for(_session_path(bus), 5.0)
            bus.add_message_handler(lambda message: self._hear(message, session))
            for rule in _rules(session):
                await asyncio.wait_for(ask_on(bus, _add_match(rule)), 5.0)
            # Set before the first look, so that suspend is known to be watched.
            self._known = replace(self._known, suspended=False)
            await self._inhibit(bus)
            gone: asyncio.Future[Any] = asyncio.ensure_future(bus.wait_for_disconnect())  # type: ignore[no-untyped-call]
            while not (gone.done() or self._closed):  # closed before the task was known: nobody cancels it
                await self._look(bus, session)
                if self._inhibitor is None and not self._known.suspended:
                    await self._inhibit(bus)
                await asyncio.wait({gone}, timeout=_POLL_S)
        finally:
            bus.disconnect()

    async def _look(self, bus: Any, session: str | None) -> None:
        """Read what is not signalled everywhere: the lock hint and the lid."""
        known = self._known
        with contextlib.suppress(DesktopError, TimeoutError):
            lid = await asyncio.wait_for(ask_on(bus, get_property(SERVICE, ROOT, MANAGER, "LidClosed")), 2.0)
            known = replace(known, lid_closed=bool(lid))
        if session is not None:
            with contextlib.suppress(DesktopError, TimeoutError):
                hint = get_property(SERVICE, session, SESSION, "LockedHint")
                known = replace(known, locked=self._believed(bool(await asyncio.wait_for(ask_on(bus, hint), 2.0))))
            self._idle_since_s = await _idle_since_s(bus, session)
        self._known = replace(known, suspended=self._known.suspended)
        self._news.heed(self.courtesy())

    def _hear(self, message: Any, session: str | None) -> None:
        """Take in one signal; anything else passes by."""
        if message.interface == MANAGER and message.member == "PrepareForSleep" and message.body:
            self._sleep(bool(message.body[0]))
        elif message.path != session:
            pass
        elif message.interface == SESSION and message.member == "Lock":
            self._asked_s = self._clock.monotonic_s()
        elif message.interface == SESSION and message.member == "Unlock":
            self._asked_s = None
            self._known = replace(self._known, locked=self._believed(False))
        elif message.member == "PropertiesChanged" and len(message.body) > 1:
            self._changed(message.body[1])
        self._news.heed(self.courtesy())

    def _believed(self, hint: bool) -> bool | None:
        """What the session's hint says about the lock."""
        self._hinted = self._hinted or hint
        return hint if self._hinted else None

    def _changed(self, values: dict[str, Any]) -> None:
        """The session says something else of itself. The begin of idleness is read with the next look."""
        if "LockedHint" in values:
            self._asked_s = None
            self._known = replace(self._known, locked=self._believed(bool(values["LockedHint"].value)))
        if "IdleHint" in values and not values["IdleHint"].value:
            self._idle_since_s = None

    def _sleep(self, begins: bool) -> None:
        self._known = replace(self._known, suspended=begins)
        if begins:
            asyncio.get_running_loop().call_later(RELEASE_S, self._let_go)

    async def _inhibit(self, bus: Any) -> None:
        """Ask that sleep waits for us; refused (polkit, containers) is as good as not asked."""
        from dbus_fast import Message, MessageFlag, MessageType

        message = Message(
            destination=SERVICE,
            path=ROOT,
            interface=MANAGER,
            member="Inhibit",
            signature="ssss",
            body=["sleep", "posturewatch", "give the camera back", "delay"],
            flags=MessageFlag.NO_AUTOSTART,
        )
        with contextlib.suppress(TimeoutError):
            reply = await asyncio.wait_for(bus.call(message), 2.0)
            if reply is not None and reply.message_type is MessageType.METHOD_RETURN and reply.unix_fds:
                self._let_go()
                self._inhibitor = reply.unix_fds[0]

    def _let_go(self) -> None:
        handle, self._inhibitor = self._inhibitor, None
        if handle is not None:
            with contextlib.suppress(OSError):
                os.close(handle)


async def _session_path(bus: Any) -> str | None:
    """Our session's object: by its id where the environment has it, otherwise the user's own display session."""
    identity = os.environ.get("XDG_SESSION_ID")
    if identity:
        with contextlib.suppress(DesktopError):
            return str(await ask_on(bus, Call(SERVICE, ROOT, MANAGER, "GetSession", "s", (identity,))))
    with contextlib.suppress(DesktopError, TypeError, IndexError):
        display = await ask_on(
            bus, get_property(SERVICE, f"{ROOT}/user/self", "org.freedesktop.login1.User", "Display")
        )
        return str(display[1]) if display[0] else None
    return None


async def _idle_since_s(bus: Any, session: str) -> float | None:
    """Since when a graphical session calls itself idle, on the monotonic clock; None where it does not."""

    async def read(name: str) -> Any:
        return await asyncio.wait_for(ask_on(bus, get_property(SERVICE, session, SESSION, name)), 2.0)

    with contextlib.suppress(DesktopError, TimeoutError, TypeError, ValueError):
        if await read("IdleHint") and await read("Type") in GRAPHICAL:
            return float(await read("IdleSinceHintMonotonic")) / 1e6 or None
    return None


def _rules(session: str | None) -> tuple[str, ...]:
    sleep = f"type='signal',sender='{SERVICE}',interface='{MANAGER}',member='PrepareForSleep'"
    if session is None:
        return (sleep,)
    return (sleep, f"type='signal',sender='{SERVICE}',path='{session}'")


def _add_match(rule: str) -> Call:
    bus = "org.freedesktop.DBus"
    return Call(bus, "/org/freedesktop/DBus", bus, "AddMatch", "s", (rule,))
