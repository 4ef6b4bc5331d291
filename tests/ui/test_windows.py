"""What the windows decide before anything is drawn."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posturewatch.ui.open import menu_view


def tk_modules() -> tuple[object, object]:
    """The modules that import tkinter; skipped where this Python has none."""
    pytest.importorskip("tkinter")
    from posturewatch.ui import break_window, dim_window

    return break_window, dim_window


COUNTDOWN = [(45, "0:45"), (44.2, "0:45"), (180, "3:00"), (0.1, "0:01"), (0, "0:00")]


@pytest.mark.parametrize(("seconds", "words"), COUNTDOWN)
def test_the_countdown_never_ends_early(seconds: float, words: str) -> None:
    """Seconds are rounded up."""
    break_window, _dim = tk_modules()
    assert break_window.clock_words(seconds) == words  # type: ignore[attr-defined]


@given(st.floats(-1, 20), st.floats(1, 20))
def test_the_dimming_is_gentle(t_s: float, length_s: float) -> None:
    """Never darker than its limit, nothing before and after."""
    _break, dim = tk_modules()
    value = dim.opacity(t_s, length_s)  # type: ignore[attr-defined]
    assert 0 <= value <= dim.STRONGEST  # type: ignore[attr-defined]
    assert value == 0 or 0 < t_s < length_s


def test_an_empty_menu_is_an_empty_window() -> None:
    """Nothing to show is no error."""
    assert menu_view(()).lines == ()
