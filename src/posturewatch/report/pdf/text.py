"""Text for the PDF in whatever script the user typed it, without shipping a font.

Latin text is set in Bitstream Vera, which comes with reportlab and is embedded as far as it is used. What
Vera lacks (Japanese and other East Asian script, Greek, Cyrillic) is set in Adobe's standard East Asian fonts,
which are named in the file and supplied by the reader's PDF program: that keeps a Japanese report at a few dozen
kilobytes instead of shipping a 6 MB font. What no such font has is shown as a box and never dropped in silence.
"""

from __future__ import annotations

import html
from importlib import resources
from typing import Final

PLAIN: Final = "Vera"
BOLD: Final = "VeraBd"
_EAST_ASIAN: Final = "HeiseiKakuGo-W5"
_BOX: Final = "□"


def register_fonts() -> None:
    """Make the fonts known to reportlab. Idempotent."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.ttfonts import TTFont

    known = set(pdfmetrics.getRegisteredFontNames())
    folder = resources.files("reportlab") / "fonts"
    for name in (PLAIN, BOLD):
        if name not in known:
            pdfmetrics.registerFont(TTFont(name, str(folder / f"{name}.ttf")))
    if _EAST_ASIAN not in known:
        pdfmetrics.registerFont(UnicodeCIDFont(_EAST_ASIAN))
    pdfmetrics.registerFontFamily(PLAIN, normal=PLAIN, bold=BOLD, italic=PLAIN, boldItalic=BOLD)


def paragraph(said: str, *, bold: bool = False) -> str:
    """reportlab's paragraph markup for plain text: escaped, each run in a font that has its letters."""
    parts = []
    for run, font in runs(said, BOLD if bold else PLAIN):
        escaped = html.escape(run, quote=False)
        parts.append(f'<font name="{font}">{escaped}</font>')
    return "".join(parts)


def runs(said: str, font: str = PLAIN) -> tuple[tuple[str, str], ...]:
    """The text in runs of one font each. Fonts must be registered."""
    from reportlab.pdfbase import pdfmetrics

    has = pdfmetrics.getFont(font).face.charToGlyph
    made: list[tuple[str, str]] = []
    for letter in said:
        if letter in "\n\t" or not letter.isprintable():
            shown, needs = ("\u00a0" if letter == "\u00a0" else " "), font
        elif ord(letter) in has:
            shown, needs = letter, font
        else:
            shown, needs = (letter if _east_asian(letter) else _BOX), _EAST_ASIAN
        if made and made[-1][1] == needs:
            made[-1] = (made[-1][0] + shown, needs)
        else:
            made.append((shown, needs))
    return tuple(made)


def width(said: str, size_pt: float, font: str = PLAIN) -> float:
    """Width of a text in points."""
    from reportlab.pdfbase import pdfmetrics

    return sum(float(pdfmetrics.stringWidth(run, name, size_pt)) for run, name in runs(said, font))


def _east_asian(letter: str) -> bool:
    """Whether the Japanese standard font has this letter: what Shift-JIS can write, it has."""
    try:
        letter.encode("shift_jis")
    except UnicodeEncodeError:
        return False
    return True
