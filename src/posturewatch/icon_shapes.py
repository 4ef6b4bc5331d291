"""The shapes of our icons: a glyph on a coloured tile, one for each thing that the tray icon can say. Pure.

The tile has to stand out on a light and on a dark panel, so its colours lie in the middle of the lightness scale;
the meaning is carried by the glyph and by the tile's outline as well as by the colour, for people who do not tell
red from green. The colours follow Okabe and Ito's (2008), made for that.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from posturewatch.drawing import Area, Disc, Drawing, Line, Ring, Shape, Tile, to_svg

PALETTE: Final = {
    "good": "#00805e",
    "warn": "#e69f00",
    "alert": "#c8501e",
    "calm": "#6d7480",
    "ask": "#0072b2",
    "light": "#ffffff",
    "dark": "#1d1d1f",
}


class IconName(StrEnum):
    """What the icon can say, one picture each."""

    UPRIGHT = "upright"
    FORWARD = "forward"
    ALERT = "alert"
    AWAY = "away"
    UNRELIABLE = "unreliable"
    UNCALIBRATED = "uncalibrated"
    PAUSED = "paused"
    TROUBLE = "trouble"


def _sitter(head: tuple[float, float], hip: tuple[float, float], ink: str) -> tuple[Shape, ...]:
    """Somebody sitting, from the side, looking to the left: head, neck, trunk, thigh."""
    x, y = hip
    return (
        Line(((x, y - 29), hip, (x - 30, y)), ink, 17),
        Line((head, (x, y - 28)), ink, 12),
        Disc(head, 17, ink),
    )


_ROUND: Final = (50.0, 50.0)
_FULL: Final = ((0.0, 0.0), (100.0, 100.0))


_SHAPES: Final[Mapping[IconName, tuple[Shape, ...]]] = {
    IconName.UPRIGHT: (
        Disc(_ROUND, 50, "good"),
        *_sitter((59, 25), (62, 77), "light"),
    ),
    IconName.FORWARD: (Tile(*_FULL, 22, "warn"), *_sitter((31, 29), (69, 80), "dark")),
    IconName.ALERT: (
        Tile(*_FULL, 22, "alert"),
        *_sitter((25, 31), (60, 82), "light"),
        Line(((82, 15), (82, 40)), "light", 13),
        Disc((82, 61), 7.5, "light"),
    ),
    IconName.AWAY: (
        Disc(_ROUND, 50, "calm"),
        Line(((36, 24), (36, 80)), "light", 11),
        Line(((36, 56), (66, 56), (66, 80)), "light", 11),
    ),
    IconName.UNRELIABLE: (
        Disc(_ROUND, 50, "calm"),
        Line(((32, 36), (37, 25), (50, 20), (63, 25), (67, 37), (60, 47), (51, 53), (50, 63)), "light", 12),
        Disc((50, 81), 7.5, "light"),
    ),
    IconName.UNCALIBRATED: (
        Tile(*_FULL, 22, "ask"),
        Ring(_ROUND, 24, "light", 11),
        Line(((50, 12), (50, 30)), "light", 9),
        Line(((50, 70), (50, 88)), "light", 9),
        Line(((12, 50), (30, 50)), "light", 9),
        Line(((70, 50), (88, 50)), "light", 9),
    ),
    IconName.PAUSED: (
        Disc(_ROUND, 50, "calm"),
        Line(((36, 31), (36, 69)), "light", 15),
        Line(((64, 31), (64, 69)), "light", 15),
    ),
    IconName.TROUBLE: (
        Area(((50, 0), (100, 96), (0, 96)), "alert"),
        Line(((50, 36), (50, 62)), "light", 13),
        Disc((50, 80), 7, "light"),
    ),
}


def drawing_for(name: IconName) -> Drawing:
    """The shapes of one icon on a canvas of 100 × 100."""
    return Drawing(name.value, 100, 100, _SHAPES[name])


def app_svg() -> str:
    """The app's icon as an SVG document."""
    return to_svg(drawing_for(IconName.UPRIGHT), PALETTE)
