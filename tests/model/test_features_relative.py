"""Measures against the article's level, and hinges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from misplaced.features.relative import DEVIATING, KNOTS, NAMES, relative_features, robust_deviations

COLUMNS = sorted({*DEVIATING, *KNOTS, "previous", "next", "bridge", "lexical_previous", "lexical_next"})
tables = arrays(
    np.float32, st.tuples(st.integers(1, 7), st.just(len(COLUMNS))), elements=st.floats(-1, 1, width=32)
)


def column(plain, name):
    return plain[:, COLUMNS.index(name)]


def test_deviations_are_robust_and_bounded():
    values = np.float32([[0.1], [0.2], [0.3], [0.4], [9.0]])
    spread = 1.4826 * 0.1 + 0.03
    expected = [-0.2 / spread, -0.1 / spread, 0, 0.1 / spread, 5]
    assert robust_deviations(values)[:, 0] == pytest.approx(expected, abs=1e-5)
    assert robust_deviations(np.full((4, 2), 0.7, dtype=np.float32)).tolist() == [[0, 0]] * 4


@given(tables)
def test_every_column_follows_its_formula(plain):
    found = relative_features(plain, COLUMNS)
    assert found.shape == (len(plain), len(NAMES))
    assert np.isfinite(found).all()
    by_name = dict(zip(NAMES, found.T, strict=True))
    assert len(by_name) == len(NAMES)
    most = np.maximum(column(plain, "previous"), column(plain, "next"))
    np.testing.assert_allclose(by_name["neighbour_most"], most)
    least = np.minimum(column(plain, "previous"), column(plain, "next"))
    np.testing.assert_allclose(by_name["neighbour_least"], least)
    np.testing.assert_allclose(by_name["interruption"], column(plain, "bridge") - most, atol=1e-6)
    for name, values in by_name.items():
        if "<" in name:
            base, knot = name.split("<")
            measured = by_name[base] if base.endswith("_deviation") else column(plain, base)
            np.testing.assert_allclose(values, np.maximum(float(knot) - measured, 0), atol=1e-5)
        elif name.endswith("_deviation"):
            measured = robust_deviations(column(plain, name.removesuffix("_deviation"))[:, None])[:, 0]
            np.testing.assert_allclose(values, measured, atol=1e-5)
            assert np.abs(values).max() <= 5
