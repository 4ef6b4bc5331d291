"""A plan lies over the person's own settings, phase by phase, and never in them."""

from __future__ import annotations

import base64
import io
from datetime import date, timedelta
from typing import Any

import PIL.Image
import pytest
from pydantic import ValidationError

from posturewatch.base.pictures import PICTURE_BYTES, PICTURE_PX, opened_picture
from posturewatch.base.plan import PLAN_KEYS, ExerciseOfPhase, PlanInForce, TherapistPlan, layered
from posturewatch.base.settings import Settings

MONDAY = date(2026, 11, 30)


def plan(**more: Any) -> TherapistPlan:
    """Three phases of four weeks: a wide limit, a narrower one with more breaks, and the person's own."""
    body: dict[str, Any] = {
        "format": "posturewatch-plan",
        "version": 1,
        "title": "Twelve weeks",
        "written": MONDAY,
        "settings": {"breaks": {"length_s": 60}},
        "phase": [
            {"name": "Getting used", "weeks": 4, "settings": {"posture": {"threshold": "1.5 in"}}},
            {
                "name": "More often",
                "weeks": 4,
                "settings": {"posture": {"threshold": "3 cm"}, "breaks": {"every_min": 25, "length_s": 90}},
            },
            {"name": "On your own", "weeks": 4},
        ],
    }
    return TherapistPlan.model_validate(body | more)


def taken(**more: Any) -> PlanInForce:
    """Accepted on a Monday."""
    return PlanInForce(plan(**more), MONDAY)


def on(week: int, own: Settings | None = None, over: PlanInForce | None = None) -> tuple[Settings, frozenset[str]]:
    """What is in force on the Monday of this week, counted from 0."""
    return layered(own or Settings(), over or taken(), MONDAY + timedelta(weeks=week))


def test_each_phase_sets_its_own_over_those_of_the_whole_course() -> None:
    """The first, the second and the third differ; a limit brings the ``clear`` that goes with it."""
    first, second, third = on(0)[0], on(4)[0], on(11)[0]
    assert (first.posture.threshold, first.posture.clear, first.breaks.length_s) == (1.5, 0.9, 60)
    assert second.posture.threshold == pytest.approx(3 / 2.54)
    assert (second.breaks.every_min, second.breaks.length_s) == (25, 90)
    assert (third.posture.threshold, third.breaks.every_min, third.breaks.length_s) == (1.0, 30, 60)
    assert on(4)[1] == {"posture.threshold", "posture.clear", "breaks.every_min", "breaks.length_s"}


@pytest.mark.parametrize("week", [-1, 12, 500])
def test_before_the_first_and_after_the_last_day_nothing_of_it_is_in_force(week: int) -> None:
    """The last day is a Sunday; the Monday after it is the person's own again."""
    own = Settings()
    assert on(week, own) == (own, frozenset())
    assert layered(own, taken(), MONDAY + timedelta(days=83))[1] == {"breaks.length_s"}


def test_what_the_person_keeps_stays_theirs() -> None:
    """A kept limit keeps its ``clear`` as well; the rest of the plan holds."""
    own = Settings.model_validate(
        {"posture": {"threshold": 0.8, "clear": 0.4}, "plan": {"keep": ["posture.threshold", "breaks.length_s"]}}
    )
    settings, from_plan = on(4, own)
    assert (settings.posture.threshold, settings.posture.clear, settings.breaks.length_s) == (0.8, 0.4, 45)
    assert from_plan == {"breaks.every_min"}


def test_a_kept_clear_that_does_not_fit_the_plans_limit_follows_it() -> None:
    """No plan and no choice make a pair of limits that the program refuses."""
    own = Settings.model_validate(
        {"posture": {"threshold": 2.0, "clear": 1.8}, "plan": {"keep": ["posture.clear"]}},
    )
    settings, _keys = on(0, own)
    assert settings.posture.clear < settings.posture.threshold == 1.5


def test_exercises_come_on_their_days_in_their_phases() -> None:
    """On a day without one none is suggested; their log detail names key, phase and plan."""
    over = taken(
        exercise=[
            {"key": "rolls", "name": "Rolls", "text": "Roll.", "days": ["mon", "wed"], "phases": [1]},
            {"key": "nods", "name": "Nods", "text": "Nod.", "days": ["mon"]},
        ]
    )
    own = Settings()
    days = {day: layered(own, over, MONDAY + timedelta(days=day))[0].breaks for day in (0, 1, 2, 28, 30)}
    assert {day: [one.name for one in found.own_exercise if found.exercises] for day, found in days.items()} == {
        0: ["Rolls", "Nods"],
        1: [],
        2: ["Rolls"],
        28: ["Nods"],
        30: [],
    }
    later = days[28].own_exercise[0]
    assert isinstance(later, ExerciseOfPhase)
    assert later.log_detail == f"nods 2 {over.id}"


def test_a_plan_names_its_keys_and_no_camera_privacy_or_strictness() -> None:
    """What it may set exists, and the person's own things are not among it."""
    for key in PLAN_KEYS:
        section, _dot, name = key.partition(".")
        assert hasattr(getattr(Settings(), section), name)
    assert not {key.partition(".")[0] for key in PLAN_KEYS} & {"camera", "journal", "courtesy", "hours", "user", "tray"}
    assert "breaks.strict" not in PLAN_KEYS
    with pytest.raises(ValidationError):
        plan(settings={"breaks": {"strict": True}})
    with pytest.raises(ValidationError):
        plan(settings={"camera": {"source": "1"}})


@pytest.mark.parametrize(
    "more",
    [
        {"title": "two\nlines"},
        {"title": "turned \u202e"},
        {"note": "\x1b[2J"},
        {"phase": []},
        {"phase": [{"name": "Long", "weeks": 52}] * 3},
        {"written": date(1969, 1, 1)},
        {"next_visit": date(2020, 1, 1)},
        {"exercise": [{"key": "a b", "name": "n", "text": "t"}]},
        {"exercise": [{"key": "a", "name": "n", "text": "t"}] * 2},
        {"exercise": [{"key": "a", "name": "n", "text": "t", "phases": [4]}]},
        {"settings": {"posture": {"threshold": 9}}},
        {"settings": {"posture": {"threshold": 1, "clear": 1}}},
        {"version": 2},
        {"surprise": 1},
    ],
)
def test_what_cannot_be_in_a_plan_is_refused(more: dict[str, Any]) -> None:
    """Signs that steer, numbers beyond the settings' own limits, phases and keys that do not fit together."""
    with pytest.raises(ValidationError):
        plan(**more)


def test_a_day_or_phase_named_twice_counts_once() -> None:
    """Two phases may have one name: they are told apart by their numbers."""
    twice = {"key": "a", "name": "Übung 肩", "text": "ß", "days": ["mon", "mon", "fri"], "phases": [2, 2]}
    made = plan(phase=[{"name": "Same", "weeks": 1}] * 2, exercise=[twice])
    assert (made.exercise[0].days, made.exercise[0].phases) == (("mon", "fri"), (2,))
    assert [one.name for one in made.phase] == ["Same", "Same"]


def picture(size: tuple[int, int] = (40, 30), form: str = "PNG", *, noise: bool = False) -> str:
    """A picture as a plan has it."""
    image = PIL.Image.effect_noise(size, 90) if noise else PIL.Image.new("RGB", size, "teal")
    buffer = io.BytesIO()
    image.save(buffer, form)
    return base64.b64encode(buffer.getvalue()).decode()


def test_an_own_picture_is_looked_at_and_bounded() -> None:
    """PNG and JPEG of a small size are drawn; others, larger ones and broken ones are refused."""
    assert opened_picture(picture()).size == (40, 30)
    assert opened_picture(picture(form="JPEG")).size == (40, 30)
    large = picture((800, 800), noise=True)
    assert len(base64.b64decode(large)) > PICTURE_BYTES
    broken = base64.b64encode(base64.b64decode(picture((300, 200), noise=True))[:-900]).decode()
    for wrong in (picture(form="GIF"), picture((PICTURE_PX + 1, 2)), large, broken, "no base64!", "AAAA"):
        with pytest.raises(ValueError, match="PNG or JPEG"):
            opened_picture(wrong)
