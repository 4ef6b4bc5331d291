"""The sensor as the loop sees it: each look ends in an observation or in the reason why there is none.

A lost camera is an event, told once and again only after it has been back. How long to wait between tries is
the cadence's business.
"""

from __future__ import annotations

import logging
from typing import Final

from posturewatch.base.errors import (
    CameraBusyError,
    CameraForbiddenError,
    CameraMissingError,
    ModelError,
    PosturewatchError,
    SensorError,
    SourceEndedError,
    SourceError,
    SourceUnreadableError,
)
from posturewatch.base.i18n import _
from posturewatch.base.observation import NOTHING_YET, Lack, Look, Observation
from posturewatch.base.records import Reason
from posturewatch.base.settings import CameraSettings
from posturewatch.base.source_names import is_recording
from posturewatch.base.wording import reason_words
from posturewatch.sensor_client.interface import Sensor

DEADLINE_S: Final = 1.0
"""Longest that one look may hold the loop, in seconds: a pause or a lock must give the camera back within 2 s."""

GONE_S: Final = 3.0
"""For so many seconds a camera that was open may be gone before it is told and logged: a stream that breaks off and a
plug that is jogged are back sooner, and are a matter of the tray alone."""

_log = logging.getLogger("posturewatch.camera")

_REASONS: Final = (
    (CameraMissingError, Reason.CAMERA_MISSING),
    (CameraBusyError, Reason.CAMERA_BUSY),
    (CameraForbiddenError, Reason.CAMERA_FORBIDDEN),
    (SensorError, Reason.SENSOR_FAILED),
    (ModelError, Reason.SENSOR_FAILED),
    (SourceError, Reason.CAMERA_LOST),
)


class CameraWatch:
    """Asks the sensor and remembers whether it is in trouble."""

    def __init__(self, sensor: Sensor, *, recording: bool) -> None:
        self._sensor = sensor
        self.recording = recording
        """Whether the source is a film or a folder: one that cannot be read is not waited for."""
        self.trouble: PosturewatchError | None = None
        """The error of the last look; None while all is well."""
        self._gone_since_s: float | None = None

    def change(self, settings: CameraSettings) -> None:
        """Another source may be set."""
        self.recording = is_recording(settings.source)

    def look(self, look: Look) -> Observation | Reason:
        """One look. The reason stands for an error; see :attr:`trouble` for its words.

        Raises SourceEndedError at the end of a recording and SourceUnreadableError for one without pictures:
        there is nothing to wait for.
        """
        try:
            seen = self._sensor.look(look, DEADLINE_S)
            self._see_that_it_comes_back(seen)
        except SourceEndedError:
            raise
        except (SourceError, ModelError) as err:
            if self.recording and isinstance(err, SourceUnreadableError):
                raise
            if self.trouble is None or type(self.trouble) is not type(err):
                _log.warning("%s: %s", type(err).__name__, err.message)
            self.trouble = err
            return next(reason for kind, reason in _REASONS if isinstance(err, kind))
        if seen.lack not in (Lack.CAMERA_LOST, *NOTHING_YET):
            if self.trouble is not None:
                _log.info("the camera is back")
            self.trouble = None
        return seen

    def watch(self, look: Look, every_s: float, for_s: float) -> None:
        """Have the sensor look so by itself, until the next look."""
        self._sensor.watch(look, every_s, for_s)

    def noticed(self) -> Observation | None:
        """What the sensor has seen by itself; what is wrong with the camera is the next look's business.

        Raises SourceEndedError at the end of a recording.
        """
        try:
            return self._sensor.noticed()
        except SourceEndedError:
            raise
        except (SourceError, ModelError):
            return None

    def _see_that_it_comes_back(self, seen: Observation) -> None:
        """A camera that was open and is gone for ``GONE_S`` is one in trouble: raises the SourceError that says so."""
        if seen.lack is not Lack.CAMERA_LOST:
            self._gone_since_s = None if seen.lack not in NOTHING_YET else self._gone_since_s
            return
        self._gone_since_s = seen.t_s if self._gone_since_s is None else self._gone_since_s
        if seen.t_s - self._gone_since_s >= GONE_S and not self.recording:
            raise SourceError(reason_words(Reason.NO_FRAME), _("Plug it in, or choose another camera."))

    def close(self) -> bool:
        """Give the camera back; says whether it was held."""
        held = self._sensor.running
        self._sensor.close()
        return held

    @property
    def lasting(self) -> str:
        """What will not mend itself, with what to do: a bundle or a library that cannot be loaded. Else empty."""
        if not isinstance(self.trouble, ModelError):
            return ""
        return self.trouble.in_words

    @property
    def running(self) -> bool:
        """Whether the sensor runs: the camera may be open."""
        return self._sensor.running
