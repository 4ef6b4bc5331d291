"""A disk with a write cache that a power cut empties: a plugin of nbdkit (``nbdkit python bench/volatile_disk.py``).

What is written is kept in memory until the file system says FLUSH, as a disk may. A client that opens the export
``cut <seed> <file>`` cuts the power at that instant: ``file`` becomes the disk as it is found afterwards, which is all
that was flushed, and of every sector of 512 bytes written since, by chance, the old content or the new. How many of
them reached the disk differs from cut to cut: none, all, or any share. The disk itself runs on, so one life can be cut
many times.
"""

import random
import subprocess

import nbdkit

API_VERSION = 2
SECTOR = 512

_place = ""
_size = 0
_waiting: dict[int, bytes] = {}
"""By number of sector, what has been written since the last flush."""


def config(key: str, value: str) -> None:
    """``image=FILE``: what has reached the disk."""
    global _place  # noqa: PLW0603 - nbdkit has one disk in a process, and no object to keep it in
    if key != "image":
        raise RuntimeError(f"unknown parameter {key}")
    _place = value


def thread_model() -> int:
    """One request at a time: a cut falls between two of them."""
    return int(nbdkit.THREAD_MODEL_SERIALIZE_ALL_REQUESTS)


def open(_readonly: bool) -> object:  # noqa: A001 - nbdkit's name
    """A client; one with the name of a cut makes it."""
    global _size  # noqa: PLW0603
    name = nbdkit.export_name()
    with _image(_place, "rb") as file:
        _size = file.seek(0, 2)
    if name.startswith("cut "):
        _word, seed, target = name.split(" ", 2)
        _cut(int(seed), target)
    return name


def get_size(_handle: object) -> int:
    """Of the disk, in bytes."""
    return _size


def can_multi_conn(_handle: object) -> bool:
    """Not promised."""
    return False


def pread(_handle: object, buffer: bytearray, offset: int, _flags: int) -> None:
    """What was written last, flushed or not."""
    with _image(_place, "rb") as file:
        file.seek(offset)
        buffer[:] = file.read(len(buffer))
    first, count = offset // SECTOR, len(buffer) // SECTOR
    for place in range(count):
        sector = _waiting.get(first + place)
        if sector is not None:
            buffer[place * SECTOR : (place + 1) * SECTOR] = sector


def pwrite(_handle: object, buffer: bytes, offset: int, _flags: int) -> None:
    """Into the cache."""
    whole = bytes(buffer)
    first = offset // SECTOR
    for place in range(len(whole) // SECTOR):
        _waiting[first + place] = whole[place * SECTOR : (place + 1) * SECTOR]


def flush(_handle: object, _flags: int) -> None:
    """All of the cache reaches the disk."""
    _write(_place, sorted(_waiting))
    _waiting.clear()


def _cut(seed: int, target: str) -> None:
    chance = random.Random(seed)
    share = chance.choice((0.0, 1.0, chance.random()))
    subprocess.run(["cp", "--sparse=always", _place, target], check=True)  # noqa: S607
    _write(target, [number for number in sorted(_waiting) if chance.random() < share])


def _write(path: str, numbers: list[int]) -> None:
    with _image(path, "r+b") as file:
        for number in numbers:
            file.seek(number * SECTOR)
            file.write(_waiting[number])


_image = __builtins__["open"] if isinstance(__builtins__, dict) else __builtins__.open
