"""What one look offers to the fit: present, absent, or of another anchor."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.posture.simulated_body import ANCHOR, SimulatedPerson
from posturewatch.base.observation import Face, Look, Observation, Texture
from posturewatch.core.posture import cues
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
    assert float(found.log_scale[0]) == pytest.approx(0.0, abs=1e-9)
    assert found.turn[0] == pytest.approx(np.eye(3), abs=1e-9)
    assert LOOK.trunk is not None
    assert tuple(found.pose[0, 0]) == LOOK.trunk.points[11][:2]
    assert len(found) == 1


def test_a_face_twice_as_large_and_turned_says_so() -> None:
    """Scale comes as its logarithm, the turn as a rotation in camera axes."""
    mesh = cues.mesh_points(LOOK)
    turn = turned(np.array(0.2), np.array(-0.1), np.array(0.05))
    found = cues.read(with_mesh(2.0 * mesh @ turn.T), template(), ANCHOR)
    assert float(found.log_scale[0]) == pytest.approx(np.log(2.0))
    assert found.turn[0] == pytest.approx(turn)


def test_what_was_not_looked_at_is_missing_not_zero() -> None:
    """No face: NaN for mesh cues. No trunk: NaN for its points. No template: the mesh says nothing."""
    faceless = cues.read(replace(LOOK, face=None), template(), ANCHOR)
    assert np.isnan(faceless.log_scale[0])
    assert np.isnan(faceless.turn).all()
    trunkless = cues.read(SimulatedPerson().look(looked=Look(trunk=False)), template(), ANCHOR)
    assert np.isnan(trunkless.pose).all()
    assert np.isnan(cues.read(LOOK, None, ANCHOR).face).all()


def test_texture_of_another_anchor_is_not_used() -> None:
    """Pairs count only if they start from the anchor that is tied to the calibration."""
    assert np.isfinite(cues.read(LOOK, template(), ANCHOR).trunk_from).any()
    assert np.isnan(cues.read(LOOK, template(), ANCHOR + 1).trunk_from).all()
    assert np.isnan(cues.read(LOOK, template(), None).head_from).all()


def test_pairs_have_a_fixed_width() -> None:
    """Looks with few and with many pairs can stand in one batch."""
    many = replace(LOOK, texture=Texture(ANCHOR, trunk=((1.0, 2.0, 3.0, 4.0),) * (MOST_PAIRS + 9)))
    few = replace(LOOK, texture=Texture(ANCHOR, trunk=((1.0, 2.0, 3.0, 4.0),)))
    both = cues.join([cues.read(one, template(), ANCHOR) for one in (many, few)])
    assert both.trunk_from.shape == (2, MOST_PAIRS, 2)
    assert int(np.isfinite(both.trunk_to[..., 0]).sum()) == MOST_PAIRS + 1
    assert len(both) == 2
