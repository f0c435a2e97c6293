"""Forms of foreign prose: whole paragraphs, runs of them, teasers and lone sentences.

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
    sentences_of,
    split_sentences,
)

if TYPE_CHECKING:
    import random


def paragraph(material: Material, rng: random.Random) -> Insertion | None:
    """One paragraph of a donor."""
    donor = material.telling()
    return None if donor is None else inserted([donor.paragraphs[rng.choice(prose(donor))]])


def run(material: Material, rng: random.Random) -> Insertion | None:
    """Two or three paragraphs that follow each other in a donor."""
    donor = material.telling()
    if donor is None:
        return None
    indices = prose(donor)
    length = rng.randint(2, 3)
    starts = [i for i in indices if all(i + step in indices for step in range(length))]
    if not starts:
        return inserted([donor.paragraphs[rng.choice(indices)]])
    first = rng.choice(starts)
    return inserted(donor.paragraphs[first : first + length])


def teaser(material: Material, rng: random.Random) -> Insertion | None:
    """Headline and first sentences of a donor as one block."""
    donor = material.titled()
    headline = None if donor is None else headline_of(donor)
    indices = [] if donor is None else prose(donor)
    if donor is None or headline is None or not indices:
        return None
    sentences = split_sentences(donor.paragraphs[indices[0]])
    blurb = " ".join(sentences[: rng.randint(1, 2)])
    return inserted([headline + rng.choice(("\n", " ", ". ", ": ")) + blurb])


def sentence(material: Material, rng: random.Random) -> Insertion | None:
    """One sentence of a donor."""
    donor = material.telling()
    sentences = [] if donor is None else sentences_of(donor.paragraphs[rng.choice(prose(donor))])
    return inserted([rng.choice(sentences)]) if sentences else None
