"""A therapist's plan for one person: a course in phases, with settings, exercises and dates. Pure.

A plan lies over the person's own settings and never in them: :func:`layered` makes the settings in force from both and
says which keys come from the plan. It may set the keys of :data:`PLAN_KEYS` and no other, the person's own win where
``[plan] keep`` names them, and after the last day of its last phase nothing of it is left in force. The file format
stands in docs/plan.md; ``config/plan_file.py`` reads it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final, Literal, cast, get_args

from pydantic import Field, ValidationInfo, create_model, field_validator, model_validator

from posturewatch.base.i18n import _
from posturewatch.base.outside import FIRST_DAY, LAST_DAY
from posturewatch.base.pictures import PICTURE_BYTES, opened_picture
from posturewatch.base.settings import Exercise, PlanKey, Section, Settings, Weekday, clear_for, clear_problem

PLAN_KEYS: Final[tuple[str, ...]] = get_args(PlanKey)
"""What a plan may set. Nothing of camera, privacy, courtesy, hours or a break's strictness: those are the person's."""

MOST_PHASES: Final = 12
MOST_WEEKS: Final = 104
MOST_EXERCISES: Final = 50

_WEEKDAYS: Final[tuple[str, ...]] = get_args(Weekday)
EXERCISES_ON: Final = "breaks.exercises"
OWN_EXERCISES: Final = "breaks.own_exercise"

Day = Annotated[date, Field(gt=FIRST_DAY, le=LAST_DAY)]


def _part(name: str, section: type[Section], names: list[str]) -> type[Section]:
    """These keys of a section, each optional, with the section's own types and limits."""
    fields: dict[str, Any] = {}
    for each in names:
        own = section.model_fields[each]
        kind: Any = Annotated[(own.annotation, *own.metadata)] if own.metadata else own.annotation
        fields[each] = (kind | None, None)
    return create_model(name, __base__=Section, **fields)


def _settings_model() -> type[Section]:
    """The table ``settings`` of a plan or phase: sections as in the settings file, with what a plan may set."""
    by_section: dict[str, list[str]] = {}
    for dotted in PLAN_KEYS:
        section, _dot, name = dotted.partition(".")
        if dotted != OWN_EXERCISES:
            by_section.setdefault(section, []).append(name)
    parts: dict[str, Any] = {}
    for section, names in by_section.items():
        model = cast("type[Section]", Settings.model_fields[section].annotation)
        parts[section] = (_part(f"Plan{model.__name__}", model, names) | None, None)
    return create_model("PlanSettings", __base__=Section, **parts)


PlanSettings = _settings_model()


class PlanPhase(Section):
    """A part of the course: so many weeks with their own settings over those of the whole plan."""

    name: str = Field(min_length=1, max_length=60, description="Short name of the phase.")
    weeks: int = Field(ge=1, le=52, description="How many weeks it lasts.")
    note: str = Field("", max_length=1000, description="What this phase is about, in the therapist's words.")
    settings: PlanSettings | None = Field(None, description="Settings of this phase.")  # type: ignore[valid-type]


class PlanExercise(Exercise):
    """An exercise of the plan. ``key`` names it in the log; ``image`` is an own picture, PNG or JPEG in base64."""

    key: str = Field(
        pattern=r"^[a-z0-9_]{1,30}$", description="Short key in the log: small letters, digits and underscores."
    )
    image: str = Field("", max_length=PICTURE_BYTES * 4 // 3 + 4, description="An own small picture, in base64.")
    days: tuple[Weekday, ...] = Field(
        cast("tuple[Weekday, ...]", _WEEKDAYS),
        strict=False,
        min_length=1,
        max_length=7,
        description="Days of the week.",
    )
    phases: tuple[int, ...] = Field(
        (), strict=False, max_length=MOST_PHASES, description="Numbers of the phases, from 1; empty = all."
    )

    @field_validator("days", "phases", mode="after")
    @classmethod
    def _each_once(cls, value: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(dict.fromkeys(value))

    @field_validator("image", mode="after")
    @classmethod
    def _is_a_picture(cls, value: str, info: ValidationInfo) -> str:
        if value and info.context and info.context.get("look_at_pictures"):
            opened_picture(value)
        return value

    def belongs(self, phase: int, day: date) -> bool:
        """Whether it is done in this phase (from 1) on this day's weekday."""
        return (not self.phases or phase in self.phases) and _WEEKDAYS[day.weekday()] in self.days


class ExerciseOfPhase(PlanExercise):
    """An exercise on its day, as it stands among the settings in force. ``log_detail`` is what its events carry:
    key, phase and plan."""

    phase: int
    plan: str

    @property
    def log_detail(self) -> str:
        """``key phase plan``."""
        return f"{self.key} {self.phase} {self.plan}"


class TherapistPlan(Section):
    """The whole plan as its file holds it, without signature and without what the person noted on accepting it."""

    format: Literal["posturewatch-plan"] = Field(description="Says what the file is.")
    version: Literal[1] = Field(description="Version of the format.")
    title: str = Field(min_length=1, max_length=100, description="What the person reads first.")
    author: str = Field("", max_length=100, description="Who wrote it: a name or a practice.")
    written: Day = Field(description="The day on which it was written.")
    start: Day | None = Field(None, description="First day of the first phase; left out: the day of acceptance.")
    next_visit: Day | None = Field(None, description="The day of the next visit.")
    check: Literal["", "before the visit"] = Field(
        "", description="Whether the movement check is offered before the visit."
    )
    note: str = Field("", max_length=2000, description="What the therapist wants to say.")
    settings: PlanSettings | None = Field(None, description="Settings of the whole course.")  # type: ignore[valid-type]
    phase: tuple[PlanPhase, ...] = Field(
        strict=False, min_length=1, max_length=MOST_PHASES, description="The phases, in order."
    )
    exercise: tuple[PlanExercise, ...] = Field(
        (), strict=False, max_length=MOST_EXERCISES, description="The exercises, in the order in which they take turns."
    )

    @field_validator("next_visit", mode="after")
    @classmethod
    def _visit_to_come(cls, value: date | None, info: ValidationInfo) -> date | None:
        written = info.data.get("written")
        if value is not None and written is not None and value < written:
            raise ValueError(_("the next visit lies before the day on which the plan was written"))
        return value

    @model_validator(mode="after")
    def _fits_together(self) -> TherapistPlan:
        keys = [one.key for one in self.exercise]
        for place, key in enumerate(keys):
            if key in keys[:place]:
                raise ValueError(_("the exercise key {key} stands twice").format(key=key))
        for one in self.exercise:
            if any(not 1 <= number <= len(self.phase) for number in one.phases):
                raise ValueError(
                    _("the exercise {key} names a phase that there is not; phases are 1 to {count}").format(
                        key=one.key, count=len(self.phase)
                    )
                )
        if sum(one.weeks for one in self.phase) > MOST_WEEKS:
            raise ValueError(_("the phases last longer than {weeks} weeks together").format(weeks=MOST_WEEKS))
        for number in range(1, len(self.phase) + 1):
            values = plan_values(self, number)
            threshold, clear = values.get("posture.threshold"), values.get("posture.clear")
            if threshold is not None and clear is not None and clear >= threshold:
                raise ValueError(clear_problem(clear, threshold))
        return self


def plan_values(plan: TherapistPlan, phase: int) -> dict[str, Any]:
    """``section.key`` → value that the plan sets in this phase (from 1): the phase's over those of the whole."""
    found: dict[str, Any] = {}
    for part in (plan.settings, plan.phase[phase - 1].settings):
        if part is not None:
            for section, own in part:
                if own is not None:
                    found |= {f"{section}.{name}": value for name, value in own if value is not None}
    return found


@dataclass(frozen=True, slots=True)
class PlanInForce:
    """A plan that the person has accepted. ``start``: first day of its first phase. ``signer``: fingerprint of the key
    that signed it, empty for an unsigned one. ``text``: the file as it was accepted. ``kept``: the keys in which the
    person's own values won when this was put into a report or a shared file; what wins now says ``plan.keep``."""

    plan: TherapistPlan
    start: date
    accepted_at: datetime | None = None
    signer: str = ""
    text: str = field(default="", repr=False)
    kept: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Twelve hexadecimal digits that stand for this plan in the log."""
        return plan_id(self.plan)

    @property
    def last(self) -> date:
        """The last day of the last phase."""
        return self.phase_days(len(self.plan.phase))[1]

    def phase_days(self, number: int) -> tuple[date, date]:
        """First and last day of a phase (from 1)."""
        before = sum(one.weeks for one in self.plan.phase[: number - 1])
        first = self.start + timedelta(weeks=before)
        return first, first + timedelta(weeks=self.plan.phase[number - 1].weeks, days=-1)

    def phase_on(self, day: date) -> int | None:
        """The phase (from 1) of a day; None before the first and after the last."""
        for number in range(1, len(self.plan.phase) + 1):
            first, last = self.phase_days(number)
            if first <= day <= last:
                return number
        return None

    def exercises_on(self, day: date) -> tuple[ExerciseOfPhase, ...]:
        """The exercises of a day, in their order; empty outside of the course."""
        phase = self.phase_on(day)
        if phase is None:
            return ()
        return tuple(
            ExerciseOfPhase.model_construct(**dict(one), phase=phase, plan=self.id)
            for one in self.plan.exercise
            if one.belongs(phase, day)
        )


def plan_id(plan: TherapistPlan) -> str:
    """A short name made of the plan's whole content."""
    body = json.dumps(plan.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(body.encode()).hexdigest()[:12]


def phase_values(plan: TherapistPlan, phase: int, keep: Collection[str] = ()) -> dict[str, Any]:
    """As :func:`plan_values`, with what follows from it: a plan with exercises turns them on unless it says otherwise
    itself, and a threshold brings the ``clear`` that goes with it, unless the person keeps their own (``keep``)."""
    values = plan_values(plan, phase)
    if plan.exercise:
        values.setdefault(EXERCISES_ON, any(not one.phases or phase in one.phases for one in plan.exercise))
    if "posture.threshold" in values and "posture.threshold" not in keep:
        values.setdefault("posture.clear", clear_for(values["posture.threshold"]))
    return values


def wanted_values(taken: PlanInForce, day: date, keep: Collection[str] = ()) -> dict[str, Any]:
    """All that the plan would set on this day, by key; empty outside of the course. A day without one of its exercises
    has none."""
    phase = taken.phase_on(day)
    if phase is None:
        return {}
    values = phase_values(taken.plan, phase, keep)
    if today := taken.exercises_on(day):
        values[OWN_EXERCISES] = today
    elif taken.plan.exercise:
        values[EXERCISES_ON] = False
    return values


def layered(own: Settings, taken: PlanInForce | None, day: date) -> tuple[Settings, frozenset[str]]:
    """The settings in force on this day, and which of their keys are the plan's.

    The person's own win where ``plan.keep`` names them. Where one of threshold and clear is kept and the two do not fit
    together, clear follows the threshold.
    """
    values = {} if taken is None else wanted_values(taken, day, own.plan.keep)
    values = {key: value for key, value in values.items() if key not in own.plan.keep}
    if not values:
        return own, frozenset()
    threshold = values.get("posture.threshold", own.posture.threshold)
    if values.get("posture.clear", own.posture.clear) >= threshold:
        values["posture.clear"] = clear_for(threshold)
    parts: dict[str, dict[str, Any]] = {}
    for key, value in values.items():
        section, _dot, name = key.partition(".")
        parts.setdefault(section, {})[name] = value
    update = {section: getattr(own, section).model_copy(update=changed) for section, changed in parts.items()}
    return own.model_copy(update=update), frozenset(values)
