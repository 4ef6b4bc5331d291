"""What the windows decide before anything is drawn."""

from __future__ import annotations

import sys

import pytest

from posturewatch.ui.open import menu_view, why_no_windows

COUNTDOWN = [(45, "0:45"), (44.2, "0:45"), (180, "3:00"), (0.1, "0:01"), (0, "0:00")]


@pytest.mark.parametrize(("seconds", "words"), COUNTDOWN)
def test_the_countdown_never_ends_early(seconds: float, words: str) -> None:
    """Seconds are rounded up."""
    pytest.importorskip("tkinter")
    from posturewatch.ui.break_window import clock_words

    assert clock_words(seconds) == words


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="of X11 and Wayland")
def test_wayland_alone_has_no_windows_and_says_what_they_need(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tk needs X11: known at once, not after a window was waited for in vain; without any screen the words differ."""
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-1")
    trouble = why_no_windows()
    assert trouble is not None
    assert "XWayland" in trouble.message
    monkeypatch.delenv("WAYLAND_DISPLAY")
    trouble = why_no_windows()
    assert trouble is not None
    assert "XWayland" not in trouble.message


def test_an_empty_menu_is_an_empty_window() -> None:
    """Nothing to show is no error."""
    assert menu_view(()).lines == ()
