"""Whether two standard errors hold what they should, 0.93 to 0.97 of the truth, wherever one looks.

Frames err alike, so that n of them are worth fewer: m stills of one session count as m / (1 + (m − 1) ρ) (Kish's
design effect), ρ being the intraclass correlation of "was held" within sessions, and m frames of a film as
m (1 − λ) / (1 + λ), λ being its correlation from one frame to the next. For so many frames the exact binomial gives an
interval of 95 % (Clopper and Pearson), and the chance of so few if 0.93 were true, or of so many if 0.97 were; since
many groups are looked at, the chances are held against Holm's limits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scoring import Answer, grouped

LEAST, MOST = 0.93, 0.97
FILM = "clip"
"""Category of the frames that follow one another."""

LEVEL = 0.05
FEWEST = 5.0


@dataclass(frozen=True)
class Coverage:
    """One group of frames: how many, how many they are worth, share held, its interval, and the chance of so few or so
    many if the share were within bounds (1 where it is)."""

    n: int
    worth: float
    share: float
    low: float
    high: float
    chance: float


def held(answer: Answer) -> bool:
    """Whether the truth lies within two standard errors of what was said."""
    return answer.se_in is not None and abs(answer.error_in) <= 2.0 * answer.se_in


def intraclass(groups: Sequence[Sequence[Answer]]) -> float:
    """Correlation, at least 0, of "was held" between frames of one session within a group, by analysis of variance over
    all groups of two sessions and more; 0 where there is none."""
    between = within = apart = inside = size = 0.0
    for group in groups:
        sessions = [[held(a) for a in some] for _, some in grouped(group, _session)]
        if len(sessions) < 2:
            continue
        mean = sum(map(sum, sessions)) / len(group)
        between += sum(len(s) * (float(np.mean(s)) - mean) ** 2 for s in sessions)
        within += sum(len(s) * float(np.var(s)) for s in sessions)
        apart += len(sessions) - 1
        inside += len(group) - len(sessions)
        size += len(group) - sum(len(s) ** 2 for s in sessions) / len(group)
    if not apart or not inside or not within:
        return 0.0
    between, within = between / apart, within / inside
    return max(0.0, (between - within) / (between + (size / apart - 1.0) * within))


def from_one_to_the_next(films: Sequence[Sequence[Answer]]) -> float:
    """Correlation of "was held" between neighbouring frames of these films, at least 0."""
    series = [np.array([held(a) for a in film], dtype=float) for film in films]
    away = [one - float(np.mean(np.concatenate(series))) for one in series]
    whole = sum(float(one @ one) for one in away)
    return max(0.0, sum(float(one[1:] @ one[:-1]) for one in away) / whole) if whole else 0.0


def coverage(group: Sequence[Answer], stills: float, films: float) -> Coverage:
    """Of one group; ``stills``, ``films``: how far neighbours err alike (see the module)."""
    sessions = [(len(some), some[0].category == FILM) for _, some in grouped(group, _session)]
    worth = sum(m * (1.0 - films) / (1.0 + films) if film else m / (1.0 + (m - 1) * stills) for m, film in sessions)
    share = float(np.mean([held(a) for a in group]))
    n, k = round(worth), round(share * worth)
    low, high = _crossing(lambda p: _at_least(k, n, p), 0.025), _crossing(lambda p: _at_least(k + 1, n, p), 0.975)
    many, few = _at_least(k, n, MOST), 1.0 - _at_least(k + 1, n, LEAST)
    chance = many if share > MOST else few if share < LEAST else 1.0
    return Coverage(len(group), worth, share, low, high, chance)


def _at_least(k: int, n: int, p: float) -> float:
    """Chance of ``k`` or more of ``n``."""
    return math.fsum(math.comb(n, i) * p**i * (1.0 - p) ** (n - i) for i in range(k, n + 1))


def _crossing(rising: Callable[[float], float], level: float) -> float:
    """Where a chance that rises with p reaches ``level``, or the end where it does not."""
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2.0
        low, high = (middle, high) if rising(middle) < level else (low, middle)
    return high


def _session(answer: Answer) -> str:
    return answer.session


def print_coverage(ways: Mapping[str, Sequence[Answer]], view: Callable[[Answer], str]) -> None:
    """A row for each way of measuring, and all together, by view and by category, where the frames are worth
    :data:`FEWEST` and more; those outside Holm's limits are marked."""
    given = {way: [a for a in answers if a.said_in is not None] for way, answers in ways.items()}
    films = [[a for a in some if a.category == FILM] for all_ in given.values() for _, some in grouped(all_, _session)]
    series = from_one_to_the_next([film for film in films if film])
    given["all ways together"] = [a for answers in given.values() for a in answers]
    rows: list[tuple[str, Coverage]] = []
    for of in (view, lambda a: a.category):
        groups = [(way, key, some) for way, answers in given.items() for key, some in grouped(answers, of)]
        stills = intraclass([[a for a in some if a.category != FILM] for _, _, some in groups])
        found = [(f"{way[:30]}: {key}", coverage(some, stills, series)) for way, key, some in groups]
        rows += [(label, c) for label, c in found if c.worth >= FEWEST]
    order = sorted(range(len(rows)), key=lambda i: rows[i][1].chance)
    inside = next((rank for rank, i in enumerate(order) if rows[i][1].chance > LEVEL / (len(rows) - rank)), len(rows))
    print(f"\n{'held by 2 se, 0.93–0.97 asked for':56}{'n':>6}{'worth':>7}{'held':>6}{'95 %':>12}{'chance':>8}")
    for i, (label, c) in enumerate(rows):
        span, mark = f"{c.low:.2f}–{c.high:.2f}", "  outside" if i in order[:inside] else ""
        print(f"{label:56}{c.n:>6}{c.worth:>7.0f}{c.share:>6.2f}{span:>12}{c.chance:>8.3f}{mark}")
    single = sum(c.chance < LEVEL for _, c in rows)
    print(f"{inside} of {len(rows)} are outside by Holm's limits, {single} if each were the only one looked at")
