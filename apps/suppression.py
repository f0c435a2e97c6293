"""What is not reported although it is flagged: ignored in the article, or known from a baseline.

The step between the detector and the reporters, from report to report; ``--fix``, ``--diff`` and the
exit status see what comes out of it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from misplaced.apps.ignores import Ignores
from misplaced.apps.known import Recognition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from misplaced.apps.known import Baseline
    from misplaced.report import Report, ScoredParagraph, ScoredSentence


class Suppression:
    """Takes out of reports what nobody wants to hear of again.

    Parameters
    ----------
    ignores : bool, default=True
        Heed the directives in the articles.
    baseline : Baseline, optional
    warn : callable, optional
        Takes a line for each directive that cannot be meant as it is written.

    Attributes
    ----------
    counts : Counter
        How many findings were taken out so far, by why.
    """

    def __init__(
        self,
        *,
        ignores: bool = True,
        baseline: Baseline | None = None,
        warn: Callable[[str], None] = lambda line: None,
    ) -> None:
        self._ignores = ignores
        self._recognition = None if baseline is None else Recognition(baseline)
        self._warn = warn
        self._unused: list[str] = []
        self.counts: Counter[str] = Counter()

    def applied(self, reports: Iterable[Report]) -> Iterator[Report]:
        """Yield the reports as they are to be shown."""
        return map(self.apply, reports)

    def apply(self, report: Report) -> Report:
        """Return a report with its ignored and known findings marked and no longer flagged."""
        if self._ignores and report.document.directives:
            ignores = Ignores.of(report.document)
            for problem in ignores.problems:
                self._warn(problem)
            report = ignores.apply(report)
            self._unused += ignores.unused()
        if self._recognition is not None:
            self._recognition.check(report.document.path)
            path = report.document.path
            report = replace(report, paragraphs=tuple(self._known(path, p) for p in report.paragraphs))
        self.counts.update(report.suppressed)
        return report

    def unused(self) -> list[str]:
        """Return a line for each directive and each baseline entry that was of no use in the run."""
        stale = self._recognition.stale() if self._recognition is not None else ()
        return [*self._unused, *stale]

    def _known(self, path: str | None, paragraph: ScoredParagraph) -> ScoredParagraph:
        if paragraph.flagged:
            return paragraph.suppress("known") if self._knows(path, paragraph) else paragraph
        if not any(sentence.flagged for sentence in paragraph.sentences):
            return paragraph
        sentences = (
            sentence.suppress("known") if sentence.flagged and self._knows(path, sentence) else sentence
            for sentence in paragraph.sentences
        )
        return replace(paragraph, sentences=tuple(sentences))

    def _knows(self, path: str | None, found: ScoredParagraph | ScoredSentence) -> bool:
        return self._recognition is not None and self._recognition.knows(path, found.text)
