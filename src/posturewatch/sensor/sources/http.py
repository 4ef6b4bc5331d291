"""An MJPEG stream over HTTP, read with bounds on everything.

A stream may be hostile or broken: headers that never end, a frame of a gigabyte, a byte a minute. So each step
has a deadline of its own and a limit in bytes, and what exceeds them ends the connection. A frame is kept as
the JPEG that came; only a frame that somebody looks at is decoded, and the gate's grey picture is decoded at an
eighth of the size.
"""

from __future__ import annotations

import base64
import http.client
import io
import re
import select
import socket
import ssl
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote, urljoin, urlsplit

import numpy as np

from posturewatch.base import clock
from posturewatch.base.errors import CameraForbiddenError, SourceError, SourceUnreadableError
from posturewatch.base.i18n import _
from posturewatch.base.source_names import checked_source, host_of
from posturewatch.sensor.frames import OddPictureError, Pixels, as_bgr, grey_for_gate
from posturewatch.sensor.native import load_opencv

CONNECT_S: Final = 5.0
"""For connecting and for the whole head of the answer."""
FRAME_S: Final = 5.0
"""For one frame with its head, from the end of the frame before. A stream slower than that is none."""
MAX_HEAD_BYTES: Final = 16 * 1024
MAX_FRAME_BYTES: Final = 8 * 1024 * 1024
"""A 4K JPEG of good quality has 3 MB."""
_READ_BYTES: Final = 256 * 1024

ROOM_BYTES: Final = 1024 * 1024
"""Asked of the system for what waits to be read. It may give less, and keeps its own books in it."""

ROOM_SHARE: Final = 1 / 3
"""Of the room given, what a stream may fill while it is left alone: its sender never has to wait for us."""

LONGEST_REST_S: Final = 2.0
_JPEG_START: Final = b"\xff\xd8"
_MOVED: Final = (301, 302, 303, 307, 308)


class _TooMuchError(Exception):
    """A limit in bytes was exceeded."""


class _BoundedSocket(io.RawIOBase):
    """The reading side of a socket that keeps to a deadline and, until ``budget`` is None, to a count of bytes."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.deadline_s = 0.0
        self.budget: int | None = MAX_HEAD_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        left_s = self.deadline_s - clock.monotonic_s()
        if left_s <= 0:
            raise TimeoutError
        if self.budget is not None and self.budget <= 0:
            raise _TooMuchError
        self._connection.settimeout(left_s)
        count = self._connection.recv_into(buffer)
        if self.budget is not None:
            self.budget -= count
        return count


class _Connection(http.client.HTTPConnection):
    """Hands its answers a bounded reader in place of the socket's own file."""

    def __init__(self, host: str, port: int | None, *, secure: bool) -> None:
        super().__init__(host, port if port is not None else (443 if secure else 80), timeout=CONNECT_S)
        self._secure = secure
        self.reader: _BoundedSocket | None = None

    def connect(self) -> None:
        super().connect()
        if self._secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)
        with suppress(OSError):
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, ROOM_BYTES)
        self.reader = _BoundedSocket(self.sock)

    def answer(self, deadline_s: float) -> http.client.HTTPResponse:
        """The head of the answer, read within the bounds."""
        reader = self.reader
        assert reader is not None  # noqa: S101  (connect() ran: request() calls it)
        reader.deadline_s = deadline_s
        response = http.client.HTTPResponse(_File(reader), method="GET")  # type: ignore[arg-type]
        response.begin()
        return response


@dataclass(frozen=True, slots=True)
class _File:
    """What HTTPResponse takes for a socket: something with ``makefile``."""

    reader: _BoundedSocket

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self.reader, _READ_BYTES)


@dataclass(frozen=True, slots=True)
class JpegShot:
    """A frame as the JPEG that came."""

    t_s: float
    frame: int
    jpeg: bytes
    name: str | None = None

    def picture(self) -> Pixels:
        """The whole picture, BGR; raises OddPictureError where the JPEG cannot be decoded."""
        return as_bgr(self._decode(load_opencv().IMREAD_COLOR))

    def glance(self) -> Pixels:
        """Grey, decoded at an eighth of the size, unless that is smaller than the gate's picture."""
        cv2 = load_opencv()
        small = self._decode(cv2.IMREAD_REDUCED_GRAYSCALE_8)
        return grey_for_gate(small)

    def mark(self) -> int:
        """Checksum of the JPEG's own bytes."""
        return zlib.crc32(self.jpeg)

    def _decode(self, how: int) -> Pixels:
        cv2 = load_opencv()
        try:
            pixels = cv2.imdecode(np.frombuffer(self.jpeg, np.uint8), how)
        except cv2.error:
            pixels = None
        if pixels is None:
            raise OddPictureError(_("the picture cannot be decoded"))
        decoded: Pixels = pixels
        return decoded


class MjpegStream:
    """``multipart/x-mixed-replace`` of JPEG pictures, the way network cameras send them."""

    live = True
    stills = False

    def __init__(self, address: str) -> None:
        self._where = host_of(address)
        self._frame = -1
        self.t_s = 0.0
        self._jpeg = b""
        self._rest = bytearray()
        self._came, self._since_s = 0, clock.monotonic_s()
        self._rested = False
        try:
            self._connection, self._response = _ask(address)
        except SourceError:
            raise
        except (OSError, http.client.HTTPException, _TooMuchError, ValueError) as err:
            raise SourceError(
                _("The stream {address} cannot be opened: {why}").format(address=self._where, why=_why(err)),
                _("Check that the camera is on and that the address opens in a browser."),
            ) from err
        self._boundary = _boundary(self._response, self._where, self._connection)

    def grab(self) -> bool:
        """Wait for the next JPEG; raises SourceError when the stream ends, stalls or exceeds its bounds."""
        reader = self._connection.reader
        assert reader is not None  # noqa: S101  (a constructed stream is connected)
        reader.deadline_s = clock.monotonic_s() + FRAME_S
        reader.budget = None
        try:
            self._jpeg = self._next_jpeg()
        except (OSError, http.client.HTTPException, _TooMuchError, ValueError) as err:
            raise SourceError(
                _("The stream {address} stopped: {why}").format(address=self._where, why=_why(err)),
                _("I try again by myself."),
            ) from err
        self._frame += 1
        self.t_s = clock.monotonic_s()
        return True

    def rest(self, wait: Callable[[float], bool]) -> None:
        """Leave the stream in the system's own buffer for as long as there is room for it: to be woken for each frame
        costs more than to read them."""
        now_s = clock.monotonic_s()
        a_second = self._came / max(now_s - self._since_s, 1e-3)
        self._came, self._since_s = 0, now_s
        if not a_second or self._response.chunked:  # chunks wait in a buffer of their own too
            return
        room = ROOM_SHARE * self._connection.sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
        self._rested = wait(min(room / a_second, LONGEST_REST_S))

    def shot(self) -> JpegShot:
        """The JPEG that came last, not yet decoded."""
        return JpegShot(self.t_s, self._frame, self._jpeg)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _next_jpeg(self) -> bytes:
        """The next part that holds a JPEG; parts of other kinds are passed over, within the frame's deadline."""
        ending = b"\r\n" + self._boundary
        if self._rested:
            self._pass_over()
        while True:
            self._until(self._boundary, MAX_FRAME_BYTES)
            length = _length(self._until(b"\r\n\r\n", MAX_HEAD_BYTES))
            body = self._take(length) if length is not None else self._until(ending, MAX_FRAME_BYTES, keep=True)
            if body.startswith(_JPEG_START):
                return body

    def _pass_over(self) -> None:
        """Take all that has come, and forget it: a frame that has begun was taken before it was wanted."""
        connection: Any = self._connection.sock
        self._rested = False
        while len(self._rest) <= MAX_FRAME_BYTES and _readable(connection):
            self._fill()
        self._frame += self._rest.count(self._boundary)
        last = self._rest.rfind(self._boundary)
        if last >= 0 and self._rest.find(b"\r\n\r\n", last) < 0:  # announced, and not yet begun
            self._frame -= 1
            del self._rest[:last]
        else:
            self._rest.clear()

    def _until(self, mark: bytes, limit: int, *, keep: bool = False) -> bytes:
        """Take what comes before ``mark``, and the mark as well unless ``keep``."""
        looked = 0
        while (place := self._rest.find(mark, looked)) < 0:
            looked = max(0, len(self._rest) - len(mark) + 1)
            if len(self._rest) > limit:
                raise _TooMuchError
            self._fill()
        before = bytes(self._rest[:place])
        del self._rest[: place if keep else place + len(mark)]
        return before

    def _take(self, length: int) -> bytes:
        while len(self._rest) < length:
            self._fill()
        body = bytes(self._rest[:length])
        del self._rest[:length]
        return body

    def _fill(self) -> None:
        part = self._response.read1(_READ_BYTES)
        if not part:
            raise ConnectionError(_("the stream ended"))
        self._rest += part
        self._came += len(part)


def _readable(connection: Any) -> bool:
    """Whether something has come that can be read at once."""
    pending = connection.pending() if isinstance(connection, ssl.SSLSocket) else 0
    return bool(pending or select.select([connection], [], [], 0)[0])


def _length(head: bytes) -> int | None:
    """What a part's head announces, in bytes; raises _TooMuchError beyond the limit."""
    found = re.search(rb"(?im)^content-length:[ \t]*(\d{1,12})[ \t]*\r?$", head)
    if found is None:
        return None
    length = int(found[1])
    if length > MAX_FRAME_BYTES:
        raise _TooMuchError
    return length


def _ask(address: str) -> tuple[_Connection, http.client.HTTPResponse]:
    """Connect and ask; raises SourceError for an answer that is not 200. A redirection is not followed: nobody named
    the host to which it leads, and the password would be for another."""
    deadline_s = clock.monotonic_s() + CONNECT_S
    parts = urlsplit(checked_source(address))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(_("it is no http:// address"))
    connection = _Connection(parts.hostname, parts.port, secure=parts.scheme == "https")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"Accept": "multipart/x-mixed-replace", "User-Agent": "posturewatch"}
    if parts.username is not None:
        secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Authorization"] = "Basic " + base64.b64encode(secret.encode()).decode()
    try:
        connection.request("GET", path, headers=headers)
        response = connection.answer(deadline_s)
    except BaseException:
        connection.close()
        raise
    if response.status == http.client.OK:
        return connection, response
    connection.close()
    moved = response.getheader("Location")
    if response.status in _MOVED and moved:
        raise _sent_on(moved, host_of(address), parts.hostname)
    raise _refused(response.status, host_of(address))


def _sent_on(moved: str, where: str, host: str) -> SourceError:
    """What to say of a redirection: the host to which it leads, and no more of it, since it may hold a password."""
    try:
        target = host_of(urljoin(f"http://{host}", moved))
    except ValueError:
        target = "?"
    return SourceUnreadableError(
        _("The stream {address} sends me on to {host}; I do not go where nobody sent me.").format(
            address=where, host=target[:100]
        ),
        _("Open the address in a browser, and write the one where you end as camera.source if it is your camera."),
    )


def _refused(status: int, where: str) -> SourceError:
    if status in (http.client.UNAUTHORIZED, http.client.FORBIDDEN):
        return CameraForbiddenError(
            _("The stream {address} asks for a password (or refuses this one).").format(address=where),
            _("Write the address as http://name:password@host/…"),
        )
    return SourceError(
        _("The stream {address} answers with the error {status}.").format(address=where, status=status),
        _("Check that the address opens in a browser."),
    )


def _boundary(response: http.client.HTTPResponse, where: str, connection: _Connection) -> bytes:
    """The line that parts the pictures; raises SourceUnreadableError if this is no MJPEG stream."""
    boundary = response.msg.get_boundary() or ""
    name = boundary.strip().strip('"').lstrip("-")
    if response.msg.get_content_type() != "multipart/x-mixed-replace" or not name or not name.isascii():
        connection.close()
        raise SourceUnreadableError(
            _("{address} is no MJPEG stream.").format(address=where),
            _("Give the address of the camera's MJPEG stream; a page or a single picture is not enough."),
        )
    return b"--" + name.encode("ascii")


def _why(err: Exception) -> str:
    """The cause in a few words."""
    if isinstance(err, TimeoutError):
        return _("it does not answer in time")
    if isinstance(err, _TooMuchError):
        return _("it sends more than a stream of pictures should")
    if isinstance(err, ConnectionRefusedError):
        return _("nobody answers there")
    if isinstance(err, http.client.HTTPException):
        return _("it does not speak HTTP")
    return str(err)[:200]
