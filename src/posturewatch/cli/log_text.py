"""A day or a week in the terminal: sums, bands and small charts. Rows in, lines out; the standard library alone,
because `posturewatch log` has to start at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Final

from posturewatch.base.i18n import _, decimals
from posturewatch.base.quantities import Units, duration, length, length_with_error, percent, rounded
from posturewatch.base.records import Event, MinuteRow
from posturewatch.cli.columns import left, prose, right, terminal_columns
from posturewatch.core.history.adherence import Exercises, count_exercises, exercises_words, sum_exercises
from posturewatch.core.history.outcomes import Breaks, Nudges, breaks_words, count_breaks, count_nudges, nudges_words
from posturewatch.core.history.summary.records import MIN_COVERAGE, MIN_TIED_MIN, MIN_VALID_MIN, MINUTE_SHARES

BAR: Final = 24
"""Characters of a full bar, where the terminal has room for it."""

DAY_COLUMNS, WEEK_COLUMNS = 33, 49
"""What stands beside the bar in a line of a day's bands, and of a week's days."""

STEPS: Final = "▁▂▃▄▅▆▇█"
SLOT_MIN: Final = 5
"""Minutes for each character of the hours' chart."""

TOP_IN: Final = 3.0
"""Full height of the hours' chart, in inches: the largest value shown anywhere."""

BANDS: Final = (("< 0.5", "< 1.3"), ("0.5 – 1", "1.3 – 2.5"), ("1 – 2", "2.5 – 5.1"), ("≥ 2", "≥ 5.1"))


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

    def fields(self) -> dict[str, Any]:
        """For JSON."""
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
        median_in=_quantile(medians, 0.5),
        p90_in=_quantile(sorted(_spread(counting)), 0.9),
        se_in=sum(value * weight for value, weight in errors) / seconds if seconds else None,
        band_min=tuple(sum(row.band_s[band] for row in counting) / 60 for band in range(4)),
        breaks=count_breaks(events),
        nudges=count_nudges(events),
        exercises=sum_exercises(count_exercises(events)),
        tied=tied,
        tied_min=tied_min,
    )


def day_lines(day: DayFigures, rows: Sequence[MinuteRow], *, units: Units) -> list[str]:
    """A day: its quality first, then bands, hours, breaks."""
    lines = [_day_name(day.day), *prose(_quality(day))]
    if day.median_in is None:
        return [*lines, _("Nothing was measured on this day.")]
    lines += prose(
        _("Median {median}, 90 % of the time below {p90}.").format(
            median=length_with_error(day.median_in, day.se_in, units), p90=length(day.p90_in or 0.0, units)
        )
    )
    if day.valid_min < MIN_VALID_MIN:
        lines += prose(_("Less than two hours were measured: this day says little."))
    elif not day.usable:
        lines += prose(_("Less than half of the time at the desk was measured: this day says little."))
    if day.tied is False:
        lines += prose(
            _("Not tied on this day: it tells its own course, its zero may lie elsewhere, and no other day compares.")
        )
    lines += ["", *_band_lines(day, units), "", *_hour_lines(rows, units), ""]
    lines += prose(breaks_words(day.breaks))
    lines += prose(nudges_words(day.nudges))
    if said := exercises_words(day.exercises):
        lines += prose(said)
    return lines


def week_lines(days: Sequence[DayFigures], *, units: Units) -> list[str]:
    """Seven days, a line each: minutes measured, median, a bar by band, breaks."""
    head = (_("day"), _("valid"), _("median"), _("bands"), _("breaks"))
    lines = [_line(*head)]
    for day in days:
        median = length(day.median_in, units) if day.median_in is not None else "–"
        taken = day.breaks.taken + day.breaks.natural
        few = " *" if day.valid_min and not day.usable else ""
        untied = " ~" if day.median_in is not None and day.tied is False else ""
        valid = duration(day.valid_min) if day.valid_min else "–"
        lines.append(_line(_day_name(day.day), valid, median, _bands_bar(day), f"{taken}{few}{untied}"))
    lines += prose(_("Bands: · near, ░ ▒ █ further forward.  * too little was measured."))
    if any(day.tied is False for day in days):
        lines += prose(_("~ not tied: compare it with no other day."))
    return lines


def _line(day: str, valid: str, median: str, bands: str, breaks: str) -> str:
    return (
        f"{left(day, 14)} {right(valid, 11)} {right(median, 8)}  {left(bands, _bar(WEEK_COLUMNS))}  {breaks}".rstrip()
    )


def _day_name(day: date) -> str:
    names = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    return f"{names[day.weekday()]} {day.isoformat()}"


def _quality(day: DayFigures) -> str:
    return _("Measured {valid} · away {away} · cannot tell {unreliable} · camera off {off}").format(
        valid=duration(day.valid_min),
        away=duration(day.away_min),
        unreliable=duration(day.unreliable_min),
        off=duration(day.paused_min + day.off_min),
    )


def _band_lines(day: DayFigures, units: Units) -> list[str]:
    unit, column = ("cm", 1) if units == "cm" else ("in", 0)
    lines, full = [], _bar(DAY_COLUMNS)
    for names, minutes in zip(BANDS, day.band_min, strict=True):
        share = minutes / day.valid_min if day.valid_min else 0.0
        bar = "█" * round(share * full)
        lines.append(
            f"{decimals(names[column]):>9} {unit}  {bar:<{full}} {right(duration(minutes), 11)}  {percent(share):>5}"
        )
    return lines


def _hour_lines(rows: Sequence[MinuteRow], units: Units) -> list[str]:
    """A character for each five minutes: height is the median, ``·`` away or off, ``?`` could not tell."""
    slots: dict[tuple[int, int], list[MinuteRow]] = {}
    for row in rows:
        slots.setdefault((row.start.hour, row.start.minute // SLOT_MIN), []).append(row)
    hours = sorted({hour for hour, _slot in slots})
    top = length(TOP_IN, units)
    head = _("By the hour (a sign for five minutes, full height {top}; · not there, ? could not tell)")
    lines = prose(head.format(top=top))
    for hour in range(hours[0], hours[-1] + 1) if hours else ():
        signs = "".join(_slot_sign(slots.get((hour, slot), [])) for slot in range(60 // SLOT_MIN))
        lines.append(f"  {hour:02d}  {signs}".rstrip())
    return lines


def _slot_sign(rows: Sequence[MinuteRow]) -> str:
    weighed = sorted((row.fht_median_in, row.valid_s) for row in rows if row.fht_median_in is not None)
    median = _quantile(weighed, 0.5)
    if median is not None:
        return STEPS[min(len(STEPS) - 1, max(0, int(median / TOP_IN * len(STEPS))))]
    if not rows:
        return " "
    elsewhere_s = sum(row.away_s + row.off_s + row.paused_s for row in rows)
    return "?" if sum(row.unreliable_s for row in rows) > elsewhere_s else "·"


def _bar(beside: int) -> int:
    """Characters of a full bar beside so many columns."""
    return max(4, min(BAR, terminal_columns() - 1 - beside))


def _bands_bar(day: DayFigures) -> str:
    if not sum(day.band_min):
        return ""
    # Ends are rounded, not lengths: so the parts always fill the bar.
    ends = [round(sum(day.band_min[: band + 1]) / sum(day.band_min) * _bar(WEEK_COLUMNS)) for band in range(4)]
    return "".join(sign * (end - begin) for sign, begin, end in zip("·░▒█", (0, *ends), ends, strict=False))


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


def _quantile(weighed: Sequence[tuple[float, float]], share: float) -> float | None:
    """Of sorted (value, weight): the value at which the weights below reach ``share`` of all."""
    whole = sum(weight for _value, weight in weighed)
    reached = 0.0
    for value, weight in weighed:
        reached += weight
        if reached >= share * whole:
            return value
    return None


def week_of(day: date) -> tuple[date, ...]:
    """The seven days that end with this one."""
    return tuple(day - timedelta(days=back) for back in range(6, -1, -1))
