"""Calibration with the picture: sit down, three, two, one, ten seconds, done."""

from __future__ import annotations

import math
from tkinter import ttk
from typing import Any, Final

from posturewatch.base import clock
from posturewatch.base.child import App
from posturewatch.base.i18n import _
from posturewatch.base.observation import Observation
from posturewatch.base.settings import UserSettings
from posturewatch.core.posture.calibration_run import LOOK, CalibrationRun, Phase
from posturewatch.sensor.choices import CameraOptions, ModelOptions
from posturewatch.sensor.windows.picture import WIDTH
from posturewatch.sensor.windows.picture_window import PictureWindow, Role
from posturewatch.sensor.windows.worker import WindowView, Worker

_ROLES: Final[dict[Phase, Role]] = {
    Phase.SEEKING: "unsure",
    Phase.COUNTDOWN: "ink",
    Phase.MEASURING: "accent",
    Phase.DONE: "accent",
    Phase.FAILED: "forward",
}


class CalibrationWindow(PictureWindow[Phase]):
    """Its result is the calibration's JSON, if the user keeps it."""

    def __init__(self, app: App, camera: CameraOptions, models: ModelOptions, user: UserSettings, profile: str) -> None:
        self._calibration = CalibrationRun(profile, user, clock.monotonic_s(), guided=True, turned=camera.turn)
        self._kept = False
        self._wants_again = False
        super().__init__(app, _("Calibrate: {name}").format(name=profile), Worker(camera, models, LOOK, self._feed))
        self._bar = ttk.Progressbar(self.body, maximum=1.0, length=self.px(WIDTH))
        self._bar.grid(sticky="ew", pady=(self.px(10), 0))
        self._keep, _again, _cancel = self.foot(
            (_("Keep"), self._take, True), (_("Start over"), self._start_over, False), (_("Cancel"), self.leave, False)
        )
        self._keep.state(["disabled"])

    def draw(self, view: WindowView[Phase]) -> Role:
        """Guidance, countdown and progress."""
        run = self._calibration
        phase = view.thought if view.thought is not None else run.phase
        self.picture.count(str(math.ceil(run.left_s)) if phase is Phase.COUNTDOWN else "")
        self.guide.configure(text=run.advice, foreground=self.colour(_ROLES[phase]))
        self._bar.configure(value=run.share)
        self._keep.state(["!disabled" if phase is Phase.DONE else "disabled"])
        return _ROLES[phase]

    def result(self) -> dict[str, Any]:
        """The calibration, if it was kept."""
        made = self._calibration.result
        return {"calibration": made.to_json()} if self._kept and made is not None else {}

    def _feed(self, seen: Observation) -> Phase:
        """In the worker's thread: the run belongs to it, the window only reads it."""
        if self._wants_again:
            self._wants_again = False
            self._calibration.begin(seen.t_s)
        self._calibration.feed(seen, seen.t_s)
        return self._calibration.phase

    def _take(self) -> None:
        if self._calibration.phase is Phase.DONE:
            self._kept = True
            self.leave()

    def _start_over(self) -> None:
        self._wants_again = True
