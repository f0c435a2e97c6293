"""Form ``companion``: what a site says of its other pieces on the very story of the article.

Between :mod:`misplaced.training.corruption.subjects` and
:mod:`misplaced.training.corruption.insertion`. By topic such a line belongs and its form alone
tells, so that donors cannot give it: its titles are put together from the names that the host
names. None stands bare among the host's paragraphs, where it might be a sub-heading of the
article's own: each has the words of a pointer, of a player or of a prompt, or stands in a list
below the article.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from misplaced.training.corruption.headings import heading
from misplaced.training.corruption.material import (
    Insertion,
    Line,
    Material,
    headline_of,
    inserted,
    prose,
    statements,
)
from misplaced.training.corruption.players import framed, player
from misplaced.training.corruption.pointers import cased, pointing
from misplaced.training.corruption.subjects import names_in, subjects

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from misplaced.training.articles import Article

#: Titles, of a person (``p``), a name (``n``) and another name (``m``).
_TITLES = (
    *("Who is {p}?", "What is {n}?", "{n}: what you need to know", "{n} explained", "The latest on {n}"),
    *("What comes next for {n}", "What we know about {n}", "Inside {n}", "Why {n} matters", "{p} reacts"),
    *("Live updates on {n}", "The history of {n}", "Five things to know about {n}", "{n} in pictures"),
    *("{p}, in brief", "{p} speaks about {n}", "{n} and {m}: a history", "How {n} got here", "{p} on {n}"),
    *("{p}: a profile", "{n}: the full story", "The rise of {p}", "Why {p} is in the news"),
    *("{n}: questions and answers", "What {n} means for {m}", "The trouble with {n}", "{n}, by the numbers"),
    *("How much do you know about {n}?", "{p} defends {n}", "{p} criticised over {n}"),
    *("{m} responds to {n}", "Is {n} in trouble?", "New questions over {n}", "{n} under fire"),
    *(
        "{p} faces new pressure",
        "What {p} said about {n}",
        "Watch {p} talk about {m}",
        "{n}: how it happened",
    ),
    *("{p} said it was over. It was not.", "The fight over {n} isn't over yet.", "Readers on {n}"),
)
_PROMPTS = (
    *("Do you have a story about {n}? Write to us.", "What do you think of {n}? Tell us in the comments."),
    *("What do you make of {n}? Share your views below.", "How should {p} respond? Join the discussion."),
    *("Follow our coverage of {n} here", "Read more about {n} here.", "Click here for more on {n}"),
    *("Read the full {n} coverage here", "Sign up for updates on {n}", "Get the latest on {n} in your inbox"),
    *("See all our stories on {n}", "Find all our reporting on {n} here.", "More stories about {n}"),
    *("More on {n}", "Has {n} changed your life? We want to hear from you.", "Tags: {n}, {m}"),
    *("Watch our documentary on {n}, Sunday at 9 p.m.", "Vote: was {p} right? Yes No Not sure"),
    *("How well do you know {n}? Take the quiz", "Listen to our podcast on {n}", "Topics: {n} | {p} | {m}"),
    *("Read the full text of the {n} report.", "More information on {n} is on our site."),
)
#: What a player says that does not play: a thing, what is wrong with it, and where.
_THINGS = ("This video", "The video", "This clip", "Audio", "Media", "The player", "This content")
_FAULTS = (
    "cannot be played",
    "could not be loaded",
    "is not available",
    "is not supported",
    "failed to load",
)
_WHERE = ("", "", " in your browser", " in your region", " on this device", " right now", " without a plugin")
_BEHIND = ("", "", "", "Caption", "Video caption", "Watch:", "Next:")

_COUNTS = (1, 1, 1, 2)
#: Words of a sentence that may stand for a title.
_TITLE_WORDS = (5, 13)
_TITLE_WORD = re.compile(r"[A-Z][a-zà-ÿ]{3,}")
_MOST_NAMES = 8


def companion(material: Material, rng: random.Random) -> Insertion | None:
    """A line or a few on the host's own subject; None for a host that names nobody and nothing."""
    host = material.host
    people, names = _named(host)
    if not names:
        return None

    def fill(frame: str) -> str:
        name = rng.choice(names)
        other = rng.choice([one for one in names if one != name] or names)
        return frame.format(p=rng.choice(people), n=name, m=other)

    own = _clips(host)

    def title() -> str:
        text = rng.choice(own) if own and rng.random() < 0.17 else fill(rng.choice(_TITLES))
        return " ".join(word[:1].upper() + word[1:] for word in text.split()) if rng.random() < 0.25 else text

    style = material.style("companion", rng)
    shape = rng.random()
    if shape < 0.44:
        point = pointing(style)
        return inserted([point(_headline(host, title, rng)) for _ in range(rng.choice(_COUNTS))])
    if shape < 0.64:
        frame, words = player(style)
        return inserted([framed(frame, words, title(), rng)])
    if shape < 0.76:
        return inserted([_broken(style, title(), rng)], "boilerplate")
    if shape < 0.9:
        return inserted([fill(rng.choice(_PROMPTS))], "boilerplate")
    return _listed(material, title, rng)


def _named(host: Article) -> tuple[list[str], list[str]]:
    """Return the people and all names of an article; single words of its title where it names few."""
    people, _ = subjects(host)
    names = names_in(host)[:_MOST_NAMES]
    if len(names) < 2:
        text = " ".join(host.paragraphs[i] for i in prose(host))
        words = dict.fromkeys(_TITLE_WORD.findall(headline_of(host) or ""))
        # A title may have every word in capitals: names have theirs inside a sentence too.
        names += [word for word in words if re.search(rf"[a-z,;] {word}\b", text)]
    return people or names, names


def _clips(host: Article) -> list[str]:
    """Short sentences of the host, which sites make titles of clips of."""
    return [s.rstrip(".") for s in statements(host, *_TITLE_WORDS) if not set(s) & set('"“”')]


def _headline(host: Article, title: Callable[[], str], rng: random.Random) -> str:
    """A title, or the host's own at times: whole, or its first words."""
    own = headline_of(host)
    if own is None or rng.random() < 0.85:
        return title()
    words = own.split()
    fewest = _TITLE_WORDS[0]
    if len(words) > fewest + 1 and rng.random() < 0.5:
        return " ".join(words[: rng.randint(fewest, len(words) - 1)])
    return own


def _broken(style: random.Random, title: str, rng: random.Random) -> str:
    """A player's message and the title of what it does not play, run together."""
    message = style.choice(_THINGS) + " " + style.choice(_FAULTS) + style.choice(_WHERE)
    behind = style.choice(_BEHIND)
    if style.random() < 0.3:
        message = cased(message, style)
    if rng.random() < 0.1:
        message = f"{message} {message}"
    return " ".join(part for part in (message, behind, title) if part)


def _listed(material: Material, title: Callable[[], str], rng: random.Random) -> Insertion:
    """Below the article, under a heading: titles on the host's subject among those of donors."""
    lines = [heading(material.style("headlines", rng))]
    for _ in range(rng.randint(2, 5)):
        other = material.headline() if rng.random() < 0.35 else None
        lines.append(Line(other or title()))
    return Insertion(tuple(lines), len(material.host.paragraphs))
