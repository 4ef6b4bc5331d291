"""Numbers, lengths, loads and durations in words: the one place that rounds what people and programs read.

A value is rounded once, from what was measured, half away from zero by its decimal digits: 1.15 is 1.2 everywhere,
however it lies in binary. For people the decimal sign is the language's and the minus is a true one (U+2212); for
programs it is ASCII. A zero never has a minus: −0.04 in would claim to be behind the baseline.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Literal

from posturewatch.base.i18n import SOURCE_LANGUAGE, _, country, current_language, decimals
from posturewatch.base.records import INCH_CM, Load

Units = Literal["in", "cm"]
Paper = Literal["a4", "letter"]

INCH_COUNTRIES: Final = ("US", "PR", "GU", "VI", "AS", "MP", "LR", "MM")
"""Those whose measures are inches and pounds: the United States with their territories, Liberia, Myanmar (CLDR)."""

LETTER_COUNTRIES: Final = ("BZ", "CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE")
"""Those that print on US Letter (CLDR, measurementData)."""

LB_KG: Final = 0.45359237
"""Kilograms in a pound, by definition."""

SHOWN_MAX_IN: Final = 3.0
"""Inches beyond which "3+ in" is shown (docs/measurement.md); published extremes end there."""

LOWEST_IN: Final = -1.0
"""Inches at which the scale of a day's course begins."""

LEAST_ERROR: Final = 0.1
"""An error is never shown smaller, in the unit shown: more digits than a webcam has would be a claim."""

LOAD_STEP_LB: Final = 5
"""The load index is shown in steps of this many pounds; its error is seldom smaller."""


def fixed(value: float, digits: int = 0) -> str:
    """``value`` with so many decimals, for programs: ``-0.3``; half away from zero, no minus before a zero."""
    number = float(value)
    text = repr(number)
    if (text[-1] == "5" and len(text) - text.find(".") - 2 == digits) or "e-" in text:
        # Its decimal digits end in the middle of two steps; only there does binary rounding differ from decimal.
        made = f"{Decimal(text).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP):f}"
    else:
        made = f"{number:.{digits}f}"
    return made[1:] if made[0] == "-" and not made.strip("-0.") else made


def rounded(value: float, digits: int = 0) -> float:
    """The number that :func:`fixed` writes."""
    return float(fixed(value, digits))


def whole(value: float) -> int:
    """The nearest whole number, half away from zero."""
    return int(fixed(value))


def number(value: float, digits: int = 0) -> str:
    """``value`` with so many decimals, for people: ``−0,3`` in German."""
    return decimals(fixed(value, digits))


def local_units() -> Units:
    """Inches (and pounds) where the user's locale names a country that measures so, centimetres (and kilograms)
    in all others. Where it names none, the language decides: inches for English."""
    land = country()
    inches = land in INCH_COUNTRIES if land else current_language() == SOURCE_LANGUAGE
    return "in" if inches else "cm"


def local_paper() -> Paper:
    """Letter where the user's locale names a country that prints on it, or none and English is read; else A4."""
    land = country()
    letter = land in LETTER_COUNTRIES if land else current_language() == SOURCE_LANGUAGE
    return "letter" if letter else "a4"


def in_units(value_in: float, units: Units) -> float:
    """Inches in the unit that the user has chosen."""
    return value_in * INCH_CM if units == "cm" else value_in


def length(value_in: float, units: Units, digits: int = 1) -> str:
    """``0.8 in`` or ``2.0 cm``."""
    return _("{number} {unit}").format(number=number(in_units(value_in, units), digits), unit=units)


def length_with_error(value_in: float, se_in: float | None, units: Units) -> str:
    """``0.8 ± 0.4 in``, with the standard error; without one the length alone."""
    if se_in is None:
        return length(value_in, units)
    return _("{number} ± {error} {unit}").format(
        number=number(in_units(value_in, units), 1),
        error=number(max(LEAST_ERROR, in_units(se_in, units)), 1),
        unit=units,
    )


def room_length(value_cm: float, se_cm: float | None, units: Units) -> str:
    """``62 ± 8 cm`` or ``24 ± 3 in``: a length of the room, given in centimetres, without decimals, with its standard
    error where it is known."""
    scale = 1.0 if units == "cm" else 1.0 / INCH_CM
    shown = number(value_cm * scale)
    if se_cm is None:
        return _("{number} {unit}").format(number=shown, unit=units)
    return _("{number} ± {error} {unit}").format(number=shown, error=number(max(1.0, se_cm * scale)), unit=units)


def distance(fht_in: float, se_in: float | None, units: Units) -> str:
    """The estimate of this moment: as a length with its error, or ``3+ in`` from the largest value on that is shown."""
    if fht_in >= SHOWN_MAX_IN:
        most = in_units(SHOWN_MAX_IN, units)
        return _("{distance}+ {unit}").format(distance=number(most, 0 if units == "in" else 1), unit=units)
    return length_with_error(fht_in, se_in, units)


def change(value_in: float, units: Units, digits: int = 1) -> str:
    """``+0.3 in`` or ``−0.3 in``: always with its sign, a zero without."""
    sign = "+" if rounded(in_units(value_in, units), digits) > 0 else ""
    return sign + length(value_in, units, digits)


def load(pounds: float, units: Units, *, beyond: bool = False) -> str:
    """The rule-of-thumb load index, ``about 20 lb``; ``about 45+ lb`` where the distance is ``beyond`` what is shown.
    In kilograms, with the pounds of the rule behind, for those who read centimetres: ``about 9 kg (20 lb)``."""
    near = whole(pounds / LOAD_STEP_LB) * LOAD_STEP_LB
    more = "+" if beyond else ""
    if units == "cm":
        return _("about {kilograms}{more} kg ({pounds}{more} lb)").format(
            pounds=near, kilograms=whole(near * LB_KG), more=more
        )
    return _("about {pounds}{more} lb").format(pounds=near, more=more)


def load_with_error(told: Load, units: Units, *, beyond: bool = False) -> str:
    """``about 20 lb ± 4 lb``: :func:`load` with one standard error; none where the distance is ``beyond``."""
    shown = load(told.load_lb, units, beyond=beyond)
    if beyond:
        return shown
    error, unit = (told.se_lb * LB_KG, "kg") if units == "cm" else (told.se_lb, "lb")
    return _("{load} ± {error} {unit}").format(load=shown, error=number(error), unit=unit)


def load_with_rule(told: Load, fht_in: float | None, units: Units) -> str:
    """The load index as it may stand alone: with its error, by which rule, and that it is no force. ``fht_in``: the
    distance that it is of, which stands before it."""
    rule = _("Hansraj's table") if told.model == "tilt" else _("Kapandji's rule")
    return _("Load index {load}, by {rule}: a rule of thumb, not a force").format(
        load=load_with_error(told, units, beyond=fht_in is not None and fht_in >= SHOWN_MAX_IN), rule=rule
    )


def duration(minutes: float) -> str:
    """``45 min``, ``6 h 05 min``; from 100 hours on, hours alone; what is above nothing is never called 0."""
    near = whole(minutes)
    if 0 < minutes < 1:
        return _("under 1 min")
    if near < 60:
        return _("{minutes} min").format(minutes=near)
    if near >= 6000:
        return _("{hours} h").format(hours=whole(near / 60))
    return _("{hours} h {minutes} min").format(hours=near // 60, minutes=f"{near % 60:02d}")


def percent(share: float) -> str:
    """``35 %`` from 0.35; a share above zero is never written as 0 %."""
    if 0 < share < 0.005:
        return _("under 1 %")
    return _("{number} %").format(number=number(share * 100))
