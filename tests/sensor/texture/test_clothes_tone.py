"""The colour of the chest against the face's: the same in any lamp, other for other clothes, nothing where it cannot be
told."""

from __future__ import annotations

import numpy as np
import pytest

from posturewatch.base.observation import FACE_POINTS, Face, Trunk
from posturewatch.sensor.texture.tracker import GAMMA, clothes_tone

SKIN, SHIRT, JACKET = (110, 140, 190), (60, 60, 150), (90, 60, 30)
"""Blue, green, red."""


def trunk(down: float = 0.0) -> Trunk:
    """Somebody in the middle of a picture of 640 × 480."""
    points = [(320.0, 150.0 + down, 0.0, 1.0, 1.0)] * 33
    for number, x, y in ((7, 355, 150), (8, 285, 150), (11, 410, 260), (12, 230, 260)):
        points[number] = (float(x), y + down, 0.0, 1.0, 1.0)
    return Trunk(tuple(points), ((0.0, 0.0, 0.0),) * 33)


def face() -> Face:
    """A face on it, 90 × 120 px."""
    chance = np.random.default_rng(2)
    x, y = chance.uniform(275, 365, FACE_POINTS), chance.uniform(90, 210, FACE_POINTS)
    return Face(tuple((float(a), float(b), 0.0) for a, b in zip(x, y, strict=True)))


def picture(clothes: tuple[int, int, int], lamp: tuple[float, float, float] = (1.0, 1.0, 1.0)) -> np.ndarray:
    """Skin above, clothes from the shoulders down, a grey wall beside, in this light."""
    out = np.full((480, 640, 3), 128.0)
    out[80:225, 265:375] = SKIN
    out[240:, 190:450] = clothes
    noise = np.random.default_rng(4).normal(0, 3, out.shape)
    return (out * lamp + noise).clip(0, 255).astype(np.uint8)


def test_it_is_the_ratio_in_linear_light() -> None:
    """By hand: 2.2 times the logarithm of the grey levels' ratio, channel by channel, to a twentieth."""
    told = clothes_tone(picture(SHIRT), trunk(), face())
    assert told is not None
    assert told == pytest.approx(GAMMA * np.log(np.array(SHIRT) / SKIN), abs=0.06)


@pytest.mark.parametrize("lamp", [(0.5, 0.5, 0.5), (0.6, 0.8, 1.0), (1.2, 1.0, 0.8)])
def test_the_lamp_hardly_matters(lamp: tuple[float, float, float]) -> None:
    """Half the light, an evening's and a screen's: the same clothes, far nearer to themselves than to others."""
    day, other = (clothes_tone(picture(cloth), trunk(), face()) for cloth in (SHIRT, JACKET))
    now = clothes_tone(picture(SHIRT, lamp), trunk(), face())
    assert day is not None
    assert now is not None
    assert other is not None
    assert np.abs(np.subtract(now, day)).max() < 0.12
    assert np.abs(np.subtract(other, day)).max() > 1.0


def test_without_a_mesh_the_head_of_the_pose_network_serves() -> None:
    """A look without a face: the same colours, a little less exactly."""
    with_face, without = (clothes_tone(picture(SHIRT), trunk(), each) for each in (face(), None))
    assert without == pytest.approx(with_face, abs=0.3)


def test_where_it_cannot_be_told_nothing_is() -> None:
    """In the dark, and where the chest lies under the picture's edge."""
    assert clothes_tone(picture(SHIRT, (0.05, 0.05, 0.05)), trunk(), face()) is None
    assert clothes_tone(picture(SHIRT), trunk(down=215.0), face()) is None
