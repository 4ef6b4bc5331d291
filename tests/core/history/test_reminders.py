"""What follows reminders and breaks is told within a day, over days, and beside what follows those not shown."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from posturewatch.base.records import Event, EventKind, MinuteRow
from posturewatch.core.history.minute_table import MinuteTable
from posturewatch.core.history.summary.records import SeenAfter
from posturewatch.core.history.summary.reminders import DAYS, Around, AroundReminders

MONDAY = date(2026, 11, 2)


def minute(start: datetime, fht_in: float, valid_s: float = 60.0) -> MinuteRow:
    """A minute with this median."""
    return MinuteRow(start, "desk", valid_s, 0.0, 60.0 - valid_s, 0.0, 0.0, 15, fht_in, fht_in, fht_in, 0.3)


def counted(days: list[tuple[list[MinuteRow], list[Event]]]) -> AroundReminders:
    """Some days, one after the other."""
    around = AroundReminders()
    for rows, events in days:
        around.add(MinuteTable.of(rows), events)
    return around


def day(
    number: int, before_in: float, after_in: float, outcome: str = "shown", valid_s: float = 60.0
) -> tuple[list[MinuteRow], list[Event]]:
    """An hour with a reminder in its middle."""
    begin = datetime(2026, 11, 2, 9, tzinfo=UTC) + timedelta(days=number)
    rows = [minute(begin + timedelta(minutes=n), before_in if n <= 30 else after_in, valid_s) for n in range(60)]
    return rows, [Event(begin + timedelta(minutes=30, seconds=10), EventKind.NUDGE, outcome)]


def test_the_quarter_of_an_hour_after_is_held_against_that_before() -> None:
    """The same drop on each day, whatever the day's level: told with an interval around it, once for each reminder."""
    found = counted([day(n, 1.0 + n, 0.6 + n) for n in range(DAYS)]).seen_after(Around.NUDGE)
    assert (found.times, found.days) == (DAYS, DAYS)
    assert found.change is not None
    assert found.change.value_in == pytest.approx(-0.4)
    assert found.change.high_in == pytest.approx(-0.4, abs=1e-6)


def test_too_few_days_have_no_interval() -> None:
    """A day less than it takes, and minutes of which too little was measured, say nothing."""
    assert counted([day(n, 1.0, 0.6) for n in range(DAYS - 1)]).seen_after(Around.NUDGE) == SeenAfter(
        DAYS - 1, DAYS - 1
    )
    assert counted([day(n, 1.0, 0.6, valid_s=15.0) for n in range(9)]).seen_after(Around.NUDGE) == SeenAfter(0, 0)


def test_a_reminder_that_was_held_back_is_counted_apart() -> None:
    """It was not seen, and what follows it is what would have followed anyway."""
    around = counted([*(day(n, 1.2, 0.5) for n in range(6)), *(day(n, 1.2, 1.0, "muted") for n in range(6, 12))])
    shown, held_back = around.seen_after(Around.NUDGE), around.seen_after(Around.HELD_BACK)
    assert shown.change is not None
    assert held_back.change is not None
    assert shown.change.value_in == pytest.approx(-0.7)
    assert held_back.change.value_in == pytest.approx(-0.2)


def test_what_followed_is_held_against_what_followed_those_held_back() -> None:
    """0.5 in less after those shown, on days that scatter by a tenth: an interval about it that leaves zero out; with
    too few days of either, none."""
    made = random.Random(3)
    shown = [day(n, 1.2, 0.5 + made.gauss(0, 0.1)) for n in range(9)]
    held_back = [day(n, 1.2, 1.0 + made.gauss(0, 0.1), "muted") for n in range(9, 18)]
    apart = counted([*shown, *held_back]).apart(Around.NUDGE, Around.HELD_BACK)
    assert apart is not None
    assert apart.low_in < -0.5 < apart.high_in < 0.0
    assert counted([*shown, *held_back[: DAYS - 1]]).apart(Around.NUDGE, Around.HELD_BACK) is None


def test_a_break_is_left_out_of_both_quarters() -> None:
    """It is written down at its end with its length; before it is before its begin."""
    days = []
    for number in range(DAYS):
        begin = datetime(2026, 11, 2, 9, tzinfo=UTC) + timedelta(days=number)
        rows = [
            minute(begin + timedelta(minutes=n), 1.0 if n < 220 else 9.0 if n <= 230 else 0.4 if n < 250 else 1.0)
            for n in range(451)
        ]
        end = begin + timedelta(minutes=230)
        days.append((rows, [Event(end, EventKind.BREAK_TAKEN, "", "", 600.0)]))
    found = counted(days).seen_after(Around.BREAK)
    assert found.change is not None
    assert found.change.value_in == pytest.approx(-0.6, abs=0.02)


def long_day(number: int, course_in: float, after_break_in: float) -> tuple[list[MinuteRow], list[Event]]:
    """Eight hours on which the head goes forward by ``course_in`` in all, and sits so much otherwise for twenty minutes
    after each break: five minutes every hour."""
    begin = datetime(2026, 11, 2, 9, tzinfo=UTC) + timedelta(days=number)
    rows = [
        minute(begin + timedelta(minutes=n), 0.5 + course_in * n / 480 + (after_break_in if n % 60 < 25 else 0.0))
        for n in range(480)
        if n % 60 >= 5
    ]
    ends = [begin + timedelta(hours=hour, minutes=4, seconds=30) for hour in range(1, 8)]
    return rows, [Event(end, EventKind.BREAK_TAKEN, "", "", 270.0) for end in ends]


@pytest.mark.parametrize(("course_in", "after_break_in"), [(1.5, 0.0), (1.5, -0.4), (-1.0, 0.3)])
def test_the_days_own_course_is_no_break_s(course_in: float, after_break_in: float) -> None:
    """A head that goes forward all day does so across breaks too: what is told of them is theirs alone. Of a day too
    short to know its course nothing is told."""
    found = counted([long_day(n, course_in, after_break_in) for n in range(DAYS)]).seen_after(Around.BREAK)
    assert found.times == 7 * DAYS
    assert found.change is not None
    assert found.change.value_in == pytest.approx(after_break_in, abs=0.02)
    short = [(rows[:120], events) for rows, events in (long_day(n, 1.5, -0.4) for n in range(DAYS))]
    assert counted(short).seen_after(Around.BREAK).times == 0


def test_where_reminders_do_nothing_the_interval_says_so() -> None:
    """200 journals of 20 days in which levels only wander: the interval leaves zero out in about 1 of 100 (the measured
    rate may be two of its standard errors above)."""
    made, false = random.Random(5), 0
    for _journal in range(200):
        days = [day(n, 1.0 + made.gauss(0, 0.2), 1.0 + made.gauss(0, 0.2)) for n in range(20)]
        change = counted(days).seen_after(Around.NUDGE).change
        assert change is not None
        false += not change.spans_zero
    assert false <= 200 * (0.01 + 2 * (0.01 * 0.99 / 200) ** 0.5)


def test_intervals_over_days_are_those_of_student_and_welch() -> None:
    """Worked by hand: six changes that scatter by 0.141 in, and six that scatter by 0.283. 99 % of them: t of 5 degrees
    of freedom 4.032, and of Welch's 7.35, rounded down to 7, 3.499."""
    shown = [day(n, 1.5, 1.5 + change) for n, change in enumerate((-0.4, -0.5, -0.3, -0.6, -0.2, -0.4))]
    muted = [day(n + 6, 1.5, 1.5 + change, "muted") for n, change in enumerate((0.0, -0.2, 0.2, 0.4, -0.4, 0.0))]
    around = counted([*shown, *muted])
    after = around.seen_after(Around.NUDGE).change
    apart = around.apart(Around.NUDGE, Around.HELD_BACK)
    assert after is not None
    assert apart is not None
    assert (after.low_in, after.high_in) == pytest.approx((-0.6328, -0.1672), abs=2e-3)
    assert (apart.low_in, apart.high_in) == pytest.approx((-0.8517, 0.0517), abs=4e-3)
