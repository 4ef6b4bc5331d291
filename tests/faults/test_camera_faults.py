"""A camera that misbehaves in every way before a real sensor process: each way is a state, and none an end."""

from __future__ import annotations

import contextlib
import os
import random
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from camera_server import CameraServer, Handler, Scene, begin, camera, jpeg, noisy, part, playing, silent
from posturewatch.base.clock import SystemClock
from posturewatch.base.errors import PosturewatchError, SourceError
from posturewatch.base.observation import Lack, Look, Observation
from posturewatch.base.records import EventKind
from posturewatch.base.settings import CameraSettings, ModelSettings
from posturewatch.journal.reader import open_reader
from posturewatch.sensor_client.client import SensorClient

from .running_app import running

pytestmark = pytest.mark.timeout(300)

PERSON = jpeg("d1_000")


def picture(width_px: int, height_px: int, *, black: bool = False) -> bytes:
    """The person scaled to another size, or a black picture, as a JPEG."""
    import cv2
    import numpy as np

    pixels = cv2.imdecode(np.frombuffer(PERSON, np.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None
    pixels = cv2.resize(pixels, (width_px, height_px))
    return bytes(cv2.imencode(".jpg", pixels * (not black))[1].tobytes())


def junk(handler: Handler, stop: threading.Event) -> None:
    """Frames that are nothing but noise behind a JPEG's first bytes, and some that are not even that."""
    chance = random.Random(1)
    begin(handler)
    while not stop.wait(0.05):
        handler.wfile.write(part(b"\xff\xd8\xff\xe0" + chance.randbytes(chance.randrange(1, 40_000))))
        handler.wfile.write(part(PERSON[: chance.randrange(4, 2000)]))


def enormous(handler: Handler, stop: threading.Event) -> None:
    """A JPEG of a few hundred bytes that claims 65,500 × 65,500 points."""
    start = PERSON.index(b"\xff\xc0")
    huge = PERSON[: start + 5] + struct.pack(">HH", 65500, 65500) + PERSON[start + 9 :]
    begin(handler)
    while not stop.wait(0.1):
        handler.wfile.write(part(huge))


def png_bomb() -> bytes:
    """A PNG of 20,000 × 20,000 black points in 400 kB, dressed as a JPEG by nothing but its name."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(b"\0" * 60_001) for _row in range(2000)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.fixture
def server() -> Iterator[CameraServer]:
    """A camera, well at first."""
    with camera(noisy(PERSON)) as one:
        yield one


@pytest.fixture
def client(server: CameraServer) -> Iterator[SensorClient]:
    """A sensor on it."""
    one = SensorClient(CameraSettings(source=server.address), ModelSettings(), SystemClock())
    yield one
    one.close()


def show(server: CameraServer, scene: Scene) -> None:
    """Another scene from now on."""
    server.scene = scene
    server.interrupt()


def look_until(
    client: SensorClient, wanted: Callable[[Observation], bool], within_s: float = 40.0
) -> tuple[Observation, list[PosturewatchError]]:
    """Look until the answer is as wanted; it and the errors before it."""
    end = time.monotonic() + within_s
    errors: list[PosturewatchError] = []
    last: Observation | None = None
    while time.monotonic() < end:
        try:
            last = client.look(Look(), 1.5)
        except SourceError as err:
            errors.append(err)
        else:
            if wanted(last):
                return last, errors
        time.sleep(0.1)
    raise AssertionError(f"last: {last}, errors: {[err.message for err in errors[-3:]]}")


def person(seen: Observation) -> bool:
    """Whether somebody was found."""
    return seen.lack is None and seen.face is not None


def lacks(lack: Lack) -> Callable[[Observation], bool]:
    """Whether this is what was lacking."""
    return lambda seen: seen.lack is lack


def test_one_process_survives_every_kind_of_picture(server: CameraServer, client: SensorClient) -> None:
    """Black at the start, then a person, frozen, another size, junk, an enormous claim, a PNG bomb, and a person again.

    Each is answered for what it is, by one and the same process that does not grow by more than 150 MB.
    """
    show(server, noisy(picture(640, 480, black=True)))
    look_until(client, lacks(Lack.BLACK))
    show(server, noisy(PERSON))
    assert look_until(client, person)[0].width_px == 640
    pid = client.pid
    assert pid is not None
    before = psutil.Process(pid).memory_info().rss
    show(server, playing(PERSON, fps=10))
    look_until(client, lacks(Lack.FROZEN))
    show(server, noisy(picture(1280, 720)))
    assert look_until(client, person)[0].width_px == 1280
    for scene in (junk, enormous, playing(png_bomb(), fps=2), playing(b"\xff\xd8\xff\xd9", fps=10)):
        show(server, scene)
        until = time.monotonic() + 6
        while time.monotonic() < until:
            with contextlib.suppress(SourceError):
                seen = client.look(Look(), 1.5)
                assert seen.face is None
    show(server, noisy(PERSON))
    assert look_until(client, person)[0].width_px == 640
    assert client.pid == pid
    assert psutil.Process(pid).memory_info().rss - before < 150 << 20


def test_a_camera_that_comes_and_goes_is_opened_anew_at_no_cost(server: CameraServer, client: SensorClient) -> None:
    """Switched off and on again and again, each time opened anew: one process, no growing number of threads or
    handles, and no memory kept."""
    look_until(client, person)
    process = psutil.Process(client.pid)
    for _warm in range(2):
        reopened(server, client)
    threads, handles, memory = process.num_threads(), process.num_fds(), process.memory_info().rss
    for _round in range(6):
        reopened(server, client)
    assert server.requests >= 9
    assert process.is_running()
    assert process.num_threads() <= threads + 1
    assert process.num_fds() <= handles + 1
    assert process.memory_info().rss - memory < 20 << 20


def reopened(server: CameraServer, client: SensorClient) -> None:
    """Switch the camera off and on, and look until a picture of the new opening has come."""
    before = server.requests
    server.interrupt()
    look_until(client, lambda seen: server.requests > before and seen.lack in (None, Lack.GATED))


def test_a_missing_camera_is_said_once_and_found_by_the_running_app(tmp_path: Path) -> None:
    """Nothing at the address at the start: the app says why and waits; the camera is switched on, and it is seen."""
    with camera(noisy(PERSON)) as other:
        port = other.port
    with running(tmp_path / "home", f"http://127.0.0.1:{port}/video") as app:
        told = app.until(lambda told: told["reason"] == "camera_lost")
        assert told["state"] != "upright"
        time.sleep(5)
        with camera(noisy(PERSON), port):
            app.until_it_sees()
            assert app.quit() == 0
        assert app.log().count("SourceError") == 1
        assert app.log().count("the camera is back") == 1


def test_a_camera_that_comes_back_is_told_and_used_within_ten_seconds(tmp_path: Path) -> None:
    """It worked, is gone for half a minute and comes back: one line in the log and one event for each, and a picture
    within ten seconds, though by then it is asked for less often."""
    with camera(noisy(PERSON)) as other:
        port = other.port
    with running(tmp_path / "home", f"http://127.0.0.1:{port}/video") as app:
        with camera(noisy(PERSON), port):
            app.until_it_sees()
        app.until(lambda told: told["reason"] == "camera_lost")
        time.sleep(30)
        assert app.log().count("SourceError") == 1
        with camera(noisy(PERSON), port):
            begin_s = time.monotonic()
            app.until_it_sees()
            assert time.monotonic() - begin_s < 10
            assert app.quit() == 0
        assert app.log().count("SourceError") == 1
        assert app.log().count("the camera is back") == 1
    with open_reader(tmp_path / "home" / "data" / "journal.sqlite") as journal:
        day = SystemClock().now().date()
        told = [event.outcome for event in journal.events_of(day) if event.kind is EventKind.CAMERA]
    assert told == ["camera_lost", "back"]


@pytest.mark.alone
def test_a_hanging_stream_never_holds_up_a_pause(tmp_path: Path, server: CameraServer) -> None:
    """The stream falls silent; a pause all the same ends the sensor within two seconds and a little."""
    from posturewatch.base.loop_commands import CommandKind

    with running(tmp_path / "home", server.address) as app:
        app.until_it_sees()
        eye = app.a_sensor()
        show(server, silent)
        app.until(lambda told: told["reason"] in ("no_frame", "camera_lost"))
        begin_s = time.monotonic()
        app.command(CommandKind.PAUSE)
        while eye.is_running() and time.monotonic() - begin_s < 10:
            time.sleep(0.02)
        assert time.monotonic() - begin_s < 3
        assert app.quit() == 0


@pytest.mark.unix_only("named pipes of Unix")
def test_an_open_that_hangs_for_ever_is_a_state(tmp_path: Path) -> None:
    """A device whose open never returns: no picture, said as such; the app answers, pauses and quits at once."""
    from posturewatch.base.loop_commands import CommandKind

    fifo = tmp_path / "camera"
    os.mkfifo(fifo)
    with running(tmp_path / "home", str(fifo)) as app:
        app.until(lambda told: told["reason"] == "no_frame")
        eye = app.a_sensor()
        app.command(CommandKind.PAUSE)
        app.until(lambda told: told["paused"])
        assert app.quit() == 0
        assert not eye.is_running()
