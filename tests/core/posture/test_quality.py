"""Which looks are not to be believed, and the reason given for each."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.posture.people_for_tests import FACE_ONLY, Person, calibrated, lacking, seen, told
from posturewatch.base.observation import Lack, Look, Observation, PersonBox
from posturewatch.base.records import Estimate, Reason
from posturewatch.core.posture import quality
from posturewatch.core.posture.person_in_view import sight_of, usual_of

USUAL = usual_of(calibrated())
GOOD = told()(0.0)


def judged(
    look: Observation, estimate: Estimate | None = GOOD, *, people: tuple[PersonBox, ...] = (), lateral: bool = False
) -> Reason | None:
    """What quality says of this look against a calibration of the same person."""
    sight = sight_of(look)
    assert sight is not None
    usual = replace(USUAL, azimuth_deg=90.0) if lateral else USUAL
    return quality.objection(look, sight, usual, estimate, people=people)


def posed(**angles: float) -> Estimate:
    """An estimate with these angles."""
    estimate = told(**angles)(0.0)
    assert estimate is not None
    return estimate


def test_the_calibrated_person_is_believed() -> None:
    """Sitting as at calibration raises no objection, with both networks and with the face alone."""
    assert judged(seen(0.0)) is None
    assert judged(seen(0.0, looked=FACE_ONLY)) is None


@pytest.mark.parametrize(
    ("lack", "reason"),
    [
        (Lack.STARTING, Reason.STARTING),
        (Lack.NO_FRAME, Reason.NO_FRAME),
        (Lack.BLACK, Reason.BLACK),
        (Lack.FROZEN, Reason.FROZEN),
        (Lack.NOBODY, Reason.NOBODY),
        (Lack.CAMERA_LOST, Reason.CAMERA_LOST),
        (Lack.NETWORK_FAILED, Reason.SENSOR_FAILED),
    ],
)
def test_a_look_without_a_picture_has_its_own_reason(lack: Lack, reason: Reason) -> None:
    """Each lack is told apart."""
    assert quality.lacks(lacking(0.0, lack)) is reason


def test_a_picture_that_repeats_is_frozen_even_with_a_person_in_it() -> None:
    """Bit for bit the same for over three seconds: whoever was in it may have left."""
    assert quality.lacks(seen(9.0, still_s=3.1)) is Reason.FROZEN
    assert quality.lacks(seen(9.0, still_s=2.0)) is None


def test_a_tiny_person_is_a_ghost() -> None:
    """Shoulders under a tenth of the picture's width sit at nobody's desk."""
    assert judged(seen(0.0, Person(size_px=60))) is Reason.GHOST
    assert judged(seen(0.0, Person(size_px=19, face=False))) is Reason.GHOST


def test_a_faceless_person_far_behind_is_a_ghost() -> None:
    """Much smaller than calibrated and no face: somebody behind the chair. With a face it may be the user."""
    assert judged(seen(0.0, Person(size_px=85, face=False))) is Reason.GHOST
    assert judged(seen(0.0, Person(size_px=85))) is None


@pytest.mark.parametrize(("width_px", "reason"), [(200.0, Reason.SECOND_PERSON), (130.0, Reason.SECOND_PERSON)])
def test_a_second_person_of_the_users_size_makes_it_unreliable(width_px: float, reason: Reason) -> None:
    """From six tenths of the user's shoulders on."""
    assert judged(seen(0.0), people=(PersonBox(100.0, 150.0, width_px),)) is reason


def test_small_people_in_the_background_do_not_matter() -> None:
    """Colleagues at the far end of the room."""
    assert judged(seen(0.0), people=(PersonBox(100.0, 150.0, 70.0), PersonBox(500.0, 150.0, 50.0))) is None


@pytest.mark.parametrize("eyes", [(-12.0, 170.0), (660.0, 170.0), (320.0, -5.0), (10.0, 170.0)])
def test_out_of_the_frame_by_coordinates_whatever_visibility_says(eyes: tuple[float, float]) -> None:
    """A head over the edge is out, although each point is called visible at 0.98."""
    assert judged(seen(0.0, Person(eyes=eyes))) is Reason.OUT_OF_FRAME


def test_one_shoulder_over_the_edge_is_partly_out() -> None:
    """It was inside at calibration."""
    assert judged(seen(0.0, Person(eyes=(75.0, 170.0)))) is Reason.OUT_OF_FRAME


def test_shoulders_under_the_lower_edge_are_unseen() -> None:
    """The networks go on inventing them there."""
    assert judged(seen(0.0, Person(eyes=(320.0, 400.0)))) is Reason.SHOULDERS_UNSEEN


def test_a_shoulder_that_was_outside_at_calibration_is_no_news() -> None:
    """The narrow picture was accepted then; the estimate's own error says what it is worth."""
    narrow = Person(eyes=(75.0, 170.0))
    look = seen(0.0, narrow)
    sight = sight_of(look)
    assert sight is not None
    assert quality.objection(look, sight, usual_of(calibrated(narrow)), GOOD) is None


def test_a_face_alone_has_no_shoulders_to_complain_about() -> None:
    """A look at the face only is judged by the face only."""
    assert judged(seen(0.0, Person(eyes=(75.0, 170.0)), looked=FACE_ONLY)) is None


def test_dim_light_that_loses_the_face_is_dim() -> None:
    """Dark and no face, or so dark that points are guesses. Dark with a face goes on."""
    faceless = Person(face=False)
    assert judged(seen(0.0, faceless, brightness=30)) is Reason.DIM
    assert judged(seen(0.0, brightness=8)) is Reason.DIM
    assert judged(seen(0.0, brightness=30)) is None


def test_a_blurred_picture() -> None:
    """A tenth of the calibrated sharpness is no picture; a third is."""
    assert judged(seen(0.0, sharpness=4)) is Reason.BLURRED
    assert judged(seen(0.0, sharpness=27)) is None


def hidden(look: Observation, *, lateral: bool = False) -> bool | None:
    """Whether quality misses a face that ought to be there."""
    sight = sight_of(look)
    assert sight is not None
    return quality.face_hidden(look, sight, replace(USUAL, azimuth_deg=90.0) if lateral else USUAL)


def test_a_straight_head_without_a_face_is_hidden() -> None:
    """A cup, a mask or a hand is before it, or the network blundered; with a face it is not."""
    assert hidden(seen(0.0, Person(face=False))) is True
    assert hidden(seen(0.0)) is False


@pytest.mark.parametrize("person", [Person(face=False, below=0.6), Person(face=False, aside=0.5)])
def test_a_bowed_or_turned_head_without_a_face_tells_nothing(person: Person) -> None:
    """The face network misses such heads by itself; the estimate says what it knows."""
    assert hidden(seen(0.0, person)) is None


def test_ears_that_are_found_close_together_do_not_make_a_head_look_aside() -> None:
    """A head is no narrower than a quarter of the body's size: a nose that lies a few pixels beside ears that the pose
    network has put upon one another is straight before them, and its face is hidden."""
    look = seen(0.0, Person(face=False))
    sight = sight_of(look)
    assert sight is not None
    assert sight.head is not None
    (x, y), apart = sight.head.nose, 0.1 * sight.size_px
    narrow = replace(sight.head, ears=((x - 0.4 * apart, y), (x + 0.6 * apart, y)), nose=(x - 0.25 * apart, y))
    usual = replace(USUAL, head=replace(sight.head, ears=((x - apart, y), (x + apart, y))))
    assert quality.face_hidden(look, replace(sight, head=narrow), usual) is True


def test_no_face_is_expected_from_the_side() -> None:
    """Nor where nobody looked for one."""
    assert hidden(seen(0.0, Person(face=False)), lateral=True) is None
    assert hidden(seen(0.0, looked=Look(face=False))) is None


def test_one_look_without_a_face_is_no_objection_and_a_covered_face_is() -> None:
    """A single miss goes on with the pose network's points and their larger error."""
    look = seen(0.0, Person(face=False))
    sight = sight_of(look)
    assert sight is not None
    assert judged(look) is None
    assert quality.objection(look, sight, USUAL, GOOD, covered=True) is Reason.FACE_COVERED


@pytest.mark.parametrize(
    ("angles", "reason"),
    [
        ({"head_yaw_deg": 50.0}, Reason.TURNED),
        ({"head_yaw_deg": -50.0}, Reason.TURNED),
        ({"head_pitch_deg": 60.0}, Reason.NODDED),
        ({"head_pitch_deg": -45.0}, Reason.NODDED),
        ({"head_roll_deg": 32.0}, Reason.TILTED),
        ({"trunk_yaw_deg": 50.0}, Reason.NOT_AS_CALIBRATED),
        ({"distance_cm": 0.4 * USUAL.distance_cm}, Reason.TOO_NEAR),
        ({"distance_cm": 2.0 * USUAL.distance_cm}, Reason.TOO_FAR),
    ],
)
def test_posture_beyond_what_can_be_measured(angles: dict[str, float], reason: Reason) -> None:
    """Each limit has its reason."""
    assert judged(seen(0.0), posed(**angles)) is reason


@pytest.mark.parametrize(
    "angles",
    [
        {"head_yaw_deg": 33.0},
        {"head_pitch_deg": 40.0},
        {"head_pitch_deg": -21.0},
        {"head_roll_deg": 15.0},
        {"trunk_yaw_deg": 25.0},
        {"distance_cm": 0.65 * USUAL.distance_cm},
        {"distance_cm": 1.5 * USUAL.distance_cm},
    ],
)
def test_posture_within_a_working_day_is_answered(angles: dict[str, float]) -> None:
    """Text-neck at 40°, a glance to the side, rolling nearer: the estimate's own error decides."""
    assert judged(seen(0.0), posed(**angles)) is None


@pytest.mark.parametrize("angles", [{}, {"head_yaw_deg": 35.0}, {"head_pitch_deg": 45.0}, {"fht_in": 2.6}])
def test_an_uncertain_estimate_is_no_objection(angles: dict[str, float]) -> None:
    """The error grows with the distance, so a limit on it would refuse the worst postures first: what the estimate can
    tell is judged by its probability, not here."""
    for se_in in (0.8, 1.2, 3.0):
        assert judged(seen(0.0), posed(se_in=se_in, **angles)) is None


def test_a_picture_on_its_side_or_its_head_is_not_believed() -> None:
    """The networks find somebody in it all the same; by ears and shoulders it is told, on any side, and before anything
    else about it."""
    for turn_deg in (90.0, 180.0, 270.0):
        assert judged(turned_about(seen(0.0), turn_deg)) is Reason.PICTURE_TURNED


@pytest.mark.parametrize("turn_deg", [-35.0, -20.0, -10.0, 0.0, 10.0, 20.0, 35.0])
def test_a_picture_that_stands_aslant_is_not_as_calibrated(turn_deg: float) -> None:
    """A camera that was tipped: its inches would be wrong by more than is said. From the side it cannot be told so."""
    aslant = turned_about(seen(0.0), turn_deg)
    assert judged(aslant) is (Reason.NOT_AS_CALIBRATED if abs(turn_deg) > quality.ROLLED_DEG else None)
    assert judged(aslant, lateral=True) is None


def turned_about(look: Observation, turn_deg: float) -> Observation:
    """The look with its person turned about the middle of the chest, and no face found."""
    assert look.trunk is not None
    x, y = np.array(look.trunk.points)[:, 0], np.array(look.trunk.points)[:, 1]
    turn = np.radians(turn_deg)
    across, down = x - 320.0, y - 240.0
    points = np.array(look.trunk.points)
    points[:, 0] = 320.0 + np.cos(turn) * across - np.sin(turn) * down
    points[:, 1] = 240.0 + np.sin(turn) * across + np.cos(turn) * down
    rows = tuple(tuple(float(v) for v in row) for row in points)
    return replace(look, face=None, trunk=replace(look.trunk, points=rows))


def test_nothing_to_estimate_from_says_what_is_missing() -> None:
    """A face whose shoulders nobody has looked for yet is a start; one without shoulders is not."""
    assert judged(seen(0.0), None) is Reason.TOO_UNCERTAIN
    assert judged(seen(0.0, looked=FACE_ONLY), None) is Reason.STARTING
    assert judged(replace(seen(0.0), trunk=None), None) is Reason.SHOULDERS_UNSEEN


def test_another_picture_size_is_not_as_calibrated() -> None:
    """Pixels of one size mean nothing in the other."""
    assert judged(seen(0.0, width_px=1280)) is Reason.NOT_AS_CALIBRATED


def test_reasons_do_not_depend_on_where_the_picture_is_mirrored() -> None:
    """The same person at the other side of the picture gets the same answer."""
    for x in (75.0, 565.0):
        assert judged(seen(0.0, Person(eyes=(x, 170.0)))) is Reason.OUT_OF_FRAME
    for aside in (-0.1, 0.1):
        assert hidden(seen(0.0, Person(face=False, aside=aside))) is True
