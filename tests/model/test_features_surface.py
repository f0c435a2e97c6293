"""Shape and place of a line."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from misplaced.document import fold
from misplaced.features.surface import NAMES, is_closed, surface_features

COLUMN = {name: i for i, name in enumerate(NAMES)}
UNBOUNDED = {"log_words", "exclamations", "separators", "sentences", "repeats", "article_size"}


def features(contents, title=None):
    numbers = {}
    wordings = np.array([numbers.setdefault(c.casefold(), len(numbers)) for c in contents])
    return surface_features(contents, title, wordings)


def value(content, column):
    return features([content])[0, COLUMN[column]]


@pytest.mark.parametrize(
    ("column", "holds", "lacks"),
    [
        ("words_upto_3", "One two three", "One two three four"),
        ("words_upto_8", "a " * 7 + "a", "a " * 8 + "a"),
        ("words_upto_15", "a " * 14 + "a", "a " * 15 + "a"),
        ("words_upto_25", "a " * 24 + "a", "a " * 25 + "a"),
        ("open_end", "No stop", "A stop.”"),
        ("ends_colon", "Read also:", "Read also"),
        ("ends_ellipsis", "and then…", "and then."),
        ("ends_question", "Why “now?”", "Now."),
        ("label_prefix", "READ MORE: ferries", "a b c d e f: ferries"),
        ("upper_prefix", "WATCH the ferry", "Watch the ferry"),
        ("quoted", "“Never,” she said", "She said “never”"),
        ("bracketed", "The quay (Reuters)", "The quay (deep) is"),
        ("square_brackets", "[The quay]", "The quay [sic]"),
        ("address", "write to desk@ell.example now", "write to us @ noon"),
        ("address", "see www.ell", "see ell"),
        ("address", "by @ellmouth", "by ellmouth"),
    ],
)
def test_marks_of_a_line(column, holds, lacks):
    assert value(holds, column) == 1
    assert value(lacks, column) == 0


def test_counts_and_shares():
    assert value("Go! Now!", "exclamations") == pytest.approx(np.log(3))
    assert value("Ferry returns To 3 quays", "capitalised") == pytest.approx(2 / 4)
    assert value("NATO and EU a B", "upper_case") == pytest.approx(2 / 5)
    assert value("ab12", "digits") == 0.5
    assert value("Home | News » Sport", "separators") == pytest.approx(np.log(3))
    assert value("One. Two! Three", "sentences") == pytest.approx(np.log(3))
    assert value("one two three", "log_words") == pytest.approx(np.log(4))


@pytest.mark.parametrize(
    ("text", "closed"),
    [("End.", True), ("End!”)", True), ("End", False), ("End.*", True), ("End:", False), ("終わり。", True)],
)
def test_closing_punctuation(text, closed):
    assert is_closed(text) is closed


def test_place_and_repetition():
    contents = ["Ferry", "A line that ends.", "SUBSCRIBE", "ferry", "Subscribe"]
    found = features(contents, title="Ferry")
    assert found[:, COLUMN["position"]] == pytest.approx([0, 0.25, 0.5, 0.75, 1])
    assert found[:, COLUMN["from_start"]] == pytest.approx([1, 1 / 2, 1 / 3, 1 / 4, 1 / 5])
    assert found[:, COLUMN["from_end"]] == pytest.approx([1 / 5, 1 / 4, 1 / 3, 1 / 2, 1])
    assert found[:, COLUMN["repeats"]] == pytest.approx(np.log([2, 1, 2, 2, 2]))
    assert found[:, COLUMN["repeats_title"]] == pytest.approx([1, 0, 0, 1, 0])
    assert found[0, COLUMN["article_size"]] == pytest.approx(np.log(5))


def test_short_lines_around():
    contents = ["Long " * 20 + "end."] * 6 + ["READ MORE", "Follow us", "The end of a sentence."]
    found = features(contents)
    assert found[:, COLUMN["previous_short"]].tolist() == [0, 0, 0, 0, 0, 0, 0, 1, 1]
    assert found[:, COLUMN["next_short"]].tolist() == [0, 0, 0, 0, 0, 1, 1, 0, 0]
    assert found[:, COLUMN["article_short"]] == pytest.approx(2 / 9)
    assert found[7, COLUMN["short_run"]] == pytest.approx(2 / 5)
    assert found[4, COLUMN["short_run"]] == pytest.approx(2 / 7)
    assert found[0, COLUMN["short_run"]] == 0
    assert found[6, COLUMN["relative_length"]] == pytest.approx(np.log(3) - np.log(22), abs=1e-5)


def test_lines_below_a_label():
    contents = ["It rained.", "Read more:", "One", "Two", "Snow fell on the hills, as all had said:", "Three"]
    found = features(contents)
    assert found[:, COLUMN["after_label"]].tolist() == pytest.approx([0, 0, 1, 1 / 2, 1 / 3, 1 / 4])
    assert features(["Read more:", *["A line"] * 7])[:, COLUMN["after_label"]].tolist()[5:] == [
        pytest.approx(1 / 5),
        0,
        0,
    ]


@given(st.lists(st.text(min_size=1).map(fold).filter(bool), min_size=1, max_size=6), st.text(max_size=5))
def test_columns_keep_to_their_ranges(contents, title):
    found = features(contents, title=title)
    assert found.shape == (len(contents), len(NAMES))
    assert np.isfinite(found).all()
    lengths = found[:, COLUMN["relative_length"]]
    assert np.abs(lengths).max() <= 3
    others = np.delete(found, COLUMN["relative_length"], axis=1)
    assert others.min() >= 0
    assert np.delete(found, [COLUMN[n] for n in UNBOUNDED | {"relative_length"}], axis=1).max() <= 1
