"""The words of an article as flat arrays: checked against walks through the words themselves."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from misplaced.features.middle import median
from misplaced.features.terms import BUCKETS, Terms, TermWeights
from misplaced.features.vectors import TermVectors
from misplaced.features.vocabulary import Vocabulary

EVEN = TermWeights(np.ones(BUCKETS, dtype=np.float32))
PARAGRAPHS = st.lists(
    st.lists(st.sampled_from(["ash", "birch", "cedar", "Dover", "Elm", "fir"]), max_size=5).map(" ".join),
    min_size=1,
    max_size=9,
)


def vocabulary(contents, title=None):
    return Vocabulary([Terms.of(c) for c in contents], Terms.of(title) if title else None, EVEN)


def dense(contents):
    """Unit vectors of square-root counts, written out."""
    words = sorted({w for c in contents for w in Terms.of(c).words})
    rows = np.array([[np.sqrt(Terms.of(c).words.count(w)) for w in words] for c in contents])
    rows = rows.reshape(len(contents), len(words))
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


@given(PARAGRAPHS)
def test_products_are_those_of_dense_vectors(contents):
    vectors, rows = TermVectors(vocabulary(contents)), dense(contents)
    every = np.arange(len(contents))
    np.testing.assert_allclose(vectors.with_rows(every, 0, len(contents)), rows @ rows.T, atol=1e-9)
    np.testing.assert_allclose(vectors.with_next(), (rows[1:] * rows[:-1]).sum(axis=1), atol=1e-9)
    rest = rows.sum(axis=0) - rows
    expected = (rows * rest).sum(axis=1) / np.maximum(np.linalg.norm(rest, axis=1), 1e-4)
    np.testing.assert_allclose(vectors.with_all(), np.clip(expected, 0, 1), atol=1e-3)


@given(PARAGRAPHS, st.integers(0, 3))
def test_a_word_is_held_beyond_where_other_paragraphs_further_off_have_it(contents, reach):
    known = vocabulary(contents)
    words = [Terms.of(c).words for c in contents]
    first = [words.index(w) for w in words]
    expected = [
        any(
            word in words[j] and abs(i - j) > reach and first[j] == j and j != first[i]
            for j in range(len(words))
        )
        for i in range(len(words))
        for word in dict.fromkeys(words[i])
    ]
    assert known.held_beyond(reach).tolist() == expected


@given(PARAGRAPHS)
def test_holders_count_wordings_not_copies(contents):
    known = vocabulary(contents)
    wordings = {Terms.of(c).words for c in contents}
    names = list(dict.fromkeys(w for c in contents for w in Terms.of(c).words))
    assert known.holders.tolist() == [sum(w in wording for wording in wordings) for w in names]


def test_an_article_without_words_holds_nothing():
    known = vocabulary(["🙂", "…"], "ash")
    assert known.held_beyond(0).tolist() == []
    assert TermVectors(known).with_all().tolist() == [0, 0]


def test_the_title_is_compared_by_its_words():
    found = TermVectors(vocabulary(["ash birch", "cedar"], "ash birch")).with_title()
    np.testing.assert_allclose(found, [1, 0], atol=1e-9)


@given(st.lists(st.lists(st.floats(-9, 9), min_size=3, max_size=3), min_size=1, max_size=8))
def test_the_median_is_numpys(rows):
    values = np.array(rows)
    np.testing.assert_allclose(median(values, axis=0), np.median(values, axis=0))
    np.testing.assert_allclose(median(values[0]), np.median(values[0]))
    np.testing.assert_allclose(median(values, axis=1), np.median(values, axis=1))
