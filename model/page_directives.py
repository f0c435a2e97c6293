"""Directives of a web page, carried over to the text that was extracted from it.

Called by :mod:`misplaced.webpage`. An extractor drops comments, so the page is read a second time: its
letters and digits in order, with the place of every comment among them. A paragraph of the extracted
text is found again by its own letters and digits, whatever the extractor did to the spaces.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

from misplaced.directives import MARK, Directive

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from misplaced.document import Paragraph

#: Their content is no text of the page.
_HIDDEN = frozenset({"script", "style", "template", "noscript"})


def page_directives(html: str, paragraphs: Sequence[Paragraph]) -> tuple[Directive, ...]:
    """Find the directives of a page and where they stand in the extracted text.

    Parameters
    ----------
    html : str
    paragraphs : sequence of Paragraph
        The page's article, as it was extracted.

    Returns
    -------
    tuple of Directive
        In order. A directive within or right behind a paragraph stands at that paragraph's end; any other
        stands at the start of the next one that could be found in the page; ``line`` is the page's.
    """
    if MARK not in html:
        return ()
    page = _Page()
    page.feed(html)
    page.close()
    spans = list(_spans("".join(page.letters), paragraphs))
    directives = []
    for place, line, body in page.found:
        at = _offset(place, spans)
        directives.append(Directive(body, at, at, line))
    return tuple(directives)


class _Page(HTMLParser):
    """Letters and digits of a page, and the directives among them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.letters: list[str] = []
        self.found: list[tuple[int, int, str]] = []
        self._length = 0
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in _HIDDEN

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in _HIDDEN and self._hidden > 0

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            letters = _letters(data)
            self.letters.append(letters)
            self._length += len(letters)

    def handle_comment(self, data: str) -> None:
        comment = data.strip()
        if comment.startswith(MARK):
            self.found.append((self._length, self.getpos()[0], comment.removeprefix(MARK).strip()))


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _spans(page: str, paragraphs: Iterable[Paragraph]) -> Iterable[tuple[int, int, Paragraph]]:
    """Where each paragraph stands among the page's letters; none for one that cannot be found."""
    position = 0
    for paragraph in paragraphs:
        wanted = _letters(paragraph.text)
        found = page.find(wanted, position) if wanted else -1
        if found >= 0:
            position = found + len(wanted)
            yield found, position, paragraph


def _offset(place: int, spans: Sequence[tuple[int, int, Paragraph]]) -> int:
    for start, end, paragraph in spans:
        if start < place <= end:
            return paragraph.end
        if place <= start:
            return paragraph.start
    return spans[-1][2].end + 1 if spans else 0
