"""A day or a week in the terminal: sums, bands and small charts. Rows in, lines out; the standard library alone,
because `posturewatch log` has to start at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from posturewatch.base.i18n import _, decimals
from posturewatch.base.quantities import Units, duration, length, length_with_error, percent
from posturewatch.base.records import MinuteRow
from posturewatch.base.wording import day_name
from posturewatch.cli.columns import left, prose, right, terminal_columns
from posturewatch.core.history.adherence import exercises_words
from posturewatch.core.history.day_figures import DayFigures, quantile
from posturewatch.core.history.outcomes import breaks_words, nudges_words
from posturewatch.report.day_words import doubts, marks, median_words, quality_words, untied_note

BAR: Final = 24
"""Characters of a full bar, where the terminal has room for it."""

DAY_COLUMNS, WEEK_COLUMNS = 33, 54
"""What stands beside the bar in a line of a day's bands, and of a week's days."""

STEPS: Final = "▁▂▃▄▅▆▇█"
SLOT_MIN: Final = 5
"""Minutes for each character of the hours' chart."""

TOP_IN: Final = 3.0
"""Full height of the hours' chart, in inches: the largest value shown anywhere."""

BANDS: Final = (("< 0.5", "< 1.3"), ("0.5 – 1", "1.3 – 2.5"), ("1 – 2", "2.5 – 5.1"), ("≥ 2", "≥ 5.1"))


def day_lines(day: DayFigures, rows: Sequence[MinuteRow], *, units: Units) -> list[str]:
    """A day: its quality first, then bands, hours, breaks."""
    lines = [day_name(day.day), *prose(quality_words(day))]
    for words in (median_words(day, units), *doubts(day)):
        lines += prose(words)
    if day.median_in is None:
        return lines
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
        median = length_with_error(day.median_in, day.se_in, units) if day.median_in is not None else "–"
        taken = day.breaks.taken + day.breaks.natural
        valid = duration(day.valid_min) if day.valid_min else "–"
        lines.append(_line(day_name(day.day), valid, median, _bands_bar(day), f"{taken}{marks(day)}"))
    lines += prose(_("Bands: · near, ░ ▒ █ further forward.  * too little was measured."))
    for note in untied_note(days):
        lines += prose(note)
    return lines


def _line(day: str, valid: str, median: str, bands: str, breaks: str) -> str:
    return (
        f"{left(day, 14)} {right(valid, 11)} {right(median, 13)}  {left(bands, _bar(WEEK_COLUMNS))}  {breaks}".rstrip()
    )


def _band_lines(day: DayFigures, units: Units) -> list[str]:
    unit, column = ("cm", 1) if units == "cm" else ("in", 0)
    lines, full = [], _bar(DAY_COLUMNS)
    for names, minutes, share in zip(BANDS, day.band_min, day.band_share, strict=True):
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
    median = quantile(weighed, 0.5)
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
