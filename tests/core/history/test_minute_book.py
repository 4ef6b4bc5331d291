"""The journal's minutes: weighed by time, cut at the wall clock's minutes, right across every kind of clock change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posturewatch.base.records import Load, MinuteRow, Reason, State, Step
from posturewatch.core.history.minute_book import MinuteBook
from posturewatch.core.reminding.passage import Timekeeper

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 11, 23, 9, 0, tzinfo=BERLIN)


def sits(t_s: float, fht: float = 0.2, se: float = 0.3) -> Step:
    """A verdict."""
    state = State.FORWARD if fht >= 1 else State.UPRIGHT
    return Step(t_s, state, None, True, fht_in=fht, fht_se_in=se, load=Load(11 + 10 * max(0.0, fht), 3.0, "rule"))


def away(t_s: float) -> Step:
    """An empty chair."""
    return Step(t_s, State.AWAY, Reason.NOBODY, False)


class Feeder:
    """A book with its two clocks."""

    def __init__(self, start: datetime = START) -> None:
        self.book = MinuteBook("desk", 3)
        self.now_s, self.now = 100.0, start
        self.time = Timekeeper(self.now_s, self.now, 75.0)  # a wait of a minute and a look
        self.rows: list[MinuteRow] = []

    def see(self, step: Step | None, *, paused: bool = False, off: bool = False, wait_s: float = 4.0) -> Feeder:
        """This holds from now on."""
        self.rows += self.book.feed(step, self.time.read(self.now_s, self.now), paused, off, wait_s=wait_s)
        return self

    def wait(self, seconds: float, wall: float | None = None) -> Feeder:
        """Time passes, on the wall perhaps another."""
        self.now_s += seconds
        # Added in UTC, as time passes; wall-clock arithmetic would skip or repeat the hour of a time change.
        passed = timedelta(seconds=seconds if wall is None else wall)
        self.now = (self.now.astimezone(UTC) + passed).astimezone(self.now.tzinfo)
        return self

    def done(self) -> list[MinuteRow]:
        """All rows, the open minute with them."""
        self.rows += self.book.finish(self.time.read(self.now_s, self.now))
        return self.rows


def total(row: MinuteRow) -> float:
    """All seconds of a row."""
    return row.valid_s + row.away_s + row.unreliable_s + row.paused_s + row.off_s


def test_a_minute_by_hand() -> None:
    """40 s at 0.4 in and 20 s at 1.6 in: P10 and median 0.4, P90 1.6, mean 0.8, two bands, load of the median."""
    feeder = Feeder()
    for second in range(0, 60, 4):
        feeder.see(sits(second, 0.4 if second < 40 else 1.6, 0.3 if second < 40 else 0.6)).wait(4)
    row = feeder.see(sits(60)).rows[0]
    assert (row.start, row.profile, row.calibration_id, row.frames) == (START, "desk", 3, 15)
    assert row.valid_s == pytest.approx(60)
    assert row.fht_median_in == 0.4
    assert (row.fht_p10_in, row.fht_p90_in) == (0.4, 1.6)
    assert row.fht_mean_in == pytest.approx(0.8)
    assert row.fht_se_in == pytest.approx(0.4)
    assert row.load_index_lb == pytest.approx(15.0)
    assert row.band_s == pytest.approx((40.0, 0.0, 20.0, 0.0))


@pytest.mark.parametrize(
    ("looks", "tied"),
    [((True, True), True), ((True, False), False), ((False, False), False), ((), None)],
    ids=["tied", "clothes changed within it", "untied", "nobody there"],
)
def test_a_minute_is_tied_if_all_of_its_looks_are(looks: tuple[bool, ...], tied: bool | None) -> None:
    """One value measured in other clothes is enough: what the minute says can no longer be set beside other days."""
    feeder = Feeder().see(away(0)).wait(4)
    for number, one in enumerate(looks, 1):
        feeder.see(replace(sits(number), tied=one)).wait(4)
    assert feeder.done()[0].tied is tied


def test_a_slow_look_weighs_as_much_as_the_time_it_stood_for() -> None:
    """One look that stood for 8 s outweighs seven that stood for half a second each."""
    feeder = Feeder().see(sits(0, 0.2)).wait(8)
    for number in range(7):
        feeder.see(sits(10 + number, 2.5)).wait(0.5)
    assert feeder.done()[0].fht_median_in == 0.2


@pytest.mark.parametrize(("fht", "band"), [(0.49, 0), (0.5, 1), (0.99, 1), (1.0, 2), (1.99, 2), (2.0, 3), (-0.4, 0)])
def test_a_limit_belongs_to_the_upper_band(fht: float, band: int) -> None:
    """Below 0.5, from 0.5, from 1, from 2 inches on."""
    row = Feeder().see(sits(0, fht)).wait(4).done()[0]
    assert row.band_s[band] == pytest.approx(4.0)
    assert sum(row.band_s) == pytest.approx(4.0)


def test_each_second_is_counted_where_it_was_spent() -> None:
    """Valid, away, unreliable, paused and off each get their seconds; without a verdict there is no number."""
    feeder = Feeder().see(sits(1)).wait(10).see(away(2)).wait(10)
    feeder.see(Step(3, State.UNRELIABLE, Reason.DIM, True)).wait(5)
    feeder.see(Step(4, State.UNCALIBRATED, None, True)).wait(5)
    feeder.see(None, paused=True).wait(10).see(None, off=True).wait(5).see(None).wait(5)
    row = feeder.done()[0]
    assert (row.valid_s, row.away_s, row.unreliable_s, row.paused_s, row.off_s) == pytest.approx((10, 10, 10, 10, 10))
    empty = Feeder().see(away(0)).wait(10).done()[0]
    assert (empty.fht_median_in, empty.fht_mean_in, empty.load_index_lb) == (None, None, None)


def test_a_step_does_not_speak_for_longer_than_three_waits() -> None:
    """The same step fed again and again (a camera that hangs) is valid for 12 s and off after that."""
    feeder, stuck = Feeder(), sits(0)
    for _ in range(30):
        feeder.see(stuck).wait(1)
    row = feeder.done()[0]
    assert row.valid_s == pytest.approx(12)
    assert row.off_s == pytest.approx(18)
    assert row.frames == 1


def test_one_long_wait_is_not_valid_time() -> None:
    """Forty seconds between two looks were watched by nobody."""
    row = Feeder().see(sits(0)).wait(40).done()[0]
    assert (row.valid_s, row.off_s) == pytest.approx((0, 40))


def test_a_step_speaks_for_three_of_the_waits_that_were_planned_after_it() -> None:
    """With the next look planned after 15 s, 40 s are less than three waits and valid; a plan of 4 s after it holds for
    its own step only."""
    row = Feeder().see(sits(0), wait_s=15.0).wait(40).see(sits(40), wait_s=4.0).wait(13).done()[0]
    assert (row.valid_s, row.off_s) == pytest.approx((40, 13))


def test_an_empty_chair_speaks_for_the_minute_until_the_next_glance() -> None:
    """After a long absence the camera looks once a minute: the chair counts as empty all the time."""
    feeder = Feeder()
    for number in range(5):
        feeder.see(away(number)).wait(60)
    assert sum(row.away_s for row in feeder.done()) == pytest.approx(300)


def test_a_sleep_leaves_no_rows_and_no_seconds() -> None:
    """Eight hours of sleep, counted by the monotonic clock or not, are minutes that nobody saw."""
    for counted in (0.0, 8 * 3600.0):
        feeder = Feeder().see(sits(0)).wait(10).see(sits(1)).wait(counted + 2, 8 * 3600 + 2).see(sits(2)).wait(10)
        rows = feeder.done()
        assert len(rows) == 2
        assert sum(total(row) for row in rows) <= 24
        assert rows[1].start == START + timedelta(hours=8)


def test_a_clock_set_back_gives_a_second_row_for_the_minute() -> None:
    """Each row is true; no seconds are lost or counted twice."""
    feeder = Feeder()
    for number in range(30):
        feeder.see(sits(number)).wait(4)
    feeder.see(sits(50)).wait(4, wall=-600)
    for number in range(30):
        feeder.see(sits(100 + number)).wait(4)
    rows = feeder.done()
    assert sum(total(row) for row in rows) == pytest.approx(244)
    assert all(total(row) <= 60.0 + 1e-9 for row in rows)


def test_stamps_that_stand_still_or_go_back_add_nothing() -> None:
    """dt == 0 and a monotonic clock that steps back are survived."""
    feeder = Feeder().see(sits(0)).wait(0).see(sits(1)).wait(0)
    feeder.now_s -= 50
    feeder.see(sits(2)).wait(4)
    assert total(feeder.done()[0]) == pytest.approx(4)


def test_the_hour_that_summer_time_repeats_is_there_twice() -> None:
    """25 October 2026, 02:00 to 03:00 comes twice in Berlin: 120 rows with two offsets, all in order."""
    feeder = Feeder(datetime(2026, 10, 25, 1, 59, tzinfo=BERLIN))
    for number in range(122 * 15):
        feeder.see(sits(number)).wait(4)
    rows = feeder.done()
    twice = [row for row in rows if row.start.hour == 2]
    assert len(twice) == 120
    assert {row.start.utcoffset() for row in twice} == {timedelta(hours=1), timedelta(hours=2)}
    starts = [row.start.timestamp() for row in rows]
    assert starts == sorted(set(starts))


def test_a_flight_changes_the_offset_and_loses_nothing() -> None:
    """The zone changes between two feeds while time simply goes on."""
    feeder = Feeder()
    for number in range(15):
        feeder.see(sits(number)).wait(4)
    feeder.now = feeder.now.astimezone(timezone(timedelta(hours=-5)))
    for number in range(15):
        feeder.see(sits(100 + number)).wait(4)
    rows = feeder.done()
    assert sum(row.valid_s for row in rows) == pytest.approx(120)
    assert rows[-1].start.utcoffset() == timedelta(hours=-5)


def test_another_calibration_is_not_mixed_in() -> None:
    """What the open minute held of the old baseline has no number any more; the new one begins."""
    feeder = Feeder().see(sits(0, 2.0)).wait(8).see(sits(1, 2.0))
    feeder.book.change("laptop", 4)
    feeder.see(sits(2, 0.2)).wait(8)
    row = feeder.done()[0]
    assert (row.profile, row.calibration_id) == ("laptop", 4)
    assert (row.valid_s, row.unreliable_s) == pytest.approx((8, 8))
    assert row.fht_p90_in == 0.2


def test_a_checkpoint_is_the_open_minute_and_changes_nothing() -> None:
    """Asked for twice, the same; the finished row is as if nobody had asked."""
    feeder = Feeder().see(sits(0)).wait(10).see(sits(1))
    once, twice = feeder.book.partial(feeder.now), feeder.book.partial(feeder.now)
    assert once == twice
    assert once is not None
    assert once.valid_s == pytest.approx(10)
    assert MinuteBook("desk").partial(START) is None


def test_a_step_without_a_load_leaves_the_load_blank() -> None:
    """A missing load is not a load of 0."""
    bare = Step(0, State.UPRIGHT, None, True, fht_in=0.2, fht_se_in=0.3)
    row = Feeder().see(bare).wait(4).done()[0]
    assert row.fht_median_in == 0.2
    assert row.load_index_lb is None


waits = st.tuples(
    st.floats(0.0, 70.0), st.sampled_from(["sits", "away", "none", "paused", "off"]), st.floats(-1.0, 4.0)
)


@settings(max_examples=200, deadline=None)
@given(st.lists(waits, min_size=1, max_size=60))
def test_no_second_is_lost_or_counted_twice(day: list[tuple[float, str, float]]) -> None:
    """Whatever happens, the rows add up to the time that passed, no minute holds more than 60 s, bands fit valid."""
    feeder = Feeder()
    for number, (seconds, what, fht) in enumerate(day):
        step = {"sits": sits(number, fht), "away": away(number)}.get(what)
        feeder.see(step, paused=what == "paused", off=what == "off").wait(seconds)
    rows = feeder.done()
    assert sum(total(row) for row in rows) == pytest.approx(sum(one[0] for one in day), abs=1e-3)
    for row in rows:
        assert total(row) <= 60.0 + 1e-6
        assert sum(row.band_s) == pytest.approx(row.valid_s)
        assert (row.fht_median_in is None) == (row.valid_s == 0.0)
    assert len({row.start for row in rows}) == len(rows)


@pytest.mark.parametrize("gap_s", [20.0, 70.0, 4000.0])
def test_a_stop_is_no_time_with_the_camera_off(gap_s: float) -> None:
    """A computer that stood still for longer than a turn may be late was not watched, and not switched off either."""
    feeder = Feeder()
    feeder.time = Timekeeper(feeder.now_s, feeder.now, 0.8)
    for number in range(120):
        feeder.see(sits(number)).wait(gap_s if number == 60 else 0.8)
    rows = feeder.done()
    assert sum(row.off_s for row in rows) == 0.0
    assert sum(row.valid_s for row in rows) == pytest.approx(119 * 0.8, abs=0.1)
