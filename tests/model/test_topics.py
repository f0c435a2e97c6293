"""How many things an article is about, seen in how its paragraphs hang together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from misplaced.topics import MIN_PARAGRAPHS, MIN_WORDS, NAMES, topic_measures

DIMENSION = 12


def rows(*subjects, noise=0.05, seed=0):
    """A row for each paragraph, near the axis of its subject."""
    rng = np.random.default_rng(seed)
    found = np.eye(DIMENSION)[list(subjects)] + noise * rng.standard_normal((len(subjects), DIMENSION))
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


def measured(*subjects):
    found = topic_measures(rows(*subjects), np.full(len(subjects), 30))
    return None if found is None else dict(zip(NAMES, found, strict=True))


def test_one_story_a_story_with_foreign_blocks_and_a_digest_differ():
    story = measured(*[0] * 12)
    mixed = measured(*[0] * 5, 1, *[0] * 3, 2, 2, *[0] * 3)
    digest = measured(0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3)
    assert story["spread"] < mixed["spread"] < digest["spread"]
    assert story["heart"] > 0.9
    assert mixed["heart"] > 0.9  # the majority is still one story
    assert digest["heart"] < 0.2
    assert digest["steps"] > 0.6  # neighbours share a section
    assert digest["windows_median"] < 0.2 < 0.9 < story["windows_low"]


def test_a_single_foreign_line_is_washed_out_of_the_windows():
    story, interrupted = measured(*[0] * 14), measured(*[0] * 7, 1, *[0] * 6)
    assert interrupted["windows_median"] > story["windows_median"] - 0.05


def test_short_lines_do_not_count():
    subjects = [0, 1, 0, 2, 0, 3, 0, 0, 0]
    lengths = np.array([30 if s == 0 else MIN_WORDS - 1 for s in subjects])
    only = topic_measures(rows(*subjects), lengths)
    np.testing.assert_allclose(only, topic_measures(rows(*subjects)[lengths >= MIN_WORDS], np.full(6, 30)))


def test_nothing_is_measured_of_a_few_paragraphs():
    assert measured(*[0] * (MIN_PARAGRAPHS - 1)) is None
    assert measured(*[0] * MIN_PARAGRAPHS) is not None
    assert topic_measures(np.zeros((0, 4), np.float32), np.zeros(0, np.int64)) is None


def test_a_long_article_is_measured_like_a_short_one():
    short = measured(*[0] * 10, *[1] * 10, *[2] * 10)
    long = measured(*[0] * 400, *[1] * 400, *[2] * 400)
    for name in ("spread", "steps", "heart", "windows_median"):
        assert long[name] == pytest.approx(short[name], abs=0.12)
    assert long["log_paragraphs"] == pytest.approx(np.log(48))


@given(st.lists(st.integers(0, 3), min_size=6, max_size=60))
def test_measures_are_finite(subjects):
    found = topic_measures(rows(*subjects), np.full(len(subjects), 12))
    assert found.shape == (len(NAMES),)
    assert np.isfinite(found).all()
    same = topic_measures(np.zeros((len(subjects), 4), np.float32), np.full(len(subjects), 12))
    assert np.isfinite(same).all()
