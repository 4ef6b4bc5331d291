"""The settings: one section per part of the program, each key with unit, range, default and reason.

Pure: no file is read here (``config/read.py`` does that). A section is frozen; each part of the program
gets its own section and never the whole tree. Descriptions become the comments of the file that
``posturewatch config init`` writes and the table in docs/configuration.md, so they are written for the user
and say why the default is what it is.
"""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from posturewatch.base import pydantic_plugins
from posturewatch.base.i18n import _
from posturewatch.base.outside import checked_text
from posturewatch.base.quantities import Paper, Units, local_paper, local_units
from posturewatch.base.records import INCH_CM
from posturewatch.base.setting_values import Length, Source, TimeOfDay, Weight

pydantic_plugins.leave_out()

AT_START: Final[dict[str, Any]] = {"at_start": True}
"""Marks a key (``json_schema_extra``) that a running app takes up at its next start only."""

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Section(BaseModel):
    """A part of the settings. Unknown keys are an error; nothing changes after loading.

    Strict: ``"5"`` is not a number and ``1`` is not true, so that a slip in the file is said and not guessed at.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False, defer_build=True)

    @field_validator("*", mode="after")
    @classmethod
    def _no_unfit_sign(cls, value: Any, about: ValidationInfo) -> Any:
        if isinstance(value, str):
            checked_text(value, len(value), lines=about.field_name not in _ON_ONE_LINE)
        return value


_ON_ONE_LINE: Final = frozenset({"name", "dose", "title", "author"})
"""Short texts, which stand in a line with others."""


class UserSettings(Section):
    units: Literal["auto", "in", "cm"] = Field(
        "auto",
        description="Inches and pounds (in), or centimetres and kilograms (cm); auto follows the country that the "
        "system is set to.",
    )
    language: Literal["auto", "en", "de", "es", "ja"] = Field(
        "auto", description="Language of texts and reports; auto follows the system."
    )
    body_weight_lb: Weight | None = Field(
        None,
        examples=[165],
        ge=60,
        le=700,
        description='Your weight in pounds, or a text such as "75 kg". The head counts as 7 % of it, within 8 to '
        "14 lb; 11 lb if not given.",
    )
    stature_cm: float | None = Field(
        None,
        examples=[172],
        ge=120,
        le=230,
        description="Your height in centimetres. Shoulder width follows from it, which sharpens the estimate.",
    )
    ipd_mm: float | None = Field(
        None,
        examples=[63],
        ge=48,
        le=80,
        description="Distance between your pupils in millimetres, as on a spectacle prescription. It sets the "
        "scale; people differ by 4 mm either way, so your own makes the estimate more certain.",
    )
    screen_distance_cm: float | None = Field(
        None,
        examples=[65],
        ge=25,
        le=150,
        description="From the camera to your eyes when you sit upright, with a tape measure. It sets the scale "
        "better than anything else you can give.",
    )

    @property
    def shown_units(self) -> Units:
        """The unit in which lengths are shown: the one chosen, or the country's."""
        return local_units() if self.units == "auto" else self.units


class CameraSettings(Section):
    source: Source = Field(
        "0",
        min_length=1,
        max_length=2000,
        description="Camera number (0 is the first), device path, video file, folder of images, or the http:// "
        "address of an MJPEG stream.",
    )
    backend: Literal["auto", "v4l2", "msmf", "dshow", "avfoundation"] = Field(
        "auto", description="How the operating system is asked for the camera; change it only if opening is slow."
    )
    width_px: int = Field(
        640, ge=320, le=1920, description="Picture width asked of the camera. More costs more and shows little more."
    )
    height_px: int = Field(480, ge=240, le=1080, description="Picture height asked of the camera.")
    fps: float = Field(
        5, ge=1, le=30, description="Pictures a second asked of the camera. Posture changes slowly; low saves battery."
    )
    turn: Literal[0, 90, 180, 270] = Field(
        0,
        description="Degrees clockwise by which the picture is turned to stand upright, for a camera that hangs on its "
        "side or head: 0, 90, 180 or 270.",
    )


class ModelSettings(Section):
    pose: str = Field("", max_length=2000, description="Path of another pose bundle (.task); empty = the built-in one.")
    face: str = Field("", max_length=2000, description="Path of another face bundle (.task); empty = the built-in one.")


class PostureSettings(Section):
    enabled: bool = Field(True, description="Whether posture nudges are sent at all. Logging goes on without.")
    threshold: Length = Field(
        1.0,
        ge=0.3,
        le=4.0,
        description='Nudge beyond this distance: inches, or a text such as "2.5 cm".',
    )
    clear: Length = Field(
        0.6,
        ge=0.1,
        le=4.0,
        description="Back under this distance counts as corrected. Below the threshold, so that a value at the "
        "limit does not flicker.",
    )
    hold_s: float = Field(
        180,
        ge=10,
        le=3600,
        description="For how long the distance must last before a nudge. A glance at the keyboard or a sip is no "
        "posture.",
    )
    gap_min: float = Field(
        15, ge=1, le=240, description="At least this long between nudges; doubles after two dismissals in a row."
    )
    daily_cap: int = Field(8, ge=0, le=100, description="At most this many nudges a day; beyond, they only annoy.")
    quiet_after_break_min: float = Field(
        5, ge=0, le=60, description="No nudge for this long after a break: settling in takes a while."
    )
    snooze_min: float = Field(30, ge=5, le=480, description="What Snooze on a nudge means.")
    notification: bool = Field(True, description="Whether a nudge is a notification; false = icon colour only.")
    sound: bool = Field(False, description="Whether a nudge makes a sound. Off: others may be in the room.")
    feedback: Literal["off", "border", "dim"] = Field(
        "off",
        description="What the screen does while the head is forward: border = a border that grows, dim = the screen "
        "darkens a little. It begins with the icon's colour, is strongest when a nudge is due, fades when you sit "
        "back, and is gone at once on a pause, in a call, on a break or when you leave. Never in the way of mouse or "
        "keyboard; without a compositor, and under Wayland, it is a thin border.",
    )

    @model_validator(mode="after")
    def _clear_below_threshold(self) -> PostureSettings:
        if self.clear >= self.threshold:
            raise ValueError(clear_problem(self.clear, self.threshold))
        return self


def clear_problem(clear_in: float, threshold_in: float) -> str:
    """What to say of a ``clear`` that is not below its threshold, in both units that a file may have; inches."""
    words = _("clear ({clear}) must be smaller than threshold ({threshold})")
    both = (f"{value:.3g} in, {value * INCH_CM:.3g} cm" for value in (clear_in, threshold_in))
    return words.format(**dict(zip(("clear", "threshold"), both, strict=True)))


def clear_for(threshold_in: float) -> float:
    """The ``clear`` that goes with a threshold, inches: as far below it as the default is below its own."""
    own = PostureSettings()
    return round(threshold_in * own.clear / own.threshold, 2)


class CalibrationSettings(Section):
    daily: Literal["ask", "quiet", "off"] = Field(
        "ask",
        description="Five seconds of sitting upright a day: ask = one notification when you first sit down, or when "
        "clothes or place have changed so that the number no longer holds; quiet = tray and status only; off = never. "
        "Other clothes move the number by up to an inch; a day without is marked as not tied.",
    )


class LoadSettings(Section):
    model: Literal["rule", "tilt"] = Field(
        "rule",
        description="rule = head weight + 10 lb per inch; tilt = Hansraj's 2014 table by tilt angle. Both are rules "
        "of thumb; the first follows from what is measured here, and reports keep to it.",
    )


class Exercise(Section):
    """A break suggestion of the therapist's own."""

    name: str = Field(min_length=1, max_length=60, examples=["Shoulder rolls"], description="Short name.")
    text: str = Field(
        min_length=1,
        max_length=600,
        examples=["Roll both shoulders slowly backwards."],
        description="What to do, in the therapist's words.",
    )
    dose: str = Field("", max_length=120, examples=["5 times"], description="How often and how long.")
    picture: Literal["", "chin_nod", "blade_squeeze", "extension", "walk", "far_look"] = Field(
        "", description="One of the built-in drawings, or empty."
    )


class BreakSettings(Section):
    enabled: bool = Field(True, description="Whether breaks are announced.")
    every_min: float = Field(
        30, ge=5, le=120, description="A short break after this long a presence; 20 to 60 is usual advice."
    )
    length_s: float = Field(45, ge=10, le=600, description="Length of a short break: enough to stand up and stretch.")
    long_every_min: float = Field(60, ge=0, le=480, description="A longer break after this long a presence; 0 = none.")
    long_length_s: float = Field(180, ge=30, le=3600, description="Length of a longer break: stand and walk.")
    natural_s: float = Field(
        60, ge=20, le=900, description="An absence this long counts as a break: you have just had one."
    )
    notice_s: float = Field(10, ge=0, le=120, description="Notice ahead of a break, to finish the sentence.")
    postpone_min: float = Field(5, ge=1, le=60, description="What Postpone means.")
    max_skips: int = Field(
        2, ge=0, le=20, description="Breaks that may be skipped in a row; then one stays until taken or postponed."
    )
    strict: bool = Field(False, description="Whether a break can be neither skipped nor postponed.")
    daily_sitting_limit_min: float = Field(
        0, ge=0, le=1440, description="Tell me once a day when I have sat this long; 0 = never."
    )
    window: bool = Field(True, description="Whether a break opens its window (where there is a screen).")
    cover: Literal["window", "screen", "all"] = Field(
        "window",
        description="What a break's window covers: window = a part of the screen, screen = all of the monitor with "
        "the pointer, all = every monitor. Skip, Postpone and Escape are there at once; in a call, or while a program "
        "fills the screen, nothing is covered.",
    )
    exercises: bool = Field(
        False,
        description="Whether a break suggests a gentle exercise. Off until you choose it: not all suit everybody.",
    )
    own_exercise: tuple[Exercise, ...] = Field(
        (),
        strict=False,
        max_length=50,
        description="Your therapist's exercises; when given, they replace the built-in ones.",
    )


class HoursSettings(Section):
    days: tuple[Weekday, ...] = Field(
        ("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
        strict=False,
        min_length=1,
        max_length=7,
        description="Days on which to watch. All, because an empty chair costs next to nothing.",
    )
    start: TimeOfDay = Field("00:00", description="Watch from this time of day.")
    end: TimeOfDay = Field("24:00", description="Watch until this time of day.")


class CourtesySettings(Section):
    calls: bool = Field(
        True,
        description="Silent, and the camera given back, while another program uses camera or microphone. An "
        "interrupted meeting is the largest complaint about break programs.",
    )
    full_screen: bool = Field(True, description="No reminders while a program fills the screen.")
    do_not_disturb: bool = Field(True, description="No reminders while the desktop is set to do not disturb.")
    battery: bool = Field(False, description="Whether to stop watching on battery.")


class WatchSettings(Section):
    steady_s: float = Field(4, ge=0.5, le=60, description="Time between looks while nothing changes. Long saves power.")
    near_s: float = Field(1, ge=0.2, le=60, description="Time between looks near the threshold.")
    moving_s: float = Field(0.5, ge=0.1, le=60, description="Time between looks while you move.")
    away_s: float = Field(
        1.5, ge=0.5, le=60, description="Time between glances at an empty chair; a third longer after two minutes."
    )
    close_after_away_min: float = Field(
        10, ge=1, le=600, description="Give the camera back after this long an absence; it is tried again each minute."
    )


class JournalSettings(Section):
    keep_days: int = Field(
        730, ge=7, le=36500, description="Minutes, events and diary are kept this long. A year takes about 10 MB."
    )
    daily_csv: bool = Field(True, description="Whether a CSV and a short text are written for each day.")
    raw_samples: bool = Field(
        False,
        description="Whether each single estimate is kept as well: numbers only, never a picture. About 1 MB a day.",
    )
    raw_keep_days: int = Field(14, ge=1, le=365, description="Single estimates are kept this long.")


class TraySettings(Section):
    enabled: bool = Field(
        True,
        description="Whether to show a tray icon where the desktop has a tray.",
        json_schema_extra=AT_START,
    )
    backend: Literal["auto", "appindicator", "gtk", "xorg", "win32", "darwin"] = Field(
        "auto",
        description="Which tray protocol to use; auto takes the best that is installed.",
        json_schema_extra=AT_START,
    )


class NotificationSettings(Section):
    backend: Literal["auto", "desktop-notifier", "plyer", "log"] = Field(
        "auto", description="auto = with buttons where possible, plyer otherwise, the log if neither works."
    )


class ReportSettings(Section):
    weeks: int = Field(
        12, ge=1, le=104, description="Weeks shown in a report when no dates are given. Habits change over months."
    )
    name: str = Field("", max_length=60, description="A name for the head of the report; empty = none.")
    paper: Literal["auto", "a4", "letter"] = Field(
        "auto", description="The paper that a PDF is laid out for; auto = what the language's country prints on."
    )

    @property
    def shown_paper(self) -> Paper:
        """The paper that was chosen, or the country's."""
        return local_paper() if self.paper == "auto" else self.paper


PlanKey = Literal[
    "posture.enabled", "posture.threshold", "posture.clear", "posture.hold_s", "posture.gap_min", "posture.daily_cap",
    "posture.quiet_after_break_min", "posture.snooze_min", "calibration.daily", "breaks.enabled", "breaks.every_min",
    "breaks.length_s", "breaks.long_every_min", "breaks.long_length_s", "breaks.natural_s", "breaks.notice_s",
    "breaks.postpone_min", "breaks.daily_sitting_limit_min", "breaks.exercises", "breaks.own_exercise",
]  # fmt: skip
"""A key that a therapist's plan may set (see ``base/plan.py``)."""


class PlanLayer(Section):
    keep: tuple[PlanKey, ...] = Field(
        (),
        strict=False,
        max_length=40,
        description="Keys in which your own value wins over the therapist's plan that you have accepted. "
        "`posturewatch plan keep KEY` writes them, and so does changing such a key yourself.",
    )


class Settings(Section):
    """The whole file. Parts of the program get their own section, never this."""

    user: UserSettings = Field(default_factory=UserSettings, description="About you; all of it optional.")
    camera: CameraSettings = Field(default_factory=CameraSettings, description="Where pictures come from.")
    models: ModelSettings = Field(default_factory=ModelSettings, description="The networks that find the points.")
    posture: PostureSettings = Field(default_factory=PostureSettings, description="Posture nudges.")
    calibration: CalibrationSettings = Field(
        default_factory=CalibrationSettings, description="The posture that everything is measured against."
    )
    load: LoadSettings = Field(default_factory=LoadSettings, description="The rule-of-thumb load index.")
    breaks: BreakSettings = Field(default_factory=BreakSettings, description="Break reminders.")
    hours: HoursSettings = Field(default_factory=HoursSettings, description="When to watch.")
    courtesy: CourtesySettings = Field(default_factory=CourtesySettings, description="When to be silent.")
    watch: WatchSettings = Field(default_factory=WatchSettings, description="How often to look.")
    journal: JournalSettings = Field(default_factory=JournalSettings, description="What is kept, and how long.")
    tray: TraySettings = Field(default_factory=TraySettings, description="The tray icon.")
    notifications: NotificationSettings = Field(
        default_factory=NotificationSettings, description="How reminders reach you."
    )
    report: ReportSettings = Field(default_factory=ReportSettings, description="Reports.")
    plan: PlanLayer = Field(default_factory=PlanLayer, description="A therapist's plan beside your own settings.")


def value_at(settings: Settings, key: str) -> Any:
    """The value of this key (``section.name``)."""
    section, _dot, name = key.partition(".")
    return getattr(getattr(settings, section), name)


def changed_keys(before: Settings, after: Settings) -> tuple[str, ...]:
    """The keys (``section.name``) that differ, in the file's order."""
    keys = (f"{section}.{name}" for section, own in before for name, _value in own)
    return tuple(key for key in keys if value_at(before, key) != value_at(after, key))


def waits_for_start(key: str) -> bool:
    """Whether a running app takes this key (``section.name``) up at its next start only."""
    section, name = key.split(".")
    model = type(getattr(Settings(), section))
    extra = model.model_fields[name].json_schema_extra
    return isinstance(extra, dict) and extra.get("at_start") is True
