"""When to ask for five seconds of sitting upright (a *tie*). Pure: steps in, one reminder out; time is an argument.

Other clothes, another light or another place move the number's zero by up to an inch; five seconds of known upright
posture put it right. Asked is when somebody has first been seen for a minute on a day that nobody has tied, when
clothes have changed since, when the scene has not fitted the calibration for minutes, or when hours behind the
baseline say that it was taken slouched. All have the same remedy, so there is one question: not again that day until
somebody has calibrated, but for the one time that *Later* asks for. It waits for the end of a meeting, a mute or a
break, and for a minute after that.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from posturewatch.base.i18n import _
from posturewatch.base.records import Action, Outcome, Reason, Reminder, ReminderKind, Response, State, Step
from posturewatch.base.settings import CalibrationSettings
from posturewatch.core.reminding.passage import Passage
from posturewatch.core.reminding.quiet import AFTER_MUTE_S

KEY: Final = "recalibrate"

SEEN_S: Final = 60.0
"""Seconds with a number before an untied sitting is spoken of: somebody has settled, and is no passer-by."""

MISFIT_S: Final = 180.0
"""The scene must disagree with the calibration for three minutes; a visitor who sits down for a moment is gone by
then."""

LATER_S: Final = 1800.0
"""What *Later* means, unless a break is over before."""

TIMEOUT_S: Final = 45.0
"""How long the question stands on the screen."""


class Cause(StrEnum):
    """Why five seconds are asked for."""

    DAY = "day"  # first seated on a day that is not tied
    CLOTHES = "clothes"  # changed since the tie
    PLACE = "place"  # chair, camera or light
    SLOUCHED = "slouched"  # the baseline itself


class TiePolicy:
    """Decides when to ask. ``asked``: whether that was done today already, so that a restart does not ask again."""

    def __init__(self, settings: CalibrationSettings, *, asked: bool = False) -> None:
        self._daily = settings.daily
        self._asked = asked
        self._cause: Cause | None = None
        self._seen_s = self._misfit_s = 0.0
        self._was_tied = self._later_used = self._day_turned = False
        self._later_s: float | None = None
        self._quiet_until_s = 0.0
        self._muted_before = False

    @property
    def wanted(self) -> Cause | None:
        """Why a tie would help now, for tray and status; ``None`` also where the user wants to hear nothing of it."""
        return self._cause if self._daily != "off" else None

    def change(self, settings: CalibrationSettings) -> None:
        """Take up new settings; what was asked stays asked."""
        self._daily = settings.daily

    def calibrated(self) -> None:
        """Somebody has sat upright, or another calibration is in force: what was said of the old one is over."""
        self._asked = self._later_used = self._was_tied = False
        self._later_s = self._cause = None
        self._seen_s = self._misfit_s = 0.0

    def break_taken(self, t_s: float) -> None:
        """A break is over: *Later* is now."""
        if self._later_s is not None:
            self._later_s = min(self._later_s, t_s)

    def answer(self, response: Response, t_s: float) -> None:
        """Take in what the user answered; other kinds of reminders are left aside."""
        if response.kind is not ReminderKind.RECALIBRATE or response.outcome is Outcome.SHOWN:
            return
        if response.action is Action.NOT_TODAY:
            self._later_s = None  # it was asked, and nothing is left to wait for
        elif response.action is Action.LATER and not self._later_used:
            self._later_used, self._later_s = True, t_s + LATER_S

    def feed(
        self, step: Step | None, passage: Passage, muted: str | None, *, busy: bool = False
    ) -> tuple[Reminder, ...]:
        """The question, if it is to be put now. ``step`` is ``None`` while nobody watches; ``busy``: a break is taken
        or a calibration runs."""
        self._day_turned = self._day_turned or passage.new_day
        if self._muted_before and muted is None:
            self._quiet_until_s = passage.t_s + AFTER_MUTE_S
        self._muted_before = muted is not None
        if step is None or step.state is State.AWAY or passage.gap_s:
            self._nobody()
        if step is None or step.state in (State.AWAY, State.UNCALIBRATED):
            return ()
        self._cause = self._why(step, passage.watched_s)
        held_back = muted is not None or busy or passage.t_s < self._quiet_until_s
        if self._cause is None or self._daily != "ask" or held_back:
            return ()
        if self._asked and (self._later_s is None or passage.t_s < self._later_s):
            return ()
        self._asked, self._later_s = True, None
        return (self._question(self._cause),)

    # ------------------------------------------------------------------ inside

    def _nobody(self) -> None:
        """Nobody sits there. The day begins with whoever sits down next, not at midnight in the middle of a sitting."""
        self._seen_s = self._misfit_s = 0.0
        if self._day_turned:
            self.calibrated()
            self._day_turned = False

    def _why(self, step: Step, passed_s: float) -> Cause | None:
        if step.present and step.reason is not Reason.SECOND_PERSON:  # whose scene would it be?
            misfit = step.recalibrate or step.reason is Reason.NOT_AS_CALIBRATED
            self._misfit_s = self._misfit_s + passed_s if misfit else 0.0
            if step.fht_in is not None and step.tied:
                self._was_tied, self._seen_s = True, 0.0
            elif step.fht_in is not None:
                self._seen_s += passed_s
        if step.slouched:
            return Cause.SLOUCHED
        if self._misfit_s >= MISFIT_S:
            return Cause.PLACE
        if step.tied or self._seen_s < SEEN_S:
            return None
        return Cause.CLOTHES if self._was_tied else Cause.DAY

    def _question(self, cause: Cause) -> Reminder:
        later = () if self._later_used else (Action.LATER,)
        return Reminder(
            kind=ReminderKind.RECALIBRATE,
            key=KEY,
            title=_("Sit upright for five seconds?"),
            body=cause_words(cause),
            actions=(Action.TIE, *later, Action.NOT_TODAY),
            timeout_s=TIMEOUT_S,
        )


def cause_words(cause: Cause) -> str:
    """Why five seconds are wanted, in two sentences."""
    return {
        Cause.DAY: _(
            "Today's clothes and seat are not known yet, so the distance is uncertain. Five seconds of sitting upright "
            "make it hold for the day."
        ),
        Cause.CLOTHES: _(
            "Your clothes look different, so the distance is uncertain now. Five seconds of sitting upright set it "
            "right."
        ),
        Cause.PLACE: _("You sit differently from when you calibrated. Five seconds of sitting upright set it right."),
        Cause.SLOUCHED: _(
            "For hours you have sat more upright than when you calibrated, so the baseline was not your most upright "
            "posture. Five seconds of that make a better one."
        ),
    }[cause]
