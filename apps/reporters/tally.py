"""Counts over the reports of a run, for totals and statistics."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from misplaced.report import LABELS, Label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from misplaced.report import Report


@dataclass(slots=True)
class Tally:
    """Running counts.

    Attributes
    ----------
    documents, flagged_documents, too_short_documents : int
        Seen; with at least one finding; too short to judge for topic.
    paragraphs : int
        Seen, flagged or not.
    labels : dict of str to int
        Paragraphs of each label, in the order of :data:`misplaced.report.LABELS`.
    coherence_sum : float
        Over all paragraphs.
    sentences : int
        Flagged, within paragraphs that are not.
    suppressed : Counter
        Findings that are not reported, by why.
    """

    documents: int = 0
    flagged_documents: int = 0
    too_short_documents: int = 0
    paragraphs: int = 0
    labels: dict[Label, int] = field(default_factory=lambda: dict.fromkeys(LABELS, 0))
    coherence_sum: float = 0.0

    sentences: int = 0
    suppressed: Counter[str] = field(default_factory=Counter)

    def add(self, report: Report) -> None:
        """Count one document in."""
        self.documents += 1
        self.flagged_documents += bool(count_findings(report))
        self.sentences += len(report.sentence_findings)
        self.suppressed.update(report.suppressed)
        self.too_short_documents += report.too_short
        self.paragraphs += len(report.paragraphs)
        for paragraph in report.paragraphs:
            self.labels[paragraph.label] += 1
            self.coherence_sum += float(paragraph.coherence)

    @property
    def flagged(self) -> int:
        """Paragraphs flagged."""
        return self.paragraphs - self.labels["coherent"]

    @property
    def mean_coherence(self) -> float | None:
        """Mean coherence of all paragraphs, 0 to 1; None without paragraphs."""
        return self.coherence_sum / self.paragraphs if self.paragraphs else None


def count_findings(report: Report) -> int:
    """Return how many paragraphs, and sentences of others, are flagged."""
    return len(report.findings) + len(report.sentence_findings)


def quiet_findings(suppressed: Mapping[str, int]) -> str:
    """Return ``2 known, 1 ignored``: how many findings are not reported; empty where all are."""
    return ", ".join(f"{suppressed[how]:,} {how}" for how in ("known", "ignored") if suppressed.get(how))


def count(number: int, noun: str) -> str:
    """Return ``1 paragraph`` or ``2 paragraphs``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def share(flagged: int, paragraphs: int, sentences: int) -> str:
    """Return ``2 of 14 paragraphs do not belong``, with the sentences of the other paragraphs if any."""
    subject = f"{flagged:,} of {count(paragraphs, 'paragraph')}"
    if sentences:
        subject += f" and {count(sentences, 'sentence')} of the others"
    verb = "does" if flagged == 1 and not sentences else "do"
    return f"{subject} {verb} not belong"
