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

#: Why what would be flagged is not: the author asked for it in the article, or it is in a baseline.
Suppressed = Literal["ignored", "known"]

#: What is judged: paragraphs, or also the sentences within them.
Level = Literal["paragraph", "sentence"]

#: The classes of the classifier, in the order of every probability vector.
LABELS: tuple[Label, Label, Label] = ("coherent", "off_topic", "boilerplate")


#: A flagged paragraph is mixed, and only its flagged sentences are foreign, if each of its other
#: sentences is likelier to belong than not.
_BELONGS = 0.5


@dataclass(frozen=True, slots=True)
class ScoredSentence:
    """One sentence of a paragraph and the verdict on it.

    Attributes
    ----------
    index : int
        Position in the paragraph, from 0.
    text : str
        As it stands in the source.
    start, end : int
        Character offsets into the source: ``source[start:end] == text``.
    line, column : int
        Where in the source it starts, both from 1.
    coherence : float
        Probability that it belongs, 0 to 1: what the classifier says of it when the article's
        sentences take their paragraphs' place.
    label : {"coherent", "off_topic", "boilerplate"}
        For a flagged sentence the likelier of the two foreign labels, else ``coherent``.
    flagged : bool
        Whether ``1 - coherence`` reaches the report's sentence threshold, in a paragraph that is not
        flagged as a whole.
    probabilities : dict of str to float
        Of every label, summing to 1.
    reasons : tuple of str
        As those of a paragraph.
    suppressed : {"ignored", "known"} or None
        As that of a paragraph.
    """

    index: int
    text: str
    start: int
    end: int
    line: int
    column: int
    coherence: float
    label: Label
    flagged: bool
    probabilities: dict[Label, float]
    reasons: tuple[str, ...] = ()
    suppressed: Suppressed | None = None

    def at_threshold(self, threshold: float) -> ScoredSentence:
        """Return the same sentence judged at another threshold."""
        if self.suppressed is not None:
            return self
        flagged, label = _verdict(self.coherence, self.probabilities, threshold)
        return replace(self, flagged=flagged, label=label)

    def unflagged(self) -> ScoredSentence:
        """Return the same sentence, part of a paragraph that is flagged as a whole."""
        return replace(self, flagged=False, label="coherent")

    def suppress(self, how: Suppressed) -> ScoredSentence:
        """Return the same sentence, no longer flagged, with why."""
        return replace(self, flagged=False, label="coherent", suppressed=how)


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
    sentences : tuple of ScoredSentence
        At the sentence level, of a paragraph of two or more; empty otherwise. Where some are flagged
        and all others belong, the paragraph itself is not flagged.
    suppressed : {"ignored", "known"} or None
        It would be flagged, but a directive in the article says to ignore it, or it is in a baseline.
        Stays so at any threshold.
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
    sentences: tuple[ScoredSentence, ...] = ()
    suppressed: Suppressed | None = None

    def suppress(self, how: Suppressed) -> ScoredParagraph:
        """Return the same paragraph, no longer flagged, with why."""
        sentences = tuple(sentence.unflagged() for sentence in self.sentences)
        return replace(self, flagged=False, label="coherent", suppressed=how, sentences=sentences)

    def at_threshold(self, threshold: float, sentence_threshold: float | None = None) -> ScoredParagraph:
        """Return the same paragraph judged at another threshold.

        Parameters
        ----------
        threshold : float
        sentence_threshold : float, optional
            That of its sentences; the same by default.
        """
        if self.suppressed is not None:
            return self
        flagged, label = _verdict(self.coherence, self.probabilities, threshold)
        if not self.sentences:
            return replace(self, flagged=flagged, label=label)
        sentences = tuple(s.at_threshold(sentence_threshold or threshold) for s in self.sentences)
        if flagged and _is_mixed(sentences):
            flagged, label = False, "coherent"
        if flagged:
            sentences = tuple(s.unflagged() for s in sentences)
        return replace(self, flagged=flagged, label=label, sentences=sentences)


@dataclass(frozen=True, slots=True)
class Statement:
    """What is said of a document as a whole.

    Attributes
    ----------
    title_fit : float or None
        Probability that the title belongs to the body, 0 to 1; None where nothing can be said.
    title_mismatch : bool
        The title belongs to another story: the paragraphs were judged without it.
    multi_topic : bool
        The document is about several things by intention: off_topic findings needed a stronger case.
    """

    title_fit: float | None = None
    title_mismatch: bool = False
    multi_topic: bool = False


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
    sentence_threshold : float or None
        A sentence is flagged when ``1 - coherence`` reaches it; None where only paragraphs were judged.
    statement : Statement
        What is said of the document as a whole.
    """

    document: Document
    paragraphs: tuple[ScoredParagraph, ...]
    threshold: float
    too_short: bool = False
    sentence_threshold: float | None = None
    statement: Statement = Statement()

    @property
    def title_fit(self) -> float | None:
        """Probability that the title belongs to the body, 0 to 1; None where nothing can be said."""
        return self.statement.title_fit

    @property
    def title_mismatch(self) -> bool:
        """Whether the title belongs to another story; the paragraphs were then judged without it."""
        return self.statement.title_mismatch

    @property
    def multi_topic(self) -> bool:
        """Whether the document has several topics; off_topic findings then needed a stronger case."""
        return self.statement.multi_topic

    @property
    def level(self) -> Level:
        """What was judged."""
        return "paragraph" if self.sentence_threshold is None else "sentence"

    @property
    def findings(self) -> tuple[ScoredParagraph, ...]:
        """The flagged paragraphs, in reading order."""
        return tuple(p for p in self.paragraphs if p.flagged)

    @property
    def sentence_findings(self) -> tuple[ScoredSentence, ...]:
        """The flagged sentences of paragraphs that are not flagged themselves, in reading order."""
        return tuple(s for p in self.paragraphs for s in p.sentences if s.flagged)

    @property
    def suppressed(self) -> tuple[Suppressed, ...]:
        """Why each finding that is not reported is not, in reading order."""
        found: list[Suppressed | None] = []
        for paragraph in self.paragraphs:
            found += (paragraph.suppressed, *(sentence.suppressed for sentence in paragraph.sentences))
        return tuple(how for how in found if how is not None)

    @property
    def flagged_ratio(self) -> float:
        """Share of the paragraphs that are flagged, 0 to 1; 0 for a document without paragraphs."""
        return len(self.findings) / len(self.paragraphs) if self.paragraphs else 0.0

    def rethreshold(self, threshold: float, sentence_threshold: float | None = None) -> Report:
        """Judge again at another threshold, without scoring again.

        Parameters
        ----------
        threshold : float
            Above 0, at most 1.
        sentence_threshold : float, optional
            That of the sentences, where they were judged; the same by default.

        Raises
        ------
        UsageError
            If a threshold is out of range.
        """
        check_threshold(threshold)
        if sentence_threshold is None:
            sentence_threshold = threshold
        check_threshold(sentence_threshold)
        return replace(
            self,
            paragraphs=tuple(p.at_threshold(threshold, sentence_threshold) for p in self.paragraphs),
            threshold=threshold,
            sentence_threshold=None if self.sentence_threshold is None else sentence_threshold,
        )


def _verdict(coherence: float, probabilities: dict[Label, float], threshold: float) -> tuple[bool, Label]:
    if 1.0 - coherence < threshold:
        return False, "coherent"
    return True, foreign_label(probabilities["off_topic"], probabilities["boilerplate"])


def _is_mixed(sentences: tuple[ScoredSentence, ...]) -> bool:
    kept = [s.coherence for s in sentences if not s.flagged]
    return 0 < len(kept) < len(sentences) and min(kept) > _BELONGS


def foreign_label(off_topic: float, boilerplate: float) -> Label:
    """Return the likelier of the two foreign labels; ``off_topic`` where they are equal."""
    return "off_topic" if off_topic >= boilerplate else "boilerplate"


def check_threshold(threshold: float) -> None:
    """Raise :class:`UsageError` unless ``0 < threshold <= 1``."""
    if not 0.0 < threshold <= 1.0:
        raise UsageError(f"threshold {threshold} is out of range", hint="give one above 0 and at most 1")
