"""Foreign sentences within paragraphs: the article read again, its sentences in its paragraphs' place.

After :mod:`misplaced.detector` has judged the paragraphs, and by its means: the same encoder, features
and classifier. An article of one-sentence paragraphs is an article like any other, so that nothing
else has to be learned; a foreign sentence stands out among its neighbours as a foreign paragraph does.
Costs the embedding of every sentence of the paragraphs that have two or more, and one more judgement
of the document.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from misplaced.report import ScoredSentence
from misplaced.sentences import sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from misplaced.document import Document, Paragraph
    from misplaced.embedding import DocumentEmbeddings
    from misplaced.report import Label, Report, ScoredParagraph, Statement


class Judge(Protocol):
    """The part of :class:`misplaced.detector.Detector` that is needed here."""

    @property
    def sentence_threshold(self) -> float:
        """Foreignness from which a sentence is flagged."""
        ...

    def embed(self, documents: Iterable[Document]) -> Iterator[DocumentEmbeddings]:
        """Embed documents, in order."""
        ...

    def judge(
        self,
        document: Document,
        embeddings: DocumentEmbeddings,
        *,
        called: Sequence[int] | None = None,
        statement: Statement | None = None,
    ) -> Report:
        """Judge a document whose embeddings are known."""
        ...


@dataclass(frozen=True)
class _Divided:
    """A document's paragraphs, each as its sentences.

    Attributes
    ----------
    parts : list of tuple of Paragraph
        By paragraph; empty for one that is not divided.
    """

    document: Document
    parts: list[tuple[Paragraph, ...]]

    @classmethod
    def of(cls, document: Document) -> _Divided:
        found = [sentences(paragraph) for paragraph in document.paragraphs]
        return cls(document, [parts if len(parts) > 1 else () for parts in found])

    @property
    def loose(self) -> Document:
        """The sentences alone, to be embedded."""
        return replace(self.document, paragraphs=tuple(s for parts in self.parts for s in parts), title=None)

    def rows(self) -> list[tuple[int, Paragraph]]:
        """What takes the paragraphs' place, each with the index of its paragraph."""
        return [
            (index, unit)
            for index, (paragraph, parts) in enumerate(zip(self.document.paragraphs, self.parts, strict=True))
            for unit in (parts or (paragraph,))
        ]


def judge_sentences(
    reports: Sequence[Report], embeddings: Sequence[DocumentEmbeddings], judge: Judge
) -> Iterator[Report]:
    """Judge the sentences within paragraphs.

    Parameters
    ----------
    reports : sequence of Report
        On the paragraphs of some documents.
    embeddings : sequence of DocumentEmbeddings
        Of the same documents.
    judge : Judge

    Yields
    ------
    Report
        The same with ``sentences`` in every paragraph of two or more. Paragraphs and sentences are
        judged at the threshold of the report and at ``judge.sentence_threshold``.
    """
    divided = [_Divided.of(report.document) for report in reports]
    fresh = judge.embed(one.loose for one in divided)
    for report, known, one, found in zip(reports, embeddings, divided, fresh, strict=True):
        complete = replace(report, sentence_threshold=judge.sentence_threshold)
        if any(one.parts):
            scored = _scored_sentences(report, one, _joined(one, known, found), judge)
            paragraphs = zip(report.paragraphs, scored, strict=True)
            complete = replace(complete, paragraphs=tuple(replace(p, sentences=s) for p, s in paragraphs))
        yield complete.rethreshold(report.threshold, judge.sentence_threshold)


def _joined(
    divided: _Divided, known: DocumentEmbeddings, sentences: DocumentEmbeddings
) -> DocumentEmbeddings:
    """Put the sentences' rows in the place of their paragraphs'."""
    taken, rows = 0, []
    for index, parts in enumerate(divided.parts):
        rows.append(sentences.paragraphs[taken : taken + len(parts)] if parts else known.paragraphs[[index]])
        taken += len(parts)
    return replace(known, paragraphs=np.concatenate(rows))


def _scored_sentences(
    report: Report, divided: _Divided, embeddings: DocumentEmbeddings, judge: Judge
) -> list[tuple[ScoredSentence, ...]]:
    """The verdicts on the sentences, by paragraph."""
    rows = divided.rows()
    document = replace(divided.document, paragraphs=tuple(unit for _, unit in rows))
    verdict = judge.judge(
        document, embeddings, called=[index for index, _ in rows], statement=report.statement
    )
    scored: list[list[ScoredSentence]] = [[] for _ in divided.parts]
    for (index, _), unit in zip(rows, verdict.paragraphs, strict=True):
        if divided.parts[index]:
            scored[index].append(_sentence(len(scored[index]), unit, report))
    return [tuple(found) for found in scored]


def _sentence(index: int, unit: ScoredParagraph, report: Report) -> ScoredSentence:
    probabilities: dict[Label, float] = dict(unit.probabilities)
    reasons = unit.reasons
    if report.too_short:
        # However many sentences it has: there is nothing that the whole could be about but they.
        probabilities["coherent"] = min(1.0, probabilities["coherent"] + probabilities["off_topic"])
        probabilities["off_topic"] = 0.0
        reasons = ()
    source = report.document.source
    line_start = max(source.rfind("\n", 0, unit.start), source.rfind("\r", 0, unit.start)) + 1
    return ScoredSentence(
        index,
        unit.text,
        unit.start,
        unit.end,
        unit.line,
        unit.start - line_start + 1,
        coherence=probabilities["coherent"],
        label="coherent",
        flagged=False,
        probabilities=probabilities,
        reasons=reasons,
    )
