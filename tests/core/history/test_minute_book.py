"""The journal's minutes: weighed by time, cut at the wall clock's minutes, right across every kind of clock change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from statistics import NormalDist
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posturewatch.base.records import Estimate, Load, MinuteRow, Reason, State, Step
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


def test_a_minute_knows_its_place() -> None:
    """Medians by time of what the looks say of the workstation; blank where they say nothing."""
    feeder = Feeder()
    for t_s, far_cm, seconds in ((0.0, 60.0, 40), (40.0, 80.0, 20)):
        raw = Estimate(t_s, 0.2, 0.3, distance_cm=far_cm, distance_se_cm=6.0, head_yaw_deg=-4.0, camera_above_cm=5.0)
        step = replace(sits(t_s), raw=raw, brightness=111.0)
        for _look in range(seconds // 4):
            feeder.see(replace(step, t_s=feeder.now_s), wait_s=4.0).wait(4.0)
    row = feeder.done()[0]
    assert (row.distance_cm, row.distance_se_cm, row.head_yaw_deg) == (60.0, 6.0, -4.0)
    assert (row.head_roll_deg, row.camera_above_cm, row.brightness) == (None, 5.0, 111.0)


def test_a_minute_by_hand() -> None:
    """40 s at 0.4 in and 20 s at 1.6 in: P10 and median 0.4, P90 1.6, mean 0.8, load of the median; in the bands the
    seconds that these values let expect under their errors."""
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
    near, far = NormalDist(0.4, 0.3), NormalDist(1.6, 0.6)
    below = [0.0, *(40 * near.cdf(edge) + 20 * far.cdf(edge) for edge in (0.5, 1.0, 2.0)), 60.0]
    assert row.band_s == pytest.approx([b - a for a, b in pairwise(below)])


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


@pytest.mark.parametrize(("fht", "band"), [(0.49, 0), (0.51, 1), (0.99, 1), (1.01, 2), (1.99, 2), (2.01, 3), (-0.4, 0)])
def test_a_value_that_is_known_exactly_is_in_its_band(fht: float, band: int) -> None:
    """Below 0.5, from 0.5, from 1, from 2 inches on."""
    row = Feeder().see(sits(0, fht, 1e-9)).wait(4).done()[0]
    assert row.band_s[band] == pytest.approx(4.0)
    assert sum(row.band_s) == pytest.approx(4.0)


@pytest.mark.parametrize(("limit_in", "lower"), [(0.5, 0), (1.0, 1), (2.0, 2)])
def test_a_value_on_a_limit_is_half_on_either_side(limit_in: float, lower: int) -> None:
    """Whatever is seen has an error, and lies beyond as likely as not."""
    row = Feeder().see(sits(0, limit_in, 0.05)).wait(4).done()[0]
    assert row.band_s[lower : lower + 2] == pytest.approx((2.0, 2.0))


def watched(noise_of: Callable[[float, float], float], *, most_se_in: float = 9.0) -> tuple[list[float], list[float]]:
    """Shares of the four bands, true and as the book expects them, of somebody whose distance is spread about 1.1 in by
    0.8. ``noise_of``: the error of a look at this share of the day and this distance. Each value is the best guess from
    its look, as the fit gives it; a third have no verdict; those with an error beyond ``most_se_in`` are not told."""
    chance, feeder = np.random.default_rng(3), Feeder()
    truths = chance.normal(1.1, 0.8, 6000)
    for number, truth in enumerate(truths):
        noise = noise_of(number / len(truths), float(truth))
        gain = 0.8**2 / (0.8**2 + noise**2)
        value, se = 1.1 + gain * (truth + chance.normal(0, noise) - 1.1), noise * gain**0.5
        state, reason = (State.UPRIGHT, None) if number % 3 else (State.UNRELIABLE, Reason.TOO_UNCERTAIN)
        told = Step(number, state, reason, True, fht_in=value, fht_se_in=se)
        feeder.see(told if se <= most_se_in else Step(number, State.UNRELIABLE, Reason.DIM, True)).wait(4)
    expected = np.sum([row.band_s for row in feeder.done()], axis=0)
    true = np.histogram(truths, [-np.inf, 0.5, 1.0, 2.0, np.inf])[0]
    return list(true / true.sum()), list(expected / expected.sum())


@pytest.mark.parametrize("worst_in", [0.2, 0.6, 1.2])
def test_bands_stay_unbiased_while_the_noise_grows(worst_in: float) -> None:
    """From a tenth of an inch in the morning to this in the evening's light: what is expected of each band is what was
    true, to two per cent of the time, and no minute is left out for its error."""
    true, expected = watched(lambda day, _truth: 0.1 + (worst_in - 0.1) * day)
    assert expected == pytest.approx(true, abs=0.02)


def test_bands_keep_the_worst_postures_although_their_error_is_the_largest() -> None:
    """The error grows with the distance: the band beyond two inches is found to a quarter of it, where a limit on the
    error, as it was once, would lose most of it."""

    def noise_of(_day: float, truth: float) -> float:
        return 0.1 + 0.9 * min(max(truth, 0.0) / 3.0, 1.0)

    true, expected = watched(noise_of)
    _true, censored = watched(noise_of, most_se_in=0.45)
    assert expected[3] == pytest.approx(true[3], rel=0.25)
    assert censored[3] < 0.5 * true[3]


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


def test_a_clock_set_within_its_minute_leaves_one_row() -> None:
    """Twenty seconds ahead, still the same minute: what was watched of it stays together."""
    rows = Feeder().see(sits(0)).wait(10).see(sits(1)).wait(4, 24).see(sits(2)).wait(5).done()
    assert [row.valid_s for row in rows] == [pytest.approx(19)]


def test_a_minute_that_nobody_lived_has_no_row() -> None:
    """Sleep right after the first look: of its minute nothing was seen, and nothing is written."""
    rows = Feeder().see(sits(0)).wait(8 * 3600).see(sits(1)).wait(10).done()
    assert [row.valid_s for row in rows] == [pytest.approx(10)]


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
    assert feeder.book.partial(START + timedelta(seconds=60)) is None
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
