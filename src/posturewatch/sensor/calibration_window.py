"""Calibration with the picture: sit down, three, two, one, ten seconds, done."""

from __future__ import annotations

import math
from tkinter import ttk
from typing import Any, Final

from posturewatch.child import App
from posturewatch.i18n import _
from posturewatch.records import Look, Observation
from posturewatch.sensor import window_style as look
from posturewatch.sensor.calibration_flow import CalibrationFlow, Phase
from posturewatch.sensor.choices import CameraChoice, ModelChoice
from posturewatch.sensor.window import PictureWindow
from posturewatch.sensor.window_worker import View, Worker
from posturewatch.settings import UserSettings

_COLOURS: Final = {
    Phase.SEEKING: look.UNSURE,
    Phase.COUNTDOWN: look.INK,
    Phase.MEASURING: look.GOOD,
    Phase.DONE: look.GOOD,
    Phase.FAILED: look.FORWARD,
}


class CalibrationWindow(PictureWindow[Phase]):
    """Its result is the calibration's JSON, if the user keeps it."""

    def __init__(self, app: App, camera: CameraChoice, models: ModelChoice, user: UserSettings, profile: str) -> None:
        self._flow = CalibrationFlow(profile, user)
        self._kept = False
        self._wants_again = False
        whole = Look(whole=True, anchor=True)
        super().__init__(app, _("Calibrate: {name}").format(name=profile), Worker(camera, models, whole, self._feed))
        self._bar = ttk.Progressbar(self.body, maximum=1.0, length=round(640 * self.scale))
        self._bar.grid(sticky="ew", pady=(round(10 * self.scale), 0))
        self._keep, self._again, _cancel = self.foot(
            (_("Keep"), self._take, True), (_("Start over"), self._start_over, False), (_("Cancel"), self.leave, False)
        )
        self._keep.state(["disabled"])

    def draw(self, view: View[Phase]) -> str:
        """Guidance, countdown and progress."""
        flow = self._flow
        phase = view.thought if view.thought is not None else flow.phase
        self.stage.count(str(math.ceil(flow.left_s)) if phase is Phase.COUNTDOWN else "")
        self.guide.configure(text=flow.advice, foreground=_COLOURS[phase])
        self._bar.configure(value=flow.share)
        self._keep.state(["!disabled" if phase is Phase.DONE else "disabled"])
        return _COLOURS[phase]

    def result(self) -> dict[str, Any]:
        """The calibration, if it was kept."""
        return {"calibration": self._flow.result} if self._kept and self._flow.result is not None else {}

    def _feed(self, seen: Observation) -> Phase:
        """In the worker's thread: the flow belongs to it, the window only reads it."""
        if self._wants_again:
            self._wants_again = False
            self._flow.again()
        self._flow.feed(seen)
        return self._flow.phase

    def _take(self) -> None:
        if self._flow.phase is Phase.DONE:
            self._kept = True
            self.leave()

    def _start_over(self) -> None:
        self._wants_again = True
