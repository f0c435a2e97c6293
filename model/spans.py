"""Labels below the paragraph: which part of a mixed paragraph is foreign, and which sentences that makes so.

The part of :mod:`misplaced.labelled` that sentence-level training and measuring need; consumed by
:mod:`misplaced.training` and :mod:`misplaced.eval`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from misplaced.errors import CorpusError
from misplaced.sentences import split

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from misplaced.labelled import LabelledDocument
    from misplaced.report import Report, ScoredParagraph

#: What a span may be labelled.
SPAN_LABELS = ("off_topic", "boilerplate")

#: Share of a sentence's characters from which it is the span's.
_MOSTLY = 0.5


@dataclass(frozen=True, slots=True)
class Span:
    """A foreign part of a paragraph: ``paragraphs[paragraph][start:end]``.

    Attributes
    ----------
    paragraph : int
        Index of the paragraph, from 0.
    start, end : int
        Character offsets into the paragraph's text, ``0 <= start < end``.
    label : {"off_topic", "boilerplate"}
    """

    paragraph: int
    start: int
    end: int
    label: str


class LabelledSentence(NamedTuple):
    """A sentence's label (``coherent`` or one of :data:`SPAN_LABELS`) and ``1 - coherence``, 0 to 1."""

    label: str
    foreignness: float


def spans_field(record: dict[str, object], paragraphs: Sequence[str], where: str) -> tuple[Span, ...]:
    """Return the ``spans`` of a labelled record, in order; none where the record has none.

    Raises
    ------
    CorpusError
        If they are no list of objects, point outside their paragraph, overlap, or bear another label.
    """
    found = record.get("spans")
    if found is None:
        return ()
    if not isinstance(found, list):
        raise CorpusError("'spans' is not a list of objects", where=where)
    spans = sorted((_span(one, paragraphs, where) for one in found), key=lambda s: (s.paragraph, s.start))
    for one, other in pairwise(spans):
        if one.paragraph == other.paragraph and other.start < one.end:
            raise CorpusError(f"spans of paragraph {one.paragraph} overlap", where=where)
    return tuple(spans)


def _span(found: object, paragraphs: Sequence[str], where: str) -> Span:
    if not isinstance(found, dict):
        raise CorpusError("'spans' is not a list of objects", where=where)
    paragraph, start, end = (_whole(found, key, where) for key in ("paragraph", "start", "end"))
    if not 0 <= paragraph < len(paragraphs):
        raise CorpusError(f"a span of paragraph {paragraph}, of {len(paragraphs)}", where=where)
    if not 0 <= start < end <= len(paragraphs[paragraph]):
        raise CorpusError(f"span {start} to {end} is not within paragraph {paragraph}", where=where)
    label = found.get("label")
    if label not in SPAN_LABELS:
        hint = f"the labels are {', '.join(SPAN_LABELS)}"
        raise CorpusError(
            f"unknown label {label!r} of a span of paragraph {paragraph}", where=where, hint=hint
        )
    return Span(paragraph, start, end, str(label))


def _whole(found: dict[str, object], key: str, where: str) -> int:
    number = found.get(key)
    if isinstance(number, int) and not isinstance(number, bool):
        return number
    raise CorpusError(f"a span's {key!r} is missing or not a whole number", where=where)


def labelled_sentences(labelled: LabelledDocument, report: Report) -> Iterator[LabelledSentence]:
    """Set the sentences of a report beside the labels of its document.

    Those of coherent paragraphs are coherent; where such a paragraph is flagged as a whole, which is
    the paragraph level's mistake, they do not count. In a paragraph with spans a sentence is foreign if at
    least half of it lies in a span, coherent if none of it does, and counts neither way in between.
    A span that is no sentence's (the division has missed it) is there with a foreignness of 0, so
    that it is missed at every threshold. Paragraphs of any other label do not count.

    Parameters
    ----------
    labelled : LabelledDocument
    report : Report
        Of the same document, made at the sentence level.
    """
    for paragraph, label in zip(report.paragraphs, labelled.labels, strict=True):
        spans = [span for span in labelled.spans if span.paragraph == paragraph.index]
        if spans:
            yield from _mixed(paragraph, spans)
        elif label == "coherent" and not paragraph.flagged:
            for sentence in paragraph.sentences:
                yield LabelledSentence("coherent", 1.0 - sentence.coherence)


def _mixed(paragraph: ScoredParagraph, spans: Sequence[Span]) -> Iterator[LabelledSentence]:
    found = set()
    for sentence in paragraph.sentences:
        span = _span_of(sentence.start - paragraph.start, sentence.end - paragraph.start, spans)
        if span is None:
            yield LabelledSentence("coherent", 1.0 - sentence.coherence)
        elif span.label in SPAN_LABELS:
            found.add(span)
            yield LabelledSentence(span.label, 1.0 - sentence.coherence)
    for span in spans:
        if span not in found:
            yield LabelledSentence(span.label, 0.0)


def _span_of(start: int, end: int, spans: Sequence[Span]) -> Span | None:
    """The span that half of a sentence or more lies in; labelled ``ignore`` if less does, None if nothing."""
    shares = [max(0, min(end, s.end) - max(start, s.start)) / (end - start) for s in spans]
    most = max(range(len(spans)), key=shares.__getitem__)
    if shares[most] >= _MOSTLY:
        return spans[most]
    return replace(spans[most], label="ignore") if any(shares) else None


def sentence_by_sentence(labelled: LabelledDocument) -> LabelledDocument:
    """Put the sentences of an article in the place of its paragraphs, as :mod:`misplaced.mixed` reads it.

    Parameters
    ----------
    labelled : LabelledDocument

    Returns
    -------
    LabelledDocument
        Without spans. A sentence of a mixed paragraph is labelled as by :func:`labelled_sentences`,
        or ``ignore`` where it counts neither way; any other bears its paragraph's label.
    """
    paragraphs: list[str] = []
    labels: list[str] = []
    for index, (text, label) in enumerate(zip(labelled.paragraphs, labelled.labels, strict=True)):
        own = [span for span in labelled.spans if span.paragraph == index]
        for start, end in split(text) or ((0, len(text)),):
            span = _span_of(start, end, own) if own else None
            paragraphs.append(text[start:end])
            labels.append(("coherent" if span is None else span.label) if own else label)
    return replace(labelled, paragraphs=tuple(paragraphs), labels=tuple(labels), spans=())
