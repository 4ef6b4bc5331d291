"""The tray without a tray: what is decided before any toolkit is asked."""

from __future__ import annotations

import threading
from dataclasses import fields, replace
from pathlib import Path

import pytest

from fakes import MONDAY_NINE, FakeClock, ScriptedInbox
from posturewatch.app.menu import menu_for
from posturewatch.base.errors import DesktopError
from posturewatch.base.inbox import QueueInbox
from posturewatch.base.loop_commands import CommandKind
from posturewatch.base.records import Load, Snapshot, State
from posturewatch.desktop.tray.backends import choose_backend
from posturewatch.desktop.tray.display import NullDisplay, TrayActions, make_display, outline
from posturewatch.desktop.tray.visibility import NoTrayNotice
from posturewatch.report.now_in_words import tooltip

NOW = Snapshot(
    MONDAY_NINE, State.FORWARD, None, 1.2, 0.3, Load(23, 3, "rule"), "desk", ("desk", "laptop"), next_break_s=600
)


def nothing() -> None:
    """An action that does nothing."""


WINDOWS = {"open_menu", "open_tip"}
ACTIONS = TrayActions(**dict.fromkeys((one.name for one in fields(TrayActions) if one.name not in WINDOWS), nothing))


@pytest.fixture
def no_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A session without any display."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.unix_only("each session there has a screen and a tray")
@pytest.mark.usefixtures("no_screen")
def test_without_a_screen_the_display_is_a_null_that_says_why(tmp_path: Path) -> None:
    """No screen: no error, a reason in words and no advice to install what could not be seen; run ends with close."""
    inbox = ScriptedInbox(FakeClock())
    display = make_display(inbox, ACTIONS, menu=menu_for, tooltip=tooltip, told_file=tmp_path / "told")
    assert isinstance(display, NullDisplay)
    assert display.trouble
    assert "posturewatch --help" in display.hint
    assert "apt" not in display.hint
    display.show(NOW)
    runner = threading.Thread(target=display.run)
    runner.start()
    display.close()
    runner.join(3)
    assert not runner.is_alive()


@pytest.mark.unix_only("each session there has a screen and a tray")
@pytest.mark.usefixtures("no_screen")
def test_choosing_a_backend_without_a_screen_fails_with_a_hint() -> None:
    """The reason why there is no icon comes with what helps."""
    with pytest.raises(DesktopError) as caught:
        choose_backend()
    assert "posturewatch --help" in caught.value.hint


def test_a_wish_for_a_backend_is_followed() -> None:
    """The setting outranks our own choice."""
    assert choose_backend("gtk") == "gtk"


def test_new_numbers_leave_the_menu_open() -> None:
    """Another FHT and another time to the break change words, not the outline; a pause changes the outline."""
    later = replace(NOW, fht_in=1.4, next_break_s=540)
    assert menu_for(later) != menu_for(NOW)
    assert outline(menu_for(later)) == outline(menu_for(NOW))
    assert outline(menu_for(replace(NOW, paused=True))) != outline(menu_for(NOW))


def test_a_desktop_without_a_tray_is_told_where_everything_is_once(tmp_path: Path) -> None:
    """Not at every login; again only when there has been a tray in between."""
    told: list[str] = []
    for start in range(3):
        inbox = QueueInbox()
        notice = NoTrayNotice(inbox, tmp_path / "told")
        notice.tell()
        command = inbox.get(0.0)
        if command is not None:
            assert command.kind is CommandKind.TRAY_UNSEEN
            assert "posturewatch status" in command.text
            told.append(f"start {start}")
        if start == 1:
            notice.forget()
    assert told == ["start 0", "start 2"]
