"""What a process of ours keeps from others on the same computer."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path


def keep_private() -> None:
    """What this process writes is for its user alone, and no crash leaves a dump of its memory on a disk."""
    os.umask(0o077)
    with suppress(OSError):  # a dump that goes to a program instead of a file heeds no limit: leave nothing in it
        Path("/proc/self/coredump_filter").write_text("0")
    if sys.platform != "win32":
        import resource

        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
