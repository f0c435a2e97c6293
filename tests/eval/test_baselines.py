from __future__ import annotations

import numpy as np
import pytest

from misplaced.eval.baselines import centroid_deviation, centroid_distance


def test_against_the_definition():
    rows = np.random.default_rng(0).normal(size=(7, 5))
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    for index, distance in enumerate(centroid_distance(rows)):
        rest = np.delete(unit, index, axis=0).mean(axis=0)
        assert distance == pytest.approx(1 - unit[index] @ rest / np.linalg.norm(rest))


def test_the_odd_one_out_is_farthest():
    assert int(np.argmax(centroid_distance(np.array([[1, 0], [1, 0.1], [0, 1], [0.9, 0]])))) == 2


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_to_compare_with(count):
    assert centroid_distance(np.ones((count, 4))).tolist() == [0.0] * count


def test_empty_paragraphs_score_nothing_and_pull_nothing():
    full = np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    with_empty = np.insert(full, 1, 0.0, axis=0)
    found = centroid_distance(with_empty)
    assert found[1] == 0.0
    assert np.delete(found, 1) == pytest.approx(centroid_distance(full))


def test_a_rest_without_direction_is_no_evidence():
    assert centroid_distance(np.array([[1.0, 0.0], [0.0, 1.0], [0.0, -1.0]]))[0] == 0.0


class TestDeviation:
    def test_against_the_definition(self):
        rows = np.random.default_rng(1).normal(size=(9, 6)) + 0.5
        unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        centroid = unit.mean(axis=0)
        cosine = unit @ centroid / np.linalg.norm(centroid)
        assert centroid_deviation(rows) == pytest.approx((cosine.mean() - cosine) / cosine.std())

    def test_one_stranger_among_many_passes_the_customary_cut(self):
        rows = np.array([[1.0, 0.05 * i] for i in range(8)] + [[-0.2, 1.0]])
        assert (centroid_deviation(rows) >= 1.5).tolist() == [False] * 8 + [True]

    def test_empty_paragraphs_take_no_part(self):
        full = np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [1.0, 0.2]])
        found = centroid_deviation(np.insert(full, 2, 0.0, axis=0))
        assert found[2] == 0.0
        assert np.delete(found, 2) == pytest.approx(centroid_deviation(full))

    @pytest.mark.parametrize("rows", [np.zeros((0, 3)), np.zeros((4, 3)), np.ones((5, 3))])
    def test_where_all_are_alike_none_deviates(self, rows):
        assert centroid_deviation(rows).tolist() == [0.0] * len(rows)
