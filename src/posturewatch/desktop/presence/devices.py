"""Linux: does another program hold a camera, or use the microphone (``microphone.py``)?

Camera: who has a capturing ``/dev/video*`` open, by ``/proc/*/fd``; our own processes do not count, nor does a node
that only decodes, nor the one program that writes the pictures of a virtual camera. PipeWire and WirePlumber hold
cameras open without using them, so for these two only a mapped buffer counts (a stream maps its buffers). Processes of
other users cannot be looked into, and are left out.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import struct
import weakref
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Final

from posturewatch.base.records import Courtesy
from posturewatch.base.source_names import open_paths
from posturewatch.desktop.presence.microphone import ALL_THE_SAME_EVERY, microphone_in_use

_BROKERS: Final = frozenset({"pipewire", "wireplumber"})
_OWN_MARK: Final = b"posturewatch"


_SYS: Final = Path("/sys/class/video4linux")
_SUPPLIES: Final = Path("/sys/class/power_supply")

_IN_OPEN: Final = 0x20
_IN_CLOSE: Final = 0x08 | 0x10
_IN_CREATE: Final = 0x100
_IN_DELETE: Final = 0x200
_EVENTS_BYTES: Final = 65536
"""Of inotify(7). More events than that are read at the next question."""

Capturing = Callable[[str], bool]
"""Says of a video node's path whether pictures can be captured from it."""


def devices_in_use(
    camera: Callable[[], bool | None], records: Callable[[], bool | None], proc: Path = Path("/proc")
) -> Courtesy:
    """Whether camera or microphone is in use by another program. ``camera`` and ``records`` say it of the camera
    (:meth:`CameraHolders.in_use`) and of the sound server (``microphone.SoundServer.records``)."""
    held = camera() if has_camera() else False
    by_server = records()
    answers = (held, by_server, microphone_in_use(proc, by_server=by_server is None))
    if any(answers):
        return Courtesy(in_call=True)
    return Courtesy(in_call=None if all(answer is None for answer in answers) else False)


def battery(supplies: Path = _SUPPLIES) -> Courtesy:
    """Whether the computer runs on battery; cannot tell where it has none. A mouse's battery is the mouse's."""
    try:
        listed = list(supplies.iterdir())
    except OSError:  # a container, or a kernel of a virtual machine
        return Courtesy()
    found = [
        _says(supply / "status") == "Discharging"
        for supply in listed
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
        if touched or self._holders is None or self._asked % ALL_THE_SAME_EVERY == 0:
            self._holders = video_holders(self._proc)
        self._asked += 1
        return camera_in_use(self._proc, among=self._holders)


class _WatchedNodes:
    """Tells by inotify whether a video node has been opened, closed, plugged in or taken away."""

    def __init__(self, devices: Path) -> None:
        self._devices = devices
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._handle = self._libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self._handle >= 0:  # one user has 128 of them, all programs together
            weakref.finalize(self, os.close, self._handle)
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
