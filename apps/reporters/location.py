"""Where a finding is, as every reporter writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from misplaced.document import Document
    from misplaced.report import Report, ScoredParagraph, ScoredSentence


def findings(report: Report) -> Iterator[tuple[ScoredParagraph, ScoredSentence | None]]:
    """Yield what is flagged in reading order: paragraphs, and sentences with the paragraph they are in."""
    for paragraph in report.paragraphs:
        if paragraph.flagged:
            yield paragraph, None
        yield from ((paragraph, sentence) for sentence in paragraph.sentences if sentence.flagged)


def place(document: Document, finding: ScoredParagraph | ScoredSentence) -> str:
    """Return ``path:line``, a line that an editor can open.

    For a record of a ``.jsonl`` file that is the record's line in the file: lines within the record
    cannot be opened.
    """
    if document.record_line is not None:
        return document.name
    return f"{document.name}:{finding.line}"
