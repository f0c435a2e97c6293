"""All documents as one JSON document, written at the end so that what is written is always valid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from misplaced.apps.reporters.jsonl import DIGITS, SCHEMA, as_object, encode
from misplaced.apps.reporters.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from misplaced.report import Report


class JsonReporter:
    """Gathers the documents' objects (as text, the smallest form) and writes them with a summary."""

    def __init__(self, out: TextIO, *, threshold: float) -> None:
        self._out = out
        self._threshold = threshold
        self._documents: list[str] = []
        self._tally = Tally()
        self._sentences = False

    def report(self, report: Report) -> None:
        """Keep one document's object."""
        self._documents.append(encode(as_object(report)))
        self._tally.add(report)
        self._sentences |= report.level == "sentence"

    def end(self, errors: Sequence[str]) -> None:
        """Write the one JSON document."""
        summary: dict[str, object] = {
            "documents": self._tally.documents,
            "paragraphs": self._tally.paragraphs,
            "flagged": self._tally.flagged,
            "errors": list(errors),
        }
        if self._sentences:
            summary["flagged_sentences"] = self._tally.sentences
        summary.update(self._tally.suppressed)
        head = f'{{"schema":{SCHEMA},"threshold":{encode(round(self._threshold, DIGITS))},"documents":['
        self._out.write(head)
        for number, document in enumerate(self._documents):
            self._out.write(("," if number else "") + "\n" + document)
        self._out.write(f'\n],"summary":{encode(summary)}}}\n')
        self._out.flush()
