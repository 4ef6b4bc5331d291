"""The size of a zip's directory, found before the zip library reads it.

The library reads the whole directory into memory, an object for each entry: a hostile file of 250 MB makes it 5 million
entries and gigabytes. Files of ours, and model bundles, have a few dozen.
"""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import Final

MAX_DIRECTORY_BYTES: Final = 1 << 20

_END: Final = struct.Struct("<4s8xII2x")
"""End of central directory: its mark, the directory's length and place. A comment may follow."""
_END_MARK: Final = b"PK\x05\x06"
_LOCATOR_MARK: Final = b"PK\x06\x07"
_LOCATOR_BYTES: Final = 20
_LONGEST_COMMENT: Final = 1 << 16


def directory_is_small(path: Path) -> bool:
    """Whether the zip's directory has an ordinary size; False where there is none. Raises OSError.

    Judged by the record that the zip library itself would use: the last one in the file, and never a 64-bit one,
    which no ordinary file of less than 4 GB has.
    """
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _END.size - _LONGEST_COMMENT - _LOCATOR_BYTES))
        tail = file.read()
    bare = len(tail) - _END.size
    if bare >= 0 and tail.startswith(_END_MARK, bare) and tail.endswith(b"\0\0"):
        place = bare
    else:
        place = tail.rfind(_END_MARK, max(0, bare - _LONGEST_COMMENT))
    if place < 0 or place + _END.size > len(tail):
        return False
    if tail.startswith(_LOCATOR_MARK, max(0, place - _LOCATOR_BYTES)):
        return False
    _mark, length, _place = _END.unpack_from(tail, place)
    return bool(length <= MAX_DIRECTORY_BYTES)
