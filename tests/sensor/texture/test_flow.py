"""Following head and chest: by optical flow where that holds, by their features where it does not."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from posturewatch.base.observation import Trunk
from posturewatch.sensor.native import load_opencv
from posturewatch.sensor.texture import flow
from posturewatch.sensor.texture.tracker import MOST_SKIPPED, TextureTracker

BOX = (220, 200, 420, 400)


def cloth(seed: int = 1, scale: float = 1.0, shift: tuple[float, float] = (0.0, 0.0)) -> np.ndarray:
    """A woven picture of 640 × 480, scaled about the picture's middle and shifted."""
    cv2 = load_opencv()
    rough = np.random.default_rng(seed).normal(128, 60, (480, 640)).clip(0, 255).astype(np.uint8)
    woven = cv2.GaussianBlur(rough, (0, 0), 2.5)
    woven = cv2.normalize(woven, None, 0, 255, cv2.NORM_MINMAX)
    across, down = 320 * (1 - scale) + shift[0], 240 * (1 - scale) + shift[1]
    return cv2.warpAffine(woven, np.array([[scale, 0, across], [0, scale, down]]), (640, 480))


def shoulders(scale: float = 1.0, shift: tuple[float, float] = (0.0, 0.0)) -> Trunk:
    """A trunk whose shoulders went along; its other points stand where they may."""
    points = [(320.0, 150.0, 0.0, 1.0, 1.0)] * 33
    for number, x in ((11, 400.0), (12, 240.0)):
        points[number] = (320 + (x - 320) * scale + shift[0], 240 + (220 - 240) * scale + shift[1], 0.0, 1.0, 1.0)
    return Trunk(tuple(points), ((0.0, 0.0, 0.0),) * 33)


def begun() -> flow.Flow:
    """A flow that knows the cloth."""
    marks = flow.chest_marks(shoulders(), 1.0)
    patch = flow.patch_of(cloth(), BOX, marks, 40.0)
    assert patch is not None
    return flow.Flow(patch, 40.0, 8.0)


@pytest.mark.parametrize(("scale", "shift"), [(1.0, (0.0, 0.0)), (1.04, (7.3, -4.6)), (0.94, (-25.0, 12.0))])
def test_corners_are_found_where_they_went(scale: float, shift: tuple[float, float]) -> None:
    """Cloth that moved and grew is followed to a few tenths of a pixel, with a guess that is 3 px off."""
    off = (shift[0] + 3, shift[1] - 3)
    found = begun().follow(cloth(scale=scale, shift=shift), flow.chest_marks(shoulders(scale, off), 1.0))
    assert found is not None
    before, after = found
    assert len(before) >= flow.MIN_CORNERS
    there = (before - (320, 240)) * scale + (320, 240) + shift
    assert float(np.abs(after - there).max()) < 0.4


def test_a_dimmer_picture_of_the_same_cloth_is_followed() -> None:
    """A lamp that goes out changes the level and the contrast, not the weave."""
    dim = (cloth(shift=(4, 2)) * 0.3 + 10).astype(np.uint8)
    found = begun().follow(dim, flow.chest_marks(shoulders(), 1.0))
    assert found is not None
    assert float(np.abs(found[1] - found[0] - (4, 2)).max()) < 0.6


def test_another_cloth_is_not_taken_for_it() -> None:
    """Corners that lead nowhere are no pairs: a stranger's shirt gives None, and so does an empty picture."""
    marks = flow.chest_marks(shoulders(), 1.0)
    assert begun().follow(cloth(seed=2), marks) is None
    assert begun().follow(np.full((480, 640), 90, np.uint8), marks) is None


def test_marks_of_another_kind_give_no_guess() -> None:
    """The mesh of a face says nothing about where the pose network's head points were."""
    trunk = shoulders()
    assert flow.guess(flow.Marks("head", np.ones((11, 2))), flow.chest_marks(trunk, 1.0)) is None
    assert begun().follow(cloth(), None) is None


@dataclass
class Counted:
    """A feature finder that finds nothing and counts how often it was asked."""

    asked: int = 0
    sizes: list[int] = field(default_factory=list)

    def detectAndCompute(self, patch: np.ndarray, _mask: None) -> tuple[tuple[()], None]:  # noqa: N802  (OpenCV's name)
        """What OpenCV's finders answer where there is nothing."""
        self.asked += 1
        self.sizes.append(patch.shape[1])
        return (), None


@pytest.mark.parametrize(("thorough", "least", "most"), [(True, 40, 40), (False, 3, 5)])
def test_a_lost_region_is_looked_for_less_and_less(thorough: bool, least: int, most: int) -> None:
    """Live, the dear features are asked again after 2, 4, 8, 16, 16 … looks; in a recording at every look."""
    tracker = TextureTracker(thorough=thorough)
    tracker.look(cloth(), shoulders(), None, keep=True)
    finder = Counted()
    tracker._tools.sift = finder  # in place of OpenCV's
    trunk = shoulders()
    for _ in range(40):
        tracker.look(cloth(seed=3), trunk, None)
    chest = sum(size > 150 for size in finder.sizes)
    assert least <= chest <= most
    assert MOST_SKIPPED == 16
