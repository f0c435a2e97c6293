"""Forms ``headline`` and ``headlines``: titles of other stories alone, and lists of them.

Between :mod:`misplaced.training.corruption.material` and :mod:`misplaced.training.corruption.insertion`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from misplaced.training.corruption import invention
from misplaced.training.corruption.material import Insertion, Line, Material, inserted
from misplaced.training.corruption.pointers import cased, marker

if TYPE_CHECKING:
    import random

#: Headings of a list, by the words they are made of; those that name a part of the page are the
#: page's own, those that point at the stories below go with them.
_PART_ADJECTIVES = ("Most", "Latest", "Trending", "Top", "Recommended", "Popular", "Featured", "More")
_PART_NOUNS = {
    "Most": ("read", "popular", "viewed", "shared", "read this week", "watched", "commented"),
    "Latest": ("news", "stories", "headlines", "articles", "updates", "posts", ""),
    "Trending": ("now", "", "stories", "today", "articles", "on our site"),
    "Top": ("stories", "news", "headlines", "picks", "stories today"),
    "Recommended": ("for you", "stories", "reading", "articles"),
    "Popular": ("stories", "now", "articles", "on our site", "posts"),
    "Featured": ("stories", "articles", "content", "posts"),
    "More": ("stories", "headlines", "news", "great stories", "from our newsroom", "in this section"),
}

_NUMBERINGS = ("{n}. {h}", "{n} {h}", "{n}) {h}", "#{n} {h}")
_BULLETS = ("• {h}", "— {h}", "- {h}", "· {h}", "» {h}", "* {h}", "– {h}")
_FEWEST, _MOST = 2, 8


def headline(material: Material, rng: random.Random) -> Insertion | None:
    """A bare headline of a donor, with what a page puts around it."""
    title = material.headline()
    if title is None:
        return None
    style = material.style("headline", rng)
    shape = style.random()
    if shape < 0.34:
        return inserted([title])
    if shape < 0.66:
        return inserted([title.upper()])
    if shape < 0.88:
        return inserted([_dressed(title, style, rng)])
    return inserted(_stacked(title, rng))


def headlines(material: Material, rng: random.Random) -> Insertion | None:
    """A list of headlines of several donors, under a heading mostly."""
    style = material.style("headlines", rng)
    titles = material.headlines(rng.randint(_FEWEST, _MOST))
    if not titles:
        return None
    frame, dated = _item(style), style.random() < 0.1
    lines = [
        Line(frame.format(n=n, h=title) + (f" {_age(rng)}" if dated else ""))
        for n, title in enumerate(titles, 1)
    ]
    if rng.random() < 0.75:
        lines = _headed(lines, style, rng)
    return Insertion(tuple(lines))


def heading(rng: random.Random) -> Line:
    """Draw the heading of a list; a part of the page is ``boilerplate``, a pointer ``off_topic``."""
    if rng.random() < 0.5:
        return Line(marker(rng).rstrip(":") + rng.choice((":", ":", ":", "...", "")))
    if rng.random() < 0.25:
        words = f"More from {invention.publication(rng)}"
    else:
        adjective = rng.choice(_PART_ADJECTIVES)
        words = f"{adjective} {rng.choice(_PART_NOUNS[adjective])}".strip()
    return Line(cased(words, rng), "boilerplate")


def _item(style: random.Random) -> str:
    """Draw how the items of a list are set."""
    shape = style.random()
    if shape < 0.6:
        return "{h}"
    if shape < 0.75:
        return style.choice(_NUMBERINGS)
    return style.choice(_BULLETS)


def _headed(lines: list[Line], style: random.Random, rng: random.Random) -> list[Line]:
    """Put a heading above a list; at times it is glued to the first item, as extraction does."""
    first = heading(style)
    if rng.random() < 0.12:
        return [Line(f"{first.text} {lines[0].text}"), *lines[1:]]
    return [first, *lines]


def _dressed(title: str, style: random.Random, rng: random.Random) -> str:
    """One line: the title with a section, a byline, a date or a site's name."""
    shape = style.random()
    if shape < 0.3:
        return cased(invention.section(rng), style) + style.choice((": ", " | ", " ", " / ", " - ")) + title
    if shape < 0.5:
        return title + style.choice((" By ", " by ", " | ", " — ")) + invention.person(rng)
    if shape < 0.68:
        return title + style.choice((" ", " | ", " - ")) + _when(rng)
    return title + style.choice((" | {}", " - {}", " — {}", " [{}]", " ({})")).format(
        invention.publication(rng)
    )


def _stacked(title: str, rng: random.Random) -> list[str]:
    """Several lines: what a card of a page shows, one part below the other."""
    above = [invention.section(rng)] if rng.random() < 0.5 else []
    below = [_when(rng)] if rng.random() < 0.5 else []
    if rng.random() < 0.5 or not (above or below):
        below.insert(0, rng.choice(("By {}", "{}", "by {}")).format(invention.person(rng)))
    return [*above, title, *below]


def _when(rng: random.Random) -> str:
    """A date, or how long ago."""
    return invention.date(rng) if rng.random() < 0.6 else _age(rng)


def _age(rng: random.Random) -> str:
    unit, most = rng.choice((("hour", 23), ("day", 6), ("minute", 59), ("week", 4)))
    count = rng.randint(1, most)
    return f"{count} {unit}{'s' if count > 1 else ''} ago"
