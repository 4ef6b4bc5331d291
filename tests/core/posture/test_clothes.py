"""Whether the calibrated clothes are worn: told by nine looks' colour, and not by a shadow, a hand or a lamp."""

from __future__ import annotations

import pytest

from posturewatch.core.posture.clothes import LOOKS, OTHER, ClothesWatch, Tone, distance, middle_tone

SHIRT: Tone = (-0.2, -0.5, -0.8)
SHADED: Tone = (-0.55, -0.8, -1.2)
JACKET: Tone = (-2.0, -1.0, 0.2)
BLACK: Tone = (-2.4, -2.7, -3.0)


def fed(watch: ClothesWatch, *tones: Tone | None) -> list[bool]:
    """What is said after each look."""
    return [watch.feed(tone) for tone in tones]


def test_another_garment_is_further_than_any_shadow() -> None:
    """By lightness and by tint; the same way in both directions, and nothing from itself."""
    assert distance(SHIRT, SHIRT) == 0.0
    assert distance(SHIRT, SHADED) < OTHER / 2
    assert min(distance(SHIRT, JACKET), distance(SHIRT, BLACK)) > OTHER
    assert distance(JACKET, SHIRT) == pytest.approx(distance(SHIRT, JACKET))


def test_the_middle_of_the_looks_counts() -> None:
    """Channel by channel, whatever one of them says."""
    assert middle_tone([SHIRT, JACKET, SHIRT]) == SHIRT


def test_a_change_is_said_once_and_is_then_what_is_known() -> None:
    """More than half of the looks in another garment, and no word before; then it is the usual one until it is off."""
    watch = ClothesWatch(SHIRT)
    assert fed(watch, *[SHIRT] * LOOKS, *[JACKET] * (LOOKS // 2)) == [False] * (LOOKS + LOOKS // 2)
    assert fed(watch, JACKET) == [True]
    assert watch.known == JACKET
    assert fed(watch, *[JACKET] * 20) == [False] * 20
    assert any(fed(watch, *[SHIRT] * LOOKS))


def test_a_hand_or_a_shadow_on_the_chest_is_no_change() -> None:
    """Two looks in five say nothing, however far off they are, and again and again."""
    watch = ClothesWatch(SHIRT)
    assert not any(fed(watch, *[SHIRT, JACKET, SHIRT, BLACK, SHIRT] * 10))


def test_looks_that_cannot_tell_are_passed_over() -> None:
    """In the dark, or without a face, nothing is said and nothing is forgotten."""
    watch = ClothesWatch(SHIRT)
    assert not any(fed(watch, *[None] * 20))
    assert fed(watch, *[JACKET, None] * LOOKS).count(True) == 1


def test_what_was_not_known_is_learnt_without_a_word() -> None:
    """A calibration of an earlier version kept no colour: the first looks are the usual ones."""
    watch = ClothesWatch(None)
    assert not any(fed(watch, *[JACKET] * LOOKS))
    assert watch.known == JACKET
    assert any(fed(watch, *[SHIRT] * LOOKS))


def test_at_the_begin_of_a_sitting_one_look_may_say_it() -> None:
    """Whoever comes in another garment need not be watched first."""
    assert ClothesWatch(SHIRT).feed(JACKET, at_once=True)
    assert not ClothesWatch(SHIRT).feed(SHADED, at_once=True)


def test_better_knowledge_forgets_the_colours_seen() -> None:
    """Looks in odd light, then the weave is recognised: the one that would have tipped it does not."""
    watch = ClothesWatch(SHIRT)
    fed(watch, *[JACKET] * (LOOKS - 1))
    watch.same()
    assert fed(watch, JACKET) == [False]
