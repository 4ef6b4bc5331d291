"""The diary's form as it is used: opened by the app, typed into, answered by the app, written to a real journal."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from desktop.conftest import Robot, until
from posturewatch.app.launcher import DesktopLauncher
from posturewatch.base.clock import SystemClock
from posturewatch.base.inbox import QueueInbox
from posturewatch.base.records import DiaryEntry
from posturewatch.base.settings import BreakSettings
from posturewatch.disk.folders import Folders
from posturewatch.journal.writer import SqliteJournal

pytestmark = pytest.mark.desktop

TITLE = "^Headache diary$"


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """A home of its own."""
    home = tmp_path / "home"
    return Folders(home / "config", home / "data", home / "logs", home / "state").make()


@pytest.fixture
def pad(folders: Folders, screen: Robot) -> Iterator[DesktopLauncher]:
    """The app's own opener of windows; what a failed test leaves open goes with the screen."""
    pad = DesktopLauncher(folders, QueueInbox(), BreakSettings())
    yield pad
    pad.close()


@contextlib.contextmanager
def journal(folders: Folders) -> Iterator[SqliteJournal]:
    """The journal, opened as another process of ours would."""
    opened = SqliteJournal(folders.journal_file, SystemClock())
    try:
        yield opened
    finally:
        opened.close()


def entries(folders: Folders) -> tuple[DiaryEntry, ...]:
    """All that stands in the diary about these days."""
    today = SystemClock().now().date()
    with journal(folders) as kept:
        return kept.diary_of(today - timedelta(days=2), today)


def form(screen: Robot) -> str:
    """The form's window, with the keyboard."""
    window = screen.window(TITLE)
    assert window is not None
    screen.do("windowfocus", "--sync", window)
    return window


def picture(screen: Robot, window: str) -> bytes:
    """What the window shows."""
    left, top, width, height = screen.place(window)
    return screen.picture().crop((left, top, left + width, top + height)).tobytes()


def gone(screen: Robot) -> bool:
    """Whether the form has closed."""
    return not screen.do("search", "--onlyvisible", "--name", TITLE)


def to_field(screen: Robot, number: int) -> None:
    """From the first field to a later one; the three sides are a stop each."""
    screen.key(*("Tab",) * number)


TRIGGER = 8
"""Stops from the day: time, duration, worst, left, right, both, medication, trigger."""


def test_a_text_that_is_too_long_stays_in_the_form_until_it_fits(
    pad: DesktopLauncher, folders: Folders, screen: Robot
) -> None:
    """The journal takes 200 characters: with 230 the form stays, says why, and what was typed is still there to be
    shortened and saved."""
    pad.open_diary()
    window = form(screen)
    to_field(screen, TRIGGER)
    screen.do("type", "--delay", "2", "late night " * 20 + "and wine 2")
    before = picture(screen, window)
    screen.key("ctrl+Return")
    assert until(lambda: gone(screen) or picture(screen, window) != before)
    assert not gone(screen)
    assert entries(folders) == ()
    screen.key("End", *("BackSpace",) * 40, "ctrl+Return")
    assert until(lambda: gone(screen))
    (kept,) = entries(folders)
    assert kept.trigger == ("late night " * 20 + "and wine 2")[:190].strip()


def test_no_headache_on_a_day_with_one_is_refused_in_the_form(
    pad: DesktopLauncher, folders: Folders, screen: Robot
) -> None:
    """The form stays open and says that the day has a headache; nothing that stands in it is gone."""
    now = SystemClock().now()
    with journal(folders) as kept:
        kept.add_diary(DiaryEntry(now - timedelta(seconds=1), now, "headache", worst=4))
    pad.open_diary()
    window = form(screen)
    before = picture(screen, window)
    to_field(screen, TRIGGER + 2)
    screen.key("space")
    assert until(lambda: gone(screen) or picture(screen, window) != before)
    assert not gone(screen)
    assert [entry.kind for entry in entries(folders)] == ["headache"]


def test_escape_asks_before_it_throws_away_what_was_typed(pad: DesktopLauncher, screen: Robot) -> None:
    """An untouched form goes at once; with something in it, Escape says so first and the second time goes."""
    pad.open_diary()
    form(screen)
    screen.key("Escape")
    assert until(lambda: gone(screen))
    pad.open_diary()
    window = form(screen)
    to_field(screen, TRIGGER)
    screen.do("type", "wine")
    before = picture(screen, window)
    screen.key("Escape")
    assert until(lambda: gone(screen) or picture(screen, window) != before)
    assert not gone(screen)
    screen.key("Escape")
    assert until(lambda: gone(screen))


def test_the_app_s_end_closes_an_untouched_form(pad: DesktopLauncher, screen: Robot) -> None:
    """Nobody is asked about a form in which nothing stands."""
    pad.open_diary()
    form(screen)
    pad.close()
    assert until(lambda: gone(screen))


def test_the_app_s_end_leaves_what_was_typed_on_the_screen(pad: DesktopLauncher, screen: Robot) -> None:
    """A form that somebody is filling in stays, and says that it cannot be saved any more."""
    pad.open_diary()
    window = form(screen)
    to_field(screen, TRIGGER)
    screen.do("type", "wine")
    before = picture(screen, window)
    pad.close()
    assert until(lambda: gone(screen) or picture(screen, window) != before)
    assert not gone(screen)
    screen.key("Escape", "Escape")
    assert until(lambda: gone(screen))


def test_details_of_a_headache_just_noted_go_to_its_own_entry(
    pad: DesktopLauncher, folders: Folders, screen: Robot
) -> None:
    """ "Headache now" has made an entry without details: the form that is opened next completes it, and a second one
    begins another; one that nothing is written into makes none."""
    now = SystemClock().now()
    with journal(folders) as kept:
        number = kept.add_diary(DiaryEntry(now, now, "headache"))
    pad.open_diary()
    form(screen)
    to_field(screen, TRIGGER)
    screen.do("type", "wine")
    screen.key("ctrl+Return")
    assert until(lambda: gone(screen))
    (entry,) = entries(folders)
    assert (entry.id, entry.trigger, entry.written_at) == (number, "wine", entry.at)
    pad.open_diary()
    window = form(screen)
    before = picture(screen, window)
    screen.key("ctrl+Return")
    assert until(lambda: gone(screen) or picture(screen, window) != before)
    assert not gone(screen)
    assert len(entries(folders)) == 1
    to_field(screen, TRIGGER)
    screen.do("type", "late night")
    screen.key("ctrl+Return")
    assert until(lambda: gone(screen))
    assert {entry.trigger for entry in entries(folders)} == {"wine", "late night"}
