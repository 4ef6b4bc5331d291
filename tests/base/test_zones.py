"""Offsets from UTC, as the journal and the exports write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from posturewatch.base.zones import FARTHEST_OFFSET_MIN, offset_min, zone


@pytest.mark.parametrize("minutes", [0, 345, -210, 14 * 60, -12 * 60])
def test_a_moment_comes_back_at_its_own_offset(minutes: int) -> None:
    """Kathmandu's three quarters of an hour and Newfoundland's half as well as the farthest zones there are."""
    at = datetime(2026, 11, 28, 12, 0, tzinfo=timezone(timedelta(minutes=minutes)))
    assert offset_min(at) == minutes
    assert at.astimezone(UTC).astimezone(zone(minutes)).isoformat() == at.isoformat()
    assert abs(minutes) < FARTHEST_OFFSET_MIN


def test_a_moment_without_an_offset_is_not_taken_for_utc() -> None:
    """Whatever writes it down would else say that it knew."""
    with pytest.raises(ValueError, match="offset"):
        offset_min(datetime(2026, 11, 28, 12, 0))  # noqa: DTZ001  (what is refused)
