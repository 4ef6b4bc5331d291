"""Summaries of days and of a period: hand-computed numbers, honest gaps, and days by the person's own clock."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from math import hypot
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posturewatch.base.records import CalibrationRow, DiaryEntry, Event, EventKind, Load, MinuteRow, State, Step
from posturewatch.core.history.journal_content import JournalContent
from posturewatch.core.history.minute_book import MinuteBook
from posturewatch.core.history.minute_table import MINUTE, MinuteTable
from posturewatch.core.history.quantiles import weighted_quantiles
from posturewatch.core.history.summary import period as summary
from posturewatch.core.history.summary.hours import HoursOfDays
from posturewatch.core.history.summary.numbers import shortfall
from posturewatch.core.history.summary.records import DaySummary, Headache, PeriodSummary, Quality, Shortfall
from posturewatch.core.reminding.passage import Timekeeper

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 11, 23)


def minute(start: datetime, fht: float | None = None, *, valid: float = 60.0, away: float = 0.0,
           unreliable: float = 0.0, paused: float = 0.0, off: float = 0.0, calibration: int | None = 1,
           profile: str = "desk") -> MinuteRow:  # fmt: skip
    """A minute; without a distance it has no valid second."""
    if fht is None:
        return MinuteRow(start, profile, 0.0, away, unreliable, paused, off, 15, calibration_id=calibration)
    bands = [0.0, 0.0, 0.0, 0.0]
    bands[0 if fht < 0.5 else 1 if fht < 1 else 2 if fht < 2 else 3] = valid
    return MinuteRow(
        start, profile, valid, away, unreliable, paused, off, 15, fht, fht + 0.1, fht, 0.3, 11 + 10 * max(0.0, fht),
        (bands[0], bands[1], bands[2], bands[3]), calibration,
    )  # fmt: skip


def stretch(start: datetime, values: Sequence[float | None], **keys: float) -> list[MinuteRow]:
    """Consecutive minutes; ``None`` is a minute with nothing but ``keys``."""
    return [minute(start + timedelta(minutes=at), value, **keys) for at, value in enumerate(values)]  # type: ignore[arg-type]


def at(day: date, hour: int = 9, minutes: int = 0) -> datetime:
    """Local time in Berlin."""
    return datetime(day.year, day.month, day.day, hour, minutes, tzinfo=BERLIN)


def full_day(day: date, fht: float = 0.4, hours: int = 4, **keys: object) -> list[MinuteRow]:
    """A usable day."""
    return stretch(at(day), [fht] * (hours * 60), **keys)  # type: ignore[arg-type]


def summarise_period(rows: Sequence[MinuteRow], *, first: date, last: date, **others: Any) -> PeriodSummary:
    """The summary of a period of these rows."""
    return summary.summarise_period(JournalContent.of(rows, **others), first=first, last=last)


def summarise_day(day: date, rows: Sequence[MinuteRow], events: Sequence[Event] = ()) -> DaySummary:
    """The summary of a day of these rows."""
    return summary.summarise_period(JournalContent.of(rows, events), first=day, last=day).days[0]


def test_a_day_by_hand() -> None:
    """100 min at 0.2, 60 at 0.8, 30 at 1.5, 10 at 2.5 in: bands, shares and percentiles as counted on paper."""
    day = summarise_day(MONDAY, stretch(at(MONDAY), [0.2] * 100 + [0.8] * 60 + [1.5] * 30 + [2.5] * 10))
    assert day.posture.band_min == pytest.approx((100, 60, 30, 10))
    assert day.posture.band_share == pytest.approx((0.5, 0.3, 0.15, 0.05))
    assert (day.posture.p10_in, day.posture.p50_in, day.posture.p90_in) == (0.2, 0.2, 1.5)
    assert day.posture.load == Load(13.0, pytest.approx(hypot(1.0, 3.0)), "rule")
    assert day.posture.se_in == pytest.approx(0.3)
    assert (day.bouts.count, day.bouts.longest_min, day.bouts.total_min) == (1, 40.0, 40.0)
    assert day.quality.valid_min == pytest.approx(200)
    assert day.quality.coverage == pytest.approx(1.0)
    assert day.usable
    assert (day.first_seen, day.last_seen) == (at(MONDAY), at(MONDAY) + timedelta(minutes=200))


def restless(day: date, seed: int) -> tuple[list[MinuteRow], list[tuple[float, float]]]:
    """Four hours of looks every four seconds, as minutes and as (distance, seconds)."""
    chance, book, clock = random.Random(seed), MinuteBook("desk", 1), Timekeeper(0.0, at(day), 4.0)
    level, rows, looks = 0.8, [], []
    for number in range(3600):
        level += 0.1 * (0.8 - level) + chance.gauss(0.0, 0.15)
        now_s = 4.0 * number
        step = Step(now_s, State.UPRIGHT, None, True, fht_in=level, fht_se_in=0.3)
        rows += book.feed(step, clock.read(now_s, at(day) + timedelta(seconds=now_s)))
        looks.append((level, 4.0))
    return [*rows, *book.finish(clock.read(4.0 * 3600, at(day) + timedelta(hours=4)))], looks


@pytest.mark.parametrize("seed", range(3))
def test_percentiles_hold_the_spread_within_minutes(seed: int) -> None:
    """Of a head that wanders within each minute, P10 and P90 of the day are those of all looks to 0.03 in;
    medians of minutes alone would lie more than 0.06 in further in."""
    rows, looks = restless(MONDAY, seed)
    values, seconds = (np.array(column) for column in zip(*looks, strict=True))
    true = weighted_quantiles(values, seconds, (0.1, 0.5, 0.9))
    assert true is not None
    day = summarise_day(MONDAY, rows)
    assert (day.posture.p10_in, day.posture.p50_in, day.posture.p90_in) == pytest.approx(true, abs=0.03)
    blind = summarise_day(MONDAY, [replace(row, fht_p10_in=None) for row in rows])
    assert blind.posture.p10_in is not None
    assert blind.posture.p90_in is not None
    assert blind.posture.p10_in > true[0] + 0.06
    assert blind.posture.p90_in < true[2] - 0.06


@given(
    st.lists(st.tuples(st.floats(-1, 3), st.floats(0, 2), st.floats(0, 2), st.floats(1, 60)), min_size=1, max_size=40)
)
def test_percentiles_stay_in_order(minutes: list[tuple[float, float, float, float]]) -> None:
    """Whatever the spread of the minutes, P10 ≤ median ≤ P90."""
    rows = [
        replace(
            minute(at(MONDAY, 9 + n // 60, n % 60), middle, valid=valid),
            fht_p10_in=middle - low,
            fht_p90_in=middle + high,
        )
        for n, (middle, low, high, valid) in enumerate(minutes)
    ]
    posture = summarise_day(MONDAY, rows).posture
    assert posture.p10_in is not None
    assert posture.p50_in is not None
    assert posture.p90_in is not None
    assert posture.p10_in <= posture.p50_in <= posture.p90_in


def test_the_load_of_a_summary_is_made_of_the_inches_alone() -> None:
    """Minutes logged under the other rule are not pooled with the first: the index is 11 lb + 10 lb per inch."""
    tilted = [replace(row, load_index_lb=27.0) for row in stretch(at(MONDAY), [1.0] * 100)]
    ruled = stretch(at(MONDAY, 12), [1.0] * 100)
    for rows in (tilted, ruled, tilted + ruled):
        found = summarise_day(MONDAY, rows).posture.load
        assert found is not None
        assert (found.load_lb, found.model) == (pytest.approx(21.0), "rule")


def test_percentiles_weigh_by_seconds() -> None:
    """A minute of which five seconds were seen does not count like a whole one."""
    rows = stretch(at(MONDAY), [0.2] * 10) + stretch(at(MONDAY, 10), [2.0] * 50, valid=5.0)
    assert summarise_day(MONDAY, rows).posture.p50_in == 0.2


def test_an_empty_day_knows_nothing() -> None:
    """No rows: no number is 0, everything is unknown."""
    day = summarise_day(MONDAY, [])
    assert day.shortfall == (Shortfall.NOTHING,)
    assert (day.posture.p50_in, day.posture.band_share, day.quality.coverage) == (None, None, None)
    assert (day.bouts.longest_min, day.first_seen, day.diary) == (None, None, None)


def test_too_few_minutes_and_too_little_coverage_are_said() -> None:
    """119 valid minutes; 150 valid beside 160 unreliable ones; both at once."""
    few = summarise_day(MONDAY, stretch(at(MONDAY), [0.2] * 119))
    assert few.shortfall == (Shortfall.MINUTES,)
    assert shortfall(Quality(valid_min=0.5, coverage=1.0)) == (Shortfall.MINUTES,)
    thin = stretch(at(MONDAY), [0.2] * 150) + stretch(at(MONDAY, 14), [None] * 160, unreliable=60.0)
    assert summarise_day(MONDAY, thin).shortfall == (Shortfall.COVERAGE,)
    assert summarise_day(MONDAY, thin[100:]).shortfall == (Shortfall.MINUTES, Shortfall.COVERAGE)


def test_coverage_counts_what_was_unseen_within_the_day_at_the_desk() -> None:
    """An hour of camera off between two hours of sitting counts; hours before, after and away do not."""
    rows = (
        stretch(at(MONDAY, 6), [None] * 120, off=60.0)
        + stretch(at(MONDAY, 9), [0.2] * 120)
        + stretch(at(MONDAY, 11), [None] * 60, off=60.0)
        + stretch(at(MONDAY, 12), [None] * 60, away=60.0)
        + stretch(at(MONDAY, 13), [0.2] * 120)
        + stretch(at(MONDAY, 20), [None] * 180, paused=60.0)
    )
    quality = summarise_day(MONDAY, rows).quality
    assert quality.coverage == pytest.approx(240 / 300)
    assert quality.camera_off_min == pytest.approx(120 + 60 + 180)
    assert quality.present_min == pytest.approx(240)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1.2] * 5, [5.0]),
        ([1.2, 0.9, 1.2], [1.0, 1.0]),
        ([1.2, None, None, 1.2], [2.0]),
        ([1.2, None, None, None, 1.2], [1.0, 1.0]),
        ([None, 1.2, 1.2, None], [2.0]),
        ([0.5] * 5, []),
    ],
)
def test_bouts_bridge_two_minutes_without_a_number_and_nothing_else(
    values: list[float | None], expected: list[float]
) -> None:
    """Two unreliable minutes are bridged, three are not, an upright one ends a bout, a bout ends with a number."""
    bouts = summarise_day(MONDAY, stretch(at(MONDAY), values, unreliable=0.0)).bouts
    assert bouts.count == len(expected)
    assert bouts.longest_min == max(expected, default=None)
    assert bouts.total_min == sum(expected)


@given(st.lists(st.tuples(st.floats(0, 3), st.floats(1, 60)), min_size=1, max_size=40))
def test_bouts_are_never_longer_than_what_was_measured(minutes: list[tuple[float, float]]) -> None:
    """Whatever part of each minute was seen, all bouts together are as long as what was measured in their minutes."""
    rows = [minute(at(MONDAY, 9, n), fht, valid=valid) for n, (fht, valid) in enumerate(minutes)]
    day = summarise_day(MONDAY, rows)
    beyond = sum(valid for fht, valid in minutes if fht >= 1.0 and valid >= 20.0) / 60
    assert day.bouts.total_min == pytest.approx(beyond)
    assert (day.bouts.longest_min or 0.0) <= day.bouts.total_min + 1e-9 <= day.quality.valid_min + 2e-9


def test_an_empty_chair_or_missing_rows_end_a_bout() -> None:
    """Standing up between two forward minutes makes two bouts, and so does a minute that nobody recorded."""
    first, last = minute(at(MONDAY), 1.5), minute(at(MONDAY, 9, 2), 1.5)
    gone = minute(at(MONDAY, 9, 1), None, away=60.0)
    assert summarise_day(MONDAY, [first, gone, last]).bouts.count == 2
    assert summarise_day(MONDAY, [first, last]).bouts.count == 2
    unsure = minute(at(MONDAY, 9, 1), None, unreliable=60.0)
    assert summarise_day(MONDAY, [first, unsure, last]).bouts.count == 1


def test_breaks_and_nudges_are_counted_by_outcome() -> None:
    """Due, taken, natural, postponed, skipped, muted, unanswered; nudges shown, acted on, dismissed, muted. A period
    sums up its days, also where a break of before midnight is taken after it."""
    said = [
        (EventKind.BREAK_DUE, "shown"), (EventKind.BREAK_TAKEN, "away"), (EventKind.BREAK_NATURAL, "camera"),
        (EventKind.BREAK_DUE, "muted"), (EventKind.BREAK_POSTPONED, "pressed"), (EventKind.BREAK_SKIPPED, "pressed"),
        (EventKind.BREAK_DUE, "shown"), (EventKind.BREAK_SKIPPED, "unanswered"),
        (EventKind.NUDGE, "shown"), (EventKind.NUDGE, "acted"), (EventKind.NUDGE, "muted"), (EventKind.START, ""),
    ]  # fmt: skip
    events = [Event(at(MONDAY), kind, outcome) for kind, outcome in said]
    day = summarise_day(MONDAY, [], events)
    breaks = day.breaks
    assert (breaks.due, breaks.taken, breaks.natural, breaks.postponed, breaks.skipped) == (3, 1, 1, 1, 2)
    assert (breaks.muted, breaks.unanswered) == (1, 1)
    assert (day.nudges.shown, day.nudges.acted, day.nudges.muted, day.nudges.dismissed) == (1, 1, 1, 0)
    tuesday = MONDAY + timedelta(days=1)
    over_midnight = [Event(at(MONDAY, 23, 59), EventKind.BREAK_DUE, "shown")]
    over_midnight += [Event(at(tuesday, 0, 1), EventKind.BREAK_TAKEN, "away")]
    period = summarise_period([], events=[*events, *over_midnight], first=MONDAY, last=tuesday)
    for name in ("due", "taken", "by_hand", "skipped"):
        assert getattr(period.breaks, name) == sum(getattr(one.breaks, name) for one in period.days)


def test_insufficient_days_are_shown_and_not_averaged() -> None:
    """Two usable days at 0.4 in and an hour at 3 in: the hour is in its day and in nothing else."""
    tuesday, wednesday = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
    rows = full_day(MONDAY) + stretch(at(tuesday), [3.0] * 60) + full_day(wednesday)
    period = summarise_period(rows, first=MONDAY, last=wednesday)
    assert [day.usable for day in period.days] == [True, False, True]
    assert period.days[1].posture.p50_in == 3.0
    assert period.usable_days == 2
    assert period.posture.p90_in == 0.4
    assert period.bouts.count == 0
    assert period.weeks[0].high_in == 0.4
    assert all(cell.median_in == 0.4 for cell in period.heat)
    assert period.quality.valid_min == pytest.approx(540)


def test_every_date_of_the_period_has_its_day() -> None:
    """Days without rows are there too, in order; the end before the begin is refused."""
    period = summarise_period([], first=MONDAY, last=MONDAY + timedelta(days=13))
    assert [day.day for day in period.days] == [MONDAY + timedelta(days=offset) for offset in range(14)]
    assert [week.usable_days for week in period.weeks] == [0, 0]
    with pytest.raises(ValueError, match="last"):
        summarise_period([], first=MONDAY, last=MONDAY - timedelta(days=1))


def test_the_heat_map_has_the_hours_of_the_weekdays() -> None:
    """Monday 9 to 11 at 0.4, Tuesday 9 to 11 half at 1.5: two hours each, Monday first."""
    tuesday = MONDAY + timedelta(days=1)
    rows = full_day(MONDAY, hours=2) + stretch(at(tuesday), ([0.4] * 30 + [1.5] * 30) * 2)
    heat = summarise_period(rows, first=MONDAY, last=tuesday).heat
    assert [(cell.weekday, cell.hour) for cell in heat] == [(0, 9), (0, 10), (1, 9), (1, 10)]
    assert [cell.median_in for cell in heat] == pytest.approx([0.4, 0.4, 0.4, 0.4])
    assert [cell.valid_min for cell in heat] == pytest.approx([60, 60, 60, 60])


def test_a_single_late_hour_is_no_cell_of_the_heat_map() -> None:
    """Four Mondays 9 to 11, one of them till noon: the hour that one day alone speaks for is left out; of two Mondays,
    both must have it."""
    mondays = [MONDAY + timedelta(days=7 * week) for week in range(4)]
    rows = [row for day in mondays for row in full_day(day, hours=3 if day == MONDAY else 2)]
    for last in (mondays[-1], mondays[1]):
        heat = summarise_period(rows, first=MONDAY, last=last).heat
        assert [(cell.weekday, cell.hour) for cell in heat] == [(0, 9), (0, 10)]


def test_weeks_have_the_median_of_their_days() -> None:
    """Weekly medians 0.4, 0.7, none, 1.2; a journal that does not say so knows of no tied day."""
    weeks = [MONDAY + timedelta(weeks=number) for number in range(4)]
    rows = full_day(weeks[0], 0.4) + full_day(weeks[1], 0.7) + full_day(weeks[3], 1.2)
    found = summarise_period(rows, first=weeks[0], last=weeks[3] + timedelta(days=6)).weeks
    assert [week.median_in for week in found] == [0.4, 0.7, None, 1.2]
    assert [week.tied_days for week in found] == [None] * 4


def test_calibrations_of_the_period() -> None:
    """An old calibration in use and a new one are told, another is not; an improvement under one is nobody's drift."""
    dates = [MONDAY + timedelta(days=number) for number in range(9)]
    rows = [row for number, day in enumerate(dates) for row in full_day(day, 0.1 * number, calibration=7)]
    made = [
        CalibrationRow(at(MONDAY - timedelta(days=90)), "desk", 0.12, 80, "front", "{}", 7),
        CalibrationRow(at(MONDAY - timedelta(days=80)), "laptop", 0.2, 80, "front", "{}", 8),
        CalibrationRow(at(dates[2]), "standing", 0.15, 80, "front", "{}", 9),
    ]
    notes = summarise_period(rows, calibrations=made, first=dates[0], last=dates[-1]).calibrations
    assert [(note.id, note.usable_days) for note in notes] == [(7, 9), (9, 0)]


def test_no_hour_is_crowned_by_chance() -> None:
    """150 journals of six weeks in which every hour is alike: one stands out in at most 5 of 100, and a difference of
    the afternoon is told in no more (the measured rate may be two of its standard errors above)."""
    made = np.random.default_rng(4)
    hours = [(day, hour) for day in range(42) if day % 7 < 5 for hour in range(9, 17)]
    begin = (MONDAY.toordinal() - date(1970, 1, 1).toordinal()) * 1440
    table = np.zeros(len(hours) * 25, MINUTE)
    table["minute"] = [begin + day * 1440 + hour * 60 + 2 * n for day, hour in hours for n in range(25)]
    table["valid_s"] = 60.0
    crowned = course = 0
    for _journal in range(150):
        level = made.normal(0.8, 0.3, 42)
        value = np.repeat([level[day] + made.normal(0.0, 0.2) for day, _hour in hours], 25)
        for name in ("fht_p10_in", "fht_median_in", "fht_p90_in"):
            table[name] = value
        hours_of_days = HoursOfDays()
        for _day, minutes in MinuteTable(table.copy()).by_day():
            hours_of_days.add(minutes)
        told, found = hours_of_days.stand_out(), hours_of_days.course()
        assert found is not None
        crowned += told is not None
        course += not found.afternoon.spans_zero
    most = 150 * (0.05 + 2 * (0.05 * 0.95 / 150) ** 0.5)
    assert crowned <= most
    assert course <= most


def test_an_hour_that_stands_out_is_named_with_its_days() -> None:
    """Thursdays from 15:00 1 in further forward than the rest of the day for eight weeks: that hour, with its days."""
    made = random.Random(3)
    rows = []
    for day in range(56):
        if day % 7 < 5:
            for hour in range(8):
                value = 0.6 + made.gauss(0.0, 0.15) + (1.0 if day % 7 == 3 and hour == 6 else 0.0)
                start = at(MONDAY + timedelta(days=day), 9 + hour)
                rows += [minute(start + timedelta(minutes=2 * n), value) for n in range(25)]
    found = summarise_period(rows, first=MONDAY, last=MONDAY + timedelta(days=55)).stand_out
    assert found is not None
    assert (found.weekday, found.hour, found.days) == (3, 15, 8)
    assert found.above_in == pytest.approx(1.0, abs=0.2)
    assert found.valid_min == pytest.approx(200.0)


def test_a_change_of_summer_time_keeps_its_day() -> None:
    """The day of 25 hours has 1500 minutes, the day of 23 has 1380, and no neighbour gets any of them."""
    for day, minutes in ((date(2026, 10, 25), 1500), (date(2026, 3, 29), 1380)):
        begin = datetime(day.year, day.month, day.day, tzinfo=BERLIN).astimezone(UTC)
        rows = [minute((begin + timedelta(minutes=number)).astimezone(BERLIN), 0.4) for number in range(minutes)]
        period = summarise_period(rows, first=day - timedelta(days=1), last=day + timedelta(days=1))
        assert [one.quality.valid_min for one in period.days] == pytest.approx([0, minutes, 0])


def test_a_flight_counts_by_the_clock_on_the_wall() -> None:
    """An evening in Tokyo and the same date's morning in New York belong to one local day."""
    tokyo, york = timezone(timedelta(hours=9)), timezone(timedelta(hours=-5))
    day = date(2026, 11, 24)
    rows = stretch(datetime(2026, 11, 24, 20, 0, tzinfo=tokyo), [0.4] * 60)
    rows += stretch(datetime(2026, 11, 24, 9, 0, tzinfo=york), [0.4] * 60)
    period = summarise_period(rows, first=day - timedelta(days=1), last=day + timedelta(days=1))
    assert [one.quality.valid_min for one in period.days] == pytest.approx([0, 120, 0])


def test_rows_in_any_order_and_of_any_zone_give_the_same_columns() -> None:
    """Minutes since the epoch are those of each row's own zone, and the table is in order."""
    zones = [BERLIN, timezone(timedelta(hours=1)), timezone(timedelta(hours=5, minutes=45)), UTC]
    rows = [minute(datetime(2026, 11, 23, 9, place, tzinfo=zones[place % 4]), 0.1 * place) for place in range(40)]
    for some in (rows, [row for row in rows if row.start.tzinfo is not BERLIN]):
        table = MinuteTable.of(some[::-1]).of_days(MONDAY, MONDAY)
        expected = sorted((int(row.start.timestamp()) // 60, row.fht_median_in) for row in some)
        assert list(zip(table["minute"].tolist(), table["fht_median_in"].tolist(), strict=True)) == expected


def test_the_diary_stands_beside_its_day() -> None:
    """A headache, a "none" and an unanswered day are three different things."""
    entries = [
        DiaryEntry(at(MONDAY), at(MONDAY), "headache", worst=6, duration_min=90),
        DiaryEntry(at(MONDAY + timedelta(days=1)), at(MONDAY + timedelta(days=2)), "none"),
    ]
    period = summarise_period([], diary=entries, first=MONDAY, last=MONDAY + timedelta(days=2))
    answers = [day.diary.headache if day.diary else None for day in period.days]
    assert answers == [Headache.YES, Headache.NO, None]
    assert period.days[1].diary is not None
    assert period.days[1].diary.backfilled
    assert (period.weeks[0].headache_days, period.weeks[0].answered_days) == (1, 2)


def test_a_year_is_summed_up_without_effort() -> None:
    """175,200 rows take about a second of processor time; ten would mean a loop that grows faster than the year."""
    zone = timezone(timedelta(hours=1))
    first = date(2026, 1, 1)
    rows = [
        minute(datetime(2026, 1, 1, 9, tzinfo=zone) + timedelta(days=day, minutes=number), (number % 17) / 8)
        for day in range(365) for number in range(480)
    ]  # fmt: skip
    began = time.process_time()
    period = summarise_period(rows, first=first, last=date(2026, 12, 31))
    assert time.process_time() - began < 10.0
    assert period.usable_days == 365


def tied(rows: Sequence[MinuteRow], *said: bool | None) -> list[MinuteRow]:
    """The same minutes, in as many equal parts as there are words, each part tied, untied, or not known."""
    part = len(rows) // len(said)
    return [replace(row, tied=said[min(number // part, len(said) - 1)]) for number, row in enumerate(rows)]


@pytest.mark.parametrize(
    ("hours", "said", "verdict", "tied_min", "median"),
    [
        (4, (True,), True, 240.0, 0.5),
        (4, (False,), False, 0.0, 0.5),
        (4, (None,), None, None, 0.5),
        (6, (True, False, False), True, 120.0, 0.4),  # the morning suffices; the untied rest is not in its values
        (6, (False, False, True), True, 120.0, 0.6),
        (4, (True, False, False), False, 80.0, 0.5),  # an untied day tells the course of all of it
        (1, (True, False), True, 30.0, 0.4),
        (4, (None, True), True, 120.0, 0.5),
    ],
)
def test_a_day_is_tied_where_enough_of_it_is(
    hours: int, said: tuple[bool | None, ...], verdict: bool | None, tied_min: float | None, median: float
) -> None:
    """Two hours suffice, or half of a shorter day; a tied day's values are those of its tied minutes."""
    rows = stretch(at(MONDAY), [0.4] * (hours * 20) + [0.5] * (hours * 20) + [0.6] * (hours * 20))
    if hours == 1:
        rows = stretch(at(MONDAY), [0.4] * 30 + [0.6] * 30)
    day = summarise_day(MONDAY, tied(rows, *said))
    assert (day.tied, day.tied_min, day.posture.p50_in) == (verdict, tied_min, pytest.approx(median))
    assert day.quality.valid_min == hours * 60


def test_untied_days_show_their_own_course_and_count_in_nothing_that_joins_days() -> None:
    """Three tied days at 0.4 in and two in other clothes at 2 in: median, bands, bouts, weeks and heat map are those of
    the tied days; the untied ones have their values beside them."""
    rows: list[MinuteRow] = []
    for number, fht in enumerate((0.4, 2.0, 0.4, 2.0, 0.4)):
        rows += tied(full_day(MONDAY + timedelta(days=number), fht), fht < 1.0)
    period = summarise_period(rows, first=MONDAY, last=MONDAY + timedelta(days=6))
    assert (period.usable_days, period.comparable_days, period.untied_days) == (5, 3, 2)
    assert [day.comparable for day in period.days] == [True, False, True, False, True, False, False]
    assert period.days[1].posture.p50_in == 2.0
    assert period.days[1].bouts.count == 1
    assert (period.posture.p50_in, period.posture.p90_in, period.bouts.count) == (0.4, 0.4, 0)
    (week,) = period.weeks
    assert (week.usable_days, week.comparable_days, week.median_in, week.high_in) == (5, 3, 0.4, 0.4)
    assert {cell.weekday for cell in period.heat} == {0, 2, 4}


def test_days_of_a_journal_from_before_ties_are_counted_as_they_were() -> None:
    """Nobody knows whether they were tied; leaving out all that an earlier version measured would be no answer."""
    period = summarise_period(full_day(MONDAY), first=MONDAY, last=MONDAY)
    assert (period.days[0].tied, period.days[0].comparable, period.comparable_days) == (None, True, 1)
    assert period.posture.p50_in == 0.4
