"""Which cameras there are."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from posturewatch.base.errors import SourceError
from posturewatch.base.i18n import _
from posturewatch.sensor import choices
from posturewatch.sensor.sources.camera import CameraSource
from posturewatch.sensor.sources.camera_faults import capability

_TRIED_NUMBERS: Final = 4
"""Camera numbers tried where the platform gives no list (Windows, macOS)."""


@dataclass(frozen=True, slots=True)
class CameraName:
    """A camera as the user may choose it: ``source`` for the settings, ``name`` for the eye."""

    source: str
    name: str


def list_cameras() -> tuple[CameraName, ...]:
    """The cameras of this computer. On Linux without opening a stream; elsewhere by opening each in turn."""
    if sys.platform == "linux":
        return _list_linux()
    return _list_by_trying()


def _list_linux() -> tuple[CameraName, ...]:
    found = []
    nodes = [path for path in Path("/dev").glob("video*") if path.name[5:].isdigit()]
    for node in sorted(nodes, key=lambda path: int(path.name[5:])):
        try:
            handle = os.open(node, os.O_RDWR | os.O_NONBLOCK)
        except OSError:
            found.append(CameraName(node.name[5:], str(node)))
            continue
        try:
            name = capability(handle)
        finally:
            os.close(handle)
        if name is not None:
            found.append(CameraName(node.name[5:], name))
    return tuple(found)


def _list_by_trying() -> tuple[CameraName, ...]:
    found = []
    for number in range(_TRIED_NUMBERS):
        with suppress(SourceError):
            CameraSource(number, choices.CameraOptions()).close()
            found.append(CameraName(str(number), _("Camera {number}").format(number=number)))
    return tuple(found)
