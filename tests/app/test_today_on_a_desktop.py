"""The window of today on a screen: opened from the tray and by its command, quickly, by keyboard, following the log."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import psutil
import pytest

from desktop.conftest import Robot, end, until
from journal.rows_for_tests import minute
from posturewatch.app.launcher import DesktopLauncher
from posturewatch.base.clock import SystemClock
from posturewatch.base.inbox import QueueInbox
from posturewatch.base.settings import Settings, UserSettings
from posturewatch.disk.folders import Folders, find_folders
from posturewatch.journal.writer import SqliteJournal

pytestmark = pytest.mark.desktop

TITLE = "^Today, "
QUICK_S = 0.5
"""Seconds of a processor that a process may use from the wish to the window on the screen: on a computer with nothing
else to do no more than these pass, and on a busy one they are the same."""

HEAVY = ("cv2", "mediapipe", "numpy", "plotly", "pydantic", "reportlab")


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folders:
    """Folders of a user of our own, with a week of journal that ends now."""
    monkeypatch.setenv("POSTUREWATCH_HOME", str(tmp_path / "home"))
    folders = find_folders().make()
    with kept(folders) as journal:
        for back in range(7):
            for place in range(1, 121):
                journal.add_minute(minute(SystemClock().now() - timedelta(days=back, minutes=place)))
    return folders


@pytest.fixture
def pad(folders: Folders, screen: Robot) -> Iterator[DesktopLauncher]:
    """What the app opens windows with."""
    one = DesktopLauncher(folders, QueueInbox(), Settings(user=UserSettings(units="in")))
    yield one
    one.close()


def kept(folders: Folders) -> SqliteJournal:
    """The journal as the running app has it open."""
    return SqliteJournal(folders.journal_file, SystemClock())


def window(screen: Robot) -> str:
    """The window, with the keyboard."""
    found = screen.window(TITLE)
    assert found is not None
    screen.do("windowfocus", "--sync", found)
    return found


def shown(screen: Robot, found: str) -> bytes:
    """What stands in it."""
    left, top, width, height = screen.place(found)
    return screen.picture().crop((left, top, left + width, top + height)).tobytes()


def process(of: str) -> psutil.Process:
    """Our child with this word in its command line."""
    for one in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # of another test, and ended by now
            if of in " ".join(one.cmdline()):
                return one
    raise LookupError(of)


def test_it_follows_the_log_and_keeps_the_keyboard(pad: DesktopLauncher, folders: Folders, screen: Robot) -> None:
    """A minute that the app writes is seen without anybody asking; a day of the week is chosen by the keyboard; Escape
    closes it."""
    pad.open_today()
    found = window(screen)
    screen.key("Home")
    before = shown(screen, found)
    with kept(folders) as journal:
        for place in range(30):
            journal.add_minute(minute(SystemClock().now() - timedelta(minutes=130 + place), fht_median_in=2.5))
    assert until(lambda: shown(screen, found) != before)
    today = shown(screen, found)
    screen.key("Tab", "Down", "Return")
    assert until(lambda: shown(screen, found) != today)
    screen.key("Escape")
    assert until(lambda: not screen.do("search", "--onlyvisible", "--name", TITLE))


def test_asked_for_twice_it_is_one_window_that_comes_to_the_front(pad: DesktopLauncher, screen: Robot) -> None:
    """A second click on the tray's line raises the one that lies under others."""
    pad.open_today()
    first = window(screen)
    pad.open_help()
    other = screen.window("^When to seek help$")
    screen.do("windowfocus", "--sync", other or "")
    pad.open_today()
    assert until(lambda: screen.do("getwindowfocus", "getwindowname").startswith("Today"))
    assert screen.do("search", "--onlyvisible", "--name", TITLE).split() == [first]


@pytest.mark.alone
def test_from_the_tray_it_is_there_at_once(pad: DesktopLauncher, screen: Robot) -> None:
    """What the window's process spends until it is seen; nothing that sees pictures or draws charts is loaded in it."""
    pad.open_today()
    window(screen)
    one = process("today_window")
    assert sum(one.cpu_times()[:2]) < QUICK_S
    loaded = {Path(each.path).as_posix() for each in one.memory_maps()} | set(one.cmdline())
    assert not [name for name in HEAVY if any(f"/{name}/" in path for path in loaded)]


@pytest.mark.alone
def test_by_its_command_it_is_there_at_once(folders: Folders, screen: Robot) -> None:
    """`posturewatch today`: its two processes, and an end when the window is closed."""
    command = subprocess.Popen((sys.executable, "-m", "posturewatch", "today"), env=dict(os.environ))
    window(screen)
    spent_s = [sum(one.cpu_times()[:2]) for one in (psutil.Process(command.pid), process("today_window"))]
    screen.key("Escape")
    assert command.wait(60) == 0
    assert max(spent_s) < QUICK_S  # side by side: the window's process loads while the journal is read


def test_without_a_screen_the_command_says_where_it_is_told_otherwise(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 9, and the log in the terminal."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    command = subprocess.Popen((sys.executable, "-m", "posturewatch", "today"), stderr=subprocess.PIPE)
    said = command.communicate(timeout=60)[1].decode()
    end(command)
    assert command.returncode == 9
    assert "command line does the same" in said
