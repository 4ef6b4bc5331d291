"""What a summary of days holds: numbers for the report, the terminal and the exports.

All minutes are minutes of time, all shares are 0–1, ``None`` means "not known" and never 0. A day is a local
calendar day: the date that the person's own clock showed, also on the day of a time change or of a flight.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from posturewatch.base.load import by_rule
from posturewatch.base.records import Load
from posturewatch.core.history.adherence import ExerciseCount, Exercises, sum_exercises
from posturewatch.core.history.outcomes import Breaks, Nudges
from posturewatch.core.history.summary.limits import ANSWERED_DAYS

MINUTE_SHARES: Final = (0.3, 0.4, 0.3)
"""Weights by which a minute's P10, median and P90 stand for what was seen in it: Swanson's rule (Hurst, Brown & Swanson
2000, AAPG Bulletin 84:1883). With the median alone, a restless minute would count as a still one."""

WORKSTATION: Final = (
    "distance_cm",
    "distance_se_cm",
    "head_yaw_deg",
    "head_roll_deg",
    "camera_above_cm",
    "brightness",
)
"""Fields of MinuteRow that tell of the place where somebody sits, not of the posture."""


class Shortfall(StrEnum):
    """Why a day is not averaged in."""

    NOTHING = "nothing"  # no valid minute at all
    MINUTES = "minutes"  # fewer than MIN_VALID_MIN
    COVERAGE = "coverage"  # less than MIN_COVERAGE


class Headache(StrEnum):
    """What the diary says about a day; a day without an entry is ``None``, which is not "no headache"."""

    YES = "yes"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Quality:
    """How much of the time carries a number.

    ``present_min`` = valid + unreliable. ``camera_off_min`` = paused + off. ``coverage`` = valid ÷ (valid +
    unreliable + what was paused or off between the first and the last sight of the user that day): the share
    of the time in which the user was, or may have been, at the desk and was measured. A chair seen empty, and a
    camera that is off before work and after it, do not count against it.
    """

    valid_min: float = 0.0
    away_min: float = 0.0
    unreliable_min: float = 0.0
    paused_min: float = 0.0
    off_min: float = 0.0
    coverage: float | None = None

    @property
    def present_min(self) -> float:
        """Minutes in which somebody sat there, or may have (valid and unreliable)."""
        return self.valid_min + self.unreliable_min

    @property
    def camera_off_min(self) -> float:
        """Minutes in which nobody could be seen because the camera was off (paused, locked, in a call …)."""
        return self.paused_min + self.off_min


@dataclass(frozen=True, slots=True)
class Posture:
    """Where the head was, over valid time. The median is that of the minutes' medians, weighted by
    seconds; P10 and P90 also hold the spread within each minute (``numbers.spread``).

    ``band_share`` is ``None`` where there is no valid time. ``se_in`` is the mean standard error of the
    minutes; it is not divided by their number, since what calibration got wrong is common to all of them.
    """

    band_min: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    band_share: tuple[float, float, float, float] | None = None
    p10_in: float | None = None
    p50_in: float | None = None
    p90_in: float | None = None
    se_in: float | None = None

    @property
    def load(self) -> Load | None:
        """The rule-of-thumb load index at the median: made anew from the inches by the one rule, head of 11 lb."""
        return None if self.p50_in is None else by_rule(self.p50_in, self.se_in or 0.0)


@dataclass(frozen=True, slots=True)
class Bouts:
    """Runs of minutes with a median from 1 in on, as long as what was measured in them. ``None`` where there is no
    bout."""

    count: int = 0
    total_min: float = 0.0
    longest_min: float | None = None
    mean_min: float | None = None


@dataclass(frozen=True, slots=True)
class DiaryDay:
    """One day of the headache diary. ``backfilled``: at least one entry was written on a later day."""

    day: date
    headache: Headache
    worst: int | None = None
    duration_min: int | None = None
    backfilled: bool = False


@dataclass(frozen=True, slots=True)
class DaySummary:
    """One local day. ``shortfall`` is empty for a usable day; all numbers are given either way.

    ``tied``: whether the day's zero is known, because it was calibrated or tied on it; ``None``: the journal does not
    say. ``tied_min``: minutes of valid time for which that holds. On a tied day ``posture`` and ``bouts`` are those of
    the tied minutes; on an untied one those of the whole day, which tell of its own course only.
    """

    day: date
    quality: Quality = field(default_factory=Quality)
    shortfall: tuple[Shortfall, ...] = (Shortfall.NOTHING,)
    posture: Posture = field(default_factory=Posture)
    bouts: Bouts = field(default_factory=Bouts)
    breaks: Breaks = field(default_factory=Breaks)
    nudges: Nudges = field(default_factory=Nudges)
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    calibration_ids: tuple[int, ...] = ()
    profiles: tuple[str, ...] = ()
    diary: DiaryDay | None = None
    tied: bool | None = None
    tied_min: float | None = None
    exercises: tuple[ExerciseCount, ...] = ()

    @property
    def exercise_sum(self) -> Exercises:
        """All exercises of the day together."""
        return sum_exercises(self.exercises)

    @property
    def usable(self) -> bool:
        """Whether there is enough of the day to speak of it."""
        return not self.shortfall

    @property
    def comparable(self) -> bool:
        """Whether the day may be averaged with others and compared with them: usable, and not known to be untied."""
        return self.usable and self.tied is not False


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One hour of one weekday over all usable days. ``weekday`` 0 = Monday."""

    weekday: int
    hour: int
    valid_min: float
    median_in: float


@dataclass(frozen=True, slots=True)
class WeekSummary:
    """One week from Monday, its usable days only.

    ``low_in`` and ``high_in`` are the smallest and largest daily median. ``answered_days`` have a diary entry.
    ``tied_days``: usable days that are known to be tied; ``None`` where no usable day says.
    Values are those of the ``comparable_days``: usable days that are not known to be untied.
    """

    monday: date
    days: int
    usable_days: int
    comparable_days: int = 0
    valid_min: float = 0.0
    median_in: float | None = None
    p10_in: float | None = None
    p90_in: float | None = None
    low_in: float | None = None
    high_in: float | None = None
    se_in: float | None = None
    tied_days: int | None = None
    headache_days: int = 0
    answered_days: int = 0


@dataclass(frozen=True, slots=True)
class CalibrationNote:
    """A calibration that minutes of the period rest on, or that was made in it."""

    at: datetime
    profile: str
    repeatability_in: float
    frames: int
    view: str
    usable_days: int = 0
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Interval:
    """A difference in inches with the interval that it is told with."""

    value_in: float
    low_in: float
    high_in: float

    @property
    def spans_zero(self) -> bool:
        """Whether the interval holds "no difference"."""
        return self.low_in <= 0.0 <= self.high_in


@dataclass(frozen=True, slots=True)
class Change:
    """Whether posture changed over the period, or from before ``since`` to since then; + = further forward.

    ``weeks`` and ``days``: the weeks with enough usable tied days, and those days. ``missing_days``: how many more it
    takes at least; ``found`` is ``None`` until there are none missing.
    """

    since: date | None
    weeks: int
    days: int
    missing_days: int
    found: Interval | None = None


@dataclass(frozen=True, slots=True)
class StandOut:
    """The hour of a weekday that lies furthest forward beyond chance: how far from the mean of its days' hours."""

    weekday: int
    hour: int
    above_in: float
    days: int
    valid_min: float


@dataclass(frozen=True, slots=True)
class DayCourse:
    """The course of the day: median from noon on less the median before, over days with enough of both."""

    days: int
    afternoon: Interval


@dataclass(frozen=True, slots=True)
class SeenAfter:
    """The quarter of an hour after something less that before it; ``times`` it was seen on both sides, on ``days``.
    ``change`` is ``None`` with too few days."""

    times: int = 0
    days: int = 0
    change: Interval | None = None


@dataclass(frozen=True, slots=True)
class PlaceValue:
    """Median, P10 and P90 over the valid time; ``se``: standard error of the median, which is common to all minutes;
    ``None`` where none is known."""

    median: float
    p10: float
    p90: float
    se: float | None = None


@dataclass(frozen=True, slots=True)
class Workstation:
    """One profile's place. Distance of the eyes from the camera and the camera's height above the eyes in cm; turn of
    the head (+ to the person's left) and tilt (+ to the right) in degrees against the calibrated posture; brightness
    0–255."""

    profile: str
    valid_min: float
    distance_cm: PlaceValue | None = None
    head_yaw_deg: PlaceValue | None = None
    head_roll_deg: PlaceValue | None = None
    camera_above_cm: PlaceValue | None = None
    brightness: PlaceValue | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the period, both days in: days with headache among the days with an entry, and by name the last total
    of each score in it."""

    first: date
    last: date
    headache_days: int
    answered_days: int
    scores: tuple[ScorePoint, ...] = ()

    @property
    def headache_days_a_week(self) -> float | None:
        """Of the days with an entry; ``None`` where these are too few to speak of a week."""
        return 7.0 * self.headache_days / self.answered_days if self.answered_days >= ANSWERED_DAYS else None


@dataclass(frozen=True, slots=True)
class Association:
    """Daily median FHT on headache days against headache-free days. Exploratory, always.

    ``same_day`` and ``day_before``: by how much posture lay further forward (+) on a headache day, and on the day
    before one, with what both have of a trend taken off. The two intervals hold together at 95 %.
    """

    days: int
    headache_days: int
    clear_days: int
    same_day: Interval
    day_before: Interval | None


@dataclass(frozen=True, slots=True)
class ScorePoint:
    """An outcome total that the user entered (NDI or HIT-6)."""

    at: datetime
    name: str
    score: float


@dataclass(frozen=True, slots=True)
class DiarySummary:
    """The diary over the period. ``association`` is ``None`` until there are days enough; ``usable_answered``
    and the two counts beside it say how far that is. ``then`` and ``now``: before a visit and since, or the two halves
    of the period; ``None`` for a single day."""

    days: tuple[DiaryDay, ...] = ()
    headache_days: int = 0
    clear_days: int = 0
    backfilled_days: int = 0
    scores: tuple[ScorePoint, ...] = ()
    usable_answered: int = 0
    usable_headache: int = 0
    usable_clear: int = 0
    association: Association | None = None
    then: Stretch | None = None
    now: Stretch | None = None


@dataclass(frozen=True, slots=True)
class PeriodSummary:
    """Days in order, one for each date from ``first`` to ``last``; sums and percentiles over comparable days only.

    ``comparable_days``: usable and not known to be untied. ``untied_days``: usable, and left out of all that joins
    or compares days because their zero is not known. ``tied_days``: usable and known to be tied.
    ``after_nudge``, ``after_held_back``, ``after_break``: what was seen after reminders that were shown, after those
    that were held back, and after breaks; ``beside_held_back``: the first less the second.
    ``hours_judged``: whether there were days enough for an hour to be a ``stand_out``. ``workstations``: by profile.
    ``quality``, the breaks, nudges and exercises are over all days: they say how the watching went.
    """

    first: date
    last: date
    days: tuple[DaySummary, ...]
    usable_days: int
    quality: Quality
    posture: Posture
    bouts: Bouts
    breaks: Breaks
    nudges: Nudges
    heat: tuple[HeatCell, ...]
    weeks: tuple[WeekSummary, ...]
    calibrations: tuple[CalibrationNote, ...]
    camera_changes: int
    diary: DiarySummary
    change: Change
    stand_out: StandOut | None = None
    hours_judged: bool = False
    course: DayCourse | None = None
    comparable_days: int = 0
    untied_days: int = 0
    tied_days: int = 0
    after_nudge: SeenAfter = SeenAfter()
    after_held_back: SeenAfter = SeenAfter()
    beside_held_back: Interval | None = None
    after_break: SeenAfter = SeenAfter()
    workstations: tuple[Workstation, ...] = ()
    exercises: tuple[ExerciseCount, ...] = ()
