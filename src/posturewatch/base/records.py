"""The records that the packages pass to one another: frozen, slotted, no behaviour beyond plain look-ups.

Frames and units. *Pixels*: x to the right, y down, origin at the upper left of the picture as the camera
gives it (not mirrored: the person's left is at the right of a frontal picture). *Time*: ``t_s`` is
monotonic seconds of capture; wall time is an aware ``datetime`` and appears only in what is written down.
Missing is ``None``, never 0.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Final

from posturewatch.base.movement import MovementRow

INCH_CM: Final = 2.54
"""Centimetres in an inch, by definition."""

# --------------------------------------------------------------------------- what the core makes of it


class State(StrEnum):
    """What the monitor says about now. A verdict is UPRIGHT or FORWARD and nothing else."""

    UNCALIBRATED = "uncalibrated"
    AWAY = "away"
    UNRELIABLE = "unreliable"
    UPRIGHT = "upright"
    FORWARD = "forward"


class Reason(StrEnum):
    """Why there is no number. The words for the user stand in ``posturewatch.base.wording``."""

    STARTING = "starting"
    NOBODY = "nobody"
    TURNED = "turned"
    NODDED = "nodded"
    TILTED = "tilted"
    OUT_OF_FRAME = "out_of_frame"
    TOO_NEAR = "too_near"
    TOO_FAR = "too_far"
    DIM = "dim"
    TOO_BRIGHT = "too_bright"
    BLURRED = "blurred"
    FACE_COVERED = "face_covered"
    SECOND_PERSON = "second_person"
    GHOST = "ghost"
    SHOULDERS_UNSEEN = "shoulders_unseen"
    FROZEN = "frozen"
    BLACK = "black"
    NOT_AS_CALIBRATED = "not_as_calibrated"
    PICTURE_TURNED = "picture_turned"
    TOO_UNCERTAIN = "too_uncertain"
    NO_FRAME = "no_frame"
    CAMERA_LOST = "camera_lost"
    CAMERA_MISSING = "camera_missing"
    CAMERA_BUSY = "camera_busy"
    CAMERA_FORBIDDEN = "camera_forbidden"
    SENSOR_FAILED = "sensor_failed"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Estimate:
    """One frame's estimate. FHT is relative to the calibrated upright, + forward, along the trunk's axis.

    ``sitting_se_in`` is the part of ``fht_se_in`` that all looks of the sitting share: no averaging lessens it.
    Angles are against the calibrated posture: yaw + to the person's left, pitch + nose down,
    trunk lean + forward, trunk yaw + to the person's left. ``distance_cm`` is camera to eyes, ``distance_se_cm`` its
    standard error, which is that of the scale and the same for all looks. ``camera_above_cm``: how far the camera lies
    above the eyes (negative: below).
    """

    t_s: float
    fht_in: float
    fht_se_in: float
    sitting_se_in: float = 0.0
    distance_cm: float | None = None
    head_yaw_deg: float | None = None
    head_pitch_deg: float | None = None
    head_roll_deg: float | None = None
    trunk_lean_deg: float | None = None
    trunk_yaw_deg: float | None = None
    distance_se_cm: float | None = None
    camera_above_cm: float | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """Rule-of-thumb load index in pounds with its standard error, by ``model`` (``rule`` or ``tilt``) with a head of
    ``head_lb`` pounds."""

    load_lb: float
    se_lb: float
    model: str
    head_lb: float = 11.0


@dataclass(frozen=True, slots=True)
class Step:
    """What the monitor says after one observation.

    ``fht_in``/``fht_se_in`` are the filtered value and its error: there with a verdict, and where the error alone
    forbids one (UNRELIABLE, TOO_UNCERTAIN). ``p_forward`` is the probability that the distance is beyond the threshold.
    ``tied`` says whether the calibration holds for the clothes that are worn.
    ``raw`` is the single frame's estimate where there was one. ``present`` says whether somebody sits there
    (True for UPRIGHT, FORWARD and for UNRELIABLE with a person in view). ``moving`` asks for closer looks.
    ``recalibrate`` is set while the scene no longer fits the calibration, ``slouched`` while hours behind the baseline
    say that it was none. ``held_s`` is for how long the
    present state has lasted. ``brightness`` is the picture's mean grey, 0–255.
    """

    t_s: float
    state: State
    reason: Reason | None
    present: bool
    fht_in: float | None = None
    fht_se_in: float | None = None
    load: Load | None = None
    raw: Estimate | None = None
    p_forward: float | None = None
    tied: bool = True
    moving: bool = False
    recalibrate: bool = False
    slouched: bool = False
    held_s: float = 0.0
    brightness: float | None = None


# --------------------------------------------------------------------------- reminders and breaks


class ReminderKind(StrEnum):
    POSTURE = "posture"
    BREAK_NOTICE = "break_notice"  # ten seconds ahead
    BREAK = "break"
    LONG_BREAK = "long_break"
    SITTING_LIMIT = "sitting_limit"
    RECALIBRATE = "recalibrate"
    CAMERA = "camera"  # the camera is lost or held by another program, said once
    TROUBLE = "trouble"  # disk full, configuration not taken up …


class Action(StrEnum):
    """What a user can answer to a reminder."""

    SNOOZE = "snooze"
    DISMISS = "dismiss"
    TAKE_BREAK = "take_break"
    POSTPONE = "postpone"
    SKIP = "skip"
    TIE = "tie"  # sit upright for five seconds now
    LATER = "later"
    NOT_TODAY = "not_today"


class Outcome(StrEnum):
    """What became of a reminder; written to the journal."""

    SHOWN = "shown"
    ACTED = "acted"
    DISMISSED = "dismissed"
    TIMED_OUT = "timed_out"
    MUTED = "muted"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Reminder:
    """Something to tell the user now. ``key`` names the slot: a later reminder of the same key replaces it."""

    kind: ReminderKind
    key: str
    title: str
    body: str
    actions: tuple[Action, ...] = ()
    timeout_s: float = 20.0
    sound: bool = False
    exercise: str | None = None
    muted: str | None = None  # why it is not shown (call, full_screen, dnd, hours, battery, paused)


@dataclass(frozen=True, slots=True)
class Response:
    """What the user, or time, answered to a reminder."""

    key: str
    kind: ReminderKind
    outcome: Outcome
    action: Action | None = None


@dataclass(frozen=True, slots=True)
class Courtesy:
    """What the desktop says about the user. ``None`` = this platform or session cannot tell."""

    locked: bool | None = None
    suspended: bool | None = None
    lid_closed: bool | None = None
    idle_s: float | None = None
    in_call: bool | None = None  # camera or microphone held by another program
    full_screen: bool | None = None
    do_not_disturb: bool | None = None
    on_battery: bool | None = None


# --------------------------------------------------------------------------- what is written down


@dataclass(frozen=True, slots=True)
class MinuteRow:
    """One minute of the journal. Seconds add up to at most 60; values are ``None`` where nothing was valid.

    ``start`` is the minute's begin, aware, in local time (the offset is stored beside UTC).
    Bands: seconds of valid time below 0.5 in, 0.5–1, 1–2 and from 2 in on.
    ``tied``: whether all valid time was measured in a sitting that the calibration or a tie holds for; where it was
    not, the zero may lie an inch elsewhere, and the values tell of the day's own course only. ``None`` where nothing
    was valid, and in minutes of a journal from before it was kept.
    The last six are medians of what :class:`Estimate` and :class:`Step` say of the workstation, under the same names.
    """

    start: datetime
    profile: str
    valid_s: float
    away_s: float
    unreliable_s: float
    paused_s: float
    off_s: float
    frames: int
    fht_median_in: float | None = None
    fht_p90_in: float | None = None
    fht_mean_in: float | None = None
    fht_se_in: float | None = None
    load_index_lb: float | None = None
    band_s: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    calibration_id: int | None = None
    fht_p10_in: float | None = None  # None also in minutes of a journal from before it was kept
    tied: bool | None = None
    distance_cm: float | None = None
    distance_se_cm: float | None = None
    head_yaw_deg: float | None = None
    head_roll_deg: float | None = None
    camera_above_cm: float | None = None
    brightness: float | None = None


MINUTE_SECONDS: Final = ("valid_s", "away_s", "unreliable_s", "paused_s", "off_s")
"""Fields of MinuteRow that share its time out by what was seen."""

MINUTE_NUMBERS: Final = tuple(one.name for one in fields(MinuteRow) if one.type == "float | None")
"""Fields of MinuteRow with what was measured; None where nothing was."""

FULL_MINUTE_S: Final = 60.5
"""Most that the seconds of a minute may add up to: a half for rounding."""


GENERATED: Final = "generated"
"""Outcome of the JOURNAL event by which a made-up journal says so."""


class EventKind(StrEnum):
    START = "start"
    STOP = "stop"
    PAUSE = "pause"
    RESUME = "resume"
    NUDGE = "nudge"
    BREAK_DUE = "break_due"
    BREAK_TAKEN = "break_taken"
    BREAK_NATURAL = "break_natural"
    BREAK_POSTPONED = "break_postponed"
    BREAK_SKIPPED = "break_skipped"
    CALIBRATION = "calibration"
    CAMERA = "camera"
    CONFIG = "config"
    PROFILE = "profile"
    SUSPEND = "suspend"
    SENSOR = "sensor"
    RECALIBRATE_ASKED = "recalibrate_asked"
    SITTING_LIMIT = "sitting_limit"
    CLOCK = "clock"
    JOURNAL = "journal"
    EXERCISE = "exercise"  # outcome: offered, done, ended_early, skipped, worse; detail: key, phase, plan
    PLAN = "plan"  # outcome: accepted, phase, visit, ended, removed; detail: what of it, and the plan


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. ``outcome`` is free of user text; ``detail`` never holds names or titles."""

    at: datetime
    kind: EventKind
    outcome: str = ""
    detail: str = ""
    value: float | None = None


@dataclass(frozen=True, slots=True)
class DiaryEntry:
    """One entry of the headache diary, or "no headache" for a day, or an outcome score.

    ``kind``: ``headache``, ``none`` or ``score``. ``written_at`` later than the day of ``at`` marks it
    back-filled. ``side``: left, right, both or empty. ``score_name``: ``NDI`` or ``HIT-6``.
    """

    at: datetime
    written_at: datetime
    kind: str
    duration_min: int | None = None
    worst: int | None = None
    side: str = ""
    medication: str = ""
    trigger: str = ""
    note: str = ""
    score_name: str = ""
    score: float | None = None
    id: int | None = None


@dataclass(frozen=True, slots=True)
class CalibrationRow:
    """A calibration as the journal keeps it. ``body`` is the JSON of ``core.posture.calibration.Calibration``."""

    at: datetime
    profile: str
    repeatability_in: float
    frames: int
    view: str
    body: str
    id: int | None = None


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One single estimate as the journal keeps it where ``journal.raw_samples`` is on. Signs as in Estimate."""

    at: datetime
    state: State
    reason: Reason | None
    fht_in: float | None = None
    fht_se_in: float | None = None
    raw_fht_in: float | None = None
    raw_fht_se_in: float | None = None
    load_index_lb: float | None = None
    distance_cm: float | None = None
    head_yaw_deg: float | None = None
    head_pitch_deg: float | None = None
    head_roll_deg: float | None = None
    trunk_lean_deg: float | None = None
    trunk_yaw_deg: float | None = None


JournalRow = MinuteRow | Event | DiaryEntry | CalibrationRow | MovementRow
"""What leaves the house in an export, or comes back with an import."""


# --------------------------------------------------------------------------- what the tray shows


@dataclass(frozen=True, slots=True)
class Today:
    """The day so far, for the tray and ``status``. Minutes."""

    valid_min: float = 0.0
    away_min: float = 0.0
    unreliable_min: float = 0.0
    band_min: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    nudges: int = 0
    breaks_taken: int = 0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that the tray and ``status`` show, at one moment. Built by the loop, read by others."""

    at: datetime
    state: State
    reason: Reason | None
    fht_in: float | None
    fht_se_in: float | None
    load: Load | None
    profile: str
    profiles: tuple[str, ...] = ()
    calibrated_at: datetime | None = None  # when the calibration in force was made
    paused_until: datetime | None = None
    paused: bool = False
    watching: bool = False
    next_break_s: float | None = None
    next_break_long: bool = False
    today: Today = field(default_factory=Today)
    threshold_in: float = 1.0
    alert: bool = False
    trouble: str = ""
    break_now: bool = False
    tied: bool | None = None  # whether the calibration holds for today and what is worn; None without one
    recalibrate: bool = False  # five seconds of sitting upright would set the number right
    calibrating: float | None = None  # share done, 0–1, while a calibration runs in the app
    advice: str = ""  # what to do for the calibration to go on, or how it ended
    on_break: bool = False
    exercise: str = ""  # key of the suggestion that goes with the due or begun break
    last_exercise: str = ""  # key of the one that was last done, for as long as "it made it worse" would be taken
    can_postpone: bool = True  # whether Postpone and Skip would be taken now
    can_skip: bool = True
    quiet: str = ""  # why reminders are muted or the camera is given back, in a sentence
