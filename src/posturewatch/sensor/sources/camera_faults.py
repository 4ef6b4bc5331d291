"""What the operating system says of a camera, and why one cannot be opened. Nothing here turns a camera on."""

from __future__ import annotations

import errno
import os
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from posturewatch.base.errors import CameraBusyError, CameraForbiddenError, CameraMissingError, SourceError
from posturewatch.base.i18n import _
from posturewatch.base.source_names import open_paths

_QUERY_CAPABILITIES: Final = 0x80685600
"""VIDIOC_QUERYCAP of linux/videodev2.h: fills 104 bytes; the card's name at 16, what the node can do at 88."""
_CAPABILITY_BYTES: Final = 104
_CAN_CAPTURE: Final = 0x1

_REQUEST_BUFFERS: Final = 0xC0145608
"""VIDIOC_REQBUFS: how many buffers, of which type, in which memory; no picture is taken by it."""
_ONE_CAPTURE_BUFFER: Final = struct.pack("IIIII", 1, 1, 1, 0, 0)
"""One, for captured pictures, mapped into memory; two words of answers and reserves."""


def why_closed(device: int | str) -> SourceError:
    """The error for a camera that OpenCV could not open."""
    if sys.platform == "linux":
        return _why_closed_linux(_node(device))
    if sys.platform == "win32" and _denied_on_windows():
        return CameraForbiddenError(
            _("Windows does not let programs use the camera."),
            _("Open Settings, Privacy & security, Camera, and allow desktop apps to use it."),
        )
    hint = _("Plug it in, close programs that use it, or choose another camera.")
    if sys.platform == "darwin":
        hint = _("Allow it under System Settings, Privacy & Security, Camera; or close programs that use it.")
    return CameraMissingError(_("Camera {device} cannot be opened.").format(device=device), hint)


def why_gone(device: int | str) -> SourceError | None:
    """The error for a camera that stopped: CameraMissingError if it was unplugged, None if nobody can tell."""
    if sys.platform == "linux" and not _node(device).exists():
        return _missing(_node(device))
    return None


def held_by_another(node: Path) -> bool:
    """Whether another process that we may look at has the device open, under whatever name it is known here."""
    device = str(node.resolve())  # /dev/v4l/by-id/… is a link; open files are listed by the device itself
    mine = str(os.getpid())
    others = (one.name for one in Path("/proc").iterdir() if one.name.isdigit() and one.name != mine)
    return any(device in open_paths(f"/proc/{name}") for name in others)


def _node(device: int | str) -> Path:
    return Path(f"/dev/video{device}") if isinstance(device, int) else Path(device)


def _missing(node: Path) -> CameraMissingError:
    return CameraMissingError(
        _("There is no camera at {path}.").format(path=node), _("Plug it in, or choose another camera.")
    )


def _busy() -> CameraBusyError:
    return CameraBusyError(
        _("Another program is using the camera."), _("I start as soon as it is free; you need not do anything.")
    )


def _why_closed_linux(node: Path) -> SourceError:
    try:
        handle = os.open(node, os.O_RDWR | os.O_NONBLOCK)
    except FileNotFoundError:
        return _missing(node)
    except PermissionError:
        return CameraForbiddenError(
            _("This user may not open the camera {path}.").format(path=node),
            _("Run: sudo usermod -aG video $USER, then log out and in again."),
        )
    except OSError as err:
        if err.errno == errno.EBUSY:
            return _busy()
        return _missing(node) if err.errno in (errno.ENODEV, errno.ENXIO) else _no_camera(node)
    try:
        capture = capability(handle) is not None
        taken = _taken(handle)
    finally:
        os.close(handle)
    if not capture:
        return _no_camera(node)
    return (
        _busy()
        if taken or held_by_another(node)
        else SourceError(
            _("The camera {path} is there and does not start.").format(path=node),
            _("Unplug it and plug it in again, or choose another camera."),
        )
    )


def _no_camera(node: Path) -> CameraMissingError:
    return CameraMissingError(
        _("{path} is no camera.").format(path=node),
        _("Choose another number: posturewatch doctor lists the cameras."),
    )


def capability(handle: int) -> str | None:
    """The card's name if the node captures pictures, else None."""
    import fcntl

    answer = bytearray(_CAPABILITY_BYTES)
    try:
        fcntl.ioctl(handle, _QUERY_CAPABILITIES, answer)
    except OSError:
        return None
    (abilities,) = struct.unpack_from("I", answer, 88)
    return answer[16:48].split(b"\0")[0].decode(errors="replace") if abilities & _CAN_CAPTURE else None


def _taken(handle: int) -> bool:
    """Whether the kernel keeps the pictures for somebody else, whoever that is: another user's files are not listed."""
    import fcntl

    try:
        fcntl.ioctl(handle, _REQUEST_BUFFERS, bytearray(_ONE_CAPTURE_BUFFER))
    except OSError as err:
        return err.errno == errno.EBUSY
    return False


def _denied_on_windows() -> bool:
    """Whether Windows' privacy settings keep programs, or desktop programs, from the camera.

    An administrator decides for the whole computer (HKEY_LOCAL_MACHINE), below that the user.
    """
    import winreg

    registry: Any = winreg

    def value(root: str, place: str, name: str) -> object:
        with suppress(OSError), registry.OpenKey(getattr(registry, root), place) as key:
            return registry.QueryValueEx(key, name)[0]
        return None

    return denied_by(value)


def denied_by(value: Callable[[str, str, str], object]) -> bool:
    """Whether the registry keeps desktop programs from the camera.

    ``value`` gives the value of (root, key, name), None where there is none.
    """
    consent = r"Software\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore\webcam"
    asked = [
        value(root, place, "Value")
        for root in ("HKEY_LOCAL_MACHINE", "HKEY_CURRENT_USER")
        for place in (consent, consent + r"\NonPackaged")
    ]
    return "Deny" in asked
