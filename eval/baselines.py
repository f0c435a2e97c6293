"""The obvious scorers that the model has to beat: how far a paragraph lies from the article's centroid.

Score the same embeddings as the model; their scores go to :mod:`misplaced.eval.metrics`, those of
further methods (:mod:`misplaced.eval.comparison`) beside them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from misplaced.eval.scored import FloatArray

#: Standard deviations from the mean at which :func:`centroid_deviation` is customarily cut.
DEVIATIONS = 1.5


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
    unit, norms = _unit(rows)
    rest = unit.sum(axis=0) - unit
    length = np.linalg.norm(rest, axis=1)
    # Subtracting leaves rounding noise where the rest cancels out or is all empty: no direction.
    comparable = (length > 1e-9) & (norms > 0)
    cosine = np.divide((unit * rest).sum(axis=1), length, out=np.ones(len(rows)), where=comparable)
    return np.asarray(np.clip(1.0 - cosine, 0.0, 2.0), dtype=np.float64)


def centroid_deviation(embeddings: NDArray[np.floating]) -> FloatArray:
    """Score each paragraph by how far its cosine to the article's centroid falls below their mean.

    What a first script does: embed, average, flag what lies more than :data:`DEVIATIONS` standard
    deviations below the mean cosine. The paragraph itself is part of the centroid.

    Parameters
    ----------
    embeddings : ndarray of float, shape (n, d)
        One paragraph a row; a zero row is an empty paragraph.

    Returns
    -------
    ndarray of float64, shape (n,)
        ``(mean - cosine) / standard deviation`` over the article's paragraphs that are not empty; 0
        for empty ones and where all cosines are equal.
    """
    rows = np.asarray(embeddings, dtype=np.float64)
    scores = np.zeros(len(rows))
    unit, norms = _unit(rows)
    filled = norms > 0
    if not filled.any():
        return scores
    # Up to the centroid's length, which the deviation does not depend on.
    cosine = unit[filled] @ unit[filled].mean(axis=0)
    spread = float(cosine.std())
    if spread > 1e-9:
        scores[filled] = (cosine.mean() - cosine) / spread
    return scores


def _unit(rows: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return rows of unit length (zero rows stay zero) and the lengths they had, shape (n,)."""
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    unit = np.divide(rows, norms, out=np.zeros_like(rows), where=norms > 0)
    return unit, np.asarray(norms[:, 0], dtype=np.float64)
