"""Rotations, similarity of point sets and the pinhole, by hand and by what must not change them."""

from __future__ import annotations

import numpy as np
import pytest

from posturewatch.core.posture.geometry import (
    FACING,
    nearest_rotation,
    project,
    ray,
    rotation,
    rotation_vector,
    similarity,
    turn_between,
    turned,
)

CENTRE = np.array([320.0, 240.0])
CLOUD = np.random.default_rng(5).normal(0, 10, (20, 3))


def angle(degrees: float) -> np.ndarray:
    """Radians as an array of no dimension."""
    return np.array(np.radians(degrees))


def test_a_quarter_turn_about_each_axis_is_right_handed() -> None:
    """About x, y becomes z; about y, z becomes x; about z, x becomes y."""
    assert rotation(0, angle(90)) @ [0, 1, 0] == pytest.approx([0, 0, 1], abs=1e-12)
    assert rotation(1, angle(90)) @ [0, 0, 1] == pytest.approx([1, 0, 0], abs=1e-12)
    assert rotation(2, angle(90)) @ [1, 0, 0] == pytest.approx([0, 1, 0], abs=1e-12)


def test_the_signs_of_yaw_and_pitch_are_those_of_the_records() -> None:
    """Yaw turns the nose to the person's left (+x); pitch brings the nose down and the crown forward."""
    assert turned(angle(30), angle(0), angle(0)) @ [0, 0, 1] == pytest.approx([0.5, 0, np.sqrt(3) / 2])
    pitched = turned(angle(0), angle(30), angle(0))
    assert pitched @ [0, 0, 1] == pytest.approx([0, -0.5, np.sqrt(3) / 2])
    assert pitched @ [0, 1, 0] == pytest.approx([0, np.sqrt(3) / 2, 0.5])


def test_a_rotation_vector_is_axis_times_angle() -> None:
    """Along the axis, as long as the angle, zero for no rotation, and batched."""
    both = np.stack([rotation(1, angle(50)), np.eye(3)])
    assert rotation_vector(both) == pytest.approx(np.array([[0, np.radians(50), 0], [0, 0, 0]]), abs=1e-9)


def test_a_turn_between_two_directions_leads_from_one_to_the_other_and_half_of_it_half_way() -> None:
    """Whatever their lengths; between equal ones there is none."""
    first, second = np.array([0.0, 0.0, 2.0]), np.array([3.0, 0.0, 3.0])
    assert turn_between(first, second, 1.0) @ first / 2.0 == pytest.approx(second / np.linalg.norm(second))
    half = turn_between(first, second, 0.5)
    assert half @ half == pytest.approx(turn_between(first, second, 1.0))
    assert turn_between(first, first, 1.0) == pytest.approx(np.eye(3))


def test_the_mean_of_two_rotations_lies_between_them() -> None:
    """The nearest rotation to the mean of +20° and −10° is +5°, and a rotation is its own nearest."""
    mean = (rotation(0, angle(20)) + rotation(0, angle(-10))) / 2
    assert np.degrees(rotation_vector(nearest_rotation(mean))) == pytest.approx([5, 0, 0], abs=1e-6)
    assert nearest_rotation(rotation(2, angle(70))) == pytest.approx(rotation(2, angle(70)))


def test_similarity_finds_scale_and_turn_whatever_the_shift() -> None:
    """Scaled by 1.3, turned and shifted: 1.3 and the turn come back."""
    turn = turned(angle(15), angle(-20), angle(5))
    scale, found = similarity(CLOUD, 1.3 * CLOUD @ turn.T + [100, -50, 7])
    assert scale == pytest.approx(1.3)
    assert found == pytest.approx(turn)


def test_similarity_never_mirrors() -> None:
    """Even between a set and its mirror image the answer is a rotation."""
    _, found = similarity(CLOUD, CLOUD * [-1, 1, 1])
    assert np.linalg.det(found) == pytest.approx(1.0)


def test_a_point_projects_where_the_pinhole_says() -> None:
    """6 cm aside at 60 cm with a focal length of 500 px is 50 px; twice as far it is 25 px."""
    assert project(np.array([[6.0, -3.0, 60.0]]), 500.0, CENTRE)[0] == pytest.approx([370, 215])
    assert project(np.array([[6.0, -3.0, 120.0]]), 500.0, CENTRE)[0] == pytest.approx([345, 227.5])


def test_a_ray_leads_back_to_its_pixel() -> None:
    """Any depth along the ray of a pixel projects onto that pixel."""
    pixels = np.array([[10.0, 20.0], [600.0, 400.0]])
    assert project(ray(pixels, 450.0, CENTRE) * 73.0, 450.0, CENTRE) == pytest.approx(pixels)


def test_a_point_behind_the_camera_does_not_blow_up() -> None:
    """A wild guess of the fit may pass through the camera; the pixels stay finite."""
    assert np.isfinite(project(np.array([[1.0, 1.0, -20.0], [1.0, 1.0, 0.0]]), 450.0, CENTRE)).all()


def test_somebody_who_faces_the_camera_is_not_mirrored() -> None:
    """The person's left is at the right of the picture, up is up, forward is towards the camera."""
    assert pytest.approx([1, 0, 0]) == FACING @ [1, 0, 0]
    assert pytest.approx([0, -1, 0]) == FACING @ [0, 1, 0]
    assert pytest.approx([0, 0, -1]) == FACING @ [0, 0, 1]
