"""The movement check's angles: simulated people whose head and trunk are turned by known amounts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.posture.simulated_body import SimulatedPerson, unknowns
from core.posture.test_estimate import calibrated
from posturewatch.base.records import INCH_CM
from posturewatch.core.posture.geometry import turned
from posturewatch.core.posture.movement.head_on_trunk import SHIPPED, HeadMeter, angles_deg, camera_place
from posturewatch.core.posture.movement.pose_nod import SHIPPED_NOD

EXACT = replace(SHIPPED, gain=np.ones(3), nod=replace(SHIPPED_NOD, per_deg=0.011, per_slope=0.0))
"""The simulated face and ears turn as they do; the networks' own gain is for real ones."""

FRONT = SimulatedPerson(pose_turns=False)
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


BOWED_FACELESS = SimulatedPerson(face=False, pose_turns=False)
"""The face network finds no face in most deep nods; nose, eyes and ears are found."""


@pytest.mark.parametrize("trunk_lean", [0.0, 10.0])
def test_a_deep_nod_is_told_where_no_face_is_found(trunk_lean: float) -> None:
    """Against the trunk, to 5 degrees of 20 to 45, and within its error, which is larger than a face's; of turning,
    tilting and the chin, which the points do not tell, nothing is said."""
    for angle in (20.0, 30.0, 45.0 - trunk_lean):
        moved = unknowns(head_pitch=angle, lean=trunk_lean)
        said, seen = (HeadMeter(MADE, EXACT).measure(person.look(moved)) for person in (BOWED_FACELESS, FRONT))
        assert said is not None
        assert seen is not None
        assert said.head[1] == pytest.approx(angle, abs=5.0)
        assert said.se[1] > seen.se[1]
        assert said.again_se[1] < said.se[1]
        assert np.isnan([said.head[0], said.head[2], said.forward_in]).all()


@pytest.mark.parametrize(
    "moved",
    [{"head_pitch": 8.0}, {"head_pitch": -30.0}, {"head_pitch": 65.0}, {"head_pitch": 30.0, "head_yaw": 40.0}],
    ids=["hardly bowed", "raised", "further than anybody's was compared", "turned aside"],
)
def test_what_hides_the_face_otherwise_is_no_nod(moved: dict[str, float]) -> None:
    """A face that is not found while the head is upright, raised or turned is hidden by something else: nothing is
    told; nor of a nod deeper than any whose truth is known."""
    assert HeadMeter(MADE, EXACT).measure(BOWED_FACELESS.look(unknowns(**moved))) is None


def test_a_face_that_tells_a_nod_too_small_is_corrected_by_the_points() -> None:
    """Of some people the face network sees two thirds of a nod: with the points it is told nearer to what it is, with a
    smaller error; a nod that the face does not see at all is not made up by the points."""
    two_thirds = replace(EXACT, gain=np.array([1.0, 0.66, 1.0]))
    look = FRONT.look(unknowns(head_pitch=36.0))
    together = HeadMeter(MADE, two_thirds).measure(look)
    alone = HeadMeter(MADE, replace(two_thirds, nod=replace(EXACT.nod, per_deg=1.0))).measure(look)
    assert together is not None
    assert alone is not None
    assert alone.head[1] + 3.0 < together.head[1] < 36.0
    assert together.se[1] < alone.se[1]
    level = HeadMeter(MADE, replace(EXACT, gain=np.array([1.0, 0.1, 1.0]))).measure(look)
    assert level is not None
    assert level.head[1] == pytest.approx(3.6, abs=1.0)


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
