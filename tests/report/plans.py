"""A therapist's plan as it is in force, for the report's tests."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from posturewatch.base.plan import PlanInForce, TherapistPlan
from posturewatch.base.records import Event, EventKind


def plan(start: date, **more: Any) -> PlanInForce:
    """Three phases of four weeks with two exercises, accepted on their first day."""
    body: dict[str, Any] = {
        "format": "posturewatch-plan",
        "version": 1,
        "title": "Twelve weeks for the desk",
        "author": "Practice North",
        "written": start,
        "next_visit": start + timedelta(weeks=6),
        "phase": [
            {"name": "Getting used", "weeks": 4, "settings": {"posture": {"threshold": 1.5}}},
            {"name": "More often", "weeks": 4, "settings": {"breaks": {"every_min": 25}}},
            {"name": "On your own", "weeks": 4},
        ],
        "exercise": [
            {"key": "rolls", "name": "Shoulder rolls", "text": "Roll.", "dose": "5 times"},
            {"key": "nods", "name": "Nods", "text": "Nod.", "phases": [2]},
        ],
    }
    return PlanInForce(TherapistPlan.model_validate(body | more), start)


def done(taken: PlanInForce, key: str, at: datetime, outcome: str = "done") -> list[Event]:
    """The exercise is offered, and this becomes of it a minute later."""
    detail = f"{key} {taken.phase_on(at.date())} {taken.id}"
    return [
        Event(at, EventKind.EXERCISE, "offered", detail),
        Event(at + timedelta(minutes=1), EventKind.EXERCISE, outcome, detail),
    ]
