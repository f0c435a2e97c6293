from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from misplaced.document import Document
from misplaced.errors import UsageError
from misplaced.report import Report, ScoredParagraph, ScoredSentence

if TYPE_CHECKING:
    from misplaced.report import Label


def probabilities(coherence: float) -> dict[Label, float]:
    return {"coherent": coherence, "off_topic": 1 - coherence, "boilerplate": 0.0}


def report(paragraph: float, *of_sentences: float) -> Report:
    """A document of one paragraph, by the coherence of it and of its sentences, at threshold 1."""
    document = Document.from_paragraphs([" ".join(["It rains."] * max(len(of_sentences), 1))])
    sentences = tuple(
        ScoredSentence(
            i, "It rains.", 10 * i, 10 * i + 9, 1, 10 * i + 1, c, "coherent", False, probabilities(c)
        )
        for i, c in enumerate(of_sentences)
    )
    p = document.paragraphs[0]
    scored = ScoredParagraph(
        *(0, p.text, p.start, p.end, p.line, paragraph, "coherent", False, probabilities(paragraph)),
        sentences=sentences,
    )
    return Report(document, (scored,), 1.0, sentence_threshold=1.0)


def flags(judged: Report) -> list[bool]:
    return [sentence.flagged for sentence in judged.paragraphs[0].sentences]


def test_a_foreign_sentence_of_a_coherent_paragraph_is_a_finding_of_its_own() -> None:
    judged = report(0.9, 0.8, 0.1).rethreshold(0.7)
    assert judged.findings == ()
    assert [s.index for s in judged.sentence_findings] == [1]
    assert [s.label for s in judged.paragraphs[0].sentences] == ["coherent", "off_topic"]


def test_a_flagged_paragraph_whose_other_sentences_belong_is_narrowed_to_the_foreign_one() -> None:
    judged = report(0.1, 0.8, 0.1, 0.6).rethreshold(0.7)
    assert judged.findings == ()
    assert judged.paragraphs[0].label == "coherent"
    assert flags(judged) == [False, True, False]


@pytest.mark.parametrize("others", [(0.8, 0.4), (0.5,), (0.2,)])
def test_a_flagged_paragraph_with_another_doubtful_sentence_goes_as_a_whole(
    others: tuple[float, ...],
) -> None:
    judged = report(0.1, *others, 0.1).rethreshold(0.7)
    assert len(judged.findings) == 1
    assert judged.sentence_findings == ()
    assert not any(flags(judged))


def test_sentences_can_have_a_threshold_of_their_own() -> None:
    judged = report(0.9, 0.8, 0.1).rethreshold(0.7, 0.95)
    assert (judged.threshold, judged.sentence_threshold, judged.sentence_findings) == (0.7, 0.95, ())
    assert judged.rethreshold(0.7).sentence_threshold == 0.7
    with pytest.raises(UsageError):
        judged.rethreshold(0.7, 1.5)


def test_going_back_to_a_threshold_gives_back_its_report() -> None:
    for start in (report(0.1, 0.8, 0.1, 0.6), report(0.1, 0.2, 0.1), report(0.9, 0.1)):
        judged = start.rethreshold(0.7)
        assert judged.rethreshold(0.05).rethreshold(1.0).rethreshold(0.7) == judged
