"""A calibration inside the running app: looks are fed to the calibrator until it is done or time is up."""

from __future__ import annotations

from typing import Final

from posturewatch.core.calibration import Calibration, Calibrator
from posturewatch.errors import CalibrationError
from posturewatch.i18n import _
from posturewatch.records import Look, Observation, Reason
from posturewatch.settings import UserSettings
from posturewatch.wording import reason_words

LOOK: Final = Look(face=True, trunk=True, whole=True, anchor=True)

EVERY_S: Final = 0.2
"""Seconds between looks while calibrating: the camera's own rate."""

AT_MOST_S: Final = 90.0
"""A calibration that has not come together by then is given up, in seconds; sitting still it takes ten."""


class CalibrationRun:
    """One attempt. ``share`` and ``advice`` are for the snapshot; ``over`` says that it has ended."""

    def __init__(self, profile: str, user: UserSettings, now_s: float) -> None:
        self.profile = profile
        self.share = 0.0
        self.advice = _("Sit upright, look at the screen and stay so for ten seconds.")
        self.over = False
        self._calibrator = Calibrator(profile, user)
        self._until_s = now_s + AT_MOST_S

    def feed(self, seen: Observation | Reason, now_s: float) -> Calibration | None:
        """Take in a look; the calibration when it is complete. When it fails, ``advice`` says why."""
        if isinstance(seen, Reason):
            self.advice = reason_words(seen)
        else:
            progress = self._calibrator.feed(seen)
            self.share = progress.share
            if progress.words:
                self.advice = progress.words
        if self.share < 1.0 and now_s < self._until_s:
            return None
        self.over = True
        try:
            done = self._calibrator.result()
        except CalibrationError as err:
            self.advice = err.message
            return None
        self.advice = _("Calibrated as {name}.").format(name=self.profile)
        return done
