"""The core's objects together, each built with its own section of the settings and no other."""

from __future__ import annotations

from datetime import datetime

from posturewatch.core.breaks import BreakClock
from posturewatch.core.cadence import Cadence
from posturewatch.core.calibration import Calibration
from posturewatch.core.minutes import MinuteBook
from posturewatch.core.monitor import Monitor
from posturewatch.core.reminders import PosturePolicy
from posturewatch.records import Today
from posturewatch.settings import Settings


class Mind:
    """What decides: the monitor, the cadence, the two policies, and the book of minutes."""

    def __init__(self, settings: Settings, today: Today, now: datetime) -> None:
        self._settings = settings
        self._calibration: Calibration | None = None
        seated_s = 60 * (today.valid_min + today.unreliable_min)
        self.monitor = self._new_monitor()
        self.cadence = Cadence(settings.watch)
        self.posture = PosturePolicy(settings.posture, nudges_today=today.nudges, day=now.date())
        self.breaks = BreakClock(settings.breaks, seated_today_s=seated_s, day=now.date())
        self.minutes = MinuteBook()

    def change(self, settings: Settings) -> None:
        """Take up new settings; what has lasted stays. The monitor begins anew if its own sections changed."""
        before, self._settings = self._settings, settings
        self.cadence.change(settings.watch)
        self.posture.change(settings.posture)
        self.breaks.change(settings.breaks)
        if any(getattr(before, part) != getattr(settings, part) for part in ("posture", "load", "user", "watch")):
            self.monitor = self._new_monitor()

    def begin_anew(self) -> None:
        """After time that nobody saw: nothing is known about how long the chair has been empty or the head forward."""
        self.monitor.reset()
        self.cadence = Cadence(self._settings.watch)

    def calibrate_with(self, calibration: Calibration | None) -> None:
        """Measure against this calibration from now on (None: there is none)."""
        self._calibration = calibration
        self.monitor = self._new_monitor()
        self.posture.recalibrated()

    @property
    def calibrated(self) -> bool:
        """Whether there is a calibration."""
        return self._calibration is not None

    def _new_monitor(self) -> Monitor:
        own = self._settings
        return Monitor(self._calibration, own.posture, own.load, own.user, own.watch)
