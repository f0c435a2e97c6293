"""What a paragraph's words say: whether the article speaks of these people and things elsewhere.

Works beside the embeddings, not on them: names and rare words are what a sentence encoder blurs,
and what tells two stories of one topic apart.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from misplaced.features.vectors import TermVectors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from misplaced.features.terms import Terms, TermWeights

#: Columns of :func:`lexical_features`; see there for the formulas.
NAMES = (
    "lexical_rest",
    "lexical_nearest",
    "lexical_title",
    "lexical_previous",
    "lexical_next",
    "term_overlap",
    "names_seen",
    "names_unseen",
    "has_names",
    "title_names",
)


def lexical_features(
    terms: Sequence[Terms], title: Terms | None, weights: TermWeights, references: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Compare the words of every paragraph with the rest of the article.

    Let v_i be the unit tf-idf vector of paragraph i (counts damped by a square root).

    ================  ==========  ==============================================================
    column            range       formula
    ================  ==========  ==============================================================
    lexical_rest      0..1        cosine of v_i and the sum of all other v_j
    lexical_nearest   0..1        largest cosine of v_i and another reference paragraph
    lexical_title     0..1        cosine of v_i and the title's vector; lexical_rest without one
    lexical_previous  0..1        cosine of v_i and v_(i-1); 0 for the first
    lexical_next      0..1        cosine of v_i and v_(i+1); 0 for the last
    term_overlap      0..1        share of the paragraph's term weight that occurs elsewhere
    names_seen        0..1        share of its names that occur elsewhere; 0.5 without names
    names_unseen      0..         log(1 + names that occur nowhere else)
    has_names         0 or 1      whether it has names at all
    title_names       0..1        share of its names that stand in the title
    ================  ==========  ==============================================================

    "Elsewhere" is the title and every paragraph of other wording, so that a repeated caption does
    not vouch for itself.

    Parameters
    ----------
    terms : sequence of Terms, length n
    title : Terms or None
    weights : TermWeights
    references : ndarray of shape (m,), int64
        Paragraphs that *lexical_nearest* looks at; bounded, so that cost grows with n, not n².

    Returns
    -------
    ndarray of shape (n, 10), float32
    """
    count = len(terms)
    vectors = TermVectors(terms, weights)
    total = np.bincount(vectors.columns, vectors.values, len(vectors.buckets))
    with_rest = vectors.per_row(vectors.values * total[vectors.columns])
    own = vectors.per_row(vectors.values**2)
    rest_length = np.sqrt(np.maximum((total**2).sum() - 2 * with_rest + own, 1e-9))
    rest = np.clip((with_rest - own) / rest_length, 0, 1)

    columns = np.zeros((count, len(NAMES)), dtype=np.float32)
    columns[:, 0] = rest
    columns[:, 1] = _nearest(vectors, terms, references)
    columns[:, 2] = rest
    if title is not None and title.words:
        columns[:, 2] = vectors.with_vector(TermVectors([title], weights))
    if count > 1:
        steps = vectors.with_next()
        columns[1:, 3] = steps
        columns[:-1, 4] = steps
    columns[:, 5] = _term_overlap(terms, title, weights)
    columns[:, 6:] = _name_columns(terms, title)
    return columns


def _nearest(
    vectors: TermVectors, terms: Sequence[Terms], references: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Largest cosine with a reference paragraph of other wording."""
    nearest = np.zeros(len(terms), dtype=np.float32)
    wordings: dict[tuple[str, ...], int] = {}
    number = np.array([wordings.setdefault(t.words, len(wordings)) for t in terms])
    for first in range(0, len(terms), 1024):  # blocks bound the dense product
        block = slice(first, min(first + 1024, len(terms)))
        similarity = vectors.with_rows(references, block.start, block.stop)
        similarity[number[block][:, None] == number[references][None, :]] = 0
        nearest[block] = similarity.max(axis=1, initial=0)
    return nearest


def _elsewhere(own: list[frozenset[str]], wordings: list[tuple[str, ...]]) -> Counter[str]:
    """How many different wordings hold each word."""
    seen: set[tuple[str, ...]] = set()
    held: Counter[str] = Counter()
    for words, wording in zip(own, wordings, strict=True):
        if wording not in seen:
            seen.add(wording)
            held.update(words)
    return held


def _term_overlap(terms: Sequence[Terms], title: Terms | None, weights: TermWeights) -> NDArray[np.float32]:
    vocabularies = [frozenset(t.words) for t in terms]
    held = _elsewhere(vocabularies, [t.words for t in terms])
    if title is not None:
        held.update(frozenset(title.words))
    overlap = np.zeros(len(terms), dtype=np.float32)
    for i, vocabulary in enumerate(vocabularies):
        words = sorted(vocabulary)  # summation order must not depend on string hashing
        weight = weights.of(words)
        shared = np.array([held[word] > 1 for word in words], dtype=bool)
        overlap[i] = weight[shared].sum() / max(float(weight.sum()), 1e-9) if words else 0.0
    return overlap


def _name_columns(terms: Sequence[Terms], title: Terms | None) -> NDArray[np.float32]:
    # A name counts as seen wherever the word occurs, also at the start of a sentence.
    held = _elsewhere([frozenset(t.words) for t in terms], [t.words for t in terms])
    in_title = frozenset(title.words) if title is not None else frozenset()
    columns = np.zeros((len(terms), 4), dtype=np.float32)
    columns[:, 0] = 0.5
    for i, paragraph in enumerate(terms):
        if not paragraph.names:
            continue
        unseen = sum(1 for name in paragraph.names if held[name] < 2 and name not in in_title)
        share = 1 - unseen / len(paragraph.names)
        titled = len(paragraph.names & in_title) / len(paragraph.names)
        columns[i] = share, np.log1p(unseen), 1.0, titled
    return columns
