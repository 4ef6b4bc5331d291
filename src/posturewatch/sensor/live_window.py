"""The live view: what the camera sees, the lines of head and trunk, the estimate with its error and the limit."""

from __future__ import annotations

from tkinter import ttk
from typing import Final

from posturewatch.child import App
from posturewatch.core.calibration import Calibration
from posturewatch.core.monitor import Monitor
from posturewatch.i18n import _, decimals
from posturewatch.records import INCH_CM, Look, State, Step
from posturewatch.sensor import window_style as look
from posturewatch.sensor.choices import CameraChoice, ModelChoice
from posturewatch.sensor.gauge import LAST_IN, Gauge, Reading
from posturewatch.sensor.window import PictureWindow
from posturewatch.sensor.window_worker import View, Worker
from posturewatch.settings import Settings
from posturewatch.wording import reason_words, state_words

_COLOURS: Final = {
    State.UPRIGHT: look.GOOD,
    State.FORWARD: look.FORWARD,
    State.UNRELIABLE: look.UNSURE,
    State.AWAY: look.MUTED,
    State.UNCALIBRATED: look.UNSURE,
}


class LiveWindow(PictureWindow[Step]):
    """Shows what the monitor makes of each look."""

    def __init__(
        self, app: App, camera: CameraChoice, models: ModelChoice, settings: Settings, calibration: Calibration | None
    ) -> None:
        monitor = Monitor(calibration, settings.posture, settings.load, settings.user, settings.watch)
        super().__init__(app, _("Live view"), Worker(camera, models, Look(whole=True), monitor.feed))
        self._threshold_in = settings.posture.threshold
        self._units = settings.user.units
        values = ttk.Frame(self.body)
        values.grid(sticky="ew", pady=(round(6 * self.scale), 0))
        values.columnconfigure(1, weight=1)
        self._value = ttk.Label(values, style="Value.TLabel", text="–")
        self._value.grid(row=0, column=0, sticky="w")
        self._aside = ttk.Label(values, style="Muted.TLabel", justify="right")
        self._aside.grid(row=0, column=1, sticky="e")
        self._gauge = Gauge(self.body, self.scale, self._units)
        self._gauge.canvas.grid()
        self._gauge.show(Reading(None, None, self._threshold_in, look.MUTED))
        self.foot((_("Close"), self.leave, True))

    def draw(self, view: View[Step]) -> str:
        """State, reason, value and gauge."""
        step = view.thought
        if step is None:
            return look.MUTED
        colour = _COLOURS[step.state]
        words = state_words(step.state)
        if step.reason is not None:
            words = f"{words}: {reason_words(step.reason)}"
        self.guide.configure(text=words, foreground=colour)
        self._value.configure(text=self._length(step), foreground=colour)
        self._aside.configure(text=self._beside(step))
        self._gauge.show(Reading(step.fht_in, step.fht_se_in, self._threshold_in, colour))
        return colour

    def _length(self, step: Step) -> str:
        """``1.2 ± 0.3 in``; "3+ in" beyond the largest value shown."""
        if step.fht_in is None or step.fht_se_in is None:
            return "–"
        factor = 1.0 if self._units == "in" else INCH_CM
        if step.fht_in >= LAST_IN:
            return _("{distance}+ {unit}").format(distance=decimals(f"{LAST_IN * factor:.2g}"), unit=self._units)
        value = round(step.fht_in * factor, 1) + 0.0  # a rounded -0.0 would say "behind the baseline"
        error = max(0.1, step.fht_se_in * factor)
        return _("{distance} ± {error} {unit}").format(
            distance=decimals(f"{value:.1f}"), error=decimals(f"{error:.1f}"), unit=self._units
        )

    def _beside(self, step: Step) -> str:
        """The load index, to the nearest five pounds, and the distance from the camera."""
        lines = []
        if step.load is not None:
            lines.append(_("rule-of-thumb load index {load} lb").format(load=round(step.load.load_lb / 5) * 5))
        if step.raw is not None and step.raw.distance_cm is not None:
            lines.append(_("{distance} cm from the camera").format(distance=round(step.raw.distance_cm)))
        return "\n".join(lines)
