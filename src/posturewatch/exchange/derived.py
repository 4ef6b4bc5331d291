"""What a share says beside its minutes (``days.csv``, the FHIR bundle), held against what follows from them.

Both are made anew by the code that made them and compared: a number may differ by one in its last place, since two
processors may round a sum differently there; everything else must be equal. Texts for people (``note``) are in the
sender's language and are left aside. The report of a review is made of the minutes alone.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable, Iterable, Iterator
from itertools import zip_longest
from typing import Any, Final, TypeVar

from posturewatch.base.i18n import _
from posturewatch.exchange.archive import ExportArchive
from posturewatch.exchange.csv_tables import days_csv
from posturewatch.exchange.fhir.bundle import LAST_LINE, fhir_lines
from posturewatch.exchange.manifest import DAYS, FHIR
from posturewatch.report.material import Material

_MOST_WAITING: Final = 1000
"""Parts that wait for the other side's. Both are written in one order, so that more are of another one or not there."""

_LAST_PLACE: Final = 1.01
"""One in the last place that either number has, and the rounding of the subtraction."""

_UNREADABLE: Final = (ValueError, KeyError, TypeError, RecursionError, csv.Error)
"""What reading a part raises that is none of ours."""

T = TypeVar("T")
V = TypeVar("V")


def differences(archive: ExportArchive, material: Material, *, whole: bool) -> tuple[str, ...]:
    """What does not follow from the minutes: at most one sentence for each of the two members, naming the first place.

    ``material``: of the file's own rows. ``whole``: the same program wrote the file, so that nothing may be missing or
    in surplus; of another version's only what both have is compared. Both sides come a day and a resource at a time, so
    that years cost no memory. Raises ImportRefusedError for a damaged member.
    """
    found = []
    for member, compare in ((DAYS, _days), (FHIR, _fhir)):
        if member in archive.names():
            try:
                first = next(compare(material, archive, whole), None)
            except _UNREADABLE:
                first = _("it cannot be read")
            if first is not None:
                found.append(f"{member}, {first}")
    return tuple(found)


def _unequal(
    ours: Iterable[T], theirs: Iterable[T], read: Callable[[T], tuple[str, V]]
) -> Iterator[tuple[str, V | None, V | None]]:
    """Parts that are not the same to the letter: the key by which they belong together, ours, and theirs; None where
    one side has none. ``read``: a part's key, and the part as it is compared."""
    here, there = dict[str, V](), dict[str, V]()
    for mine, given in zip_longest(ours, theirs):
        if mine == given:
            continue
        for part, own, other in ((mine, here, there), (given, there, here)):
            if part is None:
                continue
            key, value = read(part)
            if key in own:
                yield key, None, value
            own[key] = value
            if key in other:
                yield key, here.pop(key), there.pop(key)
        if len(here) > _MOST_WAITING:
            yield (key := next(iter(here))), here.pop(key), None
        if len(there) > _MOST_WAITING:
            yield (key := next(iter(there))), None, there.pop(key)
    yield from ((key, value, None) for key, value in here.items())
    yield from ((key, None, value) for key, value in there.items())


def _days(material: Material, archive: ExportArchive, whole: bool) -> Iterator[str]:
    """The first cell that differs."""
    mine, given = csv.reader(days_csv(material.period.days).splitlines()), csv.reader(archive.lines(DAYS))
    head, their_head = next(mine), next(given, [])
    if whole and their_head != head:
        yield _("the columns are others")
    shared = [name for name in head if name in their_head and name != "schema_version"]
    for day, ours, theirs in _unequal(mine, given, lambda row: (row[0] if row else "", row)):
        if ours is None or theirs is None:
            yield _("{place}: missing or in surplus").format(place=_short(day))
            continue
        here, there = dict(zip(head, ours, strict=True)), dict(zip(their_head, theirs, strict=False))
        for name in shared:
            if not _same_cell(here[name], there.get(name, "")):
                yield _differs(f"{day}, {name}", there.get(name, ""), here[name])


def _same_cell(ours: str, theirs: str) -> bool:
    if ours == theirs:
        return True
    try:
        first, second = float(ours), float(theirs)
    except ValueError:
        return False
    places = len(ours.partition(".")[2]), len(theirs.partition(".")[2])
    return places[0] == places[1] > 0 and abs(first - second) <= _LAST_PLACE * 10.0 ** -places[0]


def _fhir(material: Material, archive: ExportArchive, whole: bool) -> Iterator[str]:
    """The first element that differs."""
    mine, given = (map(_without_end, lines) for lines in (fhir_lines(material), archive.lines(FHIR)))
    for number, ours, theirs in _unequal(mine, given, _resource):
        if ours is not None and theirs is not None:
            compared = (lambda resource: resource) if whole else _value
            yield from _elements(compared(ours), compared(theirs), _named(ours, number))
        elif whole:
            yield _("{place}: missing or in surplus").format(place=_named(ours or theirs, number))


def _without_end(line: str) -> str:
    return line.rstrip(",\r\n")


def _resource(line: str) -> tuple[str, dict[str, Any]]:
    """What a line of :func:`fhir_lines` holds, with its id: the bundle's head, a resource, or the end."""
    if line == LAST_LINE:
        return line, {}
    if line.endswith("["):
        return "Bundle", dict(json.loads(line + LAST_LINE))
    resource = dict(json.loads(line)["resource"])
    return str(resource["id"]), resource


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
