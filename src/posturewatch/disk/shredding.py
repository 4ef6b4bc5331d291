"""Removing a file so that little remains of it: overwritten with zeros first."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from io import BufferedRandom
from pathlib import Path
from typing import Final

from posturewatch.base.errors import DataError
from posturewatch.base.i18n import _
from posturewatch.disk.refusals import open_elsewhere_hint
from posturewatch.disk.renaming import replace, sync_folder

TEMP_SUFFIX: Final = ".part"
"""Ends the name of a file that is still being written; :func:`sweep` removes what a crash left of them."""

_BLOCK_BYTES: Final = 1 << 20


def shred(path: Path) -> int:
    """Overwrite a file with zeros, remove it, and return its former size in bytes.

    On solid-state disks and copying file systems the old blocks may live on; this does what a program can.
    Raises OSError; the file is then as it was. It is renamed before a byte of it is touched, since what may be renamed
    may be removed: Windows forbids both while another program has it open.
    A file that is already gone counts 0; a link is removed and what it points to left alone.
    """
    if path.is_symlink():
        path.unlink()
        return 0
    doomed = path.with_name(f".{os.urandom(4).hex()}{TEMP_SUFFIX}")  # the old name would live on in its new one
    try:
        replace(path, doomed)
    except FileNotFoundError:
        return 0
    sync_folder(path.parent)  # after a power cut the file is there as it was, or gone
    try:
        file = doomed.open("r+b")
    except OSError:
        doomed.replace(path)
        raise
    with file:
        size = zeros_over(file)
    doomed.unlink()
    return size


def write_zeros(path: Path) -> None:
    """Overwrite a file with zeros and leave it at its size; nothing where there is none. Raises OSError."""
    with contextlib.suppress(FileNotFoundError), path.open("r+b") as file:
        zeros_over(file)


def zeros_over(file: BufferedRandom) -> int:
    """Overwrite what an open file holds with zeros, on the disk when it returns; its size in bytes."""
    size = os.fstat(file.fileno()).st_size
    file.writelines(bytes(min(_BLOCK_BYTES, size - start)) for start in range(0, size, _BLOCK_BYTES))
    file.flush()
    os.fsync(file.fileno())
    return size


def shred_all(paths: Iterable[Path]) -> int:
    """Shred each file, and return how many went. One that cannot be removed does not keep the others.

    Raises DataError when all have been tried, naming those that are left and why.
    """
    gone = 0
    left: list[tuple[Path, OSError]] = []
    for path in paths:
        try:
            shred(path)
        except OSError as err:
            left.append((path, err))
        else:
            gone += 1
    if left:
        names = "; ".join(f"{path} ({err.strerror or err})" for path, err in left)
        hints = [open_elsewhere_hint(err) for _path, err in left]
        raise DataError(
            _("Not removed, and left as it was: {names}. Everything else is gone.").format(names=names),
            next(filter(None, hints), "") or _("Remove it by hand."),
        ) from left[0][1]
    return gone


def sweep(folder: Path) -> int:
    """Overwrite and remove what interrupted writes left in a folder; returns how many files went."""
    gone = 0
    for leftover in folder.glob(f".*{TEMP_SUFFIX}"):
        with contextlib.suppress(OSError):
            shred(leftover)
            gone += 1
    return gone


def drop(leftover: Path) -> None:
    """Overwrite and remove what was not finished, as far as that goes."""
    with contextlib.suppress(OSError):
        shred(leftover)
