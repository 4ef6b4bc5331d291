"""English that is left in a text which should be in another language, found by the catalogue itself."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

import posturewatch

LOCALE = Path(posturewatch.__file__).parent / "locale"
LONG_ENOUGH = 9
"""Letters from which on two words together are a sign of English and not a name or a command."""


@cache
def originals(language: str) -> tuple[str, ...]:
    """The fixed parts of every English text, two words or more, that this language says in other words."""
    with (LOCALE / language / "LC_MESSAGES" / "posturewatch.po").open("rb") as file:
        messages = [message for message in read_po(file, locale=language) if message.id]
    ids = [text for message in messages for text in _each(message.id)]
    said = "\n".join(flat(text) for message in messages for text in _each(message.string))
    parts = {part for text in ids for part in _fixed_parts(text)}
    return tuple(sorted(part for part in parts if part not in said))


def left_in(text: str, language: str) -> list[str]:
    """English parts that stand in this text; commands in quotes, which are the same in each language, are no sign."""
    text = flat(text)
    return [part for part in originals(language) if part in text]


def flat(text: str) -> str:
    """With each stretch of white space as one space, so that wrapping hides nothing."""
    return re.sub(r"\s+", " ", text)


def _each(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return text if isinstance(text, tuple) else (text,)


def _fixed_parts(text: str) -> list[str]:
    parts = (part.strip() for part in re.split(r"\{[^}]*\}", re.sub(r"`[^`]*`", "{}", flat(text))))
    return [part for part in parts if re.search(r"[A-Za-z]{2,}[,;:.]? [A-Za-z]{2,}", part) and len(part) >= LONG_ENOUGH]
