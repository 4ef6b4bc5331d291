"""Who else is in the picture: arithmetic on invented heads."""

from __future__ import annotations

from posturewatch.base.observation import Face, Trunk
from posturewatch.sensor.landmarks import FaceBox
from posturewatch.sensor.people import head_of_face, of_one_person, others


def face_at(x_px: float, y_px: float, width_px: float = 100.0) -> Face:
    """A face mesh as a box of points around a middle."""
    half = width_px / 2
    corners = ((x_px - half, y_px - half, 0.0), (x_px + half, y_px + half, 0.0))
    return Face(corners * 239)


def trunk_at(x_px: float, y_px: float, face_width_px: float = 100.0) -> Trunk:
    """A trunk with its head at a place and shoulders 2.2 face widths apart below."""
    points = [(x_px, y_px, 0.0, 1.0, 1.0)] * 33
    half = 2.2 * face_width_px / 2
    points[11] = (x_px + half, y_px + face_width_px, 0.0, 1.0, 1.0)
    points[12] = (x_px - half, y_px + face_width_px, 0.0, 1.0, 1.0)
    return Trunk(tuple(points), ((0.0, 0.0, 0.0),) * 33)


def test_one_person_seen_three_times_is_one_person() -> None:
    """Trunk, face and detector agree on a head: nobody else is there."""
    assert others((trunk_at(300, 200),), (face_at(310, 205),), [FaceBox(305, 195, 90)]) == ()


def test_a_second_face_is_somebody_else() -> None:
    """A face that sits away from the trunk's head is listed, 2.2 face widths wide."""
    found = others((trunk_at(300, 200),), (face_at(310, 205),), [FaceBox(305, 195, 90), FaceBox(520, 180, 60)])
    assert [(box.x_px, box.y_px, round(box.width_px)) for box in found] == [(520, 180, 132)]


def test_a_face_on_the_wrong_trunk_is_the_other_one() -> None:
    """Pose follows one person and face another: both are reported, the face's owner is listed as somebody else."""
    trunk, face = of_one_person((trunk_at(150, 200),), (face_at(480, 210),))
    assert trunk is not None
    assert face is not None
    assert len(others((trunk,), (face,), [])) == 1


def test_of_two_trunks_the_first_gets_its_own_face() -> None:
    """In a still with two people the face that sits on the larger trunk is chosen, whatever its order."""
    trunks = (trunk_at(150, 200), trunk_at(480, 210, 60))
    trunk, face = of_one_person(trunks, (face_at(480, 210, 60), face_at(150, 200)))
    assert trunk is not None
    assert face is not None
    assert head_of_face(face).x_px == 150


def test_the_second_person_is_counted_once() -> None:
    """Their trunk, their face and the detector's box are one head."""
    trunks = (trunk_at(150, 200), trunk_at(480, 210, 60))
    faces = (face_at(150, 200), face_at(482, 208, 60))
    found = others(trunks, faces, [FaceBox(479, 212, 55)])
    assert len(found) == 1


def test_nobody_is_nobody() -> None:
    """No findings, no people; a lone box is the one who is looked at, not somebody else."""
    assert others((), (), []) == ()
    assert others((), (), [FaceBox(1, 2, 3)]) == ()
    assert of_one_person((), ()) == (None, None)
