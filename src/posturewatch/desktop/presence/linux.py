"""Linux: idle and full screen from X11 or GNOME, do-not-disturb from the notification services.

Lock, suspend and lid come from logind, see ``logind.py``; devices from ``devices.py``.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
from functools import partial
from typing import Any, Final

from posturewatch.base.errors import DesktopError
from posturewatch.base.records import Courtesy
from posturewatch.desktop.dbus import Call, ask_on, get_property
from posturewatch.desktop.presence.devices import CameraHolders, battery, devices_in_use
from posturewatch.desktop.presence.microphone import SoundServer
from posturewatch.desktop.presence.polled import Poll

_LOCKED_FLAG: Final = 2
"""In the property of xscreensaver 6: blanked is 1, locked 2. Version 5 has an atom called LOCK there instead."""

_ANSWER_S: Final = 0.5


def linux_polls() -> tuple[Poll, ...]:
    """The questions for this kind of session; which those are depends on environment variables."""
    polls = [
        Poll("devices", 5.0, partial(devices_in_use, CameraHolders().in_use, SoundServer().records)),
        Poll("session bus", 5.0, SessionBusQuestions().ask),
        Poll("power", 10.0, battery),
    ]
    # Under Wayland an X server sees only the keys of X programs: its idle time would be wrong.
    if os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        polls.append(Poll("x11", 2.0, X11Questions().ask))
    if "GNOME" in os.environ.get("XDG_CURRENT_DESKTOP", "").upper() and shutil.which("gsettings"):
        polls.append(Poll("gnome banners", 15.0, gnome_banners))
    return tuple(polls)


class X11Questions:
    """Idle time and full screen from the X server, over one connection that is opened again after a loss."""

    def __init__(self) -> None:
        self._display: Any = None

    def ask(self) -> Courtesy:
        """Idle seconds, xscreensaver's lock, and whether the active window fills the screen; no title is looked at."""
        try:
            if self._display is None:
                from Xlib.display import Display

                self._display = Display()
            return Courtesy(locked=self._locked(), idle_s=self._idle_s(), full_screen=self._full_screen())
        except Exception:
            display, self._display = self._display, None
            if display is not None:
                with contextlib.suppress(Exception):
                    display.close()
            raise

    def _idle_s(self) -> float | None:
        from Xlib.ext import screensaver

        if not self._display.has_extension("MIT-SCREEN-SAVER"):
            return None
        info = screensaver.query_info(self._display.screen().root)
        return float(info.idle) / 1000

    def _locked(self) -> bool | None:
        """What xscreensaver says of itself; None where it does not run or has not said anything yet."""
        atom = self._display.intern_atom
        kept = self._display.screen().root.get_full_property(atom("_SCREENSAVER_STATUS"), 0)
        if kept is None or not kept.value:
            return None
        first = int(kept.value[0])
        return first == atom("LOCK") or (first <= 0xF and bool(first & _LOCKED_FLAG))

    def _full_screen(self) -> bool | None:
        from Xlib import Xatom
        from Xlib.error import XError

        root = self._display.screen().root
        active = root.get_full_property(self._display.intern_atom("_NET_ACTIVE_WINDOW"), Xatom.WINDOW)
        if active is None:
            return None  # no window manager that tells
        if not active.value or not active.value[0]:
            return False
        window = self._display.create_resource_object("window", active.value[0])
        try:
            state = window.get_full_property(self._display.intern_atom("_NET_WM_STATE"), Xatom.ATOM)
            wanted = self._display.intern_atom("_NET_WM_STATE_FULLSCREEN")
            full = state is not None and wanted in state.value
            # A break of ours that covers the screen is no program that fills it.
            return full and "posturewatch" not in (window.get_wm_class() or ())
        except XError:  # closed in between
            return False


class SessionBusQuestions:
    """Do-not-disturb, idle and lock from the services that run, over one connection that is opened again after a loss.

    That something keeps the session from becoming idle says nothing here: a podcast does it as a film does.
    """

    def __init__(self) -> None:
        self._runner: asyncio.Runner | None = None
        self._bus: Any = None

    def ask(self) -> Courtesy:
        """What the services say now. Raises without a bus."""
        runner = self._runner = self._runner or asyncio.Runner()
        try:
            return runner.run(asyncio.wait_for(self._ask_services(), 3.0))
        except BaseException:
            if self._bus is not None:
                self._bus.disconnect()
            runner.close()
            self._runner = self._bus = None
            raise

    async def _ask_services(self) -> Courtesy:
        if self._bus is None:
            from dbus_fast.aio import MessageBus

            self._bus = await MessageBus().connect()
        bus = self._bus
        names = await ask_on(
            bus, Call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "ListNames")
        )
        running = frozenset(str(name) for name in names)
        idle_ms = await _first(bus, running, (_GNOME_IDLE,))
        locked = await _any(bus, running, LOCKERS)
        quiet = await _first(bus, running, _QUIET)
        return Courtesy(
            locked=locked,
            idle_s=float(idle_ms) / 1000 if isinstance(idle_ms, int) else None,
            do_not_disturb=quiet if isinstance(quiet, bool) else None,
        )


async def _first(bus: Any, running: frozenset[str], calls: tuple[Call, ...]) -> Any:
    """The answer of the first of these services that runs and answers in time."""
    for call in calls:
        if call.service in running:
            with contextlib.suppress(DesktopError, TimeoutError):
                return await asyncio.wait_for(ask_on(bus, call), _ANSWER_S)
    return None


async def _any(bus: Any, running: frozenset[str], calls: tuple[Call, ...]) -> bool | None:
    """Whether one of these services says yes; None where none of them runs and answers."""
    answers = [await _first(bus, running, (call,)) for call in calls if call.service in running]
    known = [answer for answer in answers if isinstance(answer, bool)]
    return any(known) if known else None


_GNOME_IDLE: Final = Call(
    "org.gnome.Mutter.IdleMonitor",
    "/org/gnome/Mutter/IdleMonitor/Core",
    "org.gnome.Mutter.IdleMonitor",
    "GetIdletime",
)


def _screen_saver(desktop: str) -> Call:
    name = f"org.{desktop}.ScreenSaver"
    return Call(name, f"/org/{desktop}/ScreenSaver", name, "GetActive")


LOCKERS: Final = (
    *(_screen_saver(desktop) for desktop in ("gnome", "freedesktop", "cinnamon", "mate", "xfce")),
    Call("org.kde.screensaver", "/ScreenSaver", "org.freedesktop.ScreenSaver", "GetActive"),
    Call("com.canonical.Unity", "/com/canonical/Unity/Session", "com.canonical.Unity.Session", "IsLocked"),
    *(
        get_property(name, f"/{name.replace('.', '/')}", name, "Locked")
        for name in ("com.deepin.SessionManager", "org.deepin.dde.SessionManager1")
    ),
)
"""Whom to ask whether the screen is locked: each desktop's own name. None of cinnamon-screensaver, mate-screensaver,
light-locker and xfce4-screensaver tells logind."""

_NOTIFICATIONS: Final = ("org.freedesktop.Notifications", "/org/freedesktop/Notifications")
_QUIET: Final = (
    get_property(*_NOTIFICATIONS, "org.freedesktop.Notifications", "Inhibited"),  # KDE
    get_property(*_NOTIFICATIONS, "org.dunstproject.cmd0", "paused"),
    Call(
        "org.xfce.Xfconf",
        "/org/xfce/Xfconf",
        "org.xfce.Xfconf",
        "GetProperty",
        "ss",
        ("xfce4-notifyd", "/do-not-disturb"),
    ),
    Call("org.erikreider.swaync.cc", "/org/erikreider/swaync/cc", "org.erikreider.swaync.cc", "GetDnd"),
)


def gnome_banners() -> Courtesy:
    """GNOME's "Do Not Disturb" switch turns its banners off. Raises where gsettings does not answer."""
    done = subprocess.run(
        ["gsettings", "get", "org.gnome.desktop.notifications", "show-banners"],  # noqa: S607 (the user's own PATH)
        capture_output=True,
        timeout=1.0,
        check=True,
    )
    return Courtesy(do_not_disturb=done.stdout.strip() == b"false")
