"""Web pages from articles, as news sites lay them out: what is foreign in them is known.

Feeds :mod:`pages`. Every element with text of its own says in ``data-label`` what it is and in
``data-kind`` why it is there. The same articles give the same pages, byte for byte.
"""

from __future__ import annotations

import html
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Article = dict[str, Any]

#: What an element may be. ``own`` is what belongs and is not prose: title, byline, own caption.
LABELS = ("coherent", "own", "off_topic", "boilerplate")

_POINTERS = ("READ MORE: {}", "Read also: {}", "[ {} ]", "Also in the news: {}", "MORE: {}", "See also - {}")
_RELATED = ("Related stories", "More on this", "You may also like", "Most read", "From our archive")
_NEWSLETTER = (
    (
        "Sign up for our morning briefing",
        "The five stories that matter, in your inbox at six. Unsubscribe at any time.",
    ),
    ("Get the weekend letter", "Enter your email address to receive our best long reads every Saturday."),
    ("Never miss a story", "Join 40,000 readers and subscribe to our free newsletter."),
)
_PROMPTS = (
    "Subscribe now for 1.99 a week and read without advertisements.",
    "Do you like what you read? Support independent local journalism with a small donation.",
    "Download our app to get breaking news alerts on your phone.",
    "This article continues after the advertisement.",
    "Advertisement",
    "Follow us on social media for more stories like this one.",
)
_SHARES = (
    "Share this article",
    "Share on social media",
    "Print",
    "Copy link",
    "Save for later",
    "Send by email",
)
_COMMENTS = (
    "Great piece, thank you for this!",
    "First I have heard of it. Is there a map somewhere?",
    "I was told the same thing years ago and nobody believed me.",
    "Can the editors please fix the broken player on mobile?",
    "My grandmother would have loved to read this.",
)
_NAVIGATION = ("Home", "News", "Sport", "Culture", "Opinion", "Weather", "Obituaries", "Jobs")
_FOOTER = (
    "All rights reserved. No part of this site may be reproduced without permission.",
    "About us | Contact | Privacy | Terms of use | Imprint",
    "We use cookies to improve your experience. By continuing you accept our policy.",
)
_REPORTERS = ("Iris Pell", "Gus Thornby", "Nadia Wexford", "Tim Orlo")


@dataclass(frozen=True, slots=True)
class Site:
    """How one site lays out its pages.

    Attributes
    ----------
    names : tuple of str
        Classes of the body, of boxes within it, and of notes in it; what an extractor may go by.
    box : str
        Element of what is set into the text.
    furniture : tuple of str
        What is set into the text, of :data:`_BLOCKS`, in turn.
    """

    names: tuple[str, str, str]
    box: str
    furniture: tuple[str, ...]


#: Sites that name their boxes, sites that name nothing, and sites whose boxes are paragraphs as any other.
SITES = (
    Site(
        ("article-body", "related-box", "newsletter"), "aside", ("pointer", "related", "newsletter", "share")
    ),
    Site(("c-12", "blk", "t3"), "div", ("cards", "prompt", "pointer", "gallery")),
    Site(("story", "story", "story"), "p", ("pointer", "prompt", "pointer", "teaser", "list")),
    Site(
        ("entry-content", "widget", "cta"), "section", ("gallery", "newsletter", "cards", "pointer", "list")
    ),
)


def build(articles: Sequence[Article], index: int) -> str:
    """Lay out one article, with pieces of the others in it.

    Parameters
    ----------
    articles : sequence of dict
        With ``title``, ``paragraphs`` and ``caption``.
    index : int
        Which one; its site is the one whose turn it is.

    Returns
    -------
    str
        The page.
    """
    return _Page(articles, index).render()


class _Page:
    def __init__(self, articles: Sequence[Article], index: int) -> None:
        self._article = articles[index]
        self._rng = random.Random(index)
        self._others = [a for a in articles if a is not self._article]
        self._rng.shuffle(self._others)
        self._site = SITES[index % len(SITES)]
        self._blocks: dict[str, Callable[[], str]] = {
            "pointer": self._pointer,
            "related": self._related,
            "cards": self._cards,
            "teaser": self._teaser,
            "list": self._list,
            "gallery": self._gallery,
            "newsletter": self._newsletter,
            "prompt": self._prompt,
            "share": self._share,
        }

    def render(self) -> str:
        title = self._article["title"]
        heading = text("h1", title, "own", "title")
        byline = text("p", f"By {self._rng.choice(_REPORTERS)}, {self._article['date']}", "own", "byline")
        navigation = "".join(text("a", name, "boilerplate", "navigation") for name in _NAVIGATION)
        footer = "".join(text("p", line, "boilerplate", "footer") for line in _FOOTER)
        name = html.escape(title)
        return (
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
            f'<title>{name} - The Gazette</title><meta property="og:title" content="{name}"></head>\n'
            f"<body><header><nav>{navigation}</nav></header>\n<main><article>{heading}\n{byline}\n"
            f'<div class="{self._site.names[0]}">{self._body()}</div>\n{self._comments()}</article></main>\n'
            f"<footer>{footer}</footer></body></html>\n"
        )

    def _body(self) -> str:
        paragraphs: list[str] = self._article["paragraphs"]
        caption = text("figcaption", self._article["caption"], "own", "caption")
        parts = [f'<figure><img src="lead.jpg" alt="">{caption}</figure>']
        waiting = list(self._site.furniture)
        places = set(self._rng.sample(range(1, len(paragraphs)), min(len(waiting) - 1, len(paragraphs) - 1)))
        for number, paragraph in enumerate(paragraphs):
            if number in places:
                parts.append(self._blocks[waiting.pop(0)]())
            parts.append(text("p", paragraph, "coherent", "prose"))
        parts += [self._blocks[name]() for name in waiting]
        return "\n".join(parts)

    def _box(self, *parts: str) -> str:
        if self._site.box == "p":
            return "\n".join(parts)
        return f'<{self._site.box} class="{self._site.names[1]}">{"".join(parts)}</{self._site.box}>'

    def _pointer(self) -> str:
        words = self._rng.choice(_POINTERS).format(self._others.pop()["title"])
        return text("p", words, "off_topic", "pointer", link=True)

    def _related(self) -> str:
        head = text("h3", self._rng.choice(_RELATED), "boilerplate", "heading")
        items = (text("li", self._others.pop()["title"], "off_topic", "related", link=True) for _ in range(3))
        return self._box(head, f"<ul>{''.join(items)}</ul>")

    def _cards(self) -> str:
        parts = []
        for _ in range(2):
            other = self._others.pop()
            opening = other["paragraphs"][0].split(". ")[0] + " ..."
            parts.append(
                f"<div>{text('h4', other['title'], 'off_topic', 'card', link=True)}"
                f"{text('p', opening, 'off_topic', 'card')}</div>"
            )
        return self._box(*parts)

    def _teaser(self) -> str:
        other = self._others.pop()
        return text("p", f"{other['title']} {other['paragraphs'][0]}", "off_topic", "teaser")

    def _list(self) -> str:
        parts = [text("p", self._rng.choice(_RELATED), "boilerplate", "heading")]
        parts += [text("p", self._others.pop()["title"], "off_topic", "list", link=True) for _ in range(4)]
        return self._box(*parts)

    def _gallery(self) -> str:
        figures = (
            f'<figure><img src="{n}.jpg" alt="">'
            f"{text('figcaption', self._others.pop()['caption'], 'off_topic', 'gallery')}</figure>"
            for n in range(4)
        )
        return self._box(*figures)

    def _newsletter(self) -> str:
        head, words = self._rng.choice(_NEWSLETTER)
        parts = text("h3", head, "boilerplate", "newsletter") + text("p", words, "boilerplate", "newsletter")
        return f'<div class="{self._site.names[2]}">{parts}<form><input type="email"></form></div>'

    def _prompt(self) -> str:
        return text("p", self._rng.choice(_PROMPTS), "boilerplate", "prompt")

    def _share(self) -> str:
        items = "".join(
            f"<li>{text('a', words, 'boilerplate', 'share')}</li>" for words in self._rng.sample(_SHARES, 3)
        )
        return f'<ul class="{self._site.names[1]}">{items}</ul>'

    def _comments(self) -> str:
        head = text("h3", "Comments", "boilerplate", "comments")
        said = (text("p", words, "boilerplate", "comments") for words in self._rng.sample(_COMMENTS, 3))
        return f'<div class="{self._site.names[1]}" id="comments">{head}{"".join(said)}</div>'


def text(tag: str, words: str, label: str, kind: str, *, link: bool = False) -> str:
    """Write an element with text of its own, and what is true of it."""
    inner = html.escape(words, quote=False)
    inner = f'<a href="/story">{inner}</a>' if link else inner
    return f'<{tag} data-label="{label}" data-kind="{kind}">{inner}</{tag}>'
