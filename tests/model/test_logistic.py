"""A logistic that lives in a manifest: what it computes, and what it refuses to be read from."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misplaced.logistic import Logistic

NAMES = ("length", "warmth")
numbers = st.floats(-1e6, 1e6)


def test_the_probability_is_that_of_the_weighted_sum():
    logistic = Logistic({"length": 2.0, "warmth": -1.0}, 0.5)
    assert logistic.probability([1.0, 2.0]) == pytest.approx(1 / (1 + math.exp(-0.5)))
    assert logistic.probability([0.0, 0.5]) == 0.5
    assert logistic.probability([-1e9, 0]) < 1e-300
    assert logistic.probability([1e9, 0]) == 1.0
    with pytest.raises(ValueError, match="zip"):
        logistic.probability([1.0])


@given(numbers, numbers, numbers, st.floats(0, 1))
def test_what_is_recorded_is_read(one, other, intercept, figure):
    logistic = Logistic({"length": one, "warmth": other}, intercept, {"found": figure})
    assert Logistic.parse(json.loads(json.dumps(logistic.record())), NAMES) == logistic


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"weights": None}, "no finite numbers as 'weights'"),
        ({"weights": [1, 2]}, "no finite numbers as 'weights'"),
        ({"weights": {"length": 1, "warmth": "2"}}, "no finite numbers as 'weights'"),
        ({"weights": {"length": 1, "warmth": True}}, "no finite numbers as 'weights'"),
        ({"weights": {"length": 1, "warmth": math.nan}}, "no finite numbers as 'weights'"),
        ({"weights": {"length": 1}}, "weighs other measures"),
        ({"weights": {"warmth": 1, "length": 1}}, "weighs other measures"),
        ({"intercept": math.inf}, "no finite numbers as 'intercept'"),
        ({"intercept": None}, "no finite numbers as 'intercept'"),
        ({"figures": {"found": "all"}}, "no finite numbers as 'figures'"),
        ({"figures": 3}, "no finite numbers as 'figures'"),
    ],
)
def test_anything_else_is_refused(change, said):
    found = {"weights": {"length": 1, "warmth": 2}, "intercept": 0, "figures": {}} | change
    with pytest.raises(ValueError, match=said):
        Logistic.parse(found, NAMES)


@pytest.mark.parametrize("found", [None, 3, [], "x"])
def test_only_an_object_can_be_read(found):
    with pytest.raises(ValueError, match="is not an object"):
        Logistic.parse(found, NAMES)
