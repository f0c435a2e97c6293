"""What is said of a document as a whole: whether its title fits, whether it has several topics.

Beside the classifier on the data's way: reads the same terms and embeddings, and decides which of
them the paragraphs are judged by. Fitted by :mod:`misplaced.training.statements`; a model without it
says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from misplaced import title, topics
from misplaced.document import MIN_PARAGRAPHS
from misplaced.features.terms import Terms
from misplaced.logistic import EVEN, Logistic
from misplaced.report import Statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from misplaced.features.terms import TermWeights

#: In a document of several topics, a paragraph unlike the rest is what every new section looks like:
#: its odds of being off topic, against coherent, are divided by this.
TOPIC_DISCOUNT = 30.0

_NAMES = {"title": title.NAMES, "topics": topics.NAMES}


@dataclass(frozen=True)
class StatementModel:
    """The logistics that decide; None for what the model cannot say.

    Attributes
    ----------
    title : Logistic or None
        Gives the probability that the title belongs elsewhere.
    topics : Logistic or None
        Gives the probability that the document has several topics.
    """

    title: Logistic | None = None
    topics: Logistic | None = None

    def judge(
        self,
        contents: Sequence[str],
        terms: Sequence[Terms],
        embeddings: NDArray[np.float32],
        headline: str | None,
        title_embedding: NDArray[np.float32] | None,
        weights: TermWeights,
    ) -> Statement:
        """Judge one document.

        Parameters
        ----------
        contents : sequence of str, length n
            Of the paragraphs that are not empty, white space folded.
        terms : sequence of Terms, length n
        embeddings : ndarray of shape (n, d), float32
            Unit rows.
        headline : str or None
        title_embedding : ndarray of shape (d,), float32, or None
        weights : TermWeights

        Returns
        -------
        Statement
            Nothing is said of documents with fewer than 3 such paragraphs. The title of a document
            of several topics often names one of them or none: it is never called a mismatch.
        """
        if len(terms) < MIN_PARAGRAPHS:
            return Statement()
        several = self._several_topics(contents, embeddings)
        if self.title is None or headline is None or title_embedding is None:
            return Statement(multi_topic=several)
        measures = title.title_measures(Terms.of(headline), title_embedding, terms, embeddings, weights)
        foreign = self.title.probability(measures.tolist())
        return Statement(1.0 - foreign, foreign >= EVEN and not several, several)

    def _several_topics(self, contents: Sequence[str], embeddings: NDArray[np.float32]) -> bool:
        if self.topics is None:
            return False
        lengths = np.array([len(content.split()) for content in contents], dtype=np.int64)
        measures = topics.topic_measures(embeddings, lengths)
        return measures is not None and self.topics.probability(measures.tolist()) >= EVEN

    def record(self) -> dict[str, Any]:
        """Return the JSON object that :meth:`parse` reads."""
        known = {"title": self.title, "topics": self.topics}
        return {name: logistic.record() for name, logistic in known.items() if logistic is not None}

    @classmethod
    def parse(cls, found: dict[str, Any]) -> StatementModel:
        """Read what :meth:`record` wrote.

        Raises
        ------
        ValueError
            Saying what is wrong, in a clause.
        """
        known: dict[str, Logistic] = {}
        for name, names in _NAMES.items():
            if name in found:
                try:
                    known[name] = Logistic.parse(found[name], names)
                except ValueError as error:
                    raise ValueError(f"{name!r} {error}") from None
        return cls(**known)


def discount_off_topic(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ask for a stronger case against paragraphs of a document of several topics.

    Parameters
    ----------
    probabilities : ndarray of shape (n, 3), float64
        Columns coherent, off_topic, boilerplate.

    Returns
    -------
    ndarray of shape (n, 3), float64
        The odds of off_topic against coherent divided by :data:`TOPIC_DISCOUNT`; boilerplate as it
        was.
    """
    changed = probabilities.copy()
    coherent, off_topic = probabilities[:, 0], probabilities[:, 1] / TOPIC_DISCOUNT
    both = probabilities[:, 0] + probabilities[:, 1]
    share = off_topic / np.maximum(coherent + off_topic, 1e-300)
    changed[:, 0], changed[:, 1] = both * (1.0 - share), both * share
    return changed
