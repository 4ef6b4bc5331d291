"""What the windows decide before anything is drawn."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posturewatch.core.exercises import builtin
from posturewatch.drawing import paint
from posturewatch.windows.figures import DARK, FIGURES, LIGHT, write_pictures
from posturewatch.windows.launch import menu_view


def tk_modules() -> tuple[object, object]:
    """The modules that import tkinter; skipped where this Python has none."""
    pytest.importorskip("tkinter")
    from posturewatch.windows import break_window, dim_window

    return break_window, dim_window


def test_the_pictures_of_the_package_are_the_drawings(tmp_path: Path) -> None:
    """The SVG files that ship are what the drawings give today, and are well formed."""
    folder = resources.files("posturewatch.windows") / "pictures"
    for path in write_pictures(tmp_path):
        text = path.read_text("utf-8")
        assert (folder / path.name).read_text("utf-8") == text, "run python -m posturewatch.windows.figures"
        assert ElementTree.fromstring(text).tag.endswith("svg")  # noqa: S314  (our own text)


def test_every_suggestion_has_its_picture() -> None:
    """Each built-in suggestion names a drawing that is there."""
    assert {one.picture for one in builtin()} == set(FIGURES)


@pytest.mark.parametrize("palette", [LIGHT, DARK])
@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_painted_within_its_canvas(name: str, palette: dict[str, str]) -> None:
    """In both palettes a figure has ink, and its upper and side edges stay clear."""
    image = paint(FIGURES[name], 180, palette)
    alpha = image.getchannel("A")
    assert sum(alpha.histogram()[200:]) > 1000
    assert alpha.crop((0, 0, image.width, 3)).getextrema() == (0, 0)
    assert alpha.crop((0, 0, 3, image.height)).getextrema() == (0, 0)


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
