"""A calibration by window, step by step: somebody sits down, a countdown, ten seconds, done. No clock, no Tk."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from posturewatch.core.calibration import Calibrator
from posturewatch.errors import CalibrationError
from posturewatch.i18n import _
from posturewatch.records import Observation
from posturewatch.settings import UserSettings

COUNTDOWN_S: Final = 3.0
"""Time to sit up after the window has found somebody."""

AT_MOST_S: Final = 60.0
"""A calibration that has not come together by then is given up, with the reason; sitting still it takes ten."""


class Phase(StrEnum):
    """Where the calibration stands."""

    SEEKING = "seeking"  # nobody sits there yet
    COUNTDOWN = "countdown"
    MEASURING = "measuring"
    DONE = "done"
    FAILED = "failed"


class CalibrationFlow:
    """One calibration, begun anew by :meth:`again`. ``share`` is 0–1, ``advice`` one sentence for the user."""

    def __init__(self, profile: str, user: UserSettings) -> None:
        self._profile = profile
        self._user = user
        self.again()

    def again(self) -> None:
        """Start over."""
        self.phase = Phase.SEEKING
        self.share = 0.0
        self.left_s = COUNTDOWN_S
        self.advice = _("Sit where head and shoulders are in the picture.")
        self.result: str | None = None
        self._since_s = 0.0
        self._calibrator = Calibrator(self._profile, self._user)

    def feed(self, seen: Observation) -> None:
        """Take in a look; its capture time is the clock."""
        match self.phase:
            case Phase.SEEKING:
                if seen.face is not None and seen.trunk is not None:
                    self.phase, self._since_s = Phase.COUNTDOWN, seen.t_s
                    self.advice = _("Sit upright and at ease, as tall as you can hold without effort.")
            case Phase.COUNTDOWN:
                self.left_s = max(0.0, COUNTDOWN_S - (seen.t_s - self._since_s))
                if seen.face is None and seen.trunk is None:
                    self.again()
                elif self.left_s <= 0:
                    self.phase, self._since_s = Phase.MEASURING, seen.t_s
                    self.advice = _("Look at the screen and stay so.")
            case Phase.MEASURING:
                self._measure(seen)
            case Phase.DONE | Phase.FAILED:
                return

    def _measure(self, seen: Observation) -> None:
        progress = self._calibrator.feed(seen)
        self.share = progress.share
        self.advice = progress.words or _("Look at the screen and stay so.")
        if progress.share < 1.0 and seen.t_s - self._since_s < AT_MOST_S:
            return
        try:
            calibration = self._calibrator.result()
        except CalibrationError as err:
            self.phase, self.advice = Phase.FAILED, err.message
            return
        self.phase, self.share, self.result = Phase.DONE, 1.0, calibration.to_json()
        self.advice = _("Done. Repeatable to {error:.2f} in.").format(error=calibration.repeatability_in)
