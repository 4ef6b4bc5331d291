"""What one look offers to the fit: present, absent, or of another anchor."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.posture.simulated_body import ANCHOR, SimulatedPerson
from posturewatch.base.observation import Face, Look, Observation, Texture
from posturewatch.base.settings import UserSettings
from posturewatch.core.posture import cues
from posturewatch.core.posture.calibrator import build
from posturewatch.core.posture.cues import MOST_PAIRS, RIGID
from posturewatch.core.posture.geometry import turned

LOOK = SimulatedPerson().look()


def template() -> np.ndarray:
    """The rigid mesh of the look itself."""
    rigid = cues.mesh_points(LOOK)[list(RIGID)]
    return np.asarray(rigid - rigid.mean(axis=0))


def with_mesh(points: np.ndarray) -> Observation:
    """The look with another mesh."""
    return replace(LOOK, face=Face(tuple(tuple(float(v) for v in p) for p in points)))


def test_the_calibrated_face_is_neither_nearer_nor_turned() -> None:
    """Against itself the mesh has no scale and no turn; the pose points come in the order of the body."""
    found = cues.read(LOOK, template(), ANCHOR)
    assert found.log_scale == pytest.approx(0.0, abs=1e-9)
    assert found.turn == pytest.approx(np.eye(3), abs=1e-9)
    assert LOOK.trunk is not None
    assert tuple(found.pose[0]) == LOOK.trunk.points[11][:2]


def test_a_face_twice_as_large_and_turned_says_so() -> None:
    """Scale comes as its logarithm, the turn as a rotation in camera axes."""
    mesh = cues.mesh_points(LOOK)
    turn = turned(np.array(0.2), np.array(-0.1), np.array(0.05))
    found = cues.read(with_mesh(2.0 * mesh @ turn.T), template(), ANCHOR)
    assert found.log_scale == pytest.approx(np.log(2.0))
    assert found.turn == pytest.approx(turn)


def test_what_was_not_looked_at_is_missing_not_zero() -> None:
    """No face: NaN for mesh cues. No trunk: NaN for its points. No template: the mesh says nothing."""
    faceless = cues.read(replace(LOOK, face=None), template(), ANCHOR)
    assert np.isnan(faceless.log_scale)
    assert np.isnan(faceless.turn).all()
    trunkless = cues.read(SimulatedPerson().look(looked=Look(trunk=False)), template(), ANCHOR)
    assert np.isnan(trunkless.pose).all()
    assert np.isnan(cues.read(LOOK, None, ANCHOR).face).all()


def test_texture_of_another_anchor_is_not_used() -> None:
    """Pairs count only if they start from the anchor picture that the sitting's unknowns speak of."""
    assert len(cues.read(LOOK, template(), ANCHOR).trunk_from) == MOST_PAIRS - 6
    for other in (ANCHOR + 1, None):
        found = cues.read(LOOK, template(), other)
        assert len(found.trunk_from) == len(found.trunk_to) == len(found.head_from) == len(found.head_to) == 0


def test_more_pairs_than_are_of_use_are_left_out() -> None:
    """The first of many, all of a few, each as it was told."""
    pair = (1.0, 2.0, 3.0, 4.0)
    for given, taken in ((MOST_PAIRS + 9, MOST_PAIRS), (1, 1), (0, 0)):
        found = cues.read(replace(LOOK, texture=Texture(ANCHOR, trunk=(pair,) * given)), template(), ANCHOR)
        assert found.trunk_from.shape == found.trunk_to.shape == (taken, 2)
        assert np.all(found.trunk_from == pair[:2])
        assert np.all(found.trunk_to == pair[2:])


@pytest.mark.parametrize("azimuth_deg", [0.0, 40.0])
def test_another_calibration_is_read_as_a_look_at_its_posture(azimuth_deg: float) -> None:
    """Points, face, scale and turn of its reference, as if somebody had been seen so; no texture."""
    person = SimulatedPerson(azimuth_deg=azimuth_deg)
    made = build("desk", [person.look(t_s=0.2 * i) for i in range(8)], UserSettings())
    look, of = person.look(), made.reference
    told, seen_so = cues.of_reference(of, of.template), cues.read(look, of.template, None)
    assert told.pose == pytest.approx(seen_so.pose, abs=0.5)
    assert told.face == pytest.approx(seen_so.face, abs=0.5)
    assert (told.log_scale, told.turn) == (pytest.approx(0.0, abs=1e-6), pytest.approx(np.eye(3), abs=1e-6))
    assert len(told.trunk_from) == len(told.head_from) == 0


@pytest.mark.parametrize(
    ("lies_deg", "turn_deg"), [(0, 0), (20, 0), (-40, 0), (90, 270), (-90, 90), (180, 180), (70, 270)]
)
def test_a_turned_picture_is_told_by_how_to_turn_it_back(lies_deg: float, turn_deg: float) -> None:
    """Ears above the shoulders are upright to 45° on either side; a head that lies to the right in the picture needs
    three quarters of a turn clockwise."""
    points = np.zeros((33, 2))
    points[[7, 8]] = 100.0 * np.array([np.sin(np.radians(lies_deg)), -np.cos(np.radians(lies_deg))])
    assert cues.picture_turn_deg(points) == turn_deg
