"""The clock of this computer."""

from __future__ import annotations

import sys
import time
from datetime import datetime, timedelta

import pytest

from posturewatch.base.clock import SystemClock, here, unknown_zone, with_zone, zone_asked_for


def test_wall_time_knows_its_offset() -> None:
    """Wall time is aware, and monotonic time does not step back."""
    clock = SystemClock()
    assert clock.now().utcoffset() is not None
    assert clock.monotonic_s() <= clock.monotonic_s()


@pytest.mark.unix_only("zones are named otherwise there")
def test_a_flight_changes_the_offset_of_a_running_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """The zone is read anew each time: a changed zone shows without a restart."""
    clock = SystemClock()
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert clock.now().utcoffset() == timedelta(hours=9)
    monkeypatch.setenv("TZ", "America/Los_Angeles")
    assert clock.now().utcoffset() in {timedelta(hours=-8), timedelta(hours=-7)}
    monkeypatch.undo()
    time.tzset()


@pytest.mark.unix_only("its C library has other limits")
@pytest.mark.parametrize(
    "told", ["XXX+24:59:59", "XXX-24:59:59", "<+99>-99", "UTC+24", "XXX-23:59", "Nowhere/Atlantis"]
)
def test_an_offset_that_no_place_has_is_utc_and_told(monkeypatch: pytest.MonkeyPatch, told: str) -> None:
    """POSIX allows a week, Python less than a day, the journal 15 hours: every clock of ours then goes by UTC."""
    monkeypatch.setenv("TZ", told)
    moment = SystemClock().now()
    assert moment.utcoffset() == timedelta(0)
    assert with_zone(datetime(2026, 11, 28, 12, 0)).isoformat() == "2026-11-28T12:00:00+00:00"  # noqa: DTZ001
    assert here(moment) == moment
    assert unknown_zone() == told
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    "told", ["", "Europe/Berlin", ":Europe/Berlin", "EST5EDT", "CET-1CEST,M3.5.0,M10.5.0/3", "<+0545>-5:45"]
)
def test_a_zone_that_is_one_is_not_doubted(told: str) -> None:
    """By name, and in POSIX's own form."""
    assert not unknown_zone({"TZ": told})


@pytest.mark.parametrize(("month", "hours"), [(1, 1), (7, 2)])
def test_a_zone_named_as_everywhere_else_holds_on_windows(month: int, hours: int) -> None:
    """TZ=Europe/Berlin is Berlin there too, in winter and in summer; its C library would take it for UTC."""
    zone = zone_asked_for({"TZ": "Europe/Berlin"}, "win32")
    assert datetime(2026, month, 15, tzinfo=zone).utcoffset() == timedelta(hours=hours)


@pytest.mark.parametrize("name", ["", "CET-1CEST", "Nowhere/Atlantis", "../../etc/passwd"])
def test_a_zone_that_is_no_name_is_left_to_windows(name: str) -> None:
    """What is no place in the zones' list is the C library's business, and so is everything on other systems."""
    assert zone_asked_for({"TZ": name}, "win32") is None
    assert zone_asked_for({"TZ": "Europe/Berlin"}, "linux") is None


@pytest.mark.skipif(sys.platform != "win32", reason="the C library elsewhere knows the name itself")
def test_windows_clock_follows_the_named_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock's own times have the zone's offset."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert SystemClock().now().utcoffset() == timedelta(hours=9)
