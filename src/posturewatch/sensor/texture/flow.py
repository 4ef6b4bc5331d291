"""Follow a part of the body by optical flow: where corners of an anchor picture are in this one.

Finding features anew and matching their descriptors costs 50 ms a look and more. But where head and chest are is
known already, from the networks' points or from the look before; what is missing are the last few pixels. So the
present picture is warped to where the anchor's would lie, and the corners of the anchor are looked for within a
few pixels (Lucas & Kanade 1981, in pyramids after Bouguet 2001), which costs a tenth. Whatever does not lead
back to where it began is dropped, and whatever does not agree with the rest. Where too little is left the flow
says so, and the features are asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from posturewatch.base.observation import Face, Trunk

Floats = NDArray[np.float64]
Grey = NDArray[np.uint8]
Box = tuple[int, int, int, int]

MIN_PAIRS: Final = 8
"""Fewer agreeing pairs than this are chance (an affine map has 6 unknowns)."""


def agree(a: Floats, b: Floats, tolerance_px: float) -> tuple[NDArray[np.bool_], Floats] | None:
    """Pairs ``a`` → ``b``, (n, 2) each, that agree on one affine map near a similarity, and the map (2, 3);
    ``None`` if too few do."""
    import cv2

    rough, mask = cv2.estimateAffinePartial2D(a, b, method=cv2.RANSAC, ransacReprojThreshold=1.6 * tolerance_px)
    if rough is None or mask is None or int(mask.sum()) < MIN_PAIRS:
        return None
    near = np.flatnonzero(mask.ravel())
    fine, mask = cv2.estimateAffine2D(a[near], b[near], method=cv2.RANSAC, ransacReprojThreshold=tolerance_px)
    if fine is None or mask is None or int(mask.sum()) < MIN_PAIRS:
        return None
    sizes = np.linalg.svd(fine[:, :2], compute_uv=False)
    if sizes[1] < 0.4 or sizes[0] > 2.5 or sizes[0] / sizes[1] > 1.5:
        return None
    inside = np.zeros(len(a), dtype=bool)
    inside[near[np.flatnonzero(mask.ravel())]] = True
    return inside, np.asarray(fine, dtype=np.float64)


def spread(points: Floats, most: int) -> NDArray[np.intp]:
    """Indices of at most ``most`` points, each as far as can be from those before (farthest-point sampling)."""
    if len(points) <= most:
        return np.arange(len(points))
    gap = points - points.mean(axis=0)
    squared = (gap**2).sum(axis=1)
    apart = gap @ (-2.0 * gap.T)
    apart += squared
    apart += squared[:, None]
    chosen = [int(squared.argmin())]
    away = apart[chosen[0]].copy()
    while len(chosen) < most:
        chosen.append(int(away.argmax()))
        np.minimum(away, apart[chosen[-1]], out=away)
    return np.array(chosen, dtype=np.intp)


CORNERS: Final = 100
CORNER_GAP_PX: Final = 4
CORNER_QUALITY: Final = 0.05
"""Corners kept of an anchor: twice as many as are reported, for the worse half of them is lost in a turn. Weaker
corners than these are edges: along an edge the flow stays where the networks guessed, and with it their bias."""

WINDOW_PX: Final = 15
"""Side of the square that is looked for, at 640 px picture width: a collar's edge, an eye."""

BACK_PX: Final = 0.5
"""A corner followed there and back must come back as near as this; with these two limits the rendered clip is
measured without bias, with half the quality and twice the distance 0.13 in too far forward."""

MIN_CORNERS: Final = 20
SHARE: Final = 0.7
"""So many corners, and this share of those that came back, must agree on one map. A lower share takes turned heads
for moved ones: the error on the renders grows by 3 % at 0.5."""

NEAR_PX: Final = 6.0
"""The map of the look before serves as the first guess if it puts the region this near to where the networks do."""


@dataclass(frozen=True, slots=True)
class Marks:
    """The networks' points (n, 2) that tell roughly where a region is, in working pixels; of one ``kind`` only are
    they comparable."""

    kind: str
    points: Floats


@dataclass(frozen=True, slots=True)
class Patch:
    """A region of an anchor picture: its grey levels, where it was, its corners within it (n, 2), its marks."""

    grey: Grey
    left: int
    top: int
    corners: NDArray[np.float32]
    marks: Marks


def head_marks(trunk: Trunk | None, face: Face | None, scale: float) -> Marks | None:
    """From the mesh, else from the pose network's head points."""
    if face is not None:
        return Marks("face", np.array(face.points)[:468, :2] * scale)
    return None if trunk is None else Marks("head", np.array(trunk.points)[:11, :2] * scale)


def chest_marks(trunk: Trunk | None, scale: float) -> Marks | None:
    """The shoulders."""
    return None if trunk is None else Marks("chest", np.array(trunk.points)[11:13, :2] * scale)


def patch_of(grey: Grey, box: Box | None, marks: Marks | None, contrast: float) -> Patch | None:
    """The region ``box`` (left, top, right, bottom) of an anchor picture; ``None`` if it has too few corners."""
    import cv2

    if box is None or marks is None:
        return None
    left, top, right, bottom = box
    cut = level(grey[top:bottom, left:right], contrast)
    if cut is None:
        return None
    corners = cv2.goodFeaturesToTrack(cut, CORNERS, CORNER_QUALITY, CORNER_GAP_PX)
    if corners is None or len(corners) < MIN_CORNERS:
        return None
    return Patch(cut, left, top, corners[:, 0].astype(np.float32), marks)


def level(grey: Grey, contrast: float) -> Grey | None:
    """The picture stretched to a common mean and contrast (a dim one has the same texture at a lower contrast);
    ``None`` for an empty one."""
    import cv2

    mean, deviation = (float(value[0, 0]) for value in cv2.meanStdDev(grey))
    if deviation < 1.0:
        return None
    gain = contrast / deviation
    return np.asarray(cv2.convertScaleAbs(grey, alpha=gain, beta=128.0 - mean * gain))


@dataclass(slots=True)
class Flow:
    """Follows one patch, and remembers where it was last."""

    patch: Patch
    contrast: float
    tolerance_px: float
    last: Floats | None = None

    def follow(self, grey: Grey, marks: Marks | None) -> tuple[Floats, Floats] | None:
        """Pairs in working pixels, (n, 2) in the anchor picture and (n, 2) now; ``None`` if the region is lost."""
        rough = guess(self.patch.marks, marks)
        if rough is None or marks is None:
            return None
        found = self._from_last(grey, marks.points.mean(axis=0))
        if found is None:
            coarse = self._search(grey, rough, levels=3, every=2)
            found = None if coarse is None else self._search(grey, coarse[2], levels=1)
        self.last = None if found is None else found[2]
        return None if found is None else found[:2]

    def _from_last(self, grey: Grey, middle: Floats) -> tuple[Floats, Floats, Floats] | None:
        if self.last is None:
            return None
        there = self.last[:, :2] @ self.patch.marks.points.mean(axis=0) + self.last[:, 2]
        if float(np.linalg.norm(there - middle)) > NEAR_PX:
            return None
        return self._search(grey, self.last, levels=2)

    def _search(
        self, grey: Grey, guessed: Floats, *, levels: int, every: int = 1
    ) -> tuple[Floats, Floats, Floats] | None:
        """Pairs, and the map (2, 3) from anchor to now, near the ``guessed`` one. ``every`` 2: half of the corners,
        and not back again, which is enough for a better guess."""
        import cv2

        patch = self.patch
        size = float(np.sqrt(abs(np.linalg.det(guessed[:, :2]))))
        if not 0.3 < size < 3.0:
            return None
        origin = np.array([patch.left, patch.top], dtype=np.float64)
        inner = np.column_stack([guessed[:, :2], guessed[:, :2] @ origin + guessed[:, 2]])
        how: Any = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        shape = (patch.grey.shape[1], patch.grey.shape[0])
        now = level(cv2.warpAffine(grey, inner, shape, flags=how, borderMode=cv2.BORDER_REPLICATE), self.contrast)  # type: ignore[arg-type]
        if now is None:
            return None
        begin = np.ascontiguousarray(patch.corners[::every])
        to = _track(patch.grey, now, begin, levels)
        good = np.isfinite(to[:, 0])
        if every == 1:
            with np.errstate(invalid="ignore"):
                good &= np.abs(_track(now, patch.grey, np.nan_to_num(to), levels) - begin).max(axis=1) < BACK_PX
        least = MIN_CORNERS // every
        if int(good.sum()) < least:
            return None
        a = begin[good].astype(np.float64) + origin
        b = to[good].astype(np.float64) @ inner[:, :2].T + inner[:, 2]
        agreed = agree(a, b, self.tolerance_px)
        if agreed is None or int(agreed[0].sum()) < max(least, SHARE / every * len(a)):
            return None
        return a[agreed[0]], b[agreed[0]], agreed[1]


def _track(before: Grey, after: Grey, corners: NDArray[np.float32], levels: int) -> NDArray[np.float32]:
    """Where the corners went, NaN for those that were lost."""
    import cv2

    to, status, _ = cv2.calcOpticalFlowPyrLK(  # type: ignore[call-overload]
        before, after, corners, None, winSize=(WINDOW_PX, WINDOW_PX), maxLevel=levels
    )
    to = np.asarray(to, dtype=np.float32).reshape(-1, 2)
    to[np.asarray(status).ravel() == 0] = np.nan
    return to


def guess(before: Marks, now: Marks | None) -> Floats | None:
    """The map (2, 3) that the networks' points suggest: affine from a mesh, scale and shift from a few points."""
    if now is None or before.kind != now.kind:
        return None
    a, b = before.points, now.points
    if before.kind == "face":
        solution = np.linalg.lstsq(np.column_stack([a, np.ones(len(a))]), b, rcond=None)[0]
        return np.asarray(solution.T)
    size = float(np.std(b - b.mean(axis=0)) / max(float(np.std(a - a.mean(axis=0))), 1.0))
    return np.column_stack([size * np.eye(2), b.mean(axis=0) - size * a.mean(axis=0)])
