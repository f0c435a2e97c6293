"""A benchmark file run through a detector: what counts, what is refused, what is printed."""

from __future__ import annotations

import gzip
import json

import numpy as np
import pytest

from misplaced.errors import ArtifactError, CorpusError, MissingExtraError
from misplaced.eval import plots
from misplaced.eval.benchmark import run
from misplaced.eval.summary import Summary
from misplaced.eval.table import as_text
from misplaced.labelled import corpus_name


def summary(*results):
    return Summary(results, "spoken-1", 0.5, "2024-05-01", "abacus, 2 cores")


class TestWhatCounts:
    def test_captions_notes_and_multi_topic_articles_do_not(self, detector, mixed):
        result = run(detector, mixed)
        assert (result.documents, result.counted) == (4, 7)
        assert result.labels == {"boilerplate": 1, "caption": 1, "coherent": 6, "meta": 1, "off_topic": 2}
        metrics = result.model.metrics
        assert (metrics.precision, metrics.recall) == (0.5, 0.5)
        assert metrics.false_flags_per_1000 == pytest.approx(200)
        assert metrics.false_flags_per_1000_clean == pytest.approx(1000 / 3)
        # Foreign at ranks 1 (0.9) and 3 (0.4, after the coherent 0.6).
        assert metrics.ap == pytest.approx((1 + 2 / 3) / 2)

    def test_slices(self, detector, mixed):
        model = run(detector, mixed).model
        assert set(model.by_kind) == {"clean", "date", "topic"}
        assert set(model.by_form) == {"run", "teaser"}
        assert set(model.by_label) == {"boilerplate", "off_topic"}

    def test_threshold_of_the_detector_or_another(self, detector, mixed):
        assert run(detector, mixed).model.metrics.threshold == 0.5
        lower = run(detector, mixed, threshold=0.4).model.metrics
        assert (lower.threshold, lower.recall) == (0.4, 1.0)

    def test_what_is_embedded_is_embedded_once(self, detector, mixed):
        run(detector, mixed)
        assert detector.embedded == 4

    def test_the_baseline_sees_the_same_paragraphs(self, detector, mixed):
        result = run(detector, mixed)
        assert result.baseline_scored.label.tolist() == result.scored.label.tolist()
        # Article c: the only other line is a heron, orthogonal to the invoice.
        assert result.baseline_scored.score[-1] == pytest.approx(1.0)
        assert result.baseline.metrics.ece is None

    def test_paragraphs_that_do_not_count_still_stand_in_the_article(self, detector, write):
        alone = write(
            "alone.jsonl", {"paragraphs": ["heron 0", "invoice 0"], "labels": ["coherent", "caption"]}
        )
        assert run(detector, alone).baseline_scored.score.tolist() == pytest.approx([1.0])

    def test_empty_paragraphs_do_not_pull_the_centroid(self, detector, write):
        article = {"paragraphs": ["heron 0", "", " ", "heron 0"], "labels": ["coherent"] * 4}
        detector.probabilities = lambda documents, *, embeddings: iter([np.tile([1.0, 0, 0], (4, 1))])
        assert run(detector, write("empty.jsonl", article)).baseline_scored.score.tolist() == pytest.approx(
            [0] * 4
        )

    @pytest.mark.parametrize(
        "article",
        [
            {"paragraphs": [], "labels": []},
            {"paragraphs": ["heron 0.9"], "labels": ["ignore"]},
            {"paragraphs": ["heron 0.9"], "labels": ["coherent"]},
            {"paragraphs": ["heron 0.9"], "labels": ["off_topic"]},
        ],
    )
    def test_degenerate_benchmarks_are_measured_and_shown(self, detector, write, article):
        result = run(detector, write("thin.jsonl", article), resamples=10)
        printed = summary(result)
        assert json.loads(printed.as_json())["benchmarks"][0]["documents"] == 1
        assert "thin" in as_text(printed)
        assert all(picture.startswith(b"\x89PNG") for picture in plots.draw(result).values())


class TestRefusals:
    def test_the_benchmark_is_named(self, detector, write):
        path = write("broken.jsonl", {"paragraphs": ["heron 0"], "labels": ["nonsense"]})
        with pytest.raises(CorpusError, match=r"broken\.jsonl:1: unknown label 'nonsense'"):
            run(detector, path)

    @pytest.mark.parametrize(
        "rows", [np.zeros((3, 3)), np.zeros((4, 2)), np.full((4, 3), np.nan)], ids=["rows", "columns", "nan"]
    )
    def test_arrays_that_do_not_fit(self, detector, write, rows):
        path = write("b.jsonl", {"paragraphs": ["heron 0"] * 4, "labels": ["coherent"] * 4})
        detector.probabilities = lambda documents, *, embeddings: iter([rows])
        with pytest.raises(ArtifactError, match=r"b\.jsonl:1"):
            run(detector, path)

    @pytest.mark.parametrize("method", ["embed", "probabilities"])
    def test_too_few_arrays(self, detector, mixed, method):
        setattr(detector, method, lambda documents, embeddings=None: iter([]))
        with pytest.raises(ArtifactError, match="0 arrays for 4 documents"):
            run(detector, mixed)


def test_name_and_digest_do_not_depend_on_compression(detector, mixed, tmp_path):
    packed = tmp_path / "packed" / "mixed.jsonl.gz"
    packed.parent.mkdir()
    packed.write_bytes(gzip.compress(mixed.read_bytes(), 1))
    plain, zipped = run(detector, mixed), run(detector, packed)
    assert (plain.name, plain.digest) == (zipped.name, zipped.digest)
    assert plain.model == zipped.model


@pytest.mark.parametrize(
    ("path", "name"),
    [("a/wild.jsonl.gz", "wild"), ("wild.jsonl", "wild"), ("v1.2.jsonl", "v1.2"), ("x", "x")],
)
def test_name_of_a_benchmark(path, name):
    assert corpus_name(path) == name


class TestTable:
    def test_fits_80_columns_and_says_what_was_measured(self, detector, mixed):
        result = run(detector, mixed, resamples=30)
        text = as_text(summary(result))
        assert max(map(len, text.splitlines())) <= 80
        assert text.isascii()
        for needed in (
            "misplaced",
            "centroid cosine",
            "0.833 [",
            result.digest,
            "abacus, 2 cores",
            "2024-05-01",
        ):
            assert needed in text
        # P, R, F1, false flags per 1,000 of the model in one row.
        (row,) = [line for line in text.splitlines() if line.strip().startswith("misplaced ")]
        assert row.split()[-5:-1] == ["0.500", "0.500", "0.500", "200.0"]

    def test_names_are_not_markup(self, detector, write):
        article = {"kind": "[red]odd", "paragraphs": ["heron 0"], "labels": ["coherent"]}
        other = {"kind": "[/]", "paragraphs": ["heron 0"], "labels": ["coherent"]}
        text = as_text(summary(run(detector, write("m.jsonl", article, other))))
        assert "kind [red]odd" in text
        assert "kind [/]" in text


def test_json_is_strict_and_complete(detector, mixed):
    data = json.loads(summary(run(detector, mixed, resamples=20)).as_json(), parse_constant=pytest.fail)
    (benchmark,) = data["benchmarks"]
    assert benchmark["misplaced"]["metrics"]["ap"] == pytest.approx(5 / 6, abs=1e-6)
    assert len(benchmark["misplaced"]["metrics"]["intervals"]["ap"]) == 2
    assert benchmark["misplaced"]["by_kind"]["clean"]["ap"] is None
    assert benchmark["centroid_cosine"]["metrics"]["ece"] is None
    assert "scored" not in benchmark


class TestPlots:
    def test_three_pictures(self, detector, mixed):
        drawn = plots.draw(run(detector, mixed))
        assert sorted(drawn) == ["mixed-histogram.png", "mixed-precision-recall.png", "mixed-reliability.png"]
        assert all(picture.startswith(b"\x89PNG") for picture in drawn.values())

    def test_without_matplotlib(self, detector, mixed, monkeypatch):
        result = run(detector, mixed)
        monkeypatch.setattr(plots, "find_spec", lambda name: None)
        with pytest.raises(MissingExtraError, match="matplotlib"):
            plots.draw(result)
