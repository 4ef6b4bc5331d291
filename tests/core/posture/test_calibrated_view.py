"""The calibrated picture as a body: reproduced exactly, scaled by what is known, the same at any resolution."""

from __future__ import annotations

import numpy as np
import pytest

from core.posture.simulated_body import SimulatedPerson
from posturewatch.core.posture import calibrated_view
from posturewatch.core.posture.body_model import POSE_INDEX
from posturewatch.core.posture.calibrated_view import FOCAL_PER_WIDTH, MESH_PUPILS, USUAL_CM, CalibratedView, Sizes
from posturewatch.core.posture.cues import RIGID
from posturewatch.core.posture.geometry import project

FOCAL = FOCAL_PER_WIDTH * 640
NOTHING_KNOWN = Sizes()


def built(person: SimulatedPerson, sizes: Sizes = NOTHING_KNOWN, *, stretch: float = 1.0) -> CalibratedView:
    """The reference of a person who sits still; ``stretch`` is the resolution against 640 × 480."""
    look = person.look()
    assert look.trunk is not None
    pose = np.array(look.trunk.points)[list(POSE_INDEX), :2] * stretch
    mesh = np.array(look.face.points) * stretch if look.face is not None else None
    eyes = np.array(person.eyes_at) * (person.width_px, person.height_px) * stretch
    rigid = None if mesh is None else mesh[list(RIGID)]
    return calibrated_view.build(
        (round(person.width_px * stretch), round(person.height_px * stretch)),
        pose,
        eyes,
        (float(np.radians(person.azimuth_deg)), float(np.radians(person.pitch_deg))),
        sizes,
        face_px=None if rigid is None else rigid[:, :2].mean(axis=0),
        template=None if rigid is None else rigid - rigid.mean(axis=0),
        pupils_px=None if mesh is None else float(np.linalg.norm(mesh[468] - mesh[473])),
    )


def points_of(person: SimulatedPerson) -> np.ndarray:
    """The pose points of the calibrated picture."""
    look = person.look()
    assert look.trunk is not None
    return np.array(look.trunk.points)[list(POSE_INDEX), :2]


@pytest.mark.parametrize("azimuth_deg", [-90.0, -45.0, 0.0, 20.0, 90.0])
@pytest.mark.parametrize("pitch_deg", [-20.0, 12.0])
def test_the_calibrated_picture_is_reproduced(azimuth_deg: float, pitch_deg: float) -> None:
    """From any side, above or below: every point projects to where the networks put it."""
    person = SimulatedPerson(azimuth_deg, pitch_deg, size=1.08, face=abs(azimuth_deg) < 60)
    ref = built(person)
    assert project(ref.in_camera(ref.attached), ref.focal_px, ref.centre_px) == pytest.approx(points_of(person))


def test_the_distance_is_the_pinholes() -> None:
    """Where lens and habit agree, pupils known to be 6.5 cm apart and seen that large are f · 6.5 / px away."""
    pupils_px = MESH_PUPILS * 6.5 * FOCAL / USUAL_CM
    look, eyes = points_of(SimulatedPerson()), np.array([320.0, 192.0])
    ref = calibrated_view.build((640, 480), look, eyes, (0.0, 0.0), Sizes(pupils_cm=6.5), pupils_px=pupils_px)
    assert float(ref.eyes[2]) == pytest.approx(USUAL_CM)
    assert ref.focal_px == pytest.approx(FOCAL)
    assert ref.distance_cm == pytest.approx(float(np.linalg.norm(ref.eyes)))


def test_lens_and_habit_meet_in_between() -> None:
    """A face so small that the usual lens puts it at 110 cm is believed nearer, behind a wider lens, and what
    was seen still fits: focal length times size over pixels is the distance."""
    pupils_px = MESH_PUPILS * 6.5 * FOCAL / 110.0
    look, eyes = points_of(SimulatedPerson()), np.array([320.0, 192.0])
    ref = calibrated_view.build((640, 480), look, eyes, (0.0, 0.0), Sizes(pupils_cm=6.5), pupils_px=pupils_px)
    assert USUAL_CM < float(ref.eyes[2]) < 110.0
    assert ref.focal_px < FOCAL
    assert float(ref.eyes[2]) == pytest.approx(ref.focal_px * MESH_PUPILS * 6.5 / pupils_px, rel=0.02)


def test_somebody_of_mean_size_is_where_they_are() -> None:
    """With the supposed lens and body the distance comes out within three percent."""
    person = SimulatedPerson(focal_px=FOCAL, distance_cm=65.0)
    assert built(person).distance_cm == pytest.approx(65.0, rel=0.03)


def test_a_measured_distance_outweighs_everything() -> None:
    """The user's own screen distance is taken as it is, and with the size gives the focal length."""
    ref = built(SimulatedPerson(focal_px=554.0, distance_cm=70.0), Sizes(pupils_cm=6.2 / MESH_PUPILS, distance_cm=70.0))
    assert float(ref.eyes[2]) == pytest.approx(70.0)
    assert ref.focal_px == pytest.approx(554.0, rel=0.02)


def test_what_the_user_tells_makes_the_scale_surer() -> None:
    """Nothing known, own pupils known, distance known: each is surer than the one before."""
    person = SimulatedPerson()
    spreads = [
        built(person, sizes).spread_scale
        for sizes in (Sizes(), Sizes(pupils_cm=6.2), Sizes(pupils_cm=6.2, distance_cm=62.0))
    ]
    assert spreads[0] > spreads[1] > spreads[2]
    assert spreads[2] <= 0.05


def test_a_taller_person_is_further_away() -> None:
    """The same shoulders in pixels on somebody of 190 cm are further from the camera than on one of 155 cm."""
    person = SimulatedPerson(face=False)
    assert built(person, Sizes(stature_cm=190)).distance_cm > built(person, Sizes(stature_cm=155)).distance_cm


def test_the_side_view_takes_its_scale_from_ear_to_shoulder() -> None:
    """Neither pupils nor shoulders are seen apart; the distance is still within a fifth."""
    person = SimulatedPerson(azimuth_deg=90.0, face=False, focal_px=FOCAL, distance_cm=68.0)
    assert built(person).distance_cm == pytest.approx(68.0, rel=0.2)


def test_resolution_changes_nothing_but_pixels() -> None:
    """At twice the resolution the body is the same in centimetres."""
    small, large = built(SimulatedPerson(azimuth_deg=20.0)), built(SimulatedPerson(azimuth_deg=20.0), stretch=2.0)
    assert large.attached == pytest.approx(small.attached)
    assert large.distance_cm == pytest.approx(small.distance_cm)


def test_the_mirror_image_is_the_mirrored_body() -> None:
    """A camera on the other side sees left and right exchanged and nothing else."""
    left, right = (built(SimulatedPerson(azimuth_deg=a, face=False)) for a in (-30.0, 30.0))
    pairs = [1, 0, 3, 2, 4, 6, 5]
    assert left.attached == pytest.approx(right.attached[pairs] * [-1, 1, 1], abs=1e-6)


def test_a_phone_held_upright_has_the_lens_of_its_longer_side() -> None:
    """The same face in a picture of 480 × 640 is as far away, behind the same lens, as in one of 640 × 480."""
    look, eyes = points_of(SimulatedPerson()), np.array([320.0, 192.0])
    wide, upright = (
        calibrated_view.build(size, look - eyes + centre, centre, (0.0, 0.0), Sizes(), pupils_px=43.0)
        for size, centre in (((640, 480), eyes), ((480, 640), np.array([240.0, 256.0])))
    )
    assert upright.focal_px == pytest.approx(wide.focal_px)
    assert float(upright.eyes[2]) == pytest.approx(float(wide.eyes[2]))
    assert upright.spread_scale == pytest.approx(wide.spread_scale)


def test_lens_and_distance_of_an_earlier_calibration_are_taken() -> None:
    """A tie knows them better than the picture does."""
    look, eyes = points_of(SimulatedPerson()), np.array([320.0, 192.0])
    ref = calibrated_view.build((640, 480), look, eyes, (0.0, 0.0), Sizes(), pupils_px=43.0, scale=(520.0, 71.0, 0.04))
    assert (ref.focal_px, float(ref.eyes[2]), ref.spread_scale) == (520.0, 71.0, 0.04)
