"""One JSON object a document and line, in input order, for programs.

Numbers are rounded to 6 digits after the point; ``flagged`` was decided before rounding.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from misplaced.apps.reporters.escaping import escape_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from misplaced.report import Report, ScoredParagraph

#: Version of the objects' layout; raised when a key changes its meaning or goes away.
SCHEMA = 1
#: Digits after the point: finer than any calibration, stable across processors.
DIGITS = 6


class JsonLinesReporter:
    """Writes each document's object as it comes."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def report(self, report: Report) -> None:
        """Write one document's line."""
        self._out.write(encode(as_object(report)) + "\n")
        self._out.flush()

    def end(self, errors: Sequence[str]) -> None:
        """Write nothing: errors are on standard error."""


def as_object(report: Report) -> dict[str, Any]:
    """Return a report as JSON types, keys in their documented order."""
    document = report.document
    return {
        "schema": SCHEMA,
        "id": document.id,
        "path": document.path,
        "title": document.title,
        "threshold": round(report.threshold, DIGITS),
        "too_short": report.too_short,
        "paragraphs": [_paragraph(paragraph) for paragraph in report.paragraphs],
    }


def _paragraph(paragraph: ScoredParagraph) -> dict[str, Any]:
    return {
        "index": paragraph.index,
        "start": paragraph.start,
        "end": paragraph.end,
        "line": paragraph.line,
        "coherence": round(float(paragraph.coherence), DIGITS),
        "label": paragraph.label,
        "flagged": bool(paragraph.flagged),
        "probabilities": {label: round(float(p), DIGITS) for label, p in paragraph.probabilities.items()},
        "reasons": list(paragraph.reasons),
        "text": paragraph.text,
    }


def encode(value: object) -> str:
    """Write a value as compact JSON on one line; only characters that could do harm are escaped."""
    return escape_json(json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False))
