"""What the detector says of one document: every paragraph scored, the flagged ones as findings.

Last station before the reporters. Everything here is plain data; only the threshold decides what
is flagged, so that a report can be read again at another threshold for free.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from misplaced.errors import UsageError

if TYPE_CHECKING:
    from misplaced.document import Document

Label = Literal["coherent", "off_topic", "boilerplate"]

#: The classes of the classifier, in the order of every probability vector.
LABELS: tuple[Label, Label, Label] = ("coherent", "off_topic", "boilerplate")


@dataclass(frozen=True, slots=True)
class ScoredParagraph:
    """One paragraph and the verdict on it.

    Attributes
    ----------
    index : int
        Position in the document, from 0, the title not counted.
    text : str
        As it stands in the source.
    start, end : int
        Character offsets into the source: ``source[start:end] == text``.
    line : int
        Line of the source on which it starts, from 1.
    coherence : float
        Probability of ``coherent``, 0 to 1; higher fits better.
    label : {"coherent", "off_topic", "boilerplate"}
        For a flagged paragraph the likelier of the two foreign labels, else ``coherent``.
    flagged : bool
        Whether ``1 - coherence`` reaches the report's threshold.
    probabilities : dict of str to float
        Of every label, summing to 1.
    reasons : tuple of str
        Why it looks foreign, strongest first, in a copy editor's words. Filled for every flagged
        paragraph and from a coherence of 0.9 down, so that a lower threshold finds them there;
        empty for paragraphs that plainly belong.
    """

    index: int
    text: str
    start: int
    end: int
    line: int
    coherence: float
    label: Label
    flagged: bool
    probabilities: dict[Label, float]
    reasons: tuple[str, ...] = ()

    def at_threshold(self, threshold: float) -> ScoredParagraph:
        """Return the same paragraph judged at another threshold."""
        flagged = 1.0 - self.coherence >= threshold
        label: Label = "coherent"
        if flagged:
            label = foreign_label(self.probabilities["off_topic"], self.probabilities["boilerplate"])
        return replace(self, flagged=flagged, label=label)


@dataclass(frozen=True, slots=True)
class Report:
    """The verdict on one document.

    Attributes
    ----------
    document : Document
    paragraphs : tuple of ScoredParagraph
        One for each paragraph of the document, in order.
    threshold : float
        A paragraph is flagged when ``1 - coherence >= threshold``; above 0, at most 1.
    too_short : bool
        The document has fewer than 3 non-empty paragraphs: only boilerplate was judged.
    """

    document: Document
    paragraphs: tuple[ScoredParagraph, ...]
    threshold: float
    too_short: bool = False

    @property
    def findings(self) -> tuple[ScoredParagraph, ...]:
        """The flagged paragraphs, in reading order."""
        return tuple(p for p in self.paragraphs if p.flagged)

    @property
    def flagged_ratio(self) -> float:
        """Share of the paragraphs that are flagged, 0 to 1; 0 for a document without paragraphs."""
        return len(self.findings) / len(self.paragraphs) if self.paragraphs else 0.0

    def rethreshold(self, threshold: float) -> Report:
        """Judge again at another threshold, without scoring again.

        Parameters
        ----------
        threshold : float
            Above 0, at most 1.

        Raises
        ------
        UsageError
            If `threshold` is out of range.
        """
        check_threshold(threshold)
        paragraphs = tuple(p.at_threshold(threshold) for p in self.paragraphs)
        return replace(self, paragraphs=paragraphs, threshold=threshold)


def foreign_label(off_topic: float, boilerplate: float) -> Label:
    """Return the likelier of the two foreign labels; ``off_topic`` where they are equal."""
    return "off_topic" if off_topic >= boilerplate else "boilerplate"


def check_threshold(threshold: float) -> None:
    """Raise :class:`UsageError` unless ``0 < threshold <= 1``."""
    if not 0.0 < threshold <= 1.0:
        raise UsageError(f"threshold {threshold} is out of range", hint="give one above 0 and at most 1")
