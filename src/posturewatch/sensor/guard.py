"""What a process that sees pictures must not do: outlive the app, dump its memory, use the network, get in the way.

All of it is done once, at the start of the sensor process. What a platform lacks is left out.
"""

from __future__ import annotations

import ctypes
import faulthandler
import os
import signal
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, Final

from posturewatch.base.private_process import keep_private

NICENESS: Final = 10
_BELOW_NORMAL: Final = 0x4000  # Windows: BELOW_NORMAL_PRIORITY_CLASS

OOM_SHARE: Final = 500
"""Out of 1000: how much more likely than by its size alone Linux ends the sensor when memory runs out."""

HANG_S: Final = 60.0
"""No look, and no frame of a recording, takes so long: it takes a tenth of a second."""

_M_ARENA_MAX, _M_MMAP_THRESHOLD, _M_TRIM_THRESHOLD = -8, -3, -1

_KEPT: Final = 512 * 1024
"""Bytes. Larger blocks, such as a picture in colour, go back to the system at once. With a quarter of it a whole look
faults in 2 ms worth of pages that it had a look before; with twice as much the sensor holds 11 MB more."""

_PR_SET_NO_NEW_PRIVS: Final = 38
_PR_SET_SECCOMP: Final = 22
_SECCOMP_MODE_FILTER: Final = 2
_PR_SET_PDEATHSIG: Final = 1
_SECCOMP_ALLOW: Final = 0x7FFF0000
_SECCOMP_REFUSE: Final = 0x00050000 | 13  # with EACCES
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_DATA_CALL, _DATA_MACHINE, _DATA_FIRST_ARGUMENT = 0, 4, 16
_MACHINES: Final = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
"""Per machine: its number for the filter, and the number of the system call ``socket``."""
_INTERNET: Final = (2, 10)
"""AF_INET and AF_INET6. Local sockets (X11, Wayland) stay allowed."""


def harden() -> None:
    """No core dumps (they would hold pictures), little memory, no files for others."""
    keep_private()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is for the app, which ends us
    if sys.platform == "linux":
        _give_memory_back()
    with suppress(OSError):
        # Where memory runs out Linux ends somebody: rather us, whom the app starts again, than a program in use.
        Path("/proc/self/oom_score_adj").write_text(str(OOM_SHARE))


def step_back() -> None:
    """Ask the system for low priority: a watcher that runs all day gives way to whatever the user is doing.

    Not for recordings and windows, for which the user waits.
    """
    if sys.platform == "win32":
        with suppress(OSError, AttributeError):
            kernel = ctypes.windll.kernel32
            kernel.SetPriorityClass(kernel.GetCurrentProcess(), _BELOW_NORMAL)
    else:
        with suppress(OSError):
            os.nice(NICENESS)


def end_with_the_app() -> None:
    """Have the kernel end this process when the app's thread that started it ends, be it by a kill: while a native
    library is loaded no thread of Python runs, and the closed pipe would be seen seconds later."""
    if sys.platform != "linux":
        return
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)


def _give_memory_back() -> None:
    """Tell glibc to keep one arena, and to return large blocks at once: the pictures' buffers come and go."""
    with suppress(OSError, AttributeError):
        libc: Any = ctypes.CDLL(None)
        libc.mallopt(_M_ARENA_MAX, 1)
        libc.mallopt(_M_MMAP_THRESHOLD, _KEPT)
        libc.mallopt(_M_TRIM_THRESHOLD, 2 * _KEPT)


def forbid_network() -> bool:
    """Make the kernel refuse internet sockets to this thread and those it starts (Linux); whether it does so.

    MediaPipe reports its use to its maker otherwise; see ``native``. A thread that was started before, such as
    the reader of a network camera that the user configured, keeps its right.
    """
    machine = _MACHINES.get(os.uname().machine) if sys.platform == "linux" else None
    if machine is None or struct.calcsize("P") != 8:
        return False
    architecture, socket_call = machine
    steps = [
        (_LOAD, 0, 0, _DATA_MACHINE),
        (_EQUAL, 0, 5, architecture),
        (_LOAD, 0, 0, _DATA_CALL),
        (_EQUAL, 0, 3, socket_call),
        (_LOAD, 0, 0, _DATA_FIRST_ARGUMENT),
        (_EQUAL, 2, 0, _INTERNET[0]),
        (_EQUAL, 1, 0, _INTERNET[1]),
        (_RETURN, 0, 0, _SECCOMP_ALLOW),
        (_RETURN, 0, 0, _SECCOMP_REFUSE),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = ctypes.create_string_buffer(struct.pack("H6xP", len(steps), ctypes.addressof(code)))
    with suppress(OSError, AttributeError):
        libc: Any = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0:
            return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, program, 0, 0) == 0)
    return False


@contextmanager
def watched(within_s: float = HANG_S) -> Iterator[None]:
    """End the process if what is inside takes longer: native code that hangs holding the interpreter cannot be
    asked to stop, and no thread of Python would run. The system's alarm clock does it, or where there is none a
    thread of the C library, which is made and joined each time."""
    if sys.platform == "win32":
        faulthandler.dump_traceback_later(within_s, exit=True, file=sys.stderr)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()
        return
    _tell_before_the_alarm_ends_us()
    signal.setitimer(signal.ITIMER_REAL, within_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)


@cache
def _tell_before_the_alarm_ends_us() -> None:
    """SIGALRM says where it hung, then does what it does by default: end the process."""
    if sys.platform != "win32":
        faulthandler.register(signal.SIGALRM, file=sys.stderr, all_threads=True, chain=True)


def leave(status: int = 0) -> None:
    """End this process at once, whatever its threads do. The system closes the camera."""
    os._exit(status)
