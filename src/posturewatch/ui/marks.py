"""The mark of a switch: a tick in a box. The toolkit's own is a cross, which many read as "no"."""

from __future__ import annotations

from typing import Final

from PIL import Image, ImageDraw

from posturewatch.ui.palette import Colours

_FINE: Final = 4
"""Drawn so many times larger and scaled down: Pillow draws lines with hard edges."""


def switch_mark(size_px: int, colours: Colours, *, on: bool, dim: bool = False) -> Image.Image:
    """The box of a switch, ``size_px`` pixels square, with a tick where it is ``on``; ``dim``: it cannot be pressed."""
    side = size_px * _FINE
    picture = Image.new("RGBA", (side, side))
    draw = ImageDraw.Draw(picture)
    fill = (colours.line if dim else colours.accent) if on else colours.field
    edge = colours.muted if not on and not dim else (colours.line if dim else colours.accent)
    draw.rounded_rectangle((0, 0, side - 1, side - 1), side // 6, fill=fill, outline=edge, width=_FINE)
    if on:
        tick = [(side * x, side * y) for x, y in ((0.22, 0.52), (0.42, 0.72), (0.79, 0.29))]
        draw.line(tick, fill=colours.accent_ink, width=max(_FINE, side // 8), joint="curve")
    return picture.resize((size_px, size_px), Image.Resampling.LANCZOS)
