"""What the windows decide before anything is drawn."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posturewatch.windows.launch import Said, menu_view, parse


def tk_modules() -> tuple[object, object]:
    """The modules that import tkinter; skipped where this Python has none."""
    pytest.importorskip("tkinter")
    from posturewatch.windows import break_window, dim_window

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


@given(st.text())
def test_no_line_breaks_the_conversation(line: str) -> None:
    """Whatever a window prints is a message or nothing."""
    assert parse(line) is None or isinstance(parse(line), Said)


def test_a_message_keeps_its_values() -> None:
    """Kind and values come apart; lines too long, lists and numbers as kind are dropped."""
    said = parse('{"kind": "chosen", "path": "3.1"}')
    assert said == Said("chosen", (("path", "3.1"),))
    assert said.get("path") == "3.1"
    assert said.get("nothing") is None
    assert parse('{"kind": 3}') is None
    assert parse("[1]") is None
    assert parse('{"kind": "x", "y": "' + "z" * 300_000 + '"}') is None


def test_an_empty_menu_is_an_empty_window() -> None:
    """Nothing to show is no error."""
    assert menu_view(()).lines == ()
