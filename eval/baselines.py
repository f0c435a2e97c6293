"""The obvious scorer that the model has to beat: distance to the centroid of the rest.

Scores the same embeddings as the model; its scores go to :mod:`misplaced.eval.metrics`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from misplaced.eval.scored import FloatArray


def centroid_distance(embeddings: NDArray[np.floating]) -> FloatArray:
    """Score each paragraph of one document by its distance to the centroid of all others.

    Parameters
    ----------
    embeddings : ndarray of float, shape (n, d)
        One paragraph a row; a zero row is an empty paragraph.

    Returns
    -------
    ndarray of float64, shape (n,)
        ``1 - cosine``, 0 to 2, higher is more foreign. A paragraph with nothing to compare with (the
        only one of its document, or empty) has 0.
    """
    rows = np.asarray(embeddings, dtype=np.float64)
    if len(rows) < 2:
        return np.zeros(len(rows))
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    unit = np.divide(rows, norms, out=np.zeros_like(rows), where=norms > 0)
    rest = unit.sum(axis=0) - unit
    length = np.linalg.norm(rest, axis=1)
    # Subtracting leaves rounding noise where the rest cancels out or is all empty: no direction.
    comparable = (length > 1e-9) & (norms[:, 0] > 0)
    cosine = np.divide((unit * rest).sum(axis=1), length, out=np.ones(len(rows)), where=comparable)
    return np.asarray(np.clip(1.0 - cosine, 0.0, 2.0), dtype=np.float64)
