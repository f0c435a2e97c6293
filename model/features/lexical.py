"""What a paragraph's words say: whether the article speaks of these people and things elsewhere.

Works beside the embeddings, not on them: names and rare words are what a sentence encoder blurs,
and what tells two stories of one topic apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from misplaced.features.vectors import TermVectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from misplaced.features.vocabulary import Vocabulary

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
    vocabulary: Vocabulary, *, titled: bool, references: NDArray[np.int64]
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
    vocabulary : Vocabulary
        Of n paragraphs.
    titled : bool
        Whether there is a title with words.
    references : ndarray of shape (m,), int64
        Paragraphs that *lexical_nearest* looks at; bounded, so that cost grows with n, not n².

    Returns
    -------
    ndarray of shape (n, 10), float32
    """
    count = vocabulary.count
    vectors = TermVectors(vocabulary)
    columns = np.zeros((count, len(NAMES)), dtype=np.float32)
    columns[:, 0] = vectors.with_all()
    columns[:, 1] = _nearest(vectors, vocabulary.first, references)
    columns[:, 2] = vectors.with_title() if titled else columns[:, 0]
    if count > 1:
        steps = vectors.with_next()
        columns[1:, 3] = steps
        columns[:-1, 4] = steps
    columns[:, 5] = _term_overlap(vocabulary)
    columns[:, 6:] = _name_columns(vocabulary)
    return columns


def _nearest(
    vectors: TermVectors, first: NDArray[np.int64], references: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Largest cosine with a reference paragraph of other wording."""
    nearest = np.zeros(len(first), dtype=np.float32)
    for start in range(0, len(first), 1024):  # blocks bound the dense product
        block = slice(start, min(start + 1024, len(first)))
        similarity = vectors.with_rows(references, block.start, block.stop)
        similarity[first[block][:, None] == first[references][None, :]] = 0
        nearest[block] = similarity.max(axis=1, initial=0)
    return nearest


def _term_overlap(vocabulary: Vocabulary) -> NDArray[np.float64]:
    held = vocabulary.holders + (vocabulary.title_times > 0)
    weight = vocabulary.weights[vocabulary.words]
    shared = vocabulary.per_row(weight * (held > 1)[vocabulary.words])
    overlap: NDArray[np.float64] = shared / np.maximum(vocabulary.per_row(weight), 1e-9)
    return overlap


def _name_columns(vocabulary: Vocabulary) -> NDArray[np.float64]:
    # A name counts as seen wherever the word occurs, also at the start of a sentence.
    in_title = vocabulary.title_times > 0
    seen = (vocabulary.holders > 1) | in_title
    total, unseen, titled = (
        vocabulary.per_row((vocabulary.is_name & of_kind).astype(np.float64))
        for of_kind in (True, ~seen[vocabulary.words], in_title[vocabulary.words])
    )
    some = total > 0
    most = np.maximum(total, 1)
    return np.stack([np.where(some, 1 - unseen / most, 0.5), np.log1p(unseen), some, titled / most], axis=1)
