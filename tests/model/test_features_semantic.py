"""Closeness to the rest of the article: each column against its formula, and its promises."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from misplaced.features.semantic import NAMES, length_weights, nearest_paragraph, semantic_features

COLUMN = {name: i for i, name in enumerate(NAMES)}
COSINES = NAMES[:11]


def unit(rows):
    return (rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-9)).astype(np.float32)


def made(count, dimension=6, seed=0):
    """A tight article: random directions around a common one."""
    rng = np.random.default_rng(seed)
    return unit(rng.standard_normal((count, dimension)) + 2)


def features(rows, *, title=None, lengths=None, wordings=None):
    count = len(rows)
    lengths = np.full(count, 30.0, dtype=np.float32) if lengths is None else np.float32(lengths)
    wordings = np.arange(count) if wordings is None else np.array(wordings)
    return semantic_features(rows, title, lengths, wordings, np.arange(count))


def test_rest_is_the_cosine_to_the_mean_of_all_others():
    rows = made(6)
    lengths = [5, 30, 400, 12, 60, 100]
    found = features(rows, lengths=lengths)
    weights = np.sqrt(np.minimum(lengths, 100))
    for i in range(len(rows)):
        others = [j for j in range(len(rows)) if j != i]
        assert found[i, COLUMN["rest"]] == pytest.approx(rows[i] @ unit(rows[others].mean(0)), abs=1e-5)
        weighted = unit((rows[others] * weights[others, None]).sum(0))
        assert found[i, COLUMN["rest_by_length"]] == pytest.approx(rows[i] @ weighted, abs=1e-5)


@given(st.integers(3, 8), st.integers(0, 50))
def test_a_paragraph_does_not_vouch_for_itself(count, seed):
    rows = made(count, dimension=16, seed=seed)
    rows[:, 8:] = 0
    rows = unit(rows)
    alone = count - 1
    rows[alone] = np.eye(16, dtype=np.float32)[12]  # nothing in common with any other
    found = features(rows, title=rows[0])
    for name in ("rest", "rest_by_length", "anchored_rest", "nearest", "nearest_three", "lead", "previous"):
        assert found[alone, COLUMN[name]] == pytest.approx(0, abs=1e-5), name


def test_repeated_wording_does_not_vouch_for_itself():
    rows = made(6)
    rows[2] = rows[5] = unit(-np.ones(6))
    found = features(rows, wordings=[0, 1, 2, 3, 4, 2])
    others = [0, 1, 3, 4]
    for i in (2, 5):
        cosines = sorted(rows[others] @ rows[i], reverse=True)
        assert found[i, COLUMN["nearest"]] == pytest.approx(cosines[0], abs=1e-5)
        assert found[i, COLUMN["nearest_three"]] == pytest.approx(np.mean(cosines[:3]), abs=1e-5)


def test_flow_columns():
    rows = made(5)
    found = features(rows)
    for i in range(1, 4):
        assert found[i, COLUMN["previous"]] == pytest.approx(rows[i] @ rows[i - 1], abs=1e-5)
        assert found[i, COLUMN["next"]] == pytest.approx(rows[i] @ rows[i + 1], abs=1e-5)
        assert found[i, COLUMN["bridge"]] == pytest.approx(rows[i + 1] @ rows[i - 1], abs=1e-5)
    window = unit(rows[[0, 1, 3, 4]].mean(0))
    assert found[2, COLUMN["window"]] == pytest.approx(rows[2] @ window, abs=1e-5)
    assert found[0, COLUMN["previous"]] == found[0, COLUMN["rest"]]
    assert found[4, COLUMN["next"]] == found[4, COLUMN["rest"]]


def test_title_and_lead():
    rows = made(7)
    lengths = [30, 3, 30, 30, 30, 30, 30]
    title = made(1, seed=9)[0]
    with_title, without = (features(rows, title=t, lengths=lengths) for t in (title, None))
    np.testing.assert_allclose(with_title[:, COLUMN["title"]], rows @ title, atol=1e-6)
    np.testing.assert_array_equal(without[:, COLUMN["title"]], without[:, COLUMN["lead"]])
    assert set(with_title[:, COLUMN["has_title"]]) == {1}
    assert set(without[:, COLUMN["has_title"]]) == {0}
    lead = unit(rows[[0, 2, 3]].mean(0))  # the short second line carries no story
    assert with_title[5, COLUMN["lead"]] == pytest.approx(rows[5] @ lead, abs=1e-5)
    without_own = unit(rows[[2, 3, 4]].mean(0))
    assert with_title[0, COLUMN["lead"]] == pytest.approx(rows[0] @ without_own, abs=1e-5)


def test_an_anchored_centroid_resists_a_foreign_majority():
    story, gallery = np.zeros((2, 8), dtype=np.float32)
    story[0] = gallery[1] = 1
    rng = np.random.default_rng(0)
    rows = unit(np.stack([story] * 4 + [gallery] * 8) + rng.normal(0, 0.05, (12, 8)))
    found = features(rows, title=unit(story + 0.05))
    rest, anchored = (found[:, COLUMN[name]] for name in ("rest", "anchored_rest"))
    assert rest[:4].max() < rest[4:].min()
    assert anchored[:4].min() > anchored[4:].max()


def test_rank_cohesion_and_deviation_say_where_a_paragraph_stands_in_its_article():
    rows = made(9)
    rows[4] = unit(np.array([1, -1, 1, -1, 1, -1.5]))
    found = features(rows)
    by_length = found[:, COLUMN["rest_by_length"]]
    assert found[4, COLUMN["rest_rank"]] == 0
    assert sorted(found[:, COLUMN["rest_rank"]]) == pytest.approx(np.linspace(0, 1, 9))
    np.testing.assert_allclose(found[:, COLUMN["article_cohesion"]], np.median(by_length))
    assert found[4, COLUMN["robust_rest"]] == -5
    assert np.abs(np.median(found[:, COLUMN["robust_rest"]])) < 1e-6


@given(
    arrays(np.float32, st.tuples(st.integers(1, 9), st.just(4)), elements=st.floats(-1, 1, width=32)),
    st.booleans(),
    st.integers(1, 3),
)
def test_columns_keep_to_their_ranges(raw, titled, wordings):
    rows = unit(raw)
    found = features(rows, title=rows[0] if titled else None, wordings=np.arange(len(rows)) % wordings)
    assert found.shape == (len(rows), len(NAMES))
    assert found.dtype == np.float32
    assert np.isfinite(found).all()
    cosines = found[:, [COLUMN[name] for name in COSINES]]
    assert np.abs(cosines).max() <= 1 + 1e-4
    assert found[:, COLUMN["rest_rank"]].min() >= 0
    assert found[:, COLUMN["rest_rank"]].max() <= 1
    assert np.abs(found[:, COLUMN["robust_rest"]]).max() <= 5


def test_a_single_paragraph_has_nothing_to_be_compared_with():
    found = features(made(1))
    for name in ("rest", "rest_by_length", "nearest", "nearest_three", "lead", "previous", "window"):
        assert found[0, COLUMN[name]] == 0


def test_length_weights_level_off():
    np.testing.assert_allclose(length_weights(np.float32([0, 1, 25, 100, 5000])), [0, 1, 5, 10, 10])


def test_the_nearest_paragraph_is_of_other_wording():
    rows = made(5)
    rows[3] = rows[1]
    index, cosine = nearest_paragraph(rows, np.array([0, 1, 2, 1, 4]), 1)
    expected = max((0, 2, 4), key=lambda i: rows[i] @ rows[1])
    assert index == expected
    assert cosine == pytest.approx(rows[expected] @ rows[1], abs=1e-6)
    assert nearest_paragraph(rows[:2], np.array([0, 0]), 0) is None
