"""The report of a bug: what the program did, without who it did it for. It stays on this computer."""

from __future__ import annotations

import contextlib
import getpass
import os
import platform
import re
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Final

from posturewatch import __version__
from posturewatch.base.errors import PosturewatchError

KEPT: Final = 10
"""Crash reports that are kept; older ones go."""

_ADDRESS: Final = re.compile(r"""\b[A-Za-z][A-Za-z0-9+.-]*://[^\s'"<>]*""")
"""A camera's address names a computer and may hold a password."""

_QUOTED_PATH: Final = re.compile(r"""(['"])(?:[A-Za-z]:\\|\\\\|/|~/)[^'"\n]*\1""")
_PATH: Final = re.compile(r"""(?:[A-Za-z]:\\|\\\\|(?<![\w.])/|~/|(?<=<path>)[\\/])[^\s'",:;<>|]*""")
"""As far as a path without quotes can be told from the words after it; folders that are known go before."""


def write_report(err: BaseException) -> Path | None:
    """Write the report into the log folder, 0600; None where that cannot be."""
    try:
        from posturewatch.base.clock import SystemClock
        from posturewatch.disk.files import write_atomic
        from posturewatch.disk.folders import find_folders, make_folder
        from posturewatch.disk.shredding import drop

        folder = make_folder(find_folders().logs)
        for old in sorted(folder.glob("crash-*.txt"))[: -KEPT + 1 or None]:
            drop(old)  # an old one that is open in an editor stays until the next
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
    """The text with each path, each address and this user's and computer's names taken out."""
    clean = _ADDRESS.sub("<address>", text)
    for place in _own_places():
        clean = clean.replace(place, "<path>")
    clean = _QUOTED_PATH.sub("<path>", clean)
    clean = _PATH.sub("<path>", clean).replace("<path><path>", "<path>")
    names = {getpass.getuser() if os.name != "nt" else os.environ.get("USERNAME", ""), platform.node()}
    names |= {os.environ.get(variable, "") for variable in ("USER", "LOGNAME", "USERNAME")}
    for name in sorted(filter(None, names), key=len, reverse=True):
        clean = re.sub(rf"\b{re.escape(name)}\b", "<name>", clean)
    return clean


def _own_places() -> list[str]:
    """Folders whose names may hold blanks, and with them somebody's name: longest first, as they are and as in a
    text's representation."""
    from posturewatch.disk.folders import find_folders

    found = {Path.home(), Path.cwd(), Path(tempfile.gettempdir())}
    with contextlib.suppress(PosturewatchError):
        folders = find_folders()
        found |= {folders.config, folders.data, folders.logs, folders.state, folders.config.parent}
    names = {str(place) for place in found if len(place.parts) > 1}
    return sorted(names | {repr(name)[1:-1] for name in names}, key=len, reverse=True)


def _place(filename: str) -> str:
    """A file by its place in its package, never by its place on the disk."""
    path = Path(filename)
    for root in map(Path, sys.path):
        if root.is_absolute() and path.is_relative_to(root):
            return path.relative_to(root).as_posix()
    return path.name
