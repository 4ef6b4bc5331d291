"""A zip whose directory is the bomb: refused before it is read, wherever a file from elsewhere is opened."""

from __future__ import annotations

import io
import struct
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from posturewatch.base.errors import ImportRefusedError, ModelError, PosturewatchError
from posturewatch.base.zip_directory import directory_is_small
from posturewatch.exchange.archive import is_encrypted, open_archive, open_shared
from posturewatch.sensor import bundles
from posturewatch.sensor.choices import ModelOptions

ENTRY = struct.Struct("<4s4B4H3I5H2I")
END = struct.Struct("<4s4H2IH")
END_64 = struct.Struct("<4sQ2H2I4Q")
LOCATOR_64 = struct.Struct("<4sIQI")

Opener = Callable[[Path], None]


def directory(entries: int) -> bytes:
    """A directory of so many empty members."""
    head = ENTRY.pack(b"PK\x01\x02", 20, 3, 20, 0, 0, 0, 0, 0x21, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0)
    return b"".join(head + b"%04x" % (number % 65536) for number in range(entries))


def bomb(path: Path, entries: int = 200_000) -> None:
    """A zip of ten megabytes that is nothing but a directory."""
    body = directory(entries)
    path.write_bytes(body + END.pack(b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, len(body), 0, 0))


def bomb_64(path: Path, entries: int = 200_000) -> None:
    """The same, with a small directory in the plain record and the real one in the 64-bit record."""
    body = directory(entries)
    record = END_64.pack(b"PK\x06\x06", 44, 45, 45, 0, 0, entries, entries, len(body), 0)
    locator = LOCATOR_64.pack(b"PK\x06\x07", 0, len(body), 1)
    path.write_bytes(body + record + locator + END.pack(b"PK\x05\x06", 0, 0, 1, 1, 50, 0, 0))


def as_import(path: Path) -> None:
    """`posturewatch import`."""
    with open_archive(path):
        pass


def as_review(path: Path) -> None:
    """`posturewatch review`, with a passphrase."""
    is_encrypted(path)
    with open_shared(path, "a long passphrase"):
        pass


def as_bundle(path: Path) -> None:
    """`models.pose` in the settings."""
    bundles.find(ModelOptions(pose=str(path)))


@pytest.mark.parametrize("make", [bomb, bomb_64])
@pytest.mark.parametrize(
    ("opened", "error"), [(as_import, ImportRefusedError), (as_review, ImportRefusedError), (as_bundle, ModelError)]
)
@pytest.mark.alone
def test_a_directory_without_end_is_refused_unread(
    tmp_path: Path, make: Opener, opened: Opener, error: type[PosturewatchError]
) -> None:
    """200,000 entries cost neither time nor memory; left to the zip library they take 100 MB."""
    path = tmp_path / "many.zip"
    make(path)
    tracemalloc.start()
    begin = time.monotonic()
    with pytest.raises(error):
        opened(path)
    assert time.monotonic() - begin < 5
    assert tracemalloc.get_traced_memory()[1] < 10 << 20
    tracemalloc.stop()


def test_an_ordinary_zip_is_ordinary(tmp_path: Path) -> None:
    """With and without a comment, with 60 members: small. An empty file and a text: no zip."""
    path = tmp_path / "a.zip"
    for comment in (b"", b"hello", b"PK\x05\x06" * 40, b"x" * 65535):
        with zipfile.ZipFile(path, "w") as archive:
            for number in range(60):
                archive.writestr(f"data/{number}.csv", b"1,2,3\n" * 100)
            archive.comment = comment
        assert directory_is_small(path) == (not comment.startswith(b"PK"))
    for content in (b"", b"PK\x05\x06", b"no zip at all" * 10):
        path.write_bytes(content)
        assert not directory_is_small(path)


@pytest.mark.alone
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """A named pipe in place of a file: refused at once, by import and by review."""
    import os

    if not hasattr(os, "mkfifo"):
        pytest.skip("named pipes of Unix")
    fifo = tmp_path / "share.zip"
    os.mkfifo(fifo)
    begin = time.monotonic()
    for opened in (as_import, as_review):
        with pytest.raises(ImportRefusedError):
            opened(fifo)
    assert time.monotonic() - begin < 2


def test_what_is_no_zip_is_not_taken_for_an_encrypted_one(tmp_path: Path) -> None:
    """Nobody is asked for the passphrase of a file that is damaged; a zip whose sizes follow its members, as programs
    make them that write into a pipe, is not encrypted either."""
    path = tmp_path / "e.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "x")
    path.write_bytes(path.read_bytes().replace(b"PK\x01\x02", b"PK\x01\x03"))
    assert not is_encrypted(path)
    with path.open("wb") as file, zipfile.ZipFile(Pipe(file), "w") as archive:
        archive.writestr("days/ü.csv", "x")
    with zipfile.ZipFile(path) as archive:
        (member,) = archive.infolist()
    assert member.flag_bits & 0x808 == 0x808
    assert not is_encrypted(path)
    with pytest.raises(ImportRefusedError) as refused, open_archive(path):
        pass
    assert "encrypted" not in refused.value.message


class Pipe(io.RawIOBase):
    """Takes bytes and does not go back."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, data: Any) -> int:
        """On and on."""
        return self._file.write(data)
