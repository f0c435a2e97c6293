"""The second look: weighs both verdicts, and reads only what is doubtful."""

from __future__ import annotations

import numpy as np
import pytest

from misplaced.logistic import Logistic
from misplaced.second_look import NAMES, SecondLook, evidence


class StubReader:
    """Says the same of every paragraph, and notes what it was asked."""

    def __init__(self, probabilities):
        self.row = np.log(np.array(probabilities, dtype=np.float32) + 1e-12)
        self.asked = []

    def read_many(self, articles):
        self.asked += [list(rows) for _, _, rows in articles]
        return [np.tile(self.row, (len(rows), 1)) for _, _, rows in articles]


def look(reader, doubt=0.1, **weights):
    return SecondLook(reader, Logistic({name: weights.get(name, 0.0) for name in NAMES}, 0.0), doubt)


FIRST = np.array([[0.95, 0.04, 0.01], [0.5, 0.4, 0.1], [0.1, 0.1, 0.8]])


def test_doubt_is_a_foreignness():
    assert look(StubReader([1, 0, 0, 0, 0]), 0.1).doubtful(FIRST) == [1, 2]
    assert look(StubReader([1, 0, 0, 0, 0]), 0.0).doubtful(FIRST) == [0, 1, 2]


def test_what_the_first_look_is_sure_of_is_not_read_on_either_side():
    assert look(StubReader([1, 0, 0, 0, 0]), 0.2).doubtful(FIRST) == [1]


def test_evidence_is_log_odds_and_bent_for_lines():
    read = np.log(np.array([[0.2, 0.7, 0.1, 0, 0]] * 2, dtype=np.float32) + 1e-20)
    columns = evidence(FIRST[[1, 1]], read, np.array([True, False]))
    np.testing.assert_allclose(columns[:, 0], 0, atol=1e-6)
    np.testing.assert_allclose(columns[:, 1], np.log(4), atol=1e-4)
    np.testing.assert_allclose(columns[0, 2:], [1, 0, np.log(4)], atol=1e-4)
    np.testing.assert_allclose(columns[1, 2:], 0)


@pytest.mark.parametrize(("weights", "expected"), [({"first": 1.0}, 0.5), ({"read": 1.0}, 0.8)])
def test_weights_decide_whom_to_believe(weights, expected):
    second = look(StubReader([0.2, 0.6, 0.2, 1e-9, 1e-9]), **weights)
    found = second.judge([(["a", "b"], None, [1])], [FIRST[[1]]], [np.array([False])])[0]
    np.testing.assert_allclose(found.sum(axis=1), 1)
    assert 1 - found[0, 0] == pytest.approx(expected, abs=1e-4)
    # Both looks have a say in what kind of foreign it is: 4 to 1 and 3 to 1.
    assert found[0, 1] / (1 - found[0, 0]) == pytest.approx((0.8 + 0.75) / 2, abs=1e-4)


def test_an_article_without_doubts_is_not_read():
    reader = StubReader([0.2, 0.6, 0.2, 1e-9, 1e-9])
    found = look(reader).judge([(["a"], None, [])], [FIRST[:0]], [np.zeros(0, dtype=bool)])
    assert reader.asked == [[]]
    assert found[0].shape == (0, 3)
