"""A loopback MJPEG camera that misbehaves on demand. Every scene ends by itself."""

from __future__ import annotations

import contextlib
import http.server
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

RENDERS = Path(__file__).parent / "data" / "renders_small"

Handler = http.server.BaseHTTPRequestHandler
Scene = Callable[[Handler, threading.Event], None]

BOUNDARY = "frame"


def jpeg(name: str) -> bytes:
    """A rendered person as a JPEG; see tests/data/renders_small."""
    return (RENDERS / f"{name}.jpg").read_bytes()


def part(picture: bytes, *, length: bool = True) -> bytes:
    """One frame of a stream."""
    head = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\n"
    if length:
        head += f"Content-Length: {len(picture)}\r\n"
    return head.encode() + b"\r\n" + picture + b"\r\n"


def begin(handler: Handler, kind: str = f"multipart/x-mixed-replace; boundary={BOUNDARY}") -> None:
    """The head of a stream's answer."""
    handler.send_response(200)
    handler.send_header("Content-Type", kind)
    handler.end_headers()


def playing(*pictures: bytes, fps: float = 20.0, length: bool = True, count: int = 100_000) -> Scene:
    """Plays the pictures round and round, ``count`` frames in all, then ends the stream."""

    def scene(handler: Handler, stop: threading.Event) -> None:
        begin(handler)
        for number in range(count):
            handler.wfile.write(part(pictures[number % len(pictures)], length=length))
            if stop.wait(1 / fps):
                return

    return scene


def noisy(picture: bytes, fps: float = 10.0) -> Scene:
    """Plays one picture with a comment of its own in each frame: never the same bit for bit, like a real camera."""

    def scene(handler: Handler, stop: threading.Event) -> None:
        begin(handler)
        number = 0
        while not stop.wait(1 / fps):
            number += 1
            comment = f"{number:08d}".encode()
            handler.wfile.write(part(picture[:2] + b"\xff\xfe\x00\x0a" + comment + picture[2:]))

    return scene


def dated(picture: bytes, fps: float = 10.0, *, boundary_last: bool = False) -> Scene:
    """Plays one picture with the moment at which it is sent in each frame; see :func:`sent_s`. ``boundary_last``: the
    mark of the next frame is sent with each, as some cameras do."""

    def scene(handler: Handler, stop: threading.Event) -> None:
        begin(handler)
        mark = f"--{BOUNDARY}\r\n".encode()
        handler.wfile.write(mark)
        while not stop.wait(1 / fps):
            comment = f"{time.monotonic():020.6f}".encode()
            whole = part(picture[:2] + b"\xff\xfe\x00\x16" + comment + picture[2:]).removeprefix(mark)
            handler.wfile.write(whole + mark if boundary_last else mark + whole)

    return scene


def sent_s(picture: bytes) -> float:
    """When a frame of :func:`dated` was sent, by this computer's monotonic clock."""
    return float(picture[6:26])


def stalling(picture: bytes, frames: int) -> Scene:
    """Plays some frames, then says nothing more and keeps the connection."""

    def scene(handler: Handler, stop: threading.Event) -> None:
        begin(handler)
        for _number in range(frames):
            handler.wfile.write(part(picture))
            stop.wait(0.05)
        stop.wait(30)

    return scene


def endless_head(handler: Handler, stop: threading.Event) -> None:
    """A head that never ends."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(1_000_000):
        handler.wfile.write(f"X-{number}: {'a' * 200}\r\n".encode())
        if stop.is_set():
            return


def endless_line(handler: Handler, stop: threading.Event) -> None:
    """A single line of the head that never ends."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
    while not stop.is_set():
        handler.wfile.write(b"a" * 65536)


def silent(_handler: Handler, stop: threading.Event) -> None:
    """Takes the request and never answers."""
    stop.wait(30)


def dripping(handler: Handler, stop: threading.Event) -> None:
    """A frame that comes byte by byte, two in a second."""
    begin(handler)
    for byte in part(jpeg("d1_000")):
        handler.wfile.write(bytes([byte]))
        if stop.wait(0.5):
            return


def huge_announced(handler: Handler, stop: threading.Event) -> None:
    """A frame that announces a terabyte."""
    begin(handler)
    handler.wfile.write(f"--{BOUNDARY}\r\nContent-Length: 1000000000000\r\n\r\n".encode())
    while not stop.is_set():
        handler.wfile.write(b"\xff\xd8" + b"\0" * 65534)


def huge_unannounced(handler: Handler, stop: threading.Event) -> None:
    """A frame without a length that never ends."""
    begin(handler)
    handler.wfile.write(f"--{BOUNDARY}\r\n\r\n".encode() + b"\xff\xd8")
    while not stop.is_set():
        handler.wfile.write(b"\0" * 65536)


def answering(status: int, kind: str = "text/html", location: str = "") -> Scene:
    """A plain answer."""

    def scene(handler: Handler, _stop: threading.Event) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        if location:
            handler.send_header("Location", location)
        handler.end_headers()
        handler.wfile.write(b"<html></html>")

    return scene


def raw(data: bytes) -> Scene:
    """These bytes and nothing more."""

    def scene(handler: Handler, _stop: threading.Event) -> None:
        handler.wfile.write(data)

    return scene


class CameraServer:
    """Serves one scene at a time to every caller; the scene may be changed while it runs."""

    def __init__(self, scene: Scene, port: int = 0) -> None:
        self.scene = scene
        self.requests = 0
        self.stop = threading.Event()
        outer = self

        class Answer(Handler):
            """Plays the scene to one caller."""

            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:  # noqa: N802  (the name is the library's)
                """Every path is the camera."""
                outer.requests += 1
                self.close_connection = True
                with contextlib.suppress(OSError):
                    outer.scene(self, outer.stop)

            def log_message(self, *_args: object) -> None:
                """Quiet."""

        class Server(http.server.ThreadingHTTPServer):
            """Ends with its callers."""

            daemon_threads = True
            block_on_close = False

        self._server = Server(("127.0.0.1", port), Answer)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Where the camera is."""
        return f"http://127.0.0.1:{self.port}/video"

    def interrupt(self) -> None:
        """End the scenes that play now, as if the camera were switched off and on."""
        self.stop.set()
        self.stop = threading.Event()

    def close(self) -> None:
        """End the scenes and the server."""
        self.stop.set()
        self._server.shutdown()
        self._server.server_close()


@contextlib.contextmanager
def camera(scene: Scene, port: int = 0) -> Iterator[CameraServer]:
    """A camera that plays ``scene``, at a free port if none is named."""
    server = CameraServer(scene, port)
    try:
        yield server
    finally:
        server.close()


def main() -> None:
    """Play a rendered person at 5 frames a second until interrupted: ``python tests/camera_server.py``."""
    with (
        camera(playing(*(jpeg(f"d1_00{number}") for number in range(3)), fps=5)) as server,
        contextlib.suppress(KeyboardInterrupt),
    ):
        print(server.address, flush=True)  # noqa: T201
        while True:
            time.sleep(60)


if __name__ == "__main__":
    main()
