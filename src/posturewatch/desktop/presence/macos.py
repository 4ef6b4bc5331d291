"""macOS: lock, idle and microphone, by Quartz and CoreAudio.

Not run by us on a Mac: each answer follows Apple's documentation, and each failure is "cannot tell". The camera
is not asked: its "is running somewhere" is true for our own use too, and we would silence ourselves. Calls are
told by the microphone, which we never use. Do-not-disturb and full screen have no public answer.
"""

from __future__ import annotations

import ctypes
import importlib
from collections.abc import Mapping
from typing import Any, Final

from posturewatch.base.records import Courtesy
from posturewatch.desktop.presence.polled import Poll

_AUDIO: Final = "/System/Library/Frameworks/CoreAudio.framework/CoreAudio"
_SYSTEM_OBJECT: Final = 1  # kAudioObjectSystemObject
_HID_STATE: Final = 1  # kCGEventSourceStateHIDSystemState
_ANY_INPUT: Final = 0xFFFFFFFF  # kCGAnyInputEventType


def macos_polls() -> tuple[Poll, ...]:
    """What is asked of macOS, and how often."""
    return (Poll("session", 1.0, session), Poll("input", 2.0, idle), Poll("microphone", 3.0, microphone))


def session() -> Courtesy:
    """Whether the screen is locked, or another user's session is shown on it."""
    quartz: Any = importlib.import_module("Quartz")
    state = quartz.CGSessionCopyCurrentDictionary()
    return Courtesy() if state is None else Courtesy(locked=is_locked(state))


def is_locked(state: Mapping[str, object]) -> bool:
    """By the window server's dictionary of this session. The lock's key is absent while it is not locked."""
    return bool(state.get("CGSSessionScreenIsLocked", False)) or not state.get("kCGSSessionOnConsoleKey", True)


def idle() -> Courtesy:
    """Seconds since the last input."""
    quartz: Any = importlib.import_module("Quartz")
    return Courtesy(idle_s=float(quartz.CGEventSourceSecondsSinceLastEventType(_HID_STATE, _ANY_INPUT)))


class _Address(ctypes.Structure):
    _fields_ = (("selector", ctypes.c_uint32), ("scope", ctypes.c_uint32), ("element", ctypes.c_uint32))


def four_characters(code: str) -> int:
    """Apple's four-character code as the number that the calls want."""
    return int.from_bytes(code.encode("ascii"), "big")


def microphone() -> Courtesy:
    """Whether some program records from the default input device."""
    device = _property(_SYSTEM_OBJECT, "dIn ")
    if not device:
        return Courtesy()
    running = _property(device, "gone")  # kAudioDevicePropertyDeviceIsRunningSomewhere
    return Courtesy(in_call=None if running is None else bool(running))


def _property(owner: int, selector: str) -> int | None:
    audio = ctypes.CDLL(_AUDIO)
    address = _Address(four_characters(selector), four_characters("glob"), 0)
    value, size = ctypes.c_uint32(0), ctypes.c_uint32(4)
    failed = audio.AudioObjectGetPropertyData(
        ctypes.c_uint32(owner), ctypes.byref(address), 0, None, ctypes.byref(size), ctypes.byref(value)
    )
    return None if failed else int(value.value)
