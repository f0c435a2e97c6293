"""Whether foreign lines hold together: what a paragraph's company says of it.

Beside the semantic view, which asks how close a paragraph is to the article. The captions of a
foreign gallery are close to each other, and the second paragraph of a foreign pair is close to the
first: here only what leads back to the title and the opening counts, or what stands further off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from misplaced.features.clusters import two_clusters
from misplaced.features.semantic import lead_direction, length_weights, unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from misplaced.features.vocabulary import Vocabulary

#: Columns of :func:`stretch_features`; see there for the formulas.
NAMES = (
    "anchor",
    "anchor_around",
    "anchor_before",
    "anchor_after",
    "company",
    "topic_rank",
    "cluster_margin",
    "cluster_share",
    "rest_far",
    "nearest_far",
    "overlap_far",
    "names_far",
    "opening_shared",
    "ending_shared",
)

#: Paragraphs on either side that a foreign stretch may reach to: they do not vouch for each other.
_NEAR = 2

#: Paragraphs on either side that *anchor_around* and its kin average.
_REACH = 4

#: Share of the rank that flows along similarities; the rest returns to the opening (LexRank's 0.85
#: lets a closed circle of captions keep most of it).
_DAMPING = 0.7

#: Steps of the rank's iteration: 0.7**12 is 1 %.
_STEPS = 12

#: Words of an opening and of an ending that lines share.
_OPENING, _ENDING = 2, 2

#: Lines of one opening are counted up to here.
_MOST_SHARED = 20


def stretch_features(
    contents: Sequence[str],
    embeddings: NDArray[np.float32],
    title: NDArray[np.float32] | None,
    lengths: NDArray[np.float32],
    wordings: NDArray[np.int64],
    references: NDArray[np.int64],
    vocabulary: Vocabulary,
) -> NDArray[np.float32]:
    """Measure what every paragraph's company is, and whether it leads back to the topic.

    The anchor is the direction of title and opening together; a_i is the cosine of e_i with it.

    ===================  ==========  ===========================================================
    column               range       formula
    ===================  ==========  ===========================================================
    anchor               -1..1       a_i
    anchor_around        -1..1       mean of a_j over up to four paragraphs on either side
    anchor_before/after  -1..1       the same of one side; anchor_around where the side is empty
    company              -1..1       mean of a_j over reference paragraphs of other wording, weighted
                                     by max(cosine of e_i and e_j, 0) ** 3: are those that resemble
                                     this one on topic?
    topic_rank           -3..3       log of n times the rank of i in a walk along similarities that
                                     returns to the opening (biased LexRank, Otterbacher et al. 2005)
    cluster_margin       -2..2       cosine with the centroid of the cluster that holds the opening
                                     less that with the other one's, i itself left out
    cluster_share        0..1        share of the paragraphs in the other cluster times the distance
                                     of the two centroids: is there a second subject at all?
    rest_far             -1..1       cosine of e_i and the mean of all paragraphs but i and the two
                                     on either side
    nearest_far          -1..1       largest cosine with a reference paragraph of other wording that
                                     is more than two away
    overlap_far          0..1        share of the paragraph's term weight that occurs more than two
                                     paragraphs away, or in the title
    names_far            0..1        the same of its names; 0.5 without names
    opening_shared       0..3        log of 1 + other paragraphs with the same first two words
    ending_shared        0..3        the same of the last two words
    ===================  ==========  ===========================================================

    Parameters
    ----------
    contents : sequence of str, length n
    embeddings : ndarray of shape (n, d), float32
        Unit rows, n at least 1.
    title : ndarray of shape (d,), float32, or None
    lengths : ndarray of shape (n,), float32
        Words of each paragraph.
    wordings : ndarray of shape (n,), int64
        Equal numbers for paragraphs of equal wording.
    references : ndarray of shape (m,), int64
        Paragraphs that are compared with all others.
    vocabulary : Vocabulary
        Of the same paragraphs.

    Returns
    -------
    ndarray of shape (n, 14), float32
    """
    lead = lead_direction(embeddings, lengths)
    anchor = unit((lead if title is None else title + lead)[None, :])[0]
    closeness = embeddings @ anchor
    columns = np.zeros((len(embeddings), len(NAMES)), dtype=np.float32)
    columns[:, 0] = closeness
    columns[:, 1:4] = _around(closeness)
    columns[:, 8] = rest_far = _rest_far(embeddings)
    columns[:, 4], columns[:, 9], ties = _compared(embeddings, closeness, rest_far, wordings, references)
    columns[:, 5] = _topic_rank(closeness, ties, references)
    columns[:, 6], columns[:, 7] = two_clusters(embeddings, closeness, length_weights(lengths))
    columns[:, 10], columns[:, 11] = _words_far(vocabulary)
    columns[:, 12] = _shared([" ".join(c.casefold().split()[:_OPENING]) for c in contents], wordings)
    columns[:, 13] = _shared([" ".join(c.casefold().split()[-_ENDING:]) for c in contents], wordings)
    return columns


def _around(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mean over the neighbours on both sides, before and after; shape (n, 3)."""
    count = len(values)
    total = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
    index = np.arange(count)
    first, last = np.maximum(index - _REACH, 0), np.minimum(index + _REACH + 1, count)
    before, after = total[index] - total[first], total[last] - total[index + 1]
    sizes = np.stack([index - first, last - index - 1], axis=1)
    both = np.where(sizes.sum(1) > 0, (before + after) / np.maximum(sizes.sum(1), 1), values)
    one = [
        np.where(size > 0, part / np.maximum(size, 1), both)
        for part, size in zip((before, after), sizes.T, strict=True)
    ]
    return np.stack([both, *one], axis=1).astype(np.float32)


def _compared(
    embeddings: NDArray[np.float32],
    closeness: NDArray[np.float32],
    spare: NDArray[np.float32],
    wordings: NDArray[np.int64],
    references: NDArray[np.int64],
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Columns company and nearest_far, `spare` where nothing stands further off, and the ties between.

    The ties are max(cosine, 0) ** 3 with each reference paragraph of other wording, shape (n, m).
    """
    count = len(embeddings)
    company, nearest = closeness.copy(), spare.copy()
    walk = np.zeros((count, len(references)), dtype=np.float32)
    for first in range(0, count, 1024):  # blocks bound the product at 2 MB
        block = slice(first, first + 1024)
        similarity = embeddings[block] @ embeddings[references].T
        same = wordings[block][:, None] == wordings[references][None, :]
        ties = np.maximum(similarity, 0) ** 3
        ties[same] = 0
        total = ties.sum(axis=1)
        tied = total > 1e-6
        company[block][tied] = (ties @ closeness[references])[tied] / total[tied]
        walk[block] = ties
        places = np.arange(first, first + len(similarity))
        similarity[same | (np.abs(places[:, None] - references[None, :]) <= _NEAR)] = -np.inf
        best = similarity.max(axis=1)
        nearest[block] = np.where(np.isfinite(best), best, spare[block])
    return company, nearest, walk


def _topic_rank(
    closeness: NDArray[np.float32], walk: NDArray[np.float32], references: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Column topic_rank, from the ties of :func:`_compared`."""
    # The walk goes among the references; every paragraph's rank is what flows to it from them.
    start = np.maximum(closeness[references], 0.0) ** 2 + 1e-4
    start /= start.sum()
    among = walk[references]
    leaving = np.maximum(among.sum(axis=1, keepdims=True), 1e-6)
    steps = among / leaving
    rank = start
    for _ in range(_STEPS):
        rank = (1 - _DAMPING) * start + _DAMPING * (rank @ steps)
    flow = (walk / leaving.T) @ rank
    own = np.maximum(closeness, 0.0) ** 2 + 1e-4
    whole = (1 - _DAMPING) * own / own.mean() / len(references) + _DAMPING * flow
    scaled = np.clip(np.log(np.maximum(whole * len(references), 1e-4)), -3, 3)
    return np.asarray(scaled, dtype=np.float32)


def _rest_far(embeddings: NDArray[np.float32]) -> NDArray[np.float32]:
    count = len(embeddings)
    padded = np.zeros((count + 2 * _NEAR, embeddings.shape[1]), dtype=np.float32)
    padded[_NEAR : _NEAR + count] = embeddings
    near = sum(padded[shift : shift + count] for shift in range(2 * _NEAR + 1))
    rest = embeddings.sum(axis=0, dtype=np.float64).astype(np.float32) - near
    if count <= 2 * _NEAR + 1:  # too short: all but the paragraph itself
        rest = embeddings.sum(axis=0) - embeddings
    similarity: NDArray[np.float32] = (embeddings * unit(rest)).sum(axis=1)
    return similarity


def _words_far(vocabulary: Vocabulary) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Columns overlap_far and names_far."""
    words = vocabulary.words
    far = vocabulary.held_beyond(_NEAR) | (vocabulary.title_times > 0)[words]
    weight = vocabulary.weights[words]
    overlap = vocabulary.per_row(weight * far) / np.maximum(vocabulary.per_row(weight), 1e-9)
    names = vocabulary.per_row(vocabulary.is_name.astype(np.float64))
    held = vocabulary.per_row((vocabulary.is_name & far).astype(np.float64))
    return overlap, np.where(names > 0, held / np.maximum(names, 1), 0.5)


def _shared(keys: Sequence[str], wordings: NDArray[np.int64]) -> NDArray[np.float32]:
    """Log of one plus the wordings, other than its own, with the same key."""
    holders: dict[str, set[int]] = {}
    for key, wording in zip(keys, wordings.tolist(), strict=True):
        holders.setdefault(key, set()).add(wording)
    counts = [min(len(holders[key]), _MOST_SHARED) for key in keys]
    return np.log(counts).astype(np.float32)
