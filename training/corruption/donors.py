"""Whose text is inserted: articles by topic, day and source, and which of them tell the host's own story.

Between :mod:`misplaced.training.articles` and :mod:`misplaced.training.corruption.insertion`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from misplaced.document import fold
from misplaced.training.corruption.function_words import FUNCTION_WORDS

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from misplaced.training.articles import Article

#: Whose text is inserted: any other article's, one of the same topic, one of the same day, one with a
#: word of the host's title in its own, one of the same publisher, whose style is the host's.
DONORS = ("random", "topic", "date", "title", "source")

DEFAULT_DONORS = ("random", "topic", "date")

#: Words that this share of the titles hold, and more than this many, say little of the story.
_COMMON_SHARE = 0.02
_COMMON = 20

_TRIES = 8

#: Content words that two titles must share, and their share of the shorter title, to be taken for
#: the same story. The shorter, because outlets differ most in how much they put into a headline.
_SHARED_WORDS = 3
_SHARED_PART = 0.6

_WORD = re.compile(r"\w+")


@dataclass
class DonorPool:
    """Articles to take foreign text from, by topic, day, source and words of the title.

    Parameters
    ----------
    articles : sequence of Article
        The hosts themselves, usually: an article never donates to itself.
    """

    articles: Sequence[Article]
    _by_topic: dict[str, list[int]] = field(init=False, default_factory=lambda: defaultdict(list))
    _by_date: dict[str, list[int]] = field(init=False, default_factory=lambda: defaultdict(list))
    _by_source: dict[str, list[int]] = field(init=False, default_factory=lambda: defaultdict(list))
    _by_word: dict[str, list[int]] = field(init=False, default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for number, article in enumerate(self.articles):
            if article.topic:
                self._by_topic[article.topic].append(number)
            if article.date:
                self._by_date[_day(article.date)].append(number)
            if article.source:
                self._by_source[article.source].append(number)
            for word in _content_words(article.title or ""):
                self._by_word[word].append(number)

    def draw(self, host: Article, donor: str, rng: random.Random) -> tuple[Article, str] | None:
        """Draw a donor for a host.

        Returns
        -------
        (donor article, the kind it really is), or None if there is no other article. A hard donor
        that the corpus cannot give (no such field, nobody else that day) is a random one.
        """
        found = self._other(host, self._hard(host, donor, rng), rng)
        if found is not None:
            return found, donor
        found = self._other(host, range(len(self.articles)), rng)
        return None if found is None else (found, "random")

    def _hard(self, host: Article, donor: str, rng: random.Random) -> Sequence[int]:
        """The articles that a host has something in common with; none for random donors."""
        if donor == "topic" and host.topic:
            return self._by_topic.get(host.topic, [])
        if donor == "date" and host.date:
            return self._by_date.get(_day(host.date), [])
        if donor == "source" and host.source:
            return self._by_source.get(host.source, [])
        if donor == "title":
            most = max(_COMMON, _COMMON_SHARE * len(self.articles))
            words = sorted(_content_words(host.title or ""))
            shared = [word for word in words if 1 <= len(self._by_word.get(word, ())) <= most]
            return self._by_word[rng.choice(shared)] if shared else []
        return []

    def _other(self, host: Article, numbers: Sequence[int], rng: random.Random) -> Article | None:
        for _ in range(_TRIES):
            if not numbers:
                return None
            article = self.articles[numbers[rng.randrange(len(numbers))]]
            if article.id != host.id and not same_story(article.title, host.title):
                return article
        return None


def same_story(one: str | None, other: str | None) -> bool:
    """Tell whether two titles head versions of one story.

    Parameters
    ----------
    one, other : str or None
        Articles without a title are not known to tell the same story.

    Returns
    -------
    bool
        Whether they are the same, white space and case aside, or share most of their content words.
    """
    if not (one and other):
        return False
    if fold(one).casefold() == fold(other).casefold():
        return True
    words, others = _content_words(one), _content_words(other)
    shared = len(words & others)
    return shared >= _SHARED_WORDS and shared >= _SHARED_PART * min(len(words), len(others))


@lru_cache(maxsize=1 << 16)
def _content_words(title: str) -> frozenset[str]:
    return frozenset(_WORD.findall(title.casefold())) - FUNCTION_WORDS


def _day(date: str) -> str:
    """The day of an ISO 8601 date, with or without a time."""
    return date[:10]
