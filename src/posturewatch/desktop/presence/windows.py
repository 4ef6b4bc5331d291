"""Windows: idle, lock, full screen, camera and microphone, by system calls and the registry.

Each answer follows Microsoft's documentation, and each failure is "cannot tell". What of it was seen running stands
in docs/platforms.md.
"""

from __future__ import annotations

import ctypes
import importlib
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import PureWindowsPath
from typing import Any, Final, NamedTuple

from posturewatch.base.records import Courtesy
from posturewatch.desktop.presence.polled import Poll

_STORE: Final = r"Software\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore"
_SWITCH_DESKTOP: Final = 0x0100  # DESKTOP_SWITCHDESKTOP
_QUIET_TIME: Final = 6  # QUNS_QUIET_TIME
_FULL_SCREEN: Final = frozenset({2, 3, 4})  # QUNS_BUSY, QUNS_RUNNING_D3D_FULL_SCREEN, QUNS_PRESENTATION_MODE


_EPOCH_S: Final = 11_644_473_600
"""Seconds from 1601, where Windows' file times begin, to 1970."""
_TICKS_PER_S: Final = 10_000_000
_BOOT_SLACK_S: Final = 120.0
"""An entry this little older than the boot still counts: the clock is set right some time after the start."""


class Consent(NamedTuple):
    """A program's entry in the consent store: its key, and when it last began and stopped to use the device.

    Times are Windows' file times (100 ns since 1601); zero is "not since", so ``stopped`` is zero during use.
    """

    key: str
    started: int
    stopped: int


class _LastInput(ctypes.Structure):
    _fields_ = (("size", ctypes.c_uint), ("time_ms", ctypes.c_uint))


def windows_polls() -> tuple[Poll, ...]:
    """What is asked of Windows, and how often."""
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
    full = state.value in _FULL_SCREEN and not _is_ours()
    return Courtesy(full_screen=full, do_not_disturb=state.value == _QUIET_TIME)


def _is_ours() -> bool:
    """Whether the window in front is one of our processes', such as a break that covers the screen."""
    import psutil

    user32, number = _library("user32"), ctypes.c_ulong(0)
    user32.GetForegroundWindow.restype = ctypes.c_void_p
    user32.GetWindowThreadProcessId(ctypes.c_void_p(user32.GetForegroundWindow()), ctypes.byref(number))
    with suppress(psutil.Error):
        return os.getpid() in {one.pid for one in psutil.Process(number.value).parents()}
    return False


def call() -> Courtesy:
    """Whether another program uses camera or microphone, by the consent store."""
    import psutil

    entries = (*_consents("webcam"), *_consents("microphone"))
    return Courtesy(in_call=in_use(entries, _own_interpreters(), psutil.boot_time()))


def in_use(entries: Iterable[Consent], own: Iterable[str], booted_s: float) -> bool | None:
    """Whether another program uses the device now. None without entries.

    ``own``: paths of our interpreters, or the family name of a packaged one. ``booted_s``: seconds since 1970; what
    began before cannot go on, a power cut left it open.
    """
    found = tuple(entries)
    if not found:
        return None
    ours = own_keys(own)
    oldest = (booted_s - _BOOT_SLACK_S + _EPOCH_S) * _TICKS_PER_S
    return any(entry.stopped == 0 and entry.started >= oldest and entry.key.casefold() not in ours for entry in found)


def own_keys(interpreters: Iterable[str]) -> frozenset[str]:
    """Keys of the store, in lower case, for these interpreters: ``C:#Python313#python.exe``, or a package's family.

    The launcher of an environment runs the base interpreter, and both exist with and without a console: all four
    names are ours. A Python of Microsoft's Store is known by its family, which its path holds:
    ``…\\WindowsApps\\PythonSoftwareFoundation.Python.3.13_qbz5n2kfra8p0\\python.exe`` of a user, and with version and
    processor between name and publisher where the program itself lies.
    """
    keys: set[str] = set()
    for interpreter in filter(None, interpreters):
        path = PureWindowsPath(interpreter)
        names = {path.name, "python.exe", "pythonw.exe"} if path.stem.lower().startswith("python") else {path.name}
        keys |= {str(path.with_name(name)).replace("\\", "#") for name in names}
        for folder, inside in zip(path.parts, path.parts[1:], strict=False):
            if folder.casefold() == "windowsapps" and "_" in inside:
                parts = inside.split("_")
                keys.add(f"{parts[0]}_{parts[-1]}")
    return frozenset(key.casefold() for key in keys)


def _own_interpreters() -> tuple[str, ...]:
    return (sys.executable, getattr(sys, "_base_executable", "") or "")


def _consents(capability: str) -> Iterator[Consent]:
    winreg: Any = importlib.import_module("winreg")
    for branch in (f"{_STORE}\\{capability}", f"{_STORE}\\{capability}\\NonPackaged"):
        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, branch) as key:
                for index in range(winreg.QueryInfoKey(key)[0]):
                    entry = _consent(winreg, key, winreg.EnumKey(key, index))
                    if entry is not None:
                        yield entry
        except OSError:
            continue


def _consent(winreg: Any, key: Any, name: str) -> Consent | None:
    """The entry of a program, or None where it has never used the device."""
    try:
        with winreg.OpenKey(key, name) as program:
            started, stopped = (
                int(winreg.QueryValueEx(program, value)[0]) for value in ("LastUsedTimeStart", "LastUsedTimeStop")
            )
    except (OSError, ValueError, TypeError):
        return None
    return Consent(name, started, stopped)
