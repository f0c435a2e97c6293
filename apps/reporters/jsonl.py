"""One JSON object a document and line, in input order, for programs.

Numbers are rounded to 6 digits after the point; ``flagged`` was decided before rounding.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from misplaced.apps.reporters.escaping import escape_json
from misplaced.report import ScoredSentence

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
    thresholds = {"threshold": round(report.threshold, DIGITS)}
    if report.sentence_threshold is not None:
        thresholds["sentence_threshold"] = round(report.sentence_threshold, DIGITS)
    # Only of web pages, so that what is known of other files stays as it is.
    extracted = {"extracted": True} if document.extracted else {}
    return {
        "schema": SCHEMA,
        "id": document.id,
        "path": document.path,
        **extracted,
        "title": document.title,
        **thresholds,
        "too_short": report.too_short,
        "title_fit": None if report.title_fit is None else round(report.title_fit, DIGITS),
        "title_mismatch": report.title_mismatch,
        "multi_topic": report.multi_topic,
        "paragraphs": [_paragraph(paragraph) for paragraph in report.paragraphs],
    }


def _paragraph(paragraph: ScoredParagraph) -> dict[str, Any]:
    judged = _judged(paragraph)
    if paragraph.sentences:
        judged["sentences"] = [_judged(sentence) for sentence in paragraph.sentences]
    return judged


def _judged(unit: ScoredParagraph | ScoredSentence) -> dict[str, Any]:
    place = {"index": unit.index, "start": unit.start, "end": unit.end, "line": unit.line}
    if isinstance(unit, ScoredSentence):
        place["column"] = unit.column
    suppressed = {} if unit.suppressed is None else {"suppressed": unit.suppressed}
    return {
        **place,
        "coherence": round(float(unit.coherence), DIGITS),
        "label": unit.label,
        "flagged": bool(unit.flagged),
        **suppressed,
        "probabilities": {label: round(float(p), DIGITS) for label, p in unit.probabilities.items()},
        "reasons": list(unit.reasons),
        "text": unit.text,
    }


def encode(value: object) -> str:
    """Write a value as compact JSON on one line; only characters that could do harm are escaped."""
    return escape_json(json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False))
