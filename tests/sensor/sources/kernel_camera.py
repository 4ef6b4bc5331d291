"""Cameras that the kernel itself makes: ``vivid``, and ``v4l2loopback`` with what ffmpeg sends into it.

For a guest of ``tools/camera_lane.py`` alone, which sets ``KERNEL_CAMERA``: modules are loaded and unloaded, devices
unplugged, the computer suspended.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

IN_GUEST: Final = os.environ.get("KERNEL_CAMERA") == "1"

only_in_guest = pytest.mark.skipif(not IN_GUEST, reason="in a guest: tools/camera_lane.py")

VIVID: Final = Path("/sys/bus/platform/drivers/vivid")
DEVICE: Final = Path("/dev/video0")
BY_ID: Final = Path("/dev/v4l/by-id/usb-Virtual_camera-video-index0")
LOOPED: Final = Path("/dev/video9")

UDEV_RULE: Final = (
    'KERNEL=="video*", ATTR{name}=="vivid-*-vid-cap", SYMLINK+="v4l/by-id/usb-Virtual_camera-video-index0"'
)
"""The kernel's rule makes a name by id for cameras at USB, which vivid is not; the link is the same."""


def do(*words: str, check: bool = True) -> str:
    """Run a program of the system; what it prints."""
    done = subprocess.run(words, capture_output=True, encoding="utf-8", check=False)
    assert not check or done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
    return done.stdout


def wait_until(true: Callable[[], bool], within_s: float = 60.0) -> float:
    """Wait; the seconds that it took."""
    begin = time.monotonic()
    while not true():
        assert time.monotonic() - begin < within_s
        time.sleep(0.02)
    return time.monotonic() - begin


def plug_in() -> None:
    """The camera comes back."""
    (VIVID / "bind").write_text("vivid.0")
    do("udevadm", "settle")


def unplug() -> None:
    """The device goes, whoever has it open."""
    (VIVID / "unbind").write_text("vivid.0")
    do("udevadm", "settle")


def set_control(name: str, value: int = 1) -> None:
    """Set one of vivid's controls, which bring faults about."""
    do("v4l2-ctl", "-d", str(DEVICE), "-c", f"{name}={value}")


def suspend(for_s: int) -> None:
    """Suspend this computer to memory; its clock wakes it. A user-mode kernel has no such clock: skipped there."""
    if not Path("/dev/rtc0").exists():
        pytest.skip("no clock that wakes this computer")
    do("rtcwake", "-m", "mem", "-s", str(for_s))


@contextlib.contextmanager
def vivid(*options: str) -> Iterator[Path]:
    """A webcam that takes pictures of a test pattern, by default with no other node beside it."""
    rule = Path("/run/udev/rules.d/99-camera.rules")
    rule.parent.mkdir(parents=True, exist_ok=True)
    rule.write_text(UDEV_RULE + "\n")
    do("udevadm", "control", "--reload")
    do("modprobe", "vivid", "n_devs=1", "num_inputs=1", "input_types=0", *(options or ("node_types=0x1",)))
    do("udevadm", "settle")
    try:
        yield DEVICE
    finally:
        with contextlib.suppress(OSError):
            unplug()
        do("rmmod", "vivid")


@contextlib.contextmanager
def program(*words: str) -> Iterator[subprocess.Popen[bytes]]:
    """Another program, for a while."""
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def looped(film: str, *how: str, fps: float = 5) -> Iterator[Path]:
    """A camera that shows a film round and round, sent as ``how`` tells ffmpeg."""
    if not do("modinfo", "--field", "name", "v4l2loopback", check=False):
        pytest.skip("v4l2loopback was not built")
    do("modprobe", "v4l2loopback", "exclusive_caps=1", f"video_nr={LOOPED.name[5:]}", "card_label=Looped")
    do("udevadm", "settle")
    words = ("ffmpeg", "-loglevel", "error", "-re", "-stream_loop", "-1", "-i", film, "-r", str(fps), *how)
    try:
        with program(*words, "-f", "v4l2", str(LOOPED)):
            wait_until(lambda: "Video Capture" in do("v4l2-ctl", "-d", str(LOOPED), "--info"))
            yield LOOPED
    finally:
        do("rmmod", "v4l2loopback")
