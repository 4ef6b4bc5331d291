"""A plan and its exercises as tables, written once for the page, the PDF and the therapist's screen."""

from __future__ import annotations

from posturewatch.base.i18n import _
from posturewatch.base.quantities import Units
from posturewatch.core.history.adherence import ExerciseCount, exercises_words, sum_exercises
from posturewatch.report import plan_words, words
from posturewatch.report.material import Material
from posturewatch.report.tables import Table


def has_plan(material: Material) -> bool:
    """Whether there is anything to say: a plan, or exercises that were offered."""
    return material.plan is not None or bool(material.period.exercises)


def sentence(material: Material) -> str:
    """Where the course stands when the report is made, and what became of the exercises."""
    stands = ""
    if material.plan is not None:
        stands = plan_words.where_it_stands(material.plan, material.made_at.date()).rstrip(".") + "."
    said = exercises_words(sum_exercises(material.period.exercises))
    return " ".join(part for part in (stands, said or _("No exercise was offered in this time.")) if part)


def phases(material: Material) -> Table:
    """The phases of the plan, and what was done in each."""
    taken = material.plan
    rows = []
    if taken is not None:
        for number, phase in enumerate(taken.plan.phase, start=1):
            first, last = taken.phase_days(number)
            counts = sum_exercises(
                one for one in material.period.exercises if one.plan == taken.id and one.phase == number
            )
            rows.append(
                (
                    f"{number}",
                    phase.name,
                    f"{first.isoformat()} – {last.isoformat()}",
                    settings_words(material, number),
                    words.number(counts.offered),
                    words.number(counts.done),
                    words.number(counts.worse),
                )
            )
    return Table(
        _("The plan by phase"),
        (_("Phase"), _("Name"), _("Days"), _("Settings"), _("Offered"), _("Done"), _("Made it worse")),
        tuple(rows),
        wordy=(1, 2, 3),
    )


def settings_words(material: Material, number: int) -> str:
    """Limit and break rhythm of a phase as the plan has them, and which of them the person keeps their own value of."""
    from posturewatch.base.plan import plan_values

    taken = material.plan
    if taken is None:
        return ""
    values, units = plan_values(taken.plan, number), material.units
    said = []
    if "posture.threshold" in values:
        limit = _("limit {length}").format(length=_length(values["posture.threshold"], units))
        said.append(_own(limit, kept="posture.threshold" in taken.kept))
    if "breaks.every_min" in values:
        rhythm = _("a break every {minutes} min").format(minutes=words.number(values["breaks.every_min"]))
        said.append(_own(rhythm, kept="breaks.every_min" in taken.kept))
    return ", ".join(said)


def _own(said: str, *, kept: bool) -> str:
    return _("{setting} (kept: the person's own)").format(setting=said) if kept else said


def _length(value_in: float, units: Units) -> str:
    return words.length(value_in, units, digits=2 if units == "in" else 1)


def exercises(material: Material) -> Table:
    """Each exercise by phase: what became of it."""
    rows = tuple(
        (
            plan_words.exercise_name(material.plan, one.key, one.plan),
            words.MISSING if one.phase is None else f"{one.phase}",
            *_cells(one),
        )
        for one in material.period.exercises
    )
    return Table(
        _("Exercises by phase, all days. Done: its break ran to the end. Out of sight nothing is counted."),
        (
            _("Exercise"),
            _("Phase"),
            _("Offered"),
            _("Done"),
            _("Ended early"),
            _("Skipped"),
            _("Made it worse"),
        ),
        rows,
    )


def done_by_phase(material: Material) -> Table:
    """A row for each exercise: done of offered, phase by phase; for a screen on which each line counts."""
    found = material.period.exercises
    steps = sorted({one.phase for one in found}, key=lambda phase: (phase is None, phase))
    named: dict[str, dict[int | None, list[ExerciseCount]]] = {}
    for one in found:
        name = plan_words.exercise_name(material.plan, one.key, one.plan)
        named.setdefault(name, {}).setdefault(one.phase, []).append(one)
    rows = []
    for name, by_phase in named.items():
        cells = [name]
        for phase in steps:
            counts = sum_exercises(by_phase.get(phase, ()))
            told = _("{done} of {offered}").format(done=counts.done, offered=counts.offered)
            cells.append(told if counts.offered else words.MISSING)
        worse = sum_exercises(one for parts in by_phase.values() for one in parts).worse
        rows.append((*cells, words.number(worse)))
    heads = [_("without a plan") if phase is None else _("Phase {number}").format(number=phase) for phase in steps]
    return Table(
        _("Exercises by phase: done of offered. Out of sight nothing is counted."),
        (_("Exercise"), *heads, _("Made it worse")),
        tuple(rows),
    )


def _cells(one: ExerciseCount) -> tuple[str, ...]:
    counts = one.counts
    return tuple(
        words.number(count) for count in (counts.offered, counts.done, counts.ended_early, counts.skipped, counts.worse)
    )
