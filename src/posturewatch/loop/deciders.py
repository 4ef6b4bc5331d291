"""The core's objects together, each built with its own section of the settings and no other."""

from __future__ import annotations

from posturewatch.base.records import Today
from posturewatch.base.settings import Settings
from posturewatch.core.history.minute_book import MinuteBook
from posturewatch.core.posture.cadence import Cadence
from posturewatch.core.posture.calibration import Calibration
from posturewatch.core.posture.monitor import Monitor
from posturewatch.core.reminding.breaks.clock import BreakClock
from posturewatch.core.reminding.posture_nudges import PosturePolicy
from posturewatch.core.reminding.tie_asking import TiePolicy
from posturewatch.loop.ports import Consumer


class Deciders:
    """What decides: the monitor, the cadence, the two policies, and the book of minutes."""

    def __init__(self, settings: Settings, today: Today, *, asked_to_tie: bool = False) -> None:
        self._measuring = settings.posture, settings.load, settings.user, settings.watch
        self._calibration: Calibration | None = None
        self._same_sitting: bool | None = None
        seated_s = 60 * (today.valid_min + today.unreliable_min)
        self.monitor = self._new_monitor()
        self.cadence = Cadence(settings.watch)
        self.posture = PosturePolicy(settings.posture, nudges_today=today.nudges)
        self.tie = TiePolicy(settings.calibration, asked=asked_to_tie)
        self.breaks = BreakClock(settings.breaks, seated_today_s=seated_s)
        self.minutes = MinuteBook()

    def consumers(self) -> tuple[Consumer, ...]:
        """Who uses the settings here. What has lasted or was learnt stays, but for what the monitor has filtered."""
        return (
            Consumer(("watch",), lambda settings: self.cadence.change(settings.watch)),
            Consumer(("posture",), lambda settings: self.posture.change(settings.posture)),
            Consumer(("calibration",), lambda settings: self.tie.change(settings.calibration)),
            Consumer(("breaks",), lambda settings: self.breaks.change(settings.breaks)),
            Consumer(("posture", "load", "user", "watch"), self._change_monitor),
        )

    def _change_monitor(self, settings: Settings) -> None:
        self._measuring = settings.posture, settings.load, settings.user, settings.watch
        self.monitor.change(*self._measuring)

    def begin_anew(self) -> None:
        """After time that nobody saw: nothing is known about how long the chair has been empty or the head forward."""
        self.monitor.reset()
        self.cadence.begin_anew()

    def calibrate_with(self, calibration: Calibration | None, same_sitting: bool | None = None) -> None:
        """Measure against this calibration from now on (None: there is none). ``same_sitting``: False where it was made
        or tied on another day; None = the clothes tell."""
        self._calibration, self._same_sitting = calibration, same_sitting
        self.monitor = self._new_monitor()
        self.posture.recalibrated()

    @property
    def calibrated(self) -> bool:
        """Whether there is a calibration."""
        return self._calibration is not None

    def _new_monitor(self) -> Monitor:
        return Monitor(self._calibration, *self._measuring, same_sitting=self._same_sitting)
