"""Records to the numbers that the journal's tables hold, and back. Pure.

Small integers keep a year small: times are UTC (minutes or milliseconds since 1970) beside the local offset in
minutes, seconds are hundredths, inches thousandths, pounds hundredths, centimetres and degrees tenths. All are
finer than what is measured by a factor of ten at the least.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from sys import intern
from typing import Any, Final, NamedTuple

from posturewatch.base.movement import CheckOutcome, Movement, MovementRow, Worse, trace_of, trace_text
from posturewatch.base.outside import cleaned
from posturewatch.base.records import (
    FULL_MINUTE_S,
    MINUTE_NUMBERS,
    MINUTE_SECONDS,
    CalibrationRow,
    DiaryEntry,
    Event,
    EventKind,
    MinuteRow,
    Reason,
    SampleRow,
    State,
    Step,
)
from posturewatch.base.zones import FARTHEST_OFFSET_MIN, offset_min, zone

MINUTE_S: Final = 60
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

Values = tuple[Any, ...]


def utc_ms(moment: datetime) -> int:
    """Milliseconds since 1970 UTC, rounded to the nearest."""
    return round((moment - _EPOCH) / timedelta(milliseconds=1))


def utc_minute(moment: datetime) -> int:
    """The UTC minute, counted from 1970, in which this moment lies."""
    return (moment - _EPOCH) // timedelta(minutes=1)


def moment_of_ms(at_ms: int, offset: int) -> datetime:
    """The aware local moment of a stored time."""
    zone_then = zone(int(offset))  # SQLite keeps a text there too: ValueError
    return (_EPOCH + timedelta(milliseconds=at_ms)).astimezone(zone_then)


def local_day_number(day: date) -> int:
    """Days since 1970 of a local date: what (UTC minute + offset) // 1440 gives for its minutes."""
    return day.toordinal() - _EPOCH.date().toordinal()


def day_of_number(number: int) -> date:
    """Inverse of :func:`local_day_number`."""
    return date.fromordinal(number + _EPOCH.date().toordinal())


def scaled(value: float | None, factor: int) -> int | None:
    """The value in units of ``1 / factor``, rounded; None stays None, and what is not finite is missing too."""
    return None if value is None or not math.isfinite(value) else round(value * factor)


def unscaled(value: int | None, factor: int) -> float | None:
    """Inverse of :func:`scaled`."""
    return None if value is None else value / factor


# --------------------------------------------------------------------------- minutes


class MinuteColumn(NamedTuple):
    """A column of table ``minutes``: a field of MinuteRow times ``factor``. ``part``: which of the bands."""

    name: str
    field: str
    factor: int = 1
    part: int | None = None


MINUTE_KEYS: Final = ("minute", "offset_min", "profile_id")
"""The first columns of table ``minutes``."""

MINUTE_COLUMNS: Final = (
    *(MinuteColumn(f"{name.removesuffix('_s')}_cs", name, 100) for name in MINUTE_SECONDS),
    MinuteColumn("frames", "frames"),
    MinuteColumn("median_mil", "fht_median_in", 1000),
    MinuteColumn("p90_mil", "fht_p90_in", 1000),
    MinuteColumn("mean_mil", "fht_mean_in", 1000),
    MinuteColumn("se_mil", "fht_se_in", 1000),
    MinuteColumn("load_clb", "load_index_lb", 100),
    *(MinuteColumn(f"band{part}_cs", "band_s", 100, part) for part in range(4)),
    MinuteColumn("calibration_id", "calibration_id"),
    MinuteColumn("p10_mil", "fht_p10_in", 1000),
    MinuteColumn("tied", "tied"),
    MinuteColumn("distance_mm", "distance_cm", 10),
    MinuteColumn("distance_se_mm", "distance_se_cm", 10),
    MinuteColumn("yaw_ddeg", "head_yaw_deg", 10),
    MinuteColumn("roll_ddeg", "head_roll_deg", 10),
    MinuteColumn("camera_above_mm", "camera_above_cm", 10),
    MinuteColumn("brightness", "brightness"),
)
"""The columns after :data:`MINUTE_KEYS`, in the table's order; both ways go by this list."""

_FACTORS: Final = tuple(column.factor for column in MINUTE_COLUMNS)
_BAND0: Final = next(place for place, column in enumerate(MINUTE_COLUMNS) if column.part == 0)
_PLACE_OF: Final = {column.field: place for place, column in enumerate(MINUTE_COLUMNS)}
_PLACES: Final[tuple[Any, ...]] = tuple(
    slice(_BAND0, _BAND0 + 4) if one.name == "band_s" else _PLACE_OF[one.name] for one in fields(MinuteRow)[2:]
)
"""Where each field of MinuteRow after start and profile stands among the columns."""


NUMBERS: Final = " AND ".join(
    f"{name} IS CAST({name} AS INTEGER)" for name in (*MINUTE_KEYS[1:], *(one.name for one in MINUTE_COLUMNS))
)
"""Condition on a row of ``minutes``: nothing but whole numbers stands in it, as :func:`minute_row` wants it. SQLite
keeps a text there, too. To ask it of a row costs about as much as to read the row."""


def minute_values(row: MinuteRow, profile_id: int) -> Values:
    """The columns of table ``minutes`` in their order."""
    return (utc_minute(row.start), offset_min(row.start), profile_id, *(_stored(row, one) for one in MINUTE_COLUMNS))


def _stored(row: MinuteRow, column: MinuteColumn) -> int | None:
    value = getattr(row, column.field)
    return scaled(value if column.part is None else value[column.part], column.factor)


def minute_row(values: Sequence[Any], profile: str) -> MinuteRow:
    """Inverse of :func:`minute_values`, the profile's name looked up by the caller; raises ValueError for what is no
    whole number, which SQLite keeps there too, and for an offset that no place has."""
    if not all(value is None or isinstance(value, int) for value in values) or abs(values[1]) > FARTHEST_OFFSET_MIN:
        raise ValueError("no minute of ours")
    minute, offset, _profile, *stored = values
    found = tuple(
        value if value is None or factor == 1 else value / factor
        for value, factor in zip(stored, _FACTORS, strict=True)
    )
    start = datetime.fromtimestamp(minute * MINUTE_S, zone(offset))
    row = MinuteRow(start, profile, *(found[place] for place in _PLACES))
    return row if row.tied is None else replace(row, tied=bool(row.tied))


def join_minutes(earlier: MinuteRow | None, later: MinuteRow) -> MinuteRow:
    """One row from two records of the same minute.

    A program that stops and starts within a minute leaves two parts: their seconds add, their values are
    weighted by valid seconds (an approximation for the percentiles, exact for the mean). Where the sum passes
    a minute, the clock was set back and the minute lived twice: the record with more valid time stands, the
    earlier at a tie.
    """
    if earlier is None:
        return later
    if known_s(earlier) + known_s(later) > FULL_MINUTE_S:
        return later if later.valid_s > earlier.valid_s else earlier
    larger = later if later.valid_s >= earlier.valid_s else earlier
    known = [row.tied for row in (earlier, later) if row.tied is not None]
    total_s = earlier.valid_s + later.valid_s

    def weighted(name: str) -> float | None:
        a: float | None = getattr(earlier, name)
        b: float | None = getattr(later, name)
        if a is None or b is None:
            return a if b is None else b
        return b if total_s <= 0 else (a * earlier.valid_s + b * later.valid_s) / total_s

    a, b = earlier.band_s, later.band_s
    joined: dict[str, Any] = {name: weighted(name) for name in MINUTE_NUMBERS}
    joined |= {name: getattr(earlier, name) + getattr(later, name) for name in (*MINUTE_SECONDS, "frames")}
    joined |= {"tied": all(known) if known else None}
    return replace(larger, start=later.start, band_s=(a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]), **joined)


def known_s(row: MinuteRow) -> float:
    """Seconds of the minute of which anything is known."""
    return row.valid_s + row.away_s + row.unreliable_s + row.paused_s + row.off_s


# --------------------------------------------------------------------------- events, calibrations, diary, samples


def event_values(event: Event) -> Values:
    """The columns of ``events`` after the id."""
    return (
        utc_ms(event.at),
        offset_min(event.at),
        str(event.kind),
        cleaned(event.outcome),
        cleaned(event.detail, lines=True),
        event.value,
    )


def event_row(values: Sequence[Any]) -> Event:
    """Inverse of :func:`event_values`; raises ValueError for a kind that this version does not know."""
    at_ms, offset, kind, outcome, detail, value = values
    texts = intern(cleaned(outcome)), intern(cleaned(detail, lines=True))  # of years there are few that differ
    return Event(moment_of_ms(at_ms, offset), EventKind(kind), *texts, _number(value))


def calibration_values(row: CalibrationRow) -> Values:
    """The columns of ``calibrations`` after the id."""
    profile, view = cleaned(row.profile), cleaned(row.view)
    return (utc_ms(row.at), offset_min(row.at), profile, row.repeatability_in, row.frames, view, row.body)


def calibration_row(values: Sequence[Any]) -> CalibrationRow:
    """Inverse of :func:`calibration_values`, the id first."""
    number, at_ms, offset, profile, repeatability, frames, view, body = values
    at = moment_of_ms(at_ms, offset)
    error = float(repeatability)
    return CalibrationRow(at, cleaned(profile), error, int(frames), cleaned(view), cleaned(body, lines=True), number)


def diary_values(entry: DiaryEntry) -> Values:
    """The columns of ``diary`` after the id."""
    return (
        utc_ms(entry.at),
        offset_min(entry.at),
        utc_ms(entry.written_at),
        offset_min(entry.written_at),
        entry.kind,
        entry.duration_min,
        entry.worst,
        entry.side,
        entry.medication,
        entry.trigger,
        entry.note,
        entry.score_name,
        entry.score,
    )


def diary_row(values: Sequence[Any]) -> DiaryEntry:
    """Inverse of :func:`diary_values`, the id first."""
    number, at_ms, offset, written_ms, written_offset, kind, duration, worst, side, *texts, score = values
    medication, trigger, note, score_name = (cleaned(text, lines=True) for text in texts)
    return DiaryEntry(
        moment_of_ms(at_ms, offset),
        moment_of_ms(written_ms, written_offset),
        cleaned(kind),
        _whole(duration),
        _whole(worst),
        cleaned(side),
        medication,
        trigger,
        note,
        score_name,
        _number(score),
        number,
    )


def check_values(row: MovementRow) -> Values:
    """The columns of ``checks`` after the id; numbers in thousandths of their unit, finer than what is told."""
    numbers = (row.value, row.se, row.again_se), (row.scatter, row.smoothness)
    first, last = (tuple(None if one is None else round(one, 3) for one in some) for some in numbers)
    trace = trace_text(row.trace)
    what = (utc_ms(row.at), offset_min(row.at), row.movement.value, row.outcome.value)
    return (*what, *first, row.repeats, *last, row.worse.value, trace)


def _number(stored: float | None) -> float | None:
    """What a column of numbers holds; raises ValueError for a text, which SQLite keeps there too."""
    return None if stored is None else float(stored)


def _whole(stored: int | None) -> int | None:
    """As :func:`_number`, of a column of whole numbers."""
    return None if stored is None else int(stored)


def check_row(values: Sequence[Any]) -> MovementRow:
    """Inverse of :func:`check_values`, the id first; raises ValueError for what this version does not know."""
    _id, at_ms, offset, movement, outcome, value, se, again_se, repeats, scatter, smoothness, worse, trace = values
    return MovementRow(
        moment_of_ms(at_ms, offset),
        Movement(movement),
        CheckOutcome(outcome),
        _number(value),
        _number(se),
        _number(again_se),
        int(repeats),
        _number(scatter),
        _number(smoothness),
        Worse(worse),
        trace_of(trace),
    )


def sample_values(at: datetime, step: Step) -> Values:
    """The columns of ``samples`` in their order."""
    raw = step.raw
    angles = (
        (None,) * 5
        if raw is None
        else (raw.head_yaw_deg, raw.head_pitch_deg, raw.head_roll_deg, raw.trunk_lean_deg, raw.trunk_yaw_deg)
    )
    return (
        utc_ms(at),
        offset_min(at),
        str(step.state),
        None if step.reason is None else str(step.reason),
        scaled(step.fht_in, 1000),
        scaled(step.fht_se_in, 1000),
        scaled(raw.fht_in if raw else None, 1000),
        scaled(raw.fht_se_in if raw else None, 1000),
        scaled(step.load.load_lb if step.load else None, 100),
        scaled(raw.distance_cm if raw else None, 10),
        *(scaled(angle, 10) for angle in angles),
    )


def sample_row(values: Sequence[Any]) -> SampleRow:
    """Inverse of :func:`sample_values`."""
    at_ms, offset, state, reason, fht, se, raw, raw_se, load, distance, yaw, pitch, roll, lean, trunk_yaw = values
    return SampleRow(
        at=moment_of_ms(at_ms, offset),
        state=State(state),
        reason=None if reason is None else Reason(reason),
        fht_in=unscaled(fht, 1000),
        fht_se_in=unscaled(se, 1000),
        raw_fht_in=unscaled(raw, 1000),
        raw_fht_se_in=unscaled(raw_se, 1000),
        load_index_lb=unscaled(load, 100),
        distance_cm=unscaled(distance, 10),
        head_yaw_deg=unscaled(yaw, 10),
        head_pitch_deg=unscaled(pitch, 10),
        head_roll_deg=unscaled(roll, 10),
        trunk_lean_deg=unscaled(lean, 10),
        trunk_yaw_deg=unscaled(trunk_yaw, 10),
    )
