"""What the first run needs from the app: cameras, their picture, a calibration, and the answers put into force."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import ExitStack

from posturewatch.app.background import start_in_background
from posturewatch.app.calibration import calibrate_live, calibrate_with_window
from posturewatch.app.camera_loan import borrowed_camera
from posturewatch.app.keeper import read_profile
from posturewatch.base.errors import DesktopError
from posturewatch.base.settings import Settings, clear_for
from posturewatch.base.source_names import shown_source
from posturewatch.config.read import load_settings
from posturewatch.config.write import Scalar, init_config, set_values
from posturewatch.desktop import app_menu, autostart
from posturewatch.disk.folders import Folders
from posturewatch.sensor_client.client import list_cameras
from posturewatch.sensor_client.window import SensorWindow, open_preview
from posturewatch.ui.first_run import Answers, Option

_log = logging.getLogger("posturewatch.setup")


class Tools:
    """Implements ``ui.first_run.SetupTools`` on this user's folders."""

    def __init__(self, folders: Folders) -> None:
        self._folders = folders.make()
        self._preview: SensorWindow | None = None
        self._loan = ExitStack()

    def answers(self) -> Answers:
        """Where the set-up starts from: what is in force now."""
        settings = self._settings()
        return Answers(
            source=settings.camera.source,
            units=settings.user.shown_units,
            threshold_in=settings.posture.threshold,
            breaks=settings.breaks.enabled,
            exercises=settings.breaks.exercises,
            autostart=autostart.status().enabled,
        )

    def cameras(self) -> tuple[Option, ...]:
        """Those found, and the source of the settings even if it is no camera."""
        found = tuple(Option(source, name) for source, name in list_cameras())
        own = self._settings().camera.source
        if own != "0" and own not in {camera.value for camera in found}:
            found += (Option(own, shown_source(own)),)
        return found

    def show_camera(self, source: str) -> None:
        """Open the sensor's live window; a running app lends the camera until :meth:`hide_camera`."""
        self.hide_camera()
        self._loan.enter_context(borrowed_camera(self._folders.state))
        settings = self._with_source(source)
        self._preview = open_preview(settings.camera, settings.models)

    def hide_camera(self) -> None:
        """Close the live window and give the camera back to the running app."""
        if self._preview is not None:
            self._preview.close()
            self._preview = None
        self._loan.close()

    def calibrate(self, source: str, tell: Callable[[float, str], None]) -> str:
        """Calibrate the profile in force with this camera; the result, and how well it repeats, in words."""
        settings = self._with_source(source)
        kept = calibrate_live(self._folders, settings, read_profile(self._folders), tell)
        return kept.words(settings.user.shown_units)

    def calibrate_in_window(self, source: str) -> str:
        """As :meth:`calibrate`, with picture, countdown and Cancel in a window of the sensor's."""
        settings = self._with_source(source)
        kept = calibrate_with_window(self._folders, settings, read_profile(self._folders))
        return kept.words(settings.user.shown_units)

    def apply(self, answers: Answers) -> None:
        """Write what differs from the settings, add the entry to the application menu, and start watching if that is
        wished; a running app takes the settings up."""
        path = self._folders.config_file
        if not path.exists():
            init_config(path)
        if changes := _changes(self._settings(), answers):
            set_values(path, changes)
        if answers.autostart != autostart.status().enabled:
            (autostart.enable if answers.autostart else autostart.disable)()
        try:
            if not app_menu.is_there():
                app_menu.add()
        except DesktopError as err:  # a convenience; what was chosen counts
            _log.warning("%s", err.message)
        if answers.start:
            start_in_background(self._folders)

    def _settings(self) -> Settings:
        return load_settings(self._folders.config_file)

    def _with_source(self, source: str) -> Settings:
        settings = self._settings()
        return settings.model_copy(update={"camera": settings.camera.model_copy(update={"source": source})})


def _changes(settings: Settings, answers: Answers) -> dict[str, Scalar]:
    """Keys and values to write. ``clear`` follows a threshold that would come too near to it."""
    wanted: list[tuple[str, Scalar, Scalar]] = [
        ("camera.source", settings.camera.source, answers.source),
        ("user.units", settings.user.shown_units, answers.units),
        ("posture.threshold", settings.posture.threshold, answers.threshold_in),
        ("breaks.enabled", settings.breaks.enabled, answers.breaks),
        ("breaks.exercises", settings.breaks.exercises, answers.exercises),
    ]
    changes = {key: value for key, before, value in wanted if before != value}
    if settings.posture.clear >= answers.threshold_in:
        changes["posture.clear"] = clear_for(answers.threshold_in)
    return changes
