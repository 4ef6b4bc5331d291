"""Settings that change while the app runs: what was measured stays true, and each is taken up."""

from __future__ import annotations

import pytest

from posturewatch.records import CommandKind
from posturewatch.settings import Settings, WatchSettings

from .house import House, inhabited


def valid_s(house: House) -> float:
    """Seconds of the journal that have a number."""
    return sum(row.valid_s for row in house.journal.rows)


@pytest.mark.parametrize("steady_s", [0.5, 10.0, 60.0])
def test_another_cadence_taken_up_live_counts_like_a_fresh_start(steady_s: float) -> None:
    """Twenty minutes before the camera are as many valid minutes whether the time between looks stood in the file from
    the start or was changed after two seconds."""
    other = Settings(watch=WatchSettings(steady_s=steady_s))
    live = inhabited()
    live.at(2, lambda: setattr(live.keeper, "current", other)).at(2, CommandKind.RELOAD).run(1200)
    fresh = inhabited(other).run(1200)
    assert valid_s(fresh) > 1000
    assert valid_s(live) == pytest.approx(valid_s(fresh), abs=10)


def test_slow_looks_of_every_kind_speak_until_the_next() -> None:
    """With the time between looks long for one kind of look only (near the threshold, while unsure), what is seen still
    holds until the next look: nothing is lost as unwatched."""
    house = House(Settings(watch=WatchSettings(near_s=60.0))).run(1200)
    assert sum(row.off_s for row in house.journal.rows) < 10
    uncalibrated = inhabited(Settings(watch=WatchSettings(near_s=60.0)))
    uncalibrated.journal.made.clear()
    uncalibrated.run(1200)
    assert sum(row.off_s for row in uncalibrated.journal.rows) < 10
