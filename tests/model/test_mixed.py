from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from misplaced.document import Document

if TYPE_CHECKING:
    from misplaced.report import Report

FOREIGN = "Striker Lino Vasko scored twice as the handball team won the cup final on Sunday evening."


@pytest.fixture
def mixed(story: list[str]) -> Document:
    """The story with a foreign sentence in the middle of a paragraph, and its foreign paragraph left out."""
    paragraphs = [text for index, text in enumerate(story) if index != 3]
    first, second = paragraphs[3].split(". ", 1)
    paragraphs[3] = f"{first}. {FOREIGN} {second}"
    return Document.from_paragraphs(paragraphs)


def foreignness(report: Report, index: int) -> list[float]:
    return [1 - sentence.coherence for sentence in report.paragraphs[index].sentences]


def test_the_foreign_sentence_of_a_mixed_paragraph_stands_out(small_detector, mixed):
    report = small_detector.detect(mixed, level="sentence")
    scores = foreignness(report, 3)
    assert len(scores) == 3
    assert np.argmax(scores) == 1
    sentence = report.paragraphs[3].sentences[1]
    assert sentence.text == FOREIGN == mixed.source[sentence.start : sentence.end]
    assert (sentence.line, sentence.column) == (7, mixed.paragraphs[3].text.index(FOREIGN) + 1)
    assert sentence.probabilities["coherent"] == sentence.coherence


def test_threshold_and_own_threshold_decide(small_detector, mixed):
    score = foreignness(small_detector.detect(mixed, level="sentence"), 3)[1]
    small_detector.threshold = 1.0
    small_detector.sentence_threshold = score - 1e-6
    report = small_detector.detect(mixed, level="sentence")
    assert [s.text for s in report.sentence_findings][:1] == [FOREIGN]
    assert report.sentence_threshold == score - 1e-6
    assert report.findings == ()
    assert report.rethreshold(1.0).sentence_findings == ()
    assert report.rethreshold(1.0, score - 1e-6) == report
    assert FOREIGN in [s.text for s in report.rethreshold(score - 1e-6).sentence_findings]
    assert all(s.reasons for s in report.sentence_findings)


def test_the_paragraph_level_is_untouched(small_detector, mixed):
    plain = small_detector.detect(mixed)
    assert all(p.sentences == () for p in plain.paragraphs)
    assert (plain.level, plain.sentence_threshold, plain.sentence_findings) == ("paragraph", None, ())
    deep = small_detector.detect(mixed, level="sentence")
    assert deep.level == "sentence"
    assert [p.coherence for p in deep.paragraphs] == [p.coherence for p in plain.paragraphs]


def test_only_paragraphs_of_several_sentences_are_divided(small_detector, mixed):
    report = small_detector.detect(mixed, level="sentence")
    for paragraph in report.paragraphs:
        assert len(paragraph.sentences) != 1
        assert "".join(s.text for s in paragraph.sentences).replace(" ", "") in (
            "",
            paragraph.text.replace(" ", ""),
        )


def test_documents_keep_their_order_and_do_not_touch_each_other(small_detector, mixed, story):
    documents = [
        Document.from_paragraphs(story),
        mixed,
        Document.from_text(""),
        Document.from_text("One. Two."),
    ]
    many = list(small_detector.detect_many(documents, level="sentence"))
    assert [report.document for report in many] == documents
    for report, document in zip(many, documents, strict=True):
        alone = small_detector.detect(document, level="sentence")
        for index in range(len(document.paragraphs)):
            assert foreignness(report, index) == pytest.approx(foreignness(alone, index), abs=1e-6)


def test_in_a_document_too_short_to_judge_only_boilerplate_counts(small_detector):
    report = small_detector.detect(f"The ferries wait. {FOREIGN} Silt fills the channel.", level="sentence")
    assert report.too_short
    sentences = report.paragraphs[0].sentences
    assert len(sentences) == 3
    assert all(s.probabilities["off_topic"] == 0 for s in sentences)
