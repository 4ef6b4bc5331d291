"""The calibrated body where the person is not as supposed: it fits the calibrated picture all the same, and texture is
laid onto it where it is seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.posture.simulated_body import SimulatedPerson
from posturewatch.base.settings import UserSettings
from posturewatch.core.posture.calibrated_view import CalibratedView
from posturewatch.core.posture.calibrator import build
from posturewatch.core.posture.geometry import Floats, project
from posturewatch.core.posture.supposed_body import CHEST_LOW_CM, PERSON, PERSON_SPREAD, SupposedBody

AS_SUPPOSED = np.zeros((1, len(PERSON)))


def reference(azimuth_deg: float = 0.0, *, face: bool = True) -> CalibratedView:
    """Of a simulated person who sits still."""
    person = SimulatedPerson(azimuth_deg=azimuth_deg, face=face)
    return build("desk", [person.look(t_s=0.2 * i) for i in range(8)], UserSettings()).reference


def other_people(count: int = 12) -> Floats:
    """Person unknowns as they differ between people."""
    return np.asarray(np.random.default_rng(7).normal(0, 1, (count, len(PERSON))) * PERSON_SPREAD)


@pytest.mark.parametrize("azimuth_deg", [0.0, 40.0, -85.0])
def test_whatever_the_person_is_like_the_calibrated_picture_is_the_same(azimuth_deg: float) -> None:
    """Shoulders, head and face project to where the networks put them, for any camera pitch, lens and neck: what is not
    known of a person shows only when they move."""
    ref = reference(azimuth_deg, face=abs(azimuth_deg) < 60)
    supposed = SupposedBody.of(ref, other_people())
    seen = supposed.pixels(np.concatenate([supposed.shoulders, supposed.head], axis=1))
    told = project(ref.in_camera(ref.attached), ref.focal_px, ref.centre_px)
    assert seen == pytest.approx(np.repeat(told[None], len(seen), axis=0), abs=1e-6)
    if ref.template is not None:
        face = project(ref.in_camera(ref.face), ref.focal_px, ref.centre_px)
        assert supposed.pixels(supposed.face[:, None])[:, 0] == pytest.approx(np.repeat(face[None], len(seen), axis=0))


def test_nobody_in_particular_is_the_reference_itself() -> None:
    """With every person unknown at zero the body is the one that the calibration built."""
    ref = reference(20.0)
    (supposed,) = (SupposedBody.of(ref, AS_SUPPOSED),)
    assert supposed.focal_px[0] == pytest.approx(ref.focal_px)
    assert supposed.eyes[0] == pytest.approx(ref.eyes)
    assert supposed.to_camera[0] == pytest.approx(ref.to_camera)
    assert np.vstack([supposed.shoulders[0], supposed.head[0]]) == pytest.approx(ref.attached)
    assert supposed.tragus[0] == pytest.approx(supposed.head[0, :2].mean(axis=0))


def test_each_person_unknown_does_what_its_name_says() -> None:
    """A longer lens is further away; the tragus lies where it is put; shoulders and chest come forward; the neck sinks
    more."""
    ref, person = reference(), np.repeat(AS_SUPPOSED, 6, axis=0)
    for row, (name, value) in enumerate(
        {
            "log_focal": 0.1,
            "tragus_forward": 1.0,
            "tragus_up": -0.5,
            "shoulders_forward": 2.0,
            "drop_per_forward": 0.2,
        }.items()
    ):
        person[row + 1, PERSON.index(name)] = value
    base, lens, forward, up, shoulders, drop = (SupposedBody.of(ref, person[i : i + 1]) for i in range(6))
    assert float(lens.eyes[0, 2] / base.eyes[0, 2]) == pytest.approx(np.exp(0.1))
    assert (forward.tragus - base.tragus)[0] == pytest.approx([0.0, 0.0, 1.0])
    assert (up.tragus - base.tragus)[0] == pytest.approx([0.0, -0.5, 0.0])
    assert (shoulders.shoulders - base.shoulders)[0, :, 2] == pytest.approx([2.0, 2.0], abs=0.25)
    assert float((drop.drop_per_forward - base.drop_per_forward)[0]) == pytest.approx(0.2)


def test_some_of_many_suppositions_are_each_as_it_was() -> None:
    """Taking rows, in any order and more than once."""
    supposed = SupposedBody.of(reference(), other_people(4))
    taken = supposed.take(np.array([2, 0, 2]))
    for row, of in enumerate((2, 0, 2)):
        assert taken.shoulders[row] == pytest.approx(supposed.shoulders[of])
        assert taken.focal_px[row] == supposed.focal_px[of]


@pytest.mark.parametrize("azimuth_deg", [0.0, 35.0])
def test_texture_is_laid_onto_chest_and_face_where_it_is_seen(azimuth_deg: float) -> None:
    """A pixel of shirt or skin becomes a point that projects onto it, on every body; the chest lies before the
    shoulders."""
    supposed = SupposedBody.of(reference(azimuth_deg), other_people(5))
    texture = SimulatedPerson(azimuth_deg=azimuth_deg).look().texture
    assert texture is not None
    for pairs, place in ((texture.trunk, supposed.on_chest), (texture.head, supposed.on_face)):
        pixels = np.repeat(np.array(pairs)[None, :, :2], 5, axis=0)
        assert supposed.pixels(place(pixels)) == pytest.approx(pixels, abs=1e-6)
    chest = supposed.on_chest(np.repeat(np.array(texture.trunk)[None, :, :2], 5, axis=0))
    ahead = chest[..., 2].mean(axis=1) - supposed.shoulders[..., 2].mean(axis=1) - supposed.chest_forward
    assert np.all(ahead > 3.0)


def test_the_chest_swells_below_the_collarbones_and_falls_off_to_its_sides() -> None:
    """Seen from the front: five centimetres before the shoulders at their height, 0.35 cm more for each centimetre
    below, no more from eighteen on, less to the sides, and the same left and right."""
    supposed = SupposedBody.of(reference(), AS_SUPPOSED)
    middle = supposed.shoulders.mean(axis=1)[0]
    points = supposed.on_chest(supposed.pixels(_on_surface(middle)[None]))[0]
    assert points == pytest.approx(_on_surface(middle), abs=0.15)


def _on_surface(middle: Floats) -> Floats:
    """Points of the supposed chest, worked out by hand."""
    across = np.array([0.0, 0.0, 0.0, 10.0, -10.0])
    below = np.array([1.0, 10.0, CHEST_LOW_CM + 4.0, 10.0, 10.0])
    deep = 5.0 + 0.35 * np.minimum(below, CHEST_LOW_CM)
    ahead = deep * np.sqrt(1.0 - (across / 20.0) ** 2)
    return np.asarray(middle + np.column_stack([across, -below, ahead]))


def test_a_point_alone_is_laid_where_it_is_among_others() -> None:
    """Of one supposition and one point, arrays are laid out otherwise in memory, and nothing else."""
    supposed = SupposedBody.of(reference(), AS_SUPPOSED[:1])
    middle = supposed.shoulders[0].mean(axis=0)
    pixels = supposed.pixels((middle + np.array([[6.0, -8.0, 6.0], [-5.0, -12.0, 6.0]]))[None])
    for laid in (supposed.on_chest, supposed.on_face):
        assert np.allclose(laid(pixels[:, :1]), laid(pixels)[:, :1], atol=1e-9)


def test_without_a_face_head_texture_lies_in_the_plane_of_the_ears() -> None:
    """From the side there is no mesh to lay it on; the depth of the ears serves."""
    supposed = SupposedBody.of(replace(reference(90.0, face=False), template=None), AS_SUPPOSED)
    points = supposed.on_face(np.array([[[300.0, 200.0], [340.0, 180.0]]]))
    ears = supposed.in_camera(supposed.tragus[:, None])[0, 0, 2]
    assert supposed.in_camera(points)[0, :, 2] == pytest.approx(np.full(2, ears))
