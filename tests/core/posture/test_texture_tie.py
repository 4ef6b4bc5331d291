"""Tying a picture in which textures were learnt to the calibrated one."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from posturewatch.core.posture.texture_tie import LEAST_LOOKS, TIE_LOOKS, TIE_SE_IN, Anchor, TextureTie, mean_map

from core.posture.simulated_body import ANCHOR, ZERO, SimulatedPerson, unknowns
from posturewatch.base.observation import Texture
from posturewatch.base.settings import UserSettings
from posturewatch.core.posture.calibration import build
from posturewatch.core.posture.geometry import Floats

PERSON = SimulatedPerson()
MADE = build("desk", [PERSON.look(t_s=0.2 * i) for i in range(12)], UserSettings())
IDENTITY = np.column_stack([np.eye(2), np.zeros(2)])


def applied(matrix: Floats | None, pixels: Floats) -> Floats:
    """Pixels through an affine map."""
    assert matrix is not None
    return np.asarray(pixels @ matrix[:, :2].T + matrix[:, 2])


def tied(anchored: Floats, postures: list[Floats], *, told: bool = True) -> Anchor | None:
    """The anchor after looks at these postures, each found as it was (``told``) or taken for upright."""
    tie = TextureTie(MADE.reference, ANCHOR + 1)
    made = None
    for posture in postures:
        look = PERSON.look(posture, anchored=anchored, anchor_id=ANCHOR + 1)
        made = tie.feed(look, posture if told else ZERO) or made
    return made


def test_the_anchor_of_a_calibration_is_the_calibrated_picture() -> None:
    """Somebody who sat still: both maps are the identity, and nothing is added to the error."""
    anchor = mean_map([PERSON.look(t_s=float(i)) for i in range(5)])
    assert anchor is not None
    assert (anchor.id, anchor.se_in) == (ANCHOR, 0.0)
    assert anchor.trunk_map == pytest.approx(IDENTITY, abs=1e-6)
    assert anchor.head_map == pytest.approx(IDENTITY, abs=1e-6)


def test_only_the_newest_anchor_counts() -> None:
    """Looks from before the sensor learnt anew are left out, and too few looks are no anchor."""
    old = [PERSON.look(anchor_id=1) for _ in range(6)]
    new = [PERSON.look(anchor_id=2) for _ in range(LEAST_LOOKS)]
    anchor = mean_map(old + new)
    assert anchor is not None
    assert anchor.id == 2
    assert mean_map(old + new[:-1]) is None
    assert mean_map([replace(look, texture=None) for look in old]) is None


def test_a_region_without_texture_has_no_map() -> None:
    """A plain shirt leaves the chest out and keeps the head."""
    looks = [PERSON.look() for _ in range(5)]
    plain = [replace(o, texture=Texture(ANCHOR, head=o.texture.head)) for o in looks if o.texture is not None]
    anchor = mean_map(plain)
    assert anchor is not None
    assert anchor.trunk_map is None
    assert anchor.head_map is not None


def test_a_tie_to_the_same_picture_is_the_identity() -> None:
    """Learnt anew in the calibrated posture and seen there: the maps change nothing, to half a pixel."""
    anchor = tied(ZERO, [ZERO] * TIE_LOOKS)
    assert anchor is not None
    grid = np.array([[260.0, 150.0], [380.0, 210.0], [250.0, 330.0], [390.0, 400.0]])
    assert applied(anchor.head_map, grid[:2]) == pytest.approx(grid[:2], abs=0.5)
    assert applied(anchor.trunk_map, grid[2:]) == pytest.approx(grid[2:], abs=0.8)
    assert anchor.se_in == TIE_SE_IN


def test_a_tie_undoes_the_posture_in_which_texture_was_learnt() -> None:
    """Learnt while sitting 6 cm further back and aside: the map leads each spot back to its calibrated pixel."""
    anchored = unknowns(hip_forward=-6.0, hip_left=3.0)
    postures = [unknowns(hip_forward=-6.0 + 0.2 * i, hip_left=3.0, lean=0.2 * (i % 5)) for i in range(TIE_LOOKS)]
    anchor = tied(anchored, postures)
    assert anchor is not None
    then, now = PERSON.look(ZERO).texture, PERSON.look(ZERO, anchored=anchored).texture
    assert then is not None
    assert now is not None
    for matrix, at, was in ((anchor.trunk_map, then.trunk, now.trunk), (anchor.head_map, then.head, now.head)):
        back = applied(matrix, np.array(was)[:, :2])
        assert float(np.median(np.abs(back - np.array(at)[:, :2]))) < 1.5


def test_a_tie_needs_its_looks_and_only_its_own() -> None:
    """One look short there is no anchor, and looks of another anchor do not count."""
    assert tied(ZERO, [ZERO] * (TIE_LOOKS - 1)) is None
    tie = TextureTie(MADE.reference, ANCHOR + 1)
    assert tie.feed(PERSON.look(anchor_id=ANCHOR), ZERO) is None
    assert tie.feed(replace(PERSON.look(), texture=None), ZERO) is None
    assert tie.looks == 0


def test_an_anchor_survives_json() -> None:
    """Maps, number and error come back; a missing region stays missing."""
    anchor = Anchor(9, np.array([[1.01, 0.02, -3.5], [-0.02, 0.99, 4.25]]), None, 0.25)
    back = Anchor.from_list(json.loads(json.dumps(anchor.to_list())))
    assert (back.id, back.head_map, back.se_in) == (9, None, 0.25)
    assert back.trunk_map == pytest.approx(anchor.trunk_map)


@pytest.mark.parametrize("damaged", [[], [1], ["x", None, None, 0.0], [1, [[1, 2]], None, 0.0], [1, None, None, 1e999]])
def test_a_damaged_anchor_is_refused(damaged: list[object]) -> None:
    """What is no anchor raises, for the calibration to translate."""
    with pytest.raises((ValueError, TypeError, IndexError)):
        Anchor.from_list(damaged)
