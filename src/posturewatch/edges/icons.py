"""The tray icon and the app's icon as pictures: which one for which moment, and the file that others want."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from posturewatch.drawing import paint
from posturewatch.icon_shapes import PALETTE, IconName, drawing_for
from posturewatch.records import Snapshot, State

if TYPE_CHECKING:
    from PIL.Image import Image


def icon_for(snapshot: Snapshot) -> IconName:
    """The picture for this moment. A pause outranks trouble, trouble outranks the state."""
    if snapshot.paused:
        return IconName.PAUSED
    if snapshot.trouble:
        return IconName.TROUBLE
    if snapshot.alert and snapshot.state is State.FORWARD:
        return IconName.ALERT
    return IconName(snapshot.state.value)


def tray_image(name: IconName, size_px: int = 64) -> Image:
    """The icon as a square RGBA picture with a clear background."""
    return paint(drawing_for(name), size_px, PALETTE)


def app_icon_file(folder: Path, size_px: int = 64) -> Path:
    """The app's icon as a PNG file in ``folder`` (notification servers want a path). Written once.

    Raises OSError when the folder cannot be written.
    """
    path = folder / "posturewatch.png"
    if not path.is_file():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        half_written = path.with_suffix(".part")
        half_written.touch(mode=0o600)
        tray_image(IconName.UPRIGHT, size_px).save(half_written, "PNG")
        half_written.replace(path)
    return path
