"""The journal as CSV and back: minutes, events, diary, calibrations. Pure: text in, records out, and the reverse. The
days (``day_columns``) are for reading alone: an import computes them anew. Movement checks stand in ``check_table``.

Every table has UTC and the offset from it on each row; the local time beside them is for the reader and must
agree. Blank = missing. Units stand in the names; :func:`data_dictionary` explains every column.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter
from sys import intern
from typing import Any, Final, TypeVar

from posturewatch.base.errors import DataError
from posturewatch.base.i18n import _
from posturewatch.base.outside import OutsideError
from posturewatch.base.quantities import rounded
from posturewatch.base.records import (
    FULL_MINUTE_S,
    MINUTE_NUMBERS,
    MINUTE_SECONDS,
    CalibrationRow,
    DiaryEntry,
    Event,
    EventKind,
    JournalRow,
    MinuteRow,
)
from posturewatch.base.zones import offset_min
from posturewatch.core.history import diary as diary_rules
from posturewatch.core.history.summary.records import DaySummary
from posturewatch.exchange import csv_cells as f
from posturewatch.exchange.check_table import CHECKS, read_checks
from posturewatch.exchange.csv_cells import Column
from posturewatch.exchange.day_columns import DAYS
from posturewatch.exchange.load_columns import load_at, load_columns
from posturewatch.journal.rows import known_s

N = TypeVar("N", DiaryEntry, CalibrationRow)

ROUNDING_S: Final = 0.03
"""Five amounts of seconds, each rounded to hundredths, may add up to this much more."""

_FHT_IN: Final = (-30.0, 30.0)
"""A head further from its trunk is none; what is measured stays within 4 in."""

BANDS: Final = ("below_0_5_in_s", "from_0_5_to_1_in_s", "from_1_to_2_in_s", "from_2_in_s")
"""Columns of the seconds in each band."""

_SECONDS: Final = f.decimal(2, 0.0, 61.0)
_INCHES: Final = f.decimal(3, *_FHT_IN)
_ERROR_IN: Final = f.decimal(3, 0.0, _FHT_IN[1])
_WORD: Final = f.text(diary_rules.MAX_WORD, lines=True)
_SECONDS_NOTE: Final = "Seconds of this minute "
_VALID_NOTE: Final = " Over valid time; blank where there was none."


def _seconds(name: str, note: str) -> Column[MinuteRow]:
    return Column(name, "s", _SECONDS_NOTE + note, attrgetter(name), _SECONDS)


def _inches(name: str, note: str, since: int = 1, kind: f.Kind[float] = _INCHES) -> Column[MinuteRow]:
    return Column(name, "in", note + _VALID_NOTE, attrgetter(name), kind, required=False, since=since)


def _band(place: int, note: str) -> Column[MinuteRow]:
    return Column(BANDS[place], "s", _SECONDS_NOTE + note, lambda row: row.band_s[place], _SECONDS)


def _place(name: str, unit: str, note: str, kind: f.Kind[float]) -> Column[MinuteRow]:
    return Column(name, unit, note + _VALID_NOTE, attrgetter(name), kind, required=False, since=4)


MINUTES: Final[tuple[Column[MinuteRow], ...]] = (
    Column("utc_start", "", "Begin of the minute. " + f.UTC_NOTE, attrgetter("start"), f.utc()),
    Column("utc_offset_min", "min", f.OFFSET_NOTE, lambda row: offset_min(row.start), f.offset_min),
    Column("local_start", "", f.LOCAL_NOTE, lambda row: f.local_cell(row.start), f.LOCAL),
    Column("profile", "", "Name of the calibration profile.", attrgetter("profile"), f.text(200), False),
    _seconds("valid_s", "with a reliable estimate."),
    _seconds("away_s", "with nobody there."),
    _seconds("unreliable_s", "with somebody there and no reliable estimate."),
    _seconds("paused_s", "in which watching was paused."),
    _seconds("off_s", "in which the camera was off or could not be had."),
    Column("frames", "", "Pictures looked at.", attrgetter("frames"), f.whole()),
    _inches("fht_median_in", "Median forward head distance against the calibrated posture, + forward."),
    _inches("fht_p10_in", "10th percentile of the forward head distance.", since=2),
    _inches("fht_p90_in", "90th percentile of the forward head distance."),
    _inches("fht_mean_in", "Mean forward head distance."),
    _inches("fht_se_in", "Standard error of the forward head distance.", kind=_ERROR_IN),
    *load_columns("load_index_lb", lambda row: load_at(row.fht_median_in, row.fht_se_in)),
    _band(0, "with a forward head distance below 0.5 in."),
    _band(1, "from 0.5 to 1 in."),
    _band(2, "from 1 to 2 in."),
    _band(3, "from 2 in on."),
    Column(
        "calibration_id",
        "",
        "Number of the calibration in force (see calibrations).",
        attrgetter("calibration_id"),
        f.whole(1),
        False,
    ),
    Column(
        "tied",
        "",
        "Whether the calibration or a tie of the day holds for what was worn; no = the zero may lie an inch elsewhere.",
        attrgetter("tied"),
        f.yes_or_no(),
        False,
        since=3,
    ),
    _place("distance_cm", "cm", "Median distance of the eyes from the camera.", f.decimal(1, 0, 1000)),
    _place("distance_se_cm", "cm", "Standard error of that distance, the same for all.", f.decimal(1, 0, 1000)),
    _place(
        "head_yaw_deg",
        "deg",
        "Median turn of the head against the calibrated posture, + to the person's left.",
        f.decimal(1, -180, 180),
    ),
    _place("head_roll_deg", "deg", "Median tilt of the head to a side, likewise.", f.decimal(1, -180, 180)),
    _place("camera_above_cm", "cm", "How far the camera lies above the eyes; - = below.", f.decimal(1, -1000, 1000)),
    _place("brightness", "", "Mean grey of the picture, 0 to 255.", f.decimal(0, 0, 255)),
)

EVENTS: Final[tuple[Column[Event], ...]] = (
    *f.moment_columns(),
    Column("kind", "", "What happened.", attrgetter("kind"), f.choice(*(kind.value for kind in EventKind))),
    Column("outcome", "", "What came of it.", attrgetter("outcome"), f.text(200), False),
    Column("detail", "", "More about it.", attrgetter("detail"), f.text(2000, lines=True), False),
    Column("value", "", "A number that goes with it.", attrgetter("value"), f.exact(), False),
)

DIARY: Final[tuple[Column[DiaryEntry], ...]] = (
    Column("id", "", "Number of the entry.", attrgetter("id"), f.whole(1), False),
    *f.moment_columns("When it was. "),
    Column(
        "utc_written",
        "",
        "When the entry was written. " + f.UTC_NOTE,
        attrgetter("written_at"),
        f.utc(milliseconds=True),
    ),
    Column("written_utc_offset_min", "min", f.OFFSET_NOTE, lambda row: offset_min(row.written_at), f.offset_min),
    Column(
        "back_filled",
        "",
        "Whether it was written on a later day than it speaks of.",
        diary_rules.is_backfilled,
        f.yes_or_no(),
    ),
    Column(
        "kind",
        "",
        "headache; none = no headache that day; score = total of a questionnaire.",
        attrgetter("kind"),
        f.choice(*diary_rules.KINDS),
    ),
    Column(
        "duration_min",
        "min",
        "How long it lasted.",
        attrgetter("duration_min"),
        f.whole(0, diary_rules.MAX_DURATION_MIN),
        False,
    ),
    Column("worst_0_10", "", "Worst pain, 0 to 10.", attrgetter("worst"), f.whole(*diary_rules.WORST), False),
    Column("side", "", "Side of the head.", attrgetter("side"), f.choice(*diary_rules.SIDES), False),
    Column("medication", "", "As typed.", attrgetter("medication"), _WORD, False),
    Column("trigger", "", "Suspected trigger, as typed.", attrgetter("trigger"), _WORD, False),
    Column("note", "", "As typed.", attrgetter("note"), f.text(diary_rules.MAX_NOTE, lines=True), False),
    Column("score_name", "", "NDI or HIT-6.", attrgetter("score_name"), f.choice(*diary_rules.SCORE_RANGES), False),
    Column("score", "", "The total.", attrgetter("score"), f.exact(0, 1000), False),
)

CALIBRATIONS: Final[tuple[Column[CalibrationRow], ...]] = (
    Column("id", "", "Number of the calibration.", attrgetter("id"), f.whole(1), False),
    *f.moment_columns(),
    Column("profile", "", "Name of the profile.", attrgetter("profile"), f.text(200), False),
    Column(
        "repeatability_in",
        "in",
        "How well the calibration repeats itself.",
        attrgetter("repeatability_in"),
        f.exact(0),
    ),
    Column("frames", "", "Pictures that it rests on.", attrgetter("frames"), f.whole()),
    Column("view", "", "From where the camera looks.", attrgetter("view"), f.text(200), False),
    Column("body", "", "The calibration itself, JSON.", attrgetter("body"), f.text(90_000, lines=True), False),
)


def minutes_csv(rows: Iterable[MinuteRow], left: f.LeftOut | None = None) -> str:
    """The minutes, one a row. ``left``, here and below: counts the rows that no reader takes and that are left out."""
    return "".join(minutes_pieces(rows, left))


def minutes_pieces(rows: Iterable[MinuteRow], left: f.LeftOut | None = None) -> Iterator[str]:
    """As :func:`minutes_csv`, in pieces."""
    return f.row_pieces(MINUTES, _of_a_minute(rows, left if left is not None else f.LeftOut()), left=left)


def _of_a_minute(rows: Iterable[MinuteRow], left: f.LeftOut) -> Iterator[MinuteRow]:
    """Those whose seconds are no more than a minute has, and those in the bands no more than the valid ones."""
    for row in rows:
        if known_s(row) <= FULL_MINUTE_S + ROUNDING_S and sum(row.band_s) <= row.valid_s + ROUNDING_S:
            yield row
        else:
            left.rows += 1


def events_csv(rows: Iterable[Event], left: f.LeftOut | None = None) -> str:
    """The events, one a row."""
    return f.write_rows(EVENTS, rows, left=left)


def diary_csv(rows: Iterable[DiaryEntry], left: f.LeftOut | None = None) -> str:
    """The diary, an entry a row."""
    return f.write_rows(DIARY, rows, _entry, left)


def calibrations_csv(rows: Iterable[CalibrationRow], left: f.LeftOut | None = None) -> str:
    """The calibrations, one a row."""
    return f.write_rows(CALIBRATIONS, rows, left=left)


def days_csv(days: Iterable[DaySummary]) -> str:
    """The days, one a row."""
    return f.write_rows(DAYS, days)


def data_dictionary() -> str:
    """Every column of every table: table, column, unit, meaning in the user's language."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(["table", "column", "unit", "meaning"])
    tables: tuple[tuple[str, tuple[Column[Any], ...]], ...] = (
        ("minutes", MINUTES),
        ("events", EVENTS),
        ("diary", DIARY),
        ("calibrations", CALIBRATIONS),
        ("checks", CHECKS),
        ("days", DAYS),
    )
    for table, columns in tables:
        writer.writerows([table, column.name, column.unit, _(column.meaning)] for column in columns)
        writer.writerow(
            [table, "schema_version", "", _("Version of these columns: {number}.").format(number=f.SCHEMA_VERSION)]
        )
    return buffer.getvalue()


def kind_of_head(head: str) -> str | None:
    """Which table a file with this first line is: minutes, events, diary, calibrations or checks; None for none."""
    names = {name.strip().strip('"') for name in head.removeprefix("\ufeff").strip().split(",")}
    marks = {
        "minutes": "utc_start",
        "diary": "utc_written",
        "calibrations": "repeatability_in",
        "checks": "movement",
        "events": "outcome",
    }
    return next((kind for kind, mark in marks.items() if mark in names), None)


def read_minutes(lines: Iterable[str], file: str) -> Iterator[MinuteRow]:
    """The rows of a minutes file; raises ImportRefusedError with file, line and column at the first wrong one."""
    return f.read_rows(MINUTES, lines, file, _MinuteBuilder().build)


def read_events(lines: Iterable[str], file: str) -> Iterator[Event]:
    """As :func:`read_minutes`, for events."""
    return f.read_rows(EVENTS, lines, file, _event)


def read_diary(lines: Iterable[str], file: str) -> Iterator[DiaryEntry]:
    """As :func:`read_minutes`, for the diary; each entry must pass what the diary itself asks of one."""
    return f.read_rows(DIARY, lines, file, _once(_entry))


def read_calibrations(lines: Iterable[str], file: str) -> Iterator[CalibrationRow]:
    """As :func:`read_minutes`, for calibrations."""
    return f.read_rows(CALIBRATIONS, lines, file, _once(_calibration))


def read_table(kind: str, lines: Iterable[str], file: str) -> Iterator[JournalRow]:
    """The rows of a table of this kind (see :func:`kind_of_head`)."""
    readers: dict[str, Callable[[Iterable[str], str], Iterator[JournalRow]]] = {
        "minutes": read_minutes,
        "events": read_events,
        "diary": read_diary,
        "calibrations": read_calibrations,
        "checks": read_checks,
    }
    return readers[kind](lines, file)


class _MinuteBuilder:
    """Builds minutes and sees that none comes twice: of years a bit for each minute of a day is kept."""

    def __init__(self) -> None:
        self._seen: defaultdict[int, int] = defaultdict(int)

    def build(self, cells: dict[str, Any]) -> MinuteRow:
        start = f.at_offset(cells["utc_start"], cells["utc_offset_min"], cells["local_start"])
        if start.second:
            raise OutsideError(_("a minute begins at second 0"))
        day, minute = divmod(int(start.timestamp()) // 60, 1440)
        if self._seen[day] >> minute & 1:
            raise OutsideError(_("the minute {time} stands twice").format(time=f.utc().write(start)))
        self._seen[day] |= 1 << minute
        load = load_at(cells["fht_median_in"], cells["fht_se_in"])  # not the file's: older ones do not name the rule
        cells["load_index_lb"] = None if load is None else rounded(load.load_lb, 2)
        row = MinuteRow(
            start=start,
            profile=cells["profile"] or "",
            band_s=(cells[BANDS[0]], cells[BANDS[1]], cells[BANDS[2]], cells[BANDS[3]]),
            **{name: cells[name] for name in (*MINUTE_SECONDS, "frames", *MINUTE_NUMBERS, "calibration_id", "tied")},
        )
        if sum(cells[name] for name in MINUTE_SECONDS) > FULL_MINUTE_S + ROUNDING_S:
            raise OutsideError(_("the seconds add up to more than a minute"))
        if sum(row.band_s) > row.valid_s + ROUNDING_S:
            raise OutsideError(_("the seconds in the bands add up to more than the valid ones"))
        return row


def _once(build: Callable[[dict[str, Any]], N]) -> Callable[[dict[str, Any]], N]:
    """As ``build``; raises OutsideError for a row whose number has been met: it was doubled in the file."""
    met: set[int] = set()

    def build_once(cells: dict[str, Any]) -> N:
        number = cells["id"]
        if number in met:
            raise OutsideError(_("the number {number} stands twice").format(number=number))
        if number is not None:
            met.add(number)
        return build(cells)

    return build_once


def _event(cells: dict[str, Any]) -> Event:
    return Event(
        at=f.at_offset(cells["utc_at"], cells["utc_offset_min"], cells["local_at"]),
        kind=EventKind(cells["kind"]),
        outcome=intern(cells["outcome"] or ""),
        detail=intern(cells["detail"] or ""),
        value=cells["value"],
    )


def _entry(cells: dict[str, Any]) -> DiaryEntry:
    entry = DiaryEntry(
        at=f.at_offset(cells["utc_at"], cells["utc_offset_min"], cells["local_at"]),
        written_at=f.at_offset(cells["utc_written"], cells["written_utc_offset_min"]),
        kind=cells["kind"],
        duration_min=cells["duration_min"],
        worst=cells["worst_0_10"],
        side=cells["side"] or "",
        medication=cells["medication"] or "",
        trigger=cells["trigger"] or "",
        note=cells["note"] or "",
        score_name=cells["score_name"] or "",
        score=cells["score"],
        id=cells["id"],
    )
    try:
        return diary_rules.check_entry(entry)
    except DataError as err:
        raise OutsideError(err.message.rstrip(".")) from err


def _calibration(cells: dict[str, Any]) -> CalibrationRow:
    return CalibrationRow(
        at=f.at_offset(cells["utc_at"], cells["utc_offset_min"], cells["local_at"]),
        profile=cells["profile"] or "",
        repeatability_in=cells["repeatability_in"],
        frames=cells["frames"],
        view=cells["view"] or "",
        body=cells["body"] or "",
        id=cells["id"],
    )
