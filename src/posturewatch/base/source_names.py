"""What the words under ``camera.source`` name: a camera by its number, an address, or a path; and, on Linux, which
files a process has open, a camera's among them. Never raises."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_NUMBER: Final = re.compile(r"[0-9]{1,4}")
"""Digits of other scripts, or so many of them, are no camera."""


def camera_number(source: str) -> int | None:
    """The number of the camera; None where the source is none."""
    text = source.strip()
    return int(text) if _NUMBER.fullmatch(text) else None


def local_path(source: str) -> Path:
    """The path, ``~`` taken for the user's home; a ``~somebody`` who does not exist is a name like any other."""
    path = Path(source.strip())
    try:
        return path.expanduser()
    except (RuntimeError, ValueError):
        return path


def is_recording(source: str) -> bool:
    """Whether the source is a file or folder, which has an end and media time, and no camera or stream."""
    if camera_number(source) is not None or "://" in source:
        return False
    path = local_path(source)
    return exists(source) and (path.is_dir() or path.is_file())


def exists(source: str) -> bool:
    """Whether the path names anything. A name too long, or one that no file can have, does not."""
    try:
        return local_path(source).exists()
    except (OSError, ValueError):
        return False


def open_paths(process: str) -> Iterator[str]:
    """Paths of the files that a process has open, by its folder under ``/proc``; none where we may not look."""
    try:
        with os.scandir(f"{process}/fd") as handles:
            for handle in handles:
                try:
                    yield os.readlink(handle.path)  # noqa: PTH115  (for each open file of each process, all day)
                except OSError:
                    continue
    except OSError:
        return
