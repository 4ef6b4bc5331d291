"""Memory that starting up has taken and running does not need, given back to the system.

Loading the libraries reads many times the code and tables that a look needs, and the networks' weights, which the
runtime keeps in an order of its own. All of that are unchanged pages of files, which the system can take back when it
runs short and counts as ours until then; here it is told at once. Whatever is needed after all is read again.
"""

from __future__ import annotations

import ctypes
import gc
import mmap
import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

_MAPPED: Final = re.compile(rb"([0-9a-f]+)-([0-9a-f]+) r-[x-][ps] .*(?:\.so[.\d]*|\.task)$")
"""Of ``/proc/self/smaps``: the head of a library's or a bundle's part that nobody can write to. Other files are left
alone: they may have made room for something else by the time that their place is given back."""


def give_back() -> None:
    """Give back what the allocator holds unused, and every unchanged page of the libraries and bundles (Linux).

    Costs some ten milliseconds. Call once a start is over, or when nothing is going to be done for a while.
    """
    if sys.platform != "linux":
        return
    with suppress(OSError, AttributeError):
        libc: Any = ctypes.CDLL(None)
        gc.collect()
        libc.malloc_trim(0)
        mapped: re.Match[bytes] | None = None
        for line in Path("/proc/self/smaps").read_bytes().splitlines():
            mapped = _MAPPED.match(line) or mapped
            if not line.startswith(b"Anonymous:"):
                continue
            if mapped is not None and int(line.split()[1]) == 0:  # pages that the loader has changed would be lost
                begin, end = int(mapped[1], 16), int(mapped[2], 16)
                libc.madvise(ctypes.c_void_p(begin), ctypes.c_size_t(end - begin), mmap.MADV_DONTNEED)
            mapped = None
