"""The median, as numpy computes it, without importing numpy's masked arrays for it.

Below the views; ``numpy.median`` imports them on its first call, which takes as long as a short
article's features.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def median(values: NDArray[Any], axis: int | None = None) -> NDArray[Any]:
    """Mean of the one or two middle values along an axis, or of all; at least one value, none NaN."""
    ordered = np.sort(values, axis=axis)
    count = ordered.shape[0 if axis is None else axis]
    pair = np.take(ordered, [(count - 1) // 2, count // 2], axis=0 if axis is None else axis)
    result: NDArray[Any] = pair.mean(axis=0 if axis is None else axis)
    return result
