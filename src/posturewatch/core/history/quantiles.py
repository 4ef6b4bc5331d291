"""Quantiles of weighted values: a look that stood for four seconds counts four times one that stood for one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def weighted_quantiles(values: Floats, weights: Floats, shares: tuple[float, ...]) -> tuple[float, ...] | None:
    """For each share q the smallest value up to which at least q of all weight lies; ``None`` without weight.

    Always one of the values given (no interpolation), so that the median of a load is the load of the median.
    ``values`` and ``weights``: shape (n,), weights ≥ 0, no NaN.
    """
    total = float(weights.sum())
    if total <= 0.0:
        return None
    order: NDArray[np.intp] = np.argsort(values)
    reached: Floats = np.cumsum(weights[order])
    # A share of the sum that float addition makes a hair larger than the cumulated weight must not skip a value.
    wanted: NDArray[Any] = np.asarray(shares) * reached[-1] * (1.0 - 1e-12)
    places = np.minimum(np.searchsorted(reached, wanted, side="left"), len(values) - 1)
    return tuple(float(values[order[place]]) for place in places)
