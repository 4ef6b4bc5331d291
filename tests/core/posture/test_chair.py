"""Away at once, but not for a single blunder; back within two seconds; and never somebody else unnoticed."""

from __future__ import annotations

from dataclasses import replace

from core.posture.people_for_tests import FACE_ONLY, WHOLE, Person, seen
from posturewatch.base.observation import PersonBox
from posturewatch.core.posture.chair import JUMP_SIZES, Chair, ChairWatch, FaceWatch
from posturewatch.core.posture.person_in_view import PersonInView, sight_of


def sight(person: Person = Person(), *, face_only: bool = False) -> PersonInView:  # noqa: B008  (frozen)
    """Where somebody is."""
    found = sight_of(seen(0.0, person, looked=FACE_ONLY if face_only else WHOLE))
    assert found is not None
    return found


def test_nobody_from_the_first_look_on_is_an_empty_chair() -> None:
    """There is nothing to wait for."""
    assert ChairWatch().nobody(5.0) is Chair.EMPTY


def test_whoever_is_there_at_the_first_look_has_not_just_come() -> None:
    """Nor after a gap."""
    presence = ChairWatch()
    assert presence.somebody(sight(), 3.0) is Chair.TAKEN
    presence.nobody(4.0)
    presence.forget()
    assert presence.somebody(sight(), 9.0) is Chair.TAKEN


def test_one_missed_look_is_not_away() -> None:
    """The networks blunder for a look or two."""
    presence = ChairWatch()
    presence.somebody(sight(), 0.0)
    assert [presence.nobody(4.0), presence.nobody(4.2)] == [Chair.MISSED, Chair.MISSED]
    assert presence.somebody(sight(), 4.4) is Chair.TAKEN


def test_an_empty_chair_is_noticed_within_two_seconds() -> None:
    """At the rates at which looks come while somebody is missing, and at slow ones."""
    for every_s, within_s in ((0.04, 1.2), (0.1, 1.2), (0.5, 1.2), (1.0, 2.0), (2.0, 2.0)):
        presence = ChairWatch()
        presence.somebody(sight(), 0.0)
        t_s = 1.0
        while presence.nobody(t_s) is not Chair.EMPTY:
            t_s += every_s
        assert t_s - 1.0 <= within_s


def test_whoever_comes_back_settles_for_a_second() -> None:
    """Sitting down is no posture."""
    presence = ChairWatch()
    presence.nobody(0.0)
    chairs = [presence.somebody(sight(), 10.0 + half * 0.5) for half in range(4)]
    assert chairs == [Chair.ARRIVING, Chair.ARRIVING, Chair.TAKEN, Chair.TAKEN]


def test_a_person_who_leaps_is_somebody_else_for_a_second() -> None:
    """Across the picture, or to twice the size, within a fifth of a second."""
    for other in (Person(eyes=(70.0, 170.0), size_px=150.0), Person(size_px=90.0)):
        presence = ChairWatch()
        presence.somebody(sight(), 0.0)
        chairs = [presence.somebody(sight(other), 0.2 + fifth * 0.2) for fifth in range(7)]
        assert chairs[:5] == [Chair.STRANGE] * 5
        assert chairs[-1] is Chair.TAKEN


def test_how_far_is_a_leap_goes_by_the_shoulders_in_any_direction() -> None:
    """Up or down as well as across: more than JUMP_SIZES shoulder widths are one, less is none."""
    start = sight()
    for sizes, chair in ((JUMP_SIZES * 0.9, Chair.TAKEN), (JUMP_SIZES * 1.1, Chair.STRANGE)):
        for across, down in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            way = sizes * start.size_px
            moved = replace(start, eyes=(start.eyes[0] + across * way, start.eyes[1] + down * way))
            presence = ChairWatch()
            presence.somebody(start, 0.0)
            assert presence.somebody(moved, 0.2) is chair, (sizes, across, down)


def test_people_move_quickly_without_being_somebody_else() -> None:
    """Rolling back by two fifths in a second, or a shoulder's width aside between slow looks."""
    presence = ChairWatch()
    sizes = [200 * (1 - 0.06 * fifth) for fifth in range(6)]
    assert all(presence.somebody(sight(Person(size_px=px)), i * 0.2) is Chair.TAKEN for i, px in enumerate(sizes))
    assert presence.somebody(sight(Person(eyes=(90.0, 170.0))), 5.0) is Chair.TAKEN


def test_sizes_of_faces_and_shoulders_do_not_compare() -> None:
    """A look at the face alone between whole ones is no leap."""
    presence = ChairWatch()
    for fifth in range(10):
        large_face = sight(Person(size_px=200.0), face_only=fifth % 2 == 0)
        assert presence.somebody(large_face, fifth * 0.2) is Chair.TAKEN


def test_others_are_there_until_a_look_says_that_they_left() -> None:
    """Only whole looks look for others."""
    presence = ChairWatch()
    other = (PersonBox(100.0, 100.0, 150.0),)
    assert presence.others(seen(0.0, people=other), 0.0) == other
    assert presence.others(seen(3.0, looked=FACE_ONLY), 3.0) == other
    assert presence.others(seen(9.0, people=()), 9.0) == ()


def test_others_are_forgotten_when_nobody_looks_for_them() -> None:
    """After longer than the whole looks lie apart."""
    presence = ChairWatch()
    presence.others(seen(0.0, people=(PersonBox(100.0, 100.0, 150.0),)), 0.0)
    assert presence.others(seen(16.0, looked=FACE_ONLY), 16.0) == ()


def test_a_face_away_for_a_second_and_a_half_is_covered() -> None:
    """Three looks and the time; a look that finds it ends that at once."""
    face = FaceWatch()
    assert [face.feed(True, half * 0.5) for half in range(5)] == [False, False, False, True, True]
    assert face.feed(False, 2.5) is False
    assert face.feed(True, 3.0) is False


def test_single_misses_of_the_face_never_cover_it() -> None:
    """One look in three, for a minute."""
    face = FaceWatch()
    assert not any(face.feed(i % 3 == 0, i * 0.5) for i in range(120))


def test_looks_that_cannot_tell_change_nothing_about_a_covered_face() -> None:
    """A look at the trunk alone, or a bowed head, between those that miss the face."""
    face = FaceWatch()
    said = [face.feed(hidden, i * 0.5) for i, hidden in enumerate((True, None, True, None, True, None))]
    assert said == [False, False, False, False, True, False]
