"""Courtesy: what mutes, what closes the camera, and that not knowing does neither."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from posturewatch.base.records import Courtesy
from posturewatch.base.settings import CourtesySettings, HoursSettings
from posturewatch.core.reminding.quiet import camera_given_back, muted_words, why_muted

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
EVENING = HoursSettings(start="18:00", end="22:00")
ALL_OFF = CourtesySettings(calls=False, full_screen=False, do_not_disturb=False)


def ask(courtesy: Courtesy, settings: CourtesySettings | None = None, hours: HoursSettings | None = None,
        paused: bool = False) -> tuple[str | None, str | None]:  # fmt: skip
    """(why muted, why the camera is given back)."""
    settings, hours = settings or CourtesySettings(), hours or HoursSettings()
    return (
        why_muted(courtesy, settings, hours, NOW, paused=paused),
        camera_given_back(courtesy, settings, hours, NOW, paused=paused),
    )


def test_a_desktop_that_cannot_tell_mutes_nothing() -> None:
    """All unknown: reminders may be shown, the camera may be open."""
    assert ask(Courtesy()) == (None, None)


@pytest.mark.parametrize(
    ("courtesy", "expected"),
    [
        (Courtesy(locked=True), ("locked", "locked")),
        (Courtesy(suspended=True), ("suspended", "suspended")),
        (Courtesy(lid_closed=True), ("lid", "lid")),
        (Courtesy(in_call=True), ("call", "call")),
        (Courtesy(full_screen=True), ("full_screen", None)),
        (Courtesy(do_not_disturb=True), ("dnd", None)),
        (Courtesy(on_battery=True), (None, None)),
        (Courtesy(in_call=True, locked=True), ("locked", "locked")),
    ],
)
def test_each_reason_by_default(courtesy: Courtesy, expected: tuple[str | None, str | None]) -> None:
    """Lock, sleep, lid and calls close the camera; full screen and do not disturb only mute; battery is a wish."""
    assert ask(courtesy) == expected


def test_what_is_switched_off_does_not_count() -> None:
    """The user's settings decide about calls, full screen, do not disturb and battery."""
    assert ask(Courtesy(in_call=True, full_screen=True, do_not_disturb=True), ALL_OFF) == (None, None)
    assert ask(Courtesy(on_battery=True), CourtesySettings(battery=True)) == ("battery", "battery")


def test_pause_and_hours_close_the_camera() -> None:
    """Paused comes before everything else, hours before courtesy."""
    assert ask(Courtesy(in_call=True), paused=True) == ("paused", "paused")
    assert ask(Courtesy(in_call=True), hours=EVENING) == ("hours", "hours")


def test_typing_under_a_closed_lid_is_a_dock() -> None:
    """Somebody at an outer screen has an outer camera; after a minute without input the lid is a lid."""
    assert ask(Courtesy(lid_closed=True, idle_s=5.0)) == (None, None)
    assert ask(Courtesy(lid_closed=True, idle_s=61.0)) == ("lid", "lid")


def test_where_the_lock_cannot_be_seen_idle_closes_the_camera() -> None:
    """Five minutes without keyboard and mouse may be a locked screen, unless the session tells that it is not."""
    assert ask(Courtesy(idle_s=299.0)) == (None, None)
    assert ask(Courtesy(idle_s=300.0)) == ask(Courtesy(idle_s=3600.0)) == ("idle", "idle")
    assert ask(Courtesy(locked=False, idle_s=3600.0)) == (None, None)


def test_each_reason_has_its_words() -> None:
    """No two reasons share a sentence, and an unknown one still has one."""
    names = ("paused", "hours", "locked", "suspended", "lid", "call", "dnd", "full_screen", "battery", "idle", "?")
    assert len({muted_words(name) for name in names}) == len(names)
