"""What forms are made of: the host, its donors and the lines that come out.

Between :mod:`misplaced.training.corruption.donors` and the modules of the forms, which are functions from a
:class:`Material` and a random generator to an :class:`Insertion`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from misplaced.document import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from misplaced.training.articles import Article

_GAP = re.compile(r"(?:(?<=[.!?])|(?<=[.!?][\"”’']))\s+(?=[\"“‘A-Z])")

#: What ends in a full stop and ends no sentence: titles, initials, the likes of "U.S.".
_ABBREVIATION = re.compile(
    r"(?:^|[\s(“\"‘])(?:(?:[A-Za-z]\.)+|(?:Mr|Mrs|Ms|Dr|St|Jr|Sr|Sens?|Reps?|Gov|Gen|Col|Rev|Lt|Prof|Capt|vs|No)\.)$"
)

#: Words a paragraph or sentence needs to be worth inserting: shorter ones say nothing of a topic.
MIN_WORDS = 6

#: Share of a form's lines in one article that are worded as its page words them.
_HOUSE_SHARE = 0.85

#: Donors asked for in vain before a form gives up.
_TRIES = 4

#: The rubric some feeds put in front of every headline of a column.
_RUBRIC = re.compile(r"^(?:opinion|column|editorial|analysis)\s*:\s*", re.IGNORECASE)


class Line(NamedTuple):
    """A paragraph to insert and its label, one of :data:`misplaced.labelled.LABELLED`."""

    text: str
    label: str = "off_topic"


class Mark(NamedTuple):
    """Foreign part of a mixed paragraph: ``text[start:end]``, and its label."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class Insertion:
    """Lines that are inserted together.

    Attributes
    ----------
    lines : tuple of Line
        At least one.
    before : int or None
        The host's paragraph that they stand before; None for a place drawn by chance.
    mark : Mark or None
        The foreign part of the one line, which then takes the place of the host's paragraph
        `before`.
    """

    lines: tuple[Line, ...]
    before: int | None = None
    mark: Mark | None = None


@dataclass(frozen=True)
class Material:
    """What one article's insertions are made of.

    Attributes
    ----------
    host : Article
    draw : callable
        Gives another donor at every call, or None where there is none.
    house : str
        Seed of what stays the same in one article: a page words all its pointers alike.
    """

    host: Article
    draw: Callable[[], Article | None]
    house: str = ""

    def style(self, form: str, rng: random.Random) -> random.Random:
        """Return the generator to draw a form's wording from: the page's own, mostly."""
        return random.Random(f"{self.house}:{form}") if rng.random() < _HOUSE_SHARE else rng

    def headline(self) -> str | None:
        """Return the headline of another donor."""
        donor = self.titled()
        return None if donor is None else headline_of(donor)

    def headlines(self, count: int) -> list[str]:
        """Return up to `count` headlines of donors, each once."""
        found: dict[str, None] = {}
        for _ in range(2 * count):
            headline = self.headline()
            if headline is None or len(found) == count:
                break
            found[headline] = None
        return list(found)

    def titled(self) -> Article | None:
        """Return another donor that has a headline."""
        return self._first(lambda donor: headline_of(donor) is not None)

    def telling(self) -> Article | None:
        """Return another donor that has prose."""
        return self._first(lambda donor: bool(prose(donor)))

    def _first(self, fits: Callable[[Article], bool]) -> Article | None:
        for _ in range(_TRIES):
            donor = self.draw()
            if donor is not None and fits(donor):
                return donor
        return None


Form: TypeAlias = Callable[[Material, random.Random], "Insertion | None"]


def inserted(texts: Sequence[str], label: str = "off_topic") -> Insertion | None:
    """Return an insertion of lines of one label; None where there are none."""
    return Insertion(tuple(Line(text, label) for text in texts)) if texts else None


def headline_of(article: Article) -> str | None:
    """Return an article's title in one line, without the rubric in front; None where it has none."""
    return _RUBRIC.sub("", fold(article.title or "")) or None


def prose(article: Article) -> list[int]:
    """Indices of an article's own paragraphs that say something."""
    return [
        i
        for i, (paragraph, label) in enumerate(zip(article.paragraphs, article.labels, strict=True))
        if label == "coherent" and len(paragraph.split()) >= MIN_WORDS
    ]


def sentences_of(paragraph: str) -> list[str]:
    """Return a paragraph's sentences of :data:`MIN_WORDS` words or more."""
    return [s for s in split_sentences(paragraph) if len(s.split()) >= MIN_WORDS]


def statements(article: Article, fewest: int, most: int) -> list[str]:
    """Return the sentences of an article's prose that have `fewest` to `most` words."""
    return [
        sentence
        for i in prose(article)
        for sentence in split_sentences(article.paragraphs[i])
        if fewest <= len(sentence.split()) <= most
    ]


def split_sentences(paragraph: str) -> list[str]:
    """Divide a paragraph into sentences, at least one; no sentence ends in a known abbreviation."""
    sentences: list[str] = []
    for piece in _GAP.split(paragraph):
        if sentences and _ABBREVIATION.search(sentences[-1]):
            sentences[-1] += f" {piece}"
        else:
            sentences.append(piece)
    return sentences
