"""Which characters go when sentences go; :mod:`misplaced.apps.removal` says it of paragraphs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from misplaced.apps.removal import Span
    from misplaced.report import ScoredParagraph

_LINE_BREAK = re.compile(r"\r\n|[\n\r]")


def goes_whole(paragraph: ScoredParagraph) -> bool:
    """Whether nothing of a paragraph stays: it is flagged, or every sentence of it."""
    return paragraph.flagged or bool(paragraph.sentences and all(s.flagged for s in paragraph.sentences))


def sentence_cuts(source: str, paragraph: ScoredParagraph) -> list[Span]:
    """Widen flagged sentences to what has to go with them: one of the gaps around them.

    Of the gaps before and after, the stronger stays (more line breaks, then any white space at all;
    the one before, if equal); at the paragraph's ends the one towards the sentences that stay goes.

    Parameters
    ----------
    source : str
        The document's.
    paragraph : ScoredParagraph
        Of which something stays.

    Returns
    -------
    list of (int, int)
        Cuts into `source`, in order, disjoint, all within the paragraph.
    """
    sentences = paragraph.sentences
    cuts = []
    for first, last in _runs([sentence.flagged for sentence in sentences]):
        start, end = sentences[first].start, sentences[last].end
        before = sentences[first - 1].end if first else start
        after = sentences[last + 1].start if last + 1 < len(sentences) else end
        stays = _strength(source[before:start]) >= _strength(source[end:after])
        if first == 0 or (last + 1 < len(sentences) and stays):
            cuts.append((start, after))
        else:
            cuts.append((before, end))
    return cuts


def _runs(flags: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Yield first and last index of every run of true values."""
    start = None
    for index, flag in enumerate([*flags, False]):
        if flag and start is None:
            start = index
        elif not flag and start is not None:
            yield start, index - 1
            start = None


def _strength(gap: str) -> tuple[int, bool]:
    return len(_LINE_BREAK.findall(gap)), bool(gap)
