"""What is measured against: the profile in force, its calibration, and a calibration that runs inside the app."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from posturewatch.base.i18n import _
from posturewatch.base.observation import Observation
from posturewatch.base.records import Event, EventKind, Reason, ReminderKind
from posturewatch.base.settings import Settings, UserSettings
from posturewatch.core.posture.calibration import Calibration
from posturewatch.core.posture.calibration_run import AT_MOST_S, CalibrationRun, Phase, done_words, row_of
from posturewatch.core.posture.shared_unknowns import SharedUnknowns
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
        self._measured: tuple[int, bool | None] | None = None  # number of the calibration, and whether of this sitting
        self._learnt: dict[int, SharedUnknowns] = {}
        self._give_up_s = 0.0
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
        """The calibration in force as JSON, with what has been learnt since; empty where there is none."""
        known = self._known()
        return known.to_json() if known is not None else ""

    @property
    def of_today(self) -> bool:
        """Whether the calibration in force was made or tied on the day of this sitting."""
        return self._measured is None or self._measured[1] is not False

    @property
    def made_at(self) -> datetime | None:
        """When the calibration in force was made, by the clock of then; None where there is none."""
        return self._profiles.calibrated_at

    @property
    def profiles(self) -> tuple[str, ...]:
        """All profiles that have been calibrated."""
        return self._profiles.names

    def take_up(self, now: datetime) -> None:
        """Look into the journal for the calibration in force of the profile, and measure against it from now on."""
        before = self._measured
        self._profiles.read()
        self._measure(now, anew=self._profiles.calibration_id is None)
        if before is not None and (self._measured is None or self._measured[0] != before[0]):
            self._deciders.tie.calibrated()  # not at the start: what was asked earlier today stays asked

    def sit_down(self, now: datetime) -> None:
        """Nobody sits there: whoever sits down next may do so on another day than the calibration was made or tied on.
        In the middle of a sitting midnight changes nothing."""
        self._measure(now)

    def _measure(self, now: datetime, *, anew: bool = False, learnt: bool = True) -> None:
        """Measure against the calibration in force; one that is in force already keeps all that was learnt. ``learnt``:
        whether what the present one has learnt holds when it is taken up again."""
        made, number = self._profiles.calibration, self._profiles.calibration_id
        of_today = self.made_at is not None and self.made_at.date() == now.date()
        wanted = None if number is None else (number, None if of_today else False)
        self._deciders.minutes.change(self._profiles.name, number)
        if wanted == self._measured and not anew:
            return
        shared = self._deciders.monitor.shared
        if learnt and self._measured is not None and shared is not None:
            self._learnt[self._measured[0]] = shared
        self._measured = wanted
        known = made if made is None or number not in self._learnt else replace(made, shared=self._learnt[number])
        self._deciders.calibrate_with(known, None if wanted is None else wanted[1])

    def _known(self) -> Calibration | None:
        made, learnt = self._profiles.calibration, self._deciders.monitor.shared
        return made if made is None or learnt is None else replace(made, shared=learnt)

    def change(self, name: str, now: datetime, *, by_hand: bool = True) -> None:
        """Another profile, or a new calibration of the same."""
        if name != self._profiles.name:
            self._day_log.event(Event(now, EventKind.PROFILE, "by_hand" if by_hand else "by_scene"))
            self._profiles.change(name, by_hand=by_hand)
        self.take_up(now)

    def begin_anew(self, now: datetime) -> None:
        """After time that nobody saw."""
        self._profiles.begin_anew()
        self.sit_down(now)

    def start(self, name: str, settings: Settings, now_s: float) -> None:
        """Begin a calibration of this profile (of the one in force if empty)."""
        self.run = CalibrationRun(name or self._profiles.name, settings.user, now_s, turned=settings.camera.turn)
        self.advice = self.run.advice

    def start_tie(self, settings: Settings, now_s: float) -> bool:
        """Begin the five seconds that tie the calibration in force to this sitting; False where there is none."""
        before = self._known()
        if before is None:
            return False
        self.run = CalibrationRun(
            self._profiles.name, settings.user, now_s, before, guided=True, turned=settings.camera.turn
        )
        self._give_up_s = now_s + AT_MOST_S
        self.advice = _("Sit upright now, look at the screen, and stay so until I tell you.")
        self._tell()
        return True

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
            elif self._profiles.dress(self._deciders.monitor.clothes_tone):
                self._measure(now, learnt=False)  # the last looks were at other clothes than that one speaks of

    def _calibrate(self, run: CalibrationRun, seen: Observation | Reason, now_s: float, now: datetime) -> None:
        run.feed(seen, now_s)
        self.advice = run.advice
        if run.phase in (Phase.SEEKING, Phase.COUNTDOWN) and now_s >= self._give_up_s:
            run.phase, self.advice = Phase.FAILED, _("Nobody sat down; nothing was changed.")
        if not run.over:
            return
        self.run = None
        if run.result is None:
            self._day_log.event(Event(now, EventKind.CALIBRATION, "failed"))
            self._tell()
        else:
            self.keep(run.result, run.profile, run.user, now, detail="tie" if run.ties else "")

    def keep(self, made: Calibration, profile: str, user: UserSettings, now: datetime, *, detail: str = "") -> None:
        """Write a calibration down, measure against it from now on, and say how well it repeats."""
        self._day_log.calibration(row_of(made, profile, now))
        self._day_log.event(Event(now, EventKind.CALIBRATION, "done", detail, value=made.repeatability_in))
        self.change(profile, now)
        self.advice = done_words(made, profile, user.shown_units)
        self._tell()

    def _tell(self) -> None:
        self._announcer.tell(ReminderKind.TROUBLE, "calibration", _("Calibration"), self.advice)
