"""Documents to reports, each at the thresholds that hold for its file.

The part of ``detect`` and ``baseline`` that asks the model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from misplaced.apps.level import Level

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from misplaced.document import Document
    from misplaced.report import Level as JudgedLevel
    from misplaced.report import Report

#: Of paragraphs and of sentences; None for the model's own. The first also holds for sentences that
#: have none.
Thresholds = tuple[float | None, float | None]


class Scorer(Protocol):
    """The part of :class:`misplaced.detector.Detector` that is needed here."""

    threshold: float

    @property
    def sentence_threshold(self) -> float:
        """That of sentences within paragraphs."""
        ...

    @sentence_threshold.setter
    def sentence_threshold(self, value: float | None) -> None: ...

    def detect_many(
        self, documents: Iterable[Document], *, level: JudgedLevel = "paragraph"
    ) -> Iterator[Report]:
        """Score documents as they come, order kept."""
        ...


def judged(
    scorer: Scorer,
    documents: Iterable[Document],
    *,
    level: Level = Level.PARAGRAPH,
    of_run: Thresholds = (None, None),
    of_file: Callable[[str | None], Thresholds] | None = None,
) -> Iterator[Report]:
    """Judge documents.

    Parameters
    ----------
    scorer : Scorer
        Has the thresholds of the run from now on.
    documents : iterable of Document
    level : Level
    of_run : Thresholds
    of_file : callable, optional
        From a document's path to what holds for it in place of `of_run`.

    Returns
    -------
    iterator of Report
        In the order of `documents`, streaming.
    """
    model = _Model(scorer, sentences=level is Level.SENTENCE)
    scorer.threshold = model.filled(of_run)[0]
    if level is Level.SENTENCE:
        scorer.sentence_threshold = model.filled(of_run)[1]
    reports = scorer.detect_many(documents, level="sentence" if level is Level.SENTENCE else "paragraph")
    if of_file is None:
        return reports
    return (model.rejudged(report, of_file(report.document.path)) for report in reports)


class _Model:
    """The thresholds that come with a model."""

    def __init__(self, scorer: Scorer, *, sentences: bool) -> None:
        self._threshold = scorer.threshold
        self._sentence_threshold = scorer.sentence_threshold if sentences else scorer.threshold

    def filled(self, thresholds: Thresholds) -> tuple[float, float]:
        """Return thresholds with the model's in place of those that nobody set."""
        threshold, of_sentences = thresholds
        if of_sentences is None:
            of_sentences = self._sentence_threshold if threshold is None else threshold
        return self._threshold if threshold is None else threshold, of_sentences

    def rejudged(self, report: Report, thresholds: Thresholds) -> Report:
        """Return a report at other thresholds, or as it is where they are the same."""
        threshold, of_sentences = self.filled(thresholds)
        if report.threshold == threshold and report.sentence_threshold in (None, of_sentences):
            return report
        return report.rethreshold(threshold, of_sentences)
