"""Who else is in the picture. Pure arithmetic on what the networks found.

The one whom the observation describes is the owner of its trunk, or of its face where there is no trunk. A
face that sits where the trunk has no head belongs to somebody else, and so do the further trunks and faces.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import hypot
from typing import Final

from posturewatch.base.observation import SHOULDERS_PER_FACE, Face, PersonBox, Trunk
from posturewatch.sensor.landmarks import FaceBox

_SAME_HEAD: Final = 1.0
"""Two heads whose middles are closer than this many face widths are one."""


def head_of_face(face: Face) -> FaceBox:
    """The middle and width of a face mesh."""
    columns, rows, _depths = zip(*face.points, strict=True)
    left, right, top, bottom = min(columns), max(columns), min(rows), max(rows)
    return FaceBox((left + right) / 2, (top + bottom) / 2, right - left)


def head_of_trunk(trunk: Trunk) -> FaceBox:
    """Where a trunk's head is: between nose and ears, as wide as its shoulders suggest."""
    head = [trunk.points[number] for number in (0, 2, 5, 7, 8)]
    left, right = trunk.points[11], trunk.points[12]
    shoulders_px = hypot(left[0] - right[0], left[1] - right[1])
    ears_px = hypot(head[3][0] - head[4][0], head[3][1] - head[4][1])
    width_px = max(shoulders_px / SHOULDERS_PER_FACE, ears_px)
    return FaceBox(sum(p[0] for p in head) / 5, sum(p[1] for p in head) / 5, width_px)


def same_head(one: FaceBox, other: FaceBox) -> bool:
    """Whether two findings can be the head of one person."""
    far_px = hypot(one.x_px - other.x_px, one.y_px - other.y_px)
    return far_px < _SAME_HEAD * max(one.width_px, other.width_px)


def others(trunks: tuple[Trunk, ...], faces: tuple[Face, ...], boxes: Iterable[FaceBox]) -> tuple[PersonBox, ...]:
    """The people besides the main one, largest first. The main one owns the first trunk, or the first face."""
    heads = [head_of_trunk(trunk) for trunk in trunks] + [head_of_face(face) for face in faces] + list(boxes)
    known = heads[:1]
    for head in heads[1:]:
        if not any(same_head(head, seen) for seen in known):
            known.append(head)
    further = sorted(known[1:], key=lambda head: head.width_px, reverse=True)
    return tuple(PersonBox(head.x_px, head.y_px, SHOULDERS_PER_FACE * head.width_px) for head in further)


def of_one_person(trunks: tuple[Trunk, ...], faces: tuple[Face, ...]) -> tuple[Trunk | None, Face | None]:
    """The largest trunk with the face that sits on it; the largest face where none does."""
    if not trunks or not faces:
        return (trunks[0] if trunks else None), (faces[0] if faces else None)
    head = head_of_trunk(trunks[0])
    own = next((face for face in faces if same_head(head, head_of_face(face))), faces[0])
    return trunks[0], own
