"""Form ``gallery``: a run of captions of other stories' pictures.

Between :mod:`misplaced.training.captions` and :mod:`misplaced.training.insertion`. On real pages
twenty to forty captions of a gallery that has nothing to do with the article can make up most of
it; they resemble each other more than the article's own paragraphs do.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from misplaced.training.captions import CaptionStyle, caption, caption_style
from misplaced.training.material import Insertion, Material, headline_of, inserted

if TYPE_CHECKING:
    import random

    from misplaced.training.articles import Article

_FEWEST, _MOST = 4, 40

_WORD = re.compile(r"[^\W\d_]+")

#: Log-normal length: half of the galleries have up to 7 captions, one in twenty 25 or more.
_MEDIAN_LOG, _SPREAD = 1.95, 0.78

_COUNTERS = ("Photo {n} of {m}", "{n}/{m}", "{n} of {m}", "Image {n} of {m}", "{n} / {m}", "Slide {n} of {m}")
_TITLES = (
    *("Photos: {}", "{} | Photos", "In pictures: {}", "Gallery: {}", "PHOTOS: {}", "{} – in pictures"),
    *("{}",),
)


def gallery(material: Material, rng: random.Random) -> Insertion | None:
    """Four to forty captions of one or several donors, no more than the host has paragraphs."""
    room = max(_FEWEST, len(material.host.paragraphs))
    count = min(max(_FEWEST, round(rng.lognormvariate(_MEDIAN_LOG, _SPREAD))), _MOST, room)
    captions = _captions(material, count, rng)
    if len(captions) < 2:
        return None
    counter = rng.choice(_COUNTERS) if rng.random() < 0.3 else None
    lines = _counted(captions, counter, rng)
    title = _title(material, rng)
    if title is not None:
        lines.insert(0, title)
    return inserted(lines)


def _captions(material: Material, count: int, rng: random.Random) -> list[str]:
    """Captions of donors, a few of each: one donor's gallery, or a page's pictures of the week."""
    style = caption_style(rng)
    each = rng.choice((_MOST, _MOST, 5, 3, 1))
    avoid = frozenset(word for text in material.host.paragraphs for word in _WORD.findall(text))
    made: dict[str, None] = {}
    for _ in range(0, count, each):
        donor = material.telling()
        if donor is not None:
            wanted = min(each, count - len(made))
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
