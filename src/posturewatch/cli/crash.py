"""The report of a bug: what the program did, without who it did it for. It stays on this computer."""

from __future__ import annotations

import getpass
import os
import platform
import re
import sys
import traceback
from pathlib import Path
from typing import Final

from posturewatch import __version__

KEPT: Final = 10
"""Crash reports that are kept; older ones go."""

_PATH: Final = re.compile(r"""(?:[A-Za-z]:\\|\\\\|(?<![\w.])/|~/)[^\s'",:;<>|]*""")


def write_report(err: BaseException) -> Path | None:
    """Write the report into the log folder, 0600; None where that cannot be."""
    try:
        from posturewatch.edges.clock import SystemClock
        from posturewatch.edges.files import write_atomic
        from posturewatch.edges.folders import find_folders, make_folder

        folder = make_folder(find_folders().logs)
        for old in sorted(folder.glob("crash-*.txt"))[: -KEPT + 1 or None]:
            old.unlink(missing_ok=True)
        path = folder / f"crash-{SystemClock().now():%Y%m%d-%H%M%S}.txt"
        write_atomic(path, report_text(err))
    except Exception:  # a report of a failure must not be the next failure
        return None
    return path


def report_text(err: BaseException) -> str:
    """Versions and the traceback: places in the program's own files, no source lines, no paths, no names."""
    lines = [
        f"posturewatch {__version__}",
        f"Python {platform.python_version()} on {platform.system()} {platform.machine()}",
        "",
    ]
    seen: BaseException | None = err
    while seen is not None:
        frames = traceback.extract_tb(seen.__traceback__)
        lines += [f"  {_place(frame.filename)}:{frame.lineno} in {frame.name}" for frame in frames]
        lines += [f"{type(seen).__name__}: {without_names(str(seen))}", ""]
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return "\n".join(lines)


def without_names(text: str) -> str:
    """The text with each path and this user's and computer's names taken out."""
    clean = _PATH.sub("<path>", text)
    names = {getpass.getuser() if os.name != "nt" else os.environ.get("USERNAME", ""), platform.node()}
    names |= {os.environ.get(variable, "") for variable in ("USER", "LOGNAME", "USERNAME")}
    for name in sorted(filter(None, names), key=len, reverse=True):
        clean = re.sub(rf"\b{re.escape(name)}\b", "<name>", clean)
    return clean


def _place(filename: str) -> str:
    """A file by its place in its package, never by its place on the disk."""
    path = Path(filename)
    for root in map(Path, sys.path):
        if root.is_absolute() and path.is_relative_to(root):
            return path.relative_to(root).as_posix()
    return path.name
