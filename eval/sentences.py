"""Run a detector over mixed paragraphs and measure how well it points at the foreign sentences.

Beside :mod:`misplaced.eval.benchmark`, one level below: labelled articles with ``spans`` in, a
:class:`misplaced.eval.benchmark.BenchmarkResult` out, whose units are sentences.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING, Protocol

import numpy as np

from misplaced.errors import CorpusError
from misplaced.eval.baselines import centroid_distance
from misplaced.eval.benchmark import RESAMPLES, BenchmarkResult, Scorer, Track, measured, untracked
from misplaced.eval.scored import UNCOUNTED_KIND, Scored
from misplaced.labelled import corpus_name, digest, read_labelled
from misplaced.spans import labelled_sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from misplaced.document import Document
    from misplaced.labelled import LabelledDocument
    from misplaced.report import Level, Report, ScoredParagraph


class SentenceScorer(Scorer, Protocol):
    """What a benchmark of sentences needs of a detector."""

    @property
    def sentence_threshold(self) -> float:
        """A sentence is flagged when its probability of being foreign reaches this."""
        ...

    def detect_many(
        self, documents: Iterable[str | Document], *, level: Level = "paragraph"
    ) -> Iterator[Report]:
        """Judge documents, in order."""
        ...


def run_sentences(
    detector: SentenceScorer,
    path: str | Path,
    *,
    threshold: float | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
    track: Track = untracked,
) -> BenchmarkResult:
    """Score the sentences of a benchmark and measure the scores.

    Counted are the sentences of coherent paragraphs of two sentences or more, unless flagged as a
    whole, and those of mixed paragraphs, flagged or not; a span that the division into sentences has
    missed counts as missed (see :func:`misplaced.spans.labelled_sentences`).

    Parameters
    ----------
    detector : SentenceScorer
        A :class:`misplaced.Detector`.
    path : str or Path
        See :func:`misplaced.labelled.read_labelled`.
    threshold : float, optional
        Instead of the detector's own for sentences; above 0, at most 1.
    resamples, seed : int
        Of the bootstrapped intervals; 0 resamples for none.
    track : Track
        Shows progress over the documents.

    Returns
    -------
    BenchmarkResult
        Named ``<file> (sentences)``, so that its pins are its own. The labels are those of sentences.

    Raises
    ------
    CorpusError
        If the benchmark cannot be read or has no spans.
    """
    checksum = digest(path)
    labelled = list(read_labelled(path))
    if not any(article.spans for article in labelled):
        hint = "make one with: misplaced corrupt --form fused"
        raise CorpusError("no mixed paragraphs ('spans') in this benchmark", where=str(path), hint=hint)
    documents = [article.unlabelled(str(path)) for article in labelled]
    started = perf_counter()
    tracked = track(documents, total=len(documents), description=corpus_name(path))
    reports = list(detector.detect_many(tracked, level="sentence"))
    seconds = perf_counter() - started

    scored = _collect(labelled, reports)
    distances = _collect(labelled, _by_distance(detector, documents, reports))
    threshold = detector.sentence_threshold if threshold is None else threshold
    return BenchmarkResult(
        name=f"{corpus_name(path)} (sentences)",
        digest=checksum,
        documents=len(labelled),
        labels=dict(sorted(Counter(scored.label.tolist()).items())),
        counted=len(scored.score),
        model=measured(scored, threshold, resamples, seed),
        baseline=measured(distances, None, resamples, seed),
        seconds=seconds,
        paragraphs_per_second=sum(len(d.paragraphs) for d in documents) / max(seconds, 1e-9),
        scored=scored,
        baseline_scored=distances,
    )


def _collect(labelled: Sequence[LabelledDocument], reports: Iterable[Report]) -> Scored:
    """Line up scores and labels of the sentences that count."""
    rows = [
        (sentence.foreignness, sentence.label, number, article.kind or "", article.form or "")
        for number, (article, report) in enumerate(zip(labelled, reports, strict=True))
        if article.kind != UNCOUNTED_KIND
        for sentence in labelled_sentences(article, report)
    ]
    score, label, document, kind, form = zip(*rows, strict=True) if rows else ([], [], [], [], [])
    return Scored(
        np.array(score, dtype=np.float64),
        np.array(label, dtype=np.str_),
        np.array(document, dtype=np.int64),
        np.array(kind, dtype=np.str_),
        np.array(form, dtype=np.str_),
    )


def _by_distance(
    detector: Scorer, documents: Sequence[Document], reports: Sequence[Report]
) -> Iterator[Report]:
    """Put in the place of every sentence's coherence its similarity to the centroid of the others."""
    loose = [_loose(document, report) for document, report in zip(documents, reports, strict=True)]
    for report, embeddings in zip(reports, detector.embed(loose), strict=True):
        similar = iter((1.0 - centroid_distance(embeddings.paragraphs)).tolist())
        yield replace(report, paragraphs=tuple(_replaced(p, similar) for p in report.paragraphs))


def _loose(document: Document, report: Report) -> Document:
    """Put the sentences in their paragraphs' place."""
    texts = [unit.text for p in report.paragraphs for unit in (p.sentences or (p,))]
    return type(document).from_paragraphs(texts, title=document.title)


def _replaced(paragraph: ScoredParagraph, similar: Iterator[float]) -> ScoredParagraph:
    if not paragraph.sentences:
        return replace(paragraph, coherence=next(similar))
    sentences = tuple(replace(sentence, coherence=next(similar)) for sentence in paragraph.sentences)
    return replace(paragraph, sentences=sentences)
