"""Texts, dates and numbers that come from outside: the one place that says which of them may enter.

Used by import, control socket, forms, settings and command line. A text is whole Unicode without signs that steer a
terminal or turn the direction of what follows; a moment is one that every calendar and every table of ours can hold,
with a day to spare at either end. :func:`checked_text` and its like refuse; :func:`cleaned` mends what has entered
already.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from posturewatch.base.i18n import _
from posturewatch.base.zones import FARTHEST_OFFSET_MIN

FIRST_DAY: Final = date(1970, 1, 1)
LAST_DAY: Final = date(2199, 12, 31)
"""Days that may be spoken of; the journal counts from 1970."""

_FIRST: Final = datetime(FIRST_DAY.year, 1, 1, tzinfo=UTC)
_END: Final = datetime(LAST_DAY.year + 1, 1, 1, tzinfo=UTC)
_LONG_KEY: Final = re.compile(
    r"""(?<![\w-])(?:[\w-]+|"[^"\n]*"|'[^'\n]*')(?:[ \t]*\.[ \t]*(?:[\w-]+|"[^"\n]*"|'[^'\n]*')){32}"""
)
"""A key of more than 32 parts with dots between them (ours have two), or as much within a text: no host's name has."""

NAME_MAX: Final = 60
"""Characters of a profile's name."""

_LINE_SIGNS: Final = "\n\t"
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "'", "＝", "＋", "－", "＠")
_STEERING: Final = frozenset({"Cc", "Cs", "Co", "Zl", "Zp"})
"""Categories of Unicode: control characters (terminal escapes begin with one), halves of characters, private ones, and
separators of lines and paragraphs."""
_TURNING: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They turn the direction of what follows, and so can make a text read as another."""


class OutsideError(ValueError):
    """Something from outside that may not enter; the text says what is allowed."""


def _may_stand(sign: str, *, lines: bool) -> bool:
    if lines and sign in _LINE_SIGNS:
        return True
    return sign not in _TURNING and unicodedata.category(sign) not in _STEERING


def unfit_sign(text: str, *, lines: bool = False) -> str | None:
    """The first sign of a text that may not enter; None where all may. ``lines``: line ends and tabs may."""
    if text.isprintable():  # the case of nearly every text; no sign that may not enter is printable
        return None
    return next((sign for sign in text if not _may_stand(sign, lines=lines)), None)


def checked_text(text: str, most: int, *, lines: bool = False) -> str:
    """The text itself; raises OutsideError for more than ``most`` characters and for a sign that may not enter."""
    if len(text) > most:
        raise OutsideError(_("a text of at most {count} characters").format(count=most))
    if (sign := unfit_sign(text, lines=lines)) is not None:
        raise OutsideError(_("a text without the sign {sign}").format(sign=ascii(sign)))
    return text


def checked_name(text: str) -> str:
    """A profile's name, blanks around it taken off; raises OutsideError as :func:`checked_text`, and for one in which
    there is nothing to see."""
    name = checked_text(text.strip(), NAME_MAX)
    if all(unicodedata.category(sign)[0] in "CZ" for sign in name):
        raise OutsideError(_("a name of 1 to {count} characters").format(count=NAME_MAX))
    return name


def cleaned(text: str, *, lines: bool = False) -> str:
    """The text with a question mark in place of each sign that may not enter."""
    if text.isprintable():
        return text
    return "".join(sign if _may_stand(sign, lines=lines) else "?" for sign in text)


def spreadsheet_text(text: str, *, lines: bool = False) -> str:
    """The text :func:`cleaned`, and so that no spreadsheet takes it for a formula: an apostrophe stands in front of one
    that begins as a formula or with an apostrophe, so taking one apostrophe off gives every text back."""
    plain = cleaned(text, lines=lines)
    return "'" + plain if plain.startswith(_FORMULA_STARTS) else plain


def toml_tables(text: str) -> dict[str, Any]:
    """The tables of a TOML text. Raises ``tomllib.TOMLDecodeError`` where it is none, RecursionError or ValueError for
    what no file of ours holds (brackets without end, a number of thousands of digits), and OutsideError for a key of
    more than 32 parts: to parse one takes as long as the square of its parts."""
    import tomllib

    if _LONG_KEY.search(text) is not None:
        raise OutsideError(_("a key of fewer parts"))
    return tomllib.loads(text)


def json_value(text: str | bytes) -> Any:
    """What a JSON text says; raises ValueError where it is none, or is nested deeper than can be read."""
    import json

    try:
        return json.loads(text)
    except RecursionError as err:
        raise OutsideError(_("brackets that are nested less deep")) from err


def checked_moment(moment: datetime) -> datetime:
    """The moment itself; raises OutsideError for one outside of :data:`FIRST_DAY` to :data:`LAST_DAY`. A naive one is
    taken as any zone may mean it."""
    spare = timedelta(0) if moment.tzinfo is not None else timedelta(minutes=FARTHEST_OFFSET_MIN)
    plain = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    try:
        inside = _FIRST + spare <= plain < _END - spare
    except OverflowError:  # its offset leads out of the calendar
        inside = False
    if not inside:
        raise _no_day()
    return moment


def moment_of(text: str) -> datetime:
    """The moment of an ISO 8601 text, naive if it names no zone; raises OutsideError."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as err:
        raise OutsideError(_("a time such as 2026-11-22T08:00:00Z")) from err
    return checked_moment(moment)


def day_of(text: str) -> date:
    """The day of an ISO 8601 text; raises OutsideError."""
    try:
        day = date.fromisoformat(text)
    except ValueError as err:
        raise OutsideError(_("a day such as 2026-11-22")) from err
    if not FIRST_DAY < day <= LAST_DAY:
        raise _no_day(FIRST_DAY + timedelta(days=1))
    return day


def checked_number(value: object, low: float, high: float) -> float:
    """The number, ``low`` to ``high``; raises OutsideError for another one and for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not (low <= value <= high):
        raise OutsideError(_("a number from {low} to {high}").format(low=f"{low:g}", high=f"{high:g}"))
    return value


def _no_day(first: date = FIRST_DAY) -> OutsideError:
    return OutsideError(_("a day from {first} to {last}").format(first=first, last=LAST_DAY))
