"""A small language for our own pictures: shapes on a canvas, painted by Pillow or written as SVG.

One source gives both, so that the tray icon, the pictures in a window and the SVG files of the package cannot
drift apart. Colours are roles (``ink``, ``accent`` …) that a palette turns into ``#rrggbb`` when the picture is
made; a window in dark colours shows the same drawing as a page in light ones. Lengths are in units of the
drawing's own canvas, x to the right and y down. It knows no files and no windows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import quoteattr

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

Point = tuple[float, float]

OVERSAMPLING: Final = 8
"""Painted this many times larger and averaged down; below 4 a 16-pixel icon shows stairs."""


@dataclass(frozen=True, slots=True)
class Disc:
    """A filled circle."""

    centre: Point
    radius: float
    fill: str


@dataclass(frozen=True, slots=True)
class Ring:
    """A circle's outline; ``radius`` runs along the middle of the stroke."""

    centre: Point
    radius: float
    stroke: str
    width: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line through the points with round ends and joints."""

    points: tuple[Point, ...]
    stroke: str
    width: float


@dataclass(frozen=True, slots=True)
class Area:
    """A filled polygon."""

    points: tuple[Point, ...]
    fill: str


@dataclass(frozen=True, slots=True)
class Tile:
    """A filled rectangle with round corners."""

    corner: Point
    opposite: Point
    radius: float
    fill: str


Shape = Disc | Ring | Line | Area | Tile


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes painted in order on a canvas of ``width`` × ``height`` units; ``title`` is what is seen on it."""

    title: str
    width: float
    height: float
    shapes: tuple[Shape, ...]


def paint(drawing: Drawing, height_px: int, palette: Mapping[str, str]) -> Image:
    """The drawing as an RGBA picture of ``height_px`` rows with a clear background.

    Raises KeyError for a role that the palette lacks.
    """
    from PIL import Image, ImageDraw

    scale = height_px * OVERSAMPLING / drawing.height
    width_px = max(1, round(drawing.width * height_px / drawing.height))
    big = Image.new("RGBA", (width_px * OVERSAMPLING, height_px * OVERSAMPLING), (0, 0, 0, 0))
    pen = ImageDraw.Draw(big)
    for shape in drawing.shapes:
        _paint_shape(pen, shape, scale, palette)
    # Averaging is done with the colour multiplied by its cover, or clear black would darken every edge.
    return big.convert("RGBa").resize((width_px, height_px), Image.Resampling.BOX).convert("RGBA")


def _paint_shape(pen: ImageDraw, shape: Shape, scale: float, palette: Mapping[str, str]) -> None:
    match shape:
        case Disc(centre, radius, fill):
            pen.ellipse(_box(centre, radius, scale), fill=palette[fill])
        case Ring(centre, radius, stroke, width):
            pen.ellipse(
                _box(centre, radius + width / 2, scale), outline=palette[stroke], width=max(1, round(width * scale))
            )
        case Line(points, stroke, width):
            scaled = [(x * scale, y * scale) for x, y in points]
            pen.line(scaled, fill=palette[stroke], width=max(1, round(width * scale)), joint="curve")
            for point in points:
                pen.ellipse(_box(point, width / 2, scale), fill=palette[stroke])
        case Area(points, fill):
            pen.polygon([(x * scale, y * scale) for x, y in points], fill=palette[fill])
        case Tile(corner, opposite, radius, fill):
            pen.rounded_rectangle(
                (corner[0] * scale, corner[1] * scale, opposite[0] * scale - 1, opposite[1] * scale - 1),
                radius=radius * scale,
                fill=palette[fill],
            )


def _box(centre: Point, radius: float, scale: float) -> tuple[float, float, float, float]:
    x, y = centre
    # Pillow counts the last pixel as inside; the 1 keeps circles centred.
    return ((x - radius) * scale, (y - radius) * scale, (x + radius) * scale - 1, (y + radius) * scale - 1)


def to_svg(drawing: Drawing, palette: Mapping[str, str]) -> str:
    """The drawing as a complete SVG document. Raises KeyError for a role that the palette lacks."""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(drawing.width)} {_n(drawing.height)}" '
        f"role=\"img\" aria-label={quoteattr(drawing.title)}>"
    )
    return "\n".join((head, *(f"  {_svg_shape(shape, palette)}" for shape in drawing.shapes), "</svg>")) + "\n"


def _svg_shape(shape: Shape, palette: Mapping[str, str]) -> str:
    match shape:
        case Disc(centre, radius, fill):
            return f'<circle cx="{_n(centre[0])}" cy="{_n(centre[1])}" r="{_n(radius)}" fill="{palette[fill]}"/>'
        case Ring(centre, radius, stroke, width):
            return (
                f'<circle cx="{_n(centre[0])}" cy="{_n(centre[1])}" r="{_n(radius)}" fill="none" '
                f'stroke="{palette[stroke]}" stroke-width="{_n(width)}"/>'
            )
        case Line(points, stroke, width):
            return (
                f'<polyline points="{_points(points)}" fill="none" stroke="{palette[stroke]}" '
                f'stroke-width="{_n(width)}" stroke-linecap="round" stroke-linejoin="round"/>'
            )
        case Area(points, fill):
            return f'<polygon points="{_points(points)}" fill="{palette[fill]}"/>'
        case Tile(corner, opposite, radius, fill):
            return (
                f'<rect x="{_n(corner[0])}" y="{_n(corner[1])}" width="{_n(opposite[0] - corner[0])}" '
                f'height="{_n(opposite[1] - corner[1])}" rx="{_n(radius)}" fill="{palette[fill]}"/>'
            )


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _points(points: tuple[Point, ...]) -> str:
    return " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
