"""Sentences of a benchmark with spans: what counts, what is refused, what is printed."""

from __future__ import annotations

import json

import pytest

from misplaced.apps.level import Level
from misplaced.apps.measuring import Options, evaluate_benchmarks
from misplaced.errors import CorpusError
from misplaced.eval.sentences import run_sentences
from misplaced.report import Report, ScoredParagraph, ScoredSentence
from misplaced.sentences import sentences


@pytest.fixture
def reader(detector):
    """The detector whose verdicts stand in the texts, one to a sentence."""
    detector.sentence_threshold = 0.7

    def scored(index, unit, extra=()):
        foreign = float(unit.text.rstrip(".").split()[-1])
        of_label = {"coherent": 1 - foreign, "off_topic": foreign, "boilerplate": 0.0}
        return (index, unit.text, unit.start, unit.end, unit.line, *extra), (
            *(1 - foreign, "coherent", False, of_label),
        )

    def detect_many(documents, *, level):
        assert level == "sentence"
        for document in documents:
            paragraphs = []
            for i, p in enumerate(document.paragraphs):
                place, verdict = scored(i, p)
                parts = sentences(p)
                found = [scored(n, part, (1,)) for n, part in enumerate(parts)] if len(parts) > 1 else []
                inner = tuple(ScoredSentence(*where, *what) for where, what in found)
                paragraphs.append(ScoredParagraph(*place, *verdict, sentences=inner))
            yield Report(document, tuple(paragraphs), 0.5, sentence_threshold=0.7)

    detector.detect_many = detect_many
    return detector


MIXED = "Heron 0.1. Invoice 0.9. Invoice 0.6."


@pytest.fixture
def fused(write):
    spans = [
        {"paragraph": 1, "start": 11, "end": 23, "label": "off_topic"},
        {"paragraph": 1, "start": 24, "end": 36, "label": "boilerplate"},
    ]
    mixed = {"id": "a", "kind": "random", "form": "fused", "spans": spans}
    return write(
        "fused.jsonl",
        {**mixed, "paragraphs": ["heron 0.2. Heron 0.3.", MIXED], "labels": ["coherent", "ignore"]},
        {
            "id": "b",
            "kind": "clean",
            "paragraphs": ["heron 0.1. Heron 0.8. Heron 0.2.", "heron 0.1"],
            "labels": ["coherent", "coherent"],
        },
        {"id": "c", "kind": "multi", "paragraphs": ["heron 1.0. Heron 1.0."], "labels": ["coherent"]},
    )


def test_sentences_are_counted_at_the_threshold_for_sentences(reader, fused):
    result = run_sentences(reader, fused, resamples=0)
    assert result.name == "fused (sentences)"
    assert result.labels == {"boilerplate": 1, "coherent": 6, "off_topic": 1}
    metrics = result.model.metrics
    assert metrics.threshold == 0.7
    assert (metrics.precision, metrics.recall) == (0.5, 0.5)
    assert metrics.false_flags_per_1000 == pytest.approx(1000 / 6)
    assert metrics.false_flags_per_1000_clean == pytest.approx(1000 / 3)
    assert metrics.ap == pytest.approx((1 + 2 / 3) / 2)
    assert run_sentences(reader, fused, threshold=0.5, resamples=0).model.metrics.recall == 1.0


def test_the_baseline_sees_the_same_sentences(reader, fused):
    result = run_sentences(reader, fused, resamples=0)
    assert result.baseline_scored.label.tolist() == result.scored.label.tolist()
    assert result.baseline_scored.score.tolist() != result.scored.score.tolist()


def test_a_benchmark_without_spans_is_refused(reader, mixed):
    with pytest.raises(CorpusError, match="no mixed paragraphs"):
        run_sentences(reader, mixed)


def test_the_command_measures_sentences(reader, fused, mixed, capsys):
    options = Options(json=True, bootstrap=0, level=Level.SENTENCE)
    assert evaluate_benchmarks([fused, mixed], options, lambda: reader) == 2
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert found["threshold"] == 0.7
    assert [benchmark["name"] for benchmark in found["benchmarks"]] == ["fused (sentences)"]
    assert "mixed.jsonl: no mixed paragraphs" in err
