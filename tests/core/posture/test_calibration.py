"""Calibration: what it makes of somebody who sits still, what it refuses and why, and how it is kept."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.posture.simulated_body import ANCHOR, ZERO, SimulatedPerson, unknowns
from posturewatch.base.errors import CalibrationError, DataError
from posturewatch.base.observation import BURNT, Lack, Look, Observation, PersonBox
from posturewatch.base.records import Reason
from posturewatch.base.settings import UserSettings
from posturewatch.core.posture.calibration import Calibration
from posturewatch.core.posture.calibrator import (
    DARK,
    ENOUGH_FRAMES,
    LEAST_FRAMES,
    SPAN_S,
    TIE_FRAMES,
    TIE_SPAN_S,
    Calibrator,
    build,
    hinders,
)
from posturewatch.core.posture.shared_unknowns import PERSONAL
from posturewatch.core.posture.supposed_body import PERSON as NAMES

PERSON = SimulatedPerson(scatter_px=0.5)
USER = UserSettings()


def sitting(
    count: int = ENOUGH_FRAMES + 1, person: SimulatedPerson = PERSON, *, sway_cm: float = 0.2
) -> list[Observation]:
    """Looks at somebody who sits as still as people do."""
    rng = np.random.default_rng(4)
    return [
        person.look(unknowns(forward=float(a), hip_forward=float(b)), t_s=0.5 * i, seed=i)
        for i, (a, b) in enumerate(rng.normal(0, sway_cm, (count, 2)))
    ]


def fed(looks: list[Observation]) -> Calibrator:
    """A calibrator that has seen these looks."""
    calibrator = Calibrator("desk", USER)
    for look in looks:
        calibrator.feed(look)
    return calibrator


MADE = fed(sitting()).result()


def test_sitting_still_makes_a_calibration() -> None:
    """Twenty looks at somebody still: the view, the anchor and a baseline good to a tenth of an inch."""
    assert (MADE.profile, MADE.frames, MADE.view, MADE.has_face) == ("desk", ENOUGH_FRAMES + 1, "frontal", True)
    assert MADE.shared.anchor_id == ANCHOR
    assert 0.03 <= MADE.repeatability_in < 0.1
    assert (MADE.width_px, MADE.height_px) == (640, 480)
    assert MADE.eyes_px == pytest.approx((320, 192), abs=1.0)
    assert (MADE.brightness, MADE.sharpness) == (120.0, 80.0)


@pytest.mark.parametrize(
    ("azimuth_deg", "view"), [(0.0, "frontal"), (-20.0, "frontal"), (42.0, "oblique"), (-88.0, "lateral")]
)
def test_the_view_is_named_by_where_the_camera_stands(azimuth_deg: float, view: str) -> None:
    """Frontal to 28°, oblique to 65°, lateral beyond; a side view is calibrated without a face."""
    person = replace(PERSON, azimuth_deg=azimuth_deg, face=abs(azimuth_deg) < 65)
    made = fed(sitting(person=person)).result()
    assert made.view == view
    assert made.has_face is person.face
    assert made.azimuth_deg == pytest.approx(azimuth_deg, abs=5.0)


def test_somebody_who_sways_has_a_worse_baseline() -> None:
    """The repeatability is that of the looks themselves."""
    assert fed(sitting(sway_cm=1.0)).result().repeatability_in > 1.5 * MADE.repeatability_in


def test_looks_that_resemble_one_another_count_for_less() -> None:
    """A slow drift is as wide as the same values in disorder, and makes the baseline less certain."""
    way = np.linspace(-1.2, 1.2, 24)
    mixed = np.random.default_rng(8).permutation(way)
    slow, fast = (
        build("desk", [PERSON.look(unknowns(forward=float(cm)), t_s=0.4 * i) for i, cm in enumerate(path)], USER)
        for path in (way, mixed)
    )
    assert slow.repeatability_in > 1.5 * fast.repeatability_in


def test_progress_asks_for_time_as_well_as_for_looks() -> None:
    """Twenty looks within a second are not ten seconds of sitting still; a look that the gate passed over is none."""
    hasty, patient = Calibrator("desk", USER), Calibrator("desk", USER)
    for i in range(ENOUGH_FRAMES):
        hasty.feed(PERSON.look(t_s=0.05 * i))
    shares = [patient.feed(PERSON.look(t_s=SPAN_S / 20 * i, seed=i)).share for i in range(21)]
    gated = Observation(3.0, 1, 640, 480, Look(), lack=Lack.GATED)
    assert hasty.feed(gated).share < 0.2
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_whoever_moves_begins_again() -> None:
    """A head that goes 12 cm aside drops what was collected, and says so."""
    calibrator = fed(sitting(8))
    progress = calibrator.feed(PERSON.look(unknowns(hip_left=12.0), t_s=5.0))
    assert progress.share == 0.0
    assert progress.words
    with pytest.raises(CalibrationError):
        calibrator.result()


def altered(**fields: Any) -> Observation:
    """A good look with something wrong."""
    return replace(PERSON.look(), **fields)


def shoulders_below() -> Observation:
    """Somebody so near that the shoulders are under the picture."""
    near = replace(PERSON, distance_cm=24.0, eyes_at=(0.5, 0.5)).look()
    return replace(near, face=None)


@pytest.mark.parametrize(
    ("look", "reason"),
    [
        (Observation(0.0, 0, 640, 480, Look(), lack=Lack.BLACK), Reason.BLACK),
        (Observation(0.0, 0, 640, 480, Look(), lack=Lack.FROZEN), Reason.FROZEN),
        (Observation(0.0, 0, 640, 480, Look(), lack=Lack.NOBODY), Reason.NOBODY),
        (Observation(0.0, 0, 640, 480, Look(), lack=Lack.CAMERA_LOST), Reason.CAMERA_LOST),
        (Observation(0.0, 0, 640, 480, Look(), lack=Lack.NETWORK_FAILED), Reason.NO_FRAME),
        (altered(trunk=None), Reason.SHOULDERS_UNSEEN),
        (altered(trunk=None, face=None), Reason.NOBODY),
        (altered(brightness=DARK - 1), Reason.DIM),
        (altered(brightness=BURNT + 1), Reason.TOO_BRIGHT),
        (altered(brightness=BURNT + 1, trunk=None), Reason.TOO_BRIGHT),
        (altered(brightness=BURNT + 1, trunk=None, face=None, lack=Lack.NOBODY), Reason.TOO_BRIGHT),
        (altered(people=(PersonBox(500.0, 200.0, 200.0),)), Reason.SECOND_PERSON),
        (replace(PERSON, distance_cm=400.0).look(), Reason.TOO_FAR),
        (replace(PERSON, eyes_at=(0.05, 0.4)).look(), Reason.OUT_OF_FRAME),
        (replace(PERSON, eyes_at=(0.5, -0.02)).look(), Reason.OUT_OF_FRAME),
        (shoulders_below(), Reason.SHOULDERS_UNSEEN),
    ],
    ids=lambda value: value.value if isinstance(value, Reason) else "",
)
def test_a_look_that_cannot_serve_says_why(look: Observation, reason: Reason) -> None:
    """Each hindrance has its own reason, and the calibrator passes it on."""
    assert hinders(look) is reason
    assert Calibrator("desk", USER).feed(look).reason is reason


def test_a_good_look_is_not_hindered() -> None:
    """Nothing speaks against somebody who sits there, nor against a small figure far behind them."""
    assert hinders(PERSON.look()) is None
    assert hinders(altered(people=(PersonBox(600.0, 100.0, 30.0),))) is None


def test_no_picture_at_all_is_told_apart_from_bad_ones() -> None:
    """Without any look the advice is to check the camera."""
    with pytest.raises(CalibrationError) as refused:
        Calibrator("desk", USER).result()
    assert refused.value.hint


def test_the_refusal_names_what_hindered_most() -> None:
    """What failed is counted, not what passed, and the commonest hindrance stands in the sentence."""
    dark = [altered(brightness=5.0)] * 12
    with pytest.raises(CalibrationError) as refused:
        fed(sitting(LEAST_FRAMES - 1) + dark).result()
    assert refused.value.message.startswith(f"12 of {LEAST_FRAMES - 1 + 12} pictures could not be used")
    assert "dark" in refused.value.message.lower()


def test_several_people_are_the_reason_of_a_refusal() -> None:
    """Somebody as large beside the user: said as such."""
    looks = sitting(20)
    beside = [replace(look, people=(PersonBox(100.0, 200.0, 400.0),)) for look in looks]
    with pytest.raises(CalibrationError) as refused:
        fed(beside).result()
    assert "20 of 20" in refused.value.message
    assert refused.value.message.endswith("I see more than one person.")


def accompanied(seen_at: tuple[int, ...]) -> list[Observation]:
    """Thirty looks, in some of which somebody as large is found beside the user."""
    company = (PersonBox(100.0, 200.0, 400.0),)
    return [replace(look, people=company if i in seen_at else ()) for i, look in enumerate(sitting(30))]


def test_somebody_beside_the_user_all_the_while_is_no_passer_by() -> None:
    """The detector finds a second face in some looks only, here and there: still two people sit there. Somebody who
    passes is left out of the looks, and the calibration stands."""
    with pytest.raises(CalibrationError, match="I see more than one person"):
        fed(accompanied((3, 9, 16, 24))).result()
    assert fed(accompanied((10, 11, 12, 13))).result().frames == 26


@pytest.mark.parametrize("turns", [2, 15])
def test_two_people_one_after_the_other_are_no_baseline(turns: int) -> None:
    """Told by what they wear, by turns or one after the other; one person's shadows move its tone by less."""
    tones = ((0.5, 0.4, 0.3), (-0.9, 0.2, 0.1))
    looks = [replace(look, clothes_tone=tones[i // turns % 2]) for i, look in enumerate(sitting(30))]
    with pytest.raises(CalibrationError, match="more than one person, or clothes were changed") as refused:
        fed(looks).result()
    assert refused.value.hint
    shadows = [(0.5 + 0.3 * (i % 3), 0.4 + 0.3 * (i % 3), 0.3 + 0.3 * (i % 3)) for i in range(30)]
    calm = [replace(look, clothes_tone=tone) for look, tone in zip(sitting(30), shadows, strict=True)]
    assert fed(calm).result().frames == 30


def test_few_good_looks_among_many_bad_ones_are_no_calibration() -> None:
    """Twelve usable looks of forty are somebody who was hardly there."""
    with pytest.raises(CalibrationError):
        fed(sitting(12) + [altered(brightness=5.0)] * 28).result()


def test_somebody_seen_from_behind_is_refused() -> None:
    """A camera behind the chair sees ears and shoulders, and measures nothing."""
    behind = replace(PERSON, azimuth_deg=170.0, face=False, texture=False)
    with pytest.raises(CalibrationError):
        fed(sitting(person=behind)).result()


def test_somebody_who_never_sat_still_is_refused() -> None:
    """A head that wanders by 10 cm, too slowly to begin again, leaves no baseline."""
    path = np.linspace(-3.0, 7.0, 24)
    with pytest.raises(CalibrationError):
        fed([PERSON.look(unknowns(forward=float(cm)), t_s=0.4 * i) for i, cm in enumerate(path)]).result()


def test_pictures_of_two_sizes_do_not_mix() -> None:
    """A camera that changes its resolution meanwhile begins the collection anew."""
    large = replace(PERSON, width_px=1280, height_px=960, focal_px=914.0)
    calibrator = fed(sitting(8))
    assert calibrator.feed(large.look(t_s=9.0)).share == 0.0


def test_json_brings_the_same_calibration_back() -> None:
    """With a face and without, with texture and without: every number comes back, but that what hangs together closely
    is kept a hundred-thousandth looser; ten times over, it is still the same."""
    side = fed(sitting(person=replace(PERSON, azimuth_deg=90.0, face=False, texture=False))).result()
    for made in (MADE, side):
        back = Calibration.from_json(made.to_json())
        for _ in range(9):
            back = Calibration.from_json(back.to_json())
        told, again = json.loads(made.to_json()), json.loads(back.to_json())
        for kept in (told["shared"], again["shared"]):
            assert kept.pop("anchor_id") == made.shared.anchor_id
        assert again["shared"]["mean"] == pytest.approx(told["shared"]["mean"])
        assert again["shared"]["deviation"] == pytest.approx(told["shared"]["deviation"], rel=1e-4)
        assert again["shared"]["correlation"] == pytest.approx(told["shared"]["correlation"], abs=2e-4)
        assert again | {"shared": 0} == told | {"shared": 0}
        assert back.reference.attached == pytest.approx(made.reference.attached)
        assert (back.view, back.has_face, back.frames) == (made.view, made.has_face, made.frames)


def test_no_picture_is_in_a_calibration() -> None:
    """What is kept is under a thousand numbers and the profile's name."""
    kept = _leaves(json.loads(MADE.to_json()))
    assert len(kept) < 1000
    assert len(MADE.to_json()) < 12_000
    assert {value for value in kept if isinstance(value, str)} == {"desk"}


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for part in value.values() for leaf in _leaves(part)]
    if isinstance(value, list):
        return [leaf for part in value for leaf in _leaves(part)]
    return [value]


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"format": 99}', "not json", '{"format": 1}', "[" * 80_000])
def test_what_is_no_calibration_is_refused(text: str) -> None:
    """Anything else raises DataError with advice, and nothing but that."""
    with pytest.raises(DataError) as refused:
        Calibration.from_json(text)
    assert refused.value.hint


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_damaged_calibration_never_comes_back_half(data: st.DataObject) -> None:
    """A value that was lost, swapped for another kind, or made infinite is refused, or harmless."""
    kept = json.loads(MADE.to_json())
    holder = kept["reference"] if data.draw(st.booleans()) else kept
    key = data.draw(st.sampled_from(sorted(holder)))
    bad = st.sampled_from([None, "x", [], {}, [1, 2], float("nan"), float("inf"), -1e400, 0, -640])
    if data.draw(st.booleans()):
        del holder[key]
    else:
        holder[key] = data.draw(bad)
    try:
        back = Calibration.from_json(json.dumps(kept))
    except DataError:
        return
    assert min(back.width_px, back.height_px, back.reference.focal_px) > 0
    assert np.isfinite(back.reference.attached).all()
    assert np.isfinite([back.repeatability_in, back.azimuth_deg, back.reference.focal_px]).all()


@pytest.mark.parametrize(
    "change",
    [
        {"repeatability_in": -0.1},
        {"frames": 0},
        {"azimuth_deg": 1e300},
        {"pitch_deg": 91},
        {"shoulder_px": -1},
        {"pupils_px": 0},
        {"brightness": 256},
        {"sharpness": -1},
        {"reference": {"to_camera": [[1, 0, 0], [0, 1, 0], [0, 0, 2]]}},
        {"reference": {"to_camera": [[1, 0, 0], [0, 1, 0], [0, 0, -1]]}},
        {"reference": {"spread_scale": 0}},
        {"reference": {"width_px": 1e9}},
    ],
    ids=str,
)
def test_numbers_that_nobody_can_have_are_no_calibration(change: dict[str, Any]) -> None:
    """Imported, or edited by hand: distances measured against it would be wrong without a word."""
    kept = json.loads(MADE.to_json())
    kept["reference"] |= change.pop("reference", {})
    with pytest.raises(DataError):
        Calibration.from_json(json.dumps(kept | change))


def test_upright_measured_against_itself_is_zero() -> None:
    """The calibrated posture, seen again, has no forward translation."""
    again = build("desk", [PERSON.look(ZERO, t_s=float(i), seed=i) for i in range(12)], USER)
    assert abs(again.reference.distance_cm - MADE.reference.distance_cm) < 1.0


# --------------------------------------------------------------------------- one posture, the right way up


def test_a_head_that_goes_to_and_fro_is_no_baseline() -> None:
    """Upright and two and a half inches forward by turns: more than one posture, whatever its middle repeats to. Who
    slumps half way through is told the same."""
    to_and_fro = [PERSON.look(unknowns(forward=6.3 * (i // 4 % 2)), t_s=0.5 * i, seed=i) for i in range(24)]
    slumped = [PERSON.look(unknowns(forward=3.5 * (i >= 12)), t_s=0.5 * i, seed=i) for i in range(24)]
    for looks in (to_and_fro, slumped):
        with pytest.raises(CalibrationError, match="more than one posture") as refused:
            fed(looks).result()
        assert refused.value.hint


def turned_about(look: Observation, turns: int) -> Observation:
    """The look in a picture that was turned clockwise by so many quarters; the face network finds nobody."""
    assert look.trunk is not None
    points = np.array(look.trunk.points)
    width, height = look.width_px, look.height_px
    for _ in range(turns):
        points[:, :2] = np.column_stack([height - points[:, 1], points[:, 0]])
        width, height = height, width
    rows = tuple(tuple(float(v) for v in row) for row in points)
    return replace(look, width_px=width, height_px=height, face=None, trunk=replace(look.trunk, points=rows))


@pytest.mark.parametrize(("turns", "back_deg"), [(1, 270), (2, 180), (3, 90)])
def test_a_turned_picture_is_refused_and_the_turn_named(turns: int, back_deg: int) -> None:
    """A camera on its side or upside down: no calibration, and what to set to put it right."""
    looks = [turned_about(look, turns) for look in sitting()]
    assert {hinders(look) for look in looks} == {Reason.PICTURE_TURNED}
    with pytest.raises(CalibrationError) as refused:
        fed(looks).result()
    assert f"camera.turn = {back_deg}" in refused.value.hint


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_the_turn_that_is_named_counts_the_one_in_force(turned: int) -> None:
    """Pictures that a wrong ``camera.turn`` has turned: the value that puts them right is named."""
    calibrator = Calibrator("desk", USER, turned=turned)
    for look in (turned_about(look, turned // 90) for look in sitting()):
        calibrator.feed(look)
    with pytest.raises(CalibrationError) as refused:
        calibrator.result()
    assert "camera.turn = 0 " in refused.value.hint


# --------------------------------------------------------------------------- a tie


def test_a_tie_takes_five_seconds() -> None:
    """Half the time and fewer looks, where an earlier calibration knows the rest."""
    calibrator, share = Calibrator("desk", USER, MADE), 0.0
    for i in range(TIE_FRAMES + 1):
        share = calibrator.feed(PERSON.look(t_s=TIE_SPAN_S / TIE_FRAMES * i, seed=i)).share
    assert share == 1.0
    assert calibrator.result().frames == TIE_FRAMES + 1


def test_a_tie_keeps_the_person_and_learns_the_sitting() -> None:
    """What was found of neck and sizes stays to within what five seconds can say; lens and distance come from the face
    that has grown or shrunk since; clothes and anchor picture are the new ones."""
    known = replace(MADE.shared, mean=MADE.shared.mean.copy(), anchor_id=ANCHOR)
    neck = PERSONAL.start + NAMES.index("drop_per_forward")
    known.mean[neck] = 0.2
    before = replace(MADE, shared=known, reference=replace(MADE.reference, focal_px=500.0))
    nearer = replace(PERSON, distance_cm=55.0, tone=(-2.0, -1.0, 0.2))
    looks = [nearer.look(t_s=0.4 * i, seed=i, anchor_id=ANCHOR + 9) for i in range(14)]
    tied = build("desk", looks, USER, before)
    assert tied.shared.mean[neck] == pytest.approx(0.2, abs=0.02)
    assert tied.shared.anchor_id == ANCHOR + 9
    assert tied.clothes_tone == pytest.approx((-2.0, -1.0, 0.2))
    assert tied.reference.focal_px == 500.0
    grown = float(tied.reference.eyes[2]) / float(MADE.reference.eyes[2])
    assert grown == pytest.approx(55.0 / 62.0, rel=0.03)
    assert np.diag(tied.shared.covariance)[PERSONAL] == pytest.approx(np.diag(known.covariance)[PERSONAL], rel=0.3)


def test_before_another_camera_a_tie_is_a_calibration() -> None:
    """A picture of another size: lens and distance are found anew, and what belongs to the person is kept."""
    large = replace(PERSON, width_px=1280, height_px=960, focal_px=914.0)
    tied = build("desk", [large.look(t_s=0.4 * i, seed=i) for i in range(14)], USER, MADE)
    alone = build("desk", [large.look(t_s=0.4 * i, seed=i) for i in range(14)], USER)
    assert tied.reference.focal_px == pytest.approx(alone.reference.focal_px)
    assert tied.reference.distance_cm == pytest.approx(alone.reference.distance_cm)
