"""What a share says beside its minutes (``days.csv``, the FHIR bundle), held against what follows from them.

Both are made anew by the code that made them and compared: a number may differ by one in its last place, since two
processors may round a sum differently there; everything else must be equal. Texts for people (``note``) are in the
sender's language and are left aside. The report of a review is made of the minutes alone.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator
from typing import Any, Final

from posturewatch.base.i18n import _
from posturewatch.exchange.archive import ExportArchive, text_lines
from posturewatch.exchange.csv_tables import days_csv
from posturewatch.exchange.fhir.bundle import render_fhir
from posturewatch.exchange.manifest import DAYS, FHIR
from posturewatch.report.material import Material

_SLACK_BYTES: Final = 1 << 20
"""By so much, and by half, a member may be longer than ours before it is not even looked into."""

_LAST_PLACE: Final = 1.01
"""One in the last place that either number has, and the rounding of the subtraction."""


def differences(archive: ExportArchive, material: Material, *, whole: bool) -> tuple[str, ...]:
    """What does not follow from the minutes: at most one sentence for each of the two members, naming the first place.

    ``material``: of the file's own rows. ``whole``: the same program wrote the file, so that nothing may be missing or
    in surplus; of another version's only what both have is compared. Raises ImportRefusedError for a damaged member.
    """
    found = []
    for member, made, compare in ((DAYS, days_csv(material.period.days), _days), (FHIR, render_fhir(material), _fhir)):
        if member not in archive.names():
            continue
        ours = made.encode()
        theirs = archive.read(member, len(ours) + len(ours) // 2 + _SLACK_BYTES)
        if theirs.removeprefix(b"\xef\xbb\xbf") == ours:
            continue
        first = next(compare(ours, theirs, whole), None)
        if first is not None:
            found.append(f"{member}, {first}")
    return tuple(found)


def _days(ours: bytes, theirs: bytes, whole: bool) -> Iterator[str]:
    """The first cell that differs."""
    mine, given = _table(ours), _table(theirs)
    head, their_head = mine[0], given[0] if given else []
    if whole and their_head != head:
        yield _("the columns are others")
    shared = [name for name in head if name in their_head and name != "schema_version"]
    days = {row[0]: dict(zip(head, row, strict=True)) for row in mine[1:]}
    their_days = {row[0]: dict(zip(their_head, row, strict=False)) for row in given[1:] if row}
    if len(their_days) != len(given[1:]):
        yield _("a day stands twice, or there is none in a line")
    for day in dict.fromkeys((*days, *their_days)):
        if day not in days or day not in their_days:
            yield _("{place}: missing or in surplus").format(place=_short(day))
            continue
        for name in shared:
            theirs_there = their_days[day].get(name, "")
            if not _same_cell(days[day][name], theirs_there):
                yield _differs(f"{day}, {name}", theirs_there, days[day][name])


def _table(data: bytes) -> list[list[str]]:
    return list(csv.reader(text_lines((data,), DAYS)))


def _same_cell(ours: str, theirs: str) -> bool:
    if ours == theirs:
        return True
    try:
        first, second = float(ours), float(theirs)
    except ValueError:
        return False
    places = len(ours.partition(".")[2]), len(theirs.partition(".")[2])
    return places[0] == places[1] > 0 and abs(first - second) <= _LAST_PLACE * 10.0 ** -places[0]


def _fhir(ours: bytes, theirs: bytes, whole: bool) -> Iterator[str]:
    """The first element that differs."""
    try:
        given = json.loads(theirs)
        there = {str(entry["resource"]["id"]): dict(entry["resource"]) for entry in given["entry"]}
    except (ValueError, KeyError, TypeError, RecursionError):
        yield _("it cannot be read")
        return
    mine = json.loads(ours)
    here = {entry["resource"]["id"]: entry["resource"] for entry in mine["entry"]}
    if whole:
        for name in (key for key in {**mine, **given} if key != "entry"):
            yield from _elements(mine.get(name), given.get(name), name)
        for number in (*(each for each in here if each not in there), *(each for each in there if each not in here)):
            yield _("{place}: missing or in surplus").format(place=_named(here.get(number), number))
        if len(given["entry"]) != len(there):
            yield _("{place}: missing or in surplus").format(place="entry")
    for number, resource in here.items():
        if number in there and whole:
            yield from _elements(resource, there[number], _named(resource, number))
        elif number in there:
            yield from _elements(_value(resource), _value(there[number]), _named(resource, number))


def _value(resource: Any) -> dict[str, Any]:
    """The number or answer of an Observation: what every version writes alike."""
    return {key: part for key, part in resource.items() if key.startswith("value")}


def _elements(ours: Any, theirs: Any, place: str) -> Iterator[str]:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in (key for key in {**ours, **theirs} if key != "note"):
            yield from _elements(ours.get(key), theirs.get(key), f"{place}.{key}")
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for index, (one, other) in enumerate(zip(ours, theirs, strict=True)):
            yield from _elements(one, other, f"{place}[{index}]")
    elif not _same_value(ours, theirs, place):
        yield _differs(place, theirs, ours)


def _same_value(ours: Any, theirs: Any, place: str) -> bool:
    if type(ours) is type(theirs) and ours == theirs:
        return True
    numbers = [value for value in (ours, theirs) if isinstance(value, int | float) and not isinstance(value, bool)]
    if len(numbers) != 2 or not place.endswith(".value") or not all(map(math.isfinite, numbers)):
        return False
    step = 0.01 if any(value % 1 for value in numbers) else 1.0
    return abs(numbers[0] - numbers[1]) <= _LAST_PLACE * step


def _named(resource: Any, number: str) -> str:
    """A resource as a person finds it: its code and begin, or its id."""
    try:
        when = resource.get("effectiveDateTime") or resource["effectivePeriod"]["start"]
        return f"{resource['code']['coding'][0]['code']} ({when})"
    except (KeyError, TypeError, AttributeError, IndexError):
        return str(number)[:60]


def _differs(place: str, theirs: Any, ours: Any) -> str:
    return _("{place}: {theirs} in the file, {ours} by its minutes").format(
        place=place, theirs=_short(theirs), ours=_short(ours)
    )


def _short(value: Any) -> str:
    """A value from a file as it may be shown: short, and printable."""
    text = "–" if value is None or value == "" else str(value)
    return "".join(sign if sign.isprintable() else "?" for sign in text[:60])
