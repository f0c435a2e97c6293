"""Foreign lines that hold together: each column against its formula, and its promises."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from misplaced.features.stretch import NAMES, stretch_features
from misplaced.features.terms import BUCKETS, Terms, TermWeights
from misplaced.features.vocabulary import Vocabulary

COLUMN = {name: i for i, name in enumerate(NAMES)}
WEIGHTS = TermWeights(np.full(BUCKETS, 0.5, dtype=np.float32))


def unit(rows):
    return (rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-9)).astype(np.float32)


def features(rows, *, contents=None, title=None, titled=None):
    count = len(rows)
    contents = contents or [f"word{i} stands here." for i in range(count)]
    numbers = {}
    wordings = np.array([numbers.setdefault(c, len(numbers)) for c in contents])
    found = stretch_features(
        contents,
        rows,
        title,
        np.full(count, 30.0, dtype=np.float32),
        wordings,
        np.arange(count),
        Vocabulary(
            [Terms.of(content) for content in contents], Terms.of(titled) if titled else None, WEIGHTS
        ),
    )
    return {name: found[:, i] for name, i in COLUMN.items()}


def story_and_gallery(story=6, gallery=9):
    """A story, then more captions of something else that resemble each other even more."""
    one, other = np.eye(2, 16, dtype=np.float32)
    rng = np.random.default_rng(0)
    near, far = rng.normal(0, 0.2, (story, 16)), rng.normal(0, 0.05, (gallery, 16))
    return unit(np.concatenate([one + near, other + far])), unit(one + 0.02)


@pytest.mark.parametrize("column", ["company", "topic_rank", "cluster_margin", "anchor"])
@pytest.mark.parametrize("titled", [True, False])
def test_a_gallery_that_outnumbers_the_story_does_not_vouch_for_itself(column, titled):
    rows, title = story_and_gallery()
    found = features(rows, title=title if titled else None)[column]
    assert found[:6].min() > found[6:].max()


def test_a_second_subject_shows_in_the_share_of_the_other_cluster():
    rows, title = story_and_gallery()
    alone = features(rows[:6], title=title)["cluster_share"][0]
    both = features(rows, title=title)["cluster_share"][0]
    assert both > 2 * alone


def test_a_foreign_pair_does_not_vouch_for_itself():
    one, other = np.eye(2, 16, dtype=np.float32)
    rows = unit(np.stack([one] * 5 + [other] * 2 + [one] * 5) + 0.02)
    found = features(rows)
    for column in ("rest_far", "nearest_far"):
        assert found[column][[5, 6]].max() < 0.5 < found[column][[0, 1, 2, 9, 10, 11]].min()


def test_far_columns_are_the_formulas():
    rows = unit(np.random.default_rng(1).standard_normal((9, 5)) + 1)
    found = features(rows)
    for i in range(9):
        far = [j for j in range(9) if abs(i - j) > 2]
        assert found["nearest_far"][i] == pytest.approx(max(rows[far] @ rows[i]), abs=1e-5)
        assert found["rest_far"][i] == pytest.approx(rows[i] @ unit(rows[far].sum(0)), abs=1e-5)


def test_around_before_and_after_are_means_of_the_closeness_to_the_anchor():
    rows = unit(np.random.default_rng(2).standard_normal((12, 5)) + 1)
    found = features(rows, title=rows[3])
    anchor = found["anchor"]
    assert found["anchor_before"][6] == pytest.approx(anchor[2:6].mean(), abs=1e-5)
    assert found["anchor_after"][6] == pytest.approx(anchor[7:11].mean(), abs=1e-5)
    assert found["anchor_around"][6] == pytest.approx(np.mean([*anchor[2:6], *anchor[7:11]]), abs=1e-5)
    assert found["anchor_before"][0] == found["anchor_around"][0]
    assert found["anchor_after"][-1] == found["anchor_around"][-1]


def test_words_count_only_from_further_off_and_from_the_title():
    contents = ["Aldo sings.", "Bo rows.", "Carla dives.", "Now Zeno naps.", "As Zeno naps.", "Aldo sits."]
    rows = unit(np.random.default_rng(3).standard_normal((6, 5)))
    found = features(rows, contents=contents)
    assert found["names_far"][3] == 0  # only the next paragraph names him
    assert found["overlap_far"][0] == pytest.approx(0.5)  # Aldo, five further on
    assert features(rows, contents=contents, titled="Now naps Zeno")["overlap_far"][3] == 1


def test_a_repeated_line_does_not_vouch_for_itself():
    contents = ["Follow Ubu.", "One.", "Two.", "Three.", "Follow Ubu."]
    found = features(unit(np.random.default_rng(4).standard_normal((5, 5))), contents=contents)
    assert found["overlap_far"][[0, 4]].tolist() == [0, 0]
    assert found["opening_shared"][[0, 4]].tolist() == [0, 0]


def test_lines_that_begin_or_end_alike_are_counted():
    contents = ["Read more about ships", "It rained.", "Read more on snow", "READ MORE about ships today"]
    found = features(unit(np.random.default_rng(5).standard_normal((4, 5))), contents=contents)
    np.testing.assert_allclose(found["opening_shared"], np.log([3, 1, 3, 3]), rtol=1e-6)
    assert found["ending_shared"].tolist() == [0, 0, 0, 0]


@given(
    arrays(np.float32, st.tuples(st.integers(1, 9), st.just(4)), elements=st.floats(-1, 1, width=32)),
    st.booleans(),
    st.integers(1, 3),
)
def test_columns_keep_to_their_ranges(raw, titled, wordings):
    rows = unit(raw)
    contents = [f"Line {i % wordings}" for i in range(len(rows))]
    found = features(rows, contents=contents, title=rows[0] if titled else None)
    assert all(np.isfinite(column).all() for column in found.values())
    for name in (*NAMES[:5], "rest_far", "nearest_far"):
        assert np.abs(found[name]).max() <= 1 + 1e-4, name
    assert np.abs(found["topic_rank"]).max() <= 3
    assert np.abs(found["cluster_margin"]).max() <= 2 + 1e-4
    for name in ("overlap_far", "names_far"):
        assert found[name].min() >= 0, name
        assert found[name].max() <= 1 + 1e-6, name
