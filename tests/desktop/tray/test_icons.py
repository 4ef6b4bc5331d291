"""The icons: told apart by shape as well as by colour, readable on light and dark panels."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from PIL import Image, ImageChops, ImageStat

from fakes import MONDAY_NINE
from posturewatch.base.pictures import IconName, icon
from posturewatch.base.records import Snapshot, State
from posturewatch.desktop.tray.display import icon_for

PANELS = ("#f2f2f2", "#202124")
NOW = Snapshot(MONDAY_NINE, State.UPRIGHT, None, None, None, None, "desk")


def on(panel: str, name: IconName, size: int) -> Image.Image:
    """The icon as a panel of this colour shows it."""
    flat = Image.new("RGB", (size, size), panel)
    picture = icon(name, size)
    flat.paste(picture, (0, 0), picture)
    return flat


def luminance(colour: tuple[int, ...]) -> float:
    """Relative luminance by WCAG 2."""
    linear = [c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour[:3]]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """Contrast ratio by WCAG 2."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("one", "other"), tuple(itertools.combinations(IconName, 2)))
@pytest.mark.parametrize("panel", PANELS)
def test_every_two_icons_differ_without_colour(one: IconName, other: IconName, panel: str) -> None:
    """At 16 pixels and in grey, any two icons differ clearly: more than a tenth of the picture by 40 levels."""
    difference = ImageChops.difference(on(panel, one, 16).convert("L"), on(panel, other, 16).convert("L"))
    changed = sum(difference.point(lambda level: level > 40).histogram()[1:])
    assert changed > 25


@pytest.mark.parametrize("name", IconName)
@pytest.mark.parametrize("size", [16, 22, 32, 64])
def test_the_glyph_stands_out_from_its_tile(name: IconName, size: int) -> None:
    """In every size the icon has both tile and glyph, with a spread of grey levels that the eye sees."""
    picture = icon(name, size)
    assert picture.size == (size, size)
    levels = ImageStat.Stat(picture.convert("L"), picture.getchannel("A").point(lambda alpha: alpha > 250))
    assert levels.stddev[0] > 25


@pytest.mark.parametrize("panel", [(242, 242, 242), (32, 33, 36)])
@pytest.mark.parametrize("name", IconName)
def test_the_icon_stands_out_from_the_panel(name: IconName, panel: tuple[int, int, int]) -> None:
    """Some part of each icon has at least WCAG's 3:1 against a light and against a dark panel."""
    picture = icon(name, 32)
    raw = picture.tobytes()
    pixels = [tuple(raw[at : at + 4]) for at in range(0, len(raw), 4)]
    solid = [pixel for pixel in pixels if pixel[3] == 255]
    strong = sum(contrast(pixel, panel) >= 3 for pixel in solid)
    assert strong > 60


def test_what_the_icon_says() -> None:
    """A pause outranks trouble, trouble the state, and an alert is shown only while the head is forward."""
    assert icon_for(NOW) is IconName.UPRIGHT
    assert icon_for(replace(NOW, state=State.FORWARD)) is IconName.FORWARD
    assert icon_for(replace(NOW, state=State.FORWARD, alert=True)) is IconName.ALERT
    assert icon_for(replace(NOW, alert=True)) is IconName.UPRIGHT
    assert icon_for(replace(NOW, trouble="Disk full")) is IconName.TROUBLE
    assert icon_for(replace(NOW, trouble="Disk full", paused=True)) is IconName.PAUSED


@pytest.mark.parametrize("state", State)
def test_every_state_has_its_icon(state: State) -> None:
    """No state is without a picture."""
    assert icon_for(replace(NOW, state=state)).value == state.value
