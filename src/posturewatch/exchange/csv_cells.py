"""Cells of our CSV files: written so that a spreadsheet does not run them, read so that junk is refused.

RFC 4180: comma, CRLF, quotes where needed; a blank cell is a missing value. A text that begins with a sign which
spreadsheets take for a formula gets an apostrophe in front, and so does one that begins with an apostrophe:
taking one apostrophe off gives every text back.

Bytes are UTF-8. A byte order mark stands in front only where there is more than ASCII: spreadsheets need it then,
and programs that do not expect it never meet it otherwise.
"""

from __future__ import annotations

import codecs
import csv
import io
import math
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from operator import attrgetter
from typing import Any, Final, Generic, TypeVar

from posturewatch.base import zones
from posturewatch.base.errors import DataError, ImportRefusedError
from posturewatch.base.i18n import _
from posturewatch.base.outside import (
    OutsideError,
    checked_moment,
    checked_number,
    checked_text,
    moment_of,
    spreadsheet_text,
)
from posturewatch.base.quantities import fixed

SCHEMA_VERSION: Final = 4
"""Of the columns of all tables here; stands in every row, so that a lone file says what it is."""

MAX_ROWS: Final = 3_000_000
"""Five years of minutes around the clock."""

LINES_AT_ONCE: Final = 2000
"""Lines of a file that are made together."""

_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?", re.ASCII)
_WHOLE: Final = re.compile(r"-?\d{1,19}", re.ASCII)
_MOST_DIGITS: Final = 40
"""Python writes a number in 24 characters at the most."""

MOST_WHOLE: Final = 2**62
"""The journal's own whole numbers end little beyond."""

_HALF_MS: Final = timedelta(microseconds=500)
_UTC: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{3})?Z", re.ASCII)

R = TypeVar("R")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Kind(Generic[V]):
    """How values of one kind stand in a cell, both ways: what ``write`` gives for a value is blank or read back by
    ``read`` as that value, at the precision of the kind. A value that ``read`` would refuse is written as missing.

    ``read`` raises OutsideError that says what is allowed.
    """

    write: Callable[[V], str]
    read: Callable[[str], V]


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """One column: name with its unit, the unit, what it means (English; translated when shown), what of a row stands in
    it (None = blank), and of which kind that is.

    ``required``: whether a blank cell is an error when read. ``since``: the schema version that brought the column;
    files of an earlier one are read without it, as if it were blank.
    """

    name: str
    unit: str
    meaning: str
    of: Callable[[R], Any]
    kind: Kind[Any]
    required: bool = True
    since: int = 1

    def cell(self, row: R) -> str:
        """The row's cell in this column."""
        value = self.of(row)
        return "" if value is None else self.kind.write(value)


@dataclass(slots=True)
class LeftOut:
    """How many rows were left out of files while they were written."""

    rows: int = 0


def write_rows(
    columns: Sequence[Column[R]],
    rows: Iterable[R],
    build: Callable[[dict[str, Any]], R] | None = None,
    left: LeftOut | None = None,
) -> str:
    """The whole file: a head, then a line for each row that can be read again.

    One that cannot is left out, or it would keep all others from being read: one of a clock that was centuries off, or
    one that damage changed. ``build``: that of :func:`read_rows`, where it asks more than the cells do. ``left``:
    counts what is left out. Raises DataError for more rows than are read.
    """
    return "".join(row_pieces(columns, rows, build, left))


def row_pieces(
    columns: Sequence[Column[R]],
    rows: Iterable[R],
    build: Callable[[dict[str, Any]], R] | None = None,
    left: LeftOut | None = None,
) -> Iterator[str]:
    """The file as :func:`write_rows` makes it, in pieces of some lines: of years nobody holds all."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([*(column.name for column in columns), "schema_version"])
    version = str(SCHEMA_VERSION)
    needed = [place for place, column in enumerate(columns) if column.required]
    for number, part in enumerate(batched(rows, LINES_AT_ONCE), 1):
        if number * LINES_AT_ONCE > MAX_ROWS:
            raise DataError(
                _("That is more than a file may hold to be opened again: {n} rows.").format(n=MAX_ROWS),
                _("Share fewer days at a time."),
            )
        for row in part:
            cells = [column.cell(row) for column in columns]
            if all(map(cells.__getitem__, needed)) and (build is None or _is_built(columns, cells, build)):
                writer.writerow([*cells, version])
            elif left is not None:
                left.rows += 1
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    if whole_of := buffer.getvalue():
        yield whole_of


def _is_built(columns: Sequence[Column[R]], cells: Sequence[str], build: Callable[[dict[str, Any]], R]) -> bool:
    """Whether reading makes a row of these cells."""
    try:
        build({one.name: one.kind.read(cell) if cell else None for one, cell in zip(columns, cells, strict=True)})
    except OutsideError:
        return False
    return True


def batched(rows: Iterable[R], most: int) -> Iterator[tuple[R, ...]]:
    """Rows in groups of at most ``most``."""
    waiting = iter(rows)
    while group := tuple(islice(waiting, most)):
        yield group


def encode(text: str) -> bytes:
    """The bytes of a CSV file."""
    return b"".join(encoded((text,), ascii_only=text.isascii()))


def encoded(pieces: Iterable[str], *, ascii_only: bool) -> Iterator[bytes]:
    """The bytes of a CSV file that comes in pieces; ``ascii_only``: whether none of them holds more than ASCII."""
    if not ascii_only:
        yield codecs.BOM_UTF8
    for piece in pieces:
        yield piece.encode()


def read_rows(
    columns: Sequence[Column[R]], lines: Iterable[str], file: str, build: Callable[[dict[str, Any]], R]
) -> Iterator[R]:
    """The rows of a file, one after the other; raises ImportRefusedError with file, line and column.

    ``lines`` keep their line ends. The columns must be exactly ours (or those of an earlier version); their order may
    differ.
    """
    reader = csv.reader(lines, strict=True)
    names: list[str] = []
    by_name = {column.name: column for column in columns}
    by_name["schema_version"] = Column("schema_version", "", "", str, Kind(str, _version))
    try:
        for count, cells in enumerate(reader):
            if count == 0:
                names = _head(cells, by_name, file)
                continue
            if not cells:  # an empty line, as editors leave at the end
                continue
            if count > MAX_ROWS:
                raise refused(file, reader.line_num, None, _("too many rows"))
            if len(cells) != len(names):
                raise refused(
                    file,
                    reader.line_num,
                    None,
                    _("{got} cells instead of {wanted}").format(got=len(cells), wanted=len(names)),
                )
            values: dict[str, Any] = dict.fromkeys(by_name)
            for index, (name, cell) in enumerate(zip(names, cells, strict=True)):
                values[name] = _value(by_name[name], cell, file, reader.line_num, index)
            try:
                yield build(values)
            except OutsideError as err:
                raise refused(file, reader.line_num, None, str(err)) from err
    except csv.Error as err:
        why = _("not CSV: a quote is not closed, or a line does not end as usual")
        raise refused(file, reader.line_num, None, why) from err
    if not names:
        raise refused(file, 1, None, _("the file is empty"))


def refused(file: str, line: int, column: str | None, why: str) -> ImportRefusedError:
    """The error that names the place."""
    place = _("{file}, line {line}").format(file=file, line=line)
    if column is not None:
        place = _("{place}, column {column}").format(place=place, column=column)
    return ImportRefusedError(
        f"{place}: {why}.", _("Nothing was taken from this file. Give one as posturewatch wrote it.")
    )


def _head(cells: list[str], by_name: dict[str, Column[Any]], file: str) -> list[str]:
    names = [cell.removeprefix("\ufeff") for cell in cells]
    for index, name in enumerate(names):
        if name not in by_name:
            raise refused(file, 1, f"{index + 1}", _("there is no column {name}").format(name=repr(name[:60])))
        if name in names[:index]:
            raise refused(file, 1, f"{index + 1}", _("the column {name} stands twice").format(name=name))
    missing = [name for name, column in by_name.items() if name not in names and column.since == 1]
    if missing:
        raise refused(file, 1, None, _("these columns are missing: {names}").format(names=", ".join(missing)))
    return names


def _value(column: Column[Any], cell: str, file: str, line: int, index: int) -> Any:
    if not cell:
        if column.required:
            raise refused(file, line, f"{index + 1} ({column.name})", _("the cell is blank"))
        return None
    try:
        return column.kind.read(cell)
    except OutsideError as err:
        why = _("{cell} is not allowed; {allowed}").format(cell=repr(cell[:40]), allowed=err)
        raise refused(file, line, f"{index + 1} ({column.name})", why) from err


def _version(cell: str) -> int:
    version = whole(1, 1_000_000).read(cell)
    if version > SCHEMA_VERSION:
        raise OutsideError(_("this version of posturewatch reads {version}").format(version=SCHEMA_VERSION))
    return version


# --------------------------------------------------------------------------- kinds of cells


def text(most: int, *, lines: bool = False) -> Kind[str]:
    """A text of at most ``most`` characters, which no spreadsheet takes for a formula. Longer ones are cut, and signs
    that may not enter (``base/outside.py``) are written as question marks. ``lines``: it may have several lines."""

    def write(value: str) -> str:
        return spreadsheet_text(value[:most], lines=lines)

    def read(cell: str) -> str:
        return checked_text(cell.removeprefix("'"), most, lines=lines)

    return Kind(write, read)


def choice(*allowed: str) -> Kind[str]:
    """One of these words."""

    def read(cell: str) -> str:
        if cell not in allowed:
            raise OutsideError(_("one of {choices}").format(choices=", ".join(allowed)))
        return cell

    return Kind(lambda value: str(value) if value in allowed else "", read)


def yes_or_no() -> Kind[bool]:
    """``yes`` or ``no``."""
    words = choice("yes", "no")
    return Kind(lambda value: "yes" if value else "no", lambda cell: words.read(cell) == "yes")


def whole(low: int = 0, high: int = MOST_WHOLE) -> Kind[int]:
    """A whole number within these limits."""

    def read(cell: str) -> int:
        value = int(cell) if _WHOLE.fullmatch(cell) else None
        if value is None or not low <= value <= high:
            raise OutsideError(_("a whole number from {low} to {high}").format(low=low, high=high))
        return value

    return Kind(lambda value: str(value) if low <= value <= high else "", read)


def decimal(digits: int, low: float, high: float) -> Kind[float]:
    """A number within these limits, with this many decimals."""

    def write(value: float) -> str:
        cell = fixed(value, digits)
        return cell if low <= float(cell) <= high else ""

    return Kind(write, _number(low, high))


def exact(low: float = -sys.float_info.max, high: float = sys.float_info.max) -> Kind[float]:
    """A finite number within these limits, in as many digits as it has."""

    def write(value: float) -> str:
        return repr(float(value)) if math.isfinite(value) and low <= value <= high else ""

    return Kind(write, _number(low, high))


def utc(*, milliseconds: bool = False) -> Kind[datetime]:
    """``2026-11-22T08:00:00Z``, with ``.123`` if asked."""

    def write(value: datetime) -> str:
        try:  # to the nearest, as the journal does
            at = checked_moment(value.astimezone(UTC) + _HALF_MS if milliseconds else value.astimezone(UTC))
        except (OutsideError, OverflowError):
            return ""
        return at.replace(tzinfo=None).isoformat(timespec="milliseconds" if milliseconds else "seconds") + "Z"

    def read(cell: str) -> datetime:
        match = _UTC.fullmatch(cell)
        if match is not None:
            return moment_of(f"{match[1]}{match[2] or ''}+00:00")
        raise OutsideError(_("a time such as 2026-11-22T08:00:00Z"))

    return Kind(write, read)


offset_min: Final = whole(-zones.FARTHEST_OFFSET_MIN, zones.FARTHEST_OFFSET_MIN)
"""Minutes that local time is ahead of UTC."""


def local_cell(moment: datetime, *, milliseconds: bool = False) -> str:
    """``2026-11-22 09:00:00`` as the person's clock showed it; rounded as :func:`utc` is, if asked."""
    return (moment + _HALF_MS if milliseconds else moment).replace(tzinfo=None).isoformat(" ", "seconds")


def at_offset(moment: datetime, minutes: int, shown: str | None = None) -> datetime:
    """The moment in local time; raises OutsideError where the local column says another time, or no calendar has it."""
    try:
        local = moment.astimezone(zones.zone(minutes))
    except OverflowError as err:
        raise OutsideError(_("a time such as 2026-11-22T08:00:00Z")) from err
    if shown is not None and shown != local_cell(local):
        raise OutsideError(_("the local time {shown} does not fit UTC and offset").format(shown=repr(shown)))
    return local


def _number(low: float, high: float) -> Callable[[str], float]:
    """Reads a finite number within these limits, as Python writes one."""

    def read(cell: str) -> float:
        value = float(cell) if len(cell) <= _MOST_DIGITS and _NUMBER.fullmatch(cell) else math.nan
        return checked_number(value, low, high)

    return read


LOCAL: Final = text(40)
UTC_NOTE: Final = "Time in UTC, ISO 8601."
OFFSET_NOTE: Final = "Minutes that local time was ahead of UTC."
LOCAL_NOTE: Final = "The same moment as the person's clock showed it."


def moment_columns(note: str = "") -> tuple[Column[Any], ...]:
    """The three columns of a moment that is kept to the millisecond: UTC, the offset, and local time."""
    of = attrgetter("at")
    return (
        Column("utc_at", "", note + UTC_NOTE, of, utc(milliseconds=True)),
        Column("utc_offset_min", "min", OFFSET_NOTE, lambda row: zones.offset_min(of(row)), offset_min),
        Column("local_at", "", LOCAL_NOTE, lambda row: local_cell(of(row), milliseconds=True), LOCAL),
    )
