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
from posturewatch.base.observation import Lack, Look, Observation
from posturewatch.base.records import Reason
from posturewatch.sensor_client.interface import Sensor

DEADLINE_S: Final = 1.0
"""Longest that one look may hold the loop, in seconds: a pause or a lock must give the camera back within 2 s."""

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

    def look(self, look: Look) -> Observation | Reason:
        """One look. The reason stands for an error; see :attr:`trouble` for its words.

        Raises SourceEndedError at the end of a recording and SourceUnreadableError for one without pictures:
        there is nothing to wait for.
        """
        try:
            seen = self._sensor.look(look, DEADLINE_S)
        except SourceEndedError:
            raise
        except (SourceError, ModelError) as err:
            if self.recording and isinstance(err, SourceUnreadableError):
                raise
            if self.trouble is None or type(self.trouble) is not type(err):
                _log.warning("%s: %s", type(err).__name__, err.message)
            self.trouble = err
            return next(reason for kind, reason in _REASONS if isinstance(err, kind))
        if seen.lack not in (Lack.CAMERA_LOST, Lack.NO_FRAME):
            if self.trouble is not None:
                _log.info("the camera is back")
            self.trouble = None
        return seen

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
        return f"{self.trouble.message} {self.trouble.hint}".strip()

    @property
    def running(self) -> bool:
        """Whether the sensor runs: the camera may be open."""
        return self._sensor.running
