"""Records as JSON: observations and looks for the pipe between sensor and app and for recorded observation files,
snapshots for the control socket and ``posturewatch status --json``.

One observation is one line. Numbers are rounded to what they are worth and written as whole numbers, which
is short, quick, and survives any number of round trips unchanged:

- points of face, trunk and texture in hundredths of a pixel, visibility and presence in thousandths,
- world points in tenths of a millimetre,
- brightness, sharpness, change, clothes tone and still_s in thousandths.

``t_s`` is written in full. Decoding trusts nothing: a line that does not fit raises DataError.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import Enum
from typing import Any, Final

from posturewatch.base.errors import DataError
from posturewatch.base.i18n import _
from posturewatch.base.observation import (
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
from posturewatch.base.records import Load, Reason, Snapshot, State, Today

FORMAT: Final = 1
"""Version of the line format; a file with another one is refused."""

_PX: Final = 100
_SHARE: Final = 1000
_METRE: Final = 10_000
_LEVEL: Final = 1000
_POINT: Final = (_PX, _PX, _PX)
_POSE_POINT: Final = (_PX, _PX, _PX, _SHARE, _SHARE)
_WORLD_POINT: Final = (_METRE, _METRE, _METRE)
_PAIR: Final = (_PX, _PX, _PX, _PX)
_TONE: Final = (_LEVEL, _LEVEL, _LEVEL)
_LEVELS: Final = ("brightness", "sharpness", "change")
_LOOK: Final = tuple(field.name for field in dataclasses.fields(Look))
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
    """The observation as a JSON object; fields that are None are left out. Raises DataError for NaN and infinity."""
    body: dict[str, Any] = {
        "v": FORMAT,
        "t_s": observation.t_s,
        "frame": observation.frame,
        "size": [observation.width_px, observation.height_px],
        "looked": look_to_json(observation.looked),
    }
    if observation.face is not None:
        body["face"] = _flat(observation.face.points, _POINT)
    if observation.trunk is not None:
        body["trunk"] = _flat(observation.trunk.points, _POSE_POINT)
        body["world"] = _flat(observation.trunk.world, _WORLD_POINT)
    if observation.texture is not None:
        body["anchor"] = observation.texture.anchor_id
        body |= {"chest": _flat(observation.texture.trunk, _PAIR), "head": _flat(observation.texture.head, _PAIR)}
    if observation.people is not None:
        body["people"] = [_flat([(one.x_px, one.y_px, one.width_px)], _POINT) for one in observation.people]
    if observation.lack is not None:
        body["lack"] = observation.lack.value
    for key in _LEVELS:
        value = getattr(observation, key)
        if value is not None:
            body[key] = _whole(value, _LEVEL)
    if observation.clothes_tone is not None:
        body["tone"] = _flat([observation.clothes_tone], _TONE)
    if observation.still_s:
        body["still_s"] = _whole(observation.still_s, _LEVEL)
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
    t_s, people, lack, name = body.get("t_s"), body.get("people"), body.get("lack"), body.get("name")
    if isinstance(t_s, bool) or not isinstance(t_s, int | float) or not abs(t_s) <= _MAX_NUMBER:
        raise _damaged("t_s")
    if people is not None and (not isinstance(people, list) or len(people) > _MAX_PEOPLE):
        raise _damaged("people")
    if lack is not None and lack not in tuple(Lack):
        raise _damaged("lack")
    if name is not None and (not isinstance(name, str) or len(name) > 4096):
        raise _damaged("name")
    size = _numbers(body.get("size"), "size", 2)
    face = trunk = texture = None
    if "face" in body:
        face = Face(_points(body["face"], "face", _POINT, FACE_POINTS))
    if "trunk" in body:
        trunk = Trunk(
            _points(body["trunk"], "trunk", _POSE_POINT, POSE_POINTS),
            _points(body.get("world"), "world", _WORLD_POINT, POSE_POINTS),
        )
    if "anchor" in body:
        chest, head = (_points(body.get(key, []), key, _PAIR) for key in ("chest", "head"))
        texture = Texture(_count(body["anchor"], "anchor"), chest, head)
    levels = {key: _count(body[key], key) / _LEVEL for key in _LEVELS if body.get(key) is not None}
    return Observation(
        t_s=float(t_s),
        frame=_count(body.get("frame"), "frame"),
        width_px=_count(size[0], "size", _MAX_SIDE_PX),
        height_px=_count(size[1], "size", _MAX_SIDE_PX),
        looked=look_from_json(body.get("looked")),
        face=face,
        trunk=trunk,
        texture=texture,
        people=None if people is None else tuple(PersonBox(*_points(one, "people", _POINT, 1)[0]) for one in people),
        lack=None if lack is None else Lack(lack),
        clothes_tone=_points(body["tone"], "tone", _TONE, 1)[0] if "tone" in body else None,
        still_s=_count(body.get("still_s", 0), "still_s") / _LEVEL,
        name=name,
        **levels,
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


def snapshot_to_json(snapshot: Snapshot) -> dict[str, Any]:
    """The snapshot's fields by name; times as ISO 8601 with offset, names of states as their values."""
    return {name: _plain(value) for name, value in dataclasses.asdict(snapshot).items()}


def snapshot_from_json(fields: dict[str, Any]) -> Snapshot:
    """The snapshot again; raises ValueError, TypeError or KeyError for fields that are none."""
    known = {field.name for field in dataclasses.fields(Snapshot)}
    body = {name: value for name, value in fields.items() if name in known}
    body["at"] = datetime.fromisoformat(body["at"])
    body["state"] = State(body["state"])
    body["reason"] = Reason(body["reason"]) if body["reason"] else None
    body["load"] = Load(**body["load"]) if body["load"] else None
    body["profiles"] = tuple(body["profiles"])
    for name in ("paused_until", "calibrated_at"):
        if body.get(name):
            body[name] = datetime.fromisoformat(body[name])
    today = dict(body["today"])
    body["today"] = Today(**today | {"band_min": tuple(today["band_min"])})
    return Snapshot(**body)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(inner) for inner in value]
    return value


def _flat(points: Iterable[tuple[float, ...]], scales: tuple[int, ...]) -> list[int]:
    """The points' coordinates one after another, each times its scale, to the nearest whole number. Raises DataError
    for NaN and infinity."""
    try:
        if len(set(scales)) == 1:  # nearly all of them, in half of the time
            return [round(value * scales[0]) for point in points for value in point]
        return [round(value * scale) for point in points for value, scale in zip(point, scales, strict=True)]
    except (ValueError, OverflowError) as err:
        raise _damaged("number") from err


def _whole(value: float, scale: int) -> int:
    """``value`` × ``scale`` to the nearest whole number; raises DataError for NaN and infinity."""
    return _flat([(value,)], (scale,))[0]


def _points(values: Any, key: str, scales: tuple[int, ...], count: int | None = None) -> tuple[Any, ...]:
    """Inverse of :func:`_flat`: exactly ``count`` points, or at most _MAX_PAIRS; raises DataError."""
    if count is None:
        if not isinstance(values, list) or len(values) > _MAX_PAIRS * len(scales) or len(values) % len(scales):
            raise _damaged(key)
        count = len(values) // len(scales)
    flat = _numbers(values, key, count * len(scales))
    columns = ([value / scale for value in flat[place :: len(scales)]] for place, scale in enumerate(scales))
    return tuple(zip(*columns, strict=True))


def _numbers(values: Any, key: str, length: int) -> list[int]:
    """Whole numbers, exactly ``length`` of them; raises DataError."""
    if not isinstance(values, list) or len(values) != length or not set(map(type, values)) <= {int}:
        raise _damaged(key)
    if values and not -_MAX_NUMBER <= min(values) <= max(values) <= _MAX_NUMBER:
        raise _damaged(key)
    return values


def _count(value: Any, key: str, most: int = _MAX_NUMBER) -> int:
    """A whole number from 0 to ``most``; raises DataError."""
    if type(value) is not int or not 0 <= value <= most:
        raise _damaged(key)
    return value


def _damaged(what: str) -> DataError:
    return DataError(
        _("This is no observation of posturewatch ({what} does not fit).").format(what=what),
        _("Record it again; a recorded file holds one JSON object a line."),
    )
