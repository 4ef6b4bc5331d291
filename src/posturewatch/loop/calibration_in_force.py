"""What is measured against: the profile in force, its calibration, and a calibration that runs inside the app."""

from __future__ import annotations

from datetime import datetime

from posturewatch.base.i18n import _
from posturewatch.base.observation import Observation
from posturewatch.base.records import Event, EventKind, Reason, ReminderKind
from posturewatch.base.settings import UserSettings
from posturewatch.core.posture.calibration import Calibration
from posturewatch.core.posture.calibration_run import CalibrationRun, done_words, row_of
from posturewatch.loop.announcer import Announcer
from posturewatch.loop.day_log import DayLog
from posturewatch.loop.deciders import Deciders
from posturewatch.loop.profile_in_force import ProfileInForce


class CalibrationInForce:
    """Keeps the deciders measuring against the right calibration, and writes down what changes."""

    def __init__(self, profiles: ProfileInForce, deciders: Deciders, day_log: DayLog, announcer: Announcer) -> None:
        self._profiles = profiles
        self._deciders = deciders
        self._day_log = day_log
        self._announcer = announcer
        self.run: CalibrationRun | None = None
        """The calibration that runs now, if any."""
        self.advice = ""
        """What to do for it to go on, or how the last one ended."""

    @property
    def profile(self) -> str:
        """The profile in force."""
        return self._profiles.name

    @property
    def body(self) -> str:
        """The calibration in force as JSON; empty where there is none."""
        return self._profiles.calibration.to_json() if self._profiles.calibration is not None else ""

    @property
    def made_at(self) -> datetime | None:
        """When the calibration in force was made, by the clock of then; None where there is none."""
        return self._profiles.calibrated_at

    @property
    def profiles(self) -> tuple[str, ...]:
        """All profiles that have been calibrated."""
        return self._profiles.names

    def take_up(self) -> None:
        """Look into the journal for the calibration in force of the profile, and measure against it from now on."""
        self._profiles.read()
        self._deciders.calibrate_with(self._profiles.calibration)
        self._deciders.minutes.change(self._profiles.name, self._profiles.calibration_id)

    def change(self, name: str, now: datetime, *, by_hand: bool = True) -> None:
        """Another profile, or a new calibration of the same."""
        if name != self._profiles.name:
            self._day_log.event(Event(now, EventKind.PROFILE, "by_hand" if by_hand else "by_scene"))
            self._profiles.change(name, by_hand=by_hand)
        self.take_up()

    def begin_anew(self) -> None:
        """After time that nobody saw."""
        self._profiles.begin_anew()

    def start(self, name: str, user: UserSettings, now_s: float) -> None:
        """Begin a calibration of this profile (of the one in force if empty)."""
        self.run = CalibrationRun(name or self._profiles.name, user, now_s)
        self.advice = self.run.advice

    def stop(self) -> None:
        """Give up a calibration that runs: the camera is needed elsewhere."""
        self.run = None

    def see(self, seen: Observation | Reason, now_s: float, now: datetime) -> None:
        """A look: for the calibration that runs, or to tell whose scene this is."""
        if self.run is not None:
            self._calibrate(self.run, seen, now_s, now)
        elif not isinstance(seen, Reason):
            other = self._profiles.by_scene(seen)
            if other is not None:
                self.change(other, now, by_hand=False)

    def _calibrate(self, run: CalibrationRun, seen: Observation | Reason, now_s: float, now: datetime) -> None:
        run.feed(seen, now_s)
        self.advice = run.advice
        if not run.over:
            return
        self.run = None
        if run.result is None:
            self._day_log.event(Event(now, EventKind.CALIBRATION, "failed"))
            self._tell()
        else:
            self.keep(run.result, run.profile, now)

    def keep(self, made: Calibration, profile: str, now: datetime) -> None:
        """Write a calibration down, and measure against it from now on."""
        self._day_log.calibration(row_of(made, profile, now))
        self._day_log.event(Event(now, EventKind.CALIBRATION, "done", value=made.repeatability_in))
        self.change(profile, now)
        self.advice = done_words(made, profile)
        self._tell()

    def _tell(self) -> None:
        self._announcer.tell(ReminderKind.TROUBLE, "calibration", _("Calibration"), self.advice)
