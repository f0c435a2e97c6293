"""Form ``pointer``: another story's headline with the words that point to it.

Between :mod:`misplaced.training.corruption.material` and
:mod:`misplaced.training.corruption.insertion`. Sites word their pointers in thousands of ways and
each site all of its own alike: the words are put together from a small grammar (verb x object,
adjective x noun, separators, brackets, case), and one article keeps to one wording mostly.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from misplaced.training.corruption import invention
from misplaced.training.corruption.material import Insertion, Material, inserted

if TYPE_CHECKING:
    import random

_VERBS = ("Read", "See", "View", "Check out", "Watch", "Explore", "Find out", "Learn", "Discover", "Listen")
_OBJECTS = (
    *("", "", "more", "more", "also", "next", "this", "this next", "now", "too", "the full story", "here"),
    *("our coverage", "the story", "more here", "more on this", "more about this", "our report"),
)
_ADJECTIVES = (
    *("Related", "Related", "Recommended", "More", "Latest", "Further", "Similar", "Previous", "Other"),
)
_NOUNS = (
    *("", "", "", "story", "stories", "article", "articles", "news", "coverage", "reading", "content"),
    *("video", "post", "links", "topics", "reports"),
)
_WORDS = (
    *("More", "Related", "See also", "Also read", "Read also", "Don't miss", "Go deeper", "Also"),
    *("Earlier", "Previously", "Background", "In depth", "Explainer", "Timeline", "Interactive"),
    *("In pictures", "Photos", "Gallery", "Opinion", "Analysis", "Editorial", "Commentary", "Exclusive"),
    *("Breaking", "Trending", "Live updates", "Full coverage", "Full story", "For more", "Next", "Up next"),
    *("Must read", "Quiz", "You may like", "You might also like", "In case you missed it", "Fact check"),
    *("Podcast", "Special report", "On our site", "Elsewhere", "From the archive", "For subscribers"),
    *("Story", "Review", "Profile", "Poll"),
)
_SEPARATORS = (": ", ": ", ": ", ": ", ":", " - ", " – ", " — ", " | ", " » ", " > ", "... ", " ", " → ")
_KICKERS = (
    *("Another view", "The other side", "Our view", "Your say", "A closer look", "The backstory"),
    *("A different take", "Behind the story", "What to know", "What comes next", "What happens now"),
    *("It is not over yet", "The question nobody asks", "There is more to it", "One more thing"),
    *("Not so fast", "Where things stand", "How we got here", "Look back", "The long read"),
    *("An interactive guide",),
)
_AFTER = (
    *("Read more", "Read more", "Read more", "Read more »", "Read more...", "Read the full story", "More"),
    *("Read", "Continue reading", "Learn more", "See more", "Full story", "Read article", "Click here"),
    *("Read now", "More details", "Read more here", "Find out more", "View gallery", "View story", "Watch"),
    *("Keep reading",),
)
_AROUND = (
    *("For more on this, read: {}", "For more, see {}", "Read our earlier story: {}"),
    *("We also reported: {}", "Check out our piece “{}”", "Click here to read {}"),
    *("Here is more on that: {}", "See our story “{}” here", "Read “{}” on our site"),
    *("Want to know more? Read {}", "If you liked this story, read: {}", "Read '{}'"),
    *("This story is related: {}", "More on this topic: {}", "Click here for {}", "Missed it? {}"),
)
_BRACKETS = ("[{}]", "({})", "[{}]", "( {} )", "*{}*", "<< {} >>", "“{}”")
_SIGNS = ("» {}", "> {}", ">> {}", ">>> {}", "• {}", "– {}", "— {}", "→ {}", "▶ {}", "* {}", "- {}", "+ {}")

#: How often one, two or three pointers stand below each other.
_COUNTS = (1, 1, 1, 1, 1, 1, 1, 2, 2, 3)

#: A wording: what to put around a headline.
Wording = Callable[[str], str]


def pointer(material: Material, rng: random.Random) -> Insertion | None:
    """One to three headlines of donors, each with the words that point to it."""
    wording = pointing(material.style("pointer", rng))
    return inserted([wording(headline) for headline in material.headlines(rng.choice(_COUNTS))])


def pointing(rng: random.Random) -> Wording:
    """Draw a wording that turns headlines into pointers."""
    shape = rng.random()
    if shape < 0.62:
        return _before(rng)
    if shape < 0.74:
        return _after(rng)
    if shape < 0.82:
        frame = rng.choice(_AROUND)
        return lambda headline: frame.format(headline)
    if shape < 0.92:
        return _signed(rng)
    return _kicked(rng)


def marker(rng: random.Random) -> str:
    """Draw the words that point to a story, in the case a page might set them."""
    shape = rng.random()
    if shape < 0.5:
        words = rng.choice(_WORDS)
    elif shape < 0.8:
        words = f"{rng.choice(_VERBS)} {rng.choice(_OBJECTS)}".strip()
    elif shape < 0.95:
        words = f"{rng.choice(_ADJECTIVES)} {rng.choice(_NOUNS)}".strip()
    else:
        words = f"More from {invention.publication(rng)}"
    return cased(words, rng)


def cased(words: str, rng: random.Random) -> str:
    """Set words in the case a page might set them in: as they are, in capitals, in small letters."""
    shape = rng.random()
    if shape < 0.4:
        return words.upper()
    if shape < 0.5:
        return words.lower()
    return words.title().replace("'T", "'t") if shape < 0.6 else words


def _before(rng: random.Random) -> Wording:
    words, separator = marker(rng), rng.choice(_SEPARATORS)
    loud = words.isupper() and rng.random() < 0.2
    frame = rng.choice(_BRACKETS[:3]) if rng.random() < 0.15 else "{}"
    tail = rng.choice((" »", " →", " >", ".")) if rng.random() < 0.06 else ""
    return lambda headline: frame.format(words + separator + (headline.upper() if loud else headline) + tail)


def _after(rng: random.Random) -> Wording:
    words = rng.choice(_AFTER)
    words = words.upper() if rng.random() < 0.15 else words
    join = rng.choice((" ", " ", " ", " ", " - ", " | ", " – ", "... ", ": "))
    frame = rng.choice(("{}", "{}", "{}", "{}", "[{}]", "({})"))
    return lambda headline: headline + join + frame.format(words)


def _signed(rng: random.Random) -> Wording:
    """The headline alone in brackets, or behind a sign."""
    frame = rng.choice(_BRACKETS if rng.random() < 0.55 else _SIGNS)
    return lambda headline: frame.format(headline)


def _kicked(rng: random.Random) -> Wording:
    """A few words, or a columnist's name, and a colon before the headline."""
    words = rng.choice(_KICKERS) if rng.random() < 0.5 else invention.person(rng)
    words = words.upper() if rng.random() < 0.2 else words
    colon = rng.choice((": ", ": ", ":"))
    return lambda headline: words + colon + headline
