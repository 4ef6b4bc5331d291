"""Messages between our processes: a JSON object with its length ahead of it, and errors by the name of their class.

Nothing is unpickled, and a length beyond the limit ends the talk: whatever native libraries print, or a damaged
process sends, cannot fill the app's memory.
"""

from __future__ import annotations

import json
import struct
from typing import Any, Final, Protocol

from posturewatch.base.errors import (
    CalibrationError,
    CameraBusyError,
    CameraForbiddenError,
    CameraMissingError,
    DataError,
    DesktopError,
    ModelError,
    PosturewatchError,
    SensorError,
    SourceEndedError,
    SourceError,
    SourceUnreadableError,
)

MAX_MESSAGE: Final = 4 * 1024 * 1024
"""Bytes of the longest message; an observation with all its points has about 14,000."""

_LENGTH: Final = struct.Struct(">I")

_ERRORS: Final[dict[str, type[PosturewatchError]]] = {
    kind.__name__: kind
    for kind in (
        SourceError,
        CameraMissingError,
        CameraBusyError,
        CameraForbiddenError,
        SourceUnreadableError,
        SourceEndedError,
        SensorError,
        ModelError,
        CalibrationError,
        DataError,
        DesktopError,
    )
}

Message = dict[str, Any]


class Readable(Protocol):
    """Where bytes come from."""

    def read(self, size: int, /) -> bytes | None:
        """At most ``size`` bytes; none at the end."""
        ...


class Writable(Protocol):
    """Where bytes go."""

    def write(self, data: bytes | memoryview, /) -> int | None: ...
    def flush(self) -> None: ...


class PipeBrokenError(Exception):
    """The other side is gone, or what came is no message."""


def send(stream: Writable, message: Message) -> None:
    """Write one message; raises PipeBrokenError where nobody reads any more."""
    body = json.dumps(message, separators=(",", ":"), allow_nan=False).encode()
    rest = memoryview(_LENGTH.pack(len(body)) + body)
    try:
        while rest:  # an unbuffered pipe may take a part only
            written = stream.write(rest)
            if not written:
                raise PipeBrokenError("the other side takes nothing")
            rest = rest[written:]
        stream.flush()
    except (OSError, ValueError) as err:
        raise PipeBrokenError("the other side is gone") from err


def receive(stream: Readable) -> Message:
    """Wait for one message; raises PipeBrokenError at the end of the stream and for anything but a message."""
    (length,) = _LENGTH.unpack(_exactly(stream, _LENGTH.size))
    if not 2 <= length <= MAX_MESSAGE:
        raise PipeBrokenError(f"a message of {length} bytes")
    try:
        message = json.loads(_exactly(stream, length))
    except (ValueError, RecursionError) as err:
        raise PipeBrokenError("no JSON") from err
    if not isinstance(message, dict):
        raise PipeBrokenError("no JSON object")
    return message


def error_to_json(error: PosturewatchError) -> Message:
    """The error as it goes through the pipe: by the name of its class."""
    for kind in type(error).__mro__:
        if _ERRORS.get(kind.__name__) is kind:
            return {"kind": kind.__name__, "message": error.message, "hint": error.hint}
    return {"kind": SensorError.__name__, "message": error.message, "hint": error.hint}


def error_from_json(body: Any) -> PosturewatchError:
    """The error that the other side raised; a SensorError where the name is unknown."""
    if not isinstance(body, dict):
        return SensorError(str(body)[:200])
    kind = _ERRORS.get(str(body.get("kind")), SensorError)
    return kind(str(body.get("message", ""))[:2000], str(body.get("hint", ""))[:2000])


def _exactly(stream: Readable, size: int) -> bytes:
    """``size`` bytes; raises PipeBrokenError if the stream ends before."""
    parts: list[bytes] = []
    while size:
        try:
            part = stream.read(size)
        except (OSError, ValueError) as err:
            raise PipeBrokenError("the other side is gone") from err
        if not part:
            raise PipeBrokenError("the other side is gone")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
