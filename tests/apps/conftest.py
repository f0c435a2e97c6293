"""A detector that needs no model: certain words decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from misplaced.report import Label, Report, ScoredParagraph

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from misplaced.document import Document, Paragraph

REASONS = {
    "off_topic": ("shares no name or subject with the rest", "the paragraphs around it follow on without it"),
    "boilerplate": ("reads like a link to another page",),
}


def score(index: int, paragraph: Paragraph) -> ScoredParagraph:
    label: Label = "coherent"
    if "READ MORE" in paragraph.text:
        label = "boilerplate"
    elif "walrus" in paragraph.text:
        label = "off_topic"
    coherence = 0.95 if label == "coherent" else 0.0712345678
    rest = 1.0 - coherence
    off_topic = rest if label == "off_topic" else 0.0
    probabilities: dict[Label, float] = {
        "coherent": coherence,
        "off_topic": off_topic,
        "boilerplate": rest - off_topic,
    }
    p = paragraph
    reasons = REASONS.get(label, ())
    return ScoredParagraph(
        index, p.text, p.start, p.end, p.line, coherence, label, False, probabilities, reasons
    )


class WordDetector:
    """Flags paragraphs with "READ MORE" as boilerplate and those with "walrus" as off topic."""

    def __init__(self) -> None:
        self.threshold = 0.62

    def detect(self, document: Document) -> Report:
        scored = tuple(score(index, paragraph) for index, paragraph in enumerate(document.paragraphs))
        return Report(document, scored, 1.0, document.too_short).rethreshold(self.threshold)

    def detect_many(self, documents: Iterable[Document]) -> Iterator[Report]:
        return map(self.detect, documents)


@pytest.fixture
def detector() -> WordDetector:
    return WordDetector()


@pytest.fixture
def judge(detector: WordDetector) -> Callable[[Document], Report]:
    return detector.detect
