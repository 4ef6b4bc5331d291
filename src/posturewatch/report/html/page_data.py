"""The numbers that ``page.js`` draws: one JSON object, made of the same summary as the words and tables.

No text that the user typed enters it. Days' timelines are packed, a character a minute, newest day first; days
older than a quarter are left to the tables and the CSV files, which the page says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from posturewatch.base import quantities
from posturewatch.base.i18n import COMMA_LANGUAGES, _, current_language
from posturewatch.base.quantities import LOWEST_IN
from posturewatch.base.records import Event
from posturewatch.base.wording import day_name, weekday_name
from posturewatch.core.history.minute_table import MinuteTable
from posturewatch.core.history.summary.change import DAYS_A_WEEK
from posturewatch.core.history.summary.records import HeatCell, Shortfall
from posturewatch.report import day_tables, words
from posturewatch.report.event_marks import event_mark, lane_names, minute_of_day, state_names
from posturewatch.report.material import Material

LETTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%()*+,-./:;=?@[]^_{|}~"
"""One letter for each 0.05 in from −1 in on; the same string stands in page.js."""

_TOP: Final = len(LETTERS) - 1

STEP_IN: Final = 0.05
"""Inches from one letter to the next: half of the least error that is told (``quantities.LEAST_ERROR``)."""

TIMELINE_DAYS: Final = 93
"""Days whose minutes the page carries: a quarter. A year of them would cost a second and half a megabyte."""

_HEADACHE_LANE: Final = 3


def page_data(material: Material) -> dict[str, Any]:
    """The object that becomes the page's JSON."""
    posture = material.posture
    event_words: dict[str, int] = {}
    event_signs: list[str] = []
    timelines = _timelines(material, event_words, event_signs)
    day_format = {"de": "%-d. %b", "es": "%-d %b", "ja": "%-m月%-d日"}.get(current_language(), "%b %-d")
    shares = posture.band_share or (0.0, 0.0, 0.0, 0.0)
    return {
        "lang": current_language(),
        "separators": ",." if current_language() in COMMA_LANGUAGES else ".,",
        "dayFormat": day_format,
        "weekFormat": day_format if material.within_a_year else {"ja": "%Y年%-m月"}.get(current_language(), "%b %Y"),
        "factor": quantities.in_units(1.0, material.units),
        "unit": material.units,
        "digits": 1,
        "words": _labels(),
        "bands": words.bands(material.units),
        "bandShare": [quantities.rounded(share * 100, 1) for share in shares],
        "bandSays": [list(map(words.percent, shares)), list(map(words.duration, posture.band_min))],
        "days": _days(material),
        "heat": _heat(material),
        "weeks": _weeks(material),
        "calibrations": _calibrations(material),
        "hasDiary": material.diary_shared and bool(material.period.diary.days),
        "timeline": timelines,
        "eventWords": list(event_words),
        "eventSigns": event_signs,
        "lanes": [*lane_names(), _("Headache")],
    }


def _labels() -> dict[str, Any]:
    return {
        "none": _("no value"),
        **dict(zip(("valid", "unreliable", "away", "paused", "off"), state_names().values(), strict=True)),
        "hours": _("hours"),
        "validMinutes": _("valid minutes"),
        "hourOfDay": _("hour of the day"),
        "median": _("median"),
        "p90": _("a tenth of the time over"),
        "usableDays": _("usable days"),
        "fht": _("distance"),
        "notedDays": _("days with a diary entry"),
        "acheDays": _("days with headache"),
        "days": _("days"),
        "state": _("seen"),
        "states": state_names(),
    }


def _days(material: Material) -> list[dict[str, Any]]:
    made = []
    for day in material.newest_days:
        seen = day.quality
        parts = {
            "v": seen.valid_min,
            "u": seen.unreliable_min,
            "a": seen.away_min,
            "p": seen.paused_min,
            "o": seen.off_min,
        }
        made.append(
            {
                "d": day.day.isoformat(),
                "ok": day.usable,
                "tied": day.tied is not False,
                **{key: _spent(minutes) for key, minutes in parts.items()},
                "b": [_spent(minutes) for minutes in day.posture.band_min],
            }
        )
    return made


def _heat(material: Material) -> dict[str, Any]:
    cells = {(cell.weekday, cell.hour): cell for cell in material.period.heat}
    if not cells:
        return {"hours": [], "weekdays": [], "z": [], "n": []}
    hours = range(min(hour for _day, hour in cells), max(hour for _day, hour in cells) + 1)
    weekdays = sorted({weekday for weekday, _hour in cells})
    found = [[cells.get((weekday, hour)) for hour in hours] for weekday in weekdays]
    return {
        "hours": [f"{hour:02d}" for hour in hours],
        "weekdays": [weekday_name(weekday) for weekday in weekdays],
        "z": [[None if cell is None else quantities.rounded(cell.median_in, 3) for cell in row] for row in found],
        "short": [
            [None if cell is None else words.bare(cell.median_in, material.units) for cell in row] for row in found
        ],
        "says": [[None if cell is None else _of_cell(cell, material.units) for cell in row] for row in found],
    }


def _spent(minutes: float) -> list[Any]:
    """A length of time to be drawn, in minutes, and in words."""
    return [quantities.rounded(minutes, 1), words.duration(minutes)]


def _of_cell(cell: HeatCell, units: quantities.Units) -> str:
    return f"{words.length(cell.median_in, units)}, {words.duration(cell.valid_min)}"


def _weeks(material: Material) -> list[dict[str, Any]]:
    return [
        {
            "start": week.monday.isoformat(),
            "m": week.median_in,
            "p90": week.p90_in,
            "se": week.se_in,
            "says": [
                words.length_with_error(week.median_in, week.se_in, material.units),
                words.length(week.p90_in, material.units),
            ],
            "usable": week.usable_days,
            "judged": (week.tied_days or 0) >= DAYS_A_WEEK,
            "ache": week.headache_days,
            "noted": week.answered_days,
        }
        for week in material.period.weeks
    ]


def _calibrations(material: Material) -> list[list[str]]:
    """Calibrations made within the period: day, and words."""
    period = material.period
    made = [note.at.date() for note in period.calibrations if period.first <= note.at.date() <= period.last]
    return [[day.isoformat(), _("calibrated on {day}").format(day=day.isoformat())] for day in made]


def _timelines(material: Material, event_words: dict[str, int], event_signs: list[str]) -> dict[str, dict[str, Any]]:
    """Days with rows, newest first, as many as the page carries."""
    recorded = [day.day for day in material.period.days if Shortfall.NOTHING not in day.shortfall][-TIMELINE_DAYS:]
    if not recorded:
        return {}
    events: dict[date, list[Event]] = defaultdict(list)
    for event in material.content.events:
        if event_mark(event) is not None:
            events[event.at.date()].append(event)
    aches: dict[date, list[datetime]] = defaultdict(list)
    for entry in material.content.diary if material.diary_shared else ():
        if entry.kind == "headache":
            aches[entry.at.date()].append(entry.at)
    says = {day.day: day for day in material.period.days}
    made: dict[str, dict[str, Any]] = {}
    for day in reversed(recorded):
        summary = says[day]
        minutes = material.content.minutes.of_days(day, day)
        packed = _timeline(minutes, events[day], aches[day], event_words, event_signs)
        packed["says"] = _("{day}: {valid} valid, median {median}, {use}.").format(
            day=day_name(day),
            valid=words.duration(summary.quality.valid_min),
            median=words.day_median(summary, material.units),
            use=words.use(summary),
        )
        packed["h"] = day_tables.hours_of_day(minutes, material.units).rows
        made[day.isoformat()] = packed
    return made


def _timeline(
    minutes: MinuteTable,
    events: Sequence[Event],
    aches: Sequence[datetime],
    event_words: dict[str, int],
    event_signs: list[str],
) -> dict[str, Any]:
    """One day, its minutes counted from midnight by the offset of its first, so that a time change neither folds nor
    tears it."""
    offset_min = int(minutes["offset_min"][0])
    at = minutes["minute"] - minutes["minute"][0]
    first, count = minute_of_day(minutes.start(0), offset_min), int(at[-1]) + 1
    last = first + count - 1
    values, errors, states = (np.full(count, sign) for sign in "  o")
    known = ~np.isnan(minutes["fht_median_in"])
    values[at[known]] = _letters(minutes["fht_median_in"][known] - LOWEST_IN)
    errors[at[known]] = _letters(np.nan_to_num(minutes["fht_se_in"][known]))
    states[at] = _states(minutes)
    shift_min = minutes["offset_min"] - offset_min
    changed = np.flatnonzero(np.diff(shift_min, prepend=0))
    shifts = [[0, 0], *([int(at[place]) + first, int(shift_min[place])] for place in changed)]
    marks = []
    for event in events:
        mark = event_mark(event)
        if mark is not None and first - 30 <= minute_of_day(event.at, offset_min) <= last + 30:
            marks.append(
                [
                    minute_of_day(event.at, offset_min),
                    mark.lane,
                    _known(words.event_words(event), mark.sign, event_words, event_signs),
                ]
            )
    for at in aches:
        ache = _known(_("headache"), "square", event_words, event_signs)
        marks.append([minute_of_day(at, offset_min), _HEADACHE_LANE, ache])
    return {
        "s": first,
        "v": "".join(values),
        "e": "".join(errors),
        "st": _runs(states.tolist(), first),
        "ev": marks,
        "z": shifts,
    }


def _states(minutes: MinuteTable) -> NDArray[np.str_]:
    """What most of each minute was; a minute with a value is valid, however short."""
    most = np.argmax([minutes[name] for name in ("unreliable_s", "paused_s", "off_s", "away_s")], axis=0)
    return np.where(minutes.measured_s > 0, "v", np.array(list("upoa"))[most])


def _letters(values_in: NDArray[np.float64]) -> NDArray[np.str_]:
    return np.array(list(LETTERS))[np.clip(np.rint(values_in / STEP_IN), 0, _TOP).astype(np.int64)]


def _runs(states: Sequence[str], first: int) -> list[list[Any]]:
    """``[begin, length, state]`` for each stretch of one state."""
    runs: list[list[Any]] = []
    for index, state in enumerate(states):
        if runs and runs[-1][2] == state:
            runs[-1][1] += 1
        else:
            runs.append([first + index, 1, state])
    return runs


def _known(said: str, sign: str, event_words: dict[str, int], event_signs: list[str]) -> int:
    """The number under which the page finds this text and its sign."""
    if said not in event_words:
        event_words[said] = len(event_words)
        event_signs.append(sign)
    return event_words[said]
