"""The PNG files of src/posturewatch/pictures, made from the SVG beside them: ``python tools/pictures.py``.

An icon (``icon_*.svg``, 100 × 100) becomes one PNG, a movement (320 × 180, its begin at the left and its end at the
right) one for light windows and one for dark.
An SVG holds the colours of a light window; those of DARK take their place. Needs resvg-py (part of the ``dev`` extra).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import resvg_py

PICTURES: Final = Path(__file__).resolve().parent.parent / "src" / "posturewatch" / "pictures"
ICON_PX: Final = 256
MOVEMENT_PX: Final = 540
"""Rows of a movement: three times those of the window, for screens with small points."""

DARK: Final = {
    "#2b3440": "#e6e9ed",
    "#c3cad3": "#59626d",
    "#00805e": "#3fc79a",
    "#ffffff": "#262b31",
    "#f3e3d6": "#5a4a3f",
    "#a9bccd": "#3f5264",
    "#4b4f58": "#8d959e",
}
"""Outline, surroundings, what moves, paper, skin, clothes, hair: by the colour in a light window, that in a dark."""


def made() -> Iterator[tuple[Path, bytes]]:
    """Path and content of every PNG."""
    for path in sorted(PICTURES.glob("*.svg")):
        text = path.read_text(encoding="utf-8")
        if path.name.startswith("icon_"):
            yield path.with_suffix(".png"), _png(text, ICON_PX)
            continue
        yield path.with_suffix(".png"), _png(text, MOVEMENT_PX)
        for light, dark in DARK.items():
            text = text.replace(light, dark)
        yield path.with_name(f"{path.stem}_dark.png"), _png(text, MOVEMENT_PX)


def _png(text: str, height_px: int) -> bytes:
    return bytes(resvg_py.svg_to_bytes(svg_string=text, height=height_px, skip_system_fonts=True))


if __name__ == "__main__":
    for path, content in made():
        path.write_bytes(content)
