"""Palette and places: what holds before anything is drawn."""

from __future__ import annotations

import sys
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posturewatch.ui.palette import DARK, LIGHT, Colours, prefers_dark
from posturewatch.ui.screens import Box

TEXTS = ("ink", "muted", "accent", "forward", "unsure", "error")


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1–21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_stands_out_from_its_ground(colours: Colours) -> None:
    """4.5 to 1 at least, in light and in dark, on paper and on buttons."""
    for role in TEXTS:
        assert contrast(getattr(colours, role), colours.paper) >= 4.5, role
    assert contrast(colours.ink, colours.button) >= 4.5
    assert contrast(colours.ink, colours.field) >= 4.5
    assert contrast(colours.accent_ink, colours.accent) >= 4.5
    assert contrast(colours.accent_ink, colours.accent_over) >= 4.5


def test_light_and_dark_have_the_same_roles_in_other_colours() -> None:
    """No role was forgotten in either."""
    assert all(getattr(LIGHT, field.name) != getattr(DARK, field.name) for field in fields(Colours))


@pytest.mark.skipif(sys.platform != "linux", reason="asks the programs of Linux desktops")
@pytest.mark.parametrize(
    ("desktop", "says", "dark"),
    [
        ("ubuntu:GNOME", ("'prefer-dark'", ""), True),
        ("ubuntu:GNOME", ("'default'", "Adwaita-dark"), False),
        ("XFCE", ("'default'", "Greybird-dark"), True),
        ("XFCE", ("'default'", "Greybird"), False),
    ],
)
def test_dark_is_asked_of_the_desktop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, desktop: str, says: tuple[str, str], dark: bool
) -> None:
    """GNOME's setting, and Xfce's theme on Xfce alone."""
    for name, answer in zip(("gsettings", "xfconf-query"), says, strict=True):
        program = tmp_path / name
        program.write_text(f'#!/bin/sh\necho "{answer}"\n')
        program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", desktop)
    assert prefers_dark() is dark


@given(
    st.builds(Box, st.integers(-3000, 3000), st.integers(-2000, 2000), st.integers(640, 4000), st.integers(480, 2500)),
    st.integers(-5000, 9000),
    st.integers(-5000, 9000),
    st.integers(1, 1200),
    st.integers(1, 1200),
)
def test_a_window_lies_on_one_monitor(box: Box, x: int, y: int, width: int, height: int) -> None:
    """Wherever it is wanted: all of it inside where the monitor has room for it, its upper left corner in any case."""
    for left, top in (box.within(x, y, width, height, 40), box.centred(width, height, 40)):
        assert box.left <= left
        assert box.top <= top
        assert left == box.left or left + width <= box.left + box.width - 40
        assert top == box.top or top + height <= box.top + box.height - 40
