"""Observations and looks as JSON: for the pipe between sensor and app, and for recorded observation files.

One observation is one line. Numbers are rounded to what they are worth and written as whole numbers, which
is short, quick, and survives any number of round trips unchanged:

- points of face, trunk and texture in hundredths of a pixel, visibility and presence in thousandths,
- world points in tenths of a millimetre,
- brightness, sharpness, change and still_s in thousandths.

``t_s`` is written in full. Decoding trusts nothing: a line that does not fit raises DataError.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any, Final

from posturewatch.errors import DataError
from posturewatch.i18n import _
from posturewatch.records import (
    FACE_POINTS,
    POSE_POINTS,
    Face,
    Lack,
    Look,
    Observation,
    PersonBox,
    Texture,
    Trunk,
)

FORMAT: Final = 1
"""Version of the line format; a file with another one is refused."""

_PIXEL: Final = 100
_SHARE: Final = 1000
_METRE: Final = 10_000
_LEVEL: Final = 1000
_LOOK: Final = tuple(field.name for field in fields(Look))
_MAX_SIDE_PX: Final = 100_000
_MAX_PEOPLE: Final = 64
_MAX_PAIRS: Final = 1000
_MAX_NUMBER: Final = 10**12
"""No value in a line may be larger: floats stay exact, and a hostile line cannot make huge integers."""

_MAX_LINE: Final = 1_000_000
"""A line with every point is about 14,000 characters."""


def look_to_json(look: Look) -> list[str]:
    """What the look asks for, by name."""
    return [name for name in _LOOK if getattr(look, name)]


def look_from_json(body: Any) -> Look:
    """The look from its names; raises DataError."""
    if not isinstance(body, list) or len(body) > len(_LOOK) or not all(name in _LOOK for name in body):
        raise _damaged("looked")
    return Look(**{name: name in body for name in _LOOK})


def to_json(observation: Observation) -> dict[str, Any]:
    """The observation as a JSON object; fields that are None are left out."""
    body: dict[str, Any] = {
        "v": FORMAT,
        "t_s": observation.t_s,
        "frame": observation.frame,
        "size": [observation.width_px, observation.height_px],
        "looked": look_to_json(observation.looked),
    }
    if observation.face is not None:
        body["face"] = [_whole(value, _PIXEL) for point in observation.face.points for value in point]
    if observation.trunk is not None:
        body["trunk"] = [
            _whole(value, _PIXEL if place < 3 else _SHARE)
            for point in observation.trunk.points
            for place, value in enumerate(point)
        ]
        body["world"] = [_whole(value, _METRE) for point in observation.trunk.world for value in point]
    if observation.texture is not None:
        body["anchor"] = observation.texture.anchor_id
        for key in ("chest", "head"):
            pairs = observation.texture.trunk if key == "chest" else observation.texture.head
            if pairs:
                body[key] = [_whole(value, _PIXEL) for pair in pairs for value in pair]
    if observation.people is not None:
        body["people"] = [
            [_whole(value, _PIXEL) for value in (person.x_px, person.y_px, person.width_px)]
            for person in observation.people
        ]
    if observation.lack is not None:
        body["lack"] = observation.lack.value
    for key in ("brightness", "sharpness", "change", "still_s"):
        value = getattr(observation, key)
        if value:
            body[key] = _whole(value, _LEVEL)
        elif value is not None and key != "still_s":
            body[key] = 0
    if observation.name is not None:
        body["name"] = observation.name
    return body


def from_json(body: Any) -> Observation:
    """The observation from its JSON object; raises DataError where it does not fit."""
    if not isinstance(body, dict):
        raise _damaged("object")
    if body.get("v") != FORMAT:
        raise DataError(
            _("This observation was written by another version (format {format}).").format(
                format=str(body.get("v"))[:20]
            ),
            _("Use the version of posturewatch that wrote it."),
        )
    size = _numbers(body, "size", 2)
    name = body.get("name")
    if name is not None and (not isinstance(name, str) or len(name) > 4096):
        raise _damaged("name")
    return Observation(
        t_s=_time(body.get("t_s")),
        frame=_count(body.get("frame"), _MAX_NUMBER),
        width_px=_count(size[0], _MAX_SIDE_PX),
        height_px=_count(size[1], _MAX_SIDE_PX),
        looked=look_from_json(body.get("looked")),
        face=_face(body),
        trunk=_trunk(body),
        texture=_texture(body),
        people=_people(body),
        lack=_lack(body),
        brightness=_level(body, "brightness"),
        sharpness=_level(body, "sharpness"),
        change=_level(body, "change"),
        still_s=_level(body, "still_s") or 0.0,
        name=name,
    )


def to_line(observation: Observation) -> str:
    """The observation as one line of a recorded file, without the line end."""
    return json.dumps(to_json(observation), separators=(",", ":"), allow_nan=False)


def from_line(line: str) -> Observation:
    """The observation from one line of a recorded file; raises DataError."""
    if len(line) > _MAX_LINE:
        raise _damaged("line")
    try:
        body = json.loads(line)
    except (ValueError, RecursionError) as err:
        raise _damaged("line") from err
    return from_json(body)


def read_lines(lines: Iterable[str]) -> Iterator[Observation]:
    """The observations of a recorded file, blank lines left out; DataError names the line."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield from_line(line)
        except DataError as err:
            raise DataError(_("Line {number}: {what}").format(number=number, what=err.message), err.hint) from err


def rounded(observation: Observation) -> Observation:
    """The observation as it comes out of the pipe or a file: rounded by the codec."""
    return from_json(to_json(observation))


def _whole(value: float, scale: int) -> int:
    """``value`` × ``scale`` to the nearest whole number; raises DataError for NaN and infinity."""
    if not math.isfinite(value):
        raise _damaged("number")
    return round(value * scale)


def _damaged(what: str) -> DataError:
    return DataError(
        _("This is no observation of posturewatch ({what} does not fit).").format(what=what),
        _("Record it again; a recorded file holds one JSON object a line."),
    )


def _time(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or abs(value) > _MAX_NUMBER:
        raise _damaged("t_s")
    if not math.isfinite(value):
        raise _damaged("t_s")
    return float(value)


def _count(value: Any, limit: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= limit:
        raise _damaged("count")
    return value


def _numbers(body: dict[str, Any], key: str, length: int) -> list[int]:
    """The whole numbers under ``key``, exactly ``length`` of them."""
    values = body.get(key)
    if not isinstance(values, list) or len(values) != length:
        raise _damaged(key)
    for value in values:
        if type(value) is not int or abs(value) > _MAX_NUMBER:
            raise _damaged(key)
    return values


def _face(body: dict[str, Any]) -> Face | None:
    if "face" not in body:
        return None
    flat = [value / _PIXEL for value in _numbers(body, "face", FACE_POINTS * 3)]
    return Face(tuple(zip(flat[0::3], flat[1::3], flat[2::3], strict=True)))


def _trunk(body: dict[str, Any]) -> Trunk | None:
    if "trunk" not in body:
        return None
    flat = _numbers(body, "trunk", POSE_POINTS * 5)
    pixels = [[value / _PIXEL for value in flat[place::5]] for place in range(3)]
    shares = [[value / _SHARE for value in flat[place::5]] for place in (3, 4)]
    world = [value / _METRE for value in _numbers(body, "world", POSE_POINTS * 3)]
    return Trunk(
        points=tuple(zip(*pixels, *shares, strict=True)),
        world=tuple(zip(world[0::3], world[1::3], world[2::3], strict=True)),
    )


def _texture(body: dict[str, Any]) -> Texture | None:
    if "anchor" not in body:
        return None
    return Texture(_count(body["anchor"], _MAX_NUMBER), trunk=_pairs(body, "chest"), head=_pairs(body, "head"))


def _pairs(body: dict[str, Any], key: str) -> tuple[tuple[float, float, float, float], ...]:
    values = body.get(key, [])
    if not isinstance(values, list) or len(values) > 4 * _MAX_PAIRS or len(values) % 4:
        raise _damaged(key)
    flat = [value / _PIXEL for value in _numbers({key: values}, key, len(values))]
    return tuple(zip(flat[0::4], flat[1::4], flat[2::4], flat[3::4], strict=True))


def _people(body: dict[str, Any]) -> tuple[PersonBox, ...] | None:
    people = body.get("people")
    if people is None:
        return None
    if not isinstance(people, list) or len(people) > _MAX_PEOPLE:
        raise _damaged("people")
    boxes = (_numbers({"people": person}, "people", 3) for person in people)
    return tuple(PersonBox(*(value / _PIXEL for value in box)) for box in boxes)


def _lack(body: dict[str, Any]) -> Lack | None:
    if "lack" not in body:
        return None
    try:
        return Lack(body["lack"])
    except ValueError as err:
        raise _damaged("lack") from err


def _level(body: dict[str, Any], key: str) -> float | None:
    value = body.get(key)
    if value is None:
        return None
    if type(value) is not int or not 0 <= value <= _MAX_NUMBER:
        raise _damaged(key)
    return value / _LEVEL
