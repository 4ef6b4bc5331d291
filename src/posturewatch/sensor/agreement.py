"""What pairs of points agree on: one affine map near a similarity, and a few of them spread over the region."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

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
    chosen = [int(np.argmin(np.einsum("ij,ij->i", gap, gap)))]
    away = np.full(len(points), np.inf)
    while len(chosen) < most:
        gap = points - points[chosen[-1]]
        away = np.minimum(away, np.einsum("ij,ij->i", gap, gap))
        chosen.append(int(np.argmax(away)))
    return np.array(chosen, dtype=np.intp)
