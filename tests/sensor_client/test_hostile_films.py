"""Films that could hold a decoder up: each ends within its time, with its frames or with its reason in words."""

from __future__ import annotations

import os
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import pytest

from camera_server import RENDERS
from posturewatch.base.errors import SourceUnreadableError
from posturewatch.base.settings import ModelSettings
from posturewatch.offline.demo import CLIP
from posturewatch.sensor_client.client import RecordingSensor

FRAMES = 6


@pytest.fixture(scope="module")
def sensor() -> Iterator[RecordingSensor]:
    """One process for all of them: none may end it."""
    with RecordingSensor(ModelSettings()) as one:
        yield one


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A person for six frames, as AVI."""
    path = tmp_path_factory.mktemp("film") / "film.avi"
    picture = cv2.imread(str(RENDERS / "d1_000.jpg"))
    assert picture is not None
    height, width = picture.shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 5.0, (width, height))
    for _number in range(FRAMES):
        writer.write(picture)
    writer.release()
    return path.read_bytes()


def changed(film: bytes, chunk: bytes, offset: int, value: bytes) -> bytes:
    """The film with other bytes so far behind the head of its first chunk of this name."""
    at = film.index(chunk) + 8 + offset
    return film[:at] + value + film[at + len(value) :]


def of_size(film: bytes, width: int, height: int) -> bytes:
    """A header that claims another size, in both of its places."""
    both = struct.pack("<II", width, height)
    return changed(changed(film, b"avih", 32, both), b"strf", 4, both)


def read(sensor: RecordingSensor, path: Path) -> int:
    """How many frames were looked at."""
    return len(list(sensor.observe(str(path))))


@pytest.mark.parametrize("rate", [0, 0xFFFFFFFF])
def test_a_film_without_a_sensible_rate_has_all_its_frames(
    sensor: RecordingSensor, film: bytes, tmp_path: Path, rate: int
) -> None:
    """Zero pictures a second, or four thousand million: looked at frame by frame all the same."""
    path = tmp_path / "film.avi"
    said = struct.pack("<I", rate)
    path.write_bytes(changed(changed(film, b"strh", 24, said), b"avih", 0, bytes(4)))
    assert read(sensor, path) == FRAMES


@pytest.mark.parametrize("size", [(65500, 65500), (2**32 - 640, 480), (0, 0), (1, 1)])
def test_a_header_that_lies_about_the_size_is_not_believed(
    sensor: RecordingSensor, film: bytes, tmp_path: Path, size: tuple[int, int]
) -> None:
    """Sixteen gigabytes a picture, a negative width, nothing at all: what the pictures themselves are counts."""
    path = tmp_path / "film.avi"
    path.write_bytes(of_size(film, *size))
    assert read(sensor, path) == FRAMES


def test_pictures_that_claim_gigabytes_are_refused(sensor: RecordingSensor, film: bytes, tmp_path: Path) -> None:
    """Each JPEG in it says 65,500 × 65,500 points."""
    path = tmp_path / "film.avi"
    head = film.index(b"\xff\xc0")
    size = film[head + 5 : head + 9]
    path.write_bytes(
        film.replace(b"\xff\xc0\x00\x11\x08" + size, b"\xff\xc0\x00\x11\x08" + struct.pack(">HH", 65500, 65500))
    )
    with pytest.raises(SourceUnreadableError):
        read(sensor, path)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_film_cut_off_before_its_index_is_refused(sensor: RecordingSensor, tmp_path: Path, share: float) -> None:
    """An MP4 of which a part was copied: no frame can be found in it, and that, and what to do, is said."""
    whole = (CLIP / "calibration.mp4").read_bytes()
    path = tmp_path / "film.mp4"
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(SourceUnreadableError, match=r"film\.mp4 begins as an MP4") as caught:
        read(sensor, path)
    assert "copy or download the whole file again" in caught.value.hint


@pytest.mark.parametrize("content", [os.urandom(1 << 20), bytes(1 << 20), (b"\x47" + bytes(187)) * 5000])
def test_what_is_no_film_is_refused(sensor: RecordingSensor, tmp_path: Path, content: bytes) -> None:
    """Noise, zeros, empty packets of a television stream."""
    path = tmp_path / "film.mp4"
    path.write_bytes(content)
    with pytest.raises(SourceUnreadableError):
        read(sensor, path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes of Unix")
def test_a_pipe_that_nobody_writes_into_is_given_up(tmp_path: Path) -> None:
    """Opening it never returns: after the patience for a picture it is said, and the process is gone."""
    fifo = tmp_path / "film.avi"
    os.mkfifo(fifo)
    begin = time.monotonic()
    with (
        RecordingSensor(ModelSettings(), patience_s=15.0) as sensor,
        pytest.raises(SourceUnreadableError, match="15 s"),
    ):
        read(sensor, fifo)
    assert time.monotonic() - begin < 25


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes of Unix")
def test_a_film_that_stops_in_the_middle_of_a_pipe_is_given_up(film: bytes, tmp_path: Path) -> None:
    """Its writer goes to sleep after half of it: the frames so far, then the reason."""
    fifo = tmp_path / "film.avi"
    os.mkfifo(fifo)
    done = threading.Event()

    def write() -> None:
        with fifo.open("wb", buffering=0) as pipe:
            pipe.write(film[: len(film) // 2])
            done.wait(60)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        with RecordingSensor(ModelSettings(), patience_s=15.0) as sensor, pytest.raises(SourceUnreadableError):
            read(sensor, fifo)
    finally:
        done.set()
        writer.join()
