"""Articles of several topics, composed from the openings of others: what multi-topic is learned from.

Between labelled corpora and :mod:`misplaced.training.statements`. Composed of embeddings alone: what
tells a digest is how its paragraphs hang together, not its words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from misplaced.document import fold
from misplaced.topics import MIN_WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from misplaced.labelled import LabelledDocument

#: Articles that a digest is made from, fewest and most.
_SECTIONS = (3, 8)

#: Paragraphs of a section at most, in digests of one or two paragraphs a section and in longer ones.
_BRIEF, _LONG = (1, 2), (3, 6)
_BRIEF_SHARE = 0.35

#: Share of the digests on one field, and how many articles each of their sections is the closest of.
_FIELD_SHARE, _FIELD = 0.5, 5

#: Tries to reach enough paragraphs.
_TRIES = 20


@dataclass(frozen=True)
class Body:
    """The paragraphs of an article, without their words.

    Attributes
    ----------
    embeddings : ndarray of shape (n, d), float32
    lengths : ndarray of shape (n,), int64
        In words.
    opening : ndarray of shape (k,), int64
        The first paragraphs that could open a section: coherent ones of some length.
    """

    embeddings: NDArray[np.float32]
    lengths: NDArray[np.int64]
    opening: NDArray[np.int64]

    @classmethod
    def of(cls, document: LabelledDocument, vectors: Mapping[str, NDArray[np.float32]]) -> Body | None:
        """Take a document's paragraphs that are not empty; None if there are none."""
        labelled = zip(document.paragraphs, document.labels, strict=True)
        filled = [(content, label) for p, label in labelled if (content := fold(p))]
        if not filled:
            return None
        lengths = np.array([len(content.split()) for content, _ in filled], dtype=np.int64)
        coherent = np.array([label == "coherent" for _, label in filled])
        opening = np.flatnonzero(coherent & (lengths >= MIN_WORDS))[: _LONG[1]]
        return cls(np.stack([vectors[content] for content, _ in filled]), lengths, opening)


def compose(
    bodies: Sequence[Body], rng: np.random.Generator, least: int
) -> tuple[NDArray[np.float32], NDArray[np.int64]] | None:
    """Compose a digest.

    Parameters
    ----------
    bodies : sequence of Body
        With openings that are not empty.
    rng : numpy.random.Generator
    least : int
        Paragraphs that it must have.

    Returns
    -------
    (embeddings of shape (n, d), lengths of shape (n,)), or None if the bodies do not suffice
    """
    if len(bodies) < _SECTIONS[1]:
        return None
    for _ in range(_TRIES):
        few, most = _BRIEF if rng.random() < _BRIEF_SHARE else _LONG
        most = int(rng.integers(few, most + 1))
        sections = [(body, body.opening[: rng.integers(1, most + 1)]) for body in _draw(bodies, rng)]
        if sum(len(rows) for _, rows in sections) >= least:
            return (
                np.concatenate([body.embeddings[rows] for body, rows in sections]),
                np.concatenate([body.lengths[rows] for body, rows in sections]),
            )
    return None


def _draw(bodies: Sequence[Body], rng: np.random.Generator) -> list[Body]:
    """Draw different articles; in half of the cases of one field."""
    count = int(rng.integers(_SECTIONS[0], _SECTIONS[1] + 1))
    candidates = _FIELD if rng.random() < _FIELD_SHARE else 1
    candidates = min(candidates, (len(bodies) - 1) // (count - 1))
    drawn = [bodies[number] for number in rng.permutation(len(bodies))[: 1 + (count - 1) * candidates]]
    first = _subject(drawn[0])
    offers = (drawn[start : start + candidates] for start in range(1, len(drawn), candidates))
    return [drawn[0], *(max(offer, key=lambda body: float(_subject(body) @ first)) for offer in offers)]


def _subject(body: Body) -> NDArray[np.float32]:
    mean: NDArray[np.float32] = body.embeddings[body.opening].mean(axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), dtype=np.float32)
