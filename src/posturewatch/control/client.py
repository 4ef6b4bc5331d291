"""The other end of the control socket: how a command reaches the app that runs already."""

from __future__ import annotations

import json
import socket
import time
from pathlib import Path
from typing import Any, Final

from posturewatch.base.errors import InstanceError
from posturewatch.base.i18n import _
from posturewatch.base.loop_commands import Command
from posturewatch.control import wire
from posturewatch.disk.instance import is_running

CROWDED_WAIT_S: Final = 0.05


def ask(state: Path, request: dict[str, Any], timeout_s: float = wire.EXCHANGE_S) -> dict[str, Any]:
    """Send a request to the running app and return its answer; raises InstanceError where none answers."""
    try:
        address, key = wire.read_address(state), wire.read_key(state)
        with _connect(address, timeout_s) as conn:
            return _exchange(conn, key, request)
    except (FileNotFoundError, ConnectionRefusedError) as err:
        if is_running(state):
            raise starting() from err
        raise InstanceError(_("posturewatch is not running."), _("Start it with `posturewatch`.")) from err
    except (OSError, ValueError) as err:
        raise InstanceError(
            _("The running posturewatch does not answer: {reason}").format(reason=err),
            _("`posturewatch doctor` gives the command that ends it; then start it again."),
        ) from err


def starting() -> InstanceError:
    """An app that is there and cannot answer yet."""
    return InstanceError(_("posturewatch is just starting."), _("Ask again in a moment."))


def tell_app(state: Path, command: Command) -> None:
    """Leave a command with the running app; raises InstanceError."""
    body = {"do": "command", "kind": command.kind.value, "value": command.value, "text": command.text}
    answer = ask(state, body)
    if not answer.get("ok"):
        raise InstanceError(_("The running posturewatch did not take it: {reason}").format(reason=answer.get("error")))


def _connect(address: wire.Address, timeout_s: float) -> socket.socket:
    for _try in range(round(timeout_s / CROWDED_WAIT_S)):
        try:
            return address.connect(timeout_s)
        except BlockingIOError:  # a Unix socket's queue is full: it is emptied within milliseconds
            time.sleep(CROWDED_WAIT_S)
    return address.connect(timeout_s)


def _exchange(conn: socket.socket, key: bytes, request: dict[str, Any]) -> dict[str, Any]:
    with conn.makefile("rb") as lines:
        greeting = wire.fields(_line(lines.readline(wire.MAX_REQUEST + 1)))
        if greeting.get("v") != wire.VERSION or not isinstance(greeting.get("nonce"), str):
            raise wire.WireError(_("another version is running"))
        client_nonce, body = wire.nonce(), json.dumps(request)
        seal = wire.mac(key, "client", greeting["nonce"], client_nonce, body)
        conn.sendall(wire.line({"nonce": client_nonce, "body": body, "mac": seal}))
        reply = wire.fields(_line(lines.readline(wire.MAX_REPLY + 1)))
    answer = reply.get("body")
    if not isinstance(answer, str):
        raise wire.WireError(_("no answer"))
    if not wire.sealed(reply.get("mac"), wire.mac(key, "server", greeting["nonce"], client_nonce, answer)):
        raise wire.WireError(_("the answer is not sealed with our key"))
    return wire.fields(answer.encode())


def _line(frame: bytes) -> bytes:
    if not frame.endswith(b"\n"):
        raise wire.WireError(_("hung up"))
    return frame
