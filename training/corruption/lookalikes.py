"""Form ``lookalike``: short lines that belong, though they look like what does not.

Between :mod:`misplaced.training.corruption.captions` and
:mod:`misplaced.training.corruption.insertion`. Made from the host's own words, so that a model
cannot take shortness, capitals or a missing full stop for foreignness: captions, sub-headings,
bylines, notes, pull quotes, lists.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from misplaced.training.corruption import invention
from misplaced.training.corruption.captions import caption, caption_style, credit
from misplaced.training.corruption.function_words import FUNCTION_WORDS
from misplaced.training.corruption.material import (
    MIN_WORDS,
    Insertion,
    Line,
    Material,
    headline_of,
    inserted,
    prose,
    statements,
)
from misplaced.training.corruption.players import framed, player

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

_SAID = re.compile(r"[“\"]([^“”\"]+)[”\"]")
_WORD = re.compile(r"[A-Za-zÀ-ÿ0-9$%'’-]+")
_BYLINES = (
    *("By {p}", "By {p}", "by {p}", "BY {P}", "{p}", "By {p}, {s}", "{p}, Staff Writer", "{p} | {d}"),
    *("Written by {p}", "By {p} and {q}", "By {p} | {d}", "Story by {p}", "{p} and {q}", "{p}, {s}"),
    *("By {p}, Contributor",),
)
_STAMPS = (
    *("{d}", "Published {d}", "Updated {d}", "Updated {c}", "Published: {d}, {c}"),
    *("Last updated {d} at {c}", "{d} {c}", "Posted on {d}", "Updated at {c}", "First published on {d}"),
    *("Posted by {p} on {d}",),
)
_NOTES = (
    *("{p} is a staff writer at {s}.", "{p} contributed to this report.", "{p} covers politics for {s}."),
    *("{p} is a columnist for {s}. Follow {p} on social media.", "{s} contributed to this story."),
    *("This article was first published in {s}.", "Editor's note: This story has been updated."),
    *("Correction: An earlier version of this story misstated a date.",),
    *("The writer is a reporter for {s}.", "Additional reporting by {p} and {q}."),
    *("{p} is a professor and the author of several books.",),
    *("The opinions expressed here are the author's own.", "Reporting by {p}; editing by {q}"),
    *("Contributing: {p}", "{p} can be reached at newsroom@{w}.example."),
    *("Editor's note: {p} is a guest contributor to {s}.", "This column originally appeared in {s}."),
    *("{p}, a former teacher, writes about schools for {s}.",),
)
_QUOTES = ("“{}”", '"{}"', "{}", "“{}", "‘{}’")
_BULLETS = ("• {}", "- {}", "* {}", "{n}. {}", "{n}) {}", "– {}", "· {}")
_SUB_WORDS = (2, 6)
_QUOTE_WORDS = (5, 20)
_MOST_ITEM_WORDS = 14


def lookalike(material: Material, rng: random.Random) -> Insertion | None:
    """A line or a few that look foreign and are the article's own."""
    make = rng.choices([kind for kind, _ in _KINDS], [share for _, share in _KINDS])[0]
    return make(material, rng) or _sub_heading(material, rng)


def _caption(material: Material, rng: random.Random) -> Insertion | None:
    style = caption_style(material.style("caption", rng))
    text = caption(material.host, style, rng)
    if text is None:
        return None
    repeated = 2 if rng.random() < 0.12 else 1
    before = 0 if rng.random() < 0.4 else None
    return Insertion((Line(text, "caption"),) * repeated, before)


def _own_gallery(material: Material, rng: random.Random) -> Insertion | None:
    """Captions of the article's own pictures, some under one heading: a gallery that belongs."""
    style = caption_style(material.style("caption", rng))
    made = (caption(material.host, style, rng) for _ in range(rng.randint(3, 12)))
    captions = list(dict.fromkeys(text for text in made if text is not None))
    if len(captions) < 2:
        return None
    title = headline_of(material.host)
    if title is not None and rng.random() < 0.4:
        heading = rng.choice(("Photos: {}", "{}:", "Gallery: {}")).format(" ".join(title.split()[:6]))
        captions = [f"{heading} {text}" for text in captions]
    before = 0 if rng.random() < 0.5 else len(material.host.paragraphs)
    return Insertion(tuple(Line(text, "caption") for text in captions), before)


def _credit(material: Material, rng: random.Random) -> Insertion | None:
    before = 0 if rng.random() < 0.5 else None
    return Insertion((Line(credit(material.style("credit", rng)).strip("()[]"), "caption"),), before)


def _own_video(material: Material, rng: random.Random) -> Insertion | None:
    """A player that shows the article's own story."""
    title = headline_of(material.host)
    if title is None:
        return None
    frame, words = player(material.style("video", rng))
    return inserted([framed(frame, words, title, rng)], "caption")


def _byline(material: Material, rng: random.Random) -> Insertion | None:
    kinds = rng.choice(((_BYLINES,), (_BYLINES,), (_STAMPS,), (_BYLINES, _STAMPS)))
    return Insertion(tuple(Line(_filled(rng.choice(kind), rng), "meta") for kind in kinds), 0)


def _note(material: Material, rng: random.Random) -> Insertion | None:
    at_end = rng.random() < 0.8
    before = len(material.host.paragraphs) if at_end else 0
    return Insertion((Line(_filled(rng.choice(_NOTES), rng), "meta"),), before)


def _sub_heading(material: Material, rng: random.Random) -> Insertion | None:
    """A few words of a paragraph set above it."""
    indices = [i for i in prose(material.host) if i > 0]
    if not indices:
        return None
    before = rng.choice(indices)
    words = _phrase(material.host.paragraphs[before], rng)
    if words is None:
        return None
    shape = rng.random()
    text = words.upper() if shape < 0.15 else words.title() if shape < 0.45 else words[0].upper() + words[1:]
    if rng.random() < 0.15:
        text += rng.choice((":", "?", ":", "."))
    if rng.random() < 0.1:
        text = f"{rng.randint(1, 9)}. {text}"
    return Insertion((Line(text, "coherent"),), before)


def _pull_quote(material: Material, rng: random.Random) -> Insertion | None:
    said = [words for i in prose(material.host) for words in _SAID.findall(material.host.paragraphs[i])]
    fewest, most = _QUOTE_WORDS
    found = [words.rstrip(",") for words in said if fewest <= len(words.split()) <= most]
    found = found or statements(material.host, MIN_WORDS, most)
    if not found:
        return None
    return inserted([rng.choice(_QUOTES).format(rng.choice(found).strip("\"“”‘’'"))], "coherent")


def _list(material: Material, rng: random.Random) -> Insertion | None:
    """Two to five short statements of the article as a list."""
    found = statements(material.host, MIN_WORDS, _MOST_ITEM_WORDS) or statements(
        material.host, MIN_WORDS, _QUOTE_WORDS[1]
    )
    if len(found) < 2:
        return None
    items = rng.sample(found, min(len(found), rng.randint(2, 5)))
    frame, closed = rng.choice(_BULLETS), rng.random() < 0.4
    lines = [frame.format(item if closed else item.rstrip("."), n=n) for n, item in enumerate(items, 1)]
    return inserted(lines, "coherent")


def _phrase(paragraph: str, rng: random.Random) -> str | None:
    """A few words that follow each other in a clause and neither start nor end in a function word."""
    clauses = [_WORD.findall(clause) for clause in re.split(r"[.,;:!?()\"“”—–]", paragraph)]
    fewest, most = _SUB_WORDS
    phrases = [
        words[start : start + length]
        for words in clauses
        for start in range(len(words))
        for length in range(fewest, most + 1)
        if start + length <= len(words)
        and words[start].lower() not in FUNCTION_WORDS
        and words[start + length - 1].lower() not in FUNCTION_WORDS
    ]
    return " ".join(rng.choice(phrases)) if phrases else None


def _filled(form: str, rng: random.Random) -> str:
    one = invention.person(rng)
    site = invention.publication(rng)
    return form.format(
        p=one,
        P=one.upper(),
        q=invention.person(rng),
        s=site,
        w="".join(site.lower().split()),
        d=invention.date(rng),
        c=invention.clock(rng),
    )


_KINDS: tuple[tuple[Callable[[Material, random.Random], Insertion | None], float], ...] = (
    (_caption, 0.28),
    (_own_gallery, 0.06),
    (_sub_heading, 0.2),
    (_byline, 0.13),
    (_note, 0.12),
    (_pull_quote, 0.08),
    (_list, 0.05),
    (_credit, 0.05),
    (_own_video, 0.03),
)
