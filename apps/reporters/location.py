"""Where a finding is, as every reporter writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from misplaced.document import Document
    from misplaced.report import ScoredParagraph


def place(document: Document, finding: ScoredParagraph) -> str:
    """Return ``path:line``, a line that an editor can open.

    For a record of a ``.jsonl`` file that is the record's line in the file: lines within the record
    cannot be opened.
    """
    if document.record_line is not None:
        return document.name
    return f"{document.name}:{finding.line}"
