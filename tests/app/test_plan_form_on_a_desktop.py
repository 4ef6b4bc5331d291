"""The form for a plan as it is used: opened, typed into, refused at the field, mended, saved as a signed file."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path

import pytest

from desktop.conftest import PATIENCE_S, Robot, until
from posturewatch.app.plan_form import fill_in
from posturewatch.base.settings import Settings
from posturewatch.config.plan_file import read_plan
from posturewatch.disk.folders import Folders

pytestmark = pytest.mark.desktop

TITLE = "^Plan: anna.toml$"


class Form:
    """The form in a thread, as the command line opens it."""

    def __init__(self, folder: Path) -> None:
        self.path, self.words = folder / "anna.toml", list[str]()
        own = Folders(*(folder / name for name in ("config", "data", "logs", "state"))).make()
        words = self.words
        self._thread = threading.Thread(
            target=lambda: words.append(fill_in(own, Settings(), self.path, date(2026, 11, 28))), daemon=True
        )
        self._thread.start()

    def ended(self) -> bool:
        """Whether it was closed, within patience."""
        self._thread.join(PATIENCE_S)
        return not self._thread.is_alive()


def written(screen: Robot, *words: str) -> None:
    """Type these words into the window that has the keyboard."""
    for word in words:
        screen.do("type", "--delay", "20", word)


def picture(screen: Robot, window: str) -> bytes:
    """What the window shows."""
    left, top, width, height = screen.place(window)
    return screen.picture().crop((left, top, left + width, top + height)).tobytes()


def test_a_plan_is_typed_refused_at_its_field_mended_and_saved(screen: Robot, tmp_path: Path) -> None:
    """The title is typed and saved: the phase without a name is gone to, named, and saved; the title was not lost."""
    form = Form(tmp_path)
    window = screen.window(TITLE)
    assert window is not None
    screen.do("windowfocus", "--sync", window)
    written(screen, "Eight weeks")
    before = picture(screen, window)
    screen.key("ctrl+Return")
    assert until(lambda: picture(screen, window) != before)  # the phase, with the cursor in its name
    assert not form.path.exists()
    written(screen, "First")
    screen.key("ctrl+Return")
    assert form.ended()
    plan = read_plan(form.path)
    assert (plan.plan.title, [one.name for one in plan.plan.phase]) == ("Eight weeks", ["First"])
    assert plan.signature
    assert len(form.words[0].split()) == 6


def test_what_was_typed_is_not_thrown_away_by_one_escape(screen: Robot, tmp_path: Path) -> None:
    """The first says that nothing is saved yet; the second closes, and no file is there."""
    form = Form(tmp_path)
    window = screen.window(TITLE)
    assert window is not None
    screen.do("windowfocus", "--sync", window)
    written(screen, "Eight")
    before = picture(screen, window)
    screen.key("Escape")
    assert until(lambda: picture(screen, window) != before)
    screen.key("Escape")
    assert form.ended()
    assert form.words == [""]
    assert not form.path.exists()
