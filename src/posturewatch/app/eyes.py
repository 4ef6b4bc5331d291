"""The sensor that follows the settings: another camera or model means another sensor process."""

from __future__ import annotations

from posturewatch.edges.sensor_client import SensorClient
from posturewatch.ports import Clock
from posturewatch.records import Look, Observation
from posturewatch.settings import CameraSettings, ModelSettings


class Eyes:
    """Implements ``ports.Sensor``. For the loop's thread."""

    def __init__(self, camera: CameraSettings, models: ModelSettings, clock: Clock) -> None:
        self._clock = clock
        self._wanted = (camera, models)
        self._client = SensorClient(camera, models, clock)

    def configure(self, camera: CameraSettings, models: ModelSettings) -> None:
        """Use these from now on; nothing happens if they are the same."""
        if (camera, models) != self._wanted:
            self.close()
            self._wanted = (camera, models)
            self._client = SensorClient(camera, models, self._clock)

    def look(self, look: Look, deadline_s: float) -> Observation:
        """See ``ports.Sensor``."""
        return self._client.look(look, deadline_s)

    def close(self) -> None:
        """See ``ports.Sensor``."""
        self._client.close()

    @property
    def running(self) -> bool:
        """See ``ports.Sensor``."""
        return self._client.running
