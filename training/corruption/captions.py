"""Captions of pictures, made from an article's sentences and the names in it.

Used by :mod:`misplaced.training.corruption.gallery` (captions of other stories) and
:mod:`misplaced.training.corruption.lookalikes` (captions of the host's own).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from misplaced.training.corruption import invention
from misplaced.training.corruption.function_words import FUNCTION_WORDS
from misplaced.training.corruption.material import prose, sentences_of
from misplaced.training.corruption.subjects import subjects

if TYPE_CHECKING:
    import random
    from collections.abc import Collection

    from misplaced.training.articles import Article

_MOST_WORDS = 38
_TRIES = 8

#: Share of the pictures that show a place, where the article names one.
_PLACE_SHARE = 0.25

#: What a sentence that describes a picture does not open with, or hold.
_OPENINGS = {"a", "an", "the", "after", "in", "at", "during"}
_NO_OPENING = (FUNCTION_WORDS - _OPENINGS) | {"yet", "however", "meanwhile"}
_NO_WORD = re.compile(r"[\"“”?]|\b(?:I|we|you|my|our|your|don['’]t|isn['’]t)\b", re.IGNORECASE)

_ONE = (
    *("speaks", "arrives", "waves", "gestures", "listens", "answers questions", "looks on", "walks out"),
    *("addresses supporters", "shakes hands", "smiles", "talks to reporters", "takes the stage", "is seen"),
    *("poses for a photograph", "testifies", "signs autographs", "makes remarks", "leaves", "waits"),
    *("reacts",),
)
_TWO = (
    *("speak", "shake hands", "arrive", "embrace", "talk", "pose for a photograph", "look on", "meet"),
    *("attend",),
)
_SETTINGS = (
    *("at a news conference", "during a hearing", "outside the building", "before a meeting", "at a rally"),
    *("during an event", "after a vote", "during an interview", "at a ceremony", "in this file photo"),
    *("on stage", "at a town hall meeting", "during a break", "ahead of the opening", "at a campaign stop"),
    *("at the airport", "during a visit", "in an undated photo", "after the announcement", "at a forum"),
    *("at a fundraiser", "with staff members", "before the start", "in the lobby", "during a tour"),
    *("at a public meeting",),
)
_CROWDS = (
    *("People gather", "Protesters stand", "Supporters wait", "Visitors walk", "Workers are seen"),
    *("Police stand", "Residents line up", "A crowd waits", "Reporters wait", "A man walks"),
    *("A woman stands", "Flags fly", "Cars pass", "Students gather", "A sign stands", "Volunteers work"),
    *("A general view shows the street",),
)
_WHERE = ("outside {}", "near {}", "in front of {}", "by {}", "at {}")


@dataclass(frozen=True, slots=True)
class CaptionStyle:
    """How a page sets its captions: the same for all of a gallery.

    Attributes
    ----------
    credit : str or None
        A format with ``{p}`` and ``{a}``, photographer and agency.
    names : float
        Share of the captions that are about a name rather than a sentence of the article.
    dated : float
        Share of the captions about a name that end in a date.
    """

    credit: str | None
    names: float
    dated: float


_CREDITS = (
    *("({p}/{a})", "({p}/{a})", "({a})", "({a} Photo/{p})", "{p}/{a}", "{p} / {a}", "Photo: {p}/{a}"),
    *("[{p}/{a}]", "(Photo: {p})", "(Photo by {p}/{a})", "Photo by {p}", "Photograph: {p}/{a}"),
    *("Credit: {p}", "Credit {a}", "— {p}, {a}", "{a}", "{a}/{p}", "(Photo: {p} / {a})", "Image: {a}"),
    *("Photo credit: {p}, {a}", "[{a}]", "{p} for {a}", "Picture: {a}", "(Courtesy of {p})"),
    *("(Photo: {p}, {a})", "Photo courtesy of {a}"),
)


def caption_style(rng: random.Random) -> CaptionStyle:
    """Draw how a page sets its captions."""
    credit_of = rng.choice(_CREDITS) if rng.random() < 0.65 else None
    return CaptionStyle(credit_of, rng.choice((0.0, 0.3, 0.5, 0.8)), rng.choice((0.0, 0.2, 0.7)))


def credit(rng: random.Random, form: str | None = None) -> str:
    """Return the credit line of a picture by somebody invented."""
    return (form or rng.choice(_CREDITS)).format(p=invention.person(rng), a=invention.agency(rng))


def caption(
    article: Article, style: CaptionStyle, rng: random.Random, *, avoid: Collection[str] = ()
) -> str | None:
    """Make a caption for an article.

    Parameters
    ----------
    article : Article
    style : CaptionStyle
    rng : random.Random
    avoid : collection of str
        Last words of names not to use: those of the host, whose pictures they would be.

    Returns
    -------
    str, or None where the article has neither a name nor a sentence to use.
    """
    about_name = rng.random() < style.names
    text = (_of_name(article, style, rng, avoid) if about_name else None) or _of_sentence(article, rng)
    if text is None:
        return None
    if style.credit is not None:
        text = f"{text} {credit(rng, style.credit)}"
    return text


def _of_sentence(article: Article, rng: random.Random) -> str | None:
    """A sentence that could stand below a picture; of an article without one, any sentence."""
    indices = prose(article)
    spare = None
    for _ in range(_TRIES if indices else 0):
        for sentence in sentences_of(article.paragraphs[rng.choice(indices)]):
            if len(sentence.split()) > _MOST_WORDS:
                continue
            if _describes(sentence):
                return sentence
            spare = spare or sentence
    return spare


def _describes(sentence: str) -> bool:
    """Tell a sentence that names somebody and says what they do from talk and argument."""
    words = sentence.split()
    if words[0].strip("“\"'‘").casefold() in _NO_OPENING or _NO_WORD.search(sentence):
        return False
    return any(word[:1].isupper() for word in words[1:])


def _of_name(article: Article, style: CaptionStyle, rng: random.Random, avoid: Collection[str]) -> str | None:
    people, places = subjects(article, avoid)
    if places and (not people or rng.random() < _PLACE_SHARE):
        shown = f"{rng.choice(_CROWDS)} {rng.choice(_WHERE).format(f'the {rng.choice(places)}')}"
    elif people:
        shown = _of_people(people, rng)
    else:
        return None
    if not shown.startswith("FILE") and rng.random() < style.dated:
        shown += rng.choice((", {}", " on {}", ", on {}")).format(invention.date(rng))
    return f"{shown}."


def _of_people(people: list[str], rng: random.Random) -> str:
    name, setting = rng.choice(people), rng.choice(_SETTINGS)
    others = [other for other in people if other != name]
    if others and rng.random() < 0.35:
        pair = rng.choice(("{}, left, and {}", "{} and {}", "{} (left) and {}", "From left, {} and {}"))
        return f"{pair.format(name, rng.choice(others))} {rng.choice(_TWO)} {setting}"
    if rng.random() < 0.12:
        return f"FILE - In this {invention.date(rng)} file photo, {name} {rng.choice(_ONE)} {setting}"
    return f"{name} {rng.choice(_ONE)} {setting}"
