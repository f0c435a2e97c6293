"""Directives: notes to this program that stand in an article and are no part of it.

Beside segmentation. In Markdown and HTML a directive is a comment, ``<!-- misplaced: ignore-next -->``;
in plain text a line of its own, ``# misplaced: ignore-next`` or the comment. Here they are only found,
and kept out of what is judged; :mod:`misplaced.apps.ignores` says what they mean.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from misplaced.document import Paragraph

#: What every directive contains; a text without it is not searched further.
MARK = "misplaced:"

#: A comment that is a directive. HTML lets nothing but ``-->`` end a comment.
COMMENT = re.compile(rf"<!--\s*{MARK}\s*(?P<body>.*?)\s*-->", re.DOTALL)

# The line end belongs to it: a text less its directives is divided as if they had never been there.
_LINE = re.compile(
    rf"(?:(?<=[\n\r])|\A)[ \t]*"
    rf"(?:#[ \t]*{MARK}(?P<line>[^\n\r]*)|<!--[ \t]*{MARK}(?P<comment>[^\n\r]*?)-->[ \t]*)"
    r"(?P<end>\r\n|\n|\r(?!\n)|\Z)"
)


@dataclass(frozen=True, slots=True)
class Directive:
    """A note to this program in an article.

    Attributes
    ----------
    body : str
        What stands behind ``misplaced:``, as it was written.
    start, end : int
        Character offsets into the document's source. Of a web page, whose source is the extracted text,
        both are where the comment would stand in it.
    line : int
        Line of the file on which it starts, from 1.
    """

    body: str
    start: int
    end: int
    line: int


class DirectiveLines:
    """A plain text and its directive lines.

    Parameters
    ----------
    text : str

    Attributes
    ----------
    bare : str
        `text` without the lines.
    directives : tuple of Directive
    """

    def __init__(self, text: str) -> None:
        self._text = text
        found = list(_LINE.finditer(text)) if MARK in text else []
        self._starts: list[int] = []  # in `bare`, where a line was taken out
        self._shifts: list[int] = []  # how many characters were taken out up to and with it
        self.directives = tuple(_directives(text, found))
        kept, position, removed = [], 0, 0
        for match in found:
            kept.append(text[position : match.start()])
            self._starts.append(match.start() - removed)
            removed += match.end() - match.start()
            self._shifts.append(removed)
            position = match.end()
        self.bare = "".join((*kept, text[position:]))

    def restored(self, paragraphs: Iterable[Paragraph]) -> tuple[Paragraph, ...]:
        """Carry paragraphs of :attr:`bare` over to the whole text.

        Directive lines before and behind a paragraph are no part of it. Those within are part of its
        ``text``, which is a stretch of the source, and not of its ``content``.
        """
        return tuple(self._restored(paragraph) for paragraph in paragraphs)

    def _restored(self, paragraph: Paragraph) -> Paragraph:
        before = bisect_right(self._starts, paragraph.start)
        start = self._offset(paragraph.start)
        end = self._offset(paragraph.end - 1) + 1 if paragraph.end > paragraph.start else start
        return replace(
            paragraph, text=self._text[start:end], start=start, end=end, line=paragraph.line + before
        )

    def _offset(self, position: int) -> int:
        """Where the character at `position` of the bare text stands in the whole."""
        before = bisect_right(self._starts, position)
        return position + (self._shifts[before - 1] if before else 0)


def _directives(text: str, found: Iterable[re.Match[str]]) -> Iterator[Directive]:
    from misplaced.segmentation import count_lines

    counted, line = 0, 1
    for match in found:
        line += count_lines(text, counted, match.start())
        counted = match.start()
        body = match["line"] if match["line"] is not None else match["comment"]
        yield Directive(body.strip(), match.start(), match.end() - len(match["end"]), line)
