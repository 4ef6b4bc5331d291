"""Our drawings for the break suggestions: line figures, drawn by us, painted in a window or written as SVG.

Roles of colour: ``ink`` the person, ``soft`` furniture and surroundings, ``accent`` what moves and where to.
``python -m posturewatch.windows.figures FOLDER`` writes the SVG files of the package anew.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from posturewatch.drawing import Area, Disc, Drawing, Line, Point, Ring, Shape, Tile, to_svg

LIGHT: Final[Mapping[str, str]] = {"ink": "#2b3440", "soft": "#c3cad3", "accent": "#00805e", "paper": "#ffffff"}
DARK: Final[Mapping[str, str]] = {"ink": "#e6e9ed", "soft": "#59626d", "accent": "#3fc79a", "paper": "#262b31"}

WIDTH: Final = 240.0
HEIGHT: Final = 180.0
_BODY: Final = 9.0
_THIN: Final = 5.0


def _arc(centre: Point, radius: float, start_deg: float, end_deg: float) -> tuple[Point, ...]:
    """Points along a circle; degrees run clockwise from three o'clock, as y points down."""
    steps = max(4, int(abs(end_deg - start_deg) / 8))
    return tuple(
        (
            centre[0] + radius * math.cos(math.radians(start_deg + (end_deg - start_deg) * step / steps)),
            centre[1] + radius * math.sin(math.radians(start_deg + (end_deg - start_deg) * step / steps)),
        )
        for step in range(steps + 1)
    )


def _arrow(points: tuple[Point, ...]) -> tuple[Shape, ...]:
    """A line with a head at its last point."""
    (x0, y0), (x1, y1) = points[-2], points[-1]
    angle, size = math.atan2(y1 - y0, x1 - x0), 12.0
    tip = (x1 + math.cos(angle) * size * 0.6, y1 + math.sin(angle) * size * 0.6)
    wings = tuple(
        (tip[0] - math.cos(angle + turn) * size * 1.3, tip[1] - math.sin(angle + turn) * size * 1.3)
        for turn in (0.55, -0.55)
    )
    return (Line(points, "accent", _THIN), Area((tip, *wings), "accent"))


def _chair(x: float) -> tuple[Shape, ...]:
    """A chair from the side whose seat begins at ``x``; it faces right."""
    return (
        Line(((x, 70), (x + 4, 126), (x + 56, 126)), "soft", 7),
        Line(((x + 28, 128), (x + 28, 158)), "soft", 7),
        Line(((x + 4, 162), (x + 52, 162)), "soft", 7),
    )


def _legs(hip: Point) -> tuple[Shape, ...]:
    """Thigh and shin of somebody who sits and faces right."""
    x, y = hip
    return (Line((hip, (x + 48, y + 2), (x + 50, 160), (x + 64, 160)), "ink", _BODY),)


def _chin_nod() -> tuple[Shape, ...]:
    """Head and shoulders from the side: the head tips, the chin goes down and a little back."""
    return (
        Line(((62, 178), (66, 152), (86, 136), (102, 130), (104, 112)), "ink", _BODY),
        Line(((132, 112), (132, 130), (148, 142), (158, 178)), "ink", _BODY),
        Ring((126, 58), 41, "soft", _THIN),
        Disc((116, 74), 41, "paper"),
        Ring((116, 74), 41, "ink", _BODY),
        Line(((153, 92), (163, 104), (147, 106)), "ink", _THIN),
        Disc((139, 82), 4.5, "ink"),
        *_arrow(_arc((116, 66), 72, -42, 26)),
    )


def _blade_squeeze() -> tuple[Shape, ...]:
    """Somebody from behind: the shoulder blades move towards each other."""
    return (
        Ring((120, 36), 23, "ink", _BODY),
        Line(((120, 61), (120, 74)), "ink", _BODY),
        Line(((74, 168), (66, 122), (72, 90), (96, 76), (144, 76), (168, 90), (174, 122), (166, 168)), "ink", _BODY),
        Line(((88, 168), (92, 120)), "ink", _BODY),
        Line(((152, 168), (148, 120)), "ink", _BODY),
        Line(((120, 92), (120, 166)), "soft", _THIN),
        Line(((102, 98), (100, 124), (108, 132)), "accent", 7),
        Line(((138, 98), (140, 124), (132, 132)), "accent", 7),
        *_arrow(((34, 112), (52, 112))),
        *_arrow(((206, 112), (188, 112))),
    )


def _extension() -> tuple[Shape, ...]:
    """Seated, hands behind the head, the upper back leans over the back of the chair."""
    return (
        *_chair(78),
        *_legs((96, 118)),
        Line(((96, 118), (95, 94), (84, 70), (74, 56)), "ink", _BODY),
        Line(((85, 72), (106, 46), (70, 40)), "ink", _THIN + 2),
        Disc((67, 46), 18, "paper"),
        Ring((67, 46), 18, "ink", _BODY),
        *_arrow(_arc((96, 90), 82, -58, -112)),
    )


def _walk() -> tuple[Shape, ...]:
    """Somebody walking."""
    return (
        Line(((20, 168), (220, 168)), "soft", _THIN),
        Ring((118, 30), 17, "ink", _BODY),
        Line(((117, 50), (112, 102)), "ink", _BODY),
        Line(((112, 102), (136, 128), (142, 160), (154, 160)), "ink", _BODY),
        Line(((112, 102), (100, 134), (76, 154), (70, 146)), "ink", _BODY),
        Line(((117, 60), (98, 80), (94, 102)), "ink", _THIN + 1),
        Line(((117, 60), (138, 80), (154, 84)), "ink", _THIN + 1),
        *_arrow(((176, 96), (208, 96))),
    )


def _far_look() -> tuple[Shape, ...]:
    """A head looks out of a window at a tree far away."""
    gaze = tuple(Line(((x, 74), (x + 9, 74)), "accent", _THIN) for x in (96, 116, 136))
    return (
        Tile((164, 22), (230, 128), 4, "soft"),
        Tile((170, 28), (224, 122), 2, "paper"),
        Line(((170, 104), (224, 104)), "soft", 4),
        Line(((202, 104), (202, 82)), "ink", 4),
        Area(((202, 52), (216, 86), (188, 86)), "accent"),
        Line(((18, 178), (24, 146), (44, 130), (48, 112)), "ink", _BODY),
        Line(((66, 116), (68, 132), (84, 146), (90, 178)), "ink", _BODY),
        Ring((56, 78), 34, "ink", _BODY),
        Disc((78, 74), 4.5, "ink"),
        Line(((88, 86), (97, 93), (86, 97)), "ink", _THIN),
        *gaze,
    )


FIGURES: Final[Mapping[str, Drawing]] = {
    "chin_nod": Drawing("A gentle chin nod", WIDTH, HEIGHT, _chin_nod()),
    "blade_squeeze": Drawing("Shoulder blades drawn together", WIDTH, HEIGHT, _blade_squeeze()),
    "extension": Drawing("Upper back leaning over the chair", WIDTH, HEIGHT, _extension()),
    "walk": Drawing("Walking", WIDTH, HEIGHT, _walk()),
    "far_look": Drawing("Looking far away", WIDTH, HEIGHT, _far_look()),
}


def write_pictures(folder: Path) -> tuple[Path, ...]:
    """Write each figure as an SVG file and return the paths. Raises OSError."""
    paths = []
    for name, drawing in FIGURES.items():
        path = folder / f"{name}.svg"
        path.write_text(to_svg(drawing, LIGHT), "utf-8")
        paths.append(path)
    return tuple(paths)


if __name__ == "__main__":
    write_pictures(Path(sys.argv[1]))
