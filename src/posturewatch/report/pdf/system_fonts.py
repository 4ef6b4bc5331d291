"""Fonts with East Asian letters that this computer has: a PDF carries the letters of them that it shows.

Only fonts with TrueType outlines can be embedded by reportlab, which leaves out Noto Sans CJK, Source Han and Hiragino.
So these are files that the systems or their packages bring and that can be embedded; they are looked for by name.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

FILES: Final = (
    "ipaexg.ttf", "ipag.ttf", "VL-PGothic-Regular.ttf", "meiryo.ttc", "YuGothR.ttc", "msgothic.ttc",
    "wqy-microhei.ttc", "wqy-zenhei.ttc", "msyh.ttc", "simsun.ttc", "msjh.ttc",
    "NanumGothic.ttf", "UnDotum.ttf", "malgun.ttf", "gulim.ttc", "AppleGothic.ttf",
    "DroidSansFallbackFull.ttf", "DroidSansFallback.ttf", "Arial Unicode.ttf",
)  # fmt: skip
"""Japanese before Chinese before Korean, as with the standard fonts; then those that have all three."""


@cache
def system_fonts() -> tuple[Path, ...]:
    """Those of :data:`FILES` that are here, in their order."""
    met: dict[str, Path] = {}
    for folder in _folders():
        for path in folder.rglob("*.tt[cf]"):
            met.setdefault(path.name.casefold(), path)
    return tuple(met[name.casefold()] for name in FILES if name.casefold() in met)


def registered(path: Path) -> str | None:
    """Make a font known to reportlab; returns the name by which it is, None where it cannot be embedded."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFError, TTFont

    if path.stem not in pdfmetrics.getRegisteredFontNames():
        try:
            pdfmetrics.registerFont(TTFont(path.stem, str(path)))
        except (TTFError, OSError):
            return None
    return path.stem


def _folders() -> Iterator[Path]:
    if sys.platform == "win32":
        yield Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts"
        yield Path.home() / "AppData" / "Local" / "Microsoft" / "Windows" / "Fonts"
    elif sys.platform == "darwin":
        yield from (Path("/System/Library/Fonts"), Path("/Library/Fonts"), Path.home() / "Library" / "Fonts")
    else:
        yield from (
            Path("/usr/share/fonts"),
            Path("/usr/local/share/fonts"),
            Path.home() / ".local" / "share" / "fonts",
        )
