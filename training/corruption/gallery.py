"""Form ``gallery``: a run of captions of other stories' pictures.

Between :mod:`misplaced.training.corruption.captions` and
:mod:`misplaced.training.corruption.insertion`. On real pages twenty to forty captions of a gallery
that has nothing to do with the article can make up most of it; they resemble each other more than
the article's own paragraphs do.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from misplaced.training.corruption.captions import CaptionStyle, caption, caption_style
from misplaced.training.corruption.material import (
    Insertion,
    Material,
    headline_of,
    inserted,
    prose,
    sentences_of,
)

if TYPE_CHECKING:
    import random

    from misplaced.training.articles import Article

_FEWEST, _MOST = 4, 60

_WORD = re.compile(r"[^\W\d_]+")

#: Log-normal length: half of the galleries have up to 9 captions, one in ten 25 or more.
_MEDIAN_LOG, _SPREAD = 2.2, 0.8

#: Share of the galleries that may outnumber the article, and how many times.
_DOMINATING, _TIMES = 0.35, (2, 4)

#: Share of the galleries whose heading stands in front of every caption.
_HEADED = 0.4

#: Share of the galleries whose captions tell a story in two or three sentences.
_TELLING = 0.3

_COUNTERS = (
    *("Photo {n} of {m}", "{n}/{m}", "{n} of {m}", "Image {n} of {m}", "{n} / {m}", "Slide {n} of {m}"),
    *("Caption {n} of {m}", "({n} of {m})"),
)
_HEADINGS = ("Photos: {}", "{}:", "In pictures: {}", "Gallery: {}", "{} –", "{} |", "PHOTOS: {}", "{}")
_TITLES = (
    *("Photos: {}", "{} | Photos", "In pictures: {}", "Gallery: {}", "PHOTOS: {}", "{} – in pictures"),
    *("{}",),
)


def gallery(material: Material, rng: random.Random) -> Insertion | None:
    """Four to sixty captions of one or several donors, at most four times the host's paragraphs."""
    own = max(_FEWEST, len(material.host.paragraphs))
    if rng.random() < _DOMINATING:  # a news brief with all pictures of the year
        count = min(rng.randint(_FEWEST, own * rng.choice(_TIMES)), _MOST)
    else:
        count = min(max(_FEWEST, round(rng.lognormvariate(_MEDIAN_LOG, _SPREAD))), _MOST, own)
    captions = _captions(material, count, rng)
    if len(captions) < 2:
        return None
    counter = rng.choice(_COUNTERS) if rng.random() < 0.3 else None
    heading = _heading(material, rng) if rng.random() < _HEADED else None
    if heading is not None:
        captions = [f"{heading} {text}" for text in captions]
    lines = _counted(captions, counter, rng)
    title = None if heading is not None else _title(material, rng)
    if title is not None:
        lines.insert(0, title)
    return inserted(lines)


def _captions(material: Material, count: int, rng: random.Random) -> list[str]:
    """Captions of donors, a few of each: one donor's gallery, or a page's pictures of the week."""
    style = caption_style(rng)
    tells = rng.random() < _TELLING
    each = rng.choice((_MOST, _MOST, 5, 3, 1))
    avoid = frozenset(word for text in material.host.paragraphs for word in _WORD.findall(text))
    made: dict[str, None] = {}
    for _ in range(0, count, each):
        donor = material.telling()
        if donor is not None:
            wanted = min(each, count - len(made))
            if tells:
                made.update(dict.fromkeys(_stories(donor, wanted, rng)))
            else:
                made.update(dict.fromkeys(_of_donor(donor, style, wanted, rng, avoid)))
    captions = list(made)[:count]
    if captions and rng.random() < 0.15:  # extraction repeats the picture that is shown first
        captions.insert(0, captions[0])
    return captions


def _of_donor(
    donor: Article, style: CaptionStyle, count: int, rng: random.Random, avoid: frozenset[str]
) -> list[str]:
    made = (caption(donor, style, rng, avoid=avoid) for _ in range(count))
    return [text for text in made if text is not None]


def _stories(donor: Article, count: int, rng: random.Random) -> list[str]:
    """The first two or three sentences of some of the donor's paragraphs."""
    indices = prose(donor)
    chosen = sorted(rng.sample(indices, min(count, len(indices))))
    return [" ".join(sentences_of(donor.paragraphs[i])[: rng.randint(2, 3)]) for i in chosen]


def _heading(material: Material, rng: random.Random) -> str | None:
    """A few words of a headline, as galleries are called."""
    donor = material.titled()
    title = None if donor is None else headline_of(donor)
    if title is None:
        return None
    words = title.split()
    return rng.choice(_HEADINGS).format(" ".join(words[: rng.randint(2, 6)]).rstrip(":,–-"))


def _counted(captions: list[str], counter: str | None, rng: random.Random) -> list[str]:
    """Put a counter before, behind or between the captions."""
    if counter is None:
        return captions
    counts = [counter.format(n=n, m=len(captions)) for n in range(1, len(captions) + 1)]
    place = rng.random()
    if place < 0.45:
        return [f"{text} {count}" for text, count in zip(captions, counts, strict=True)]
    if place < 0.8:
        return [f"{count} {text}" for text, count in zip(captions, counts, strict=True)]
    return [line for text, count in zip(captions, counts, strict=True) for line in (count, text)]


def _title(material: Material, rng: random.Random) -> str | None:
    donor = material.titled() if rng.random() < 0.2 else None
    title = None if donor is None else headline_of(donor)
    return None if title is None else rng.choice(_TITLES).format(title)
