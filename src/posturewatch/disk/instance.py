"""One running app for each user and data folder, held by locks that die with its process.

The lock file lies in the state folder: two apps that wrote the same journal would be the harm, so the folder is what is
guarded. Somebody who logs in twice shares one folder and one app; ``POSTUREWATCH_HOME`` gives another.

A lock file goes with its folder when somebody removes that, and the next start would find none. So on Linux the app
holds a socket in the kernel's own name space as well, named by user and folder, which no ``rm -rf`` takes.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import socket
import struct
import sys
from pathlib import Path
from typing import Final, Self

from filelock import FileLock, Timeout

from posturewatch.base.errors import InstanceError
from posturewatch.base.i18n import _
from posturewatch.disk.folders import how_to_have

LOCK_NAME = "instance.lock"

ASKED_S: Final = 0.5
"""Whoever asks whether an app runs holds the lock file for an instant, which must not keep one from starting."""

_CREDENTIALS: Final = struct.Struct("3i")
"""What SO_PEERCRED gives: process, user, group."""


class Instance:
    """Holds the locks while the app runs. A context manager; released by the system even after a kill."""

    def __init__(self, state: Path) -> None:
        self._path = state / LOCK_NAME
        self._lock = FileLock(self._path, mode=0o600)
        self._name: socket.socket | None = None

    def take(self) -> None:
        """Take the locks now; raises InstanceError where another app has one, or the folder cannot be written."""
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._name = self._name or _take_name(self._path.parent)
            self._lock.acquire(timeout=ASKED_S, poll_interval=0.02)
        except Timeout as err:
            self.release()
            raise _running_already() from err
        except OSError as err:
            self.release()
            raise InstanceError(
                _("The folder {folder} cannot be written: {reason}").format(
                    folder=self._path.parent, reason=err.strerror or err
                ),
                how_to_have(err),
            ) from err

    def renew(self) -> None:
        """Lock the file that lies in the folder now, after the former one was removed; raises InstanceError."""
        self._lock.release(force=True)
        self._lock = FileLock(self._path, mode=0o600)
        self.take()

    def release(self) -> None:
        """Give the locks back. Idempotent."""
        self._lock.release(force=True)
        if self._name is not None:
            self._name.close()
            self._name = None

    def __enter__(self) -> Self:
        self.take()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.release()


def is_running(state: Path) -> bool:
    """Whether an app holds a lock of this state folder, found without disturbing it."""
    return _name_is_held(state) or _file_is_held(state / LOCK_NAME)


def _file_is_held(path: Path) -> bool:
    if not path.exists():
        return False
    probe = FileLock(path, mode=0o600)
    try:
        probe.acquire(timeout=0)
    except Timeout:
        return True
    except OSError:
        return False
    with contextlib.suppress(OSError):
        probe.release()
    return False


def _running_already() -> InstanceError:
    return InstanceError(
        _("posturewatch is running already."), _("See `posturewatch status`; `posturewatch quit` ends it.")
    )


def _address(state: Path) -> str:
    """The folder's name in the kernel's name space; it tells nobody which folder that is."""
    folder = hashlib.sha256(os.fsencode(os.path.realpath(state))).hexdigest()[:32]
    return f"\0posturewatch-{os.getuid()}-{folder}"


def _take_name(state: Path) -> socket.socket | None:
    """The bound socket; None where the system has no such names, or another user sits on ours. Raises InstanceError."""
    if sys.platform != "linux":
        return None
    name = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        name.bind(_address(state))
        name.listen(16)
    except OSError as err:
        name.close()
        if err.errno == errno.EADDRINUSE and _name_is_held(state):
            raise _running_already() from err
        return None
    return name


def _name_is_held(state: Path) -> bool:
    """Whether a process of this user holds the folder's name."""
    if sys.platform != "linux":
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.setblocking(False)
        try:
            probe.connect(_address(state))
        except BlockingIOError:  # so many have looked that its queue is full
            return True
        except OSError:
            return False
        peer = probe.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    return bool(_CREDENTIALS.unpack(peer)[1] == os.getuid())
