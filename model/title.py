"""What ties a title to the body below it: a few measures of the document as a whole.

From terms and embeddings to :mod:`misplaced.statements`, which weighs them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from misplaced.features.semantic import length_weights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from misplaced.features.terms import Terms, TermWeights

#: Measures of :func:`title_measures`; see there for the formulas.
NAMES = (
    "centroid",
    "nearest",
    "nearest_three",
    "lead",
    "cohesion",
    "lexical",
    "words_seen",
    "words_recurring",
    "names_seen",
    "log_paragraphs",
)

#: Paragraphs of the opening that stand for what the article is about, and the words they need.
_LEAD, _LEAD_WORDS = 3, 12

#: A word in this many paragraphs is a theme of the body.
_RECURRING = 3


def title_measures(
    title: Terms,
    title_embedding: NDArray[np.float32],
    terms: Sequence[Terms],
    embeddings: NDArray[np.float32],
    weights: TermWeights,
) -> NDArray[np.float64]:
    """Measure how much of a title is found in a body.

    Let t be the title's embedding, e_i that of paragraph i with l_i words, w a word of the title and
    its weight.

    ================  ==========  ==============================================================
    measure           range       formula
    ================  ==========  ==============================================================
    centroid          -1..1       cosine of t and the mean e_i, weighted by sqrt(min(l_i, 100))
    nearest           -1..1       largest cosine of t and an e_i
    nearest_three     -1..1       mean of the three largest
    lead              -1..1       cosine of t and the mean of the first three long paragraphs
    cohesion          -1..1       mean cosine of e_i and the centroid, weighted likewise: how close
                                  to anything a paragraph of this article comes
    lexical           0..         sum of w² sqrt(occurrences), over the root of the sum of w² and
                                  the root of the body's length in words: the title's side of a
                                  tf-idf cosine, the body's side by its length alone
    words_seen        0..1        share of the title's w³ that occurs in the body: rare words count
    words_recurring   0..1        the same, in full only for words of three paragraphs or more
    names_seen        0..1        share of its names that occur; 0.5 without names
    log_paragraphs    0..         log of the number of paragraphs: a long body has more chances
    ================  ==========  ==============================================================

    Parameters
    ----------
    title : Terms
    title_embedding : ndarray of shape (d,), float32
        A unit vector.
    terms : sequence of Terms, length n, at least 1
    embeddings : ndarray of shape (n, d), float32
        Unit rows.
    weights : TermWeights

    Returns
    -------
    ndarray of shape (10,), float64
    """
    lengths = np.array([len(paragraph.words) for paragraph in terms], dtype=np.float32)
    trust = length_weights(lengths) + 1e-3  # lines of digits and signs only still have a place
    centroid = _unit((embeddings * trust[:, None]).sum(axis=0))
    nearest = np.sort(embeddings @ title_embedding)[::-1]
    cohesion = trust @ (embeddings @ centroid) / trust.sum()
    semantic = [
        centroid @ title_embedding,
        nearest[0],
        nearest[:3].mean(),
        _unit(embeddings[_lead_rows(lengths)].mean(axis=0)) @ title_embedding,
        cohesion,
    ]
    return np.array([*semantic, *_lexical(title, terms, weights), np.log(len(terms))], dtype=np.float64)


def _lexical(title: Terms, terms: Sequence[Terms], weights: TermWeights) -> list[float]:
    vocabulary = dict.fromkeys(title.words, 0)
    occurrences, holders = dict(vocabulary), dict(vocabulary)
    length = 0
    for paragraph in terms:
        length += len(paragraph.words)
        for word in vocabulary.keys() & set(paragraph.words):
            holders[word] += 1
            occurrences[word] += paragraph.words.count(word)
    if not vocabulary:
        return [0.0, 0.5, 0.5, 0.5]
    weight = weights.of(list(vocabulary)).astype(np.float64)
    found = np.array(list(occurrences.values()), dtype=np.float64)
    held = np.array(list(holders.values()), dtype=np.float64)
    rarity = weight**3 / max(float((weight**3).sum()), 1e-9)
    size = float(np.sqrt((weight**2).sum()) * np.sqrt(length))
    return [
        float((weight**2 * np.sqrt(found)).sum()) / max(size, 1e-9),
        float(rarity[found > 0].sum()),
        float((rarity * np.minimum(held, _RECURRING)).sum() / _RECURRING),
        sum(occurrences[name] > 0 for name in title.names) / len(title.names) if title.names else 0.5,
    ]


def _lead_rows(lengths: NDArray[np.float32]) -> NDArray[np.int64]:
    long = np.flatnonzero(lengths >= _LEAD_WORDS)
    return long[:_LEAD] if len(long) else np.arange(min(_LEAD, len(lengths)))


def _unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), dtype=np.float32)
