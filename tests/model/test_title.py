"""What ties a title to a body, measure by measure."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from misplaced.features.terms import Terms, TermWeights
from misplaced.title import NAMES, title_measures

WEIGHTS = TermWeights.count(["the mill burned", "the river rose", "the mayor spoke", "the end"])
WORDS = st.sampled_from(["mill", "Brackwater", "the", "7", "river,", "Mayor"])
TEXTS = st.lists(WORDS, min_size=1, max_size=30).map(" ".join)


def unit(*rows):
    rows = np.array(rows, dtype=np.float32)
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def measured(title, contents, title_embedding=(1, 0), embeddings=None):
    embeddings = [(1, 0)] * len(contents) if embeddings is None else embeddings
    terms = [Terms.of(content) for content in contents]
    values = title_measures(Terms.of(title), unit(*title_embedding), terms, unit(*embeddings), WEIGHTS)
    return dict(zip(NAMES, values, strict=True))


def test_cosines_are_taken_with_the_whole_the_nearest_and_the_lead():
    long = "word " * 20
    found = measured(
        "A title",
        ["Short line", long, long, long, long],
        title_embedding=(1, 0, 0),
        embeddings=[(0, 0, 1), (3, 4, 0), (4, 3, 0), (0, 1, 0), (1, 0, 0)],
    )
    assert found["nearest"] == pytest.approx(1.0)
    assert found["nearest_three"] == pytest.approx((1 + 0.8 + 0.6) / 3)
    lead = np.array([0.6 + 0.8, 0.8 + 0.6 + 1])  # the short line is passed over
    assert found["lead"] == pytest.approx(lead[0] / np.linalg.norm(lead), abs=1e-6)
    assert 0.6 < found["centroid"] < 0.8
    assert found["log_paragraphs"] == pytest.approx(np.log(5))


def test_short_lines_hardly_move_the_centroid():
    long, close, far = "word " * 100, (1, 0), (0, 1)
    found = measured("A title", [long, "Share"], embeddings=[close, far])
    assert found["centroid"] > 0.99
    assert found["cohesion"] > 0.85


def test_rare_words_of_the_title_count_and_so_does_where_they_recur():
    body = ["The mill burned.", "A mill stood there.", "Nobody saw it.", "The mill is gone."]
    one = measured("The mill", body)
    none = measured("The comet", body)
    assert one["words_seen"] == pytest.approx(1.0)
    assert one["words_recurring"] > 0.95
    assert none["words_seen"] < 0.2  # only the article "the"
    assert one["lexical"] > none["lexical"] >= 0
    thrice, once = measured("mill", body), measured("nobody", body)
    assert thrice["words_recurring"] == pytest.approx(1.0)
    assert once["words_recurring"] == pytest.approx(1 / 3)


def test_names_are_looked_up_in_any_spelling_of_their_case():
    body = ["In brackwater it rained.", "It rained."]
    assert measured("Rain over Brackwater and Tilbrook", body)["names_seen"] == 0.5
    assert measured("Rain over Brackwater", body)["names_seen"] == 1.0
    assert measured("It rained", body)["names_seen"] == 0.5  # without names, it says nothing


@given(TEXTS | st.just("…"), st.lists(TEXTS | st.just("***"), min_size=1, max_size=6))
def test_any_words_give_finite_measures_in_range(title, contents):
    found = measured(title, contents)
    assert all(np.isfinite(value) for value in found.values())
    for name in ("words_seen", "words_recurring", "names_seen"):
        assert -1e-9 <= found[name] <= 1 + 1e-9
    assert found["words_recurring"] <= found["words_seen"] + 1e-9
