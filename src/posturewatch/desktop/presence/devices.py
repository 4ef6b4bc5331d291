"""Linux: does another program hold a camera or record from a microphone?

Camera: who has a capturing ``/dev/video*`` open, by ``/proc/*/fd``; our own processes do not count, nor does a node
that only decodes, nor the one program that writes the pictures of a virtual camera. PipeWire and WirePlumber hold
cameras open without using them, so for these two only a mapped buffer counts (a stream maps its buffers).

Microphone: the sound server is asked for the programs that record. A level meter, a noise filter and a recording of
the loudspeakers are no call. ALSA says RUNNING for each of these, so it is believed only about programs that go round
the server, and where no server answers. Processes of other users cannot be looked into, and are left out.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import re
import shutil
import struct
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from posturewatch.base.records import Courtesy
from posturewatch.base.source_names import open_paths

_BROKERS: Final = frozenset({"pipewire", "wireplumber"})
_OWN_MARK: Final = b"posturewatch"


_SOUND_SERVERS: Final = frozenset({"pipewire", "pipewire-pulse", "wireplumber", "pulseaudio"})

_SYS: Final = Path("/sys/class/video4linux")
_SUPPLIES: Final = Path("/sys/class/power_supply")

VOICE_HZ: Final = 4000
"""No voice is understood below this rate; meters read the level some 25 times a second."""

_IN_OPEN: Final = 0x20
_IN_CLOSE: Final = 0x08 | 0x10
_IN_CREATE: Final = 0x100
_IN_DELETE: Final = 0x200
_EVENTS_BYTES: Final = 65536
"""Of inotify(7). More events than that are read at the next question."""

_ALL_EVERY: Final = 12
"""All processes are looked through at each so many questions: a minute, five seconds apart."""

Capturing = Callable[[str], bool]
"""Says of a video node's path whether pictures can be captured from it."""


def devices_in_use(
    camera: Callable[[], bool | None], records: Callable[[], bool | None], proc: Path = Path("/proc")
) -> Courtesy:
    """Whether camera or microphone is in use by another program. ``camera`` and ``records`` say it of the camera
    (:meth:`CameraHolders.in_use`) and of the sound server (:meth:`SoundServer.records`)."""
    held = camera() if has_camera() else False
    by_server = records()
    answers = (held, by_server, microphone_in_use(proc, by_server=by_server is None))
    if any(answers):
        return Courtesy(in_call=True)
    return Courtesy(in_call=None if all(answer is None for answer in answers) else False)


def battery(supplies: Path = _SUPPLIES) -> Courtesy:
    """Whether the computer runs on battery; cannot tell where it has none. A mouse's battery is the mouse's."""
    found = [
        _says(supply / "status") == "Discharging"
        for supply in supplies.iterdir()
        if _says(supply / "type") == "Battery" and _says(supply / "scope") != "Device"
    ]
    return Courtesy(on_battery=any(found) if found else None)


def _says(file: Path) -> str:
    """What a file of the kernel says; empty where there is none."""
    with contextlib.suppress(OSError):
        return file.read_text("utf-8", "replace").strip()
    return ""


def has_camera(devices: Path = Path("/dev")) -> bool:
    """Whether there is a camera at all: without one, nobody's open files need be read."""
    try:
        return any(name.startswith("video") for name in os.listdir(devices))  # noqa: PTH208  (every few seconds, all day)
    except OSError:
        return True


class CameraHolders:
    """Whether a process other than ours uses a camera, asked every few seconds all day.

    The open files of all processes are looked through only where somebody may have opened or closed a video node since
    the last time, and once a minute for a handle that was inherited: with 150 programs that have fifty files open each
    that takes 35 ms, which every five seconds is twice what all looks at somebody who sits cost.
    """

    def __init__(self, proc: Path = Path("/proc"), devices: Path = Path("/dev")) -> None:
        self._proc = proc
        self._nodes = _WatchedNodes(devices)
        self._holders: list[str] | None = None
        self._asked = 0

    def in_use(self) -> bool | None:
        """As :func:`camera_in_use`."""
        touched = self._nodes.touched()
        if touched or self._holders is None or self._asked % _ALL_EVERY == 0:
            self._holders = video_holders(self._proc)
        self._asked += 1
        return camera_in_use(self._proc, among=self._holders)


class _WatchedNodes:
    """Tells by inotify whether a video node has been opened, closed, plugged in or taken away."""

    def __init__(self, devices: Path) -> None:
        self._devices = devices
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._handle = self._libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        self._complete = self._watch()

    def touched(self) -> bool:
        """Whether anything has happened since this was asked last, or cannot be told."""
        if not self._complete:
            self._complete = self._watch()
            return True
        try:
            os.read(self._handle, _EVENTS_BYTES)
        except BlockingIOError:
            return False
        except OSError:
            return True
        self._complete = self._watch()
        return True

    def _watch(self) -> bool:
        """Watch the folder and each video node in it; whether all of it could be. What is watched already stays so."""
        try:
            nodes = [node for node in os.listdir(self._devices) if node.startswith("video")]  # noqa: PTH208  (as above)
        except OSError:
            return False
        wanted = [
            (self._devices, _IN_CREATE | _IN_DELETE),
            *((self._devices / node, _IN_OPEN | _IN_CLOSE) for node in nodes),
        ]
        return all(self._libc.inotify_add_watch(self._handle, os.fsencode(path), mask) >= 0 for path, mask in wanted)


def video_holders(proc: Path) -> list[str] | None:
    """The processes, by number, that hold a video node open; None where ``/proc`` cannot be read."""
    try:
        names = [entry.name for entry in os.scandir(proc) if entry.name.isdigit()]
    except OSError:
        return None
    return [name for name in names if _video_nodes(f"{proc}/{name}")]


def camera_in_use(
    proc: Path,
    own: frozenset[int] | None = None,
    *,
    among: list[str] | None = None,
    sys: Path = _SYS,
    capturing: Capturing | None = None,
) -> bool | None:
    """Whether a process other than ours uses a camera; None where ``/proc`` cannot be read.

    ``own``: processes that do not count. Ours are known by their command line as well. ``among``: those that may hold
    one, of all if not given.
    """
    ours = {os.getpid()} if own is None else own
    names = video_holders(proc) if among is None else among
    if names is None:
        return None
    holders: Counter[str] = Counter()
    for name in names:
        if int(name) in ours:
            continue
        nodes = _video_nodes(f"{proc}/{name}")
        if nodes and _uses_camera(proc / name):
            holders.update(nodes)
    captures = capturing or _capturing
    return any(
        captures(node) and number > (1 if _is_virtual(Path(node).name, sys) else 0) for node, number in holders.items()
    )


def _uses_camera(process: Path) -> bool:
    """Whether a process that holds a camera uses it, and is not ours."""
    try:
        if (process / "comm").read_text("utf-8", "replace").strip() in _BROKERS:
            return "/dev/video" in (process / "maps").read_text("utf-8", "replace")
        return _OWN_MARK not in (process / "cmdline").read_bytes()
    except OSError:
        return True  # it holds a camera and does not say who it is


def _video_nodes(process: str) -> set[str]:
    """The video nodes that a process holds open."""
    return {path for path in open_paths(process) if path.startswith("/dev/video")}


def _is_virtual(node: str, sys: Path) -> bool:
    """Whether a program, and no device, makes this node's pictures: one of those who hold it is that program."""
    try:
        return "/devices/virtual/" in f"{(sys / node).resolve(strict=True)}/"
    except OSError:
        return False


_QUERYCAP: Final = 0x80685600  # VIDIOC_QUERYCAP, _IOR('V', 0, struct v4l2_capability)
_CAPABILITY: Final = struct.Struct("16s32s32sIII12x")  # driver, card, bus, version, capabilities, device's own
_HAS_OWN: Final = 0x80000000  # V4L2_CAP_DEVICE_CAPS
_CAPTURE: Final = 0x00000001 | 0x00001000  # V4L2_CAP_VIDEO_CAPTURE, …_MPLANE
_CODEC: Final = 0x00008000 | 0x00004000  # V4L2_CAP_VIDEO_M2M, …_MPLANE

_known_nodes: dict[tuple[str, int], bool] = {}


def captures(answer: bytes) -> bool:
    """Whether the answer to VIDIOC_QUERYCAP is a camera's: it captures, and does not convert from memory to memory."""
    *_names, _version, all_nodes, this_node = _CAPABILITY.unpack(answer)
    flags = this_node if all_nodes & _HAS_OWN else all_nodes
    return bool(flags & _CAPTURE) and not flags & _CODEC


def _capturing(node: str) -> bool:
    """Ask the node once. One that does not answer (busy, forbidden) is taken for a camera."""
    import fcntl

    try:
        key = (node, os.stat(node).st_ino)  # noqa: PTH116  (a device that is plugged in again has a new inode)
        if key not in _known_nodes:
            handle = os.open(node, os.O_RDONLY | os.O_NONBLOCK)
            try:
                _known_nodes[key] = captures(fcntl.ioctl(handle, _QUERYCAP, bytes(_CAPABILITY.size)))
            finally:
                os.close(handle)
        return _known_nodes[key]
    except OSError:
        return True


def microphone_in_use(proc: Path, *, by_server: bool) -> bool | None:
    """Whether an ALSA capture device runs; None where ALSA tells nothing.

    ``by_server``: one that the sound server runs counts too. Otherwise the server has said itself who records.
    """
    found = None
    for status in (proc / "asound").glob("card*/pcm*c/sub*/status"):
        try:
            text = status.read_text("utf-8", "replace")
        except OSError:
            continue
        if "RUNNING" in text and (by_server or _goes_round_the_server(text, proc)):
            return True
        found = False
    return found


def _goes_round_the_server(status: str, proc: Path) -> bool:
    """Whether the owner of a running capture device is known, and no sound server."""
    owner = re.search(r"^owner_pid\s*:\s*(\d+)", status, re.MULTILINE)
    if owner is None:
        return False
    with contextlib.suppress(OSError):
        # ALSA names the thread; the program's name is its process's.
        thread = (proc / owner[1] / "status").read_text("utf-8", "replace")
        process = re.search(r"^Tgid:\s*(\d+)", thread, re.MULTILINE)
        name = (proc / (process or owner)[1] / "comm").read_text("utf-8", "replace").strip()
        return name not in _SOUND_SERVERS
    return False


class SoundServer:
    """Whether a program records by the sound server, asked every few seconds all day.

    Each question starts a program (5 ms, which every five seconds is nearly what all looks at an empty chair cost). Who
    records by a server keeps a device of ALSA running, or a headset by Bluetooth; where there is neither, the server is
    asked once a minute, for sources that lie elsewhere.
    """

    def __init__(
        self,
        ask: Callable[[], bool | None] | None = None,
        proc: Path = Path("/proc"),
        bluetooth: Path = Path("/sys/class/bluetooth"),
    ) -> None:
        self._ask = ask or sound_server_records
        self._proc = proc
        self._bluetooth = bluetooth
        self._records: bool | None = None
        self._asked = 0

    def records(self) -> bool | None:
        """As :func:`sound_server_records`."""
        seldom = self._records is False and microphone_in_use(self._proc, by_server=True) is False
        if not seldom or self._asked % _ALL_EVERY == 0 or self._headset():
            self._records = self._ask()
        self._asked += 1
        return self._records

    def _headset(self) -> bool:
        """Whether something is connected by Bluetooth, whose sound ALSA does not know; such are called ``hci0:11``."""
        try:
            return any(":" in name for name in os.listdir(self._bluetooth))  # noqa: PTH208  (as above)
        except OSError:
            return False


def sound_server_records() -> bool | None:
    """Whether a program records by PulseAudio or PipeWire; None where neither answers."""
    streams = _pactl("source-outputs")
    if streams is None:
        return None
    records = recording_clients(streams)
    # Asked only when somebody records: most of the day nobody does.
    return recording_clients(streams, monitors(_pactl("sources") or "")) if records else records


def _pactl(what: str) -> str | None:
    pactl = shutil.which("pactl")
    if pactl is None:
        return None
    try:
        done = subprocess.run([pactl, "--format=json", "list", what], capture_output=True, timeout=1.0, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", "replace")


def monitors(listing: str) -> frozenset[int]:
    """Numbers of the sources that hear the loudspeakers, of pactl's JSON list of sources."""
    try:
        return frozenset(
            source["index"]
            for source in json.loads(listing)
            if source["properties"].get("device.class") == "monitor" or source.get("name", "").endswith(".monitor")
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return frozenset()


def recording_clients(listing: str, monitors: frozenset[int] = frozenset()) -> bool | None:
    """Whether a stream of pactl's JSON list of recording streams is a program that listens to a microphone.

    ``monitors``: sources that are none.
    """
    try:
        return any(_listens(stream) for stream in json.loads(listing) if stream.get("source") not in monitors)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _listens(stream: dict[str, Any]) -> bool:
    """Whether a recording stream runs, and is neither a level meter nor a part of the sound server."""
    own: dict[str, Any] = stream["properties"]
    rate = re.search(r"(\d+)\s*Hz", stream.get("sample_specification", ""))
    meter = (
        own.get("media.name") == "Peak detect"
        or stream.get("resample_method") == "peaks"
        or "true" in (own.get("resample.peaks"), own.get("stream.monitor"))
        or (rate is not None and int(rate[1]) < VOICE_HZ)
    )
    # Filters, echo cancellers and loopbacks are no client's, or link groups of PipeWire. Who listens behind them
    # has a stream of their own.
    part = (
        not str(stream.get("client", 0)).isdigit()  # pactl says so in words, or with null
        or "node.link-group" in own
        or own.get("media.category") == "Filter"
        or own.get("media.role") in {"DSP", "filter"}
    )
    return not (stream.get("corked") or meter or part)
