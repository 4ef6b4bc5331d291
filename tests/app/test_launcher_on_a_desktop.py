"""What opens our windows, on a screen: one of a kind, one owner, and a window that nobody sees counts as none."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from desktop.conftest import Robot, until
from posturewatch.app.launcher import DesktopLauncher
from posturewatch.base.inbox import QueueInbox
from posturewatch.base.loop_commands import Command, CommandKind, MenuItem
from posturewatch.base.records import Action, Reminder, ReminderKind
from posturewatch.base.settings import CameraSettings, Settings
from posturewatch.disk.folders import Folders, find_folders

pytestmark = pytest.mark.desktop

BREAK = Reminder(ReminderKind.BREAK, "break", "Time for a short break", "Look.", (Action.TAKE_BREAK,), timeout_s=40)


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folders:
    """Folders of a user of our own."""
    monkeypatch.setenv("POSTUREWATCH_HOME", str(tmp_path / "home"))
    return find_folders().make()


@pytest.fixture
def inbox() -> QueueInbox:
    """Where the news of windows come."""
    return QueueInbox()


@pytest.fixture
def pad(folders: Folders, inbox: QueueInbox) -> Iterator[DesktopLauncher]:
    """What the app opens windows with; its camera is none."""
    one = DesktopLauncher(folders, inbox, Settings(camera=CameraSettings(source="99")))
    yield one
    one.close()


def processes(of: str) -> list[psutil.Process]:
    """The processes of our windows of this kind that run."""
    found = []
    for child in psutil.Process().children():
        with suppress(psutil.NoSuchProcess):  # which one that has just ended is, too
            found += [child] if of in " ".join(child.cmdline()) else []
    return found


def test_many_threads_that_ask_at_once_get_one_window(pad: DesktopLauncher, screen: Robot) -> None:
    """Tray and loop ask from threads of their own: one window of a kind is opened, and the end leaves none."""
    begin = threading.Barrier(8)

    def ask() -> None:
        begin.wait()
        pad.open_help()

    askers = [threading.Thread(target=ask) for _asker in range(8)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert screen.window("^When to seek help$") is not None
    assert len(processes("help_window")) == 1
    pad.close()
    assert processes("help_window") == []


def test_the_menu_asked_for_twice_is_one_menu(pad: DesktopLauncher, screen: Robot) -> None:
    """A second click puts a new menu in the old one's place."""
    chosen: list[MenuItem] = []
    for name in ("first", "second"):
        pad.open_menu((MenuItem(name),), chosen.append)
    pad.open_help()  # done in order: once it is there, the second menu is
    assert screen.window("^When to seek help$") is not None
    screen.key("Escape")
    assert len(processes("menu_window")) == 1
    window = screen.window("^posturewatch$")
    screen.do("windowfocus", "--sync", window or "")
    screen.key("Return")
    assert until(lambda: chosen)
    assert [item.text for item in chosen] == ["second"]


def test_a_break_is_opened_and_shut(pad: DesktopLauncher, inbox: QueueInbox, screen: Robot) -> None:
    """What the loop asks for is done in order, and nothing is said to have failed."""
    assert pad.open("break", reminder=BREAK)
    assert screen.window("^Time for a short break$") is not None
    pad.shut("break")
    assert until(lambda: processes("break_window") == [])
    assert inbox.get(0.5) is None


@pytest.mark.parametrize("wanted", ["break", "calibrate", "live"])
def test_a_window_that_nobody_sees_is_said_to_have_failed(
    pad: DesktopLauncher, inbox: QueueInbox, monkeypatch: pytest.MonkeyPatch, wanted: str
) -> None:
    """A display that is there by name only, as after a change of session: the loop hears that it must do without."""
    monkeypatch.setenv("DISPLAY", ":987")
    assert pad.open(wanted, reminder=BREAK)
    assert inbox.get(20) == Command(CommandKind.WINDOW_FAILED, text=wanted)


def test_a_window_with_the_picture_ends_by_giving_the_camera_back(
    pad: DesktopLauncher, inbox: QueueInbox, screen: Robot
) -> None:
    """Closed by its user or by the app: the loop hears once that it may look again."""
    closers: tuple[Callable[[], None], ...] = (lambda: screen.key("Escape"), lambda: pad.shut("live"))
    for close in closers:
        assert pad.open("live", text="")
        window = screen.window("Live view", 20)
        screen.do("windowfocus", "--sync", window or "")
        close()
        assert inbox.get(20) == Command(CommandKind.CAMERA_RETURNED, text="live")
        assert until(lambda: processes("posturewatch.sensor") == [])
