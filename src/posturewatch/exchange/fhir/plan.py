"""A therapist's plan as a CarePlan, and what became of its exercises as Observations of each day.

Names are the plan's own, or keys: the same in every language, so that a share can be held against its events.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from posturewatch.core.history.adherence import OUTCOMES, ExerciseCount
from posturewatch.core.history.summary.records import DaySummary
from posturewatch.exchange.fhir import codes
from posturewatch.exchange.fhir.parts import TEST_DATA, Observe, Resource, id_of
from posturewatch.report.material import Material

if TYPE_CHECKING:
    from collections.abc import Callable

    from posturewatch.base.plan import PlanExercise, PlanInForce


def exercises(material: Material, day: DaySummary, observer: Callable[[str], Observe]) -> Iterator[Resource]:
    """One Observation for each exercise of the day: how often it was offered, and as components what became of it.
    ``observer`` makes them under a key of their own."""
    for one in day.exercises:
        observe = observer(f"{day.day.isoformat()} exercise {one.key} {one.phase} {one.plan}")
        parts: list[Resource] = [
            {"code": codes.concept(f"exercise-{name.replace('_', '-')}"), "valueInteger": getattr(one.counts, name)}
            for name in OUTCOMES
            if name != "offered"
        ]
        if one.phase is not None:
            parts.append({"code": codes.concept("plan-phase"), "valueInteger": one.phase})
        made = observe("exercise", "counted", valueInteger=one.counts.offered, component=parts)
        made["code"] = made["code"] | {"text": _named(material.plan, one)}
        yield made


def care_plan(material: Material, taken: PlanInForce, subject: Resource) -> Resource:
    """The plan as the person accepted it: its course, and its exercises in words."""
    plan, over = taken.plan, taken.last < material.made_at.date()
    made: Resource = {"resourceType": "CarePlan", "id": id_of(material, "plan", taken.id)}
    if material.content.generated:
        made["meta"] = {"security": [TEST_DATA]}
    made |= {
        "status": "completed" if over else "active",
        "intent": "plan",
        "title": plan.title,
        "subject": subject,
        "period": {"start": taken.start.isoformat(), "end": taken.last.isoformat()},
        "created": plan.written.isoformat(),
    }
    if plan.author.strip():
        made["author"] = {"display": plan.author.strip()}
    if plan.exercise:
        status = "completed" if over else "in-progress"
        made["activity"] = [{"detail": {"status": status, "description": _described(one)}} for one in plan.exercise]
    if plan.note.strip():
        made["note"] = [{"text": plan.note.strip()}]
    return made


def _named(taken: PlanInForce | None, one: ExerciseCount) -> str:
    if taken is not None and one.plan == taken.id:
        return next((own.name for own in taken.plan.exercise if own.key == one.key), one.key)
    return one.key.strip() or "-"


def _described(one: PlanExercise) -> str:
    parts = (one.name, one.text, one.dose, " ".join(one.days))
    return "\n".join(part.strip() for part in parts if part.strip())
