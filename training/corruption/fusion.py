"""Form ``fused``: foreign text run together with a paragraph of the host.

Between :mod:`misplaced.training.corruption.material` and
:mod:`misplaced.training.corruption.insertion`. What is fused are the lines of other forms; where
they stand and what joins them are those of pages whose blocks were run together. The mixed
paragraph is labelled ``ignore``, the foreign part of it is marked by a span.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from misplaced.training.corruption import passages
from misplaced.training.corruption.furniture import furniture
from misplaced.training.corruption.headings import headline
from misplaced.training.corruption.material import Insertion, Line, Mark, Material
from misplaced.training.corruption.players import video
from misplaced.training.corruption.pointers import pointer

if TYPE_CHECKING:
    import random

    from misplaced.training.corruption.material import Form

#: Words a host paragraph needs: fused to less, the foreign text is the paragraph.
MIN_HOST_WORDS = 20

#: Words of foreign text: a longer one is a paragraph of its own.
_MOST_WORDS = 60

# Deliberately not :mod:`misplaced.sentences`: what is measured must not decide where text is fused.
_GAP = re.compile(r"(?<=[a-z0-9][.!?])\s+(?=[A-Z])")

#: Named as often as pages show them.
_PIECES: tuple[Form, ...] = (
    *(pointer, pointer, pointer, headline, video, furniture),
    *(passages.sentence, passages.sentence, passages.teaser),
)

#: Shares of the places: the start; between two sentences; the rest is the end.
_AT_START, _INSIDE = 0.25, 0.25

#: Shares of what joins two texts, after closing punctuation and without: nothing, a space, a line break.
_JOINS_CLOSED = ((0.2, ""), (0.65, " "), (0.15, "\n"))
_JOINS_OPEN = ((0.3, " "), (0.7, "\n"))


def fused(material: Material, rng: random.Random) -> Insertion | None:
    """Fuse a line of foreign text to one of the host's paragraphs.

    Parameters
    ----------
    material : Material
    rng : random.Random

    Returns
    -------
    Insertion or None
        One line in place of a paragraph of the host, with its foreign part marked; None where no
        paragraph has :data:`MIN_HOST_WORDS` words or the donors have nothing short to give.
    """
    host = material.host
    roomy = [
        i
        for i, (text, label) in enumerate(zip(host.paragraphs, host.labels, strict=True))
        if label == "coherent" and len(text.split()) >= MIN_HOST_WORDS
    ]
    made = rng.choice(_PIECES)(material, rng)
    if not roomy or made is None:
        return None
    line = made.lines[0]
    if line.label not in ("off_topic", "boilerplate") or len(line.text.split()) > _MOST_WORDS:
        return None
    place = rng.choice(roomy)
    text, start, end = _fuse(host.paragraphs[place], line.text.strip(), rng)
    return Insertion((Line(text, "ignore"),), place, Mark(start, end, line.label))


def _fuse(paragraph: str, foreign: str, rng: random.Random) -> tuple[str, int, int]:
    """Return the mixed text, and where in it the foreign text stands."""
    cut = _cut(paragraph, rng)
    before, after = paragraph[:cut].rstrip(), paragraph[cut:].lstrip()
    opening = before + _join(before, rng) if before else ""
    closing = _join(foreign, rng) + after if after else ""
    return f"{opening}{foreign}{closing}", len(opening), len(opening) + len(foreign)


def _cut(paragraph: str, rng: random.Random) -> int:
    gaps = [match.end() for match in _GAP.finditer(paragraph)]
    drawn = rng.random()
    if drawn < _AT_START:
        return 0
    return rng.choice(gaps) if gaps and drawn < _AT_START + _INSIDE else len(paragraph)


def _join(before: str, rng: random.Random) -> str:
    """Draw what stands between two texts that were run together."""
    closed = before.rstrip("\"”'’)").endswith((".", "!", "?", "…"))
    drawn = rng.random()
    for share, join in _JOINS_CLOSED if closed else _JOINS_OPEN:
        if drawn < share:
            return join
        drawn -= share
    return "\n"
