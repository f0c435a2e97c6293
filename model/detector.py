"""The detector: documents in, reports out.

Leads the data through its stations: embeddings, feature matrix, probabilities, verdicts. Documents
are batched together for the encoder and come back one by one, in order.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from misplaced.document import Document
from misplaced.embedding import DocumentEmbeddings, embedded_ahead
from misplaced.errors import EncoderError
from misplaced.features import matrix
from misplaced.look import Look, first_look, look_again
from misplaced.mixed import judge_sentences
from misplaced.report import check_threshold
from misplaced.statements import StatementModel
from misplaced.threads import one_thread
from misplaced.verdict import verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from misplaced.artifact import Artifact
    from misplaced.classifier import Classifier
    from misplaced.context import ContextNetwork
    from misplaced.encoder import Encoder
    from misplaced.features.terms import TermWeights
    from misplaced.report import Level, Report, Statement
    from misplaced.second_look import SecondLook

#: Documents of known embeddings that are judged together.
_TOGETHER = 32


__all__ = ["Detector", "DocumentEmbeddings"]


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
    sentence_threshold : float, optional
        That of sentences within paragraphs; the same by default.
    statements : StatementModel, optional
        What is said of a document as a whole; nothing by default.
    second_look : SecondLook, optional
        Reads doubtful paragraphs in context; None leaves it at the first verdict. May be set to None
        at any time.
    context : ContextNetwork, optional
        Where the classifier reads its columns.

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
        sentence_threshold: float | None = None,
        statements: StatementModel | None = None,
        second_look: SecondLook | None = None,
        context: ContextNetwork | None = None,
    ) -> None:
        expected = len(matrix.names(encoder.dimension, context=context is not None))
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
        self.sentence_threshold = sentence_threshold
        self.statements = statements or StatementModel()
        self.second_look = second_look
        self.context = context

    @classmethod
    def load(
        cls,
        path: str | Path | None = None,
        *,
        trusted: bool = False,
        encoder: Encoder | None = None,
        second_look: bool = True,
        threads: int = 0,
    ) -> Detector:
        """Load a model.

        Parameters
        ----------
        path : str or Path, optional
            A folder that ``misplaced train`` wrote, or ``fast`` for the bundled model of that name;
            the accurate bundled model by default.
        trusted : bool
            Allow a classifier file that can run code when it is loaded (``.joblib``, pickle). Only
            for files whose origin you know.
        encoder : Encoder, optional
            Use this one instead of the model's own; it must be the one the model was trained with.
        second_look : bool
            Load the reader of doubtful paragraphs, where the model has one.
        threads : int
            Batches that run at once; 0 for as many as this process may use cores.

        Raises
        ------
        ArtifactError
            If the folder is missing, damaged, of another format version, or not trusted.
        EncoderError
            If the encoder cannot be built or does not fit the classifier.
        """
        from misplaced.artifact import load

        return cls.of(load(path, trusted=trusted, encoder=encoder, second_look=second_look, threads=threads))

    @classmethod
    def of(cls, artifact: Artifact) -> Detector:
        """Put a loaded model together."""
        return cls(
            artifact.encoder,
            artifact.classifier,
            artifact.weights,
            artifact.threshold,
            version=artifact.version,
            sentence_threshold=artifact.sentence_threshold,
            statements=artifact.statements,
            second_look=artifact.second_look,
            context=artifact.context,
        )

    @property
    def threshold(self) -> float:
        """Foreignness, ``1 - coherence``, from which a paragraph is flagged."""
        return self._threshold

    @threshold.setter
    def threshold(self, value: float) -> None:
        check_threshold(value)
        self._threshold = float(value)

    @property
    def sentence_threshold(self) -> float:
        """Foreignness from which a sentence within a paragraph is flagged; None sets :attr:`threshold`'s."""
        return self.threshold if self._sentence_threshold is None else self._sentence_threshold

    @sentence_threshold.setter
    def sentence_threshold(self, value: float | None) -> None:
        if value is not None:
            check_threshold(value)
        self._sentence_threshold = value

    def detect(self, document: str | Document, *, level: Level = "paragraph") -> Report:
        """Judge one document.

        Parameters
        ----------
        document : str or Document
            Plain text is divided as :meth:`Document.from_text` does.
        level : {"paragraph", "sentence"}
            With ``sentence``, the sentences within paragraphs are judged too.
        """
        return next(self.detect_many([document], level=level))

    def detect_many(
        self, documents: Iterable[str | Document], *, level: Level = "paragraph"
    ) -> Iterator[Report]:
        """Judge documents as they come: streaming, in order, batched across documents."""
        for window, embedded in embedded_ahead(self.encoder, (_as_document(d) for d in documents)):
            reports = self._judge_all(window, embedded)
            yield from judge_sentences(reports, embedded, self) if level == "sentence" else reports

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
        for _, embedded in embedded_ahead(self.encoder, documents):
            yield from embedded

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
        pairs = zip(documents, embeddings, strict=True) if embeddings is not None else None
        for window, known in _known(pairs) if pairs else embedded_ahead(self.encoder, documents):
            yield from (look.probabilities() for look in self._look(window, known))

    def _look(
        self,
        documents: Sequence[Document],
        embeddings: Sequence[DocumentEmbeddings],
        statement: Statement | None = None,
    ) -> list[Look]:
        """Look at documents, twice where a paragraph is doubtful."""
        with one_thread():
            looks = [
                first_look(
                    *(document, known, self.classifier, self.weights, self.statements, statement),
                    context=self.context,
                )
                for document, known in zip(documents, embeddings, strict=True)
            ]
        if self.second_look is not None:
            look_again(looks, self.second_look)
        return looks

    def _judge_all(
        self, documents: Sequence[Document], embeddings: Sequence[DocumentEmbeddings]
    ) -> list[Report]:
        looks = self._look(documents, embeddings)
        return [
            verdict(document, known, look, self.classifier, self.threshold, None)
            for document, known, look in zip(documents, embeddings, looks, strict=True)
        ]

    def judge(
        self,
        document: Document,
        embeddings: DocumentEmbeddings,
        *,
        called: Sequence[int] | None = None,
        statement: Statement | None = None,
    ) -> Report:
        """Judge a document whose embeddings are known.

        Parameters
        ----------
        document : Document
        embeddings : DocumentEmbeddings
        called : sequence of int, optional
            What the reasons call each paragraph; its position by default.
        statement : Statement, optional
            What is said of the whole, where it is known already.
        """
        look = self._look([document], [embeddings], statement)[0]
        return verdict(document, embeddings, look, self.classifier, self.threshold, called)


def _known(
    pairs: Iterable[tuple[Document, DocumentEmbeddings]],
) -> Iterator[tuple[list[Document], list[DocumentEmbeddings]]]:
    """Documents whose embeddings are known, some at a time."""
    pairs = iter(pairs)
    while some := list(islice(pairs, _TOGETHER)):
        yield [document for document, _ in some], [known for _, known in some]


def _as_document(document: str | Document) -> Document:
    return Document.from_text(document) if isinstance(document, str) else document
