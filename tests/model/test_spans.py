from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from misplaced.errors import CorpusError
from misplaced.labelled import read_labelled
from misplaced.report import Label, Report, ScoredParagraph, ScoredSentence
from misplaced.sentences import sentences
from misplaced.spans import Span, labelled_sentences, sentence_by_sentence

if TYPE_CHECKING:
    from pathlib import Path

    from misplaced.document import Document
    from misplaced.labelled import LabelledDocument

TEXT = "The ferry sank. READ MORE: Ten gardens"
GOOD = {"paragraph": 1, "start": 16, "end": 38, "label": "off_topic"}


def read(tmp_path: Path, spans: Any, paragraphs: list[str] | None = None) -> LabelledDocument:
    paragraphs = paragraphs or ["It rained. It snowed.", TEXT]
    labels = ["coherent", *["ignore"] * (len(paragraphs) - 1)]
    path = tmp_path / "fused.jsonl"
    path.write_text(json.dumps({"paragraphs": paragraphs, "labels": labels, "spans": spans}))
    return next(read_labelled(path))


def test_spans_are_read_in_order(tmp_path: Path) -> None:
    first = {"paragraph": 1, "start": 0, "end": 15, "label": "boilerplate"}
    assert read(tmp_path, [GOOD, first]).spans == (
        Span(1, 0, 15, "boilerplate"),
        Span(1, 16, 38, "off_topic"),
    )
    assert read(tmp_path, None).spans == ()


@pytest.mark.parametrize(
    ("spans", "complaint"),
    [
        ({}, "not a list"),
        ([3], "not a list of objects"),
        ([{**GOOD, "start": "0"}], "'start'"),
        ([{**GOOD, "end": True}], "'end'"),
        ([{**GOOD, "paragraph": 2}], "paragraph 2, of 2"),
        ([{**GOOD, "paragraph": -1}], "paragraph -1"),
        ([{**GOOD, "end": 39}], "16 to 39 is not within paragraph 1"),
        ([{**GOOD, "end": 16}], "16 to 16"),
        ([{**GOOD, "label": "coherent"}], "unknown label 'coherent'"),
        ([GOOD, {**GOOD, "start": 20}], "overlap"),
    ],
)
def test_malformed_spans_are_named_by_file_and_line(tmp_path: Path, spans: Any, complaint: str) -> None:
    with pytest.raises(CorpusError, match=r"fused\.jsonl:1: ") as caught:
        read(tmp_path, spans)
    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)


def judged(document: Document, flagged: tuple[int, ...] = ()) -> Report:
    """Sentences of every paragraph, each as foreign as a tenth of its place in the document."""
    paragraphs, count = [], 0
    for index, p in enumerate(document.paragraphs):
        found = []
        for part in sentences(p):
            count += 1
            of_label: dict[Label, float] = {"coherent": 1 - count / 10, "off_topic": count / 10}
            found.append(
                ScoredSentence(
                    *(len(found), part.text, part.start, part.end, part.line, 1),
                    *(of_label["coherent"], "coherent", False, of_label),
                )
            )
        paragraphs.append(
            ScoredParagraph(
                *(index, p.text, p.start, p.end, p.line, 0.9, "coherent", index in flagged, {}, ()),
                sentences=tuple(found) if len(found) > 1 else (),
            )
        )
    return Report(document, tuple(paragraphs), 0.5, sentence_threshold=0.5)


def pairs(labelled: LabelledDocument, *flagged: int) -> list[tuple[str, float]]:
    report = judged(labelled.unlabelled(), flagged)
    return [(s.label, pytest.approx(s.foreignness)) for s in labelled_sentences(labelled, report)]


def test_sentences_bear_the_label_of_their_span_or_paragraph(tmp_path: Path) -> None:
    labelled = read(tmp_path, [GOOD])
    assert pairs(labelled) == [("coherent", 0.1), ("coherent", 0.2), ("coherent", 0.3), ("off_topic", 0.4)]


def test_paragraphs_of_other_labels_and_those_flagged_as_a_whole_do_not_count(tmp_path: Path) -> None:
    assert pairs(read(tmp_path, [])) == [("coherent", 0.1), ("coherent", 0.2)]
    assert pairs(read(tmp_path, []), 0) == []
    assert len(pairs(read(tmp_path, [GOOD]), 0, 1)) == 2


def test_a_span_that_is_no_sentence_is_missed_at_every_threshold(tmp_path: Path) -> None:
    unparted = {"paragraph": 1, "start": 16, "end": 27, "label": "off_topic"}
    labelled = read(tmp_path, [unparted], ["One.", "The ferry sank and ten gardens to see in a lifetime."])
    assert pairs(labelled) == [("off_topic", 0.0)]
    partly = read(tmp_path, [{**GOOD, "start": 30}])
    assert pairs(partly)[2:] == [("coherent", 0.3), ("off_topic", 0.0)]


def test_an_article_is_taught_sentence_by_sentence(tmp_path: Path) -> None:
    divided = sentence_by_sentence(read(tmp_path, [GOOD]))
    assert divided.paragraphs == ("It rained.", "It snowed.", "The ferry sank.", "READ MORE: Ten gardens")
    assert divided.labels == ("coherent", "coherent", "coherent", "off_topic")
    assert divided.spans == ()


def test_a_sentence_that_is_partly_foreign_teaches_nothing(tmp_path: Path) -> None:
    divided = sentence_by_sentence(read(tmp_path, [{**GOOD, "start": 10, "end": 13}]))
    assert divided.labels == ("coherent", "coherent", "ignore", "coherent")


def test_a_paragraph_that_shows_nothing_keeps_its_place_and_label(tmp_path: Path) -> None:
    divided = sentence_by_sentence(read(tmp_path, None, ["It rained. It snowed.", " "]))
    assert divided.paragraphs == ("It rained.", "It snowed.", " ")
    assert divided.labels == ("coherent", "coherent", "ignore")
