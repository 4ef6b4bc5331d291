"""The place is told by profile, with its error where that is known, and not from a few minutes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from posturewatch.base.records import MinuteRow
from posturewatch.core.history.minute_table import MinuteTable
from posturewatch.core.history.summary.workstation import YAW_SE_DEG, WorkstationSums

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)


def rows(profile: str, count: int, distance_cm: float, yaw_deg: float) -> list[MinuteRow]:
    """Minutes at one place."""
    one = MinuteRow(NINE, profile, 60.0, 0.0, 0.0, 0.0, 0.0, 15, 0.8, 1.0, 0.8, 0.3)
    place = {"distance_cm": distance_cm, "distance_se_cm": distance_cm / 10, "head_yaw_deg": yaw_deg}
    return [replace(one, start=NINE + timedelta(minutes=n), **place) for n in range(count)]


def test_each_profile_has_its_own_place() -> None:
    """Laptop and desk are not averaged; the longest used comes first; a profile of an hour is not spoken of."""
    sums = WorkstationSums()
    for part in (rows("laptop", 150, 50.0, 1.0), rows("desk", 300, 70.0, -9.0), rows("kitchen", 60, 90.0, 0.0)):
        sums.add(MinuteTable.of(part))
    desk, laptop = sums.workstations()
    assert (desk.profile, laptop.profile) == ("desk", "laptop")
    assert desk.distance_cm is not None
    assert (desk.distance_cm.median, desk.distance_cm.se) == (70.0, 7.0)
    assert laptop.head_yaw_deg is not None
    assert (laptop.head_yaw_deg.median, laptop.head_yaw_deg.se) == (1.0, YAW_SE_DEG)
    assert desk.camera_above_cm is None
    assert desk.brightness is None


def test_a_journal_that_does_not_say_has_no_place() -> None:
    """Minutes from before it was kept."""
    sums = WorkstationSums()
    sums.add(MinuteTable.of([replace(row, distance_cm=None) for row in rows("desk", 300, 70.0, 0.0)]))
    assert sums.workstations() == ()
