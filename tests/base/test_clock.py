"""The clock of this computer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from posturewatch.base.clock import SystemClock, here, unknown_zone, with_zone, zone_asked_for


def test_wall_time_knows_its_offset() -> None:
    """Wall time is aware, and monotonic time does not step back."""
    clock = SystemClock()
    assert clock.now().utcoffset() is not None
    assert clock.monotonic_s() <= clock.monotonic_s()


def test_a_flight_changes_the_offset_of_a_running_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """The zone is read anew each time: a changed zone shows without a restart."""
    clock = SystemClock()
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert clock.now().utcoffset() == timedelta(hours=9)
    monkeypatch.setenv("TZ", "America/Los_Angeles")
    assert clock.now().utcoffset() in {timedelta(hours=-8), timedelta(hours=-7)}
    monkeypatch.undo()
    SystemClock().now()  # the C library has its zone again


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
    SystemClock().now()  # the C library has its zone again


@pytest.mark.parametrize(
    "told", ["", "Europe/Berlin", ":Europe/Berlin", "EST5EDT", "CET-1CEST,M3.5.0,M10.5.0/3", "<+0545>-5:45"]
)
def test_a_zone_that_is_one_is_not_doubted(told: str) -> None:
    """By name, and in POSIX's own form."""
    assert not unknown_zone({"TZ": told}, "linux")
    assert not unknown_zone({"TZ": told}, "win32")


@pytest.mark.parametrize(("month", "hours"), [(1, 1), (7, 2)])
def test_a_zone_named_as_everywhere_else_holds_on_windows(month: int, hours: int) -> None:
    """TZ=Europe/Berlin is Berlin there too, in winter and in summer; its C library would take it for UTC."""
    zone = zone_asked_for({"TZ": "Europe/Berlin"}, "win32")
    assert datetime(2026, month, 15, tzinfo=zone).utcoffset() == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("told", "winter", "summer"),
    [
        ("CET-1CEST,M3.5.0,M10.5.0/3", 60, 120),
        ("CET-1CEST", 60, 120),
        ("EST5EDT", -300, -240),
        ("CEST-2", 120, 120),
        ("<+03>-3", 180, 180),
        ("<+0545>-5:45", 345, 345),
        ("UTC0", 0, 0),
    ],
)
def test_a_zone_in_the_form_of_posix_holds_on_windows(told: str, winter: int, summer: int) -> None:
    """Minutes east in January and July; its C library knows three letters and a whole hour, and has the rest at zero or
    on the wrong side."""
    zone = zone_asked_for({"TZ": told}, "win32")
    found = [datetime(2026, month, 15, tzinfo=zone).utcoffset() for month in (1, 7)]
    assert found == [timedelta(minutes=winter), timedelta(minutes=summer)]
    assert not unknown_zone({"TZ": told}, "win32")


@pytest.mark.parametrize(
    "told",
    [
        "Nowhere/Atlantis",
        "../../etc/passwd",
        "W. Europe Standard Time",
        "Europe",
        "nul",
        "日本",
        "CET-1CEST?",
        "UTC+24",
        "XXX-23:59",
    ],
)
def test_what_is_no_zone_is_utc_on_windows_and_told(told: str) -> None:
    """Its C library would have summer time for it, so that UTC, which doctor says is used, held in winter alone."""
    assert zone_asked_for({"TZ": told}, "win32") is UTC
    assert unknown_zone({"TZ": told}, "win32") == told


def test_zones_are_the_systems_own_business_elsewhere_and_where_none_is_asked_for() -> None:
    """None of ours then."""
    assert zone_asked_for({"TZ": ""}, "win32") is None
    assert zone_asked_for({"TZ": "Europe/Berlin"}, "linux") is None
