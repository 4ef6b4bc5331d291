"""Follow head and chest by their own texture: sparse features, matched to those seen at calibration.

The networks place shoulders to 1.5–3 % of their distance and the face's size to 1–2 %. The weave of a
shirt and the brows, lashes and hairline of a face, matched between two pictures, give the same scales to
a few tenths of a percent. So the sensor keeps, in memory only and never on disk, the feature descriptors
of a few *anchor* pictures, and reports where those features are now. What leaves this module is pairs of
coordinates; neither a picture nor a descriptor does.

Features are dear (two thirds of a look's cost, once). So each region is first followed by optical flow from the
first anchor (``flow``), and features are found and matched only where that fails, and in the anchors themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from posturewatch.base.observation import Face, Texture, Trunk
from posturewatch.sensor.texture import flow
from posturewatch.sensor.texture.flow import MIN_PAIRS, agree, spread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Grey = NDArray[np.uint8]
    Box = tuple[int, int, int, int]
    Pairs = tuple[tuple[float, float, float, float], ...]

WORK_WIDTH_PX: Final = 640
"""Pictures are brought to this width first: features cost time by the pixel, and more of them add nothing."""

MAX_ANCHORS: Final = 4
"""Anchor pictures kept. One misses features by chance of noise; more than four only cost matching time."""

MAX_PAIRS: Final = 36
"""Pairs reported per region, spread over it. The fit gains nothing from more: their errors correlate."""

STRANGERS: Final = 2
"""Pictures that do not resemble a lone first anchor, after which it is given up."""

SMALLEST_TRUNK: Final = 0.10
"""Share of the picture's width below which head and shoulders are a mistake, not a person at a desk."""

RATIO: Final = 0.8
"""Lowe's ratio test: a match counts if it is this much better than the second best (Lowe 2004)."""

ENOUGH_PAIRS: Final = 2 * MAX_PAIRS
"""With so many pairs from the first anchors, the others are not asked."""

MOST_SKIPPED: Final = 16
"""While a region is lost, its features are looked for again after 2, 4, 8, 16, 16 … looks; and after 16 where they were
found and the flow loses it all the same, however often it has found it in between: whoever talks and gestures loses the
flow at every other look. Features at the first of these each time were half of all that such a person cost, and changed
the error on the rendered clip by less than 0.01 in."""

LEAST_TONE: Final = 300
"""Values (three a pixel) that a region must have for its colour to be told."""

DARKEST_TONE: Final = 20.0
"""Grey level of a face below which its colour is noise."""

GAMMA: Final = 2.2

MOST_PX: Final = 200.0
"""Side of the square in which features are sought: a region with more points is reduced first. Whoever sits close
has the same weave in more points, and features cost by the point."""


@dataclass(frozen=True, slots=True)
class _Region:
    """How one part of the body is followed. ``tolerance_px`` at 640 px width: neither chest nor face is a plane."""

    tolerance_px: float
    upscale_below_px: int
    contrast: float


_CHEST: Final = _Region(tolerance_px=8.0, upscale_below_px=0, contrast=40.0)
_HEAD: Final = _Region(tolerance_px=7.0, upscale_below_px=150, contrast=50.0)


@dataclass(slots=True)
class _Follower:
    """Anchors of one region, and the matching against them."""

    region: _Region
    anchors: list[tuple[Floats, Any]] = field(default_factory=list)
    strangers: int = 0
    drifting: flow.Flow | None = None
    _lost: int = 0
    _skip: int = 0

    @property
    def full(self) -> bool:
        """Whether there is no room for another anchor."""
        return len(self.anchors) >= MAX_ANCHORS

    def keep(self, points: Floats, descriptors: Any, patch: flow.Patch | None, tools: _Tools) -> bool:
        """Add an anchor where there is room. Returns whether what was learnt before had to be given up: a first
        anchor that none of the next pictures resembles was a mistake of the networks."""
        if len(points) < MIN_PAIRS:
            return False
        if not self.anchors:
            self._begin(points, descriptors, patch)
            return False
        found = tools.match(self.anchors[0], points, descriptors, self.region)
        if found is not None:
            # Bring this anchor's features into the coordinates of the first.
            linear = np.linalg.inv(found[2][:, :2])
            self.anchors.append(((points - found[2][:, 2]) @ linear.T, descriptors))
            return False
        self.strangers += 1
        if len(self.anchors) > 1 or self.strangers < STRANGERS:
            return False
        self._begin(points, descriptors, patch)
        return True

    def _begin(self, points: Floats, descriptors: Any, patch: flow.Patch | None) -> None:
        self.forget()
        self.anchors = [(points, descriptors)]
        if patch is not None:
            self.drifting = flow.Flow(patch, self.region.contrast, self.region.tolerance_px)

    def forget(self) -> None:
        """Drop what was learnt."""
        self.anchors = []
        self.drifting = None
        self.strangers = self._lost = self._skip = 0

    def drift(self, grey: Grey, marks: flow.Marks | None) -> tuple[Floats, Floats] | None:
        """Follow by optical flow; ``None`` if that loses the region."""
        found = self.drifting.follow(grey, marks) if self.drifting is not None else None
        if found is None:
            return None
        self._lost = 0
        chosen = spread(found[0], MAX_PAIRS)
        return found[0][chosen], found[1][chosen]

    def due(self) -> bool:
        """Whether features are to be looked for again, counted in looks that the flow lost."""
        self._skip -= 1
        return self._skip < 0

    def follow(self, points: Floats, descriptors: Any, tools: _Tools) -> tuple[Floats, Floats] | None:
        """Match features against the anchors' own; ``None`` if the region is not recognised."""
        found = self._matched(points, descriptors, tools)
        self._lost = 0 if found is not None else min(MOST_SKIPPED, max(2, 2 * self._lost))
        self._skip = self._lost or MOST_SKIPPED
        return found

    def _matched(self, points: Floats, descriptors: Any, tools: _Tools) -> tuple[Floats, Floats] | None:
        before: list[Floats] = []
        after: list[Floats] = []
        for anchor in self.anchors:
            if sum(map(len, before)) >= ENOUGH_PAIRS:
                break
            found = tools.match(anchor, points, descriptors, self.region)
            if found is not None:
                before.append(found[0])
                after.append(found[1])
        if not before:
            return None
        a, b = np.concatenate(before), np.concatenate(after)
        agreed = agree(a, b, self.region.tolerance_px)
        if agreed is None:
            return None
        if self.drifting is not None:
            self.drifting.last = agreed[1]
        a, b = a[agreed[0]], b[agreed[0]]
        chosen = spread(a, MAX_PAIRS)
        return a[chosen], b[chosen]


@dataclass(slots=True)
class _Tools:
    """OpenCV's feature finder, made when first used, and the matching of its descriptors."""

    sift: Any = None

    def features(self, grey: Grey, box: Box | None, region: _Region) -> tuple[Floats, Any]:
        import cv2

        if box is None:
            return np.empty((0, 2)), None
        if self.sift is None:
            self.sift = cv2.SIFT_create(nfeatures=700, contrastThreshold=0.007, edgeThreshold=20)  # type: ignore[attr-defined]
        x0, y0, x1, y1 = box
        patch: Any = grey[y0:y1, x0:x1]
        deviation = float(patch.std())
        if deviation < 1.0:
            return np.empty((0, 2)), None
        factor = 2.0 if x1 - x0 < region.upscale_below_px else min(1.0, MOST_PX / float(np.sqrt(patch.size)))
        if factor != 1.0:
            how = cv2.INTER_CUBIC if factor > 1.0 else cv2.INTER_AREA
            patch = cv2.resize(patch, None, fx=factor, fy=factor, interpolation=how)
        # A dim picture has the same texture at a lower contrast: stretch it to a common one.
        gain = region.contrast / deviation
        patch = cv2.convertScaleAbs(patch, alpha=gain, beta=128.0 - float(patch.mean()) * gain)
        keys, descriptors = self.sift.detectAndCompute(patch, None)
        if descriptors is None:
            return np.empty((0, 2)), None
        return np.array([k.pt for k in keys], dtype=np.float64) / factor + (x0, y0), descriptors

    def match(
        self, anchor: tuple[Floats, Any], points: Floats, descriptors: Any, region: _Region
    ) -> tuple[Floats, Floats, Floats] | None:
        if descriptors is None or len(points) < MIN_PAIRS:
            return None
        good, nearest = _nearest(anchor[1], descriptors)
        if len(good) < MIN_PAIRS:
            return None
        a, b = anchor[0][good], points[nearest]
        agreed = agree(a, b, region.tolerance_px)
        return None if agreed is None else (a[agreed[0]], b[agreed[0]], agreed[1])


def _nearest(own: Any, others: Any) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Indices of the descriptors (n, 128) that pass the ratio test against ``others`` (m, 128), and of the nearest
    there; as OpenCV's brute-force matcher, in a quarter of its time."""
    # Squared distance less what is the same for a whole row, in place: each array of this size is 2 MB of new pages.
    apart = own @ others.T
    apart *= -2.0
    apart += (others * others).sum(axis=1)
    rows, nearest, length = np.arange(len(apart)), apart.argmin(axis=1), (own * own).sum(axis=1)
    best = apart[rows, nearest] + length
    apart[rows, nearest] = np.inf
    good = np.flatnonzero(best < RATIO**2 * (apart.min(axis=1) + length))
    return good, nearest[good]


@dataclass(slots=True)
class TextureTracker:
    """Holds the anchors of head and chest and matches pictures against them. One per sensor process.

    ``thorough``: each look for itself, however much it costs; otherwise a region that is lost is not looked for by
    its features at each look.
    """

    anchor_id: int = 0
    thorough: bool = True
    _chest: _Follower = field(default_factory=lambda: _Follower(_CHEST))
    _head: _Follower = field(default_factory=lambda: _Follower(_HEAD))
    _tools: _Tools = field(default_factory=_Tools)

    def forget(self) -> None:
        """Drop the anchors; the next ones get a new ``anchor_id``."""
        self._chest.forget()
        self._head.forget()
        self.anchor_id += 1

    def look(self, grey: Grey, trunk: Trunk | None, face: Face | None, *, keep: bool = False) -> Texture | None:
        """Where the anchors' features are in this picture; ``None`` if neither region is recognised.

        ``grey``: H × W, 8 bit, in the pixels of ``trunk`` and ``face``. With ``keep`` the picture is also
        added to the anchors where there is room.
        """
        import cv2

        scale = WORK_WIDTH_PX / grey.shape[1]
        small: Any = grey
        if scale != 1.0:
            small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        chest = None if trunk is None else _chest_box(trunk, small.shape, scale)
        head = _head_box(trunk, face, small.shape, scale)
        found = (
            self._region(self._chest, small, chest, flow.chest_marks(trunk, scale), keep=keep),
            self._region(self._head, small, head, flow.head_marks(trunk, face, scale), keep=keep),
        )
        if found[0] is None and found[1] is None:
            return None
        return Texture(self.anchor_id, trunk=_pairs(found[0], scale), head=_pairs(found[1], scale))

    def _region(
        self, follower: _Follower, grey: Grey, box: Box | None, marks: flow.Marks | None, *, keep: bool
    ) -> tuple[Floats, Floats] | None:
        if box is None or not (follower.anchors or keep):
            return None
        keep = keep and not follower.full
        if not keep:
            found = None if self.thorough else follower.drift(grey, marks)
            if found is not None:
                return found
            if not self.thorough and not follower.due():
                return None
        points, descriptors = self._tools.features(grey, box, follower.region)
        if keep:
            patch = flow.patch_of(grey, box, marks, follower.region.contrast)
            if follower.keep(points, descriptors, patch, self._tools):
                self.anchor_id += 1
        return follower.follow(points, descriptors, self._tools)


def clothes_tone(picture: NDArray[np.uint8], trunk: Trunk, face: Face | None) -> tuple[float, float, float] | None:
    """Logarithms of chest over face in ``picture`` (H, W, 3; blue, green, red), medians in linear light; ``None`` where
    one of the two is hardly in the picture or too dark to tell.

    The middle of each region, so that arms, hair and background stay out of it.
    """
    chest, head = _chest_box(trunk, picture.shape, 1.0), _head_box(trunk, face, picture.shape, 1.0)
    if chest is None or head is None:
        return None
    x0, y0, x1, y1 = chest
    wide = x1 - x0
    middle = picture[y0 + wide // 8 : min(y1, y0 + 4 * wide // 5) : 3, x0 + wide // 4 : x1 - wide // 4 : 3]
    x0, y0, x1, y1 = head
    wide, high = x1 - x0, y1 - y0
    skin = picture[y0 + 7 * high // 20 : y1 - 3 * high // 20 : 3, x0 + 3 * wide // 10 : x1 - 3 * wide // 10 : 3]
    if middle.size < LEAST_TONE or skin.size < LEAST_TONE:
        return None
    light = [np.median(part.reshape(-1, 3), axis=0) for part in (middle, skin)]
    if float(light[1].max()) < DARKEST_TONE:
        return None
    # 2.2 is the display gamma that cameras encode for; two grey levels keep black clothes from ruling everything.
    ratio = GAMMA * (np.log(light[0] + 2.0) - np.log(light[1] + 2.0))
    return float(ratio[0]), float(ratio[1]), float(ratio[2])


def _pairs(found: tuple[Floats, Floats] | None, scale: float) -> Pairs:
    if found is None:
        return ()
    both = np.round(np.hstack(found) / scale, 2)
    return tuple((float(p[0]), float(p[1]), float(p[2]), float(p[3])) for p in both)


def _chest_box(trunk: Trunk, shape: tuple[int, ...], scale: float) -> Box | None:
    """Where the chest is, in working pixels: under the shoulder line and a bit wider; from the side, where the
    shoulders cover each other, as wide as a chest is deep."""
    points = np.array(trunk.points)[:, :2] * scale
    left, right = points[11], points[12]
    ears = (points[7] + points[8]) / 2
    size = max(float(np.linalg.norm(left - right)), 1.1 * float(np.linalg.norm((left + right) / 2 - ears)))
    if size < SMALLEST_TRUNK * shape[1]:
        return None
    middle = float(left[0] + right[0]) / 2
    half = max(abs(float(left[0] - right[0])) / 2 + 0.15 * size, 0.6 * size)
    top = min(float(left[1]), float(right[1])) - 0.05 * size
    return _inside(middle - half, top, middle + half, float(shape[0]), shape)


def _head_box(trunk: Trunk | None, face: Face | None, shape: tuple[int, ...], scale: float) -> Box | None:
    """Where face and hairline are, in working pixels: from the mesh, else from the pose network's head points."""
    if face is not None:
        points = np.array(face.points)[:468, :2] * scale
        (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
        return _inside(x0 - 0.1 * (x1 - x0), y0 - 0.25 * (y1 - y0), x1 + 0.1 * (x1 - x0), y1, shape)
    if trunk is None:
        return None
    points = np.array(trunk.points)[:, :2] * scale
    head = points[:11]
    middle = head.mean(axis=0)
    below = abs(float(points[11:13, 1].mean() - middle[1]))
    size = max(float(np.ptp(head[:, 0])), float(np.ptp(head[:, 1])), 0.35 * below)
    x, y = float(middle[0]), float(middle[1])
    return _inside(x - 0.9 * size, y - 0.9 * size, x + 0.9 * size, y + 0.7 * size, shape)


def _inside(x0: float, y0: float, x1: float, y1: float, shape: tuple[int, ...]) -> Box | None:
    left, right = int(max(0.0, x0)), int(min(float(shape[1]), x1))
    top, bottom = int(max(0.0, y0)), int(min(float(shape[0]), y1))
    return None if right - left < 30 or bottom - top < 30 else (left, top, right, bottom)
