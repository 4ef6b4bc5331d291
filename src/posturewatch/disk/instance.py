"""One running app for each user and data folder, held by a file lock that dies with its process.

The lock lies in the state folder: two apps that wrote the same journal would be the harm, so the folder is
what is guarded. Somebody who logs in twice shares one folder and one app; ``POSTUREWATCH_HOME`` gives another.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Self

from filelock import FileLock, Timeout

from posturewatch.base.errors import InstanceError
from posturewatch.base.i18n import _

LOCK_NAME = "instance.lock"


class Instance:
    """Holds the lock while the app runs. A context manager; released by the system even after a kill."""

    def __init__(self, state: Path) -> None:
        self._path = state / LOCK_NAME
        self._lock = FileLock(self._path, mode=0o600)

    def take(self) -> None:
        """Take the lock now; raises InstanceError where another app has it, or the folder cannot be written."""
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock.acquire(timeout=0)
        except Timeout as err:
            raise InstanceError(
                _("posturewatch is running already."),
                _("See `posturewatch status`; `posturewatch quit` ends it."),
            ) from err
        except OSError as err:
            raise InstanceError(
                _("The folder {folder} cannot be written: {reason}").format(
                    folder=self._path.parent, reason=err.strerror or err
                ),
                _("Give yourself the right to write there, or set POSTUREWATCH_HOME to another folder."),
            ) from err

    def release(self) -> None:
        """Give the lock back. Idempotent."""
        self._lock.release()

    def __enter__(self) -> Self:
        self.take()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.release()


def is_running(state: Path) -> bool:
    """Whether an app holds the lock of this state folder, found without disturbing it."""
    path = state / LOCK_NAME
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
