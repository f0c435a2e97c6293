"""``--statistics``: counts over all documents in place of the findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from misplaced.apps.reporters import Format
from misplaced.apps.reporters.jsonl import DIGITS, SCHEMA, encode
from misplaced.apps.reporters.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from misplaced.report import Report


class StatisticsReporter:
    """Counts the reports and writes the counts at the end: a table, or one JSON object."""

    def __init__(self, out: TextIO, *, threshold: float, output_format: Format) -> None:
        self._out = out
        self._threshold = threshold
        self._as_json = output_format in (Format.JSON, Format.JSONL)
        self._tally = Tally()
        self._sentences = False

    def report(self, report: Report) -> None:
        """Count one document in."""
        self._tally.add(report)
        self._sentences |= report.level == "sentence"

    def end(self, errors: Sequence[str]) -> None:
        """Write the counts."""
        self._out.write(self._json(errors) if self._as_json else self._table(errors))
        self._out.flush()

    def _json(self, errors: Sequence[str]) -> str:
        tally = self._tally
        mean = tally.mean_coherence
        statistics: dict[str, Any] = {
            "documents": tally.documents,
            "flagged_documents": tally.flagged_documents,
            "too_short_documents": tally.too_short_documents,
            "paragraphs": tally.paragraphs,
            "flagged": tally.flagged,
            **({"flagged_sentences": tally.sentences} if self._sentences else {}),
            **dict(tally.suppressed),
            "labels": tally.labels,
            "mean_coherence": None if mean is None else round(mean, DIGITS),
            "errors": list(errors),
        }
        threshold = round(self._threshold, DIGITS)
        return encode({"schema": SCHEMA, "threshold": threshold, "statistics": statistics}) + "\n"

    def _table(self, errors: Sequence[str]) -> str:
        tally = self._tally
        mean = tally.mean_coherence
        rows = [
            ("documents", f"{tally.documents:,}"),
            ("  flagged", f"{tally.flagged_documents:,}"),
            ("  too short", f"{tally.too_short_documents:,}"),
            ("paragraphs", f"{tally.paragraphs:,}"),
            *((f"  {label}", f"{number:,}") for label, number in tally.labels.items()),
            *([("sentences", f"{tally.sentences:,}")] if self._sentences else []),
            *((how, f"{number:,}") for how, number in sorted(tally.suppressed.items())),
            ("mean coherence", "-" if mean is None else f"{mean:.3f}"),
            ("threshold", f"{self._threshold:.3g}"),
            ("errors", f"{len(errors):,}"),
        ]
        width = max(len(value) for _, value in rows)
        return "".join(f"{name:<16}{value:>{width}}\n" for name, value in rows)
