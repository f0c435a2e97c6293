"""Markdown to paragraphs: what a reader sees as text is judged, what makes the page is not.

Called by :mod:`misplaced.reading` for ``.md`` files in place of :mod:`misplaced.segmentation`. The block
structure is markdown-it-py's (CommonMark, tables, ``~~strikethrough~~``); front matter is ours
(:mod:`misplaced.frontmatter`).

A paragraph is one paragraph, heading or list item of the source, and always whole lines of it, with
its markers (``#``, ``-``, ``>``) and, under a heading, the underline: taking it out leaves neither an
empty bullet nor a stray marker. Not judged: front matter, code, HTML blocks and comments, link
definitions, thematic breaks, images without a description, and tables, whose rows are data and not
prose. A list item is one unit with its continuation paragraphs; the items nested in it are their own.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache
from typing import TYPE_CHECKING

from misplaced.directives import COMMENT, MARK, Directive
from misplaced.document import Kind, Paragraph, fold
from misplaced.frontmatter import split_front_matter
from misplaced.segmentation import segment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

#: Lists and quotes nested deeper than this are not judged: no article needs them, and the parser's
#: work grows with the depth.
MAX_NESTING = 20

# As markdown-it-py divides lines; its line numbers are turned into offsets with these.
_LINE_END = re.compile(r"\r\n?|\n")
_OPEN, _CLOSE = "_open", "_close"
_CONTAINERS = ("list_item", "blockquote")


def segment_markdown(text: str) -> tuple[str | None, tuple[Paragraph, ...]]:
    """Divide a Markdown text into a title and paragraphs.

    Parameters
    ----------
    text : str

    Returns
    -------
    title : str or None
        The front matter's ``title``; without one, the first-level heading that the text begins with.
    paragraphs : tuple of Paragraph
        In reading order and disjoint, ``text[p.start:p.end] == p.text``. ``content`` is free of
        emphasis marks, link targets, code ticks and HTML tags, entities decoded.
    """
    front = split_front_matter(text)
    body = text[front.end :]
    try:
        tokens = _parser().parse(body)
    except RecursionError:
        # Thousands of nested brackets: text that is no Markdown article is judged as plain text.
        return segment(text)
    lines = _Lines(text, front.end)
    units = list(_units(tokens, lines))
    title = front.title
    if title is None and units and units[0].is_title:
        title = units.pop(0).content
    return title, tuple(unit.paragraph(lines) for unit in units)


def find_directives(text: str) -> tuple[Directive, ...]:
    """Find the directives of a Markdown text: the comments that a renderer would take for comments.

    Parameters
    ----------
    text : str

    Returns
    -------
    tuple of Directive
        In order. Not those that code shows.
    """
    if MARK not in text:
        return ()
    begin = split_front_matter(text).end
    try:
        tokens = _parser().parse(text[begin:])
    except RecursionError:
        return ()
    return tuple(_directives(tokens, _Lines(text, begin)))


def _directives(tokens: Sequence[Token], lines: _Lines) -> Iterator[Directive]:
    for token in tokens:
        if token.map is None or MARK not in token.content:
            continue
        start, end = lines.span(*token.map)
        if token.type == "html_block":
            found = list(COMMENT.finditer(lines.text, start, end))
        elif token.type == "inline":
            # Code that shows a comment is not one: ask the parser which of them are.
            real = [child.content for child in token.children or () if child.type == "html_inline"]
            found = [match for match in COMMENT.finditer(lines.text, start, end) if match[0] in real]
        else:
            continue
        for match in found:
            yield Directive(match["body"], match.start(), match.end(), lines.number(match.start()))


def inline_content(text: str) -> str:
    """Return the words of inline Markdown: no emphasis marks, link targets and code ticks, space folded."""
    tokens = _parser().parseInline(text)
    return fold("".join(word for token in tokens for word in _words(token.children or ())))


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING})
    return parser.enable(["table", "strikethrough"])


class _Lines:
    """Line numbers of the parsed body to offsets into the whole text."""

    def __init__(self, text: str, begin: int) -> None:
        self.text = text
        self._starts = [begin, *(match.end() for match in _LINE_END.finditer(text, begin))]
        self._before = len(_LINE_END.findall(text, 0, begin))

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Offsets of the lines from `first` up to `last`, without the white space around them."""
        start = self._starts[first]
        end = self._starts[last] if last < len(self._starts) else len(self.text)
        lines = self.text[start:end]
        return start + len(lines) - len(lines.lstrip()), start + len(lines.rstrip())

    def number(self, offset: int) -> int:
        """Line of the whole text, from 1, on which `offset` lies."""
        return self._before + bisect_right(self._starts, offset)


class _Unit:
    """A paragraph in the making: a list item's may grow."""

    def __init__(self, span: tuple[int, int], content: str, kind: Kind, item: int, is_title: bool) -> None:
        self.start, self.end = span
        self.content = content
        self.kind = kind
        self.item = item
        self.is_title = is_title

    def paragraph(self, lines: _Lines) -> Paragraph:
        own = lines.text[self.start : self.end]
        return Paragraph(own, self.start, self.end, lines.number(self.start), self.content, self.kind)


def _units(tokens: Sequence[Token], lines: _Lines) -> Iterator[_Unit]:
    containers: list[tuple[str, int]] = [("", 0)]
    pending: _Unit | None = None
    for number, token in enumerate(tokens):
        _track(containers, token, number)
        if token.type != "inline":
            continue
        block = tokens[number - 1]
        unit = _unit(block, token, containers[-1], lines)
        if unit is None:
            continue
        if pending is not None and _continues(pending, unit, lines.text):
            pending.end, pending.content = unit.end, f"{pending.content} {unit.content}"
            continue
        if pending is not None:
            yield pending
        pending = unit
    if pending is not None:
        yield pending


def _track(containers: list[tuple[str, int]], token: Token, number: int) -> None:
    for suffix in (_OPEN, _CLOSE):
        name = token.type.removesuffix(suffix)
        if name != token.type and name in _CONTAINERS:
            if suffix == _OPEN:
                containers.append((name, number))
            else:
                containers.pop()


def _unit(block: Token, inline: Token, container: tuple[str, int], lines: _Lines) -> _Unit | None:
    content = fold("".join(_words(inline.children or ())))
    # Of all blocks with text only the cells of a table have no lines of their own.
    if not content or block.map is None:
        return None
    name, item = container
    kind: Kind = "prose"
    if block.type == "heading_open":
        kind = "heading"
    elif name == "list_item":
        kind = "list_item"
    elif name == "blockquote":
        kind = "quote"
    span = lines.span(*block.map)
    return _Unit(span, content, kind, item, kind == "heading" and block.tag == "h1" and not name)


def _continues(before: _Unit, unit: _Unit, text: str) -> bool:
    """Whether `unit` is the next paragraph of the same list item, with nothing but a gap between."""
    same_item = before.kind == unit.kind == "list_item" and before.item == unit.item
    return same_item and not text[before.end : unit.start].strip("> \t\r\n")


def _words(inline: Sequence[Token]) -> Iterator[str]:
    for token in inline:
        if token.type in ("text", "code_inline"):
            yield token.content
        elif token.type in ("softbreak", "hardbreak"):
            yield " "
        elif token.type == "image":
            yield from _words(token.children or ())
        elif token.type == "html_inline" and token.content.lower().startswith("<br"):
            yield " "
