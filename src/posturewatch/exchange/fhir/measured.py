"""What was measured and counted, as Observations: a panel for each recorded day, each week and each profile's
place, and the calibrations.

Each number of posture goes with its error. The load index is given after the inches that it is made from, with its
error, the name of its rule and the weight of head in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final

from posturewatch.base.load import HEAD_LB
from posturewatch.base.records import INCH_CM
from posturewatch.core.history.summary.records import (
    CalibrationNote,
    DaySummary,
    PlaceValue,
    Shortfall,
    WeekSummary,
    Workstation,
)
from posturewatch.exchange.fhir import codes
from posturewatch.exchange.fhir.parts import (
    Observe,
    Resource,
    absent,
    category,
    component,
    id_of,
    identifier,
    quantity,
    reference,
)
from posturewatch.exchange.fhir.plan import exercises
from posturewatch.report import words
from posturewatch.report.material import Material

_CAMERA: Final = "webcam-own-baseline"
_COUNTED: Final = "counted"

_UNTIED: Final = "Not tied: the zero of the baseline is not known on this day."

_WHY: Final = {
    Shortfall.NOTHING: "nothing recorded",
    Shortfall.MINUTES: "under 120 valid minutes",
    Shortfall.COVERAGE: "coverage under 50 %",
}

LOAD_METHOD: Final = f"10 lb per inch rule, head of {HEAD_LB:g} lb: a rule of thumb, not a force"


@dataclass(frozen=True, slots=True)
class Frame:
    """What all Observations of a bundle have in common. ``subject`` and ``device``: references; ``meta``: their element
    of that name, or nothing."""

    material: Material
    subject: Resource
    device: Resource
    meta: Resource

    def observer(self, key: str, when: Resource) -> Observe:
        """Makes the Observations of one day, week, place or calibration: ``key`` tells them from others', ``when`` is
        their effective time."""

        def observe(code: str, method: str, **more: Any) -> Resource:
            number = id_of(self.material, key, code)
            return {
                "resourceType": "Observation",
                "id": number,
                **self.meta,
                "identifier": identifier(number),
                "status": "final",
                "category": category("activity"),
                "code": codes.concept(code),
                "subject": self.subject,
                **when,
                "performer": [self.subject],
                "device": self.device,
                "method": codes.concept(method),
                **more,
            }

        return observe


def measured(frame: Frame) -> Iterator[Resource]:
    """All of it, the days first."""
    material = frame.material
    for day in material.period.days:
        if Shortfall.NOTHING not in day.shortfall:
            when = {"effectivePeriod": _period(material, day)}
            observe = frame.observer(day.day.isoformat(), when)
            members = [*_day(day, observe), *exercises(material, day, partial(frame.observer, when=when))]
            yield from _panel("posture-day", members, observe)
    for week in () if material.one_day else material.period.weeks:
        if week.usable_days or week.answered_days:
            key = f"week {week.monday.isoformat()}"
            observe = frame.observer(key, {"effectivePeriod": _span(material, week)})
            yield from _panel("posture-week", _week(material, week, observe), observe)
    first, last = material.period.first.isoformat(), material.period.last.isoformat()
    for place in material.period.workstations:
        key = f"workstation {first} {last} {place.profile}"
        yield from workstation(place, frame.observer(key, {"effectivePeriod": {"start": first, "end": last}}))
    for note in material.period.calibrations:
        at = note.at.isoformat(timespec="seconds")
        yield _calibration(note, frame.observer(f"calibration {at}", {"effectiveDateTime": at}))


def _panel(code: str, members: list[Resource], observe: Observe) -> list[Resource]:
    return [observe(code, _COUNTED, hasMember=[reference(member) for member in members]), *members]


def _day(day: DaySummary, observe: Observe) -> list[Resource]:
    """The numbers of a day. Of an insufficient day, and of one whose zero is not known, only how much was seen and what
    was counted is given; the rest has its reason."""
    why = "" if day.usable else "Insufficient data: " + "; ".join(_WHY[reason] for reason in day.shortfall)
    if day.usable and not day.comparable:
        why = _UNTIED
    posture = day.posture

    def value(number: float | None, unit: str, digits: int = 2) -> Resource:
        if why or number is None:
            return {"dataAbsentReason": absent(why or "No such time on this day.")}
        return {"valueQuantity": quantity(number, unit, digits)}

    median = observe("fht-median", _CAMERA, **value(posture.p50_in, "[in_i]"))
    if "valueQuantity" in median and posture.p50_in is not None:
        median["component"] = _components(posture.p50_in, posture.se_in)
    bands = ("minutes-below-0.5in", "minutes-0.5-1in", "minutes-1-2in", "minutes-from-2in")
    # A usable day without a bout has a longest bout of no minutes: that is known, not absent.
    longest = 0.0 if day.bouts.count == 0 else day.bouts.longest_min
    coverage = day.quality.coverage
    seen = {"dataAbsentReason": absent("No time to cover.")}
    if coverage is not None:
        seen = {"valueQuantity": quantity(coverage * 100, "%", 0)}
    counts = {
        "breaks-due": day.breaks.due,
        "breaks-taken": day.breaks.taken,
        "breaks-skipped": day.breaks.skipped,
        "breaks-postponed": day.breaks.postponed,
        "breaks-natural": day.breaks.natural,
        "nudges-shown": day.nudges.shown,
        "nudges-acted": day.nudges.acted,
        "nudges-dismissed": day.nudges.dismissed,
        "nudges-unanswered": day.nudges.unanswered,
        "nudges-muted": day.nudges.muted,
    }
    return [
        median,
        observe("fht-p90", _CAMERA, **value(posture.p90_in, "[in_i]")),
        _load(day, median, value, observe),
        *(
            observe(code, _CAMERA, **value(spent, "min", 0))
            for code, spent in zip(bands, posture.band_min, strict=True)
        ),
        observe("longest-bout", _CAMERA, **value(longest, "min", 0)),
        observe("valid-minutes", _COUNTED, valueQuantity=quantity(day.quality.valid_min, "min", 0)),
        observe("coverage", _COUNTED, **seen),
        *(observe(code, _COUNTED, valueInteger=count) for code, count in counts.items()),
    ]


def _load(day: DaySummary, median: Resource, value: Any, observe: Observe) -> Resource:
    """The load index at the day's median: first the inches, then its error and the head; its rule is in the method."""
    told, inches = day.posture.load, day.posture.p50_in
    made = observe(
        "load-index",
        "rule-10-lb-per-inch",
        derivedFrom=[reference(median)],
        **value(told.load_lb if told else None, "[lbf_av]", 0),
    )
    made["method"] = made["method"] | {"text": LOAD_METHOD}
    if "valueQuantity" in made and told is not None and inches is not None:
        made["component"] = [
            component("fht-median", inches, "[in_i]"),
            component("standard-error", told.se_lb, "[lbf_av]", 0),
            component("head-weight", HEAD_LB, "[lb_av]", 0),
        ]
        made["note"] = [{"text": words.load_rule()}]
    return made


def _week(material: Material, week: WeekSummary, observe: Observe) -> list[Resource]:
    """The numbers of a week: medians over its comparable days, and how many days they rest on."""
    if week.median_in is None:
        none = absent("No day of this week is usable and known to be tied.")
        median = observe("week-fht-median", _CAMERA, dataAbsentReason=none)
    else:
        parts = _components(week.median_in, week.se_in)
        if week.low_in is not None and week.high_in is not None:
            parts += [component("lowest-day", week.low_in, "[in_i]"), component("highest-day", week.high_in, "[in_i]")]
        median = observe("week-fht-median", _CAMERA, valueQuantity=quantity(week.median_in, "[in_i]"), component=parts)
    members = [median, observe("week-usable-days", _COUNTED, valueInteger=week.usable_days)]
    if week.tied_days is not None:
        members.append(observe("week-tied-days", _COUNTED, valueInteger=week.tied_days))
    if material.diary_shared and week.answered_days:
        answered = [{"code": codes.concept("answered-days"), "valueInteger": week.answered_days}]
        reported = observe("week-headache-days", "reported", valueInteger=week.headache_days, component=answered)
        members.append(reported)
    return members


def _calibration(note: CalibrationNote, observe: Observe) -> Resource:
    """A calibration: how well it repeats itself, and what it rests on."""
    parts: list[Resource] = [{"code": codes.concept("calibration-frames"), "valueInteger": note.frames}]
    if note.profile.strip():
        parts.append({"code": codes.concept("calibration-profile"), "valueString": note.profile.strip()})
    return observe("calibration", _CAMERA, valueQuantity=quantity(note.repeatability_in, "[in_i]"), component=parts)


def _components(value_in: float, se_in: float | None) -> list[Resource]:
    parts = [component("in-centimetres", value_in * INCH_CM, "cm")]
    if se_in is not None:
        parts.append(component("standard-error", se_in, "[in_i]"))
    return parts


def _period(material: Material, day: DaySummary) -> Resource:
    """From the first to the last sight of the person; where there is none, the recorded minutes."""
    if day.first_seen is not None and day.last_seen is not None:
        return {
            "start": day.first_seen.isoformat(timespec="seconds"),
            "end": day.last_seen.isoformat(timespec="seconds"),
        }
    minutes = material.content.minutes.of_days(day.day, day.day)
    return {
        "start": minutes.start(0).isoformat(timespec="seconds"),
        "end": (minutes.start(-1) + timedelta(minutes=1)).isoformat(timespec="seconds"),
    }


def _span(material: Material, week: WeekSummary) -> Resource:
    """The days of a week that lie within the report."""
    sunday = week.monday + timedelta(days=6)
    start, end = max(week.monday, material.period.first), min(sunday, material.period.last)
    return {"start": start.isoformat(), "end": end.isoformat()}


_AT_THE_PLACE: Final = "webcam-workstation"
_PLACE_MEMBERS: Final = (
    ("workstation-distance", "distance_cm", "cm", 1),
    ("workstation-head-turn", "head_yaw_deg", "deg", 1),
    ("workstation-head-tilt", "head_roll_deg", "deg", 1),
    ("workstation-camera-height", "camera_above_cm", "cm", 1),
    ("workstation-light", "brightness", "1", 0),
)
"""Code, field of :class:`Workstation`, unit (UCUM) and decimals."""


def workstation(place: Workstation, observe: Observe) -> Iterator[Resource]:
    """The panel of the place where the person sits, and its members: medians over the report's valid minutes, told and
    judged by nothing; each says for which profile it is, where that has a name."""
    name = place.profile.strip()
    profile: list[Resource] = [{"code": codes.concept("calibration-profile"), "valueString": name}] if name else []
    spent = {"valueQuantity": quantity(place.valid_min, "min", 0)}
    members = [observe("workstation-minutes", "counted", **spent, **_with(profile))]
    for code, field, unit, digits in _PLACE_MEMBERS:
        value: PlaceValue | None = getattr(place, field)
        if value is None:
            told = {"dataAbsentReason": absent("Not measured at this place."), **_with(profile)}
        else:
            parts = [component("standard-error", value.se, unit, digits)] if value.se is not None else []
            parts += [
                component("percentile-10", value.p10, unit, digits),
                component("percentile-90", value.p90, unit, digits),
            ]
            told = {"valueQuantity": quantity(value.median, unit, digits), **_with([*parts, *profile])}
        members.append(observe(code, _AT_THE_PLACE, **told))
    yield observe("workstation", _AT_THE_PLACE, hasMember=[reference(member) for member in members], **_with(profile))
    yield from members


def _with(parts: list[Resource]) -> Resource:
    """The element ``component``; FHIR has no empty lists."""
    return {"component": parts} if parts else {}
