"""Break suggestions: ours, the therapist's, their rotation, and the safety sentence with each of them."""

from __future__ import annotations

from posturewatch.base.settings import BreakSettings, Exercise
from posturewatch.base.wording import exercise_safety
from posturewatch.core.reminding.exercises import WALK, Rotation, builtin, find, suggestions

OWN = BreakSettings(exercises=True, own_exercise=(Exercise(name="Wall slide", text="Slide.", dose="3 × 10"),
                                                  Exercise(name="Turn", text="Turn.", picture="walk")))  # fmt: skip


def test_the_five_with_pictures_and_doses() -> None:
    """The pictures are those that the settings know, and each suggestion has a dose."""
    assert {one.picture for one in builtin()} == {"chin_nod", "blade_squeeze", "extension", "walk", "far_look"}
    assert all(one.dose and one.text and one.name for one in builtin())
    assert len({one.key for one in builtin()}) == 5


def test_the_safety_sentence_is_with_every_suggestion_whoever_wrote_it() -> None:
    """Ours and the therapist's own alike."""
    for one in (*builtin(), *suggestions(OWN)):
        assert one.safety == exercise_safety()


def test_the_therapists_own_replace_ours() -> None:
    """Text, dose and picture as written in the settings, in their order."""
    assert [(one.name, one.dose, one.picture) for one in suggestions(OWN)] == [
        ("Wall slide", "3 × 10", ""), ("Turn", "", "walk"),
    ]  # fmt: skip
    rotation = Rotation()
    assert [rotation.next_key(OWN, long=long) for long in (False, True, False)] == ["own-1", "own-2", "own-1"]
    assert find(OWN, "own-2") == suggestions(OWN)[1]
    assert find(OWN, "chin_nod") is None


def test_off_until_switched_on() -> None:
    """Without the user's wish there is no exercise."""
    assert Rotation().next_key(BreakSettings(), long=False) is None


def test_the_walk_is_for_longer_breaks_where_there_are_any() -> None:
    """With longer breaks a short one never says walk; without, the walk takes its turn."""
    both = BreakSettings(exercises=True)
    rotation = Rotation()
    turns = [rotation.next_key(both, long=False) for _ in range(8)]
    assert WALK not in turns
    assert len(set(turns)) == 4
    assert rotation.next_key(both, long=True) == WALK
    short_only = BreakSettings(exercises=True, long_every_min=0)
    assert WALK in {rotation.next_key(short_only, long=False) for _ in range(5)}
