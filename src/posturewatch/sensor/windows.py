"""Which window the app asked for."""

from __future__ import annotations

from posturewatch.child import App, Message
from posturewatch.errors import DesktopError
from posturewatch.i18n import _
from posturewatch.sensor.choices import Camera, Models


def run(app: App, task: Message) -> None:
    """Show it until it is closed. Raises DesktopError where there is no screen or no tkinter."""
    try:
        import tkinter  # noqa: F401  (Debian packages it apart)
    except ImportError as err:
        raise DesktopError(_("tkinter is missing."), "sudo apt install python3-tk") from err
    camera, models = Camera(**task["camera"]), Models(**task["models"])
    app.send({"ready": True})
    match task.get("window"):
        case "calibrate":
            from posturewatch.sensor.calibration_window import CalibrationWindow
            from posturewatch.settings import UserSettings

            CalibrationWindow(app, camera, models, UserSettings(**task["user"]), str(task["profile"])).run()
        case "live":
            from posturewatch.core.calibration import Calibration
            from posturewatch.sensor.live_window import LiveWindow
            from posturewatch.settings import Settings

            body = task.get("calibration")
            calibration = Calibration.from_json(str(body)) if body else None
            LiveWindow(app, camera, models, Settings.model_validate_json(str(task["settings"])), calibration).run()
        case _:
            from posturewatch.sensor.window import PreviewWindow

            PreviewWindow(app, camera, models).run()
