"""The whole matrix: order and number of columns, hostile input, scale."""

from __future__ import annotations

import resource
import tracemalloc

import numpy as np
import pytest

from misplaced.features import matrix
from misplaced.features.terms import BUCKETS, TermWeights

WEIGHTS = TermWeights(np.full(BUCKETS, 0.5, dtype=np.float32))


def embedded(count, dimension=8, seed=0):
    rows = np.random.default_rng(seed).standard_normal((count, dimension)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_names_groups_and_columns_agree():
    contents = ["The ferry sails.", "READ MORE", "It was full."]
    rows = embedded(3)
    found = matrix.compute(contents, rows, "Ferry", embedded(1, seed=1)[0], WEIGHTS)
    names, groups = matrix.names(8), matrix.groups(8)
    assert found.matrix.shape == (3, len(names))
    assert len(set(names)) == len(names) == len(groups)
    assert found.matrix.dtype == np.float32
    by_name = dict(zip(names, found.matrix.T, strict=True))
    own = [name for name, group in zip(names, groups, strict=True) if group == "embedding"]
    np.testing.assert_array_equal(np.stack([by_name[name] for name in own], axis=1), rows)
    products = [name for name, group in zip(names, groups, strict=True) if group == "interaction"]
    assert len(products) == len(matrix.INTERACTIONS)
    for name in products:
        first, second = name.split("*")
        np.testing.assert_allclose(by_name[name], by_name[first] * by_name[second], atol=1e-6)
    assert by_name["open_end"].tolist() == [0, 1, 0]
    assert by_name["words_upto_3"].tolist() == [1, 1, 1]
    assert len(found.terms) == 3


def test_wordings_are_equal_where_only_case_differs():
    found = matrix.compute(["Follow us", "FOLLOW US", "Else."], embedded(3), None, None, WEIGHTS)
    assert found.wordings.tolist() == [0, 0, 1]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "contents",
    [
        ["Alone."],
        ["Twice.", "Twice."],
        ["Same line"] * 7,
        ["Short.", "long " * 200_000, "Short again."],
        ["...", "—", "?!?!", "***"],
        ["😀", "😀😀 👩‍👩‍👧", "🇫🇷", "ok."],
        ["\ud800 half", "\u202eright to left", "a\x00b"],
        ["a." * 50_000, "(" * 50_000, "A " * 50_000],
    ],
    ids=["one", "two", "same", "megabyte", "punctuation", "emoji", "odd", "patterns"],
)
@pytest.mark.parametrize("title", [None, "A title", "…"])
def test_hostile_paragraphs_give_finite_numbers(contents, title):
    rows = embedded(len(contents))
    if len(set(contents)) == 1:
        rows[:] = rows[0]
    found = matrix.compute(contents, rows, title, None if title is None else rows[0], WEIGHTS)
    assert found.matrix.shape == (len(contents), len(matrix.names(8)))
    assert np.isfinite(found.matrix).all()


def test_paragraphs_without_an_embedding_are_no_neighbours():
    rows = embedded(4)
    rows[2] = 0
    found = matrix.compute(["a", "b", "c", "d"], rows, None, None, WEIGHTS)
    assert np.isfinite(found.matrix).all()


def test_ten_thousand_paragraphs_fit_in_bounded_memory():
    count = 10_000
    rng = np.random.default_rng(0)
    words = [f"word{i}" for i in range(500)]
    contents = [" ".join(rng.choice(words, 8)) + f" {i}." for i in range(count)]
    rows = embedded(count, dimension=384)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    tracemalloc.start()
    try:
        found = matrix.compute(contents, rows, "Title", rows[0], WEIGHTS)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found.matrix.shape == (count, len(matrix.names(384)))
    assert peak < 400e6
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 600e3  # KiB


def test_many_paragraphs_are_compared_with_a_spread_of_them():
    count = 3 * matrix.MAX_REFERENCES
    rows = embedded(count, dimension=4)
    found = matrix.compute([f"w{i}" for i in range(count)], rows, None, None, WEIGHTS)
    nearest = found.matrix[:, matrix.names(4).index("nearest")]
    exact = rows @ rows.T
    np.fill_diagonal(exact, -1)
    assert (nearest <= exact.max(axis=1) + 1e-5).all()
    assert np.abs(nearest - exact.max(axis=1)).mean() < 0.05
