"""What the windows decide before anything is drawn."""

from __future__ import annotations

import pytest

from posturewatch.ui.open import menu_view

COUNTDOWN = [(45, "0:45"), (44.2, "0:45"), (180, "3:00"), (0.1, "0:01"), (0, "0:00")]


@pytest.mark.parametrize(("seconds", "words"), COUNTDOWN)
def test_the_countdown_never_ends_early(seconds: float, words: str) -> None:
    """Seconds are rounded up."""
    pytest.importorskip("tkinter")
    from posturewatch.ui.break_window import clock_words

    assert clock_words(seconds) == words


def test_an_empty_menu_is_an_empty_window() -> None:
    """Nothing to show is no error."""
    assert menu_view(()).lines == ()
