from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from misplaced.classifier import CLASSES
from misplaced.training.holdout import choose_threshold, foreignness, held_out_figures
from misplaced.training.table import Table

PROSE, CAPTION, POINTER, FURNITURE = (
    [name for name, _ in CLASSES].index(n) for n in ("prose", "caption or note", "pointer", "furniture")
)


def table(classes, corpora=None):
    classes = np.array(classes)
    corpora = np.zeros(len(classes), dtype=int) if corpora is None else np.array(corpora)
    number = np.arange(len(classes))
    rows = np.zeros((len(classes), 1), np.float32)
    return Table(rows, classes, number, corpora, number, number, np.zeros(len(classes), dtype=bool))


def probabilities(foreign):
    rows = np.zeros((len(foreign), len(CLASSES)))
    rows[:, POINTER] = np.array(foreign) / 3
    rows[:, FURNITURE] = np.array(foreign) * 2 / 3
    rows[:, PROSE] = 1 - np.array(foreign)
    return rows


def test_foreignness_is_the_mass_of_the_foreign_classes():
    rows = np.diag(np.ones(len(CLASSES)))
    assert foreignness(rows).tolist() == [float(label != "coherent") for _, label in CLASSES]


@given(
    st.lists(st.tuples(st.floats(0, 0.99), st.sampled_from([0.2, 1, 3])), min_size=1, max_size=80),
    st.floats(0, 1000),
)
def test_the_threshold_keeps_to_the_limit_and_is_the_lowest_that_does(rows, limit):
    scores, weights = np.array(rows).T
    threshold = choose_threshold(
        probabilities(scores), table([PROSE] * len(rows)), weights, most_false_flags=limit
    )
    assert 0.05 <= threshold <= 0.999
    assert round(threshold, 3) == threshold

    def flagged(at):
        return 1000 * weights[foreignness(probabilities(scores)) >= at].sum() / weights.sum()

    assert flagged(threshold) <= limit + 1e-6
    assert threshold == 0.05 or flagged(threshold - 0.0011) > limit - 1e-6


def test_the_limit_itself_is_allowed():
    scores = probabilities([0.9, 0.5, 0.4, 0.3])
    found = [
        choose_threshold(scores, table([PROSE] * 4), np.ones(4), limit) for limit in (249, 250, 500, 1000)
    ]
    assert found == [0.901, 0.501, 0.401, 0.05]


def test_only_coherent_paragraphs_set_the_threshold():
    scores = [0.1, 0.3, 0.95, 0.97, 0.98]
    classes = [PROSE, PROSE, CAPTION, POINTER, FURNITURE]
    assert choose_threshold(probabilities(scores), table(classes), np.ones(5), 0) == pytest.approx(0.301)


def test_figures_by_corpus():
    scores = [0.1, 0.6, 0.9, 0.2, 0.99, 0.1, 0.2]
    classes = [PROSE, PROSE, POINTER, FURNITURE, CAPTION, PROSE, PROSE]
    found = held_out_figures(probabilities(scores), table(classes, [0] * 5 + [1] * 2), ["a", "b"], 0.5)
    a, b = found["a"], found["b"]
    assert (a.coherent, a.foreign, a.precision, a.recall, a.false_flags) == (2, 2, 0.5, 0.5, 500)
    assert a.average_precision == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)
    assert (b.coherent, b.foreign, b.average_precision, b.recall, b.precision) == (2, 0, None, None, None)
    assert b.false_flags == 0
    assert a.rounded()["average_precision"] == 0.8333
