"""A local day's sums from its rows, with the standard library alone: what has to be there at once (`posturewatch log`,
the window of today) does not wait for numpy. The numbers are those of ``core.history.summary``; a test holds it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from posturewatch.base.quantities import rounded
from posturewatch.base.records import Event, MinuteRow
from posturewatch.core.history.adherence import Exercises, count_exercises, sum_exercises
from posturewatch.core.history.outcomes import Breaks, Nudges, count_breaks, count_nudges
from posturewatch.core.history.summary.limits import MIN_COVERAGE, MIN_TIED_MIN, MIN_VALID_MIN
from posturewatch.core.history.summary.records import MINUTE_SHARES


@dataclass(frozen=True, slots=True)
class DayFigures:
    """What a day's rows and events add up to. Minutes; None = unknown."""

    day: date
    valid_min: float
    away_min: float
    unreliable_min: float
    paused_min: float
    off_min: float
    coverage: float | None
    median_in: float | None
    p90_in: float | None
    se_in: float | None
    band_min: tuple[float, ...]
    breaks: Breaks
    nudges: Nudges
    exercises: Exercises
    tied: bool | None = None
    tied_min: float | None = None

    @property
    def usable(self) -> bool:
        """Whether there is enough of the day to speak of it; the report's rule."""
        return self.valid_min >= MIN_VALID_MIN and self.coverage is not None and self.coverage >= MIN_COVERAGE

    @property
    def band_share(self) -> tuple[float, ...]:
        """Each band as a share of all of them; 0 where nothing was measured."""
        whole = sum(self.band_min)
        return tuple(minutes / whole if whole else 0.0 for minutes in self.band_min)

    def fields(self) -> dict[str, Any]:
        """All figures by name, as they stand in JSON; rounded to three decimals."""
        values = {name: getattr(self, name) for name in self.__slots__ if name not in ("breaks", "nudges", "exercises")}
        shown = {name: rounded(value, 3) if isinstance(value, float) else value for name, value in values.items()}
        shown |= {f"breaks_{name}": number for name, number in asdict(self.breaks).items()}
        shown |= {f"nudges_{name}": number for name, number in asdict(self.nudges).items()}
        shown |= {f"exercises_{name}": number for name, number in asdict(self.exercises).items()}
        return shown | {
            "day": self.day.isoformat(),
            "usable": self.usable,
            "nudges": self.nudges.shown,
            "band_min": [rounded(value, 2) for value in self.band_min],
        }


def figures(day: date, rows: Sequence[MinuteRow], events: Sequence[Event]) -> DayFigures:
    """Sum a local day up as the report does (``core.history.summary``), without waiting for numpy."""
    tied, tied_min = _tied(rows)
    counting = [row for row in rows if row.tied is not False] if tied else rows
    medians = sorted((row.fht_median_in, row.valid_s) for row in counting if row.fht_median_in is not None)
    errors = [(row.fht_se_in, row.valid_s) for row in counting if row.fht_se_in is not None]
    seconds = sum(weight for _value, weight in errors)
    return DayFigures(
        day,
        valid_min=sum(row.valid_s for row in rows) / 60,
        away_min=sum(row.away_s for row in rows) / 60,
        unreliable_min=sum(row.unreliable_s for row in rows) / 60,
        paused_min=sum(row.paused_s for row in rows) / 60,
        off_min=sum(row.off_s for row in rows) / 60,
        coverage=_coverage(rows),
        median_in=quantile(medians, 0.5),
        p90_in=quantile(sorted(_spread(counting)), 0.9),
        se_in=sum(value * weight for value, weight in errors) / seconds if seconds else None,
        band_min=tuple(sum(row.band_s[band] for row in counting) / 60 for band in range(4)),
        breaks=count_breaks(events),
        nudges=count_nudges(events),
        exercises=sum_exercises(count_exercises(events)),
        tied=tied,
        tied_min=tied_min,
    )


def minute_state(row: MinuteRow) -> str:
    """What a minute was, in a letter: ``v`` measured, however shortly; else what most of it was: ``u`` cannot tell,
    ``p`` paused, ``o`` camera off, ``a`` away. The report's timeline goes by the same rule."""
    if row.fht_median_in is not None and row.valid_s > 0:
        return "v"
    others = {"u": row.unreliable_s, "p": row.paused_s, "o": row.off_s, "a": row.away_s}
    return max(others, key=others.__getitem__)


def _spread(rows: Sequence[MinuteRow]) -> Iterator[tuple[float, float]]:
    """Each minute as three values with their seconds; one from before P10 was kept as its median."""
    for row in rows:
        low, middle, high = row.fht_p10_in, row.fht_median_in, row.fht_p90_in
        if middle is not None:
            values = (middle,) * 3 if low is None or high is None else (low, middle, high)
            yield from ((value, row.valid_s * share) for value, share in zip(values, MINUTE_SHARES, strict=True))


def _tied(rows: Sequence[MinuteRow]) -> tuple[bool | None, float | None]:
    """Whether the day's zero is known and its tied minutes (see ``core.history.summary.numbers.is_tied``)."""
    known = [row for row in rows if row.tied is not None and row.fht_median_in is not None]
    known_min = sum(row.valid_s for row in known) / 60
    if not known_min:
        return None, None
    tied_min = sum(row.valid_s for row in known if row.tied) / 60
    return tied_min >= min(MIN_TIED_MIN, known_min / 2), tied_min


def _coverage(rows: Sequence[MinuteRow]) -> float | None:
    """Valid time as a share of that in which somebody was, or may have been, at the desk (see ``Quality``)."""
    seen = [place for place, row in enumerate(rows) if row.valid_s + row.unreliable_s > 0]
    if not seen:
        return None
    valid_s = sum(row.valid_s for row in rows)
    lost_s = sum(row.paused_s + row.off_s for row in rows[seen[0] : seen[-1] + 1])
    return valid_s / (valid_s + sum(row.unreliable_s for row in rows) + lost_s)


def quantile(weighed: Sequence[tuple[float, float]], share: float) -> float | None:
    """Of sorted (value, weight): the value at which the weights below reach ``share`` of all."""
    whole = sum(weight for _value, weight in weighed)
    reached = 0.0
    for value, weight in weighed:
        reached += weight
        if reached >= share * whole:
            return value
    return None


def seven_days(last: date) -> tuple[date, ...]:
    """The seven days that end with this one."""
    return tuple(last - timedelta(days=back) for back in range(6, -1, -1))
