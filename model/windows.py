"""What the reader sees of an article: a paragraph between its neighbours, under the title and the lead.

Between tokenised paragraphs and :mod:`misplaced.reader`; training cuts its examples by the same
function.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: Word pieces of a window. Attention grows with the square; beyond this a paragraph's fate is no
#: longer decided by what stands next to it.
WINDOW = 256

#: Word pieces of the title, of the lead, and of any paragraph: what it is about shows early.
TITLE = 24
LEAD = 32
PARAGRAPH = 56

#: Word pieces from which a paragraph is prose enough to be the lead.
_LEAD_LEAST = 20

#: Special pieces of the BERT vocabulary.
CLS, SEP = 101, 102


@dataclass(frozen=True, slots=True)
class Window:
    """A part of an article as one sequence.

    Attributes
    ----------
    ids : list of int, length t
        Word pieces: ``[CLS] title [SEP] lead [SEP] paragraph [SEP] paragraph [SEP] ...``.
    types : list of int, length t
        0 for title and lead, 1 for the paragraphs.
    spans : list of (paragraph, first, end)
        Which places each paragraph takes, its ``[SEP]`` included.
    """

    ids: list[int]
    types: list[int]
    spans: list[tuple[int, int, int]]

    @property
    def inner(self) -> list[int]:
        """Paragraphs whose neighbours the window holds too, as far as there are any.

        The first and last paragraph of a window are seen from one side only.
        """
        return [paragraph for paragraph, _, _ in self.spans[1:-1]]


def header(title: Sequence[int], paragraphs: Sequence[Sequence[int]]) -> list[int]:
    """Return the pieces of title and lead, as every window of an article begins."""
    lead = next((p for p in paragraphs if len(p) >= _LEAD_LEAST), ())
    return [CLS, *title[:TITLE], SEP, *lead[:LEAD], SEP]


def window_around(centre: int, paragraphs: Sequence[Sequence[int]], head: Sequence[int]) -> Window:
    """Cut the window around a paragraph, growing on both sides in turn.

    Parameters
    ----------
    centre : int
    paragraphs : sequence of sequences of int
        Word pieces of all paragraphs, without special ones.
    head : sequence of int
        See :func:`header`.
    """
    room = WINDOW - len(head) - _size(paragraphs[centre])
    first, end = centre, centre + 1
    growing = [True, True]
    while any(growing):
        for side in (0, 1):
            place = first - 1 if side == 0 else end
            if not growing[side]:
                continue
            if not 0 <= place < len(paragraphs) or _size(paragraphs[place]) > room:
                growing[side] = False
                continue
            room -= _size(paragraphs[place])
            first, end = (place, end) if side == 0 else (first, place + 1)
    return _joined(range(first, end), paragraphs, head)


def windows_for(
    wanted: Sequence[int], paragraphs: Sequence[Sequence[int]], head: Sequence[int]
) -> Iterable[tuple[Window, list[int]]]:
    """Cut windows that together show every wanted paragraph between its neighbours.

    Parameters
    ----------
    wanted : sequence of int
        In rising order.

    Yields
    ------
    (window, which of the wanted paragraphs are to be read from it)
    """
    left = list(wanted)
    while left:
        window = window_around(left[0], paragraphs, head)
        shown = {left[0], *window.inner}
        here = {paragraph for paragraph, _, _ in window.spans}
        if 0 in here:
            shown.add(0)
        if len(paragraphs) - 1 in here:
            shown.add(len(paragraphs) - 1)
        yield window, [paragraph for paragraph in left if paragraph in shown]
        left = [paragraph for paragraph in left if paragraph not in shown]


def _size(pieces: Sequence[int]) -> int:
    return min(len(pieces), PARAGRAPH) + 1


def _joined(chosen: Iterable[int], paragraphs: Sequence[Sequence[int]], head: Sequence[int]) -> Window:
    ids = list(head)
    spans = []
    for paragraph in chosen:
        first = len(ids)
        ids += [*paragraphs[paragraph][:PARAGRAPH], SEP]
        spans.append((paragraph, first, len(ids)))
    return Window(ids, [0] * len(head) + [1] * (len(ids) - len(head)), spans)
