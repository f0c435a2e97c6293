"""Labelled articles prepared for the context network: what it reads of each, and what it must say.

From labelled documents and their embeddings to :mod:`misplaced.training.context`. Everything that does
not change from step to step is worked out once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from misplaced.context import EMBEDDING_SCALE, SPAN
from misplaced.document import fold
from misplaced.features import matrix
from misplaced.features.pairs import Pairs
from misplaced.spans import sentence_by_sentence
from misplaced.training.classes import class_numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from misplaced.features.terms import TermWeights
    from misplaced.labelled import LabelledDocument

#: Paragraphs of an article that take part in a step: a longer one shows a stretch of itself.
STRETCH = 48

#: Articles that a process prepares at a time.
_TOGETHER = 64

#: Share of the articles that are shown without their title.
_UNTITLED = 0.1


@dataclass(frozen=True)
class Sheet:
    """One article of n paragraphs; half precision, for there are many of them.

    Attributes
    ----------
    rows : ndarray of shape (n, f), float16
        Feature columns, the embedding's left out.
    embeddings : ndarray of shape (n + 1, d), float16
        The title's first, zeros where there is none.
    channels : ndarray of shape (n + 1, n + 1, c), float16
        See :meth:`misplaced.features.pairs.Pairs.window`; none where the article is longer than SPAN.
    classes : ndarray of shape (n,), int64
        Index into :data:`misplaced.classifier.CLASSES`, -1 for what teaches nothing.
    key : str
        The article's source, or its id where it names none.
    """

    rows: NDArray[np.float16]
    embeddings: NDArray[np.float16]
    channels: NDArray[np.float16]
    classes: NDArray[np.int64]
    key: str

    def stretch(self, first: int, end: int) -> Sheet:
        """Cut to some paragraphs."""
        inside = np.r_[0, np.arange(first, end) + 1]
        return Sheet(
            self.rows[first:end],
            self.embeddings[inside],
            self.channels[np.ix_(inside, inside)],
            self.classes[first:end],
            self.key,
        )


def as_taught(documents: Sequence[LabelledDocument]) -> list[LabelledDocument]:
    """Divide the articles of a corpus into sentences if some have mixed paragraphs.

    Such a corpus is for :mod:`misplaced.mixed`, which reads sentences. Those of its articles that are
    untouched are divided too: short rows must not tell that something foreign is there.
    """
    mixed = any(document.spans for document in documents)
    return [sentence_by_sentence(document) if mixed else document for document in documents]


def sheets(
    documents: Sequence[LabelledDocument],
    vectors: dict[str, NDArray[np.float32]],
    weights: TermWeights,
    *,
    seed: int,
    name: str,
    track: Callable[[Iterable[Any], int, str], Iterable[Any]],
) -> list[Sheet]:
    """Prepare labelled documents, on all cores; those without a labelled paragraph are left out.

    Parameters
    ----------
    documents : sequence of LabelledDocument
    vectors : dict of str to ndarray
        Embeddings of titles and paragraphs, white space folded.
    weights : TermWeights
    seed : int
        Of the titles that are withheld and of the stretches of long articles.
    name : str
        What the progress bar calls them.
    track : callable
    """
    from joblib import Parallel, delayed

    rng = np.random.default_rng([seed, 13])
    drafts = [
        draft
        for document in documents
        if (draft := _draft(document, vectors, float(rng.random()), untitled=rng.random() < _UNTITLED))
    ]
    batches = [drafts[first : first + _TOGETHER] for first in range(0, len(drafts), _TOGETHER)]
    jobs = (delayed(_sheets)(batch, weights) for batch in batches)
    done = Parallel(n_jobs=-1, return_as="generator")(jobs)
    made = [sheet for some in track(done, len(batches), f"features of {name}") for sheet in some]
    return [sheet for sheet in made if (sheet.classes >= 0).any()]


class _Draft(NamedTuple):
    """An article before its features: what a process needs of it."""

    key: str
    contents: list[str]
    title: str | None
    labels: list[str]
    embeddings: NDArray[np.float16]
    title_embedding: NDArray[np.float32] | None
    place: float


def _draft(
    document: LabelledDocument, vectors: dict[str, NDArray[np.float32]], place: float, *, untitled: bool
) -> _Draft | None:
    contents = [fold(paragraph) for paragraph in document.paragraphs]
    labels = [label for label, content in zip(document.labels, contents, strict=True) if content]
    contents = [content for content in contents if content]
    title = "" if untitled else fold(document.title or "")
    if not contents:
        return None
    embeddings = np.stack([vectors[content] for content in contents]).astype(np.float16)
    own = vectors[title] if title else None
    return _Draft(document.source, contents, title or None, labels, embeddings, own, place)


def _sheets(drafts: Sequence[_Draft], weights: TermWeights) -> list[Sheet]:
    return [_sheet(draft, weights) for draft in drafts]


def _sheet(draft: _Draft, weights: TermWeights) -> Sheet:
    embeddings = draft.embeddings.astype(np.float32)
    features = matrix.compute(draft.contents, embeddings, draft.title, draft.title_embedding, weights)
    first = int(draft.place * (max(len(embeddings) - SPAN, 0) + 1))
    inside = slice(first, min(first + SPAN, len(embeddings)))
    compared = Pairs(embeddings, draft.title_embedding, features.vocabulary, features.wordings)
    return Sheet(
        features.matrix[inside, : len(matrix.COLUMN)].astype(np.float16),
        (EMBEDDING_SCALE * compared.titled(inside.start, inside.stop)).astype(np.float16),
        compared.window(inside.start, inside.stop).astype(np.float16),
        class_numbers(features.matrix[inside], draft.labels[inside]),
        draft.key,
    )
