"""Words and names shared with the rest of the article."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from misplaced.features.lexical import NAMES, lexical_features
from misplaced.features.terms import BUCKETS, Terms, TermWeights, bucket, names_as_written
from misplaced.features.vocabulary import Vocabulary

COLUMN = {name: i for i, name in enumerate(NAMES)}
EVEN = TermWeights(np.ones(BUCKETS, dtype=np.float32))


def features(contents, title=None, weights=EVEN):
    terms = [Terms.of(c) for c in contents]
    titled = Terms.of(title) if title else None
    vocabulary = Vocabulary(terms, titled, weights)
    titled_at_all = bool(titled and titled.words)
    return lexical_features(vocabulary, titled=titled_at_all, references=np.arange(len(contents)))


def test_words_are_folded_and_names_are_capitals_inside_a_sentence():
    terms = Terms.of("Vines froze. Then Bram's cousin, Ines Quillby, paid 3.5 million to NATO! It's late.")
    assert terms.words[:2] == ("vines", "froze")
    assert "3.5" in terms.words
    assert "bram" in terms.words
    assert terms.names == {"bram", "ines", "quillby", "nato"}


def test_names_keep_their_spelling():
    content = "The captain of Canal AN met İnci and Straßner, then McAdam’s crew."
    assert set(names_as_written(content)) == Terms.of(content).names
    written = names_as_written(content)
    assert (written["an"], written["strassner"], written["mcadam"]) == ("AN", "Straßner", "McAdam")


@given(st.text(max_size=60))
def test_any_text_has_words_and_names_among_them(text):
    terms = Terms.of(text)
    assert terms.names <= set(terms.words)
    assert set(names_as_written(text)) == terms.names
    assert all(0 <= bucket(word) < BUCKETS for word in terms.words)


def test_an_enormous_paragraph_is_read_to_a_limit():
    assert len(Terms.of("word " * 5000).words) == 1000


def test_rare_words_weigh_more_than_common_ones():
    contents = ["the ferry", "the comet", "the vines", "the the"]
    weights = TermWeights.count(contents).of(["the", "ferry", "unseen"])
    assert weights == pytest.approx([0, np.log(5 / 2) / np.log(5), 1], abs=1e-6)
    assert TermWeights.count([]).table.shape == (BUCKETS,)


def test_overlap_is_the_share_of_weight_that_occurs_elsewhere():
    weights = TermWeights(EVEN.table.copy())
    weights.table[bucket("ferry")] = 3
    found = features(["ferry sails", "ferry rests", "grapes"], weights=weights)[:, COLUMN["term_overlap"]]
    assert found == pytest.approx([0.75, 0.75, 0])
    titled = features(["grapes", "ferry"], title="Grapes")[:, COLUMN["term_overlap"]]
    assert titled == pytest.approx([1, 0])


def test_cosines_of_words():
    found = features(["ferry sails", "ferry sails", "ferry rests", "grapes"], title="ferry")
    assert found[:, COLUMN["lexical_previous"]] == pytest.approx([0, 1, 0.5, 0], abs=1e-6)
    assert found[:, COLUMN["lexical_next"]] == pytest.approx([1, 0.5, 0, 0], abs=1e-6)
    assert found[:, COLUMN["lexical_nearest"]] == pytest.approx([0.5, 0.5, 0.5, 0], abs=1e-6)
    assert found[:, COLUMN["lexical_title"]] == pytest.approx([0.5**0.5] * 3 + [0], abs=1e-6)
    # The others add up to ferry 2, sails 1, rests 1 (over the root of 2) and grapes 1.
    assert found[0, COLUMN["lexical_rest"]] == pytest.approx((2 + 1) / 2 / 2, abs=1e-5)
    untitled = features(["ferry sails", "ferry rests"])
    np.testing.assert_array_equal(untitled[:, 2], untitled[:, 0])


def test_repeated_wording_does_not_vouch_for_itself():
    caption = "Odile Ferrant waves"
    found = features([caption, "Grapes froze.", caption, "Then winter came."])
    for i in (0, 2):
        assert found[i, COLUMN["term_overlap"]] == 0
        assert found[i, COLUMN["lexical_nearest"]] == 0
        assert found[i, COLUMN["names_seen"]] == 0


def test_names_seen_unseen_and_in_the_title():
    contents = ["Yesterday Odile Ferrant spoke.", "Then Ferrant met Bram.", "It froze.", "Odile left."]
    found = features(contents, title="Bram returns")
    # "Odile" begins the last sentence, which makes it no name there, but it is seen.
    assert found[:, COLUMN["names_seen"]] == pytest.approx([1, 1, 0.5, 0.5])
    assert found[:, COLUMN["has_names"]] == pytest.approx([1, 1, 0, 0])
    assert found[1, COLUMN["title_names"]] == 0.5
    alone = features(["So Vera Stolt sang.", "It froze."])
    assert alone[0, COLUMN["names_seen"]] == 0
    assert alone[0, COLUMN["names_unseen"]] == pytest.approx(np.log(3))


@given(st.lists(st.text(alphabet="ab AB.,'é😀\u4e00", max_size=12), min_size=1, max_size=6), st.booleans())
def test_columns_keep_to_their_ranges(contents, titled):
    found = features(contents, title="Ab a" if titled else None)
    assert found.shape == (len(contents), len(NAMES))
    assert np.isfinite(found).all()
    assert found.min() >= 0
    bounded = np.delete(found, COLUMN["names_unseen"], axis=1)
    assert bounded.max() <= 1 + 1e-4
