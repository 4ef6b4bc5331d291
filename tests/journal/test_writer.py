"""The journal: what is written comes back, days are local, minutes join, failures are waited out."""

from __future__ import annotations

import os
import sqlite3
import stat
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakes import FakeClock
from journal.rows_for_tests import NINE, calibrations, event, events, headache, headaches, minute, minutes
from posturewatch.base.errors import DataError, JournalError
from posturewatch.base.records import DiaryEntry, Estimate, EventKind, Load, MinuteRow, Reason, State, Step
from posturewatch.journal.reader import open_reader
from posturewatch.journal.schema import side_files
from posturewatch.journal.waiting import MAX_WAITING
from posturewatch.journal.writer import SqliteJournal

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
FAR_OFF = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the journal lies."""
    return tmp_path / "journal.sqlite"


def journal(path: Path, **options: object) -> SqliteJournal:
    """A journal under the fake clock."""
    return SqliteJournal(path, FakeClock(), **options)  # type: ignore[arg-type]


# --------------------------------------------------------------------------- what is written comes back


@given(st.lists(minutes(), max_size=5, unique_by=lambda row: row.start), st.lists(events, max_size=5))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_minutes_and_events_come_back_equal(
    tmp_path_factory: pytest.TempPathFactory, rows: list[MinuteRow], happened: list
) -> None:
    """Every value that fits the journal's scales survives, offset and all, in order of time."""
    with journal(tmp_path_factory.mktemp("j") / "journal.sqlite") as written:
        for row in rows:
            written.add_minute(row)
        for one in happened:
            written.add_event(one)
        back = written.minutes(LONG_AGO, FAR_OFF)
        assert back == tuple(sorted(rows, key=lambda row: row.start))
        assert [row.start.utcoffset() for row in back] == [
            row.start.utcoffset() for row in sorted(rows, key=lambda row: row.start)
        ]
        assert sorted(map(repr, written.events(LONG_AGO, FAR_OFF))) == sorted(map(repr, happened))


@given(st.lists(headaches, max_size=3), st.lists(calibrations, max_size=3))
@settings(max_examples=30, deadline=None)
def test_diary_and_calibrations_come_back_equal(
    tmp_path_factory: pytest.TempPathFactory, entries: list[DiaryEntry], made: list
) -> None:
    """Texts come back sign for sign, numbers exactly."""
    with journal(tmp_path_factory.mktemp("j") / "journal.sqlite") as written:
        for entry in entries:
            number = written.add_diary(entry)
            kept = written.diary_entry(number)
            assert (kept.at, kept.written_at, kept.worst, kept.duration_min) == (
                entry.at,
                entry.written_at,
                entry.worst,
                entry.duration_min,
            )
        for row in made:
            number = written.add_calibration(row)
            (back,) = [each for each in written.calibrations(row.profile) if each.id == number]
            assert (back.at, back.body, back.repeatability_in) == (row.at, row.body, row.repeatability_in)


def test_a_sample_keeps_its_angles_and_its_reason(path: Path) -> None:
    """A single estimate comes back to a tenth of a degree, with signs."""
    raw = Estimate(
        1.0,
        1.5,
        0.3,
        distance_cm=62.1,
        head_yaw_deg=3.2,
        head_pitch_deg=-4.1,
        head_roll_deg=0.5,
        trunk_lean_deg=7.7,
        trunk_yaw_deg=-2.0,
    )
    seen = Step(1.0, State.FORWARD, None, True, 1.25, 0.2, Load(23.5, 3.0, "rule"), raw)
    lost = Step(2.0, State.UNRELIABLE, Reason.TURNED, True)
    with journal(path) as written:
        written.add_sample(NINE, seen)
        written.add_sample(NINE + timedelta(seconds=1), lost)
        first, second = written.samples(NINE, NINE + timedelta(minutes=1))
    assert (first.fht_in, first.raw_fht_in, first.distance_cm, first.head_pitch_deg) == (1.25, 1.5, 62.1, -4.1)
    assert (first.trunk_yaw_deg, first.load_index_lb) == (-2.0, 23.5)
    assert (second.state, second.reason, second.fht_in) == (State.UNRELIABLE, Reason.TURNED, None)


@pytest.mark.unix_only("no mode bits")
def test_the_files_are_private(path: Path) -> None:
    """Database, write-ahead log and shared memory are 0600."""
    with journal(path) as written:
        written.add_event(event())
        assert {stat.S_IMODE(each.stat().st_mode) for each in (path, *side_files(path))} == {0o600}


def test_a_reader_reads_beside_the_writer(path: Path) -> None:
    """status, log and report see what was written a moment ago while the app goes on writing."""
    with journal(path) as written, open_reader(path) as reader:
        written.add_minute(minute())
        assert reader.minutes(LONG_AGO, FAR_OFF) == (minute(),)
        written.add_minute(minute(NINE + timedelta(minutes=1)))
        assert len(reader.minutes(LONG_AGO, FAR_OFF)) == 2
        assert reader.integrity() == ()
        with pytest.raises(sqlite3.OperationalError):
            reader._connection.execute("DELETE FROM minutes")


def test_reading_where_there_is_no_journal_says_so(path: Path) -> None:
    """No file is made by looking for one."""
    with pytest.raises(JournalError, match="no journal"):
        open_reader(path)
    assert not path.exists()


def test_the_subject_is_random_and_stays(tmp_path: Path) -> None:
    """Each journal has its own name for its person, the same at every opening."""
    with journal(tmp_path / "a.sqlite") as first, journal(tmp_path / "b.sqlite") as second:
        assert first.subject() != second.subject()
        name = first.subject()
    with journal(tmp_path / "a.sqlite") as again:
        assert again.subject() == name


def test_small_things_are_kept(path: Path) -> None:
    """The profile in force outlives a run."""
    with journal(path) as written:
        assert written.kept("profile") == ""
        written.keep("profile", "laptop")
    with journal(path) as again:
        assert again.kept("profile") == "laptop"


# --------------------------------------------------------------------------- days as they were lived


def test_a_day_of_summer_time_has_its_25_hours(path: Path) -> None:
    """The hour that the clock shows twice is two hours, in one local day, each with its own offset."""
    berlin = ZoneInfo("Europe/Berlin")
    first = datetime(2026, 10, 25, 0, 0, tzinfo=berlin)
    with journal(path) as written:
        for hour in range(25):
            written.add_minute(minute((first.astimezone(UTC) + timedelta(hours=hour)).astimezone(berlin)))
        rows = written.minutes_of(date(2026, 10, 25))
        assert len(rows) == 25
        assert [row.start.hour for row in rows][1:5] == [1, 2, 2, 3]
        assert written.days() == (date(2026, 10, 25),)


def test_a_flight_west_puts_each_minute_into_the_day_that_the_traveller_lived(path: Path) -> None:
    """Tokyo in the morning and, hours later, San Francisco on the day before: each by the offset of its row."""
    tokyo = datetime(2026, 11, 23, 8, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
    west = (tokyo + timedelta(hours=12)).astimezone(ZoneInfo("America/Los_Angeles"))
    with journal(path) as written:
        written.add_minute(minute(tokyo))
        written.add_minute(minute(west))
        written.add_event(event(west))
        written.add_diary(headache(tokyo))
        assert west.date() == date(2026, 11, 23)
        assert [row.start for row in written.minutes_of(date(2026, 11, 23))] == [tokyo, west]
        assert written.days() == (date(2026, 11, 23),)
        assert written.minutes_of(date(2026, 11, 22)) == ()
        assert len(written.diary_of(date(2026, 11, 23))) == len(written.events_of(date(2026, 11, 23))) == 1


def test_midnight_divides_the_days(path: Path) -> None:
    """23:59 belongs to the day that ends, 00:00 to the next, whatever UTC says."""
    last = datetime(2026, 11, 23, 23, 59, tzinfo=ZoneInfo("Asia/Kolkata"))
    with journal(path) as written:
        written.add_minute(minute(last))
        written.add_minute(minute(last + timedelta(minutes=1)))
        written.add_event(event(last + timedelta(seconds=59.9)))
        assert [row.start for row in written.minutes_of(last.date())] == [last]
        assert len(written.events_of(last.date())) == 1
        assert written.days() == (date(2026, 11, 23), date(2026, 11, 24))
        assert len(written.content(last.date(), last.date()).minutes) == 1
        assert len(written.content().minutes) == 2


# --------------------------------------------------------------------------- the minute in progress


def test_the_minute_in_progress_is_replaced_not_added(path: Path) -> None:
    """Written every ten seconds, a minute stays one row: the latest."""
    with journal(path) as written:
        for seconds in (10, 20, 30, 60):
            written.add_minute(minute(valid_s=float(seconds)))
        assert written.minutes(LONG_AGO, FAR_OFF) == (minute(valid_s=60.0),)


def test_a_restart_within_a_minute_adds_its_part(path: Path) -> None:
    """20 s before a restart and 30 s after it make 50 s, the mean weighted by time."""
    with journal(path) as before:
        before.add_minute(minute(valid_s=20.0, fht_mean_in=1.0))
    with journal(path) as after:
        for seconds in (10.0, 30.0):
            after.add_minute(minute(valid_s=seconds, fht_mean_in=2.0))
        (row,) = after.minutes(LONG_AGO, FAR_OFF)
    assert row.valid_s == 50.0
    assert row.fht_mean_in == pytest.approx((20 * 1.0 + 30 * 2.0) / 50)
    assert row.band_s == (0.0, 0.0, 50.0, 0.0)
    assert row.frames == 30


def test_a_sleep_within_a_minute_adds_its_part(path: Path) -> None:
    """The minute is begun anew after a suspend of seconds; what was before it is not lost."""
    with journal(path) as written:
        written.add_minute(minute(valid_s=15.0))
        for seconds in (5.0, 25.0):
            written.add_minute(minute(valid_s=seconds))
        (row,) = written.minutes(LONG_AGO, FAR_OFF)
    assert row.valid_s == 40.0


def test_a_clock_set_back_does_not_overwrite_what_was_measured(path: Path) -> None:
    """A minute lived twice keeps the record with more valid time, and the parts in between change nothing."""
    with journal(path) as written:
        written.add_minute(minute(valid_s=60.0))
        written.add_minute(minute(NINE + timedelta(minutes=1), valid_s=30.0, away_s=30.0))
        for seconds in (10.0, 50.0):
            written.add_minute(minute(valid_s=seconds))
        for seconds in (10.0, 60.0):
            written.add_minute(minute(NINE + timedelta(minutes=1), valid_s=seconds))
        assert [row.valid_s for row in written.minutes(LONG_AGO, FAR_OFF)] == [60.0, 60.0]


# --------------------------------------------------------------------------- the diary


def test_the_diary_is_edited_and_removed_by_number(path: Path) -> None:
    """Numbers stay with their entries and are not given again."""
    with journal(path) as written:
        first = written.add_diary(headache(worst=3))
        second = written.add_diary(headache(NINE + timedelta(hours=2)))
        written.edit_diary(first, headache(worst=9))
        assert written.diary_entry(first).worst == 9
        assert written.remove_diary(second).id == second
        assert written.add_diary(headache(NINE + timedelta(hours=3))) > second
        for missing in (second, 999):
            with pytest.raises(DataError, match=str(missing)):
                written.remove_diary(missing)
            with pytest.raises(DataError, match=str(missing)):
                written.edit_diary(missing, headache())


def test_no_headache_is_an_entry_of_its_own(path: Path) -> None:
    """Said twice it is one entry; a headache later that day takes it back; after one it is refused."""
    none = DiaryEntry(NINE, NINE, "none")
    with journal(path) as written:
        assert written.add_diary(none) == written.add_diary(none)
        written.add_diary(headache(NINE + timedelta(hours=5)))
        assert [entry.kind for entry in written.diary_of(NINE.date())] == ["headache"]
        with pytest.raises(DataError, match="already has a headache"):
            written.add_diary(none)


# --------------------------------------------------------------------------- failures are waited out


def test_a_locked_journal_keeps_the_rows_and_writes_them_later(path: Path) -> None:
    """Another process holds the lock: JournalError says so, and nothing is lost once it lets go."""
    with journal(path, busy_s=0.05) as written:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        for seconds in (20.0, 40.0):
            with pytest.raises(JournalError, match="locked"):
                written.add_minute(minute(valid_s=seconds))
        with pytest.raises(JournalError, match="locked"):
            written.add_event(event())
        assert written.unsaved == 2
        other.execute("ROLLBACK")
        other.close()
        written.add_minute(minute(valid_s=60.0))
        assert written.unsaved == 0
        assert written.minutes(LONG_AGO, FAR_OFF) == (minute(valid_s=60.0),)
        assert written.events(LONG_AGO, FAR_OFF) == (event(),)


def test_what_waits_is_bounded_and_samples_go_first(path: Path) -> None:
    """While the disk refuses, memory does not grow without end, and minutes outlive samples."""
    step = Step(1.0, State.AWAY, None, False)
    with journal(path, busy_s=0.0) as written:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(JournalError):
            written.add_minute(minute())
        for index in range(MAX_WAITING + 10):
            with pytest.raises(JournalError):
                written.add_sample(NINE + timedelta(seconds=index), step)
        assert written.unsaved == MAX_WAITING
        assert written.lost == 11
        other.execute("ROLLBACK")
        other.close()
        written.flush()
        assert written.minutes(LONG_AGO, FAR_OFF) == (minute(),)


@pytest.mark.unix_only("an open file cannot be removed there")
def test_a_journal_that_was_removed_is_begun_anew(path: Path) -> None:
    """Rows do not vanish into a file without a name; the user is told."""
    with journal(path) as written:
        written.add_event(event())
        for each in (path, *side_files(path)):
            each.unlink(missing_ok=True)
        written.add_event(event(outcome="acted"))
        assert [one.outcome for one in written.events(LONG_AGO, FAR_OFF)] == ["acted"]
        assert "gone" in written.notices()[0]
        assert written.notices() == ()
    with open_reader(path) as reader:
        assert len(reader.events(LONG_AGO, FAR_OFF)) == 1


@pytest.mark.unix_only("an open file cannot be moved there")
def test_a_data_folder_that_goes_and_comes_back_loses_nothing(tmp_path: Path) -> None:
    """A network home that is gone for a while: rows wait in memory and are written when it is back."""
    folder = tmp_path / "data"
    folder.mkdir()
    with journal(folder / "journal.sqlite") as written:
        written.add_event(event())
        folder.rename(tmp_path / "away")
        with pytest.raises(JournalError, match="cannot be opened"):
            written.add_event(event(outcome="acted"))
        (tmp_path / "away").rename(folder)
        written.add_event(event(outcome="dismissed"))
        assert [one.outcome for one in written.events(LONG_AGO, FAR_OFF)] == ["shown", "acted", "dismissed"]


def test_closing_writes_what_waits_and_leaves_one_file(path: Path) -> None:
    """After an orderly end the write-ahead log is folded in."""
    written = journal(path)
    written.add_minute(minute())
    written.close()
    written.close()
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_a_naive_time_is_a_mistake_of_the_program(path: Path) -> None:
    """A moment without its offset is refused, not guessed at."""
    with journal(path) as written, pytest.raises((TypeError, ValueError)):
        written.add_event(event(NINE.replace(tzinfo=None)))


def test_an_unknown_kind_of_event_is_passed_over(path: Path) -> None:
    """A later version of the same schema may write kinds that this one does not know."""
    with journal(path) as written:
        written.add_event(event())
        written.transact(lambda connection: connection.execute("UPDATE events SET kind = 'from the future'"))
        written.add_event(event(kind=EventKind.PAUSE))
        assert [one.kind for one in written.events(LONG_AGO, FAR_OFF)] == [EventKind.PAUSE]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only the administrator may give files away")
def test_a_running_journal_does_not_follow_into_a_folder_of_another_user(tmp_path: Path) -> None:
    """The data folder is swapped for another user's that everybody may write to: nothing is written there, the row
    waits, and is written when the folder is back. Each file that SQLite makes is the owner's alone."""
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    with journal(data / "journal.sqlite") as written:
        written.add_minute(minute())
        assert {stat.S_IMODE(path.stat().st_mode) for path in data.iterdir()} == {0o600}
        data.rename(tmp_path / "away")
        data.mkdir(mode=0o777)
        data.chmod(0o777)
        os.chown(data, 65534, 65534)
        with pytest.raises(JournalError, match="another user"):
            written.add_minute(minute(NINE + timedelta(minutes=1)))
        assert list(data.iterdir()) == []
        data.rmdir()
        (tmp_path / "away").rename(data)
        written.flush()
        assert len(written.minutes_of(NINE.date())) == 2


@pytest.mark.unix_only("modes of Unix")
def test_files_that_others_could_read_are_made_private(path: Path) -> None:
    """A journal that was copied here with open rights, and its side files: 0600 from the first opening on."""
    with journal(path) as written:
        written.add_minute(minute())
    path.chmod(0o644)
    with journal(path) as written:
        written.add_minute(minute(NINE + timedelta(minutes=1)))
        assert {stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir() if each.is_file()} == {0o600}
