"""The calibrated face: its mean mesh, and from where the camera sees it."""

from __future__ import annotations

import numpy as np
import pytest

from core.posture.simulated_body import SimulatedPerson
from posturewatch.core.posture.cues import RIGID
from posturewatch.core.posture.face_template import USUAL_PITCH, FaceMeshes, mesh_template, view_angles
from posturewatch.core.posture.geometry import similarity, turned


def meshes(person: SimulatedPerson, count: int, *, scatter_px: float = 0.0) -> np.ndarray:
    """The mesh of somebody who sits still, so many times."""
    look = person.look()
    assert look.face is not None
    noise = np.random.default_rng(1).normal(0, scatter_px, (count, 478, 3))
    return np.array(look.face.points)[None] + noise


def angles_of(person: SimulatedPerson) -> tuple[float, float]:
    """Azimuth and pitch read off this person's mesh, degrees."""
    seen = FaceMeshes.of(meshes(person, 6))
    assert seen is not None
    azimuth, pitch = view_angles(seen, np.zeros((33, 3)))
    return float(np.degrees(azimuth)), float(np.degrees(pitch))


def world(person: SimulatedPerson) -> np.ndarray:
    """The pose network's world points."""
    look = person.look()
    assert look.trunk is not None
    return np.array(look.trunk.world)


def test_the_template_is_the_face_about_its_centre() -> None:
    """Of a face that only swayed, the template is its rigid mesh, centred, at the median size."""
    still = meshes(SimulatedPerson(), 9)
    template, centre = mesh_template(still + np.linspace(-5, 5, 9)[:, None, None] * [1, 0, 0])
    rigid = still[0, list(RIGID)]
    assert template == pytest.approx(rigid - rigid.mean(axis=0), abs=0.05)
    assert centre == pytest.approx(rigid[:, :2].mean(axis=0), abs=1e-6)


def test_averaging_makes_the_template_better_than_one_look() -> None:
    """With 2 px of scatter on each point, twenty looks come within half a pixel of the true mesh."""
    true = meshes(SimulatedPerson(), 1)[0, list(RIGID)]
    template, _ = mesh_template(meshes(SimulatedPerson(), 20, scatter_px=2.0))
    scale, turn = similarity(template, true)
    left = true - true.mean(axis=0) - scale * template @ turn.T
    assert float(np.sqrt(np.mean(left**2))) < 0.6


def test_the_template_has_the_median_turn_of_the_looks() -> None:
    """A head that turned to both sides alike gives the face between them."""
    still = meshes(SimulatedPerson(), 1)[0]
    middle = still.mean(axis=0)
    zero = np.array(0.0)
    turns = [turned(np.array(a), zero, zero) for a in np.radians([-6, -3, 0, 3, 6])]
    template, _ = mesh_template(np.array([(still - middle) @ t.T + middle for t in turns]))
    rigid = still[list(RIGID)]
    _, turn = similarity(template, rigid)
    assert turn == pytest.approx(np.eye(3), abs=0.01)


def test_a_face_found_too_seldom_is_no_face() -> None:
    """Three looks of ten, or three in all, are the network's accidents; eight of ten are a face."""
    ten = meshes(SimulatedPerson(), 10)
    ten[3:] = np.nan
    assert FaceMeshes.of(ten) is None
    assert FaceMeshes.of(meshes(SimulatedPerson(), 3)) is None
    ten[3:8] = meshes(SimulatedPerson(), 5)
    assert FaceMeshes.of(ten) is not None


@pytest.mark.parametrize("azimuth_deg", [-40.0, -20.0, 0.0, 20.0, 40.0])
def test_the_azimuth_is_read_off_the_mesh(azimuth_deg: float) -> None:
    """Somebody who faces to the right of the picture has a positive azimuth, right to five degrees."""
    found, _ = angles_of(SimulatedPerson(azimuth_deg=azimuth_deg))
    assert found == pytest.approx(azimuth_deg, abs=5.0)


def test_a_raised_camera_looks_down() -> None:
    """From a laptop's hinge to the top of a screen the pitch grows, by most of what the camera moved."""
    below, level, above = (angles_of(SimulatedPerson(pitch_deg=p))[1] for p in (-20.0, 0.0, 15.0))
    assert below < level < above
    assert above - below == pytest.approx(35.0, rel=0.35)
    assert level == pytest.approx(0.0, abs=5.0)


def test_pupils_are_measured_in_three_dimensions() -> None:
    """A face seen at 35° shows its pupils closer together; their distance in the mesh stays within 6 %."""
    front, aside = (FaceMeshes.of(meshes(SimulatedPerson(azimuth_deg=a), 5)) for a in (0.0, 35.0))
    assert front is not None
    assert aside is not None
    assert aside.pupils_px == pytest.approx(front.pupils_px, rel=0.06)


@pytest.mark.parametrize("azimuth_deg", [-90.0, -60.0, 60.0, 90.0])
def test_without_a_face_the_world_points_tell_the_side(azimuth_deg: float) -> None:
    """Ears and nose of the pose network give the azimuth; the pitch is what is usual."""
    azimuth, pitch = view_angles(None, world(SimulatedPerson(azimuth_deg=azimuth_deg)))
    assert float(np.degrees(azimuth)) == pytest.approx(azimuth_deg, abs=3.0)
    assert pitch == USUAL_PITCH


def test_directions_are_averaged_across_the_back_of_the_circle() -> None:
    """From behind, ears may say 179° and the nose −179°: the middle is 180°, not 0."""
    azimuth, _ = view_angles(None, world(SimulatedPerson(azimuth_deg=180.0)))
    assert abs(float(np.degrees(azimuth))) == pytest.approx(180.0, abs=1.0)
