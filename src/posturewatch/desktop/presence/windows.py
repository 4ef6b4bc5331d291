"""Windows: idle, lock, full screen, camera and microphone, by system calls and the registry.

Not run by us on Windows: each answer follows Microsoft's documentation, and each failure is "cannot tell".
"""

from __future__ import annotations

import ctypes
import importlib
import sys
from collections.abc import Iterable, Iterator
from typing import Any, Final

from posturewatch.base.records import Courtesy
from posturewatch.desktop.presence.polled import Poll

_STORE: Final = r"Software\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore"
_SWITCH_DESKTOP: Final = 0x0100  # DESKTOP_SWITCHDESKTOP
_QUIET_TIME: Final = 6  # QUNS_QUIET_TIME
_FULL_SCREEN: Final = frozenset({2, 3, 4})  # QUNS_BUSY, QUNS_RUNNING_D3D_FULL_SCREEN, QUNS_PRESENTATION_MODE


class _LastInput(ctypes.Structure):
    _fields_ = (("size", ctypes.c_uint), ("time_ms", ctypes.c_uint))


def windows_polls() -> tuple[Poll, ...]:
    """The questions for Windows."""
    return (
        Poll("input", 2.0, idle),
        Poll("lock", 1.0, locked),
        Poll("screen", 3.0, screen),
        Poll("devices", 3.0, call),
    )


def _library(name: str) -> Any:
    return getattr(ctypes, "windll")[name]  # noqa: B009  (exists on Windows alone)


def idle() -> Courtesy:
    """Seconds since the last key or mouse movement; tick counts wrap after 49.7 days and are subtracted so."""
    last = _LastInput(ctypes.sizeof(_LastInput), 0)
    if not _library("user32").GetLastInputInfo(ctypes.byref(last)):
        return Courtesy()
    now_ms = int(_library("kernel32").GetTickCount()) & 0xFFFFFFFF
    return Courtesy(idle_s=((now_ms - last.time_ms) & 0xFFFFFFFF) / 1000)


def locked() -> Courtesy:
    """Locked (or asking for consent): the desktop that gets the input is not one that we may switch to."""
    user32 = _library("user32")
    user32.OpenInputDesktop.restype = ctypes.c_void_p
    handle = user32.OpenInputDesktop(0, False, _SWITCH_DESKTOP)
    if not handle:
        return Courtesy(locked=True)
    user32.CloseDesktop(ctypes.c_void_p(handle))
    return Courtesy(locked=False)


def screen() -> Courtesy:
    """Full screen and quiet time as the shell tells programs that want to notify."""
    state = ctypes.c_int(0)
    if _library("shell32").SHQueryUserNotificationState(ctypes.byref(state)) != 0:
        return Courtesy()
    return Courtesy(full_screen=state.value in _FULL_SCREEN, do_not_disturb=state.value == _QUIET_TIME)


def call() -> Courtesy:
    """Whether another program uses camera or microphone, by the consent store."""
    entries = (*_consents("webcam"), *_consents("microphone"))
    return Courtesy(in_call=in_use(entries, _own_names()))


def in_use(entries: Iterable[tuple[str, int]], own: frozenset[str]) -> bool | None:
    """Whether one of (program's key, time when its use stopped) still goes on: its stop time is zero.

    ``own`` are our own programs' keys in lower case, which do not count. None without entries.
    """
    found = tuple(entries)
    if not found:
        return None
    return any(stopped == 0 and name.lower() not in own for name, stopped in found)


def _own_names() -> frozenset[str]:
    """Keys of the store for our interpreter: the path with ``#`` for each backslash."""
    paths = (sys.executable, getattr(sys, "_base_executable", sys.executable))
    return frozenset(path.replace("\\", "#").lower() for path in paths)


def _consents(capability: str) -> Iterator[tuple[str, int]]:
    winreg: Any = importlib.import_module("winreg")
    for branch in (f"{_STORE}\\{capability}", f"{_STORE}\\{capability}\\NonPackaged"):
        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, branch) as key:
                for index in range(winreg.QueryInfoKey(key)[0]):
                    name = winreg.EnumKey(key, index)
                    stopped = _stop_time(winreg, key, name)
                    if stopped is not None:
                        yield name, stopped
        except OSError:
            continue


def _stop_time(winreg: Any, key: Any, name: str) -> int | None:
    try:
        with winreg.OpenKey(key, name) as program:
            return int(winreg.QueryValueEx(program, "LastUsedTimeStop")[0])
    except OSError:
        return None
