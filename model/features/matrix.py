"""One row of numbers for each paragraph: the matrix that the classifier reads.

Joins the semantic, lexical, surface and stretch views with the paragraph's own embedding and what the
context network reads; the only module that knows the order of the columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from misplaced.features import lexical, relative, semantic, stretch, surface
from misplaced.features.pairs import Pairs
from misplaced.features.terms import Terms, TermWeights
from misplaced.features.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from misplaced.context import ContextNetwork

Group = Literal[
    "semantic", "lexical", "surface", "stretch", "relative", "interaction", "embedding", "context"
]

#: Paragraphs that *nearest* compares with, evenly spread over a longer article: cost and memory
#: then grow with the length of the article, not with its square.
MAX_REFERENCES = 512

#: Products of two columns that a linear model cannot form itself: how much a low similarity means
#: depends on how much the line says.
INTERACTIONS = (
    ("rest_by_length", "log_words"),
    ("anchored_rest", "log_words"),
    ("anchored_rest", "open_end"),
    ("nearest", "log_words"),
    ("title", "log_words"),
    ("title", "open_end"),
    ("lexical_rest", "log_words"),
    ("term_overlap", "log_words"),
    ("term_overlap", "open_end"),
    ("names_seen", "has_names"),
    ("names_seen", "open_end"),
    ("robust_rest", "article_cohesion"),
    ("open_end", "capitalised"),
    ("open_end", "log_words"),
    ("open_end", "position"),
    ("short_run", "open_end"),
    ("rest_by_length", "article_cohesion"),
    ("company", "log_words"),
    ("company", "cluster_share"),
    ("anchor_around", "open_end"),
    ("cluster_margin", "cluster_share"),
    ("nearest_far", "log_words"),
    ("overlap_far", "log_words"),
    ("opening_shared", "log_words"),
    ("after_label", "open_end"),
    ("after_label", "from_end"),
)

_PLAIN = (*semantic.NAMES, *lexical.NAMES, *surface.NAMES, *stretch.NAMES)
_FIRST = [_PLAIN.index(first) for first, _ in INTERACTIONS]
_SECOND = [_PLAIN.index(second) for _, second in INTERACTIONS]

#: What the context network says: log-probabilities of the classifier's classes.
CONTEXT = (
    "context_prose",
    "context_line",
    "context_caption_or_note",
    "context_pointer",
    "context_foreign_prose",
    "context_furniture",
)

#: Columns that are neither an embedding nor the context network's, by name.
COLUMN = {
    name: place
    for place, name in enumerate(
        (*_PLAIN, *relative.NAMES, *(f"{first}*{second}" for first, second in INTERACTIONS))
    )
}


@dataclass(frozen=True)
class Features:
    """The matrix of one document, with what explaining it needs.

    Attributes
    ----------
    matrix : ndarray of shape (n, f), float32
        One row for each paragraph, columns in the order of :func:`names`.
    wordings : ndarray of shape (n,), int64
        Equal numbers for paragraphs of equal wording.
    terms : tuple of Terms, length n
    vocabulary : Vocabulary
    """

    matrix: NDArray[np.float32]
    wordings: NDArray[np.int64]
    terms: tuple[Terms, ...]
    vocabulary: Vocabulary


def names(dimension: int, *, context: bool = False) -> tuple[str, ...]:
    """Return the names of the columns for embeddings of length `dimension`, with a context network or not."""
    return (
        *COLUMN,
        *(f"embedding_{i}" for i in range(dimension)),
        *(CONTEXT if context else ()),
    )


def groups(dimension: int, *, context: bool = False) -> tuple[Group, ...]:
    """Return the group of every column, in the order of :func:`names`."""
    sizes: tuple[tuple[Group, int], ...] = (
        ("semantic", len(semantic.NAMES)),
        ("lexical", len(lexical.NAMES)),
        ("surface", len(surface.NAMES)),
        ("stretch", len(stretch.NAMES)),
        ("relative", len(relative.NAMES)),
        ("interaction", len(INTERACTIONS)),
        ("embedding", dimension),
        ("context", len(CONTEXT) if context else 0),
    )
    return tuple(group for group, size in sizes for _ in range(size))


def compute(
    contents: Sequence[str],
    embeddings: NDArray[np.float32],
    title: str | None,
    title_embedding: NDArray[np.float32] | None,
    weights: TermWeights,
    context: ContextNetwork | None = None,
) -> Features:
    """Compute the feature matrix of one document.

    Columns are those of :func:`misplaced.features.semantic.semantic_features`,
    :func:`misplaced.features.lexical.lexical_features`,
    :func:`misplaced.features.surface.surface_features` and
    :func:`misplaced.features.stretch.stretch_features`, those columns against the article's level
    (:func:`misplaced.features.relative.relative_features`), the products named in
    :data:`INTERACTIONS`, the paragraph's own embedding, which tells furniture and register, and, where
    there is a context network, its log-probabilities (:meth:`misplaced.context.ContextNetwork.read`).

    Parameters
    ----------
    contents : sequence of str, length n, at least 1
        Paragraphs with white space folded, none empty.
    embeddings : ndarray of shape (n, d), float32
        Unit rows.
    title : str or None
    title_embedding : ndarray of shape (d,), float32, or None
    weights : TermWeights
    context : ContextNetwork, optional
    """
    numbers: dict[str, int] = {}
    wordings = np.array([numbers.setdefault(c.casefold(), len(numbers)) for c in contents], dtype=np.int64)
    references = _references(len(contents))
    terms = tuple(Terms.of(content) for content in contents)
    titled = Terms.of(title) if title else None
    vocabulary = Vocabulary(terms, titled, weights)
    outlook = surface.surface_features(contents, title, wordings)
    lengths = np.expm1(outlook[:, 0])
    plain = np.concatenate(
        [
            semantic.semantic_features(embeddings, title_embedding, lengths, wordings, references),
            lexical.lexical_features(vocabulary, titled=bool(titled and titled.words), references=references),
            outlook,
            stretch.stretch_features(
                contents, embeddings, title_embedding, lengths, wordings, references, vocabulary
            ),
        ],
        axis=1,
    )
    products = plain[:, _FIRST] * plain[:, _SECOND]
    level = relative.relative_features(plain, _PLAIN)
    own = np.concatenate([plain, level, products], axis=1, dtype=np.float32)
    views = [own, embeddings]
    if context is not None:
        views.append(context.read(own, Pairs(embeddings, title_embedding, vocabulary, wordings)))
    return Features(np.concatenate(views, axis=1, dtype=np.float32), wordings, terms, vocabulary)


def lines(rows: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Tell lines from prose: at most 25 words without closing punctuation; shape (n, f) to (n,)."""
    found: NDArray[np.bool_] = (rows[:, COLUMN["open_end"]] > 0) & (rows[:, COLUMN["words_upto_25"]] > 0)
    return found


def _references(count: int) -> NDArray[np.int64]:
    if count <= MAX_REFERENCES:
        return np.arange(count)
    return np.linspace(0, count - 1, MAX_REFERENCES).round().astype(np.int64)
