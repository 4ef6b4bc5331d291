"""Quantiles of weighted values: a look that stood for four seconds counts four times one that stood for one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def weighted_quantiles(values: Floats, weights: Floats, shares: tuple[float, ...]) -> tuple[float, ...] | None:
    """For each share q the smallest value up to which at least q of all weight lies; ``None`` without weight.

    Always one of the values given (no interpolation), so that the median of a load is the load of the median.
    NumPy's own (``np.quantile`` with weights, ``inverted_cdf``) gives the same and takes up to thirty times as long for
    the few values of a minute or an hour.
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


class WeightedValues:
    """Values with weights, added a part at a time. Equal values are laid together, so that years of values on a grid
    (the journal's thousandths of an inch) take no more room than the grid has places."""

    __slots__ = ("_held", "_room", "_values", "_weights")

    def __init__(self, room: int = 8192) -> None:
        """``room``: how many values may wait until equal ones are laid together."""
        self._values: list[Floats] = []
        self._weights: list[Floats] = []
        self._held, self._room = 0, room

    def add(self, values: Floats, weights: Floats) -> None:
        """Add values with weights ≥ 0, both shape (n,), no NaN."""
        self._values.append(np.asarray(values, np.float64))
        self._weights.append(np.asarray(weights, np.float64))
        self._held += len(values)
        if self._held > self._room:
            self._lay_together()
            self._room = max(self._room, 2 * self._held)

    def join(self, other: WeightedValues) -> None:
        """Add all that another holds."""
        for values, weights in zip(other._values, other._weights, strict=True):
            self.add(values, weights)

    def _lay_together(self) -> None:
        values, places = np.unique(np.concatenate(self._values), return_inverse=True)
        weights: Floats = np.bincount(places, np.concatenate(self._weights), len(values)).astype(np.float64)
        self._values, self._weights, self._held = [values], [weights], len(values)

    @property
    def total(self) -> float:
        """The sum of all weights."""
        return float(sum(part.sum() for part in self._weights))

    def quantiles(self, shares: tuple[float, ...]) -> tuple[float, ...] | None:
        """As :func:`weighted_quantiles` of all that was added."""
        if not self._held:
            return None
        return weighted_quantiles(np.concatenate(self._values), np.concatenate(self._weights), shares)
