"""What the embeddings say: how close a paragraph is to the rest of its article, in several ways.

All similarities are cosines of unit vectors. Every reference leaves the paragraph itself out, or a
foreign paragraph would vouch for itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from misplaced.features.middle import median
from misplaced.features.relative import robust_deviations

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Columns of :func:`semantic_features`; see there for the formulas.
NAMES = (
    "rest",
    "rest_by_length",
    "anchored_rest",
    "nearest",
    "nearest_three",
    "title",
    "lead",
    "previous",
    "next",
    "bridge",
    "window",
    "rest_rank",
    "robust_rest",
    "article_cohesion",
    "has_title",
)

#: Paragraphs of the opening that stand for what the article is about.
LEAD = 3


def semantic_features(
    embeddings: NDArray[np.float32],
    title: NDArray[np.float32] | None,
    lengths: NDArray[np.float32],
    wordings: NDArray[np.int64],
    references: NDArray[np.int64],
) -> NDArray[np.float32]:
    """Measure the closeness of every paragraph to the rest of the article.

    Let e_i be the embedding of paragraph i and l_i its length in words.

    ================  ==========  ==============================================================
    column            range       formula
    ================  ==========  ==============================================================
    rest              -1..1       cosine of e_i and the mean of all other e_j
    rest_by_length    -1..1       the same, e_j weighted by sqrt(min(l_j, 100)): short lines, often
                                  furniture, say little about the article
    anchored_rest     -1..1       the same, e_j weighted also by its squared closeness to the title
                                  and lead: holds when many lines are foreign and vouch for each
                                  other
    nearest           -1..1       largest cosine of e_i and a reference paragraph of other wording
    nearest_three     -1..1       mean of the three largest
    title             -1..1       cosine of e_i and the title; the lead where there is no title
    lead              -1..1       cosine of e_i and the mean of the first three long paragraphs
    previous, next    -1..1       cosine of e_i and its neighbour; *rest* at the ends
    bridge            -1..1       cosine of the neighbours of i: high where i interrupts
    window            -1..1       cosine of e_i and the mean of the two paragraphs on either side
    rest_rank         0..1        rank of *rest_by_length* within the article, 0 the lowest
    robust_rest       -5..5       (rest_by_length - median) / (1.4826 MAD + 0.03) within the article
    article_cohesion  -1..1       median of *rest_by_length*: how tight the article is as a whole
    has_title         0 or 1
    ================  ==========  ==============================================================

    Leave-one-out centroids and neighbour cosines go back to Hearst, "TextTiling" (1997); the
    robust deviation is Iglewicz and Hoaglin's modified z-score (1993).

    Parameters
    ----------
    embeddings : ndarray of shape (n, d), float32
        Unit rows, n at least 1.
    title : ndarray of shape (d,), float32, or None
    lengths : ndarray of shape (n,), float32
        Words of each paragraph.
    wordings : ndarray of shape (n,), int64
        Equal numbers for paragraphs of equal wording.
    references : ndarray of shape (m,), int64
        Paragraphs that *nearest* looks at.

    Returns
    -------
    ndarray of shape (n, 15), float32
    """
    count = len(embeddings)
    trust = length_weights(lengths)
    lead = lead_direction(embeddings, lengths)
    topic = lead if title is None else title
    anchor = unit((topic + lead)[None, :])[0]
    anchored = trust * np.maximum(embeddings @ anchor, 0.05) ** 2

    columns = np.zeros((count, len(NAMES)), dtype=np.float32)
    columns[:, 0] = _leave_one_out(embeddings, np.ones(count, dtype=np.float32))
    columns[:, 1] = by_length = _leave_one_out(embeddings, trust)
    columns[:, 2] = _leave_one_out(embeddings, anchored)
    columns[:, 3], columns[:, 4] = _nearest(embeddings, wordings, references)
    columns[:, 6] = _lead_similarity(embeddings, lengths)
    columns[:, 5] = columns[:, 6] if title is None else embeddings @ title
    columns[:, 7:11] = _neighbourhood(embeddings, columns[:, 0])
    columns[:, 11] = np.argsort(np.argsort(by_length, kind="stable"), kind="stable") / max(count - 1, 1)
    middle = float(median(by_length))
    columns[:, 12] = robust_deviations(by_length[:, None])[:, 0]
    columns[:, 13] = middle
    columns[:, 14] = title is not None
    return columns


def length_weights(lengths: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how much a paragraph says about its article: sqrt(min(words, 100))."""
    return np.asarray(np.sqrt(np.minimum(lengths, 100.0)), dtype=np.float32)


def unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scale rows, shape (n, d), to unit length; rows of zeros stay."""
    lengths = np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return np.asarray(rows / lengths, dtype=np.float32)


def _leave_one_out(embeddings: NDArray[np.float32], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Cosine of every row with the weighted mean of all others; 0 where there are no others."""
    weighted = embeddings * weights[:, None]
    rest = weighted.sum(axis=0, dtype=np.float64).astype(np.float32) - weighted
    similarity: NDArray[np.float32] = (embeddings * unit(rest)).sum(axis=1)
    return similarity if len(embeddings) > 1 else np.zeros(len(embeddings), dtype=np.float32)


def _lead_rows(lengths: NDArray[np.float32]) -> NDArray[np.int64]:
    """First paragraphs that are long enough to carry the story, the first ones if none is."""
    long = np.flatnonzero(lengths >= 12)
    return long[: LEAD + 1] if len(long) > LEAD else np.arange(min(LEAD + 1, len(lengths)))


def lead_direction(embeddings: NDArray[np.float32], lengths: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the mean of the first three long paragraphs at unit length, shape (d,)."""
    lead: NDArray[np.float32] = unit(embeddings[_lead_rows(lengths)[:LEAD]].mean(axis=0, keepdims=True))[0]
    return lead


def _lead_similarity(embeddings: NDArray[np.float32], lengths: NDArray[np.float32]) -> NDArray[np.float32]:
    """Cosine with the lead; a paragraph of the lead is compared with the lead's other paragraphs."""
    rows = _lead_rows(lengths)
    similarity = embeddings @ lead_direction(embeddings, lengths)
    for row in rows[:LEAD]:
        others = rows[rows != row][:LEAD]
        if len(others):
            similarity[row] = embeddings[row] @ unit(embeddings[others].mean(axis=0, keepdims=True))[0]
        else:
            similarity[row] = 0.0
    return similarity


def _nearest(
    embeddings: NDArray[np.float32], wordings: NDArray[np.int64], references: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Largest cosine, and mean of the three largest, with references of other wording."""
    count = len(embeddings)
    nearest = np.zeros(count, dtype=np.float32)
    three = np.zeros(count, dtype=np.float32)
    targets = embeddings[references].T
    for first in range(0, count, 1024):  # blocks bound the product at 2 MB
        block = slice(first, first + 1024)
        similarity = embeddings[block] @ targets
        same = wordings[block][:, None] == wordings[references][None, :]
        similarity[same] = -np.inf
        top = -np.sort(-similarity, axis=1)[:, :3]
        top = np.where(np.isfinite(top), top, np.nan)
        known = np.isfinite(top).any(axis=1)
        nearest[block][known] = np.nanmax(top[known], axis=1)
        three[block][known] = np.nanmean(top[known], axis=1)
    return nearest, three


def nearest_paragraph(
    embeddings: NDArray[np.float32], wordings: NDArray[np.int64], row: int
) -> tuple[int, float] | None:
    """Find the paragraph of other wording that is closest to one paragraph.

    Returns
    -------
    (index, cosine), or None if every other paragraph has the same wording.
    """
    similarity: NDArray[np.float32] = embeddings @ embeddings[row]
    similarity[wordings == wordings[row]] = -np.inf
    best = int(np.argmax(similarity))
    return (best, float(similarity[best])) if np.isfinite(similarity[best]) else None


def _neighbourhood(embeddings: NDArray[np.float32], rest: NDArray[np.float32]) -> NDArray[np.float32]:
    """Columns previous, next, bridge, window."""
    count = len(embeddings)
    columns = np.repeat(rest[:, None], 4, axis=1).astype(np.float32)
    if count < 2:
        return columns
    steps = (embeddings[1:] * embeddings[:-1]).sum(axis=1)
    columns[1:, 0] = steps
    columns[:-1, 1] = steps
    if count > 2:
        columns[1:-1, 2] = (embeddings[2:] * embeddings[:-2]).sum(axis=1)
    padded = np.zeros((count + 4, embeddings.shape[1]), dtype=np.float32)
    padded[2:-2] = embeddings
    around = padded[:-4] + padded[1:-3] + padded[3:-1] + padded[4:]
    columns[:, 3] = (embeddings * unit(around)).sum(axis=1)
    return columns
