"""CSV tables: what is written is read back equal, no cell runs in a spreadsheet, junk is refused with its place."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import repeat
from math import isfinite
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from journal.rows_for_tests import NINE, calibration, calibrations, event, events, headache, headaches, minute, minutes
from posturewatch.base.errors import DataError, ImportRefusedError
from posturewatch.base.outside import OutsideError, cleaned
from posturewatch.base.records import CalibrationRow, DiaryEntry, Event, MinuteRow
from posturewatch.core.history.diary import check_entry
from posturewatch.core.history.journal_content import JournalContent
from posturewatch.core.history.summary.period import summarise_period
from posturewatch.core.history.summary.records import WORKSTATION
from posturewatch.exchange import csv_cells
from posturewatch.exchange import csv_tables as tables

LOAD = ("load_se_lb", "load_rule", "load_head_lb")
"""Columns that say how the load index was made."""

SINCE_4 = (*WORKSTATION, *LOAD)


def lines(text: str) -> list[str]:
    """A file's lines with their ends."""
    return text.splitlines(keepends=True) if "\n" not in text else [part + "\n" for part in text.split("\n")[:-1]]


@given(st.lists(minutes(), max_size=4, unique_by=lambda row: row.start))
@settings(max_examples=30, deadline=None)
def test_minutes_survive(rows: list[MinuteRow]) -> None:
    """Written and read, a minute is equal in every part, its offset too."""
    back = tuple(tables.read_minutes(lines(tables.minutes_csv(rows)), "minutes.csv"))
    assert back == tuple(rows)
    assert [row.start.utcoffset() for row in back] == [row.start.utcoffset() for row in rows]


@given(st.lists(events, max_size=6), st.lists(calibrations, max_size=3))
@settings(max_examples=30, deadline=None)
def test_events_and_calibrations_survive(happened: list[Event], made: list[CalibrationRow]) -> None:
    """Texts that look like formulas, quotes and line ends come back as they were."""
    assert list(tables.read_events(lines(tables.events_csv(happened)), "events.csv")) == happened
    numbered = [
        CalibrationRow(c.at, c.profile, c.repeatability_in, c.frames, c.view, c.body, i + 1) for i, c in enumerate(made)
    ]
    assert list(tables.read_calibrations(lines(tables.calibrations_csv(numbered)), "c.csv")) == numbered


@given(st.lists(headaches, max_size=6))
@settings(max_examples=30, deadline=None)
def test_the_diary_survives(entries: list[DiaryEntry]) -> None:
    """Entries as the diary keeps them come back equal, notes of several lines among them."""
    kept = [check_entry(entry) for entry in entries]
    assert list(tables.read_diary(lines(tables.diary_csv(kept)), "diary.csv")) == kept


def test_a_doubled_row_is_refused() -> None:
    """A spreadsheet that wrote an entry twice would give somebody two headaches, and a calibration a second number."""
    entry, made = headache(), CalibrationRow(NINE, "desk", 0.1, 10, "front", "", 7)
    for read, text in (
        (tables.read_diary, tables.diary_csv([replace(entry, id=3), replace(entry, id=4)]).replace("\r\n4,", "\r\n3,")),
        (tables.read_calibrations, tables.calibrations_csv([made, made])),
    ):
        with pytest.raises(ImportRefusedError, match=r"line 3: the number \d stands twice"):
            list(read(lines(text), "table.csv"))


def test_a_note_of_several_lines_survives() -> None:
    """A line feed within a cell is no end of a row."""
    entry = check_entry(headache(note='first\n=second\n"third"'))
    assert list(tables.read_diary(lines(tables.diary_csv([entry])), "diary.csv")) == [entry]


@given(st.text(max_size=30))
def test_no_text_cell_begins_as_a_formula(text: str) -> None:
    """Whatever a user types, no cell begins with a sign that a spreadsheet runs, and the text can be had back, but for
    signs that may not enter."""
    kind = csv_cells.text(1000, lines=True)
    cell = kind.write(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert kind.read(cell) == cleaned(text, lines=True)


@given(st.floats())
@example(0.0007486553686685868)
@example(5e-324)
@example(-1.7976931348623157e308)
@example(1e22)
def test_a_number_in_full_is_read_back_or_blank(value: float) -> None:
    """Whatever number comes, no cell is written that is refused: it is the number again, or blank."""
    for kind in (csv_cells.exact(), csv_cells.exact(0, 1000)):
        cell = kind.write(value)
        assert not cell or kind.read(cell) == value
    assert bool(csv_cells.exact().write(value)) == isfinite(value)


@given(st.floats(), st.integers(0, 6))
def test_a_rounded_number_is_read_back_or_blank(value: float, digits: int) -> None:
    """A number at its limits is not rounded past them, and one beyond is missing."""
    kind = csv_cells.decimal(digits, -30.0, 30.0)
    cell = kind.write(value)
    assert (not cell and not abs(value) < 30.0) or kind.read(cell) == pytest.approx(value, abs=0.51 * 10**-digits)


@given(st.integers(-(2**70), 2**70), st.text(max_size=20))
def test_whole_numbers_words_and_texts_are_read_back_or_blank(value: int, word: str) -> None:
    """The same holds for the other kinds of cells; a text is cut to its limit, and signs that may not enter
    are replaced."""
    for kind in (csv_cells.whole(), csv_cells.whole(1, 10)):
        cell = kind.write(value)
        assert not cell or kind.read(cell) == value
    words = csv_cells.choice("left", "right")
    assert not words.write(word) or words.read(words.write(word)) == word
    text = csv_cells.text(10)
    assert text.read(text.write(word)) == cleaned(word)[:10]


@given(
    st.integers(0, 7_258_118_398_999_999).map(lambda us: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=us))
)
def test_moments_are_read_back(moment: datetime) -> None:
    """All that the journal counts, to the second and to the millisecond."""
    assert csv_cells.utc().read(csv_cells.utc().write(moment)) == moment.replace(microsecond=0)
    fine = csv_cells.utc(milliseconds=True)
    assert abs(fine.read(fine.write(moment)) - moment) <= timedelta(microseconds=500)


@given(
    st.datetimes(timezones=st.sampled_from([UTC, *(timezone(timedelta(hours=hours)) for hours in (-23, -12, 14, 23))]))
)
@example(datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC))
@example(datetime(2199, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC))
def test_no_moment_is_written_that_is_refused(moment: datetime) -> None:
    """Of a clock that is off by centuries a cell stays blank."""
    for kind in (csv_cells.utc(), csv_cells.utc(milliseconds=True)):
        cell = kind.write(moment)
        assert not cell or abs(kind.read(cell) - moment) < timedelta(seconds=1)


@pytest.mark.parametrize(
    "spoiled",
    [
        minute(datetime(2200, 1, 1, tzinfo=UTC)),
        minute(datetime(1969, 12, 31, tzinfo=UTC)),
        minute(NINE.astimezone(timezone(timedelta(hours=20))) + timedelta(hours=2)),
        minute(NINE + timedelta(hours=1), valid_s=70.0),
        minute(NINE + timedelta(hours=1), valid_s=60.0, away_s=40.0),
        minute(NINE + timedelta(hours=1), frames=-1),
        minute(NINE + timedelta(hours=1), band_s=(60.0, 60.0, 0.0, 0.0)),
    ],
    ids=["2200", "1969", "zone", "70 s", "100 s", "frames", "bands"],
)
def test_a_row_that_nobody_reads_keeps_no_other_from_being_read(spoiled: MinuteRow) -> None:
    """Of a clock that was centuries off, of a zone that is none, or damaged: it is left out, the others come back."""
    rows = [minute(), spoiled, minute(NINE + timedelta(hours=3))]
    assert list(tables.read_minutes(lines(tables.minutes_csv(rows)), "minutes.csv")) == [rows[0], rows[2]]


def test_nor_does_one_of_the_other_tables() -> None:
    """Events, calibrations and entries likewise; an entry must also be one that the diary takes."""
    far = datetime(2200, 1, 1, tzinfo=UTC)
    happened = [event(), event(far)]
    assert list(tables.read_events(lines(tables.events_csv(happened)), "e")) == happened[:1]
    made = [calibration(), calibration(far), replace(calibration(NINE), repeatability_in=float("inf"))]
    assert list(tables.read_calibrations(lines(tables.calibrations_csv(made)), "c")) == made[:1]
    said = [headache(), headache(far), DiaryEntry(NINE, NINE, "score"), DiaryEntry(NINE, NINE, "odd")]
    assert list(tables.read_diary(lines(tables.diary_csv(said)), "d")) == said[:1]


def test_more_rows_than_are_read_are_not_written() -> None:
    """Said as they are written, not when it is too late."""
    column: csv_cells.Column[int] = csv_cells.Column("n", "", "", int, csv_cells.whole())
    with pytest.raises(DataError, match="opened again: 3000000 rows"):
        for _piece in csv_cells.row_pieces((column,), repeat(1, csv_cells.MAX_ROWS + 1)):
            pass


@pytest.mark.parametrize("cell", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "2200-01-01T00:00:00Z"])
def test_a_moment_at_the_edge_of_the_calendar_is_refused(cell: str) -> None:
    """In words, before anything computes with it."""
    with pytest.raises(OutsideError, match="a day from 1970-01-01 to 2199-12-31"):
        csv_cells.utc().read(cell)


def test_values_are_blank_where_nothing_was_measured() -> None:
    """Missing is an empty cell, never 0."""
    (row,) = csv.DictReader(io.StringIO(tables.minutes_csv([minute(valid_s=0.0, away_s=60.0, calibration_id=None)])))
    assert row["fht_median_in"] == row["load_index_lb"] == row["calibration_id"] == ""
    assert row["valid_s"] == "0.00"
    assert (row["utc_start"], row["utc_offset_min"], row["local_start"]) == (
        "2026-11-23T08:00:00Z",
        "60",
        "2026-11-23 09:00:00",
    )
    assert row["load_se_lb"] == row["load_rule"] == row["load_head_lb"] == ""
    assert row["schema_version"] == "4"


def test_every_load_index_says_by_which_rule_and_head_it_is() -> None:
    """Made from the median beside it, with its error, whatever a minute kept from a rule that was shown live; a file
    that claims another number, or does not say how it was made, brings none of it in."""
    kept = [minute(), replace(minute(NINE + timedelta(minutes=1)), load_index_lb=40.0)]
    text = tables.minutes_csv(kept)
    for row in csv.DictReader(io.StringIO(text)):
        assert [row[name] for name in ("fht_median_in", "load_index_lb", "load_se_lb")] == ["1.250", "23.50", "2.24"]
        assert (row["load_rule"], row["load_head_lb"]) == ("10-lb-per-inch", "11.00")
        head = list(row)
        assert head.index("fht_median_in") < head.index("load_index_lb")
    older = text.replace(",23.50,2.24,10-lb-per-inch,11.00,", ",40.00,,,,")
    assert [row.load_index_lb for row in tables.read_minutes(lines(older), "minutes.csv")] == [23.5, 23.5]
    period = summarise_period(JournalContent.of(kept * 1, (), ()), first=NINE.date(), last=NINE.date())
    (day,) = csv.DictReader(io.StringIO(tables.days_csv(period.days)))
    told = ("load_index_median_lb", "load_se_lb", "load_rule", "load_head_lb")
    assert [day[name] for name in told] == ["23.50", "2.24", "10-lb-per-inch", "11.00"]


@pytest.mark.parametrize(
    ("version", "later"),
    [("1", ("fht_p10_in", "tied", *SINCE_4)), ("2", ("tied", *SINCE_4)), ("3", SINCE_4)],
    ids=["before P10", "before ties", "before workstation and the load's rule"],
)
def test_a_file_from_before_a_column_is_read_without_it(version: str, later: tuple[str, ...]) -> None:
    """Files of schema version 1 have no P10 and no tie, those of 2 no tie, those of 3 no workstation and no name of the
    load's rule; all else of them comes back."""
    row = minute()
    (cells,) = csv.DictReader(io.StringIO(tables.minutes_csv([row])))
    earlier = {name: cell for name, cell in cells.items() if name not in later} | {"schema_version": version}
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(earlier))
    writer.writeheader()
    writer.writerow(earlier)
    wanted = replace(row, **dict.fromkeys(name for name in later if name not in LOAD))
    assert list(tables.read_minutes(lines(out.getvalue()), "minutes.csv")) == [wanted]


def test_whether_a_minute_was_tied_is_yes_no_or_blank() -> None:
    """Blank where nothing was measured, or where a journal from before ties does not say."""
    rows = [minute(tied=tied) for tied in (True, False, None)]
    assert [row["tied"] for row in csv.DictReader(io.StringIO(tables.minutes_csv(rows)))] == ["yes", "no", ""]


def test_a_mark_stands_in_front_only_where_it_is_needed() -> None:
    """Plain ASCII has no byte order mark; other letters have one, which spreadsheets need."""
    assert not csv_cells.encode("a,b\r\n").startswith(b"\xef\xbb\xbf")
    assert csv_cells.encode("ü\r\n").startswith(b"\xef\xbb\xbf")


def changed(text: str, column: str, value: str) -> str:
    """The file with one cell of its first row changed."""
    rows = list(csv.reader(io.StringIO(text)))
    rows[1][rows[0].index(column)] = value
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("utc_start", "2026-11-23 08:00"),
        ("utc_start", "2026-13-23T08:00:00Z"),
        ("utc_start", "2026-11-23T08:00:30Z"),
        ("utc_offset_min", "900.5"),
        ("utc_offset_min", "1000"),
        ("local_start", "2026-11-23 10:00:00"),
        ("valid_s", "61.5"),
        ("valid_s", "nan"),
        ("valid_s", ""),
        ("away_s", "30"),
        ("frames", "-1"),
        ("fht_median_in", "1,5"),
        ("fht_median_in", "٠.٥"),  # digits of another script: a spreadsheet would not read them
        ("frames", "１４"),
        ("fht_median_in", "99"),
        ("fht_se_in", "-0.1"),
        ("from_2_in_s", "30"),
        ("calibration_id", "0"),
        ("schema_version", "5"),
        ("profile", "x" * 300),
    ],
)
def test_a_wrong_cell_is_refused_with_its_place(column: str, value: str) -> None:
    """File and line are named, and the column where one cell is to blame."""
    text = changed(tables.minutes_csv([minute(), minute(NINE + timedelta(minutes=1))]), column, value)
    with pytest.raises(ImportRefusedError, match=r"minutes\.csv, line 2") as caught:
        list(tables.read_minutes(lines(text), "minutes.csv"))
    assert column in caught.value.message or column in {"away_s", "from_2_in_s", "local_start", "utc_start"}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _text: "",
        lambda _text: "a,b\r\n1,2\r\n",
        lambda text: text.replace("valid_s", "valid"),
        lambda text: text.replace("away_s", "valid_s"),
        lambda text: text.replace(",15,", ",15,15,"),
        lambda text: text.replace(",15,", ',"15,'),
        lambda text: text + lines(text)[1],
        lambda text: text.replace(",schema_version", ""),
    ],
    ids=["empty", "foreign", "renamed", "twice", "long row", "open quote", "same minute", "no version"],
)
def test_a_file_of_another_shape_is_refused(spoil: Any) -> None:
    """Nothing of it is taken for granted."""
    with pytest.raises(ImportRefusedError, match=r"minutes\.csv, line \d"):
        list(tables.read_minutes(lines(spoil(tables.minutes_csv([minute()]))), "minutes.csv"))


def test_empty_lines_are_passed_over() -> None:
    """As an editor leaves them at the end; they hold nothing that could be lost."""
    first, *rest = lines(tables.minutes_csv([minute()]))
    assert list(tables.read_minutes([first, "\r\n", *rest, "\r\n", "\n"], "minutes.csv")) == [minute()]


@given(st.text(max_size=200), st.sampled_from(["minutes", "events", "diary", "calibrations"]))
@settings(max_examples=100, deadline=None)
def test_junk_is_refused_and_nothing_else(junk: str, kind: str) -> None:
    """Any text under a good head gives rows or ImportRefusedError."""
    writers = {
        "minutes": (tables.minutes_csv, tables.read_minutes),
        "events": (tables.events_csv, tables.read_events),
        "diary": (tables.diary_csv, tables.read_diary),
        "calibrations": (tables.calibrations_csv, tables.read_calibrations),
    }
    write, read = writers[kind]
    try:
        list(read(lines(write(()) + junk + "\n"), "junk.csv"))
    except ImportRefusedError as err:
        assert "junk.csv" in err.message  # noqa: PT017


def test_a_table_is_known_by_its_head() -> None:
    """Each of our tables is told from the others and from strangers."""
    for kind, write in (
        ("minutes", tables.minutes_csv),
        ("events", tables.events_csv),
        ("diary", tables.diary_csv),
        ("calibrations", tables.calibrations_csv),
    ):
        assert tables.kind_of_head(lines(write(()))[0]) == kind
    assert tables.kind_of_head(lines(tables.days_csv(()))[0]) is None
    assert tables.kind_of_head("date,open,close") is None


def test_the_dictionary_explains_every_column() -> None:
    """No column of any table is without words, and units stand in the names."""
    rows = list(csv.DictReader(io.StringIO(tables.data_dictionary())))
    explained = {(row["table"], row["column"]) for row in rows if row["meaning"]}
    for table, text in (
        ("minutes", tables.minutes_csv(())),
        ("events", tables.events_csv(())),
        ("diary", tables.diary_csv(())),
        ("calibrations", tables.calibrations_csv(())),
        ("days", tables.days_csv(())),
    ):
        head = next(csv.reader(io.StringIO(text)))
        assert {(table, name) for name in head} <= explained
    for row in rows:
        if row["unit"]:
            ending = {"%": "_pct"}.get(row["unit"], f"_{row['unit']}")
            assert row["column"].endswith(ending), row


def test_a_day_is_one_row_of_the_days() -> None:
    """The days' table has what the summary has, blank where it has nothing."""
    rows = tuple(minute(NINE + timedelta(minutes=index)) for index in range(180))
    day = NINE.date()
    period = summarise_period(JournalContent.of(rows, [event()], [headache()]), first=day, last=day + timedelta(days=1))
    first, second = csv.DictReader(io.StringIO(tables.days_csv(period.days)))
    assert (first["date"], first["usable"], first["valid_min"], first["from_1_to_2_in_min"]) == (
        "2026-11-23",
        "yes",
        "180.00",
        "180.00",
    )
    assert (first["headache"], first["headache_worst_0_10"]) == ("yes", "6")
    assert (second["date"], second["usable"], second["fht_median_in"], second["headache"]) == (
        "2026-11-24",
        "no",
        "",
        "",
    )


def test_times_are_rounded_alike_in_all_columns() -> None:
    """A moment just before a second, as a clock gives it, is one moment in UTC and in local time."""
    at = datetime(2026, 11, 23, 9, 0, 0, 999_700, tzinfo=UTC)
    (back,) = tables.read_events(lines(tables.events_csv([event(at)])), "events.csv")
    assert back.at == datetime(2026, 11, 23, 9, 0, 1, tzinfo=UTC)
    assert back.at.date() == date(2026, 11, 23)
