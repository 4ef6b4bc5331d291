"""Our pictures: what the tray icon can say, and the movements of a break.

The package's ``pictures/`` holds each as SVG, which is edited, and as PNG, which is shown; ``tools/pictures.py`` makes
the one from the other. An icon is a glyph on a coloured tile. The tile has to stand out on a light and on a dark panel,
so its colours lie in the middle of the lightness scale; the meaning is carried by the glyph and by the tile's outline
as well as by the colour, for people who do not tell red from green. The colours follow Okabe and Ito's (2008).
"""

from __future__ import annotations

import base64
import binascii
import io
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

import posturewatch
from posturewatch.base.i18n import _

if TYPE_CHECKING:
    from PIL.Image import Image

FOLDER: Final = Path(posturewatch.__file__).parent / "pictures"

MOVEMENTS: Final = ("chin_nod", "blade_squeeze", "extension", "walk", "far_look")

CHECK_STEPS: Final = tuple(f"check_{step}" for step in ("usual", "upright", "turn", "nod", "tilt", "chin", "return"))
"""The steps of a movement check."""


PICTURE_BYTES: Final = 150_000
PICTURE_PX: Final = 1200
"""Limits of a picture from outside, an exercise's own: bytes of the file, and pixels of its longer side."""


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


def icon_file(name: IconName) -> Path:
    """The icon as a square PNG file, for those who want a path."""
    return FOLDER / f"icon_{name}.png"


def icon(name: IconName, size_px: int) -> Image:
    """The icon as a square RGBA picture with a clear background."""
    return _scaled(icon_file(name), size_px)


def movement(name: str, height_px: int, *, dark: bool) -> Image:
    """A movement as an RGBA picture of ``height_px`` rows with a clear background, for a light or a dark window.

    Raises OSError where ``name`` is none of MOVEMENTS or CHECK_STEPS.
    """
    return _scaled(FOLDER / f"{name}{'_dark' if dark else ''}.png", height_px)


def _scaled(path: Path, height_px: int) -> Image:
    from PIL import Image

    with Image.open(path) as picture:
        width_px = max(1, round(picture.width * height_px / picture.height))
        return picture.convert("RGBA").resize((width_px, height_px), Image.Resampling.HAMMING)


def opened_picture(text: str) -> Image:
    """The picture of base64 text, wholly decoded; raises ValueError for what is none, another format than
    PNG or JPEG, or too large."""
    import PIL.Image

    said = _("a picture in PNG or JPEG of at most {kb} kB and {px} pixels a side").format(
        kb=PICTURE_BYTES // 1000, px=PICTURE_PX
    )
    try:
        data = base64.b64decode(text, validate=True)
        if len(data) > PICTURE_BYTES:
            raise ValueError(said)
        picture = PIL.Image.open(io.BytesIO(data), formats=("PNG", "JPEG"))
        if max(picture.size) > PICTURE_PX or getattr(picture, "n_frames", 1) != 1:
            raise ValueError(said)
        picture.load()
    except (binascii.Error, OSError, SyntaxError, ValueError, PIL.Image.DecompressionBombError) as err:
        raise ValueError(said) from err
    return picture
