from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

from misplaced.errors import CorpusError
from misplaced.labelled import LabelledDocument
from misplaced.report import Report, ScoredParagraph, ScoredSentence
from misplaced.sentences import sentences
from misplaced.spans import Span
from misplaced.training.sentence_level import choose_sentence_threshold


def sentence(index, part):
    """A sentence that says how foreign it is: "heron 0.3." is so with probability 0.3."""
    foreign = float(part.text.split()[-1].rstrip("."))
    of_label = {"coherent": 1 - foreign, "off_topic": foreign, "boilerplate": 0.0}
    place = (index, part.text, part.start, part.end, part.line, 1)
    return ScoredSentence(*place, 1 - foreign, "coherent", False, of_label)


def detect_many(documents, *, level):
    assert level == "sentence"
    for document in documents:
        paragraphs = [
            ScoredParagraph(
                *(i, p.text, p.start, p.end, p.line, 0.9, "coherent", False, {}),
                sentences=tuple(sentence(n, part) for n, part in enumerate(sentences(p))),
            )
            for i, p in enumerate(document.paragraphs)
        ]
        yield Report(document, tuple(paragraphs), 0.5, sentence_threshold=0.5)


DETECTOR = SimpleNamespace(detect_many=detect_many)
OWN = "heron 0.1. Heron 0.2. Heron 0.3. Heron 0.6."
MIXED = LabelledDocument(
    id="a",
    title=None,
    paragraphs=(OWN, "Heron 0.1. Invoice 0.9. Invoice 0.4."),
    labels=("coherent", "ignore"),
    kind="date",
    form="fused",
    site=None,
    record_line=1,
    spans=(Span(1, 11, 23, "off_topic"), Span(1, 24, 36, "off_topic")),
)


def test_the_lowest_threshold_that_keeps_false_flags_down():
    strict = choose_sentence_threshold(DETECTOR, [MIXED], 0, name="mixed")
    assert (strict.name, strict.threshold) == ("mixed", pytest.approx(0.601))
    assert (strict.figures.coherent, strict.figures.foreign) == (5, 2)
    assert (strict.figures.recall, strict.figures.precision, strict.figures.false_flags) == (0.5, 1.0, 0.0)
    assert strict.figures.average_precision == pytest.approx((1 + 2 / 3) / 2)
    loose = choose_sentence_threshold(DETECTOR, [MIXED], 200)
    assert loose.threshold == pytest.approx(0.301)
    assert loose.figures.recall == 1.0


def test_without_mixed_or_coherent_sentences_there_is_nothing_to_choose_on():
    clean = replace(MIXED, spans=(), labels=("coherent", "ignore"))
    with pytest.raises(CorpusError, match="no mixed paragraphs"):
        choose_sentence_threshold(DETECTOR, [clean], 1)
    foreign = replace(MIXED, paragraphs=("Invoice 0.9. Invoice 0.4.",), labels=("ignore",))
    foreign = replace(foreign, spans=(Span(0, 0, 25, "off_topic"),))
    with pytest.raises(CorpusError, match="no coherent sentences"):
        choose_sentence_threshold(DETECTOR, [foreign], 1)


def test_train_writes_it_into_the_model(labelled_file, article_file, tmp_path, monkeypatch):
    from misplaced import Detector
    from misplaced.apps import fitting
    from misplaced.training.corpus import make_corpus
    from misplaced.training.corruption.insertion import InsertionSettings

    fused = tmp_path / "fused.jsonl"
    make_corpus([article_file], fused, InsertionSettings(rate=1.0, forms=("fused",), seed=9), limit=12)
    options = fitting.Options(regularisation=0.1, most_false_flags=20, cache=tmp_path / "cache", fused=fused)
    manifest = fitting.train_model([labelled_file], tmp_path / "model", options)
    written = json.loads((tmp_path / "model" / "manifest.json").read_text(encoding="utf-8"))
    assert written["sentence_threshold"] == manifest.sentence_threshold
    assert "fused (sentences)" in written["metrics"]
    detector = Detector.load(tmp_path / "model")
    assert detector.sentence_threshold == manifest.sentence_threshold
    assert 0 < detector.sentence_threshold <= 1
