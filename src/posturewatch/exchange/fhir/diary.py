"""The headache diary as Observations: what the person reported, with pain 0–10 under its LOINC code.

``issued`` is when the entry was written, so a back-filled entry shows as one; it is marked besides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Final, Protocol

from posturewatch.base.records import DiaryEntry
from posturewatch.core.history.diary import is_backfilled
from posturewatch.exchange.fhir import codes
from posturewatch.exchange.fhir.parts import UCUM, Resource, category

_LOINC: Final = "http://loinc.org"
_SCORES: Final = {"NDI": "score-ndi", "HIT-6": "score-hit-6"}


class Maker(Protocol):
    """What the diary needs of the bundle."""

    subject: Resource
    meta: Resource

    def id(self, *parts: str) -> str:
        """A lasting id from the person and these parts."""
        ...


def diary_observations(entries: Sequence[DiaryEntry], maker: Maker) -> list[Resource]:
    """One Observation for each entry, and one more for each pain rating."""
    made: list[Resource] = []
    alike: Counter[tuple[str, ...]] = Counter()
    for entry in entries:
        what = ("diary", entry.at.isoformat(), entry.kind, entry.score_name)
        key = (*what, str(alike[what]))  # its place among its like, so that an id holds whatever else is shared
        alike[what] += 1
        if entry.kind == "score":
            made += _score(entry, maker, key)
        else:
            made += _headache(entry, maker, key)
    return made


def _frame(entry: DiaryEntry, maker: Maker, key: tuple[str, ...]) -> Resource:
    return {
        "resourceType": "Observation",
        "id": maker.id(*key),
        **maker.meta,
        "status": "final",
        "category": category("survey"),
        "code": {},
        "subject": maker.subject,
        "performer": [maker.subject],
        "issued": entry.written_at.isoformat(timespec="seconds"),
    }


def _headache(entry: DiaryEntry, maker: Maker, key: tuple[str, ...]) -> list[Resource]:
    reported = _frame(entry, maker, key)
    reported["code"] = codes.concept("headache-reported")
    reported["valueBoolean"] = entry.kind == "headache"
    if is_backfilled(entry):
        reported["component"] = [{"code": codes.concept("written-later"), "valueBoolean": True}]
    if entry.kind != "headache":
        reported["effectiveDateTime"] = entry.at.date().isoformat()
        return [reported]
    reported.update(_when(entry))
    reported.setdefault("component", [])
    reported["component"] += _told(entry)
    if not reported["component"]:
        del reported["component"]
    if _clean(entry.note):
        reported["note"] = [{"text": _clean(entry.note)}]
    pain = _pain(entry, maker, key)
    reported["hasMember"] = [{"reference": f"urn:uuid:{pain['id']}"}]
    return [reported, pain]


def _when(entry: DiaryEntry) -> Resource:
    start = entry.at.isoformat(timespec="seconds")
    if entry.duration_min is None:
        return {"effectiveDateTime": start}
    end = entry.at + timedelta(minutes=entry.duration_min)
    return {"effectivePeriod": {"start": start, "end": end.isoformat(timespec="seconds")}}


def _told(entry: DiaryEntry) -> list[Resource]:
    parts: list[Resource] = []
    if entry.duration_min is not None:
        minutes = {"value": entry.duration_min, "unit": "min", "system": UCUM, "code": "min"}
        parts.append({"code": codes.concept("headache-duration"), "valueQuantity": minutes})
    told = (
        ("headache-side", entry.side),
        ("headache-medication", entry.medication),
        ("headache-trigger", entry.trigger),
    )
    # FHIR has no empty string: what was not written is left out.
    parts += [{"code": codes.concept(code), "valueString": _clean(text)} for code, text in told if _clean(text)]
    return parts


def _clean(text: str) -> str:
    """Text as FHIR allows it: no control characters but tab and line feed, no blank ends."""
    return "".join(letter if letter.isprintable() or letter in "\t\n" else " " for letter in text).strip()


def _pain(entry: DiaryEntry, maker: Maker, key: tuple[str, ...]) -> Resource:
    pain = _frame(entry, maker, (*key, "pain"))
    pain["code"] = {
        "coding": [{"system": _LOINC, "code": codes.PAIN, "display": codes.PAIN_DISPLAY}],
        "text": "Worst pain of the headache",
    }
    pain.update(_when(entry))
    if entry.worst is None:
        reason = {"system": "http://terminology.hl7.org/CodeSystem/data-absent-reason", "code": "asked-unknown"}
        pain["dataAbsentReason"] = {"coding": [reason]}
    else:
        pain["valueInteger"] = entry.worst
    return pain


def _score(entry: DiaryEntry, maker: Maker, key: tuple[str, ...]) -> list[Resource]:
    code = _SCORES.get(entry.score_name)
    if code is None or entry.score is None:
        return []
    total = _frame(entry, maker, key)
    total["code"] = codes.concept(code)
    total["effectiveDateTime"] = entry.at.isoformat(timespec="seconds")
    total["valueQuantity"] = {"value": entry.score, "unit": "score", "system": UCUM, "code": "{score}"}
    return [total]
