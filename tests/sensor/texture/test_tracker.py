"""Following chest and head by their texture, on rendered people whose picture is moved by a known amount."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
import pytest

from camera_server import RENDERS
from posturewatch.base.observation import Face, Texture, Trunk
from posturewatch.sensor import bundles
from posturewatch.sensor.choices import ModelOptions
from posturewatch.sensor.landmarks import Landmarks
from posturewatch.sensor.native import load_opencv
from posturewatch.sensor.texture.tracker import MAX_PAIRS, MIN_PAIRS, TextureTracker

SIT, MOVED, OTHER = "d1_000", "d1_002", "d4_000"


@dataclass(frozen=True)
class Picture:
    """A grey picture and whom the networks found in it."""

    grey: np.ndarray
    trunk: Trunk
    face: Face

    def warped(self, matrix: np.ndarray, *, gain: float = 1.0, noise: float = 0.0) -> Picture:
        """The picture through an affine map (2, 3), dimmed and noisy; the points go along."""
        cv2 = load_opencv()
        size = (self.grey.shape[1], self.grey.shape[0])
        moved = cv2.warpAffine(self.grey, matrix, size, borderMode=cv2.BORDER_REPLICATE)
        scatter = np.random.default_rng(1).normal(0, noise, moved.shape)
        trunk = tuple((*_through(matrix, p), *p[2:]) for p in self.trunk.points)
        face = tuple((*_through(matrix, p), *p[2:]) for p in self.face.points)
        grey = (gain * moved + scatter).clip(0, 255).astype(np.uint8)
        return replace(self, grey=grey, trunk=Trunk(trunk, self.trunk.world), face=Face(face))


def _through(matrix: np.ndarray, point: tuple[float, ...]) -> tuple[float, float]:
    x, y = matrix[:, :2] @ np.array(point[:2]) + matrix[:, 2]
    return float(x), float(y)


@pytest.fixture(scope="module")
def people() -> Iterator[dict[str, Picture]]:
    """The rendered people, found by the real networks."""
    cv2 = load_opencv()
    networks = Landmarks(bundles.find(ModelOptions()), stills=True)
    found = {}
    for name in (SIT, MOVED, OTHER):
        picture = cv2.imread(str(RENDERS / f"{name}.jpg"))
        canvas = networks.canvas(picture)
        trunk, face = networks.trunks(canvas, 0.0)[0], networks.faces(canvas, 0.0)[0]
        found[name] = Picture(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), trunk, face)
    yield found
    networks.reset()


def learnt(picture: Picture) -> TextureTracker:
    """A tracker that has this picture as its only anchor."""
    tracker = TextureTracker(anchor_id=40)
    tracker.look(picture.grey, picture.trunk, picture.face, keep=True)
    return tracker


def looked(tracker: TextureTracker, picture: Picture) -> Texture | None:
    """What the tracker says of a picture."""
    return tracker.look(picture.grey, picture.trunk, picture.face)


def similar(scale: float, angle_deg: float, shift: tuple[float, float]) -> np.ndarray:
    """A similarity about the picture's middle as (2, 3)."""
    matrix = np.asarray(load_opencv().getRotationMatrix2D((320.0, 240.0), angle_deg, scale))
    matrix[:, 2] += shift
    return matrix


def off(pairs: tuple[tuple[float, float, float, float], ...], matrix: np.ndarray) -> np.ndarray:
    """How far each pair lies from the known map, px."""
    given = np.array(pairs)
    return np.asarray(np.linalg.norm(given[:, :2] @ matrix[:, :2].T + matrix[:, 2] - given[:, 2:], axis=1))


@pytest.mark.parametrize(
    ("scale", "angle_deg", "shift"),
    [(1.0, 0.0, (0.0, 0.0)), (1.0, 0.0, (25.5, -12.25)), (1.08, 0.0, (0.0, 10.0)), (0.92, 6.0, (-15.0, 5.0))],
)
def test_a_known_movement_is_found(
    people: dict[str, Picture], scale: float, angle_deg: float, shift: tuple[float, float]
) -> None:
    """Shifted, grown and tilted by a known amount: pairs of chest and head lie on that map to half a pixel, and the
    scale comes out to a third of a percent."""
    matrix = similar(scale, angle_deg, shift)
    found = looked(learnt(people[SIT]), people[SIT].warped(matrix))
    assert found is not None
    assert found.anchor_id == 40
    for pairs in (found.trunk, found.head):
        assert MIN_PAIRS <= len(pairs) <= MAX_PAIRS
        assert float(np.median(off(pairs, matrix))) < 0.5
        given = np.array(pairs)
        sizes = [np.sqrt(np.sum((part - part.mean(axis=0)) ** 2)) for part in (given[:, :2], given[:, 2:])]
        assert sizes[1] / sizes[0] == pytest.approx(scale, rel=0.0035)


def test_a_dim_and_noisy_picture_is_still_recognised(people: dict[str, Picture]) -> None:
    """At 60 % of the light, with a cheap camera's noise, most of the pairs lie where they should."""
    matrix = similar(1.05, 0.0, (8.0, 4.0))
    found = looked(learnt(people[SIT]), people[SIT].warped(matrix, gain=0.6, noise=4.0))
    assert found is not None
    assert len(found.trunk) >= MIN_PAIRS
    assert float(np.median(off(found.trunk, matrix))) < 1.5


def test_the_same_person_in_the_next_picture_is_recognised(people: dict[str, Picture]) -> None:
    """Another render of the person, swaying a little: both regions are found near where they were."""
    found = looked(learnt(people[SIT]), people[MOVED])
    assert found is not None
    for pairs in (found.trunk, found.head):
        assert len(pairs) >= MIN_PAIRS
        assert float(np.median(off(pairs, similar(1.0, 0.0, (0.0, 0.0))))) < 12.0


def test_somebody_else_is_not_recognised(people: dict[str, Picture]) -> None:
    """Another face in another shirt, and a wall, give nothing."""
    tracker = learnt(people[SIT])
    found = looked(tracker, people[OTHER])
    assert found is None or len(found.trunk) + len(found.head) < 2 * MIN_PAIRS
    wall = np.full_like(people[SIT].grey, 120)
    assert looked(tracker, replace(people[SIT], grey=wall)) is None


def test_nothing_is_known_before_it_is_learnt(people: dict[str, Picture]) -> None:
    """A tracker that was never asked to keep a picture says nothing, and keeps none by looking."""
    tracker = TextureTracker()
    assert looked(tracker, people[SIT]) is None
    assert looked(tracker, people[SIT]) is None


def test_what_is_forgotten_is_gone(people: dict[str, Picture]) -> None:
    """After forget() the picture is not recognised, and what is learnt next has another number."""
    tracker = learnt(people[SIT])
    tracker.forget()
    assert looked(tracker, people[SIT]) is None
    tracker.look(people[SIT].grey, people[SIT].trunk, people[SIT].face, keep=True)
    found = looked(tracker, people[SIT])
    assert found is not None
    assert found.anchor_id == 41


def test_a_first_picture_that_was_a_mistake_is_given_up(people: dict[str, Picture]) -> None:
    """Learnt from somebody who only passed by: two pictures of the user later the user is known."""
    tracker = learnt(people[OTHER])
    for name in (SIT, MOVED):
        tracker.look(people[name].grey, people[name].trunk, people[name].face, keep=True)
    found = looked(tracker, people[SIT])
    assert found is not None
    assert found.anchor_id != 40
    assert len(found.trunk) >= MIN_PAIRS


def test_a_larger_picture_reports_its_own_pixels(people: dict[str, Picture]) -> None:
    """At twice the size the pairs stand in the pixels of that picture."""
    double = np.array([[2.0, 0.0, 0.0], [0.0, 2.0, 0.0]])
    small = people[SIT]
    big = replace(small.warped(double), grey=np.asarray(load_opencv().resize(small.grey, None, fx=2, fy=2)))
    shifted = np.array([[1.0, 0.0, 30.0], [0.0, 1.0, 20.0]])
    found = looked(learnt(big), big.warped(shifted))
    assert found is not None
    assert float(np.median(off(found.trunk, shifted))) < 1.0
    assert max(pair[0] for pair in found.trunk) > 640


def test_nothing_but_coordinates_leaves(people: dict[str, Picture]) -> None:
    """What is reported are at most 36 pairs of pixel coordinates a region, rounded to hundredths: no descriptor, no
    grey level; and without anybody in the picture there is nothing to follow."""
    tracker = learnt(people[SIT])
    found = looked(tracker, people[SIT])
    assert found is not None
    assert set(Texture.__dataclass_fields__) == {"anchor_id", "trunk", "head"}
    for value in chain.from_iterable((*found.trunk, *found.head)):
        assert type(value) is float
        assert value == round(value, 2)
    assert tracker.look(people[SIT].grey, None, None) is None
