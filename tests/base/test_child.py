"""Processes of our own: started, heard, and an end that always comes."""

from __future__ import annotations

import os
import queue
import signal
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posturewatch.base import child, framing
from posturewatch.base.errors import SensorError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(st.dictionaries(st.text() | st.just("kind"), JSON))
def test_a_message_is_taken_by_its_kind_or_not_at_all(message: dict[str, object]) -> None:
    """Whatever object a window sends: what it said with its values, or nothing where the kind is no text."""
    said = child.Said.of(message)
    if isinstance(message.get("kind"), str):
        assert said is not None
        assert {"kind": said.kind, **said.values} == message
        assert said.get("kind") is None
    else:
        assert said is None


ECHO = """
from posturewatch.base.child import App, HUNG_UP, take_pipes
app = App(*take_pipes())
app.send({"task": app.task()})
print("noise on standard output")
while (message := app.receive()) and message.get("kind") != HUNG_UP:
    app.send(message)
"""
DEAF = """
import signal, time
from posturewatch.base.child import App, take_pipes
signal.signal(signal.SIGTERM, signal.SIG_IGN)
App(*take_pipes()).send({"deaf": True})
while True:
    time.sleep(60)
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """Makes a program from its text and gives the name by which it is started."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    def write(text: str) -> str:
        (tmp_path / "program_of_a_test.py").write_text(text, encoding="utf-8")
        return "program_of_a_test"

    return write


def test_a_child_gets_its_task_and_answers(module: Callable[[str], str]) -> None:
    """The task comes with the app's language; messages larger than a pipe holds go both ways whole, in order, and
    what the process prints is no message."""
    one = child.Child(module(ECHO), {"do": "echo"})
    try:
        assert one.receive(30) == {"task": {"language": "en", "do": "echo"}}
        for number in range(3):
            one.send({"number": number, "text": "ü" * 300_000})
            assert one.receive(30) == {"number": number, "text": "ü" * 300_000}
    finally:
        one.close()
    assert not one.alive
    with pytest.raises(framing.PipeBrokenError):
        one.receive(0)


@pytest.mark.alone
def test_a_child_that_listens_to_nothing_is_ended_within_two_seconds(module: Callable[[str], str]) -> None:
    """Neither the end of its pipe nor SIGTERM moves it: it is killed, and whoever waits for it is told."""
    one = child.Child(module(DEAF), {}, gone=lambda: SensorError("gone"))
    assert one.receive(30) == {"deaf": True}
    began = time.monotonic()
    one.close(within_s=0.2)
    assert time.monotonic() - began < 2.5
    assert not one.alive
    with pytest.raises(SensorError, match="gone"):
        one.receive(None)


def test_who_listens_in_a_thread_hears_the_end_once(module: Callable[[str], str]) -> None:
    """Each message in order, then None, whoever ended the process."""
    heard: queue.SimpleQueue[framing.Message | None] = queue.SimpleQueue()
    one = child.Child(module(ECHO), {"n": 1}, heard=heard.put)
    assert heard.get(timeout=30) == {"task": {"language": "en", "n": 1}}
    one.close()
    assert heard.get(timeout=30) is None
    assert heard.empty()


@pytest.mark.unix_only("zombies of Unix")
def test_one_that_ends_when_nobody_waits_any_more_leaves_no_zombie(module: Callable[[str], str]) -> None:
    """Its end is taken note of by itself: closing does not wait for ever, and then nobody else would ask."""
    one = child.Child(module(ECHO), {})
    assert one.receive(30) is not None
    os.kill(one.pid, signal.SIGKILL)
    with pytest.raises(framing.PipeBrokenError):
        one.receive(None)
    until_s = time.monotonic() + 30
    while psutil.pid_exists(one.pid) and time.monotonic() < until_s:
        time.sleep(0.02)
    assert not psutil.pid_exists(one.pid)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=12))
def test_pauses_grow_up_to_the_last_and_are_forgotten_when_it_works(waits_s: list[float]) -> None:
    """The n-th failure in a row waits 2ⁿ⁻¹ s, never longer than the last pause; one success begins anew."""
    backoff, now_s = child.Backoff(60.0), 0.0
    for failures, wait_s in enumerate(waits_s):
        backoff.failed(now_s)
        assert backoff.left_s(now_s) == pytest.approx(min(2.0**failures, 60.0))
        now_s += wait_s
    backoff.worked()
    backoff.failed(now_s)
    assert backoff.left_s(now_s) == pytest.approx(1.0)
    backoff.forget()
    assert backoff.left_s(now_s) <= 0.0
