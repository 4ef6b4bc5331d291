"""Text for the PDF in whatever script the user typed it.

Latin, Greek, Cyrillic, Hebrew and Arabic are set in DejaVu Sans, which is shipped (``fonts/``, with its licence) and
embedded as far as it is used. Hebrew and Arabic are broken into lines, joined into their forms (arabic-reshaper) and
put into the order in which they are read (the Unicode bidirectional algorithm, python-bidi). East Asian script is set
in a font of this computer and embedded as far as it is used, where there is one that can be (``system_fonts``); else in
Adobe's standard fonts, Japanese before Chinese before Korean, which are named in the file and supplied by the reader's
program: nothing ships a font of 6 MB. A sign that no such font has is told by its Unicode name in brackets, as most
emoji are, and never dropped in silence.
"""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib import resources
from itertools import chain
from typing import Final

from posturewatch.report.pdf.system_fonts import registered, system_fonts

PLAIN: Final = "DejaVuSans"
BOLD: Final = "DejaVuSans-Bold"
STANDARD: Final = {
    "HeiseiKakuGo-W5": "shift_jis",
    "STSong-Light": "gbk",
    "MSung-Light": "big5",
    "HYSMyeongJo-Medium": "euc_kr",
}
"""Adobe's fonts, and the encoding whose letters each has, in the order in which they are asked."""


def register_fonts() -> None:
    """Make the fonts known to reportlab. Idempotent."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.ttfonts import TTFont

    known = set(pdfmetrics.getRegisteredFontNames())
    folder = resources.files("posturewatch.report.pdf") / "fonts"
    for name in (PLAIN, BOLD):
        if name not in known:
            pdfmetrics.registerFont(TTFont(name, str(folder / f"{name}.ttf")))
    for name in STANDARD:
        if name not in known:
            pdfmetrics.registerFont(UnicodeCIDFont(name))
    pdfmetrics.registerFontFamily(PLAIN, normal=PLAIN, bold=BOLD, italic=PLAIN, boldItalic=BOLD)


def paragraph(said: str, *, bold: bool = False, wide: float = 0.0, size_pt: float = 0.0) -> str:
    """reportlab's paragraph markup for plain text: escaped, each run in a font that has its letters.

    ``wide`` and ``size_pt``: of what it is set in, in points; by them text that runs from right to left is broken.
    """
    font = BOLD if bold else PLAIN
    if runs_from_right(said) and wide > 0.0:
        return "<br/>".join(_marked(line, font) for line in _visual_lines(said, font, wide, size_pt))
    return _marked(said, font)


def _marked(said: str, font: str) -> str:
    return "".join(f'<font name="{name}">{html.escape(run, quote=False)}</font>' for run, name in runs(said, font))


def runs_from_right(said: str) -> bool:
    """Whether any letter is Hebrew or Arabic."""
    return not said.isascii() and any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in said)


def starts_from_right(said: str) -> bool:
    """Whether the first letter with a direction runs from right to left."""
    strong = (unicodedata.bidirectional(letter) for letter in said)
    return next((kind in ("R", "AL") for kind in strong if kind in ("L", "R", "AL")), False)


def _visual_lines(said: str, font: str, wide: float, size_pt: float) -> Iterator[str]:
    """Lines as they stand on paper, each in the order in which its letters are seen."""
    from arabic_reshaper import reshape
    from bidi.algorithm import get_display

    for line in said.splitlines() or [""]:
        waiting = ""
        for word in _pieces(reshape(line), font, wide, size_pt):
            longer = f"{waiting} {word}".strip()
            if waiting and width(longer, size_pt, font) > wide:
                yield str(get_display(waiting))
                waiting = word
            else:
                waiting = longer
        yield str(get_display(waiting))


def _pieces(line: str, font: str, wide: float, size_pt: float) -> Iterator[str]:
    """The words of a line; one that is wider than the line in parts that are not."""
    for word in line.split():
        part = ""
        for letter in word if width(word, size_pt, font) > wide else ():
            if width(part + letter, size_pt, font) > wide:
                yield part
                part = ""
            part += letter
        yield part or word


def runs(said: str, font: str = PLAIN) -> tuple[tuple[str, str], ...]:
    """The text in runs of one font each. Fonts must be registered."""
    from reportlab.pdfbase import pdfmetrics

    has = pdfmetrics.getFont(font).face.charToGlyph
    east = _east_asian("".join(letter for letter in said if ord(letter) not in has and letter.isprintable()))
    made: list[tuple[str, str]] = []
    for letter in said:
        if letter in "\n\t" or not letter.isprintable():
            shown, needs = ("\u00a0" if letter == "\u00a0" else " "), font
        elif ord(letter) in has:
            shown, needs = letter, font
        else:
            shown, needs = _elsewhere(letter, font, east)
        if made and made[-1][1] == needs:
            made[-1] = (made[-1][0] + shown, needs)
        else:
            made.append((shown, needs))
    return tuple(made)


def width(said: str, size_pt: float, font: str = PLAIN) -> float:
    """Width of a text in points."""
    from reportlab.pdfbase import pdfmetrics

    return sum(float(pdfmetrics.stringWidth(run, name, size_pt)) for run, name in runs(said, font))


@lru_cache(maxsize=256)
def _east_asian(letters: str) -> str:
    """The first East Asian font that has all of these letters, so that one text stands in one hand."""
    return first_with(letters, _fonts()) if letters else next(iter(STANDARD))


def first_with(letters: str, fonts: Iterable[str]) -> str:
    """The first of these fonts that has all of these letters; where none has, the first of Adobe's."""
    return next((name for name in fonts if _has(name, letters)), next(iter(STANDARD)))


def _fonts() -> Iterator[str]:
    """East Asian fonts in the order in which they are asked; each is read as its turn comes, which takes time."""
    yield from filter(None, map(registered, system_fonts()))
    yield from STANDARD


def _has(name: str, letters: str) -> bool:
    """Whether a font has all of these letters. What the encoding of one of Adobe's can write, it has."""
    from reportlab.pdfbase import pdfmetrics

    if encoding := STANDARD.get(name):
        return letters.encode(encoding, "ignore").decode(encoding) == letters
    has = pdfmetrics.getFont(name).face.charToGlyph
    return all(ord(letter) in has for letter in letters)


@lru_cache(maxsize=4096)
def _elsewhere(letter: str, font: str, first: str) -> tuple[str, str]:
    """What is shown for a letter that the shipped font lacks, and the font that shows it: ``first``, if it has it."""
    for name in chain((first,), _fonts()):
        if _has(name, letter):
            return letter, name
    called = unicodedata.name(letter, f"U+{ord(letter):04X}").lower()
    return ("" if unicodedata.combining(letter) or letter in "\ufe0e\ufe0f" else f"[{called}]"), font
