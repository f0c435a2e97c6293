"""Why a paragraph looks foreign, in a copy editor's words and with numbers to check.

Takes the logistic's exact contributions, adds them up by kind of evidence, and says the strongest
kinds as sentences. A sentence states only what was measured on this paragraph.
"""

from __future__ import annotations

from collections import Counter
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from misplaced.features import matrix
from misplaced.features.middle import median
from misplaced.features.terms import Terms
from misplaced.wording import SENTENCES, wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from misplaced.classifier import Classifier
    from misplaced.features.matrix import Features
    from misplaced.report import Label

#: Sentences a finding at most: a fourth convinces nobody whom three did not.
MOST_REASONS = 3

#: Evidence that moves the log-odds by less (in nats) is not worth a sentence.
_LEAST_CONTRIBUTION = 0.25

#: Change of foreignness by the second look that is worth a sentence.
_TELLING = 0.1

#: Kind of evidence -> the columns that speak for it; every other column is the line's shape.
_EVIDENCE = {
    "rest": (
        "rest",
        "rest_by_length",
        "anchored_rest",
        "nearest",
        "nearest_three",
        "rest_rank",
        "robust_rest",
        "article_cohesion",
        "window",
        "rest_far",
        "nearest_far",
        "cluster_margin",
        "cluster_share",
    ),
    "title": ("title", "lead", "lexical_title", "has_title", "anchor"),
    "stretch": ("anchor_around", "anchor_before", "anchor_after", "company", "topic_rank"),
    "flow": (
        "previous",
        "next",
        "bridge",
        "lexical_previous",
        "lexical_next",
        "interruption",
        "neighbour_most",
        "neighbour_least",
        "lexical_neighbour_most",
    ),
    "words": ("lexical_rest", "lexical_nearest", "term_overlap", "overlap_far"),
    "names": ("names_seen", "names_unseen", "has_names", "title_names", "names_far"),
    "alike": ("opening_shared", "ending_shared"),
    "context": matrix.CONTEXT,
    "repeats": ("repeats", "repeats_title"),
    "place": ("position", "from_start", "from_end"),
    "company": ("previous_short", "next_short", "short_run", "article_short", "article_size", "after_label"),
}


class Article:
    """What the sentences about one article's paragraphs draw on.

    Parameters
    ----------
    contents : sequence of str, length n
        The filled paragraphs.
    features : Features
    embeddings : ndarray of shape (n, d), float32
    indices : sequence of int, length n
        The paragraphs' positions in the document, which is what a reader is told.
    title : str or None
    """

    def __init__(
        self,
        contents: Sequence[str],
        features: Features,
        embeddings: NDArray[np.float32],
        indices: Sequence[int],
        *,
        title: str | None,
    ) -> None:
        self.contents = contents
        self.features = features
        self.embeddings = embeddings
        self.indices = indices
        self.title = title

    @cached_property
    def medians(self) -> NDArray[np.float32]:
        """The article's median of every feature but the embedding's, float32."""
        return median(self.features.matrix[:, : len(matrix.COLUMN)], axis=0).astype(np.float32)

    @cached_property
    def holders(self) -> Counter[str]:
        """How many paragraphs hold each word; the title counts as one."""
        spoken = [t.words for t in self.features.terms]
        if self.title:
            spoken.append(Terms.of(self.title).words)
        return Counter(word for words in spoken for word in set(words))

    def value(self, row: int, column: str) -> float:
        """Return a feature of a paragraph."""
        return float(self.features.matrix[row, matrix.COLUMN[column]])

    def typical(self, column: str) -> float:
        """Return the article's median of a feature."""
        return float(self.medians[matrix.COLUMN[column]])

    def explain(self, row: int, classifier: Classifier, label: Label) -> tuple[str, ...]:
        """Say why a paragraph looks like a label rather than like the article's own.

        Parameters
        ----------
        row : int
            Which of the filled paragraphs.
        classifier : Classifier
        label : {"off_topic", "boilerplate"}

        Returns
        -------
        tuple of str
            At most :data:`MOST_REASONS` sentences, the heaviest evidence first; at least one.
        """
        contributions = classifier.contributions(self.features.matrix[row], label)
        context = len(contributions) > len(matrix.names(self.embeddings.shape[1]))
        kinds = _kinds(self.embeddings.shape[1], context=context)
        weights: dict[str, float] = {}
        for kind, contribution in zip(kinds, contributions, strict=True):
            weights[kind] = weights.get(kind, 0.0) + float(contribution)
        # The context network weighs, pair by pair, how a paragraph goes with the others, and has no words of
        # its own: similarity to the rest says it for it, and whatever points the same way is worth saying.
        spoken = weights.pop("context", 0.0)
        weights["rest"] += max(spoken, 0.0)
        least = 0.0 if spoken >= _LEAST_CONTRIBUTION else _LEAST_CONTRIBUTION
        sentences: list[str] = []
        for kind in sorted(weights, key=lambda k: -weights[k]):
            if weights[kind] <= least or len(sentences) == MOST_REASONS:
                break
            sentence = wording(label) if kind == "wording" else SENTENCES[kind](self, row)
            if sentence:
                sentences.append(sentence)
        return tuple(sentences) or (wording(label),)


def explain_alone(label: Label) -> tuple[str, ...]:
    """Say why a paragraph without an article around it looks like a label: by its wording only."""
    return (wording(label),)


def explain_reading(before: float, after: float) -> tuple[str, ...]:
    """Say what reading a paragraph between its neighbours changed.

    Parameters
    ----------
    before, after : float
        Foreignness, 0 to 1, of the first look and after reading.

    Returns
    -------
    tuple of str
        Empty where reading said nothing new.
    """
    if abs(after - before) < _TELLING:
        return ()
    verb = "raises" if after > before else "lowers"
    return (f"reading it between its neighbours {verb} its foreignness from {before:.2f} to {after:.2f}",)


@lru_cache(maxsize=4)
def _kinds(dimension: int, *, context: bool) -> tuple[str, ...]:
    """Kind of evidence of every column."""
    of_column = {column: kind for kind, columns in _EVIDENCE.items() for column in columns}
    kinds = []
    columns = matrix.names(dimension, context=context), matrix.groups(dimension, context=context)
    for name, group in zip(*columns, strict=True):
        # A product, hinge or deviation speaks for the column it starts from.
        base = name.split("*")[0].split("<")[0].removesuffix("_deviation")
        kinds.append("wording" if group == "embedding" else of_column.get(base, "shape"))
    return tuple(kinds)
