"""Extractors as their users call them, and the truth of a page that :mod:`pagebuilding` made.

Feeds :mod:`pages`. Each gives the title and the lines that it takes for the article.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from typing import TYPE_CHECKING

from misplaced.document import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml.html import HtmlElement

#: A title, where the extractor has one, and lines.
Extracted = tuple[str | None, list[str]]

_BLOCKS = ("p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "figcaption", "blockquote", "pre", "td", "div")


@dataclass(frozen=True, slots=True)
class Element:
    """An element with text of its own.

    Attributes
    ----------
    text : str
        White space folded.
    label : str
        One of :data:`pagebuilding.LABELS`.
    kind : str
        Why it is on the page.
    """

    text: str
    label: str
    kind: str


@dataclass(frozen=True, slots=True)
class Extractor:
    """An extractor and the module that it needs."""

    module: str
    extract: Callable[[str], Extracted]

    def missing(self) -> bool:
        """Whether its package is not installed."""
        return importlib.util.find_spec(self.module) is None

    def __call__(self, page: str) -> Extracted:
        """Extract the article of a page."""
        title, lines = self.extract(page)
        return title, [line for line in lines if fold(line) and fold(line) != title]


def truth(page: str) -> list[Element]:
    """Read off a page what its elements are."""
    from lxml import html

    return [
        Element(fold(element.text_content()), element.get("data-label"), element.get("data-kind"))
        for element in html.fromstring(page).xpath("//*[@data-label]")
    ]


def _ours(page: str) -> Extracted:
    from misplaced.webpage import read_webpage

    document = read_webpage(page)
    return document.title, [paragraph.text for paragraph in document.paragraphs]


def _precise(page: str) -> Extracted:
    from trafilatura import bare_extraction

    found = bare_extraction(
        page, include_comments=False, include_tables=False, favor_precision=True, with_metadata=True
    )
    title, words = getattr(found, "title", None), getattr(found, "text", None)
    return (fold(title) if title else None), (words or "").split("\n")


def _readability(page: str) -> Extracted:
    from lxml import html
    from readability import Document

    document = Document(page)
    return fold(document.short_title()), list(_block_lines(html.fromstring(document.summary())))


def _block_lines(element: HtmlElement) -> Iterator[str]:
    """Yield the text of the innermost blocks."""
    for block in element.iter(*_BLOCKS):
        if not any(True for inner in block.iterdescendants(*_BLOCKS)):
            yield fold(block.text_content())


def _justext(page: str) -> Extracted:
    import justext

    paragraphs = justext.justext(page.encode(), justext.get_stoplist("English"))
    return None, [paragraph.text for paragraph in paragraphs if not paragraph.is_boilerplate]


def _resiliparse(page: str) -> Extracted:
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.html import HTMLTree

    words = extract_plain_text(page, main_content=True, alt_texts=False, list_bullets=False)
    return fold(HTMLTree.parse(page).title or "") or None, words.split("\n")


#: By the name in the tables; the first is what ``detect`` reads pages with.
EXTRACTORS = {
    "trafilatura": Extractor("trafilatura", _ours),
    "trafilatura, favor_precision": Extractor("trafilatura", _precise),
    "Resiliparse, main_content": Extractor("resiliparse", _resiliparse),
    "readability-lxml": Extractor("readability", _readability),
    "jusText": Extractor("justext", _justext),
}
