"""The windows that show the camera's picture. They are drawn by a sensor process of their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from posturewatch.base import movement
from posturewatch.base.child import SHOWN, Child
from posturewatch.base.errors import CalibrationError
from posturewatch.base.framing import Message, error_from_json
from posturewatch.base.i18n import _
from posturewatch.base.movement import MovementRow
from posturewatch.base.settings import CameraSettings, ModelSettings, Settings
from posturewatch.sensor_client.client import start_sensor


class SensorWindow:
    """A window that was opened. For one thread, except for ``close``."""

    def __init__(self, child: Child) -> None:
        self._child = child
        self._end: Message | None = None
        self._shown = False

    @property
    def alive(self) -> bool:
        """Whether the window is still open."""
        return self._child.alive

    def shown(self, within_s: float) -> bool:
        """Whether the window is on the screen; waits for it. Raises as :meth:`wait` does."""
        while not self._shown and self._end is None:
            if not self._take(within_s):
                return False
        return self._shown

    def wait(self) -> Message:
        """Wait until it is closed; what it said. Raises DesktopError without a screen, SourceError, SensorError."""
        while self._end is None:
            self._take(None)
        self.close()
        return self._end

    def close(self) -> None:
        """Close it, whatever it does. Idempotent."""
        self._child.close()

    def _take(self, within_s: float | None) -> bool:
        message = self._child.receive(within_s)
        if message is None:
            return False
        if "error" in message:
            self.close()
            raise error_from_json(message["error"])
        if "closed" in message:
            self._end = message
        self._shown = self._shown or message.get("kind") == SHOWN
        return True


def open_preview(camera: CameraSettings, models: ModelSettings) -> SensorWindow:
    """What this camera sees, and whether head and shoulders are in the picture. Returns at once."""
    return SensorWindow(start_sensor("window", camera, models, window="preview"))


def open_live(settings: Settings, calibration: str, *, of_today: bool) -> SensorWindow:
    """The live view. ``calibration`` is the JSON of the one in force, or empty; ``of_today``: whether it was made or
    tied today."""
    words = {"settings": settings.model_dump_json(), "calibration": calibration, "of_today": of_today}
    return SensorWindow(start_sensor("window", settings.camera, settings.models, window="live", **words))


def open_calibration(settings: Settings, profile: str) -> SensorWindow:
    """Calibration with the picture; its last word holds ``calibration``, the JSON, if the user kept one."""
    words = {"user": settings.user.model_dump(), "profile": profile}
    return SensorWindow(start_sensor("window", settings.camera, settings.models, window="calibrate", **words))


def open_check(settings: Settings, profile: str, calibration: str, at: datetime) -> SensorWindow:
    """A movement check with the picture. ``calibration`` is the JSON of the one in force, or empty; ``at``: when the
    check began. Its last word holds ``rows`` and ``tied`` if the person kept them."""
    words = {
        "user": settings.user.model_dump(),
        "profile": profile,
        "calibration": calibration,
        "at": at.isoformat(),
    }
    return SensorWindow(start_sensor("window", settings.camera, settings.models, window="check", **words))


@dataclass(frozen=True, slots=True)
class CheckMade:
    """What the person kept of a movement check: its rows, and the JSON of the calibration that tied the day, if one
    was made."""

    rows: tuple[MovementRow, ...]
    calibration: str | None


def check_in_window(settings: Settings, profile: str, calibration: str, at: datetime) -> CheckMade | None:
    """A movement check with the picture, as :func:`open_check` opens it. ``None`` where the person kept nothing.

    Raises DesktopError without a screen, SensorError if the window's process died.
    """
    said = open_check(settings, profile, calibration, at).wait()
    rows, tied = said.get("rows"), said.get("tied")
    if not isinstance(rows, list):
        return None
    return CheckMade(tuple(movement.from_json(row) for row in rows), tied if isinstance(tied, str) else None)


def calibrate_in_window(settings: Settings, profile: str) -> str:
    """Calibrate with the picture; the calibration's JSON.

    Raises CalibrationError if the user closed the window without keeping one, DesktopError without a screen,
    SensorError if the window's process died.
    """
    calibration = open_calibration(settings, profile).wait().get("calibration")
    if not isinstance(calibration, str):
        raise CalibrationError(_("No calibration was kept."), _("Start it again when you like."))
    return calibration
