"""Whether there is a second subject: the article's paragraphs parted in two.

Used by :mod:`misplaced.features.stretch`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from misplaced.features.semantic import unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Rounds in which the two sides settle.
_ROUNDS = 4


def two_clusters(
    embeddings: NDArray[np.float32], closeness: NDArray[np.float32], trust: NDArray[np.float32]
) -> tuple[NDArray[np.float32], float]:
    """Part an article in two: spherical 2-means, begun with what is nearest the opening and furthest from it.

    Parameters
    ----------
    embeddings : ndarray of shape (n, d), float32
        Unit rows.
    closeness : ndarray of shape (n,), float32
        Cosine of every row with the direction of title and opening.
    trust : ndarray of shape (n,), float32
        How much a row counts in a centroid.

    Returns
    -------
    margin : ndarray of shape (n,), float32
        Cosine with the centroid on the opening's side less that with the other, the row left out;
        below four rows, the closeness.
    share : float
        Share of the rows on the other side times the cosine distance of the centroids, 0 to 2.
    """
    count = len(embeddings)
    if count < 4:
        return closeness.copy(), 0.0
    weighted = embeddings * trust[:, None]
    # The nearer half to begin with, and the furthest quarter.
    order = np.argsort(closeness, kind="stable")
    other = np.zeros(count, dtype=bool)
    other[order[: max(count // 4, 1)]] = True
    own = ~other
    own[order[: count // 2]] = False
    for _ in range(_ROUNDS):
        sums = np.stack([weighted[own].sum(axis=0), weighted[other].sum(axis=0)])
        margin = _margin(embeddings, weighted, sums, own, other)
        settled = margin < 0
        # The opening's cluster is never empty, nor is the other one.
        if settled.all() or not settled.any():
            break
        own, other = ~settled, settled
    sums = np.stack([weighted[own].sum(axis=0), weighted[other].sum(axis=0)])
    centres = unit(sums)
    if float(closeness[own].mean()) < float(closeness[other].mean()):
        own, other, sums, centres = other, own, sums[::-1], centres[::-1]
    distance = 1.0 - float(centres[0] @ centres[1])
    return _margin(embeddings, weighted, sums, own, other), float(other.mean()) * distance


def _margin(
    embeddings: NDArray[np.float32],
    weighted: NDArray[np.float32],
    sums: NDArray[np.float32],
    own: NDArray[np.bool_],
    other: NDArray[np.bool_],
) -> NDArray[np.float32]:
    """Cosine with the one centroid less that with the other, every row left out of its own."""
    sides = [
        (embeddings * unit(whole - weighted * members[:, None])).sum(axis=1)
        for whole, members in zip(sums, (own, other), strict=True)
    ]
    difference: NDArray[np.float32] = sides[0] - sides[1]
    return difference
