"""The whole app on a camera of the kernel's own: watched, unplugged, taken, suspended, paused, and ten minutes of it.

Runs in a guest at the processor's own speed (``python tools/camera_lane.py WORK``); elsewhere it is skipped.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from posturewatch.base.loop_commands import CommandKind
from posturewatch.base.records import EventKind
from posturewatch.journal.reader import open_reader
from posturewatch.offline.demo import CLIP
from posturewatch.sensor.sources.camera_faults import held_by_another
from sensor.sources.kernel_camera import (
    DEVICE,
    do,
    looped,
    only_in_guest,
    plug_in,
    program,
    suspend,
    unplug,
    vivid,
    wait_until,
)

from .running_app import RunningApp, Snapshot, running

pytestmark = [only_in_guest, pytest.mark.timeout(1800)]

LONG_S = 300.0
"""For the first start, which loads everything from a cold disk."""

MINUTES = 10


@pytest.fixture
def app(tmp_path: Path) -> Iterator[RunningApp]:
    """A running app on vivid's webcam, which shows a test pattern: nobody is there."""
    with vivid() as device, running(tmp_path / "home", str(device)) as one:
        one.until(sees, LONG_S)
        yield one


def sees(told: Snapshot) -> bool:
    """Whether looks bring pictures."""
    return bool(told["watching"]) and told["reason"] in (None, "nobody")


def outcomes(home: Path, kind: EventKind) -> list[str]:
    """What the journal says of one kind of event."""
    with open_reader(home / "data" / "journal.sqlite") as journal:
        return [event.outcome for event in journal.content().events if event.kind is kind]


def test_unplugged_it_is_said_and_plugged_in_it_is_watched_again(app: RunningApp) -> None:
    """One story in the journal: gone, and back within ten seconds; the same sensor process all the while."""
    sensor = app.a_sensor().pid
    unplug()
    app.until(lambda told: told["reason"] == "camera_lost", LONG_S)
    wait_until(lambda: bool(outcomes(app.home, EventKind.CAMERA)), LONG_S)
    plug_in()
    app.until(sees, LONG_S)
    assert app.a_sensor().pid == sensor
    assert app.quit() == 0
    assert outcomes(app.home, EventKind.CAMERA) == ["camera_lost", "back"]


def test_a_pause_gives_the_camera_to_others_and_takes_it_back(app: RunningApp) -> None:
    """Paused, nobody holds the device within two seconds; another program takes it, which is quietly waited for."""
    app.command(CommandKind.PAUSE, 3600)
    assert wait_until(lambda: not held_by_another(DEVICE)) < 10
    with program("v4l2-ctl", "-d", str(DEVICE), "--stream-mmap"):
        wait_until(lambda: held_by_another(DEVICE))
        app.command(CommandKind.RESUME)
        app.until(lambda told: "another program uses the camera" in told["quiet"], LONG_S)
    app.until(sees, LONG_S)
    assert app.quit() == 0


def test_a_suspend_is_a_gap_and_the_camera_is_opened_anew(app: RunningApp) -> None:
    """Ten seconds to memory and back: written as a suspend, and watched again."""
    suspend(10)
    app.until(sees, LONG_S)
    wait_until(lambda: bool(outcomes(app.home, EventKind.SUSPEND)), LONG_S)
    assert app.quit() == 0


def test_ten_minutes_of_a_person() -> None:
    """Somebody in front of a camera that sends MJPEG, as a user who is not root: calibrated, watched for ten minutes,
    told by status, log and journal; what they say is printed."""
    home = Path("/home/anna/watching")
    do("usermod", "-aG", "video", "anna")
    anna = ("runuser", "-u", "anna", "--", "env", f"POSTUREWATCH_HOME={home}", "python3", "-m", "posturewatch")
    with looped(str(CLIP / "calibration.mp4"), "-c:v", "mjpeg", "-q:v", "3") as device:
        print(do(*anna, "config", "set", "camera.source", str(device)))  # noqa: T201
        print(do(*anna, "calibrate", "--no-window"))  # noqa: T201
        with program(*anna, "run", "--no-tray"):
            seen: Counter[str] = Counter()
            end = time.monotonic() + 60 * MINUTES
            while time.monotonic() < end:
                time.sleep(10)
                seen[do(*anna, "status", check=False).splitlines()[0]] += 1
            for words in (("status",), ("log",), ("status", "--json")):
                print(do(*anna, *words))  # noqa: T201
            do(*anna, "quit")
    print(seen, (home / "logs" / "posturewatch.log").read_text())  # noqa: T201
    with open_reader(home / "data" / "journal.sqlite") as journal:
        assert sum(row.valid_s for row in journal.content().minutes) > 60 * (MINUTES - 2)
