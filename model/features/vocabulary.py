"""The words of an article as flat arrays: which paragraph holds which word, how often, and as a name.

Between :mod:`misplaced.features.terms` and the views that compare words. Every view's question is a sum
over these entries, so that no view walks through the words again.
"""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from misplaced.features.terms import Terms, TermWeights


class Vocabulary:
    """Words of n paragraphs and their title; e entries, one for each word of each paragraph.

    Parameters
    ----------
    terms : sequence of Terms, length n
    title : Terms or None
    weights : TermWeights

    Attributes
    ----------
    count : int
        n.
    size : int
        Different words v, those of the title included.
    rows : ndarray of shape (e,), int64
        Paragraph of each entry, ascending.
    words : ndarray of shape (e,), int64
        Number of its word.
    times : ndarray of shape (e,), float64
        How often the paragraph says it.
    is_name : ndarray of shape (e,), bool
        Whether the paragraph writes it as a name.
    weights : ndarray of shape (v,), float64
        Weight of every word.
    title_times : ndarray of shape (v,), float64
        How often the title says it.
    first : ndarray of shape (n,), int64
        The first paragraph of the same words: itself, unless it repeats one.
    """

    def __init__(self, terms: Sequence[Terms], title: Terms | None, weights: TermWeights) -> None:
        numbers: dict[str, int] = {}
        lengths: list[int] = []
        words: list[int] = []
        times: list[int] = []
        names: list[bool] = []
        seen: dict[tuple[str, ...], int] = {}
        for paragraph in terms:
            counted = Counter(paragraph.words)
            lengths.append(len(counted))
            words += [numbers.setdefault(word, len(numbers)) for word in counted]
            times += counted.values()
            names += map(paragraph.names.__contains__, counted)
        counted = Counter(title.words if title is not None else ())
        titled = [numbers.setdefault(word, len(numbers)) for word in counted]
        self.count, self.size = len(terms), len(numbers)
        self.rows = np.repeat(np.arange(self.count), lengths)
        self.words = np.array(words, dtype=np.int64)
        self.times = np.array(times, dtype=np.float64)
        self.is_name = np.array(names, dtype=bool)
        self.weights = weights.of(list(numbers)).astype(np.float64)
        self.title_times = np.zeros(self.size)
        self.title_times[titled] = list(counted.values())
        self.first = np.array([seen.setdefault(t.words, i) for i, t in enumerate(terms)], dtype=np.int64)

    def per_row(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum one value an entry over the paragraphs, shape (n,)."""
        # Without entries it counts, in whole numbers.
        return np.bincount(self.rows, values, self.count).astype(np.float64)

    @cached_property
    def holders(self) -> NDArray[np.int64]:
        """How many different wordings hold each word, shape (v,)."""
        original = self.first[self.rows] == self.rows
        return np.bincount(self.words[original], minlength=self.size)

    def held_beyond(self, reach: int) -> NDArray[np.bool_]:
        """Whether the word of each entry stands more than `reach` paragraphs off, in other words; shape (e,).

        Of paragraphs of the same words only the first one counts.
        """
        held = np.zeros(len(self.rows), dtype=bool)
        if not len(self.rows):
            return held
        original = self.first[self.rows] == self.rows
        rows, words = self.rows[original], self.words[original]
        order = np.lexsort((rows, words))
        rows, words = rows[order], words[order]
        starts = np.searchsorted(words, np.arange(self.size))
        ends = np.searchsorted(words, np.arange(self.size), side="right")
        own = self.first[self.rows]
        # The word's two outermost paragraphs on either side: one of them may be the paragraph itself.
        for inward in (0, 1):
            for place in (starts + inward, ends - 1 - inward):
                exists = (starts <= place) & (place < ends)
                there = np.where(exists, rows[np.clip(place, 0, len(rows) - 1)], -1)[self.words]
                held |= (there >= 0) & (there != own) & (np.abs(there - self.rows) > reach)
        return held
