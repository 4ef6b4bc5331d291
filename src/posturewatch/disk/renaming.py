"""A file gets another name: tried again where Windows refuses, and lasting through a power cut."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path
from typing import Final

from posturewatch.disk.refusals import open_elsewhere

_REPLACE_WAITS_S: Final = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
"""Windows refuses to replace or rename a file that a virus scanner or an editor has open for a moment: it is tried
again for three seconds."""


def replace(source: Path, target: Path) -> None:
    """Give a file the name of another, whose place it takes. Raises OSError."""
    for wait_s in _REPLACE_WAITS_S:
        try:
            source.replace(target)
        except OSError as err:
            if not open_elsewhere(err):
                raise
            time.sleep(wait_s)
        else:
            return
    source.replace(target)


def sync_folder(folder: Path) -> None:
    """Make the new name last through a power cut, where the system can."""
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
