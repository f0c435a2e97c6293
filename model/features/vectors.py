"""Paragraphs as sparse vectors of term weights, and the few products that the lexical view takes of them.

Below :mod:`misplaced.features.lexical`. Written on numpy: importing a sparse matrix library takes
longer than judging an article.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from misplaced.features.terms import bucket

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from misplaced.features.terms import Terms, TermWeights

#: Entries multiplied at once, each with a few dozen others: bounds the products at some megabytes.
_BLOCK = 8_192


class TermVectors:
    """Unit tf-idf vectors of paragraphs (counts damped by a square root), row by row.

    Parameters
    ----------
    terms : sequence of Terms, length n
        A paragraph without words has a zero vector.
    weights : TermWeights
    """

    def __init__(self, terms: Sequence[Terms], weights: TermWeights) -> None:
        lengths: list[int] = []
        buckets: list[int] = []
        counts: list[int] = []
        for paragraph in terms:
            counted = Counter(bucket(word) for word in paragraph.words)
            lengths.append(len(counted))
            buckets += counted
            counts += counted.values()
        self.count = len(terms)
        self.rows = np.repeat(np.arange(self.count), lengths)
        found = np.array(buckets, dtype=np.int64)
        values = np.sqrt(np.array(counts, dtype=np.float64)) * weights.table[found]
        norms = np.sqrt(np.bincount(self.rows, values**2, self.count))
        self.values = values / np.maximum(norms, 1e-9)[self.rows]
        #: Buckets that occur, ascending, and for each entry which of them it is.
        self.buckets, self.columns = np.unique(found, return_inverse=True)

    def per_row(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum one value an entry over the rows, shape (n,)."""
        return np.bincount(self.rows, values, self.count)

    def with_vector(self, other: TermVectors) -> NDArray[np.float64]:
        """Products of all rows with the only row of `other`, shape (n,)."""
        there = np.zeros(len(self.buckets))
        places = np.searchsorted(self.buckets, other.buckets)
        known = places < len(self.buckets)
        known[known] = self.buckets[places[known]] == other.buckets[known]
        mine = known[other.columns]
        there[places[other.columns[mine]]] = other.values[mine]
        return self.per_row(self.values * there[self.columns])

    def with_next(self) -> NDArray[np.float64]:
        """Products of each row with the one after it, shape (n - 1,)."""
        width = max(len(self.buckets), 1)
        keys = self.rows * width + self.columns
        order = np.argsort(keys)
        ordered = keys[order]
        wanted = keys + width
        places = np.minimum(np.searchsorted(ordered, wanted), max(len(keys) - 1, 0))
        both = ordered[places] == wanted if len(keys) else np.zeros(0, dtype=bool)
        products = np.where(both, self.values * self.values[order[places]], 0.0) if len(keys) else self.values
        return self.per_row(products)[:-1]

    def with_rows(self, chosen: NDArray[np.int64], first: int, end: int) -> NDArray[np.float64]:
        """Products of the rows `first` to `end` with the `chosen` ones, shape (end - first, m)."""
        size = len(chosen)
        result = np.zeros((end - first) * size)
        rank = np.full(self.count, -1, dtype=np.int64)
        rank[chosen] = np.arange(size)
        holders, starts, held = self._holders(np.flatnonzero(rank[self.rows] >= 0))
        low, high = np.searchsorted(self.rows, [first, end])
        for start in range(low, high, _BLOCK):
            part = slice(start, min(start + _BLOCK, high))
            meetings = held[self.columns[part]]
            # Every entry meets each of the chosen entries of its bucket.
            entry = np.repeat(np.arange(part.start, part.stop), meetings)
            within = np.arange(len(entry)) - np.repeat(np.cumsum(meetings) - meetings, meetings)
            other = holders[starts[self.columns[entry]] + within]
            cell = (self.rows[entry] - first) * size + rank[self.rows[other]]
            result += np.bincount(cell, self.values[entry] * self.values[other], len(result))
        return result.reshape(end - first, size)

    def _holders(
        self, entries: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Some entries by bucket; for each bucket where its own start, and how many they are."""
        holders = entries[np.argsort(self.columns[entries], kind="stable")]
        held = np.bincount(self.columns[entries], minlength=len(self.buckets))
        return holders, np.cumsum(held) - held, held
