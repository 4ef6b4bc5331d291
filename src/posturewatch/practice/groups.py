"""Counts of a group's patients for somebody who must see no person: an employer, a study.

The rule, in full:

- A patient belongs to one group at most, and only fixed questions are answered. No question can be put together.
- A group of fewer than :data:`LEAST` is not told of at all.
- A count below :data:`LEAST` is withheld, a zero as well. Where one alone would be withheld, the next smallest goes
  too, so that nothing is left to subtract.
- Counts and sizes are rounded down to a multiple of :data:`STEP`.
- A month has one release. It is kept, and whoever asks again in that month gets the same numbers, whatever was taken
  in, moved to another group or deleted since. So two releases lie weeks and many patients' new files apart, and the
  difference of two rounded counts names nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import date
from typing import Any, Final

from posturewatch.base.i18n import _
from posturewatch.practice.engines import TO_WORKLIST, DuckEngine
from posturewatch.practice.lake import Lake
from posturewatch.practice.lake_tables import schema
from posturewatch.practice.register import Register

LEAST: Final = 10
STEP: Final = 5
SIZE: Final = "patients"
"""The question whose one answer is the group's size."""

Count = tuple[str, str, str, int | None]
"""Group, question, answer, and the number; ``None``: withheld."""


def release(lake: Lake, register: Register, today: date) -> list[Count]:
    """This month's counts, made now if nobody asked before. Raises DataError."""
    import pyarrow as pa

    path = lake.register(f"groups-{today:%Y%m}")
    if path.exists():
        return [tuple(row.values()) for row in lake.read(path, schema("group_counts")).to_pylist()]
    counts = withheld(_counted(lake, register))
    if not counts:  # nothing was told that a later answer could be compared with
        return counts
    names = schema("group_counts").names
    with lake.alone():
        rows = [dict(zip(names, count, strict=True)) for count in counts]
        lake.write(path, pa.Table.from_pylist(rows, schema=schema("group_counts")))
    return counts


def _counted(lake: Lake, register: Register) -> list[Mapping[str, Any]]:
    import pyarrow as pa

    members = [(patient, cohort) for patient, cohort in sorted(register.cohorts.items()) if cohort]
    with closing(DuckEngine(lake)) as engine:
        engine.load_marts()
        types = pa.schema([("patient", pa.int64()), ("cohort", pa.string())])
        patients, cohorts = [one for one, _cohort in members], [cohort for _one, cohort in members]
        engine.put("members", pa.table({"patient": patients, "cohort": cohorts}, schema=types))
        engine.define((*TO_WORKLIST, "group_counts"))
        return list(engine.table("SELECT cohort, question, answer, n FROM group_counts").to_pylist())


def words(question: str, answer: str) -> str:
    """A question and its answer in the user's language."""
    said = {
        SIZE: _("patients"),
        "change": _("change of the distance"),
        "headaches": _("headache days a week, now against then"),
        "forward": _("further forward"),
        "back": _("further back"),
        "none": _("no change told"),
        "few": _("too few days"),
        "more": _("more"),
        "fewer": _("fewer"),
        "alike": _("alike"),
    }
    return said[question] if question == SIZE else f"{said[question]}: {said[answer]}"


def withheld(counted: Iterable[Mapping[str, Any]]) -> list[Count]:
    """What of these counts may be told, by the rule above."""
    by_question: defaultdict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for row in counted:
        by_question[row["cohort"], row["question"]][row["answer"]] = int(row["n"])
    told: list[Count] = []
    sized: set[str] = set()
    for (cohort, question), answers in sorted(by_question.items()):
        size = sum(answers.values())
        if size < LEAST:
            continue
        if cohort not in sized:
            sized.add(cohort)
            told.append((cohort, SIZE, "", size // STEP * STEP))
        by_size = sorted(answers, key=lambda answer: (answers[answer], answer))
        hidden = {answer for answer in by_size if answers[answer] < LEAST}
        if len(hidden) == 1:
            hidden.update(by_size[:2])
        told += [
            (cohort, question, answer, None if answer in hidden else answers[answer] // STEP * STEP)
            for answer in sorted(answers)
        ]
    return told
