"""Recorded observations: what the sensor saw, one line each (``posturewatch.base.codec``), for ``posturewatch replay``.

Points of face and shoulders, sizes and times; never a picture. Nothing is recorded unless it is asked for.
"""

from __future__ import annotations

import logging
import os
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from posturewatch.base.codec import to_line
from posturewatch.base.errors import DataError
from posturewatch.base.i18n import _
from posturewatch.base.observation import Look, Observation
from posturewatch.disk.files import FILE_MODE
from posturewatch.disk.refusals import or_say_why
from posturewatch.sensor_client.interface import Sensor

_log = logging.getLogger("posturewatch.record")


def new_observation_file(path: Path) -> TextIO:
    """A new file for its owner alone, written line by line. Raises DataError where it exists or cannot be made."""
    with or_say_why(path, _("Name a file in a folder that you may write to.")):
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
        except FileExistsError as err:
            raise DataError(
                _("{path} is there already.").format(path=path), _("Name a file that is not there yet.")
            ) from err
    return open(handle, "w", buffering=1, encoding="utf-8")  # noqa: PTH123  (it is no path)


class RecordingOfSensor:
    """Implements ``interface.Sensor`` by another sensor, and writes every observation that it gives into a file.

    Times in the file are seconds since the first observation. A file that can be written no further (a full disk) is
    said in the log, once; the watching goes on.
    """

    def __init__(self, sensor: Sensor, file: TextIO) -> None:
        self._sensor = sensor
        self._file = file
        self._first_s: float | None = None
        self._broken = False

    def look(self, look: Look, deadline_s: float) -> Observation:
        """The other sensor's answer; raises what that raises."""
        return self._written(self._sensor.look(look, deadline_s))

    def watch(self, look: Look, every_s: float, for_s: float) -> None:
        """Let the other sensor watch."""
        self._sensor.watch(look, every_s, for_s)

    def noticed(self) -> Observation | None:
        """What the other sensor has found."""
        seen = self._sensor.noticed()
        return None if seen is None else self._written(seen)

    def _written(self, seen: Observation) -> Observation:
        if self._first_s is None:
            self._first_s = seen.t_s
        if not self._broken:
            self._write(replace(seen, t_s=seen.t_s - self._first_s))
        return seen

    def close(self) -> None:
        """Give the camera back."""
        self._sensor.close()

    @property
    def running(self) -> bool:
        """Whether the camera may be open."""
        return self._sensor.running

    def _write(self, seen: Observation) -> None:
        try:
            self._file.write(to_line(seen) + "\n")
        except OSError as err:
            self._broken = True
            _log.warning("the recording of observations ends here: %s", err.strerror)
