"""The place where the person sits, a panel for each profile: medians over the report's valid minutes, with their error
where it is known. Told, and judged by nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from posturewatch.core.history.summary.records import PlaceValue, Workstation
from posturewatch.exchange.fhir import codes
from posturewatch.exchange.fhir.parts import Observe, Resource, absent, component, quantity, reference

_CAMERA: Final = "webcam-workstation"
_MEMBERS: Final = (
    ("workstation-distance", "distance_cm", "cm", 1),
    ("workstation-head-turn", "head_yaw_deg", "deg", 1),
    ("workstation-head-tilt", "head_roll_deg", "deg", 1),
    ("workstation-camera-height", "camera_above_cm", "cm", 1),
    ("workstation-light", "brightness", "1", 0),
)
"""Code, field of :class:`Workstation`, unit (UCUM) and decimals."""


def workstation(place: Workstation, observe: Observe) -> Iterator[Resource]:
    """The panel and its members; each says for which profile it is, where that has a name."""
    name = place.profile.strip()
    profile: list[Resource] = [{"code": codes.concept("calibration-profile"), "valueString": name}] if name else []
    spent = {"valueQuantity": quantity(place.valid_min, "min", 0)}
    members = [observe("workstation-minutes", "counted", **spent, **_with(profile))]
    for code, field, unit, digits in _MEMBERS:
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
        members.append(observe(code, _CAMERA, **told))
    yield observe("workstation", _CAMERA, hasMember=[reference(member) for member in members], **_with(profile))
    yield from members


def _with(parts: list[Resource]) -> Resource:
    """The element ``component``; FHIR has no empty lists."""
    return {"component": parts} if parts else {}
