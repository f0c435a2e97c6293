"""Titles over their own bodies and over others': what the title's fit is learned from.

Between labelled corpora and :mod:`misplaced.training.statements`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from misplaced.document import MIN_PARAGRAPHS, fold
from misplaced.features.terms import Terms, TermWeights
from misplaced.title import title_measures
from misplaced.training.corruption.donors import same_story

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from misplaced.labelled import LabelledDocument

#: A near title is the most similar of this many: as close as the titles of one day or one topic are.
NEAR = 30

#: Draws of a title that does not head the same story.
_TRIES = 8


@dataclass(frozen=True)
class TitlePairs:
    """Pairs of a title and a body, as arrays of N rows.

    Attributes
    ----------
    measures : ndarray of shape (N, m), float64
        Columns :data:`misplaced.title.NAMES`.
    drawn : ndarray of str, shape (N,)
        Whose title it is: ``own``, or that of a ``random`` or a ``near`` other article.
    articles : ndarray of shape (N,), int64
        Number of the body's article.
    """

    measures: NDArray[np.float64]
    drawn: NDArray[np.str_]
    articles: NDArray[np.int64]


@dataclass(frozen=True)
class _Titles:
    """The titles of all articles."""

    texts: list[str]
    embeddings: NDArray[np.float32]

    def draw(self, own: int, rng: np.random.Generator, *, near: bool) -> int | None:
        """Draw the title of another story; None if there is none."""
        for _ in range(_TRIES):
            drawn = rng.integers(len(self.texts), size=NEAR if near else 1)
            found = int(drawn[np.argmax(self.embeddings[drawn] @ self.embeddings[own])])
            if not same_story(self.texts[found], self.texts[own]):
                return found
        return None


def title_pairs(
    documents: Sequence[LabelledDocument],
    vectors: Mapping[str, NDArray[np.float32]],
    weights: TermWeights,
    rng: np.random.Generator,
    shown: Iterable[LabelledDocument] | None = None,
) -> TitlePairs:
    """Pair every body with its own title, a random one and a near one.

    Parameters
    ----------
    documents : sequence of LabelledDocument
        Each article once. Those without a title or with fewer than 3 paragraphs are left out.
    vectors : mapping of str to ndarray of shape (d,), float32
        Embeddings of all titles and paragraphs, white space folded.
    weights : TermWeights
    rng : numpy.random.Generator
    shown : iterable of LabelledDocument, optional
        The same documents, wrapped to show progress.

    Returns
    -------
    TitlePairs
        Empty if no document can be used.
    """
    usable = {id(d): n for n, d in enumerate(d for d in documents if _is_usable(d))}
    headed = [d for d in documents if id(d) in usable]
    texts = [fold(d.title or "") for d in headed]
    titles = _Titles(texts, np.stack([vectors[t] for t in texts]) if texts else np.zeros((0, 1), np.float32))
    measures, drawn, articles = [], [], []
    for number, document in enumerate(shown if shown is not None else documents):
        own = usable.get(id(document))
        if own is None:
            continue
        contents = [content for p in document.paragraphs if (content := fold(p))]
        terms = [Terms.of(content) for content in contents]
        rows = np.stack([vectors[content] for content in contents])
        chosen = {
            "own": own,
            "random": titles.draw(own, rng, near=False),
            "near": titles.draw(own, rng, near=True),
        }
        for name, title in chosen.items():
            if title is not None:
                words = Terms.of(titles.texts[title])
                measures.append(title_measures(words, titles.embeddings[title], terms, rows, weights))
                drawn.append(name)
                articles.append(number)
    return TitlePairs(np.array(measures), np.array(drawn, dtype=np.str_), np.array(articles, dtype=np.int64))


def _is_usable(document: LabelledDocument) -> bool:
    filled = sum(1 for paragraph in document.paragraphs if fold(paragraph))
    return bool(fold(document.title or "")) and filled >= MIN_PARAGRAPHS
