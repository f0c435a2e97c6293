"""Form ``video``: titles of other stories' videos and recordings with the words of a player.

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
from misplaced.training.corruption.pointers import cased

if TYPE_CHECKING:
    import random

_BEFORE = (
    *("Video", "Watch", "Now playing", "Watch now", "Play video", "Play", "Watch this", "Up next"),
    *("Listen", "Related video", "Just in", "Watch next", "Live video", "Replay", "Audio", "Close video"),
    *("Clip", "Watched", "Next video", "Featured video", "Video player", "Watch live", "More videos"),
    *("Listen to this",),
)
_AFTER = (
    *("Video", "Play video", "Watch", "Replay", "Play", "Watch now", "Now playing", "Share", "Listen"),
    *("Embed",),
)
_FRAMES = (
    *("{b}: {h}", "{b}: {h}", "{b} {h}", "{b} | {h}", "{b} - {h}", "▶ {h}", "[{b}: {h}]", "{b}: {h} {t}"),
    *("{h} {t}", "{h} ({t})", "{h} [{t}]", "{t} {h}", "{t} | {h}", "{h} {a} {t}", "{h} {a}", "{h} | {a}"),
    *("{b} {h} {a} {t}", "{b} {h} {a} {h} {t}", "{h} {h} {t}", "{b} {t} {h}", "{h} {t} {t}"),
    *("{b}: {b2}: {h}",),
)
_COUNTS = (1, 1, 1, 1, 1, 2, 2, 3, 3, 4)


def video(material: Material, rng: random.Random) -> Insertion | None:
    """One to four titles of donors as a player shows them."""
    if rng.random() < 0.15:
        return _described(material, rng)
    style = material.style("video", rng)
    frame, words = player(style)
    return inserted([framed(frame, words, title, rng) for title in material.headlines(rng.choice(_COUNTS))])


def player(rng: random.Random) -> tuple[str, dict[str, str]]:
    """Draw how a page's player sets its titles: a frame and the words to fill into it."""
    words = {"b": rng.choice(_BEFORE), "b2": rng.choice(_BEFORE), "a": rng.choice(_AFTER)}
    return rng.choice(_FRAMES), {key: cased(word, rng) for key, word in words.items()}


def framed(frame: str, words: dict[str, str], title: str, rng: random.Random) -> str:
    """Set a title into a player's frame, with a length drawn for it."""
    minutes = rng.randint(0, 9)
    time = f"{minutes:02}" if rng.random() < 0.5 else str(minutes)
    return frame.format(h=title, t=f"{time}:{rng.randint(0, 59):02}", **words)


def _described(material: Material, rng: random.Random) -> Insertion | None:
    """A player's word, a title and the sentence below it, run together."""
    donor = material.titled()
    title = None if donor is None else headline_of(donor)
    indices = [] if donor is None else prose(donor)
    if donor is None or title is None or not indices:
        return None
    description = split_sentences(donor.paragraphs[indices[0]])[0]
    return inserted([f"{cased(rng.choice(_BEFORE), rng)} {title} {description}"])
