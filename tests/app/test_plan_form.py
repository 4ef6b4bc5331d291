"""The form for a therapist's plan and its file: of the schema, refused at the field, the rest of the file kept."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from posturewatch.app.plan_form import PlanForm
from posturewatch.app.plans import look_at
from posturewatch.base.child import Said
from posturewatch.base.errors import ConfigError
from posturewatch.base.plan import OWN_EXERCISES, PLAN_KEYS, TherapistPlan, plan_values
from posturewatch.config.plan_file import read_plan
from posturewatch.core.reminding.exercises import builtin
from posturewatch.disk.folders import Folders
from posturewatch.exchange.signing import Standing
from posturewatch.ui.plan_form_window import EXERCISE, PHASE, PartView, PlanFormView

TODAY = date(2026, 11, 28)

BY_HAND = """# For Änne, by hand.
format = "posturewatch-plan"
version = 1
title = "Eight weeks"
written = 2026-11-01

[[phase]]
name = "Getting used"
weeks = 4   # not longer

[phase.settings.posture]
threshold = "3.8 cm"

[[phase]]
name = "More often"
weeks = 4

[[exercise]]
key = "rolls"
name = "Shoulder rolls"
text = "Roll both shoulders slowly."
phases = [2]
"""


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """A home of its own."""
    return Folders(*(tmp_path / name for name in ("config", "data", "logs", "state"))).make()


class Typist:
    """Does what the window does with the parts, without a screen."""

    def __init__(self, view: PlanFormView) -> None:
        self.view, self.parts, self._next = view, [], 1
        for kind in dict.fromkeys(part.kind for part in view.parts):
            for origin, part in enumerate(part for part in view.parts if part.kind == kind):
                self.put(part, origin=origin)

    parts: list[dict[str, Any]]

    def put(self, part: PartView, origin: int | None = None, **typed: str) -> dict[str, Any]:
        """A part at the end."""
        before = {field.key: field.value for field in part.fields}
        number = part.number or f"new{len(self.parts)}"
        made = {"kind": part.kind, "number": number, "origin": origin, "before": before, "values": before | typed}
        self.parts.append(made)
        return made

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The parts of a kind."""
        return [part for part in self.parts if part["kind"] == kind]

    def save(self, form: PlanForm) -> Said:
        """Press Save."""
        said = form.heard(Said("save", {"parts": self.parts}))
        assert said is not None
        return said


def opened(folders: Folders, path: Path) -> tuple[PlanForm, Typist]:
    """The form of a file."""
    form = PlanForm(folders, "in", path, TODAY)
    return form, Typist(form.view())


def test_every_key_that_a_plan_may_hold_has_its_field(folders: Folders, tmp_path: Path) -> None:
    """The course, a phase and an exercise show what the schema has, and nothing else."""
    view = PlanForm(folders, "in", tmp_path / "new.toml", TODAY).view()
    settings = {f"settings.{key}" for key in PLAN_KEYS if key != OWN_EXERCISES}
    shown = {part.kind: {field.key for field in part.fields} for part in (*view.parts, view.exercises[0][1])}
    assert shown["plan"] == set(TherapistPlan.model_fields) - {
        "format", "version", "written", "phase", "exercise", "settings",
    } | settings  # fmt: skip
    assert shown[PHASE] == {"name", "weeks", "note"} | settings
    assert shown[EXERCISE] == {"key", "name", "text", "dose", "days", "phases", "picture", "picture_file"}
    assert [name for name, _part in view.exercises[1:]] == [f"{one.name} ({one.dose})" for one in builtin()]


def test_a_new_plan_is_written_as_one_by_hand_and_signed(folders: Folders, tmp_path: Path) -> None:
    """Two phases, one of ours and one of their own with a name that has no letters of ours: read by the patient's side
    as signed, whole and in order."""
    path = tmp_path / "anna.toml"
    form, typist = opened(folders, path)
    typist.parts[0]["values"] |= {
        "title": "Zwölf Wochen", "next_visit": "2026-12-21", "note": "Langsam.\nOhne Eile.",
        "settings.breaks.length_s": "60", "settings.breaks.exercises": "yes",
    }  # fmt: skip
    typist.of(PHASE)[0]["values"] |= {"name": "Erste", "settings.posture.threshold": "1,5"}
    second = typist.put(typist.view.phase, name="Zweite", weeks="8")
    typist.put(typist.view.exercises[1][1])
    own = {"name": "肩を回す", "text": "ゆっくり。", "days": "mon fri", "phases": second["number"]}
    typist.put(typist.view.exercises[0][1], **own)
    assert typist.save(form) == Said("kept")
    offer = look_at(folders, path, TODAY)
    plan = offer.taken.plan
    assert offer.standing is not Standing.UNSIGNED
    assert form.words == offer.public.words if offer.public else False
    assert (plan.title, plan.note, plan.next_visit) == ("Zwölf Wochen", "Langsam.\nOhne Eile.", date(2026, 12, 21))
    assert [(one.name, one.weeks) for one in plan.phase] == [("Erste", 4), ("Zweite", 8)]
    assert plan_values(plan, 1) == {
        "breaks.length_s": 60.0, "breaks.exercises": True, "posture.threshold": 1.5,
    }  # fmt: skip
    assert [(one.key, one.name, one.days[:2], one.phases) for one in plan.exercise] == [
        ("chin_nod", builtin()[0].name, ("mon", "tue"), ()),
        ("exercise", "肩を回す", ("mon", "fri"), (2,)),
    ]


def test_what_was_not_changed_stays_as_it_was_written_by_hand(folders: Folders, tmp_path: Path) -> None:
    """Comments, a length in centimetres, the order: only the title, the day and the signature are others."""
    path = tmp_path / "hand.toml"
    path.write_text(BY_HAND, encoding="utf-8")
    form, typist = opened(folders, path)
    typist.parts[0]["values"]["title"] = "Nine weeks"
    assert typist.save(form) == Said("kept")
    kept = path.read_text(encoding="utf-8").partition("\n[signature]")[0].rstrip() + "\n"
    assert kept == BY_HAND.replace("Eight", "Nine").replace("2026-11-01", "2026-11-28")


def test_each_mistake_is_told_at_its_field_and_nothing_is_written(folders: Folders, tmp_path: Path) -> None:
    """A blank title, a day that is none, weeks in letters, a limit out of bounds: each with what is allowed; the file
    is as it was, and what was typed can be saved once it is mended."""
    path = tmp_path / "hand.toml"
    path.write_text(BY_HAND, encoding="utf-8")
    form, typist = opened(folders, path)
    typist.parts[0]["values"] |= {"title": "", "next_visit": "soon"}
    typist.of(PHASE)[1]["values"] |= {"weeks": "four", "settings.posture.threshold": "40"}
    typist.of(EXERCISE)[0]["values"]["key"] = "Rolls!"
    said = typist.save(form)
    assert said.kind == "refused"
    assert {(place, key) for place, key, _words in said.get("problems")} == {
        (0, "title"), (0, "next_visit"), (2, "weeks"), (2, "settings.posture.threshold"), (3, "key"),
    }  # fmt: skip
    assert path.read_text(encoding="utf-8") == BY_HAND
    typist.parts[0]["values"] |= {"title": "Eight", "next_visit": ""}
    typist.of(PHASE)[1]["values"] |= {"weeks": "4", "settings.posture.threshold": ""}
    typist.of(EXERCISE)[0]["values"]["key"] = "rolls"
    assert typist.save(form) == Said("kept")


def test_an_exercise_follows_its_phase_and_does_not_fall_to_all(folders: Folders, tmp_path: Path) -> None:
    """The second phase made the first: the exercise is still its own. With the phase gone the form asks, for no phase
    named means all."""
    path = tmp_path / "hand.toml"
    path.write_text(BY_HAND, encoding="utf-8")
    form, typist = opened(folders, path)
    typist.parts[1:3] = reversed(typist.parts[1:3])
    assert typist.save(form) == Said("kept")
    plan = read_plan(path).plan
    assert ([one.name for one in plan.phase], plan.exercise[0].phases) == (["More often", "Getting used"], (1,))
    assert plan_values(plan, 2)["posture.threshold"] == pytest.approx(3.8 / 2.54, abs=0.01)
    form, typist = opened(folders, path)
    del typist.parts[1]
    said = typist.save(form)
    assert [(place, key) for place, key, _words in said.get("problems")] == [(2, "phases")]


def test_a_file_that_was_changed_meanwhile_is_not_written_over(folders: Folders, tmp_path: Path) -> None:
    """What somebody wrote by hand while the form was open stays."""
    path = tmp_path / "hand.toml"
    path.write_text(BY_HAND, encoding="utf-8")
    form, typist = opened(folders, path)
    path.write_text(BY_HAND + "# mine\n", encoding="utf-8")
    said = typist.save(form)
    assert said.kind == "refused"
    assert "changed meanwhile" in str(said.get("why"))
    assert path.read_text(encoding="utf-8").endswith("# mine\n")


def test_what_is_no_plan_is_not_opened(folders: Folders, tmp_path: Path) -> None:
    """With its place, as `plan show` says it; and the view goes over the pipe as plain values."""
    path = tmp_path / "other.toml"
    path.write_text("title = 1\n", encoding="utf-8")
    with pytest.raises(ConfigError):
        PlanForm(folders, "in", path, TODAY)
    assert asdict(PlanForm(folders, "in", tmp_path / "new.toml", TODAY).view())["parts"]
