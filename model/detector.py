"""The detector: documents in, reports out.

Leads the data through its stations: embeddings, feature matrix, probabilities, verdicts. Documents
are batched together for the encoder and come back one by one, in order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from misplaced.document import Document
from misplaced.encoder import encode_checked
from misplaced.errors import EncoderError
from misplaced.features import matrix
from misplaced.reasons import Article, explain_alone
from misplaced.report import LABELS, Report, ScoredParagraph, check_threshold, foreign_label

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from misplaced.classifier import Classifier
    from misplaced.encoder import Encoder
    from misplaced.features.matrix import Features
    from misplaced.features.terms import TermWeights

#: Paragraphs that are embedded together, over as many documents as it takes. Enough for batches of
#: equal length, few enough that the first report comes soon.
_WINDOW = 256

#: Reasons are worked out for paragraphs at least this foreign (``1 - coherence``), flagged or not, so
#: that a report read again at a lower threshold still has them.
_REASONS_FROM = 0.1


@dataclass(frozen=True)
class DocumentEmbeddings:
    """The embeddings of one document.

    Attributes
    ----------
    paragraphs : ndarray of shape (n, d), float32
        Unit rows; zero rows for empty paragraphs.
    title : ndarray of shape (d,), float32, or None
        None where the document has no title.
    """

    paragraphs: NDArray[np.float32]
    title: NDArray[np.float32] | None


class Detector:
    """Scores the paragraphs of articles and flags what does not belong.

    Parameters
    ----------
    encoder : Encoder
    classifier : Classifier
    weights : TermWeights
    threshold : float
        A paragraph is flagged when ``1 - coherence`` reaches it; above 0, at most 1.
    version : str, optional
        Name and version of the model, for reports.

    Examples
    --------
    >>> detector = Detector.load()  # doctest: +SKIP
    >>> detector.score(["First paragraph.", "Second paragraph.", "Third."])  # doctest: +SKIP
    """

    def __init__(
        self,
        encoder: Encoder,
        classifier: Classifier,
        weights: TermWeights,
        threshold: float,
        *,
        version: str = "",
    ) -> None:
        expected = len(matrix.names(encoder.dimension))
        if classifier.width != expected:
            raise EncoderError(
                f"the classifier reads {classifier.width} features, "
                f"the encoder {encoder.name!r} gives {expected}",
                hint="use the encoder that the model was trained with, or train it again",
            )
        self.encoder = encoder
        self.classifier = classifier
        self.weights = weights
        self.threshold = threshold
        self.version = version

    @classmethod
    def load(
        cls, path: str | Path | None = None, *, trusted: bool = False, encoder: Encoder | None = None
    ) -> Detector:
        """Load a model.

        Parameters
        ----------
        path : str or Path, optional
            A folder that ``misplaced train`` wrote; the bundled model by default.
        trusted : bool
            Allow a classifier file that can run code when it is loaded (``.joblib``, pickle). Only
            for files whose origin you know.
        encoder : Encoder, optional
            Use this one instead of the model's own; it must be the one the model was trained with.

        Raises
        ------
        ArtifactError
            If the folder is missing, damaged, of another format version, or not trusted.
        EncoderError
            If the encoder cannot be built or does not fit the classifier.
        """
        from misplaced.artifact import load

        artifact = load(path, trusted=trusted, encoder=encoder)
        return cls(
            artifact.encoder,
            artifact.classifier,
            artifact.weights,
            artifact.threshold,
            version=artifact.version,
        )

    @property
    def threshold(self) -> float:
        """Foreignness, ``1 - coherence``, from which a paragraph is flagged."""
        return self._threshold

    @threshold.setter
    def threshold(self, value: float) -> None:
        check_threshold(value)
        self._threshold = float(value)

    def detect(self, document: str | Document) -> Report:
        """Judge one document.

        Parameters
        ----------
        document : str or Document
            Plain text is divided as :meth:`Document.from_text` does.
        """
        return next(self.detect_many([document]))

    def detect_many(self, documents: Iterable[str | Document]) -> Iterator[Report]:
        """Judge documents as they come: streaming, in order, batched across documents."""
        for window in _windows(_as_document(d) for d in documents):
            for document, embeddings in zip(window, self._embed_window(window), strict=True):
                yield self._report(document, embeddings)

    def score(self, paragraphs: Sequence[str], title: str | None = None) -> NDArray[np.float64]:
        """Score paragraphs of one article.

        Parameters
        ----------
        paragraphs : sequence of str, length n
            Taken as they are, empty ones too.
        title : str, optional

        Returns
        -------
        ndarray of shape (n,), float64
            Coherence, 0 to 1, higher fits better; 1.0 for an empty paragraph.
        """
        report = self.detect(Document.from_paragraphs(paragraphs, title=title))
        return np.array([p.coherence for p in report.paragraphs], dtype=np.float64)

    def embed(self, documents: Iterable[Document]) -> Iterator[DocumentEmbeddings]:
        """Embed documents, streaming, in order."""
        for window in _windows(documents):
            yield from self._embed_window(window)

    def probabilities(
        self, documents: Iterable[Document], *, embeddings: Iterable[DocumentEmbeddings] | None = None
    ) -> Iterator[NDArray[np.float64]]:
        """Yield the classifier's probabilities for each document, before any rule for short ones.

        Parameters
        ----------
        documents : iterable of Document
        embeddings : iterable of DocumentEmbeddings, optional
            Of the same documents, where they are known already.

        Yields
        ------
        ndarray of shape (n, 3), float64
            Columns in the order of :data:`misplaced.report.LABELS`; an empty paragraph is coherent.
        """
        if embeddings is not None:
            for document, known in zip(documents, embeddings, strict=True):
                yield self._probabilities(document, known)[0]
            return
        for window in _windows(documents):
            for document, fresh in zip(window, self._embed_window(window), strict=True):
                yield self._probabilities(document, fresh)[0]

    def _embed_window(self, documents: Sequence[Document]) -> Iterator[DocumentEmbeddings]:
        """Embed documents together, every wording once."""
        wanted = [p.content for d in documents for p in d.paragraphs]
        wanted += [d.title_content for d in documents if d.title_content]
        rows = {text: row for row, text in enumerate(t for t in dict.fromkeys(wanted) if t)}
        encoded = encode_checked(self.encoder, list(rows))
        blank = np.zeros(self.encoder.dimension, dtype=np.float32)
        for document in documents:
            title = document.title_content
            found = [encoded[rows[p.content]] if p.content else blank for p in document.paragraphs]
            yield DocumentEmbeddings(
                np.stack(found) if found else np.zeros((0, len(blank)), dtype=np.float32),
                encoded[rows[title]] if title else None,
            )

    def _probabilities(
        self, document: Document, embeddings: DocumentEmbeddings
    ) -> tuple[NDArray[np.float64], Features | None, list[int]]:
        """Probabilities of all paragraphs; features of the filled ones; which those are."""
        probabilities = np.zeros((len(document.paragraphs), len(LABELS)))
        probabilities[:, 0] = 1.0
        filled = [i for i, p in enumerate(document.paragraphs) if p.content]
        if not filled:
            return probabilities, None, filled
        features = matrix.compute(
            [document.paragraphs[i].content for i in filled],
            embeddings.paragraphs[filled],
            document.title_content,
            embeddings.title,
            self.weights,
        )
        probabilities[filled] = self.classifier.probabilities(features.matrix)
        return probabilities, features, filled

    def _report(self, document: Document, embeddings: DocumentEmbeddings) -> Report:
        probabilities, features, filled = self._probabilities(document, embeddings)
        if document.too_short:
            # Nothing to compare with: the mass of off_topic says nothing here.
            probabilities[:, 0] = np.minimum(probabilities[:, 0] + probabilities[:, 1], 1.0)
            probabilities[:, 1] = 0.0
        reasons = self._reasons(document, embeddings, probabilities, features, filled)
        paragraphs = []
        for index, paragraph in enumerate(document.paragraphs):
            by_label = dict(zip(LABELS, probabilities[index].tolist(), strict=True))
            scored = ScoredParagraph(
                index,
                paragraph.text,
                paragraph.start,
                paragraph.end,
                paragraph.line,
                coherence=by_label["coherent"],
                label="coherent",
                flagged=False,
                probabilities=by_label,
                reasons=reasons.get(index, ()),
            )
            paragraphs.append(scored.at_threshold(self.threshold))
        return Report(document, tuple(paragraphs), self.threshold, document.too_short)

    def _reasons(
        self,
        document: Document,
        embeddings: DocumentEmbeddings,
        probabilities: NDArray[np.float64],
        features: Features | None,
        filled: list[int],
    ) -> dict[int, tuple[str, ...]]:
        """Reasons of the paragraphs at or near the threshold, by index."""
        floor = min(_REASONS_FROM, self.threshold)
        suspects = [i for i in filled if 1.0 - probabilities[i, 0] >= floor]
        if features is None or not suspects:
            return {}
        if document.too_short:
            return {i: explain_alone("boilerplate") for i in suspects}
        article = Article(
            [document.paragraphs[i].content for i in filled],
            features,
            embeddings.paragraphs[filled],
            filled,
            title=document.title_content,
        )
        rows = {index: row for row, index in enumerate(filled)}
        return {
            index: article.explain(
                rows[index],
                self.classifier,
                foreign_label(probabilities[index, 1], probabilities[index, 2]),
            )
            for index in suspects
        }


def _as_document(document: str | Document) -> Document:
    return Document.from_text(document) if isinstance(document, str) else document


def _windows(documents: Iterable[Document]) -> Iterator[list[Document]]:
    """Collect documents until they hold enough paragraphs to embed together."""
    window: list[Document] = []
    size = 0
    for document in documents:
        window.append(document)
        size += len(document.paragraphs) + 1
        if size >= _WINDOW:
            yield window
            window, size = [], 0
    if window:
        yield window
