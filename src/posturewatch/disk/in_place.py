"""Whether what is overwritten is: some file systems write anew elsewhere, and the old blocks live on.

btrfs leaves it off in a folder that asks for that while it is empty; files made there are then written over as on any
other file system (and, as there, carry no checksums: the journal has its own). Journals of systemd and disks of virtual
machines are kept so too. See chattr(1), attribute C.
"""

from __future__ import annotations

import contextlib
import os
import struct
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from posturewatch.base.i18n import _

COPYING: Final = frozenset({"btrfs", "zfs", "bcachefs", "nilfs2", "f2fs", "apfs", "ReFS"})
"""File systems that write anew instead of over."""

_GET_FLAGS: Final = 0x80086601
_SET_FLAGS: Final = 0x40086602
_NO_COPY: Final = 0x00800000
"""FS_IOC_GETFLAGS, FS_IOC_SETFLAGS, FS_NOCOW_FL (linux/fs.h, on 64 bits)."""


def ask_for(folder: Path) -> None:
    """Have files that are made in this folder from now on written over in place, where the file system can."""
    _flags(folder, wanted=_NO_COPY)


def copying(paths: Iterable[Path]) -> tuple[str, ...]:
    """Names of the file systems that keep what these files held after it was overwritten, in order."""
    import psutil

    kind_of = {one.mountpoint: one.fstype for one in psutil.disk_partitions(all=True)}
    deepest_first = sorted(kind_of, key=len, reverse=True)
    found = set()
    for path in paths:
        real = path.absolute()
        with contextlib.suppress(OSError):  # Windows cannot say it of every disk, and what was asked for is done
            real = path.resolve()
        kind = next((kind_of[place] for place in deepest_first if real.is_relative_to(place)), "")
        if kind in COPYING and not _flags(path) & _NO_COPY:
            found.add(kind)
    return tuple(sorted(found))


def words(kind: str) -> str:
    """What is to be said of such a file system, once something was removed from it."""
    return _(
        "The file system of this disk ({kind}) writes anew instead of over what stood there: what these files held can "
        "be found on it until the room is used again, and for as long as a snapshot holds it."
    ).format(kind=kind)


def _flags(path: Path, wanted: int = 0) -> int:
    """The file's attributes, after these were asked for; 0 where there are none."""
    if sys.platform != "linux":
        return 0
    import fcntl

    found = 0
    with contextlib.suppress(OSError):
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            (found,) = struct.unpack("l", fcntl.ioctl(handle, _GET_FLAGS, struct.pack("l", 0)))
            if wanted & ~found:
                fcntl.ioctl(handle, _SET_FLAGS, struct.pack("l", found | wanted))
                found |= wanted
        finally:
            os.close(handle)
    return int(found)
