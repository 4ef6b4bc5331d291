"""How a value may be written in the settings file: lengths and weights with their unit, sources, times of day."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

from pydantic import BeforeValidator

from posturewatch.base.i18n import _
from posturewatch.base.quantities import LB_KG
from posturewatch.base.records import INCH_CM
from posturewatch.base.source_names import checked_source

_LENGTH: Final = re.compile(r"^\s*([-+]?\d+(?:[.,]\d+)?)\s*(in|inch|inches|cm|mm|\")?\s*$")
_WEIGHT: Final = re.compile(r"^\s*(\d+(?:[.,]\d+)?)\s*(lb|lbs|kg)?\s*$")
_TIME: Final = re.compile(r"^([01]?\d|2[0-4]):([0-5]\d)$")


def parse_length_in(value: Any) -> Any:
    """Inches from ``1.0``, ``"1.0 in"`` or ``"2.5 cm"``; raises ValueError for another text."""
    if not isinstance(value, str):
        return value
    match = _LENGTH.match(value)
    if match is None:
        raise ValueError(_('write a number of inches, or a text such as "1.0 in" or "2.5 cm"'))
    number = float(match[1].replace(",", "."))
    return number / {"cm": INCH_CM, "mm": INCH_CM * 10}.get(match[2] or "in", 1.0)


def parse_weight_lb(value: Any) -> Any:
    """Pounds from ``165``, ``"165 lb"`` or ``"75 kg"``; raises ValueError for another text."""
    if not isinstance(value, str):
        return value
    match = _WEIGHT.match(value)
    if match is None:
        raise ValueError(_('write a number of pounds, or a text such as "165 lb" or "75 kg"'))
    number = float(match[1].replace(",", "."))
    return number / LB_KG if match[2] == "kg" else number


def parse_source(value: Any) -> Any:
    """The text of a source; a bare camera number such as ``0`` is taken as well. Raises ValueError."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return checked_source(value) if isinstance(value, str) and value else value


def parse_time_min(value: Any) -> Any:
    """``"09:30"`` for ``"09:30"`` and ``"9:30"``; raises ValueError beyond 00:00 to 24:00."""
    if not isinstance(value, str) or not _TIME.match(value) or value.zfill(5) > "24:00":
        raise ValueError(_('write a time of day such as "09:00" (00:00 to 24:00)'))
    return value.zfill(5)


Length = Annotated[float, BeforeValidator(parse_length_in)]
"""Inches; the file may say "2.5 cm"."""

Weight = Annotated[float, BeforeValidator(parse_weight_lb)]
"""Pounds; the file may say "75 kg"."""

Source = Annotated[str, BeforeValidator(parse_source)]
"""Where pictures come from, as text."""

TimeOfDay = Annotated[str, BeforeValidator(parse_time_min)]
"""``HH:MM``, local time; 24:00 is the end of the day."""
