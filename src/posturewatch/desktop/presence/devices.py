"""Linux: does another program hold a camera or record from a microphone?

Camera: who has ``/dev/video*`` open, by ``/proc/*/fd``; our own processes do not count. PipeWire and
WirePlumber hold cameras open without using them, so for these two only a mapped buffer counts (a stream maps
its buffers). Microphone: a capture device of ALSA that runs; sound servers open it while somebody records.
Processes of other users cannot be looked into, and are left out.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

from posturewatch.base.records import Courtesy
from posturewatch.base.source_names import open_paths

_BROKERS: Final = frozenset({"pipewire", "wireplumber"})
_OWN_MARK: Final = b"posturewatch"


def devices_in_use(proc: Path = Path("/proc"), own: frozenset[int] | None = None) -> Courtesy:
    """Whether camera or microphone is in use by another program."""
    held = camera_in_use(proc, own) if has_camera() else False
    answers = (held, microphone_in_use(proc / "asound"), _sound_server_records())
    if any(answers):
        return Courtesy(in_call=True)
    return Courtesy(in_call=None if all(answer is None for answer in answers) else False)


def has_camera(devices: Path = Path("/dev")) -> bool:
    """Whether there is a camera at all: without one, nobody's open files need be read."""
    try:
        return any(name.startswith("video") for name in os.listdir(devices))  # noqa: PTH208  (every few seconds, all day)
    except OSError:
        return True


def camera_in_use(proc: Path, own: frozenset[int] | None = None) -> bool | None:
    """Whether a process other than ours uses a camera; None where ``/proc`` cannot be read.

    ``own``: processes that do not count. Ours are known by their command line as well.
    """
    ours = {os.getpid()} if own is None else own
    try:
        names = [entry.name for entry in os.scandir(proc) if entry.name.isdigit()]
    except OSError:
        return None
    return any(_uses_camera(proc / name) for name in names if int(name) not in ours and _holds_camera(f"{proc}/{name}"))


def _uses_camera(process: Path) -> bool:
    """Whether a process that holds a camera uses it, and is not ours."""
    try:
        if (process / "comm").read_text("utf-8", "replace").strip() in _BROKERS:
            return "/dev/video" in (process / "maps").read_text("utf-8", "replace")
        return _OWN_MARK not in (process / "cmdline").read_bytes()
    except OSError:
        return True  # it holds a camera and does not say who it is


def _holds_camera(process: str) -> bool:
    return any(path.startswith("/dev/video") for path in open_paths(process))


def microphone_in_use(asound: Path) -> bool | None:
    """Whether an ALSA capture device runs; None where ALSA tells nothing."""
    found = None
    for status in asound.glob("card*/pcm*c/sub*/status"):
        try:
            running = "RUNNING" in status.read_text("utf-8", "replace")
        except OSError:
            continue
        if running:
            return True
        found = False
    return found


def _sound_server_records() -> bool | None:
    """For Bluetooth headsets, which ALSA does not see: does the sound server have a recording client?"""
    pactl = shutil.which("pactl")
    if pactl is None:
        return None
    try:
        done = subprocess.run(
            [pactl, "--format=json", "list", "source-outputs"], capture_output=True, timeout=1.0, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return recording_clients(done.stdout.decode("utf-8", "replace"))


def recording_clients(listing: str) -> bool | None:
    """Whether pactl's JSON list of recording streams holds more than level meters."""
    try:
        streams = json.loads(listing)
        names = [stream["properties"].get("media.name", "") for stream in streams if not stream.get("corked")]
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return any(name != "Peak detect" for name in names)
