"""The live view: what the camera sees, the lines of head and trunk, the estimate with its error and the limit."""

from __future__ import annotations

from tkinter import ttk
from typing import Final

from posturewatch.base.child import App
from posturewatch.base.i18n import _
from posturewatch.base.observation import Look
from posturewatch.base.quantities import distance, load_with_rule, room_length
from posturewatch.base.records import State, Step
from posturewatch.base.settings import Settings
from posturewatch.base.wording import reason_words, state_words
from posturewatch.core.posture.calibration import Calibration
from posturewatch.core.posture.monitor import Monitor
from posturewatch.sensor.choices import CameraOptions, ModelOptions
from posturewatch.sensor.windows.gauge import Gauge, GaugeReading
from posturewatch.sensor.windows.picture_window import PictureWindow, Role
from posturewatch.sensor.windows.worker import WindowView, Worker

_ROLES: Final[dict[State, Role]] = {
    State.UPRIGHT: "accent",
    State.FORWARD: "forward",
    State.UNRELIABLE: "unsure",
    State.AWAY: "muted",
    State.UNCALIBRATED: "unsure",
}


class LiveWindow(PictureWindow[Step]):
    """Shows what the monitor makes of each look."""

    def __init__(
        self,
        app: App,
        camera: CameraOptions,
        models: ModelOptions,
        settings: Settings,
        calibration: Calibration | None,
        *,
        of_today: bool = True,
    ) -> None:
        own = settings.posture, settings.load, settings.user, settings.watch
        monitor = Monitor(calibration, *own, same_sitting=None if of_today else False)
        super().__init__(app, _("Live view"), Worker(camera, models, Look(whole=True), monitor.feed))
        self._threshold_in = settings.posture.threshold
        self._units = settings.user.shown_units
        values = ttk.Frame(self.body)
        values.grid(sticky="ew", pady=(self.px(6), 0))
        values.columnconfigure(1, weight=1)
        self._value = ttk.Label(values, style="Big.TLabel", text=" ")
        self._value.grid(row=0, column=0, sticky="w")
        self._aside = self.label(values, "", "Muted.TLabel", 325)
        self._aside.configure(justify="right")
        self._aside.grid(row=0, column=1, sticky="e")
        self._gauge = Gauge(self, self._units)
        self._gauge.canvas.grid()
        self._gauge.show(GaugeReading(None, None, self._threshold_in, self.colours.muted))
        self.foot((_("Close"), self.leave, True))

    def draw(self, view: WindowView[Step]) -> Role:
        """State, reason, value and gauge."""
        step = view.thought
        if step is None:
            return "muted"
        role = _ROLES[step.state]
        colour = self.colour(role)
        words = state_words(step.state)
        if step.reason is not None:
            words = f"{words}: {reason_words(step.reason)}"
        self.guide.configure(text=words, foreground=colour)
        self._value.configure(text=self._length(step), foreground=colour)
        self._aside.configure(text=self._beside(step))
        self._gauge.show(GaugeReading(step.fht_in, step.fht_se_in, self._threshold_in, colour))
        return role

    def _length(self, step: Step) -> str:
        """``1.2 ± 0.3 in``; "3+ in" beyond the largest value shown."""
        if step.fht_in is None or step.fht_se_in is None:
            return "–"
        return distance(step.fht_in, step.fht_se_in, self._units)

    def _beside(self, step: Step) -> str:
        """The load index with its error and its rule, and the distance from the camera."""
        lines = [] if step.tied or step.fht_in is None else [_("not tied today")]
        if step.load is not None:
            lines.append(load_with_rule(step.load, step.fht_in, self._units))
        if step.raw is not None and step.raw.distance_cm is not None:
            away = room_length(step.raw.distance_cm, step.raw.distance_se_cm, self._units)
            lines.append(_("{distance} from the camera").format(distance=away))
        return "\n".join(lines)
