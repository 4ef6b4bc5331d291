"""The running app's ear: answers ``posturewatch status`` and takes commands, from this user alone.

One thread and one selector serve every connection. A connection has two seconds, a request 4 KiB, and at most
sixteen wait at once; a seventeenth ends the oldest, and who says too much or has the wrong key is hung up on.
Whatever happens here never reaches the loop but as a :class:`~posturewatch.base.records.Command` in its inbox.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import selectors
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from posturewatch.base.clock import Clock
from posturewatch.base.errors import InstanceError
from posturewatch.base.i18n import _
from posturewatch.control import wire

MAX_CONNECTIONS: Final = 16
BACKLOG: Final = 128
"""Connections that the system keeps for us while we are busy; with few, a burst would be refused at the door."""
TICK_S: Final = 0.5
"""How often stalled connections are looked for, in seconds."""

PLACE_S: Final = 5.0
"""How often it is seen that key and socket still lie in the folder, in seconds."""

_log = logging.getLogger("posturewatch.control")

Answer = Callable[[dict[str, Any]], dict[str, Any]]
"""Takes a request's fields and gives the reply's. Called in the server's thread; must return at once."""


@dataclass(slots=True)
class _Caller:
    conn: socket.socket
    nonce: str
    until_s: float
    got: bytearray = field(default_factory=bytearray)
    to_send: bytearray = field(default_factory=bytearray)
    answered: bool = False


class ControlServer:
    """Listens while the app runs. ``close()`` ends the thread and removes what lies in the folder.

    Where the folder is removed meanwhile, or what lies in it, that is noticed within :data:`PLACE_S`: ``gone`` is
    called in the server's thread to make the app's place anew, and a new key and socket are laid there.
    """

    def __init__(self, state: Path, clock: Clock, answer: Answer, gone: Callable[[], None] = lambda: None) -> None:
        self._gone = gone
        self._state = state
        self._clock = clock
        self._answer = answer
        self._key = wire.make_key(state)
        self._selector = selectors.DefaultSelector()
        self._callers: dict[socket.socket, _Caller] = {}
        self._wake_in, self._wake_out = socket.socketpair()
        self._listener = self._listen()
        self._laid = self._places()
        self._place_at_s = clock.monotonic_s() + PLACE_S
        for sock in (self._wake_out, self._listener):
            sock.setblocking(False)
            self._selector.register(sock, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._serve, name="control")
        self._thread.start()

    def close(self) -> None:
        """Hang up on everybody and stop. Idempotent."""
        if not self._thread.is_alive():
            return
        self._wake_in.send(b"x")
        self._thread.join()
        for sock in (*self._callers, self._listener, self._wake_in, self._wake_out):
            sock.close()
        self._selector.close()
        for name in (wire.SOCKET_NAME, wire.ADDRESS_NAME, wire.KEY_NAME):
            with contextlib.suppress(OSError):
                (self._state / name).unlink()

    def _listen(self) -> socket.socket:
        path = self._state / wire.SOCKET_NAME
        try:
            if wire.can_unix(self._state):
                path.unlink(missing_ok=True)
                listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                listener.bind(str(path))
                path.chmod(0o600)
                where: dict[str, Any] = {"family": "unix", "where": str(path)}
            else:
                listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
                listener.bind(("127.0.0.1", 0))
                where = {"family": "tcp", "where": str(listener.getsockname()[1])}
            listener.listen(BACKLOG)
        except OSError as err:
            raise InstanceError(
                _("The control socket cannot be opened: {reason}").format(reason=err.strerror or err),
                _("Set POSTUREWATCH_HOME to a folder on a local disk."),
            ) from err
        wire.write_private(self._state / wire.ADDRESS_NAME, json.dumps(where | {"pid": os.getpid()}))
        return listener

    def _serve(self) -> None:
        while True:
            for ready, events in self._selector.select(TICK_S if self._callers else PLACE_S):
                sock = ready.fileobj
                if sock is self._wake_out:
                    return
                if sock is self._listener:
                    self._accept()
                elif isinstance(sock, socket.socket) and sock in self._callers:
                    self._talk(self._callers[sock], events)
            now_s = self._clock.monotonic_s()
            if now_s >= self._place_at_s:
                self._place_at_s = now_s + PLACE_S
                self._mind_the_place()
            for caller in tuple(self._callers.values()):
                if now_s >= caller.until_s:
                    self._hang_up(caller)

    def _places(self) -> tuple[tuple[int, int], ...]:
        """Device and number of what lies in the folder for callers; zeros for what does not."""
        unix = wire.can_unix(self._state)
        names = (wire.KEY_NAME, wire.ADDRESS_NAME, *((wire.SOCKET_NAME,) if unix else ()))
        return tuple(_identity(self._state / name) for name in names)

    def _mind_the_place(self) -> None:
        if self._places() == self._laid:
            return
        _log.warning("the folder of the control socket was taken away; it is laid anew")
        try:
            self._gone()
            self._key = wire.make_key(self._state)
            listener = self._listen()
        except Exception as err:  # tried again; whoever holds the disk may let go of it
            _log.warning("it cannot be laid anew yet: %s", type(err).__name__)
            return
        self._selector.unregister(self._listener)
        self._listener.close()
        listener.setblocking(False)
        self._selector.register(listener, selectors.EVENT_READ)
        self._listener, self._laid = listener, self._places()

    def _accept(self) -> None:
        try:
            conn, _peer = self._listener.accept()
        except OSError:
            return
        if len(self._callers) >= MAX_CONNECTIONS:
            self._hang_up(next(iter(self._callers.values())))
        conn.setblocking(False)
        nonce = wire.nonce()
        caller = _Caller(conn, nonce, self._clock.monotonic_s() + wire.EXCHANGE_S)
        caller.to_send += wire.line({"v": wire.VERSION, "nonce": nonce})
        self._callers[conn] = caller
        self._selector.register(conn, selectors.EVENT_READ | selectors.EVENT_WRITE)

    def _talk(self, caller: _Caller, events: int) -> None:
        try:
            if events & selectors.EVENT_WRITE:
                self._send(caller)
            if events & selectors.EVENT_READ and caller.conn in self._callers:
                self._receive(caller)
        except (OSError, ValueError):
            self._hang_up(caller)

    def _send(self, caller: _Caller) -> None:
        if caller.to_send:
            sent = caller.conn.send(caller.to_send)
            del caller.to_send[:sent]
        if caller.to_send:
            return
        if caller.answered:
            self._hang_up(caller)
        else:
            self._selector.modify(caller.conn, selectors.EVENT_READ)

    def _receive(self, caller: _Caller) -> None:
        chunk = caller.conn.recv(wire.MAX_REQUEST)
        if not chunk or caller.answered:
            raise wire.WireError("hung up")
        caller.got += chunk
        if b"\n" in caller.got:
            caller.to_send += self._reply(caller, bytes(caller.got.partition(b"\n")[0]))
            caller.answered = True
            self._selector.modify(caller.conn, selectors.EVENT_READ | selectors.EVENT_WRITE)
        elif len(caller.got) >= wire.MAX_REQUEST:
            raise wire.WireError("too long")

    def _reply(self, caller: _Caller, frame: bytes) -> bytes:
        said = wire.fields(frame)
        body, client_nonce = said.get("body"), said.get("nonce")
        if not isinstance(body, str) or not isinstance(client_nonce, str):
            raise wire.WireError("no body")
        if not wire.sealed(said.get("mac"), wire.mac(self._key, "client", caller.nonce, client_nonce, body)):
            _log.warning("a caller with the wrong key was turned away")
            raise wire.WireError("wrong key")
        answer = json.dumps(self._asked(wire.fields(body.encode())))
        seal = wire.mac(self._key, "server", caller.nonce, client_nonce, answer)
        return wire.line({"body": answer, "mac": seal})

    def _asked(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            return self._answer(request)
        except Exception:  # the ear must outlive whatever is behind it
            _log.exception("a request could not be answered")
            return {"ok": False, "error": "internal"}

    def _hang_up(self, caller: _Caller) -> None:
        if self._callers.pop(caller.conn, None) is not None:
            self._selector.unregister(caller.conn)
            caller.conn.close()


def _identity(path: Path) -> tuple[int, int]:
    try:
        found = path.lstat()
    except OSError:
        return (0, 0)
    return (found.st_dev, found.st_ino)
