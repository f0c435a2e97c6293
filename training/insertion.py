"""Insert what does not belong into articles: labelled corpora from clean ones.

Every article draws from a random generator of its own, seeded by the corpus seed and the
article's id and place, so that the result is the same byte for byte on every machine and does not
change for one article when another is added behind it.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from misplaced.document import fold
from misplaced.errors import UsageError
from misplaced.training.articles import MIN_PARAGRAPHS, Article
from misplaced.training.furniture import FURNITURE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

#: Whose text is inserted: any other article's, one of the same topic, one of the same day.
DONORS = ("random", "topic", "date")

#: What is inserted.
FORMS = ("paragraph", "run", "teaser", "sentence", "furniture")

_SENTENCE = re.compile(r"(?<=[.!?])[\"”’']?\s+(?=[\"“‘A-Z])")

#: Words a paragraph or sentence needs to be worth inserting: shorter ones say nothing of a topic.
_MIN_WORDS = 6


@dataclass(frozen=True, slots=True)
class InsertionSettings:
    """How a labelled corpus is made.

    Attributes
    ----------
    rate : float
        Share of the articles that receive insertions, 0 to 1.
    most : int
        Insertions an article at most; drawn evenly from 1 up.
    donors, forms : tuple of str
        Drawn from evenly; name one twice to double its share.
    seed : int
    """

    rate: float = 0.75
    most: int = 2
    donors: tuple[str, ...] = DONORS
    forms: tuple[str, ...] = FORMS
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.rate <= 1:
            raise UsageError(f"rate {self.rate} is out of range", hint="give one between 0 and 1")
        if self.most < 1:
            raise UsageError("an article needs room for at least one insertion", hint="give 1 or more")
        for name, chosen, known in (("donor", self.donors, DONORS), ("form", self.forms, FORMS)):
            for one in chosen:
                if one not in known:
                    raise UsageError(f"unknown {name} {one!r}", hint=f"use one of {', '.join(known)}")
            if not chosen:
                raise UsageError(f"no {name} given", hint=f"use one of {', '.join(known)}")


@dataclass(frozen=True, slots=True)
class CorruptedArticle:
    """An article with insertions: what one line of a labelled corpus holds.

    Attributes
    ----------
    kind : str
        The donor of the insertions, or ``clean``.
    form : str or None
        The form of the insertions, None for a clean one.
    """

    id: str
    title: str | None
    kind: str
    form: str | None
    paragraphs: tuple[str, ...]
    labels: tuple[str, ...]

    def record(self) -> dict[str, object]:
        """Return the JSON object of the labelled format."""
        return {
            "id": self.id,
            "title": self.title,
            "kind": self.kind,
            "form": self.form,
            "paragraphs": list(self.paragraphs),
            "labels": list(self.labels),
        }


@dataclass
class DonorPool:
    """Articles to take foreign text from, by topic and by day.

    Parameters
    ----------
    articles : sequence of Article
        The hosts themselves, usually: an article never donates to itself.
    """

    articles: Sequence[Article]
    _by_topic: dict[str, list[int]] = field(init=False, default_factory=lambda: defaultdict(list))
    _by_date: dict[str, list[int]] = field(init=False, default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for number, article in enumerate(self.articles):
            if article.topic:
                self._by_topic[article.topic].append(number)
            if article.date:
                self._by_date[_day(article.date)].append(number)

    def draw(self, host: Article, donor: str, rng: random.Random) -> tuple[Article, str] | None:
        """Draw a donor for a host.

        Returns
        -------
        (donor article, the kind it really is), or None if there is no other article. A hard donor
        that the corpus cannot give (no such field, nobody else that day) is a random one.
        """
        numbers: Sequence[int] = range(len(self.articles))
        if donor == "topic" and host.topic:
            numbers = self._by_topic[host.topic]
        elif donor == "date" and host.date:
            numbers = self._by_date[_day(host.date)]
        else:
            donor = "random"
        found = self._other(host, numbers, rng)
        if found is None and donor != "random":
            return self.draw(host, "random", rng)
        return None if found is None else (found, donor)

    def _other(self, host: Article, numbers: Sequence[int], rng: random.Random) -> Article | None:
        for _ in range(8):
            if not numbers:
                return None
            article = self.articles[numbers[rng.randrange(len(numbers))]]
            if article.id != host.id and not _same_title(article, host):
                return article
        return None


def _same_title(one: Article, other: Article) -> bool:
    """Tell whether two articles are versions of one story; untitled ones are not known to be."""
    return bool(one.title and other.title) and fold(one.title or "") == fold(other.title or "")


def _day(date: str) -> str:
    """The day of an ISO 8601 date, with or without a time."""
    return date[:10]


def corrupt(
    hosts: Sequence[Article], settings: InsertionSettings, pool: DonorPool | None = None
) -> list[CorruptedArticle]:
    """Make a labelled corpus.

    Parameters
    ----------
    hosts : sequence of Article
        Hosts with fewer than :data:`MIN_PARAGRAPHS` paragraphs are left out. Labels they have are
        kept.
    settings : InsertionSettings
    pool : DonorPool, optional
        The hosts themselves by default.

    Returns
    -------
    list of CorruptedArticle
        In the order of the hosts.
    """
    donors = pool or DonorPool(hosts)
    made = []
    for number, host in enumerate(hosts):
        if len(host.paragraphs) < MIN_PARAGRAPHS:
            continue
        rng = random.Random(f"{settings.seed}:{number}:{host.id}")
        made.append(_corrupt_one(host, settings, donors, rng))
    return made


def _corrupt_one(
    host: Article, settings: InsertionSettings, pool: DonorPool, rng: random.Random
) -> CorruptedArticle:
    untouched = CorruptedArticle(
        host.id, host.title, host.kind or "clean", None, host.paragraphs, host.labels
    )
    if rng.random() >= settings.rate:
        return untouched
    form = rng.choice(settings.forms)
    wanted = rng.choice(settings.donors)
    paragraphs, labels = list(host.paragraphs), list(host.labels)
    kinds = []
    for _ in range(rng.randint(1, settings.most)):
        drawn = pool.draw(host, wanted, rng)
        if drawn is None:
            continue
        donor, kind = drawn
        foreign = _FOREIGN[form](donor, rng)
        if not foreign:
            continue
        place = rng.randint(1, len(paragraphs))
        label = "boilerplate" if form == "furniture" else "off_topic"
        paragraphs[place:place] = foreign
        labels[place:place] = [label] * len(foreign)
        kinds.append("furniture" if form == "furniture" else kind)
    if not kinds:
        return untouched
    return CorruptedArticle(host.id, host.title, kinds[0], form, tuple(paragraphs), tuple(labels))


def _prose(donor: Article) -> list[int]:
    """Indices of the donor's own paragraphs that say something."""
    return [
        i
        for i, (paragraph, label) in enumerate(zip(donor.paragraphs, donor.labels, strict=True))
        if label == "coherent" and len(paragraph.split()) >= _MIN_WORDS
    ]


def _paragraph(donor: Article, rng: random.Random) -> list[str]:
    indices = _prose(donor)
    return [donor.paragraphs[rng.choice(indices)]] if indices else []


def _run(donor: Article, rng: random.Random) -> list[str]:
    """Two or three paragraphs that follow each other in the donor."""
    indices = _prose(donor)
    length = rng.randint(2, 3)
    starts = [i for i in indices if all(i + step in set(indices) for step in range(length))]
    if not starts:
        return _paragraph(donor, rng)
    first = rng.choice(starts)
    return list(donor.paragraphs[first : first + length])


def _teaser(donor: Article, rng: random.Random) -> list[str]:
    """Headline and blurb of the donor as one block."""
    indices = _prose(donor)
    if not donor.title or not indices:
        return []
    sentences = _SENTENCE.split(donor.paragraphs[indices[0]])
    blurb = " ".join(sentences[: rng.randint(1, 2)])
    return [fold(donor.title) + rng.choice(("\n", " ", ". ", ": ")) + blurb]


def _sentence(donor: Article, rng: random.Random) -> list[str]:
    indices = _prose(donor)
    if not indices:
        return []
    sentences = _SENTENCE.split(donor.paragraphs[rng.choice(indices)])
    long = [s for s in sentences if len(s.split()) >= _MIN_WORDS]
    return [rng.choice(long)] if long else []


def _furniture(donor: Article, rng: random.Random) -> list[str]:
    """A line of page furniture: the donor's own where it has some, else one of ours."""
    own = [p for p, label in zip(donor.paragraphs, donor.labels, strict=True) if label == "boilerplate"]
    return [rng.choice(own) if own and rng.random() < 0.5 else rng.choice(FURNITURE)]


_FOREIGN: dict[str, Callable[[Article, random.Random], list[str]]] = {
    "paragraph": _paragraph,
    "run": _run,
    "teaser": _teaser,
    "sentence": _sentence,
    "furniture": _furniture,
}
