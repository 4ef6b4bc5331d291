"""posturewatch running under Wine: started on a camera of pictures, told, asked, and waited for."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from windows_prefix import DISPLAY, ROOT, Lane, see

sys.path.insert(0, str(ROOT / "tests"))


@contextmanager
def watching(lane: Lane, *, console: bool = False) -> Iterator[subprocess.Popen[bytes]]:
    """The app on an MJPEG camera, from the moment on that it says what it sees; without a console, or in one."""
    from camera_server import camera, jpeg, noisy

    with camera(noisy(jpeg("d1_000"))) as server:
        words = ("-m", "posturewatch", "run", "--source", server.address)
        child = lane.start_in_console(*words) if console else lane.start(*words, program="pythonw.exe")
        with running_app(lane, child):
            see(wait(lambda: state(lane), 300), "no status")
            yield child


@contextmanager
def running_app(lane: Lane, child: subprocess.Popen[bytes]) -> Iterator[None]:
    """What was started, and all that it has started, has ended afterwards."""
    try:
        yield
    finally:
        child.kill()
        child.wait()
        for number in lane.processes("posturewatch"):
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)


def window(title: str) -> str:
    """The number of a window by its title; empty where there is none."""
    words = ("xdotool", "search", "--name", title)
    done = subprocess.run(words, env=os.environ | {"DISPLAY": DISPLAY}, capture_output=True, text=True, check=False)
    return done.stdout.split()[0] if done.stdout.split() else ""


def tell(lane: Lane, *words: str) -> None:
    """A command to the running app. It has two seconds to answer; where the machine is busy it is told again."""
    see(
        wait(lambda: str(lane.run("-m", "posturewatch", *words, within_s=60)[0] == 0 or ""), 120),
        f"{' '.join(words)}: no answer",
    )


def state(lane: Lane) -> str:
    """What the running app says it sees; empty before its first look and where none runs."""
    code, out, _err = lane.run("-m", "posturewatch", "status", "--json", within_s=60)
    if code != 0:
        return ""
    found = str(json.loads(out).get("state", ""))
    return "" if found in ("starting", "") else found


def wait(question: Callable[[], str], within_s: float) -> str:
    """The first answer that is not empty; empty when the time is over."""
    pause, end_s = threading.Event(), time.monotonic() + within_s
    while time.monotonic() < end_s:
        answer = question()
        if answer:
            return answer
        pause.wait(1)
    return ""
