"""Minutes kept packed are those that were given, and are given a few weeks at a time."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

from posturewatch.base.records import MinuteRow
from posturewatch.core.history.minute_table import MinuteTable
from posturewatch.core.history.packed_minutes import PackedMinutes
from report.journals import DAY, hours

WEEKS = 9


def rows(seed: int) -> list[MinuteRow]:
    """An hour on each third day of some weeks, by chance with this profile and calibration or that, in no order."""
    chance = random.Random(seed)
    made = [
        replace(
            row,
            start=row.start - timedelta(days=back),
            profile=chance.choice(("desk", "laptop", "")),
            calibration_id=chance.choice((None, 1, 7)),
            tied=chance.choice((None, True, False)),
        )
        for back in range(0, 7 * WEEKS, 3)
        for row in hours(1)
    ]
    chance.shuffle(made)
    return made


def test_packed_minutes_are_the_minutes_that_were_given() -> None:
    """All of them, some days of them, their days, profiles and calibrations: as a table in memory has them."""
    given = rows(1)
    table, packed = MinuteTable.of(given), PackedMinutes(given).stored()
    first, last = DAY - timedelta(days=40), DAY - timedelta(days=11)
    assert packed.of_days(date.min, date.max) == table
    assert packed.of_days(first, last) == table.of_days(first, last)
    assert MinuteTable.joined(packed.by_weeks()) == table
    assert (len(packed), packed.days(), packed.calibration_ids()) == (len(table), table.days(), table.calibration_ids())
    assert [day for day, _minutes in packed.by_day()] == list(table.days())
    assert set(packed.profiles_in_use()) == set(table.profiles_in_use())
    assert list(packed) == list(table)


def test_without_a_minute_there_are_no_days() -> None:
    """Nothing was given: no days, no table, no calibration."""
    packed = PackedMinutes().stored()
    assert (len(packed), packed.days(), list(packed.by_weeks()), packed.calibration_ids()) == (0, (), [], frozenset())
