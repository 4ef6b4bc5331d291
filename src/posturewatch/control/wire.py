"""What the running app and the commands say to each other: the key, the frames, the words.

A local socket: a Unix socket in the user's own folder where there is one, loopback on Windows (Python has no
Unix sockets there; a named pipe would be a second code path that cannot be given a deadline). Neither is
reachable from the network. Whoever speaks must know the key, which lies in a file of the user's own (0600):

    server → ``{"v": 1, "nonce": N}``
    client → ``{"nonce": M, "body": TEXT, "mac": HMAC(key, "client" N M TEXT)}``
    server → ``{"body": TEXT, "mac": HMAC(key, "server" N M TEXT)}``

each one line of JSON. The nonces keep an overheard message from being said again, the second mac keeps a
stranger from posing as the app. ``TEXT`` is JSON itself.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from posturewatch.base.errors import InstanceError
from posturewatch.base.i18n import _
from posturewatch.base.outside import json_value
from posturewatch.disk.files import read_file, write_atomic
from posturewatch.disk.folders import how_to_have

VERSION: Final = 1
MAX_REQUEST: Final = 4096
"""Bytes of a request's line. A command is under 300."""
MAX_REPLY: Final = 65_536
"""Bytes of a reply's line. A status is under 2000."""
EXCHANGE_S: Final = 2.0
"""Seconds for a whole exchange; it takes a millisecond when both are well."""

KEY_NAME: Final = "control.key"
ADDRESS_NAME: Final = "control.json"
SOCKET_NAME: Final = "control.sock"
LONGEST_UNIX_PATH: Final = 100
"""Bytes: Linux allows 107, macOS 103."""


class WireError(ValueError):
    """A frame that is no frame of ours: too long, no JSON, the wrong key."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where the app listens: ``unix`` with a path, or ``tcp`` with a port on 127.0.0.1; its process, or 0."""

    family: str
    where: str
    pid: int = 0

    def connect(self, timeout_s: float) -> socket.socket:
        """A connected socket; raises OSError."""
        if self.family == "unix":
            conn = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            target: Any = self.where
        else:
            conn = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            target = ("127.0.0.1", int(self.where))
        conn.settimeout(timeout_s)
        try:
            conn.connect(target)
        except BaseException:
            conn.close()
            raise
        return conn


def can_unix(state: Path) -> bool:
    """Whether a Unix socket fits into this folder."""
    if sys.platform == "win32" or not hasattr(socket, "AF_UNIX"):
        return False
    return len(os.fsencode(state / SOCKET_NAME)) <= LONGEST_UNIX_PATH


def make_key(state: Path) -> bytes:
    """A fresh key, written 0600 into the state folder; raises InstanceError where that cannot be."""
    key = secrets.token_bytes(32)
    write_private(state / KEY_NAME, key.hex())
    return key


def write_private(path: Path, text: str) -> None:
    """Replace a small file of the state folder, readable by its owner alone; raises InstanceError."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomic(path, text)
    except OSError as err:
        raise InstanceError(
            _("{path} cannot be written: {why}.").format(path=path, why=err.strerror or err),
            how_to_have(err),
        ) from err


def read_key(state: Path) -> bytes:
    """The running app's key; raises OSError or ValueError where there is none."""
    return bytes.fromhex(read_file(state / KEY_NAME, MAX_REQUEST).decode("ascii"))


def read_address(state: Path) -> Address:
    """Where the running app listens; raises OSError or ValueError where nothing usable is written."""
    body = json_value(read_file(state / ADDRESS_NAME, MAX_REQUEST))
    if not isinstance(body, dict) or body.get("family") not in ("unix", "tcp"):
        raise ValueError("no address")
    return Address(str(body["family"]), str(body.get("where", "")), int(body.get("pid", 0)))


def mac(key: bytes, who: str, server_nonce: str, client_nonce: str, body: str) -> str:
    """The seal over a message (HMAC-SHA256, hex)."""
    text = "\n".join((who, server_nonce, client_nonce, body))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def sealed(given: object, wanted: str) -> bool:
    """Whether the seal is right, compared in constant time."""
    return isinstance(given, str) and given.isascii() and hmac.compare_digest(given, wanted)


def line(fields: dict[str, object]) -> bytes:
    """A frame: JSON on one line."""
    return json.dumps(fields, separators=(",", ":")).encode() + b"\n"


def fields(frame: bytes) -> dict[str, Any]:
    """A frame's fields; raises WireError."""
    try:
        body = json.loads(frame)
    except (ValueError, RecursionError) as err:
        raise WireError("not JSON") from err
    if not isinstance(body, dict):
        raise WireError("not an object")
    return body


def nonce() -> str:
    """Sixteen random bytes, hex."""
    return secrets.token_hex(16)
