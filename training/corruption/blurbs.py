"""Form ``blurb``: the first words of another story, cut off or not, its headline before it or not.

Between :mod:`misplaced.training.corruption.material` and :mod:`misplaced.training.corruption.insertion`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from misplaced.training.corruption.material import (
    Insertion,
    Material,
    headline_of,
    inserted,
    prose,
    split_sentences,
)
from misplaced.training.corruption.pointers import marker

if TYPE_CHECKING:
    import random

_CUTS = ("...", "...", "…", " ...", " […]", " [...]")
_TAILS = (
    *("Read more", "Continue reading", "More", "Read more »", "Full story", "Read the full article"),
    *("Continue",),
)


def blurb(material: Material, rng: random.Random) -> Insertion | None:
    """A donor's opening as a page shows it below the story."""
    donor = material.telling()
    if donor is None:
        return None
    text = _opening(donor.paragraphs[prose(donor)[0]], rng)
    title = headline_of(donor)
    shape = rng.random()
    if title is None or shape < 0.3:
        return inserted([text])
    if shape < 0.6:
        return inserted([title, text])
    if shape < 0.8:
        return inserted([f"{marker(material.style('blurb', rng))} {title} {text}"])
    return inserted([f"{title}{rng.choice((' ', ' ', '. ', ' - ', ': '))}{text}"])


def _opening(paragraph: str, rng: random.Random) -> str:
    """The first sentence or two, or the first words and an ellipsis."""
    words = paragraph.split()
    most = rng.randint(10, 32)
    if rng.random() < 0.45 and len(words) > most:
        text = " ".join(words[:most]).rstrip(",;:—–-") + rng.choice(_CUTS)
    else:
        text = " ".join(split_sentences(paragraph)[: rng.randint(1, 2)])
    return f"{text} {rng.choice(_TAILS)}" if rng.random() < 0.15 else text
