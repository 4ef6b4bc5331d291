"""The movement check's angles: simulated people whose head and trunk are turned by known amounts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.posture.simulated_body import SimulatedPerson, unknowns
from core.posture.test_estimate import calibrated
from posturewatch.base.records import INCH_CM
from posturewatch.core.posture.geometry import turned
from posturewatch.core.posture.movement.head_on_trunk import SHIPPED, FaceGain, HeadMeter, angles_deg, camera_place

EXACT = FaceGain(np.ones(3), SHIPPED.base_deg, SHIPPED.spread, SHIPPED.again, SHIPPED.trunk, SHIPPED.unclothed)
"""The simulated face turns as it does; the networks' own gain is for real ones."""

FRONT = SimulatedPerson()
MADE = calibrated(FRONT)


@pytest.mark.parametrize(
    ("moved", "axis"),
    [
        ({"head_yaw": 50.0}, 0),
        ({"head_yaw": -50.0}, 0),
        ({"head_pitch": 35.0}, 1),
        ({"head_pitch": -35.0}, 1),
        ({"head_roll": 30.0}, 2),
        ({"head_roll": -30.0}, 2),
    ],
)
def test_a_large_turn_is_not_shrunk(moved: dict[str, float], axis: int) -> None:
    """A head that is turned, bowed or tilted as far as it goes is told to 3 degrees, with the sign of the records."""
    said = HeadMeter(MADE, EXACT).measure(FRONT.look(unknowns(**moved)))
    assert said is not None
    assert said.head[axis] == pytest.approx(next(iter(moved.values())), abs=3.0)


@pytest.mark.parametrize("trunk_yaw", [-20.0, 20.0])
def test_turning_the_trunk_does_not_count(trunk_yaw: float) -> None:
    """With the head kept towards the screen while the trunk turns, the head has turned the other way against it; with
    the head carried along it has not turned at all. Both to 3 degrees."""
    kept = HeadMeter(MADE, EXACT).measure(FRONT.look(unknowns(trunk_yaw=trunk_yaw, head_yaw=-trunk_yaw)))
    carried = HeadMeter(MADE, EXACT).measure(FRONT.look(unknowns(trunk_yaw=trunk_yaw)))
    assert kept is not None
    assert carried is not None
    assert kept.head[0] == pytest.approx(-trunk_yaw, abs=3.0)
    assert carried.head[0] == pytest.approx(0.0, abs=3.0)


def test_a_turned_trunk_is_less_sure_where_its_clothes_are_not_recognised() -> None:
    """Then its turn is told too small, so that its error grows with it; a trunk that is not turned is as sure."""
    added = {}
    for trunk_yaw in (0.0, 20.0):
        bare = replace(FRONT.look(unknowns(trunk_yaw=trunk_yaw)), texture=None)
        said = HeadMeter(MADE, EXACT).measure(bare)
        certain = HeadMeter(MADE, replace(EXACT, unclothed=np.zeros(3))).measure(bare)
        assert said is not None
        assert certain is not None
        added[trunk_yaw] = said.se[0] - certain.se[0]
    assert added[0.0] < 0.5
    assert added[20.0] > 3.0


def test_drawing_the_chin_in_is_told_in_inches() -> None:
    """An inch back is an inch back, within the error."""
    said = HeadMeter(MADE, EXACT).measure(FRONT.look(unknowns(forward=-1.0 * INCH_CM)))
    assert said is not None
    assert abs(said.forward_in + 1.0) < 2 * said.forward_se_in


def test_the_error_grows_with_the_angle_and_less_of_it_counts_between_two_checks() -> None:
    """By how much the networks see a person's nod too small is the same next week."""
    meter = HeadMeter(MADE, EXACT)
    small, large = (meter.measure(FRONT.look(unknowns(head_pitch=angle))) for angle in (3.0, 35.0))
    assert small is not None
    assert large is not None
    assert large.se[1] > small.se[1] + 2.0
    assert large.again_se[1] < large.se[1] - 2.0


def test_without_a_face_a_trunk_or_a_camera_in_front_nothing_is_told() -> None:
    """The face is gone at the end of a large turn; a camera aside is refused as a whole."""
    meter = HeadMeter(MADE)
    faceless, side = SimulatedPerson(face=False), SimulatedPerson(azimuth_deg=45.0)
    assert meter.measure(faceless.look()) is None
    assert not HeadMeter(calibrated(side)).faces
    assert HeadMeter(calibrated(side)).measure(side.look()) is None


def test_looks_that_are_joined_make_the_trunk_better_known() -> None:
    """What a check's looks share is learnt from all of them: the trunk's turn has a smaller error afterwards."""
    turns = (-40.0, -20.0, 0.0, 20.0, 40.0)
    looks = [FRONT.look(unknowns(head_yaw=yaw, trunk_yaw=yaw / 5), seed=i) for i, yaw in enumerate(turns)]
    alone, joined = HeadMeter(MADE, EXACT), HeadMeter(MADE, EXACT)
    joined.join(looks)
    before, after = alone.measure(looks[0]), joined.measure(looks[0])
    assert before is not None
    assert after is not None
    assert after.se[0] < before.se[0]


@pytest.mark.parametrize("pitch_deg", [-15.0, 15.0])
def test_the_cameras_height_is_told_from_the_eyes(pitch_deg: float) -> None:
    """A camera that looks down stands above the eyes, within its error."""
    person = SimulatedPerson(pitch_deg=pitch_deg, eyes_at=(0.5, 0.5))
    place = camera_place(calibrated(person))
    true = person.distance_cm * np.sin(np.radians(pitch_deg))
    assert abs(place.height_cm - true) < 2 * place.height_se_cm
    assert abs(place.distance_cm - person.distance_cm) < 2 * place.distance_se_cm


def test_angles_are_the_inverse_of_the_rotation() -> None:
    """Yaw, pitch and roll come back from the matrix that they make."""
    angles = np.array([34.0, -21.0, 12.0])
    assert angles_deg(turned(*np.radians(angles))) == pytest.approx(angles)
