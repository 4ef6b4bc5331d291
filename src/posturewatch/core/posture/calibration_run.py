"""A live calibration, step by step: somebody sits down, a countdown, ten seconds, done or given up with the reason.

The same for the window, the terminal and the loop; whoever has the camera feeds it. No clock, no screen.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final

from posturewatch.base.errors import CalibrationError
from posturewatch.base.i18n import _
from posturewatch.base.observation import NOTHING_YET, Look, Observation
from posturewatch.base.quantities import Units, length
from posturewatch.base.records import CalibrationRow, Reason
from posturewatch.base.settings import UserSettings
from posturewatch.base.wording import reason_words
from posturewatch.core.posture.calibration import Calibration
from posturewatch.core.posture.calibrator import UNSTEADY_IN, Calibrator

LOOK: Final = Look(face=True, trunk=True, whole=True, anchor=True)
"""What a calibration needs to see."""

EVERY_S: Final = 0.2
"""Seconds between looks while calibrating: the camera's own rate."""

COUNTDOWN_S: Final = 3.0
"""Seconds to sit up after somebody has been found."""

AT_MOST_S: Final = 90.0
"""A calibration that has not come together by then is given up, in seconds of measuring; sitting still it takes
ten. A camera may take 20 s to open, and somebody alone at a desk needs a while to find the right place."""


class Phase(StrEnum):
    """Where the calibration stands."""

    SEEKING = "seeking"  # nobody sits there yet
    COUNTDOWN = "countdown"
    MEASURING = "measuring"
    DONE = "done"
    FAILED = "failed"


class CalibrationRun:
    """One calibration. ``share`` is 0–1, ``advice`` one sentence for the user, ``result`` there once it is done.

    ``guided``: it waits until somebody sits there, without end, and counts down; otherwise it measures at once,
    because the user has been counted down elsewhere, or asked for it while sitting there. ``before``: the calibration
    that this one ties to a new sitting, ``turned`` by how much the pictures have been turned already (see
    ``core.posture.calibrator.Calibrator``).
    """

    def __init__(
        self,
        profile: str,
        user: UserSettings,
        now_s: float,
        before: Calibration | None = None,
        *,
        guided: bool = False,
        turned: int = 0,
    ) -> None:
        self.profile = profile
        self._turned = turned
        self.user = user
        self._before = before
        self._guided = guided
        self.begin(now_s)

    def begin(self, now_s: float) -> None:
        """Start, or start over."""
        self.phase = Phase.SEEKING if self._guided else Phase.MEASURING
        self.share = 0.0
        self.left_s = COUNTDOWN_S
        self.advice = (
            _("Sit where head and shoulders are in the picture.")
            if self._guided
            else _("Sit upright, look at the screen and stay so for ten seconds.")
            if self._before is None
            else _("Sit upright, look at the screen and stay so for five seconds.")
        )
        self.result: Calibration | None = None
        self._since_s = now_s
        self._calibrator = Calibrator(self.profile, self.user, self._before, self._turned)

    @property
    def ties(self) -> bool:
        """Whether it ties an earlier calibration to a new sitting."""
        return self._before is not None

    @property
    def over(self) -> bool:
        """Whether it has ended, one way or the other."""
        return self.phase in (Phase.DONE, Phase.FAILED)

    def feed(self, seen: Observation | Reason, now_s: float) -> None:
        """Take in a look, or why there is none. ``now_s`` counts up; which clock it is does not matter."""
        if isinstance(seen, Observation) and seen.lack in NOTHING_YET:
            seen = Reason.STARTING  # a camera that opens slowly speaks against nobody
        match self.phase:
            case Phase.SEEKING if isinstance(seen, Observation) and seen.face is not None and seen.trunk is not None:
                self.phase, self._since_s = Phase.COUNTDOWN, now_s
                self.advice = _("Sit upright and at ease, as tall as you can hold without effort.")
            case Phase.COUNTDOWN:
                self._count_down(seen, now_s)
            case Phase.MEASURING:
                self._measure(seen, now_s)

    def _count_down(self, seen: Observation | Reason, now_s: float) -> None:
        self.left_s = max(0.0, COUNTDOWN_S - (now_s - self._since_s))
        if isinstance(seen, Observation) and seen.face is None and seen.trunk is None:
            self.begin(now_s)
        elif self.left_s <= 0:
            self.phase, self._since_s = Phase.MEASURING, now_s
            self.advice = _("Look at the screen and stay so.")

    def _measure(self, seen: Observation | Reason, now_s: float) -> None:
        if isinstance(seen, Reason):
            self.advice = reason_words(seen)
        else:
            progress = self._calibrator.feed(seen)
            self.share = progress.share
            self.advice = progress.words or _("Look at the screen and stay so.")
        if self.share < 1.0 and now_s - self._since_s < AT_MOST_S:
            return
        try:
            self.result = self._calibrator.result()
        except CalibrationError as err:
            self.phase, self.advice = Phase.FAILED, err.in_words
            return
        self.phase, self.share = Phase.DONE, 1.0
        self.advice = done_words(self.result, self.profile, self.user.shown_units)


def done_words(made: Calibration, profile: str, units: Units) -> str:
    """What came of it, and whether once more would be worth it."""
    words = _("Calibrated as {name}; repeatable to {error}.").format(
        name=profile, error=length(made.repeatability_in, units, 2)
    )
    if made.repeatability_in <= UNSTEADY_IN:
        return words
    return words + " " + _("You moved more than most people do: once more, sitting still, makes every number better.")


def row_of(made: Calibration, profile: str, at: datetime) -> CalibrationRow:
    """The calibration as the journal keeps it, made ``at`` for this profile."""
    return CalibrationRow(at, profile, made.repeatability_in, made.frames, made.view, made.to_json())
