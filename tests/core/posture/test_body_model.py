"""The articulated body: where its points go when it moves, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from core.posture.simulated_body import unknowns
from posturewatch.core.posture import body_model

HIP = np.array(body_model.PIVOT["hip"])
TRAGUS = np.array(body_model.PIVOT["tragus"])
NOSE = np.array([body_model.PIVOT["nose"]])
CHEST = np.array([[0.0, -30.0, -3.0]])
SHOULDERS = np.array([body_model.PIVOT[name] for name in body_model.SHOULDERS])


def posed(**moved: float) -> body_model.Posed:
    """The body in one posture."""
    return body_model.pose(unknowns(**moved)[None], HIP, TRAGUS)


def test_upright_nothing_has_moved() -> None:
    """With every unknown at zero each point is where it was calibrated."""
    still = posed()
    assert still.tragus[0] == pytest.approx(TRAGUS)
    assert body_model.on_head(still, NOSE, TRAGUS)[0] == pytest.approx(NOSE)
    assert body_model.on_trunk(still, CHEST, HIP)[0] == pytest.approx(CHEST)
    assert body_model.shoulders(still, unknowns()[None], SHOULDERS, HIP)[0] == pytest.approx(SHOULDERS)


def test_the_head_goes_forward_and_sinks() -> None:
    """Five centimetres forward bring the tragus 5 cm forward and 2 cm down; the trunk stays."""
    moved = posed(forward=5.0)
    assert moved.tragus[0] - TRAGUS == pytest.approx([0.0, -2.0, 5.0])
    assert body_model.on_trunk(moved, CHEST, HIP)[0] == pytest.approx(CHEST)


def test_a_rolling_chair_moves_everything_alike() -> None:
    """Hip, chest, nose and tragus go by the same way."""
    moved = posed(hip_left=4.0, hip_forward=-7.0, hip_up=1.0)
    by = np.array([4.0, 1.0, -7.0])
    assert moved.tragus[0] - TRAGUS == pytest.approx(by)
    assert body_model.on_head(moved, NOSE, TRAGUS)[0] - NOSE == pytest.approx(by[None])
    assert body_model.on_trunk(moved, CHEST, HIP)[0] - CHEST == pytest.approx(by[None])


def test_a_lean_swings_the_head_about_the_hip_by_its_height() -> None:
    """By 30° a point h above and b before the hip goes forward by h/2 − b(1 − cos 30°)."""
    moved = posed(lean=30.0)
    up, ahead = TRAGUS[1] - HIP[1], TRAGUS[2] - HIP[2]
    assert moved.tragus[0][2] - TRAGUS[2] == pytest.approx(0.5 * up - ahead * (1 - np.cos(np.radians(30))))
    assert moved.head[0] == pytest.approx(moved.trunk[0])


@pytest.mark.parametrize("turn", ["head_pitch", "head_yaw", "head_roll"])
def test_turning_the_head_on_the_spot_leaves_the_tragus(turn: str) -> None:
    """Nodding, turning and tilting are about the middle between the ears, and move the nose."""
    moved = posed(**{turn: 20.0})
    assert moved.tragus[0] == pytest.approx(TRAGUS)
    assert float(np.linalg.norm(body_model.on_head(moved, NOSE, TRAGUS)[0] - NOSE)) > 0.3


def test_a_nod_lowers_the_nose_and_a_turn_brings_it_to_the_left() -> None:
    """The signs of the records: pitch + nose down, yaw + to the person's left."""
    down = body_model.on_head(posed(head_pitch=20.0), NOSE, TRAGUS)[0, 0] - NOSE[0]
    left = body_model.on_head(posed(head_yaw=20.0), NOSE, TRAGUS)[0, 0] - NOSE[0]
    assert down[1] < -2.0
    assert left[0] > 2.0


def test_shoulders_rise_and_round_without_the_trunk() -> None:
    """A shrug lifts both; protraction brings both forward and a little inward; the chest stays."""
    moved = unknowns(shrug=2.0, protraction=1.0)
    both = body_model.shoulders(posed(shrug=2.0, protraction=1.0), moved[None], SHOULDERS, HIP)[0] - SHOULDERS
    assert both == pytest.approx(np.array([[-0.3, 2.0, 1.0], [0.3, 2.0, 1.0]]))


def test_the_mirrored_movement_is_the_mirror_image() -> None:
    """Yaw, roll and sideways shifts turned round give the same body seen in a mirror."""
    one = posed(trunk_yaw=12.0, trunk_roll=5.0, sideways=2.0, head_yaw=-15.0, forward=3.0)
    other = posed(trunk_yaw=-12.0, trunk_roll=-5.0, sideways=-2.0, head_yaw=15.0, forward=3.0)
    mirror = np.array([-1.0, 1.0, 1.0])
    assert other.tragus[0] == pytest.approx(one.tragus[0] * mirror)
    assert body_model.on_head(other, NOSE, TRAGUS)[0] == pytest.approx(
        body_model.on_head(one, NOSE, TRAGUS)[0] * mirror
    )


def test_a_batch_is_each_body_by_itself() -> None:
    """Many postures at once, of one body or of a body each, are where they are one by one."""
    moved = np.array([unknowns(forward=3.0, lean=5.0), unknowns(head_yaw=20.0, hip_left=4.0)])
    hips, tragi = (
        HIP + np.array([[0.0, 0.0, 0.0], [1.0, 2.0, 0.5]]),
        TRAGUS + np.array([[0.0, 0.0, 0.0], [0.0, 1.0, -1.0]]),
    )
    drops = np.array([0.4, 0.7])
    many = body_model.pose(moved, hips, tragi, drops)
    points = np.stack([NOSE, NOSE + 1.0])
    for i in range(2):
        one = body_model.pose(moved[i : i + 1], hips[i], tragi[i], float(drops[i]))
        assert many.tragus[i] == pytest.approx(one.tragus[0])
        assert body_model.on_head(many, points, tragi)[i] == pytest.approx(
            body_model.on_head(one, points[i], tragi[i])[0]
        )
        assert body_model.on_trunk(many, points, hips)[i] == pytest.approx(
            body_model.on_trunk(one, points[i], hips[i])[0]
        )


def test_a_neck_sinks_as_it_is_told() -> None:
    """By 0.7 cm for each centimetre forward where that is the neck's way."""
    moved = body_model.pose(unknowns(forward=5.0)[None], HIP, TRAGUS, 0.7)
    assert moved.tragus[0] - TRAGUS == pytest.approx([0.0, -3.5, 5.0])


def test_the_pose_network_sees_a_share_of_a_heads_turns_about_the_face() -> None:
    """On a head that nods, turns or tilts by 20 degrees its points lie as on one that does so by 0.4 or 0.6 of it, and
    the middle of the face is where it is; a head that only slides it sees where it is."""
    face, points = np.array([body_model.PIVOT["face"]]), np.stack([NOSE])
    for name, share in (("head_pitch", 0.4), ("head_yaw", 0.6), ("head_roll", 0.6)):
        whole, less = posed(**{name: 20.0}, forward=3.0), posed(**{name: 20.0 * share}, forward=3.0)
        seen = (
            body_model.as_pose_network_sees(whole, points, face, TRAGUS)[0] - body_model.on_head(whole, face, TRAGUS)[0]
        )
        drawn = body_model.on_head(less, NOSE, TRAGUS)[0] - body_model.on_head(less, face, TRAGUS)[0]
        assert seen == pytest.approx(drawn)
        assert body_model.as_pose_network_sees(whole, face[None], face, TRAGUS)[0] == pytest.approx(
            body_model.on_head(whole, face, TRAGUS)[0]
        )
    slid = posed(forward=3.0, sideways=1.0)
    assert body_model.as_pose_network_sees(slid, points, face, TRAGUS) == pytest.approx(
        body_model.on_head(slid, NOSE, TRAGUS)
    )
