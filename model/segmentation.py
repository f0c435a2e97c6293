r"""Plain text to paragraphs: blank lines and line ends say what belongs together.

Called by :meth:`misplaced.document.Document.from_text` with decoded text; what comes out goes to the
detector as it is. Every step is one pass, so that a text of 50 MB takes seconds.

The rules, in order:

1. Blocks are divided by blank lines: lines of white space or invisible characters only. The lines
   of a block stay one paragraph.
2. A text without a blank line between two blocks has a paragraph a line, unless it is hard-wrapped
   (:mod:`misplaced.hardwrap`).
3. The first paragraph is the title if it looks like one (:func:`is_title`) and another follows.

A line ends at ``\n``, ``\r\n`` or a lone ``\r``; :attr:`Paragraph.line` counts these and nothing
else. Form feeds and vertical tabs are white space. So are NEL, U+2028 and U+2029, except in a text
that knows no other line end: there they divide it (and every paragraph is on line 1).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from misplaced.document import INVISIBLE, Paragraph, fold
from misplaced.hardwrap import unwrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: A headline is at most this long: room for one with a second deck, too short for a paragraph that
#: merely lost its full stop.
TITLE_WORDS = 25
TITLE_LINES = 2
# For scripts that do not put spaces between words.
_TITLE_CHARACTERS = 240

_VISIBLE = re.compile(rf"[^\s{INVISIBLE}]")
_MARGIN = re.compile(r"[\s\u200b\ufeff]*")

_LINE_END = r"(?:\r\n|\n|\r(?!\n))"
_RARE_LINE_END = "[\x85\u2028\u2029]"
_BREAK = re.compile(rf"{_LINE_END}[\s{INVISIBLE}]*{_LINE_END}")
_RARE_BREAK = re.compile(rf"{_RARE_LINE_END}[\s{INVISIBLE}]*{_RARE_LINE_END}")
_LINES = re.compile(_LINE_END)
_RARE_LINES = re.compile(_RARE_LINE_END)

# What may stand between the closing punctuation and the end of a block.
_AFTER_CLOSING = "\"'»›)]}”’」』）】*_ \t"
_CLOSING = ".!…:;,。．｡！：；，、।॥۔؛،‼⁈⁉"
_QUESTION = "?？؟⁇"
_ABBREVIATION = re.compile(r"(?<!\w)(?:[A-Z]\.){2,}$")
_SENTENCE_END_WITHIN = re.compile(r"[.!?…]\W*\s+[^\W\d_a-z]|[。！？]\W*\w")

Span = tuple[int, int]


def segment(text: str, *, find_title: bool = True) -> tuple[str | None, tuple[Paragraph, ...]]:
    """Divide plain text into a title and paragraphs.

    Parameters
    ----------
    text : str
        Any line ending, any length.
    find_title : bool, default True
        Whether the first block may be the title; when False it is always a paragraph.

    Returns
    -------
    title : str or None
        On one line.
    paragraphs : tuple of Paragraph
        In reading order and disjoint, ``text[p.start:p.end] == p.text``, without surrounding white
        space. Together with the title they hold every visible character of `text`.
    """
    spans = list(_spans(text))
    title = None
    if find_title and len(spans) > 1:
        start, end = spans[0]
        # No title is as long as a whole chapter: do not fold one to find out.
        first = text[start : min(end, start + 2 * _TITLE_CHARACTERS)]
        if is_title(first):
            title = fold(first)
            spans = spans[1:]
    return title, tuple(_paragraphs(text, spans))


def is_title(block: str) -> bool:
    """Whether a text's first block reads as a headline.

    It does if it is at most 25 words on at most 2 lines, has a letter or digit, and does not end in
    closing punctuation (a full stop, an exclamation mark, an ellipsis, a colon, a comma ...; quotes
    and brackets may follow). Two exceptions, because a headline taken for a paragraph may be
    flagged and removed while a short paragraph taken for the headline is only not judged: a single
    line that is one question, and an abbreviation at the end ("... talks with the U.S.").

    Parameters
    ----------
    block : str
        Without surrounding white space.

    Returns
    -------
    bool
    """
    if len(block) > _TITLE_CHARACTERS or len(block.split()) > TITLE_WORDS:
        return False
    lines = len(_LINES.findall(block)) + 1
    if lines > TITLE_LINES or not any(character.isalnum() for character in block):
        return False
    bare = block.rstrip(_AFTER_CLOSING)
    if bare.endswith(tuple(_QUESTION)):
        return lines == 1 and not _SENTENCE_END_WITHIN.search(bare)
    return not bare.endswith(tuple(_CLOSING)) or bool(_ABBREVIATION.search(bare))


def _spans(text: str) -> Iterator[Span]:
    lines, breaks = _LINES, _BREAK
    if not _LINES.search(text.strip()):
        lines, breaks = _RARE_LINES, _RARE_BREAK
    blocks = list(_divide(text, breaks, 0, len(text)))
    if len(blocks) != 1:
        return iter(blocks)
    each_line = list(_divide(text, lines, *blocks[0]))
    return iter(unwrap(text, each_line) or each_line)


def _divide(text: str, separator: re.Pattern[str], start: int, end: int) -> Iterator[Span]:
    """Yield what stands between the separators, trimmed, leaving out what is blank."""
    for match in separator.finditer(text, start, end):
        yield from _trim(text, start, match.start())
        start = match.end()
    yield from _trim(text, start, end)


def _trim(text: str, start: int, end: int) -> Iterator[Span]:
    margin = _MARGIN.match(text, start, end)
    start = margin.end() if margin else start
    if not _VISIBLE.search(text, start, end):
        return
    # A regular expression anchored at the end would look at every run of white space on the way.
    while text[end - 1].isspace() or text[end - 1] in "\u200b\ufeff":
        end -= 1
    yield start, end


def _paragraphs(text: str, spans: Iterable[Span]) -> Iterator[Paragraph]:
    counted, line = 0, 1
    for start, end in spans:
        line += count_lines(text, counted, start)
        counted = start
        own = text[start:end]
        yield Paragraph(own, start, end, line, fold(own))


def count_lines(text: str, start: int, end: int) -> int:
    r"""Count the line ends in ``text[start:end]``: ``\n``, ``\r\n`` and lone ``\r``, each once."""
    returns = text.count("\r", start, end)
    pairs = text.count("\r\n", start, end) if returns else 0
    return text.count("\n", start, end) + returns - pairs
