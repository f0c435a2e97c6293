"""Whose text is inserted, and whose never: the host's own story."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest

from misplaced.training.articles import Article
from misplaced.training.corruption.donors import DonorPool, same_story


def article(name, title):
    return Article(name, title, ("One.", "Two.", "Three.", "Four."), ("coherent",) * 4)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("One  story", "one story", True),
        ("Mayor signs harbour bill", "Hours after protest, mayor signs harbour bill into law", True),
        ("Ferry captain rescues goats off the coast", "Goats rescued: ferry captain hailed at coast", True),
        ("Mayor signs harbour bill", "Mayor opens harbour festival", False),
        ("All about it and what you should know", "What it is all about and why you should know", False),
        ("Budget", "Budget vote", False),
        (None, None, False),
        ("", "", False),
        ("A title", None, False),
    ],
)
def test_titles_of_one_story(one, other, same):
    assert same_story(one, other) is same
    assert same_story(other, one) is same


def test_the_same_story_never_donates():
    host = article("a", "Mayor signs harbour bill")
    others = [article(f"v{i}", f"Mayor signs the harbour bill, version {i}") for i in range(5)]
    rng = random.Random(1)
    assert DonorPool([host, *others]).draw(host, "random", rng) is None
    assert DonorPool([host, *others, article("z", "Owls at dusk")]).draw(host, "title", rng)[0].id == "z"


def test_title_donors_share_a_word_that_says_something():
    host = article("h", "The goats of the ferry")
    pool = DonorPool(
        [
            host,
            article("goat", "Why goats climb"),
            article("ferry", "Old ferry sold"),
            *(article(f"x{i}", "The story of the day") for i in range(40)),
        ]
    )
    rng = random.Random(2)
    drawn = Counter((donor.id, kind) for donor, kind in (pool.draw(host, "title", rng) for _ in range(60)))
    assert set(drawn) == {("goat", "title"), ("ferry", "title")} | {
        key for key in drawn if key[1] == "random"
    }
    assert drawn[("goat", "title")] + drawn[("ferry", "title")] > 50


def test_words_of_many_titles_are_no_common_ground():
    hosts = [article(f"a{i}", f"Council report {chr(97 + i % 26)}{i}") for i in range(60)]
    rng = random.Random(3)
    assert {DonorPool(hosts).draw(hosts[0], "title", rng)[1] for _ in range(20)} == {"random"}


def test_an_untitled_host_has_random_donors():
    rng = random.Random(4)
    pool = DonorPool([article("a", "Goats"), article("b", "Owls")])
    assert pool.draw(article("c", None), "title", rng)[1] == "random"


def test_source_donors_are_of_the_same_publisher():
    hosts = [replace(article(f"a{i}", f"Story {i}"), source="one" if i < 6 else "two") for i in range(30)]
    rng = random.Random(5)
    pool = DonorPool(hosts)
    drawn = {(donor.id, kind) for donor, kind in (pool.draw(hosts[0], "source", rng) for _ in range(60))}
    assert drawn == {(f"a{i}", "source") for i in range(1, 6)}
    assert pool.draw(article("b", "Elsewhere"), "source", rng)[1] == "random"
