"""Hard-wrapped text without blank lines: which of its lines belong to one paragraph.

Called by :mod:`misplaced.segmentation` for texts that have no blank lines. An editor that wraps at a
fixed width fills each line as far as it goes, so a line that ends early ends a paragraph.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

Span = tuple[int, int]

# Fewer lines than this do not show a width.
_MIN_LINES = 5
# Widths that people and mail programs wrap at, with room to either side; a file of one paragraph a
# line has lines of several hundred characters.
_MIN_WIDTH, _MAX_WIDTH = 30, 132
# The width is what nine lines of ten keep to: a long address may stick out.
_WIDTH_QUANTILE = 0.9
# In running text a paragraph of five lines has four full ones, three of which break a sentence.
_FULL_SHARE = 0.6
_MID_SENTENCE_SHARE = 0.4
# A line that reaches less than this share of the width is clearly short.
_SHORT_SHARE = 0.95
_CLOSING = tuple(".!?…。！？।۔؟:")
_AFTER_CLOSING = "\"'»›)]”’」』）】"


def unwrap(text: str, lines: Sequence[Span]) -> list[Span] | None:
    """Join the lines of a hard-wrapped text into paragraphs.

    Parameters
    ----------
    text : str
    lines : sequence of (int, int)
        Where the lines start and end in `text`, without surrounding white space, none of them blank.

    Returns
    -------
    list of (int, int) or None
        Where the paragraphs start and end; None if the text is not plainly hard-wrapped. A
        paragraph starts at an indented line, after a clearly short line that ends a sentence, and
        after a clearly short first line (the headline).
    """
    if len(lines) < _MIN_LINES:
        return None
    lengths = sorted(end - start for start, end in lines)
    width = lengths[int((len(lengths) - 1) * _WIDTH_QUANTILE)]
    if not _MIN_WIDTH <= width <= _MAX_WIDTH or not _is_wrapped(text, lines, width):
        return None
    indented = _indented(text, lines)
    joined = [lines[0]]
    for number, (line, following) in enumerate(pairwise(lines)):
        short = line[1] - line[0] < width * _SHORT_SHARE and not _is_full(text, line, following, width)
        if indented[number + 1] or (short and (number == 0 or _ends_sentence(text, line))):
            joined.append(following)
        else:
            joined[-1] = (joined[-1][0], following[1])
    return joined


def _is_wrapped(text: str, lines: Sequence[Span], width: int) -> bool:
    """Whether most lines are filled to the width and many of them break in mid-sentence."""
    full = broken = 0
    for line, following in pairwise(lines):
        if _is_full(text, line, following, width):
            full += 1
            broken += not (_ends_sentence(text, line) or text[following[0]].isupper())
    breaks = len(lines) - 1
    return full >= breaks * _FULL_SHARE and broken >= breaks * _MID_SENTENCE_SHARE


def _is_full(text: str, line: Span, following: Span, width: int) -> bool:
    """Whether the next line's first word would not have fitted on the line."""
    length = line[1] - line[0]
    words = text[following[0] : min(following[1], following[0] + width)].split(None, 1)
    return length >= width * 0.6 and length + 1 + len(words[0]) > width


def _ends_sentence(text: str, line: Span) -> bool:
    return text[max(line[0], line[1] - 8) : line[1]].rstrip(_AFTER_CLOSING).endswith(_CLOSING)


def _indented(text: str, lines: Sequence[Span]) -> list[bool]:
    """Whether each line is set in from the margin; none is where most are (a hanging indent)."""
    ends = [0, *(end for _, end in lines)]
    gaps = [text[end:start] for end, (start, _) in zip(ends, lines, strict=False)]
    indents = [len(gap) - 1 - max(gap.rfind("\n"), gap.rfind("\r")) for gap in gaps]
    margin = min(indents)
    indented = [indent > margin for indent in indents]
    return indented if sum(indented) * 2 < len(indented) else [False] * len(indented)
