"""One finding a line, ``path:line:column: label coherence "first words" (reason)``, for editors and grep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from misplaced.apps.reporters.escaping import escape
from misplaced.apps.reporters.excerpt import excerpt
from misplaced.apps.reporters.location import findings, place
from misplaced.document import fold
from misplaced.report import ScoredSentence

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from misplaced.report import Report, ScoredParagraph

#: Characters of a paragraph shown: enough to recognise it, short enough for one line of a terminal.
EXCERPT = 48


class ConciseReporter:
    """Writes a line for each finding and for a title that belongs elsewhere, and nothing else."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def report(self, report: Report) -> None:
        """Write the findings of one document."""
        if report.title_mismatch:
            self._out.write(_title_line(report))
        for paragraph, sentence in findings(report):
            self._out.write(self._line(report, sentence or paragraph))
        self._out.flush()

    def end(self, errors: Sequence[str]) -> None:
        """Write nothing: errors are on standard error."""

    @staticmethod
    def _line(report: Report, finding: ScoredParagraph | ScoredSentence) -> str:
        column = finding.column if isinstance(finding, ScoredSentence) else 1
        reason = f" ({fold(finding.reasons[0])})" if finding.reasons else ""
        return (
            escape(
                f"{place(report.document, finding)}:{column}: {finding.label} {finding.coherence:.2f} "
                f'"{excerpt(finding.text, EXCERPT)}"{reason}'
            )
            + "\n"
        )


def _title_line(report: Report) -> str:
    where = report.document.name if report.document.record_line is not None else f"{report.document.name}:1"
    fit, title = report.title_fit or 0.0, excerpt(report.document.title or "", EXCERPT)
    return escape(f'{where}:1: title_mismatch {fit:.2f} "{title}" (does not fit the body)') + "\n"
