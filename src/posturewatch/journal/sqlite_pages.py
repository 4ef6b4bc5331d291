"""Rows of a SQLite file read page by page, for when SQLite itself gives up on it.

A table's rows lie in leaf pages that can each be understood alone. So neither the file's head nor the tree
above the leaves has to be sound; the write-ahead log's later copies of pages are preferred, up to its last
commit. What a page says is not trusted further than its own bytes. Freed pages hold no rows: the journal is
written with ``secure_delete``, which fills them with zeros.

Source: https://www.sqlite.org/fileformat2.html, sections 1.6, 2.1 and 4.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

Value = None | int | float | str | bytes

LEAF: Final = 0x0D
DEFAULT_PAGE_BYTES: Final = 4096
_MAX_PAYLOAD_BYTES: Final = 1 << 20
"""No row of ours is near this long; a longer one is a broken length."""

_FILE_HEAD_BYTES: Final = 100
_WAL_HEAD_BYTES: Final = 32
_FRAME_HEAD_BYTES: Final = 24
_INT_BYTES: Final = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}


def leaf_rows(database: Path, wal: Path) -> Iterator[tuple[int, tuple[Value, ...]]]:
    """(rowid, columns) of each row that can be read from any table's leaf page. Raises OSError."""
    data = database.read_bytes() if database.exists() else b""
    size = _page_bytes(data)
    newer = _wal_pages(wal.read_bytes(), size) if wal.exists() else {}

    def page(number: int) -> bytes:
        return newer.get(number) or data[(number - 1) * size : number * size]

    last = max(len(data) // size, max(newer, default=0))
    for number in range(1, last + 1):
        yield from _rows_of(page(number), number, page)


def _page_bytes(data: bytes) -> int:
    size = int.from_bytes(data[16:18], "big")
    size = 65536 if size == 1 else size
    return size if size >= 512 and size & (size - 1) == 0 else DEFAULT_PAGE_BYTES


def _wal_pages(data: bytes, size: int) -> dict[int, bytes]:
    """The log's page copies up to its last commit; frames of an earlier round carry other salts."""
    salts = data[16:24]
    settled: dict[int, bytes] = {}
    pending: dict[int, bytes] = {}
    for start in range(_WAL_HEAD_BYTES, len(data) - size - _FRAME_HEAD_BYTES + 1, size + _FRAME_HEAD_BYTES):
        number, pages_after_commit = struct.unpack_from(">II", data, start)
        if data[start + 8 : start + 16] != salts:
            break
        body = start + _FRAME_HEAD_BYTES
        pending[number] = data[body : body + size]
        if pages_after_commit:
            settled.update(pending)
            pending.clear()
    return settled


def _rows_of(page: bytes, number: int, page_of: Callable[[int], bytes]) -> Iterator[tuple[int, tuple[Value, ...]]]:
    head = _FILE_HEAD_BYTES if number == 1 else 0
    if len(page) < head + 8 or page[head] != LEAF:
        return
    (cells,) = struct.unpack_from(">H", page, head + 3)
    for index in range(min(cells, (len(page) - head - 8) // 2)):
        (at,) = struct.unpack_from(">H", page, head + 8 + 2 * index)
        try:
            yield _row_at(page, at, page_of)
        except (ValueError, IndexError, struct.error):
            continue


def _row_at(page: bytes, at: int, page_of: Callable[[int], bytes]) -> tuple[int, tuple[Value, ...]]:
    length, at = _varint(page, at)
    rowid, at = _varint(page, at)
    if not 0 < length <= _MAX_PAYLOAD_BYTES:
        raise ValueError("length")
    return _signed(rowid), _columns(_payload(page, at, length, page_of))


def _payload(page: bytes, at: int, length: int, page_of: Callable[[int], bytes]) -> bytes:
    """A row's bytes, those on overflow pages included."""
    usable = len(page)
    largest = usable - 35
    if length <= largest:
        local, rest = length, 0
    else:
        smallest = (usable - 12) * 32 // 255 - 23
        local = smallest + (length - smallest) % (usable - 4)
        local = local if local <= largest else smallest
        rest = length - local
    parts = [page[at : at + local]]
    following = int.from_bytes(page[at + local : at + local + 4], "big") if rest else 0
    while rest > 0:
        body = page_of(following)
        if following < 2 or len(body) < 4:
            raise ValueError("overflow")
        parts.append(body[4 : 4 + rest])
        rest -= usable - 4
        following = int.from_bytes(body[:4], "big")
    whole = b"".join(parts)
    if len(whole) != length:
        raise ValueError("short")
    return whole


def _columns(payload: bytes) -> tuple[Value, ...]:
    head_bytes, at = _varint(payload, 0)
    kinds: list[int] = []
    while at < head_bytes:
        kind, at = _varint(payload, at)
        kinds.append(kind)
    values: list[Value] = []
    at = head_bytes
    for kind in kinds:
        value, at = _value(payload, at, kind)
        values.append(value)
    if at != len(payload):
        raise ValueError("length")
    return tuple(values)


def _value(payload: bytes, at: int, kind: int) -> tuple[Value, int]:
    if kind == 0:
        return None, at
    if kind in (8, 9):
        return kind - 8, at
    length = 8 if kind == 7 else _INT_BYTES.get(kind, (kind - 12) // 2)
    body = payload[at : at + length]
    if len(body) != length or kind in (10, 11):
        raise ValueError("value")
    if kind == 7:
        return float(struct.unpack(">d", body)[0]), at + length
    if kind in _INT_BYTES:
        return int.from_bytes(body, "big", signed=True), at + length
    return (body.decode() if kind % 2 else body), at + length


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """SQLite's big-endian variable-length integer of one to nine bytes, and where it ends."""
    value = 0
    for index in range(8):
        byte = data[at + index]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + index + 1
    return value << 8 | data[at + 8], at + 9


def _signed(value: int) -> int:
    return value - (1 << 64) if value >> 63 else value
