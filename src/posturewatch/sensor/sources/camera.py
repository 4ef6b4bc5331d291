"""A camera at this computer, by OpenCV."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from posturewatch.base import clock
from posturewatch.base.errors import SourceError
from posturewatch.base.i18n import _
from posturewatch.sensor.choices import CameraOptions
from posturewatch.sensor.native import load_opencv
from posturewatch.sensor.sources import camera_faults
from posturewatch.sensor.sources.source import ArrayShot

_BACKENDS: Final = {
    "v4l2": ("CAP_V4L2",),
    "msmf": ("CAP_MSMF",),
    "dshow": ("CAP_DSHOW",),
    "avfoundation": ("CAP_AVFOUNDATION",),
}
_AUTO: Final = {
    "linux": ("CAP_V4L2",),
    "win32": ("CAP_MSMF", "CAP_DSHOW"),
    "darwin": ("CAP_AVFOUNDATION",),
}

_MAX_AGE_S: Final = 10.0
"""A time stamp of the driver that is older, or ahead, is not of our monotonic clock."""


class CameraSource:
    """A camera by number or device path. Asks for a low rate and a small picture; takes what it gets."""

    live = True
    stills = False

    def __init__(self, device: int | str, settings: CameraOptions) -> None:
        self._device = device
        self._cv2 = load_opencv()
        self._frame = -1
        self.t_s = 0.0
        self._capture = self._open(settings)
        for key, value in (
            (self._cv2.CAP_PROP_FRAME_WIDTH, settings.width_px),
            (self._cv2.CAP_PROP_FRAME_HEIGHT, settings.height_px),
            (self._cv2.CAP_PROP_FPS, settings.fps),
        ):
            self._capture.set(key, value)

    def grab(self) -> bool:
        """Take the next frame off the driver; raises SourceError when the camera is gone or sends nothing."""
        if not self._capture.grab():
            self._raise_lost()
        now_s = clock.monotonic_s()
        stamp_s = self._capture.get(self._cv2.CAP_PROP_POS_MSEC) / 1000.0
        from_driver = sys.platform == "linux" and 0.0 <= now_s - stamp_s < _MAX_AGE_S
        self.t_s = max(self.t_s, stamp_s if from_driver else now_s)
        self._frame += 1
        return True

    def rest(self, wait: Callable[[float], bool]) -> None:
        """It is drained all the time: a driver keeps its oldest frames."""

    def shot(self) -> ArrayShot:
        """The frame taken last, decoded; without points where the driver gives none."""
        good, pixels = self._capture.retrieve()
        return ArrayShot(self.t_s, self._frame, pixels if good and pixels is not None else np.empty((0, 0), np.uint8))

    def close(self) -> None:
        """Give the camera back."""
        self._capture.release()

    def _open(self, settings: CameraOptions) -> Any:
        """An open capture; raises CameraMissingError, CameraForbiddenError or CameraBusyError."""
        names = _BACKENDS.get(settings.backend) or _AUTO.get(sys.platform, ("CAP_ANY",))
        for name in names:
            capture = self._cv2.VideoCapture(self._device, getattr(self._cv2, name))
            if capture.isOpened():
                return capture
            capture.release()
        raise camera_faults.why_closed(self._device)

    def _raise_lost(self) -> None:
        error = camera_faults.why_gone(self._device)
        if error is not None:
            raise error
        raise SourceError(
            _("The camera sends no picture."), _("Unplug it and plug it in again, or choose another camera.")
        )
