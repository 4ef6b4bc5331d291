"""The worklist: a row for each patient, and the rule by which those that need a look come first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from typing import Any, Final

from posturewatch.core.history.summary.limits import ANSWERED_DAYS
from posturewatch.core.history.summary.records import Interval
from posturewatch.practice.engines import TO_WORKLIST, DuckEngine, Engine
from posturewatch.practice.lake import Lake

MORE_HEADACHES: Final = 1.0
"""Headache days a week more than then that bring a patient to the top."""

SILENT_DAYS: Final = 14
"""Days without data after which somebody should ask."""

_EPOCH: Final = date(1970, 1, 1)


class Attention(IntEnum):
    """Why a patient needs a look; the first that holds, and the order of the list."""

    HEADACHES = 0
    FORWARD = 1
    SILENT = 2
    FEW_DAYS = 3
    NOTHING = 4


@dataclass(frozen=True, slots=True)
class PatientRow:
    """One patient over the weeks up to their newest day. ``headaches_then`` and ``headaches_now``: days a week,
    ``None`` with too few answers. ``median_in`` and ``change`` as in the report of the same days; ``missing_days``:
    usable tied days that a change at least lacks. ``breaks_taken``: of those due. ``exercises_…``: as in
    ``core/history/adherence``. ``check_day``: of the last of the movement ``checks``."""

    patient: int
    label: str
    look: Attention
    first_day: date
    last_day: date
    usable_days: int
    tied_days: int
    comparable_days: int
    headaches_then: float | None
    headaches_now: float | None
    ndi: tuple[float | None, float | None]
    hit6: tuple[float | None, float | None]
    median_in: float | None
    se_in: float | None
    change: Interval | None
    missing_days: int
    breaks_due: int
    breaks_taken: int
    exercises_offered: int = 0
    exercises_done: int = 0
    exercises_worse: int = 0
    checks: int = 0
    check_day: date | None = None


def worklist(lake: Lake, labels: Mapping[int, str], today: date, engine: Engine | None = None) -> list[PatientRow]:
    """All patients, those first that need a look: by :class:`Attention`, then the newest data, then the number.

    ``engine``: DuckDB where none is given. Raises DataError.
    """
    used = engine if engine is not None else DuckEngine(lake)
    try:
        used.load_marts()
        used.define(TO_WORKLIST)
        found = used.table("SELECT * FROM worklist").to_pylist()
    finally:
        if engine is None:
            used.close()
    return in_order(_row(one, labels, today) for one in found)


def in_order(rows: Iterable[PatientRow]) -> list[PatientRow]:
    """The rows, those first that need a look."""
    return sorted(rows, key=lambda row: (row.look, -row.last_day.toordinal(), row.patient))


def _row(found: Mapping[str, Any], labels: Mapping[int, str], today: date) -> PatientRow:
    change = None
    if found["change_uin"] is not None:
        change = Interval(*(found[name] / 1e6 for name in ("change_uin", "low_uin", "high_uin")))
    then = _a_week(found["aches_then"], found["answers_then"])
    now = _a_week(found["aches_now"], found["answers_now"])
    last = _EPOCH + timedelta(days=found["last_day"])
    return PatientRow(
        found["patient"],
        labels.get(found["patient"], ""),
        _look(change, then, now, (today - last).days),
        _EPOCH + timedelta(days=found["first_day"]),
        last,
        found["usable_days"],
        found["tied_days"],
        found["comparable_days"],
        then,
        now,
        (found["ndi_then"], found["ndi_now"]),
        (found["hit6_then"], found["hit6_now"]),
        None if found["median_mil"] is None else found["median_mil"] / 1000,
        None if found["se_uin"] is None else found["se_uin"] / 1e6,
        change,
        found["missing_days"],
        found["breaks_due"],
        found["breaks_taken"],
        found["exercises_offered"],
        found["exercises_done"],
        found["exercises_worse"],
        found["checks"],
        None if found["check_day"] is None else _EPOCH + timedelta(days=found["check_day"]),
    )


def _a_week(days: int, answers: int) -> float | None:
    """Headache days a week; days without an answer are neither."""
    return 7 * days / answers if answers >= ANSWERED_DAYS else None


def _look(change: Interval | None, then: float | None, now: float | None, silent_days: int) -> Attention:
    if then is not None and now is not None and now - then >= MORE_HEADACHES:
        return Attention.HEADACHES
    if change is not None and change.low_in > 0.0:
        return Attention.FORWARD
    if silent_days > SILENT_DAYS:
        return Attention.SILENT
    return Attention.FEW_DAYS if change is None else Attention.NOTHING


def span_of(lake: Lake, patient: int) -> tuple[date, date] | None:
    """First and last day that a patient's row speaks of; ``None`` where there is none. Raises DataError."""
    with closing(DuckEngine(lake)) as engine:
        engine.load_marts()
        engine.define(["spans"])
        found = engine.table(f"SELECT first_day, last_day FROM spans WHERE patient = {int(patient)}").to_pylist()  # noqa: S608
    if not found:
        return None
    return _EPOCH + timedelta(days=found[0]["first_day"]), _EPOCH + timedelta(days=found[0]["last_day"])
