"""Figures for estimates against truth, and how they are printed. Inches; an estimate that is missing abstains.

The figures: share answered; mean error (bias), mean absolute error and its 95th percentile over the answered
frames; share of answered frames within two reported standard errors; share of frames with at least 1.5 in that are
called 1 in or more (hit), and of those with at most 0.5 in that are (false). A figure of no frames is NaN.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

FAR_IN = 1.5
NEAR_IN = 0.5
CALLED_IN = 1.0


@dataclass(frozen=True)
class Answer:
    """One test frame: what is true and what was said, inches; ``None`` = nothing was said."""

    session: str
    view: str
    category: str
    truth_in: float
    said_in: float | None
    se_in: float | None = None

    @property
    def error_in(self) -> float:
        """Said less truth; NaN where nothing was said."""
        return math.nan if self.said_in is None else self.said_in - self.truth_in


@dataclass(frozen=True)
class Figures:
    """See the module."""

    n: int
    answered: float
    bias: float
    mae: float
    p95: float
    in_2se: float
    hit: float
    false: float


def figures(answers: Sequence[Answer]) -> Figures:
    """The figures of these frames."""
    given = [a for a in answers if a.said_in is not None]
    errors = np.array([a.error_in for a in given])
    sizes = np.sort(np.abs(errors))
    within = [abs(a.error_in) <= 2 * a.se_in for a in given if a.se_in is not None]
    far = [a for a in given if a.truth_in >= FAR_IN]
    near = [a for a in given if a.truth_in <= NEAR_IN]
    return Figures(
        len(answers),
        _mean([a.said_in is not None for a in answers]),
        _mean(errors),
        _mean(sizes),
        float(sizes[math.ceil(0.95 * len(sizes)) - 1]) if len(sizes) else math.nan,
        _mean(within),
        _mean([called(a.said_in) for a in far]),
        _mean([called(a.said_in) for a in near]),
    )


def called(said_in: float | None) -> bool:
    """Whether this is called forward."""
    return said_in is not None and said_in >= CALLED_IN


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return float(np.mean(listed)) if listed else math.nan


def grouped(answers: Sequence[Answer], by: Callable[[Answer], str]) -> Iterator[tuple[str, list[Answer]]]:
    """The answers by a key, in order of it."""
    for key in sorted({by(a) for a in answers}):
        yield key, [a for a in answers if by(a) == key]


def print_figures(answers: Sequence[Answer], groups: Sequence[tuple[str, Callable[[Answer], str]]]) -> None:
    """A row for each group of each grouping, and one for all."""
    print_titles()
    for title, by in groups:
        for key, some in grouped(answers, by):
            print_row(f"{title} {key}", figures(some))
    print_row("all", figures(answers))


def print_titles() -> None:
    """The head of the table."""
    print(f"{'':34}" + "".join(f"{f.name.replace('_', ' '):>10}" for f in fields(Figures)))


def print_row(label: str, found: Figures) -> None:
    """One row of the table."""
    cells = [f"{found.n:>10}", *(f"{getattr(found, f.name):>10.2f}" for f in fields(Figures)[1:])]
    print(f"{label:34}" + "".join(cells), flush=True)


def correlation(truth: Sequence[float], cue: Sequence[float]) -> float:
    """Pearson's r; NaN for fewer than three values or without spread."""
    if len(truth) < 3 or np.std(truth) == 0 or np.std(cue) == 0:
        return math.nan
    return float(np.corrcoef(truth, cue)[0, 1])


def area_under_curve(high: Sequence[float], low: Sequence[float]) -> float:
    """Chance that a value of ``high`` exceeds one of ``low``, ties half (Mann–Whitney); NaN without either."""
    if not len(high) or not len(low):
        return math.nan
    gap = np.subtract.outer(np.asarray(high, dtype=float), np.asarray(low, dtype=float))
    return float((gap > 0).mean() + 0.5 * (gap == 0).mean())


def write_answers(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A CSV of estimates."""
    with path.open("w", newline="", encoding="utf-8") as handle:
        pen = csv.writer(handle, lineterminator="\n")
        pen.writerow(columns)
        pen.writerows(rows)
