"""The running app's ear: this user alone, bounded in size, time and number."""

from __future__ import annotations

import json
import mmap
import os
import shutil
import socket
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakes import FakeClock
from faults.running_app import fill, small_disk
from posturewatch.base.clock import SystemClock
from posturewatch.base.errors import InstanceError
from posturewatch.base.loop_commands import Command, CommandKind
from posturewatch.control import wire
from posturewatch.control.client import ask, tell_app
from posturewatch.control.server import MAX_CONNECTIONS, ControlServer
from posturewatch.disk.instance import Instance


def echo(request: dict[str, Any]) -> dict[str, Any]:
    """Answers with what was asked; breaks on request."""
    if request.get("do") == "break":
        raise RuntimeError("broken on purpose")
    return {"ok": True, "heard": request}


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A state folder with a short path."""
    folder = tmp_path / "state"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def server(state: Path) -> Iterator[ControlServer]:
    """A server that listens."""
    ear = ControlServer(state, SystemClock(), echo)
    yield ear
    ear.close()


@pytest.fixture
def patient(state: Path) -> Iterator[ControlServer]:
    """A server whose clock stands: nobody is hung up on for being slow."""
    ear = ControlServer(state, FakeClock(), lambda request: {"ok": True, "heard": request, "more": "x" * 50_000})
    yield ear
    ear.close()


def raw(state: Path) -> socket.socket:
    """A connection that has not said anything yet."""
    conn = wire.read_address(state).connect(60.0)
    conn.settimeout(60.0)
    return conn


@pytest.mark.unix_only("modes of Unix")
def test_key_and_folder_are_their_owners_alone_or_there_is_an_error(tmp_path: Path) -> None:
    """A state folder that is missing is made 0700 and the key in it 0600; where something is in the way, it is said
    what."""
    wire.make_key(tmp_path / "new")
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "new" / wire.KEY_NAME).stat().st_mode) == 0o600
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InstanceError, match="cannot be written"):
        wire.make_key(tmp_path / "file")


@pytest.mark.parametrize("pages", [0, 1])
def test_a_full_disk_is_told_as_one(tmp_path: Path, pages: int) -> None:
    """A start that finds no room for its lock, key or address is told to make some, not to ask for rights."""
    with small_disk(tmp_path / "disk", "400k") as disk:
        filler = fill(disk)
        with filler.open("rb+") as file:
            file.truncate(filler.stat().st_size - pages * mmap.PAGESIZE)
        with pytest.raises(InstanceError, match="No space left") as refused:  # noqa: PT012
            Instance(disk / "state").take()
            wire.make_key(disk / "state")
            wire.write_private(disk / "state" / wire.ADDRESS_NAME, "{}")
        assert "Make room" in refused.value.hint


def test_a_request_is_answered(state: Path, server: ControlServer) -> None:
    """What is asked with the key comes back answered, non-Latin text included."""
    assert ask(state, {"do": "status", "text": "机 ü"}) == {"ok": True, "heard": {"do": "status", "text": "机 ü"}}


def test_nobody_there_is_said_as_such(state: Path) -> None:
    """Without a running app the error says so and how to start it, with exit code 8."""
    with pytest.raises(InstanceError, match="not running") as caught:
        ask(state, {"do": "status"})
    assert caught.value.exit_code == 8
    assert "posturewatch" in caught.value.hint


def test_a_command_that_the_app_refuses_is_an_error_with_its_reason(state: Path) -> None:
    """Whoever left a command hears that it was not taken; one that was taken is no error."""
    answers = [{"ok": False, "error": "not now"}, {"ok": True}]
    ear = ControlServer(state, SystemClock(), lambda _request: answers.pop(0))
    try:
        with pytest.raises(InstanceError, match="did not take it: not now"):
            tell_app(state, Command(CommandKind.BREAK_NOW))
        tell_app(state, Command(CommandKind.BREAK_NOW))
    finally:
        ear.close()


def test_files_are_the_owners_own_and_go_with_the_server(state: Path, server: ControlServer) -> None:
    """Key, address and socket are 0600 while the app runs and gone afterwards."""
    names = [wire.KEY_NAME, wire.ADDRESS_NAME, wire.SOCKET_NAME]
    if os.name != "nt":
        assert [stat.S_IMODE((state / name).stat().st_mode) for name in names] == [0o600] * 3
    server.close()
    assert list(state.iterdir()) == []


def test_the_wrong_key_gets_nothing(state: Path, server: ControlServer) -> None:
    """A caller who does not know the key is hung up on without a word."""
    (state / wire.KEY_NAME).write_text("00" * 32)
    with pytest.raises(InstanceError, match="does not answer"):
        ask(state, {"do": "quit"})


def test_an_overheard_request_cannot_be_said_again(state: Path, server: ControlServer) -> None:
    """The seal holds for one connection's nonce only."""
    key = wire.read_key(state)
    body = json.dumps({"do": "quit"})
    with raw(state) as first:
        greeting = wire.fields(first.makefile("rb").readline())
        sealed = wire.line({"nonce": "n", "body": body, "mac": wire.mac(key, "client", greeting["nonce"], "n", body)})
        first.sendall(sealed)
        assert first.makefile("rb").readline()
    with raw(state) as second:
        lines = second.makefile("rb")
        lines.readline()
        second.sendall(sealed)
        assert lines.readline() == b""


def test_a_huge_message_is_cut_off(state: Path, server: ControlServer) -> None:
    """More than a request's size without an end is hung up on, and the next caller is served."""
    with raw(state) as conn:
        conn.makefile("rb").readline()
        with pytest.raises(OSError, match=r"(?i)reset|pipe|aborted"):
            conn.sendall(b"x" * wire.MAX_REQUEST * 1000)
    assert ask(state, {"do": "status"})["ok"]


def test_a_long_answer_arrives_whole_and_ends_the_exchange(state: Path, patient: ControlServer) -> None:
    """By a caller that takes it in small pieces; after the last one the line is closed from the other end."""
    key, body = wire.read_key(state), json.dumps({"do": "status"})
    with raw(state) as conn:
        conn.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        lines = conn.makefile("rb", buffering=512)
        nonce = wire.fields(lines.readline())["nonce"]
        conn.sendall(wire.line({"nonce": "n", "body": body, "mac": wire.mac(key, "client", nonce, "n", body)}))
        answer = lines.readline()
        assert len(answer) > 50_000
        assert json.loads(wire.fields(answer)["body"])["heard"] == {"do": "status"}
        assert lines.readline() == b""


def test_a_silent_caller_is_hung_up_on(state: Path, server: ControlServer) -> None:
    """Who says nothing loses the line within the time of an exchange and a little."""
    with raw(state) as conn:
        lines = conn.makefile("rb")
        assert lines.readline()
        assert lines.readline() == b""


def test_a_flood_of_silent_callers_does_not_shut_us_out(state: Path, server: ControlServer) -> None:
    """Many times more silent connections than are kept, and a real request still gets its answer."""
    crowd = [raw(state) for _ in range(MAX_CONNECTIONS * 4)]
    try:
        assert ask(state, {"do": "status"})["ok"]
    finally:
        for conn in crowd:
            conn.close()


def test_a_failure_behind_the_ear_does_not_deafen_it(state: Path, server: ControlServer) -> None:
    """An answer that raises is an error for the caller, and the next one is served."""
    assert ask(state, {"do": "break"}) == {"ok": False, "error": "internal"}
    assert ask(state, {"do": "status"})["ok"]


def test_a_long_path_uses_loopback(tmp_path: Path) -> None:
    """Where a Unix socket's name would be too long, loopback with the same key does it."""
    deep = tmp_path / ("d" * 100) / "state"
    deep.mkdir(parents=True, mode=0o700)
    server = ControlServer(deep, SystemClock(), echo)
    try:
        assert wire.read_address(deep).family == "tcp"
        assert ask(deep, {"do": "status"})["ok"]
    finally:
        server.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(junk=st.binary(min_size=1, max_size=300))
def test_junk_never_deafens_it(state: Path, server: ControlServer, junk: bytes) -> None:
    """Whatever bytes arrive, sealed or not, the next request is answered."""
    key = wire.read_key(state)
    with raw(state) as conn:
        lines = conn.makefile("rb")
        nonce = wire.fields(lines.readline())["nonce"]
        body = junk.decode("utf-8", "surrogateescape")
        seal = wire.mac(key, "client", nonce, "n", body) if body.isprintable() else "no"
        try:
            conn.sendall(wire.line({"nonce": "n", "body": body, "mac": seal}))
            conn.sendall(junk + b"\n")
            lines.readline()
        except OSError:
            pass
    assert ask(state, {"do": "status"})["ok"]


def test_a_place_that_is_taken_away_is_laid_anew(state: Path) -> None:
    """Folder, key and socket are removed while it listens: within seconds it answers there again, with another key,
    though the disk does not take them at first."""
    laid, asked = threading.Event(), []

    def gone() -> None:
        asked.append(1)
        if len(asked) == 1:
            raise OSError("no room")
        state.mkdir(mode=0o700)
        laid.set()

    ear = ControlServer(state, SystemClock(), echo, gone)
    try:
        before = wire.read_key(state)
        shutil.rmtree(state)
        assert laid.wait(60)
        end = time.monotonic() + 20
        while not (state / wire.ADDRESS_NAME).exists() and time.monotonic() < end:
            time.sleep(0.05)
        assert ask(state, {"do": "x"}, 20)["ok"]
        assert wire.read_key(state) != before
    finally:
        ear.close()
