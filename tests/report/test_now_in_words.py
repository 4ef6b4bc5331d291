"""The present moment in words, and the tray's menu."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import timedelta

import pytest

from fakes import MONDAY_NINE
from posturewatch.app.menu import menu_for
from posturewatch.base.loop_commands import Command, CommandKind, MenuItem
from posturewatch.base.quantities import distance
from posturewatch.base.records import Load, Reason, Snapshot, State, Today
from posturewatch.desktop.tray.display import TrayActions
from posturewatch.report.now_in_words import load_words, state_line, status_line, tooltip

NOW = Snapshot(
    MONDAY_NINE,
    State.FORWARD,
    None,
    1.24,
    0.31,
    Load(23.4, 3.3, "rule"),
    "desk",
    ("desk", "laptop"),
    next_break_s=610,
    today=Today(band_min=(120, 50, 28, 2)),
)


@pytest.mark.parametrize(
    ("fht_in", "units", "words"),
    [
        (1.24, "in", "1.2 ± 0.3 in"),
        (1.24, "cm", "3.1 ± 0.8 cm"),
        (-0.04, "in", "0.0 ± 0.3 in"),
        (2.99, "in", "3.0 ± 0.3 in"),
        (3.0, "in", "3+ in"),
        (4.7, "cm", "7.6+ cm"),
    ],
)
def test_the_distance_in_words(fht_in: float, units: str, words: str) -> None:
    """Inches with their error first, capped at 3+ in."""
    assert distance(fht_in, 0.31, units) == words  # type: ignore[arg-type]


@pytest.mark.parametrize(("pounds", "shown"), [(11.0, 10), (12.6, 15), (23.4, 25), (22.4, 20), (31, 30)])
def test_the_load_is_shown_to_the_nearest_five_pounds(pounds: float, shown: int) -> None:
    """The rule of thumb is never shown more exactly than it is meant, and never without its error and its name."""
    said = f"Load index about {shown} lb ± 3 lb, by Kapandji's rule: a rule of thumb, not a force"
    assert load_words(replace(NOW, load=Load(pounds, 3, "rule"))) == said
    assert "Hansraj's table" in load_words(replace(NOW, load=Load(pounds, 3, "tilt")))


def test_beyond_the_cap_the_load_is_open_too() -> None:
    """3+ in goes with a load that has a plus."""
    assert load_words(replace(NOW, fht_in=3.4, load=Load(45, 3, "rule"))).startswith("Load index about 45+ lb, by")


def test_every_reason_is_said_in_words() -> None:
    """UNRELIABLE comes with its reason, and no number is shown with it."""
    for reason in Reason:
        line = state_line(replace(NOW, state=State.UNRELIABLE, reason=reason, fht_in=None, load=None))
        assert line.startswith("Cannot tell right now: ")
        assert " in " not in line.split(": ")[1] or "picture" in line or "I am" in line


def test_a_pause_says_until_when() -> None:
    """Later today a time, another day a date, and open end in words."""
    assert state_line(replace(NOW, paused=True)) == "Paused until you resume"
    soon = replace(NOW, paused=True, paused_until=MONDAY_NINE + timedelta(minutes=30))
    assert state_line(soon) == "Paused until 09:30"
    tomorrow = replace(NOW, paused=True, paused_until=MONDAY_NINE + timedelta(days=1))
    assert "2026-11-24" in state_line(tomorrow)


def test_the_tooltip_has_state_and_next_break() -> None:
    """Inches ± error, the load with all that goes with it, and the time to the next break; the load is left out where
    Windows would cut the text off."""
    load = "Load index about 25 lb ± 3 lb, by Kapandji's rule: a rule of thumb, not a force"
    assert tooltip(NOW) == f"Head forward · 1.2 ± 0.3 in\n{load}\nBreak in 10 minutes"
    assert tooltip(replace(NOW, tied=False)) == "Head forward · 1.2 ± 0.3 in · not tied today\nBreak in 10 minutes"
    assert tooltip(replace(NOW, trouble="The disk is full.")).endswith("The disk is full.")


def test_the_status_line_names_the_profile() -> None:
    """One line for the terminal."""
    assert "profile desk" in status_line(NOW)
    assert "\n" not in status_line(NOW)


def walk(items: tuple[MenuItem, ...], depth: int = 1) -> Iterator[tuple[MenuItem, int]]:
    """Every line with the clicks that it takes."""
    for item in items:
        yield item, depth
        yield from walk(item.children, depth + 1)


def test_all_that_a_day_needs_is_within_two_clicks() -> None:
    """Each wish of the user stands in the menu, on the first or second level."""
    lines = list(walk(menu_for(NOW)))
    assert max(depth for _item, depth in lines) == 2
    commands = {item.command.kind for item, _depth in lines if item.command}
    assert commands >= {
        CommandKind.PAUSE,
        CommandKind.BREAK_NOW,
        CommandKind.CALIBRATE,
        CommandKind.PROFILE,
        CommandKind.LIVE_VIEW,
        CommandKind.DIARY,
        CommandKind.QUIT,
    }
    pauses = [item.command for item, _ in lines if item.command and item.command.kind is CommandKind.PAUSE]
    assert [command.value for command in pauses if not command.text] == [1800, 3600, 7200, -1, None]


def test_every_call_of_the_menu_is_an_action_of_the_tray() -> None:
    """A line never asks for something that the app does not offer, and each offer has its line."""
    calls = {item.call for item, _depth in walk(menu_for(NOW)) if item.call}
    assert calls == {field.name for field in fields(TrayActions)} - {"open_menu", "open_tip"}  # the icon's own


def test_the_menu_offers_to_pause_until_an_hour() -> None:
    """The full hours ahead, none of tomorrow."""

    def hours(hour: int) -> list[str]:
        items = menu_for(replace(NOW, at=NOW.at.replace(hour=hour, minute=20)))
        (pause,) = [item for item in items if item.text == "Pause"]
        return [item.command.text for item in pause.children if item.command is not None and item.command.text]

    assert hours(9) == [f"{hour:02d}:00" for hour in range(10, 18)]
    assert hours(21) == ["22:00", "23:00"]
    assert hours(23) == []


def test_a_paused_menu_offers_to_resume() -> None:
    """Resume takes the place of the choices of a pause."""
    lines = [item for item, _depth in walk(menu_for(replace(NOW, paused=True)))]
    assert Command(CommandKind.RESUME) in [item.command for item in lines]
    assert not any(item.command and item.command.kind is CommandKind.PAUSE for item in lines)


def test_a_due_break_can_be_answered_from_the_menu() -> None:
    """Desktops whose notifications have no buttons have them here."""
    kinds = {item.command.kind for item, _ in walk(menu_for(replace(NOW, break_now=True))) if item.command}
    assert {CommandKind.BREAK_POSTPONE, CommandKind.BREAK_SKIP} <= kinds


def test_the_menu_tells_bands_reason_and_trouble() -> None:
    """What is only told stands on top and cannot be clicked."""
    two_people = replace(NOW, state=State.UNRELIABLE, reason=Reason.SECOND_PERSON, fht_in=None, trouble="Disk full.")
    told = [item.text for item in menu_for(two_people) if item.text and not item.enabled]
    assert told[0] == "Cannot tell right now: I see more than one person."
    assert "Today 200 min: 120 upright, 78 forward, 2 far forward" in told
    assert "Disk full." in told


def test_the_usual_profiles_can_be_made_from_the_menu() -> None:
    """With a desk only, laptop and standing are offered to be calibrated; what there is, is chosen."""
    (profiles,) = (item for item in menu_for(replace(NOW, profiles=("desk",))) if item.text == "Profile: desk")
    assert [(item.text, item.command) for item in profiles.children] == [
        ("desk", Command(CommandKind.PROFILE, text="desk")),
        ("Calibrate for laptop…", Command(CommandKind.CALIBRATE, text="laptop")),
        ("Calibrate for standing…", Command(CommandKind.CALIBRATE, text="standing")),
    ]


def test_a_break_that_runs_is_said_and_can_be_ended_from_the_menu() -> None:
    """On a break there is no next one in a minute; Postpone and Finish are there, Take is not."""
    resting = replace(NOW, on_break=True, next_break_s=0.0)
    assert "You are on a break." in status_line(resting)
    items = {item.command.kind: item for item, _ in walk(menu_for(resting)) if item.command}
    assert CommandKind.BREAK_NOW not in items
    assert items[CommandKind.BREAK_SKIP].text == "Finish the break early"


def test_the_menu_offers_no_button_that_would_not_answer() -> None:
    """After two skips there is no Skip, in strict mode neither Skip nor Postpone nor an early end."""
    last = replace(NOW, break_now=True, can_skip=False)
    strict = replace(NOW, on_break=True, can_skip=False, can_postpone=False)
    offered = [{item.command.kind for item, _ in walk(menu_for(now)) if item.command} for now in (last, strict)]
    assert CommandKind.BREAK_POSTPONE in offered[0]
    assert CommandKind.BREAK_SKIP not in offered[0]
    assert not offered[1] & {CommandKind.BREAK_POSTPONE, CommandKind.BREAK_SKIP}


def test_a_nudge_can_be_snoozed_from_the_menu() -> None:
    """While the icon has its colour, and only then: the notification's button for desktops that show none."""
    kinds = [
        {item.command.kind for item, _ in walk(menu_for(replace(NOW, alert=alert))) if item.command}
        for alert in (True, False)
    ]
    assert CommandKind.SNOOZE in kinds[0]
    assert CommandKind.SNOOZE not in kinds[1]


def test_silence_says_why() -> None:
    """Do not disturb mutes while the app watches: menu and status line say so beside the number."""
    silent = replace(NOW, watching=True, quiet="Silent while a program fills the screen.")
    assert silent.quiet in status_line(silent)
    assert silent.quiet in [item.text for item in menu_for(silent)]
    assert "1.2 ± 0.3 in" in status_line(silent)


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (timedelta(days=-3), "3 days ago"),
        (timedelta(0), "calibrated today"),
        (timedelta(days=26_000), "a time to come: the clock was wrong"),
    ],
)
def test_status_names_the_calibration_in_force_and_its_age(after: timedelta, said: str) -> None:
    """The line of ``status`` says when the calibration was made; a date to come is called what it is."""
    assert said in status_line(replace(NOW, calibrated_at=NOW.at + after))
