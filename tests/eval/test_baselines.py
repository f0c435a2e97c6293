from __future__ import annotations

import numpy as np
import pytest

from misplaced.eval.baselines import centroid_distance


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
