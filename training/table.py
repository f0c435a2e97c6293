"""Labelled documents as arrays: a row of features and a class for each paragraph.

From labelled corpora and the encoder to :mod:`misplaced.training.fitting`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from misplaced.document import fold
from misplaced.errors import CorpusError
from misplaced.features import matrix
from misplaced.training.classes import class_numbers, merge_rare
from misplaced.training.split import is_held_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from misplaced.context import ContextNetwork
    from misplaced.features.terms import TermWeights
    from misplaced.labelled import LabelledDocument
    from misplaced.training.embedding import CachedEncoder

#: Share of the documents that are shown without their title, so that the model can do without.
_UNTITLED = 0.1


@dataclass(frozen=True)
class Table:
    """All labelled paragraphs as arrays of N rows.

    Attributes
    ----------
    matrix : ndarray of shape (N, f), float32
    classes : ndarray of shape (N,), int64
        Index into :data:`misplaced.classifier.CLASSES`.
    groups : ndarray of shape (N,), int64
        Equal numbers for paragraphs of the same article, in whichever corpus.
    corpora : ndarray of shape (N,), int64
        Which corpus the row is from.
    documents : ndarray of shape (N,), int64
        Which document, counted over all corpora in order.
    places : ndarray of shape (N,), int64
        Which of the document's paragraphs that are not empty.
    seen : ndarray of shape (N,), bool
        Whether the encoder was tuned on the paragraph's source.
    """

    matrix: NDArray[np.float32]
    classes: NDArray[np.int64]
    groups: NDArray[np.int64]
    corpora: NDArray[np.int64]
    documents: NDArray[np.int64]
    places: NDArray[np.int64]
    seen: NDArray[np.bool_]

    def merged(self, folds: int) -> Table:
        """Return the table with rare classes merged, see :func:`misplaced.training.classes.merge_rare`."""
        classes = merge_rare(self.classes, self.groups, folds)
        return replace(self, classes=classes).taken(classes >= 0)

    def taken(self, rows: NDArray[Any]) -> Table:
        """Return the table of some rows, given by mask or index."""
        return Table(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})


def tabulate(
    corpora: dict[str, list[LabelledDocument]],
    encoder: CachedEncoder,
    weights: TermWeights,
    *,
    seed: int = 0,
    track: Callable[[Iterable[Any], int, str], Iterable[Any]],
    vectors: dict[str, NDArray[np.float32]] | None = None,
    held_out: float = 0.0,
    context: ContextNetwork | None = None,
    taught: bool = True,
) -> Table:
    """Turn labelled documents into arrays; paragraphs labelled ``ignore`` and empty ones are left out.

    Embeddings of the titles and paragraphs, white space folded, may be given as `vectors`. Where the
    encoder was tuned on such articles, `held_out` is the share of the sources that it was not tuned
    on (:func:`misplaced.training.split.is_held_out`); 0 says that it knows none of them. Of a context
    network that was `taught` on such articles, the part that does not know an article reads it.
    """
    rng = np.random.default_rng(seed)
    parts: list[tuple[NDArray[Any], ...]] = []
    articles: dict[str, int] = {}
    if vectors is None:
        vectors = embed_documents((d for documents in corpora.values() for d in documents), encoder, track)
    number = -1
    for corpus, (name, documents) in enumerate(corpora.items()):
        for document in track(documents, len(documents), f"features of {name}"):
            number += 1
            untitled = rng.random() < _UNTITLED
            kept = [i for i, paragraph in enumerate(document.paragraphs) if fold(paragraph)]
            if not kept:
                continue
            key = document.source
            honest = context.new_to(key) if context is not None and taught else context
            rows = _rows(document, kept, vectors, weights, honest, untitled=untitled)
            labelled = class_numbers(rows, [document.labels[i] for i in kept])
            known = np.flatnonzero(labelled >= 0)
            group = articles.setdefault(document.id, len(articles))
            seen = held_out > 0 and not is_held_out(key, held_out)
            constants = (np.full(len(known), value) for value in (group, corpus, number))
            parts.append((rows[known], labelled[known], *constants, known, np.full(len(known), seen)))
    if not parts:
        raise CorpusError("no labelled paragraphs to train on", hint="give a corpus with documents")
    return Table(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def embed_documents(
    documents: Iterable[LabelledDocument],
    encoder: CachedEncoder,
    track: Callable[[Iterable[Any], int, str], Iterable[Any]],
) -> dict[str, NDArray[np.float32]]:
    """Embed every wording once; in order of appearance, so that a corpus added last keeps the cache."""
    texts = list(dict.fromkeys(text for document in documents for text in _texts(document) if text))
    vectors: dict[str, NDArray[np.float32]] = {}
    first = 0
    for chunk in track(encoder.encode(texts), encoder.chunks(texts), "embedding"):
        vectors.update(zip(texts[first : first + len(chunk)], chunk, strict=True))
        first += len(chunk)
    return vectors


def _texts(document: LabelledDocument) -> Iterator[str]:
    yield fold(document.title or "")
    for paragraph in document.paragraphs:
        yield fold(paragraph)


def _rows(
    document: LabelledDocument,
    kept: list[int],
    vectors: dict[str, NDArray[np.float32]],
    weights: TermWeights,
    context: ContextNetwork | None,
    *,
    untitled: bool,
) -> NDArray[np.float32]:
    filled = [fold(document.paragraphs[i]) for i in kept]
    title = "" if untitled else fold(document.title or "")
    features = matrix.compute(
        filled,
        np.stack([vectors[content] for content in filled]),
        title or None,
        vectors[title] if title else None,
        weights,
        context,
    )
    return features.matrix
