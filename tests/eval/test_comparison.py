"""Every baseline ranks a stranger first, leaves empty lines alone, and is measured on what counts."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from misplaced.document import Document
from misplaced.errors import MissingExtraError
from misplaced.eval import outliers
from misplaced.eval.benchmark import run
from misplaced.eval.comparison import BASELINES, Baseline, compare, counted_paragraphs
from misplaced.eval.linerules import broken_rules
from misplaced.eval.texttiling import depth_scores
from misplaced.labelled import read_labelled


def installed(baseline):
    return baseline.package is None or importlib.util.find_spec(baseline.package) is not None


def each(condition=lambda baseline: True):
    return pytest.mark.parametrize(
        "baseline",
        [
            pytest.param(b, marks=pytest.mark.skipif(not installed(b), reason=f"needs {b.package}"))
            for b in BASELINES
            if condition(b)
        ],
        ids=lambda baseline: baseline.name,
    )


def rows_of(count, stranger):
    """A tight article with one paragraph that points elsewhere."""
    rng = np.random.default_rng(5)
    article, elsewhere = rng.normal(size=(2, 12))
    rows = rng.normal(scale=0.3, size=(count, 12)) + article
    rows[stranger] = rng.normal(scale=0.3, size=12) + elsewhere
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def document(count):
    return Document.from_paragraphs(
        [f"The {n}th line about the lock gates of the canal." for n in range(count)]
    )


@each(lambda b: b.name not in {"C4 line rules"})
class TestOnEmbeddings:
    @pytest.mark.parametrize(("count", "stranger"), [(6, 2), (20, 11)])
    def test_the_stranger_is_most_foreign(self, baseline, count, stranger):
        scores = baseline.score(document(count), rows_of(count, stranger))
        # Blocks of two blur a lone stranger with its neighbours.
        near = 1 if "blocks of two" in baseline.name else 0
        assert abs(int(np.argmax(scores)) - stranger) <= near
        assert scores.dtype == np.float64

    def test_the_same_twice(self, baseline):
        rows = rows_of(12, 4)
        first = baseline.score(document(12), rows)
        assert np.array_equal(first, baseline.score(document(12), rows))

    def test_empty_lines_take_no_part(self, baseline):
        rows = rows_of(10, 3)
        found = baseline.score(document(11), np.insert(rows, 6, 0.0, axis=0))
        assert found[6] == 0.0
        assert np.delete(found, 6) == pytest.approx(baseline.score(document(10), rows))

    @pytest.mark.parametrize("count", [0, 1, 2, 3])
    def test_few_lines_and_equal_ones_give_finite_scores(self, baseline, count):
        rows = np.tile(rows_of(1, 0), (count, 1))
        assert np.isfinite(baseline.score(document(count), rows)).all()
        assert baseline.score(document(count), rows).shape == (count,)


class TestDepth:
    def test_by_hand(self):
        # Blocks of one: the gaps' similarities are 1, 0, 0, 1, their depths 0, 2, 2, 0.
        rows = np.array([[1, 0], [1, 0], [0, 1], [1, 0], [1, 0]], dtype=float)
        assert depth_scores(rows, block=1).tolist() == [0.0, 1.0, 2.0, 1.0, 0.0]

    def test_depth_is_taken_from_the_nearest_peaks(self):
        # Similarities along a circle: 0.5, 0, 0.5, 1: the peak on the right is the 1 behind the 0.5.
        angles = np.radians(np.cumsum([0, 60, 90, 60, 0]))
        rows = np.stack([np.cos(angles), np.sin(angles)], axis=1)
        deepest = (0.5 - 0) + (1 - 0)
        assert depth_scores(rows, block=1)[1] == pytest.approx(((1 - 0.5) * 0 + deepest) / 2)

    @given(st.integers(0, 30), st.integers(1, 4), st.integers(0, 2**32 - 1))
    def test_range(self, count, block, seed):
        rows = np.random.default_rng(seed).normal(size=(count, 4))
        scores = depth_scores(rows, block)
        assert scores.shape == (count,)
        assert ((scores >= -1e-12) & (scores <= 4 + 1e-12)).all()


@pytest.mark.parametrize(
    ("line", "broken"),
    [
        ("The lock keeper opened the gates at noon.", 0),
        ("“The gates stay open until the evening,” she said to the skippers.”", 0),
        ("The lock keeper opened the gates at noon", 1),
        ("The lock keeper opened the gates and then...", 1),
        ("The lock keeper opened the gates and then…", 1),
        ("Open again.", 1),
        ("Lock gates", 2),
        ("Please enable JavaScript to see the timetable of the lock.", 1),
        ("By going on you accept our use of cookies on this page.", 1),
        ("Lorem ipsum dolor sit amet and so on.", 1),
        ("The template {lock} was never filled in by anyone.", 1),
        ("", 0),
    ],
)
def test_line_rules(line, broken):
    assert broken_rules([line]).tolist() == [float(broken)]


class TestCompare:
    def test_measures_what_counts_at_the_methods_own_rule(self, detector, mixed):
        labelled = list(read_labelled(mixed))
        result = run(detector, mixed, resamples=0)
        vectors = [e.paragraphs for e in detector.embed(a.unlabelled() for a in labelled)]
        # Flags the only foreign line of the first article, and a coherent one of the second.
        spoken = {"invoice 0.9": 2.0, "heron 0.6": 1.0}

        def score(document, embeddings):
            assert len(embeddings) == len(document.paragraphs)
            return np.array([spoken.get(p.text, 0.0) for p in document.paragraphs])

        ranked, ruled = compare(
            result, labelled, vectors, [Baseline("ranks", score), Baseline("rules", score, rule=1.0)]
        )
        assert (ruled.metrics.precision, ruled.metrics.recall) == (0.5, 0.5)
        assert ruled.metrics.false_flags_per_1000 == pytest.approx(200)
        assert ranked.metrics.f1 == ranked.metrics.best_f1 == pytest.approx(2 / 3)
        assert ranked.metrics.ece is None

    def test_counted_paragraphs_are_those_of_the_benchmark(self, detector, mixed):
        labelled = list(read_labelled(mixed))
        assert int(counted_paragraphs(labelled).sum()) == run(detector, mixed, resamples=0).counted == 7

    def test_missing_package_is_named_before_anything_is_scored(self, detector, mixed, monkeypatch):
        monkeypatch.setattr(outliers, "find_spec", lambda name: None)
        result = run(detector, mixed, resamples=0)
        with pytest.raises(MissingExtraError, match=r"pyod.*misplaced\[bench\]"):
            compare(result, [], [], [b for b in BASELINES if b.package == "pyod"])
