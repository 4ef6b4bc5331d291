"""A therapist's plan in words: its course, its phases, its exercises. What was written in it is passed on as it is."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from posturewatch.base.i18n import _, ngettext
from posturewatch.base.wording import exercise_names, weekday_names

if TYPE_CHECKING:
    from posturewatch.base.plan import PlanExercise, PlanInForce


def weeks_words(count: int) -> str:
    """``4 weeks``."""
    return ngettext("{n} week", "{n} weeks", count).format(n=count)


def course_words(taken: PlanInForce) -> str:
    """From when to when, in how many phases."""
    phases = ngettext("{n} phase", "{n} phases", len(taken.plan.phase)).format(n=len(taken.plan.phase))
    return _("{first} to {last}: {weeks} in {phases}").format(
        first=taken.start.isoformat(),
        last=taken.last.isoformat(),
        weeks=weeks_words(sum(one.weeks for one in taken.plan.phase)),
        phases=phases,
    )


def author_words(taken: PlanInForce) -> str:
    """Who wrote it and when."""
    written = taken.plan.written.isoformat()
    if not taken.plan.author:
        return _("Written on {day}.").format(day=written)
    return _("Written by {author} on {day}.").format(author=taken.plan.author, day=written)


def phase_name(taken: PlanInForce, number: int) -> str:
    """``Phase 2: Getting used (2026-12-28 to 2027-01-24)``."""
    first, last = taken.phase_days(number)
    return _("Phase {number}: {name} ({first} to {last})").format(
        number=number, name=taken.plan.phase[number - 1].name, first=first.isoformat(), last=last.isoformat()
    )


def where_it_stands(taken: PlanInForce, day: date) -> str:
    """Which phase and week a day is in, or that the course has not begun or is over."""
    number = taken.phase_on(day)
    if number is None:
        if day < taken.start:
            return _("The plan begins on {day}.").format(day=taken.start.isoformat())
        return _("The plan ended on {day}.").format(day=taken.last.isoformat())
    week = (day - taken.start).days // 7 + 1
    return _("Week {week} of {weeks}, phase {number} of {phases}: {name}").format(
        week=week,
        weeks=sum(one.weeks for one in taken.plan.phase),
        number=number,
        phases=len(taken.plan.phase),
        name=taken.plan.phase[number - 1].name,
    )


def visit_words(taken: PlanInForce) -> str:
    """The next visit, empty where none is named."""
    visit = taken.plan.next_visit
    return "" if visit is None else _("Next visit: {day}").format(day=visit.isoformat())


def when_words(one: PlanExercise) -> str:
    """On which days and in which phases an exercise is done."""
    names = weekday_names()
    days = _("every day") if len(set(one.days)) == len(names) else ", ".join(names[day] for day in one.days)
    if not one.phases:
        return _("{days}, all phases").format(days=days)
    return ngettext("{days}, phase {phases}", "{days}, phases {phases}", len(one.phases)).format(
        days=days, phases=", ".join(map(str, one.phases))
    )


def exercise_name(taken: PlanInForce | None, key: str, plan: str) -> str:
    """What an exercise of the log is called: by the plan that it belongs to, else by the program's own names, else by
    its key."""
    if taken is not None and plan == taken.id:
        found = next((one.name for one in taken.plan.exercise if one.key == key), None)
        if found is not None:
            return found
    if key.startswith("own-") and key[4:].isdigit():
        return _("Own exercise {number}").format(number=int(key[4:]))
    return exercise_names().get(key, key.replace("_", " "))
