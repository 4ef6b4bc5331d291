"""The windows that show the camera's picture. They are drawn by a sensor process of their own."""

from __future__ import annotations

from posturewatch.child import Child, Message, error_from_json
from posturewatch.edges.sensor_client import start_sensor
from posturewatch.errors import CalibrationError
from posturewatch.i18n import _
from posturewatch.settings import CameraSettings, ModelSettings, Settings


class SensorWindow:
    """A window that is open. Raises SensorError if its process cannot be started."""

    def __init__(self, child: Child) -> None:
        self._child = child
        self._end: Message | None = None

    @property
    def alive(self) -> bool:
        """Whether the window is still open."""
        return self._child.alive

    def wait(self) -> Message:
        """Wait until it is closed; what it said. Raises DesktopError without a screen, SourceError, SensorError."""
        while self._end is None:
            message = self._child.receive(None)
            if message is not None and "error" in message:
                self.close()
                raise error_from_json(message["error"])
            if message is not None and "closed" in message:
                self._end = message
        self.close()
        return self._end

    def close(self) -> None:
        """Close it, whatever it does. Idempotent."""
        self._child.close()


def open_preview(camera: CameraSettings, models: ModelSettings) -> SensorWindow:
    """What this camera sees, and whether head and shoulders are in the picture. Returns at once."""
    return SensorWindow(start_sensor("window", camera, models, window="preview"))


def show_live(settings: Settings, calibration: str | None) -> None:
    """The live view, until the user closes it. ``calibration`` is the JSON of the profile in force, if any.

    Raises DesktopError without a screen, SensorError if the window's process died.
    """
    child = start_sensor(
        "window",
        settings.camera,
        settings.models,
        window="live",
        settings=settings.model_dump_json(),
        calibration=calibration,
    )
    SensorWindow(child).wait()


def calibrate_in_window(settings: Settings, profile: str) -> str:
    """Calibrate with the picture; the calibration's JSON.

    Raises CalibrationError if the user closed the window without keeping one, DesktopError without a screen,
    SensorError if the window's process died.
    """
    child = start_sensor(
        "window",
        settings.camera,
        settings.models,
        window="calibrate",
        user=settings.user.model_dump(),
        profile=profile,
    )
    end = SensorWindow(child).wait()
    calibration = end.get("calibration")
    if not isinstance(calibration, str):
        raise CalibrationError(_("No calibration was kept."), _("Start it again when you like."))
    return calibration
