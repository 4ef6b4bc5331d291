"""MJPEG over HTTP: every quirk of real cameras is read, every hostile stream ends within its bounds."""

from __future__ import annotations

import contextlib
import resource
import threading
import time
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camera_server import (
    BOUNDARY,
    Scene,
    answering,
    begin,
    camera,
    dated,
    dripping,
    endless_head,
    endless_line,
    huge_announced,
    huge_unannounced,
    jpeg,
    part,
    playing,
    raw,
    sent_s,
    silent,
    stalling,
)
from posturewatch.base.errors import CameraForbiddenError, SourceError, SourceUnreadableError
from posturewatch.sensor.frames import OddPictureError
from posturewatch.sensor.sources import http
from posturewatch.sensor.sources.http import MjpegStream

PERSON = jpeg("d1_000")
OTHER = jpeg("d4_000")


def first(scene: Scene, count: int = 1) -> list[np.ndarray]:
    """The first pictures of a stream."""
    with camera(scene) as server:
        stream = MjpegStream(server.address)
        try:
            pictures = []
            for _number in range(count):
                assert stream.grab()
                pictures.append(stream.shot().picture())
            return pictures
        finally:
            stream.close()


@pytest.mark.parametrize("length", [True, False], ids=["with length", "without length"])
def test_pictures_come_in_order(length: bool) -> None:
    """Two pictures in turn, whether or not the parts announce their length."""
    pictures = first(playing(PERSON, OTHER, length=length), 4)
    assert all(picture.shape == (480, 640, 3) for picture in pictures)
    assert np.array_equal(pictures[0], pictures[2])
    assert not np.array_equal(pictures[0], pictures[1])


def test_the_small_grey_picture_fits_the_large_one() -> None:
    """The gate's picture, decoded at an eighth, has the brightness of the whole."""
    with camera(playing(PERSON)) as server:
        stream = MjpegStream(server.address)
        stream.grab()
        shot = stream.shot()
        assert shot.glance().shape == (60, 80)
        assert abs(float(shot.glance().mean()) - float(shot.picture().mean())) < 5
        stream.close()


def quirk(head: bytes, body: Callable[[], bytes]) -> Scene:
    """A raw answer that goes on for some frames."""
    return raw(head + b"".join(body() for _number in range(5)))


@pytest.mark.parametrize(
    "scene",
    [
        quirk(
            b'HTTP/1.0 200 OK\r\ncontent-type: multipart/x-mixed-replace;boundary="--frame"\r\n\r\n',
            lambda: part(PERSON),
        ),
        quirk(
            b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\npreamble",
            lambda: b"--frame\r\n\r\n" + PERSON + b"\r\n",
        ),
        quirk(
            b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n",
            lambda: b"--frame\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello\r\n" + part(PERSON),
        ),
    ],
    ids=["quoted boundary with dashes", "no part head", "text between pictures"],
)
def test_quirks_of_real_cameras_are_read(scene: Scene) -> None:
    """Boundaries in quotes, parts without a head, and parts that are no pictures."""
    assert len(first(scene, 2)) == 2


def test_a_chunked_stream_is_read() -> None:
    """Servers that stream in HTTP/1.1 chunks are understood."""

    def scene(handler: object, _stop: object) -> None:
        handler.send_response(200)  # type: ignore[attr-defined]
        handler.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={BOUNDARY}")  # type: ignore[attr-defined]
        handler.send_header("Transfer-Encoding", "chunked")  # type: ignore[attr-defined]
        handler.end_headers()  # type: ignore[attr-defined]
        data = part(PERSON) * 3
        for start in range(0, len(data), 7000):
            piece = data[start : start + 7000]
            handler.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")  # type: ignore[attr-defined]

    assert len(first(scene, 2)) == 2


@pytest.mark.parametrize("boundary_last", [False, True], ids=["mark first", "mark last"])
def test_after_a_rest_comes_a_picture_that_was_sent_since(boundary_last: bool) -> None:
    """What has come while nobody looked is passed over, however the camera marks its frames; and no frame but these."""
    woken: list[float] = []

    def wait(seconds: float) -> bool:
        threading.Event().wait(min(seconds, 0.7))
        woken.append(time.monotonic())
        return True

    with camera(dated(PERSON, boundary_last=boundary_last)) as server:
        stream = MjpegStream(server.address)
        assert stream.grab()
        for _look in range(3):
            stream.rest(wait)
            assert stream.grab()
            sent = sent_s(stream.shot().jpeg)
            assert woken[-1] <= sent
            stream.rest(lambda _seconds: False)  # wanted already
            assert stream.grab()
            assert sent < sent_s(stream.shot().jpeg)
        stream.close()
    assert len(woken) == 3


def test_a_stream_is_left_alone_for_no_longer_than_there_is_room() -> None:
    """Two seconds at most for one that sends little; one that sends a hundred a second is soon read all the time."""
    asked: list[float] = []

    def rests(stream: MjpegStream) -> float:
        assert stream.grab()
        stream.rest(lambda seconds: bool(asked.append(seconds)))
        return asked[-1]

    with camera(dated(PERSON, 2.0)) as server:
        stream = MjpegStream(server.address)
        slow_s = max(rests(stream) for _frame in range(4))
        stream.close()
    assert slow_s <= http.LONGEST_REST_S
    with camera(dated(PERSON, 100.0)) as server:
        stream = MjpegStream(server.address)
        while rests(stream) >= slow_s / 5:  # a busy computer sends fewer for a while
            pass
        stream.close()


@pytest.mark.parametrize(
    "location", ["/again", "file:///etc/passwd", "http://[", "http://u:hunter2@elsewhere.example/x?pw=hunter2"]
)
def test_a_redirection_is_refused_and_said(location: str) -> None:
    """Wherever it leads; its host is named, nothing else of it."""
    with pytest.raises(SourceError, match="sends me on to") as refused:
        first(answering(302, location=location))
    assert "hunter2" not in f"{refused.value} {refused.value.hint}"


def test_a_redirection_reaches_no_host_that_nobody_named() -> None:
    """The host that a camera sends on to hears nothing."""
    heard = []

    def scene(handler: object, _stop: object) -> None:
        heard.append(handler.path)  # type: ignore[attr-defined]

    with camera(scene) as elsewhere, pytest.raises(SourceError, match="sends me on to"):
        first(answering(302, location=elsewhere.address))
    assert heard == []


def test_name_and_password_are_sent_and_never_shown() -> None:
    """They go into the header; a message about the stream leaves them out."""
    seen = []

    def scene(handler: object, stop: object) -> None:
        seen.append(handler.headers["Authorization"])  # type: ignore[attr-defined]
        answering(401)(handler, stop)  # type: ignore[arg-type]

    with camera(scene) as server, pytest.raises(CameraForbiddenError) as refused:
        MjpegStream(server.address.replace("http://", "http://me:s%40cret@"))
    assert seen == ["Basic bWU6c0BjcmV0"]
    assert "cret" not in refused.value.message + refused.value.hint


@pytest.mark.parametrize(
    ("scene", "error"),
    [
        (answering(404), SourceError),
        (answering(403), CameraForbiddenError),
        (answering(200), SourceUnreadableError),
        (answering(200, "image/jpeg"), SourceUnreadableError),
        (answering(200, "multipart/x-mixed-replace"), SourceUnreadableError),
        (raw(b"SSH-2.0-OpenSSH\r\n"), SourceError),
        (raw(b""), SourceError),
        (raw(b"\0" * 100_000), SourceError),
    ],
    ids=["404", "403", "page", "single picture", "no boundary", "not HTTP", "hangs up", "zeros"],
)
@pytest.mark.alone
def test_what_is_no_stream_is_said_to_be_none(scene: Scene, error: type[SourceError]) -> None:
    """Each wrong address gets its own kind of error, at once."""
    start = time.monotonic()
    with pytest.raises(error) as refused:
        first(scene)
    assert type(refused.value) is error
    assert time.monotonic() - start < 3


def test_nobody_at_home_is_an_error_at_once() -> None:
    """A closed port: refused, with a hint."""
    with camera(silent) as server:
        address = server.address
    with pytest.raises(SourceError, match="nobody answers"):
        MjpegStream(address)


@pytest.mark.parametrize("scene", [endless_head, endless_line, silent], ids=lambda f: f.__name__)
@pytest.mark.alone
def test_a_head_that_never_ends_is_left(scene: Scene) -> None:
    """Headers without end, a line without end, or silence: given up within the time for connecting."""
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.monotonic()
    with pytest.raises(SourceError):
        first(scene)
    assert time.monotonic() - start < http.CONNECT_S + 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < 64 * 1024


@pytest.mark.parametrize("scene", [huge_announced, huge_unannounced, dripping], ids=lambda f: f.__name__)
@pytest.mark.alone
def test_a_frame_that_never_ends_is_left(scene: Scene) -> None:
    """A terabyte announced, a frame without end, a byte now and then: bounded memory, bounded time."""
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.monotonic()
    with pytest.raises(SourceError):
        first(scene)
    assert time.monotonic() - start < http.CONNECT_S + http.FRAME_S + 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < 64 * 1024


@pytest.mark.alone
def test_a_stream_that_stalls_is_lost_and_not_waited_for() -> None:
    """After two frames and silence the third grab raises within the time for a frame."""
    with camera(stalling(PERSON, 2)) as server:
        stream = MjpegStream(server.address)
        assert stream.grab()
        assert stream.grab()
        start = time.monotonic()
        with pytest.raises(SourceError, match="in time"):
            stream.grab()
        assert time.monotonic() - start < http.FRAME_S + 1
        stream.close()


def test_a_frame_that_is_no_picture_is_data() -> None:
    """A damaged JPEG raises OddPictureError when it is looked at; the stream goes on."""

    def scene(handler: object, _stop: object) -> None:
        begin(handler)  # type: ignore[arg-type]
        handler.wfile.write(part(b"\xff\xd8 junk") + part(PERSON[:200]) + part(PERSON))  # type: ignore[attr-defined]

    with camera(scene) as server:
        stream = MjpegStream(server.address)
        for _number in range(2):
            stream.grab()
            with pytest.raises(OddPictureError):
                stream.shot().picture()
        stream.grab()
        assert stream.shot().picture().shape == (480, 640, 3)
        stream.close()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_stream_raises_nothing_but_our_errors(data: st.DataObject) -> None:
    """Streams with bytes changed, cut out and put in, head and frames alike: pictures, or our own errors."""
    good = (
        b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n"
        + part(PERSON[:3000])
        + part(PERSON[:3000], length=False)
    )
    stream_bytes = bytearray(good)
    for _change in range(data.draw(st.integers(0, 6))):
        place = data.draw(st.integers(0, len(stream_bytes)))
        length = data.draw(st.integers(0, 40))
        stream_bytes[place : place + length] = data.draw(st.binary(max_size=60))
    with camera(raw(bytes(stream_bytes))) as server, contextlib.suppress(SourceError):
        stream = MjpegStream(server.address)
        try:
            for _frame in range(4):
                stream.grab()
                with contextlib.suppress(OddPictureError):
                    stream.shot().picture()
        finally:
            stream.close()
