"""Profiles are chosen by the scene where it is clear, and kept where it is not."""

from __future__ import annotations

from core.posture.people_for_tests import FACE_ONLY, Person, calibrated, seen
from posturewatch.core.posture.person_in_view import sight_of, usual_of
from posturewatch.core.posture.profile_chooser import ProfileChooser, misfit

DESK = Person(eyes=(320.0, 170.0), size_px=200.0)
LAPTOP = Person(eyes=(330.0, 80.0), size_px=300.0)
NEARLY_DESK = Person(eyes=(335.0, 180.0), size_px=215.0)


def chooser(**people: Person) -> ProfileChooser:
    """Profiles calibrated for these people."""
    return ProfileChooser.of(calibrated(person, profile=name) for name, person in people.items())


def watched(chooses: ProfileChooser, person: Person | None, current: str, *, looks: int = 40) -> list[str | None]:
    """What it says, a look a second."""
    return [chooses.feed(seen(float(i), person), current) for i in range(looks)]


def test_another_scene_is_taken_up_after_some_seconds() -> None:
    """At the laptop, with the desk's profile in force; once, not on every look."""
    said = watched(chooser(desk=DESK, laptop=LAPTOP), LAPTOP, "desk", looks=30)
    assert said.index("laptop") in range(19, 24)
    assert said.count("laptop") == 1


def test_the_right_profile_stays() -> None:
    """Also for somebody who has leaned and rolled a little."""
    for person in (DESK, NEARLY_DESK):
        assert set(watched(chooser(desk=DESK, laptop=LAPTOP), person, "desk")) == {None}


def test_two_scenes_that_look_alike_are_told_apart_by_hand() -> None:
    """Nothing is changed where a look could be either."""
    for current in ("desk", "other"):
        assert set(watched(chooser(desk=DESK, other=NEARLY_DESK), DESK, current)) == {None}


def test_a_scene_that_fits_none_changes_nothing() -> None:
    """Standing far off to the side is no calibrated scene at all."""
    assert set(watched(chooser(desk=DESK, laptop=LAPTOP), Person((560.0, 300.0), 120.0), "desk")) == {None}


def test_a_moment_elsewhere_changes_nothing() -> None:
    """One look in three speaks for the other scene."""
    chooses = chooser(desk=DESK, laptop=LAPTOP)
    said = [chooses.feed(seen(float(i), LAPTOP if i % 3 else DESK), "desk") for i in range(60)]
    assert set(said) == {None}


def test_faces_alone_and_empty_chairs_say_nothing() -> None:
    """A scene is told by head and shoulders together; and a single profile needs no choosing."""
    chooses = chooser(desk=DESK, laptop=LAPTOP)
    assert {chooses.feed(seen(float(i), LAPTOP, looked=FACE_ONLY), "desk") for i in range(40)} == {None}
    assert set(watched(chooses, None, "desk")) == {None}
    assert set(watched(chooser(desk=DESK), LAPTOP, "desk")) == {None}


def test_an_unknown_current_profile_gives_way() -> None:
    """The profile in force was never calibrated: the scene that fits is taken."""
    assert "desk" in watched(chooser(desk=DESK, laptop=LAPTOP), DESK, "new")


def test_a_clock_that_steps_back_begins_the_count_anew() -> None:
    """Twenty seconds must pass forwards."""
    chooses = chooser(desk=DESK, laptop=LAPTOP)
    assert [chooses.feed(seen(t_s, LAPTOP), "desk") for t_s in (10.0, 20.0, 29.0, 3.0, 12.0, 22.0)] == [None] * 6


def test_pictures_of_another_size_do_not_compare() -> None:
    """Another camera, or another resolution: no scene at all; and a face alone shows no facing."""
    usual = usual_of(calibrated(DESK))
    wide, face = sight_of(seen(0.0, DESK, width_px=1280)), sight_of(seen(0.0, DESK, looked=FACE_ONLY))
    assert wide is not None
    assert face is not None
    assert misfit(wide, usual) == float("inf")
    assert misfit(face, usual) < 1.0


def test_misfit_is_the_same_in_the_mirror_and_zero_for_oneself() -> None:
    """A scene fits itself; a step to the left misfits as much as one to the right."""
    usual = usual_of(calibrated(DESK))
    at = {x: sight_of(seen(0.0, Person((x, 170.0), 200.0))) for x in (260.0, 320.0, 380.0)}
    assert at[320.0] is not None
    assert at[260.0] is not None
    assert at[380.0] is not None
    assert misfit(at[320.0], usual) < 0.01
    assert abs(misfit(at[260.0], usual) - misfit(at[380.0], usual)) < 1e-6
    assert misfit(at[260.0], usual) > 0.5
