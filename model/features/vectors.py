"""Paragraphs as sparse vectors of term weights, and the few products that the lexical view takes of them.

Between :mod:`misplaced.features.vocabulary` and :mod:`misplaced.features.lexical`. Written on numpy:
importing a sparse matrix library takes longer than judging an article.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from misplaced.features.vocabulary import Vocabulary

#: Entries multiplied at once, each with a few dozen others: bounds the products at some megabytes.
_BLOCK = 8_192


class TermVectors:
    """Unit tf-idf vectors of paragraphs (counts damped by a square root), row by row.

    Parameters
    ----------
    vocabulary : Vocabulary
        A paragraph without words has a zero vector.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self.rows, self.columns = vocabulary.rows, vocabulary.words
        values = np.sqrt(vocabulary.times) * vocabulary.weights[self.columns]
        norms = np.sqrt(vocabulary.per_row(values**2))
        self.values = values / np.maximum(norms, 1e-9)[self.rows]

    def with_all(self) -> NDArray[np.float64]:
        """Cosine of each row and the sum of all others, shape (n,), 0..1."""
        total = np.bincount(self.columns, self.values, self._vocabulary.size)
        with_total = self._per_row(self.values * total[self.columns])
        own = self._per_row(self.values**2)
        length = np.sqrt(np.maximum((total**2).sum() - 2 * with_total + own, 1e-9))
        cosine: NDArray[np.float64] = np.clip((with_total - own) / length, 0, 1)
        return cosine

    def with_title(self) -> NDArray[np.float64]:
        """Cosine of each row and the title, shape (n,)."""
        titled = np.sqrt(self._vocabulary.title_times) * self._vocabulary.weights
        titled /= max(float(np.sqrt((titled**2).sum())), 1e-9)
        return self._per_row(self.values * titled[self.columns])

    def with_next(self) -> NDArray[np.float64]:
        """Products of each row with the one after it, shape (n - 1,)."""
        width = max(self._vocabulary.size, 1)
        keys = self.rows * width + self.columns
        order = np.argsort(keys)
        ordered = keys[order]
        wanted = keys + width
        places = np.minimum(np.searchsorted(ordered, wanted), max(len(keys) - 1, 0))
        both = ordered[places] == wanted if len(keys) else np.zeros(0, dtype=bool)
        products = np.where(both, self.values * self.values[order[places]], 0.0) if len(keys) else self.values
        return self._per_row(products)[:-1]

    def with_rows(self, chosen: NDArray[np.int64], first: int, end: int) -> NDArray[np.float64]:
        """Products of the rows `first` to `end` with the `chosen` ones, shape (end - first, m)."""
        size = len(chosen)
        result = np.zeros((end - first) * size)
        rank = np.full(self._vocabulary.count, -1, dtype=np.int64)
        rank[chosen] = np.arange(size)
        holders, starts, held = self._holders(np.flatnonzero(rank[self.rows] >= 0))
        low, high = np.searchsorted(self.rows, [first, end])
        for start in range(low, high, _BLOCK):
            part = slice(start, min(start + _BLOCK, high))
            meetings = held[self.columns[part]]
            # Every entry meets each of the chosen entries of its word.
            entry = np.repeat(np.arange(part.start, part.stop), meetings)
            within = np.arange(len(entry)) - np.repeat(np.cumsum(meetings) - meetings, meetings)
            other = holders[starts[self.columns[entry]] + within]
            cell = (self.rows[entry] - first) * size + rank[self.rows[other]]
            result += np.bincount(cell, self.values[entry] * self.values[other], len(result))
        return result.reshape(end - first, size)

    def among(self, first: int, end: int) -> NDArray[np.float32]:
        """Products of the title and the rows `first` to `end` with each other, the title first.

        Returns
        -------
        ndarray of shape (m + 1, m + 1), float32
            For m = end - first rows.
        """
        low, high = np.searchsorted(self.rows, [first, end])
        titled = np.sqrt(self._vocabulary.title_times) * self._vocabulary.weights
        title_words = np.flatnonzero(titled)
        words, places = np.unique(np.concatenate([title_words, self.columns[low:high]]), return_inverse=True)
        dense = np.zeros((end - first + 1, len(words)), dtype=np.float32)
        title = titled[title_words]
        dense[0, places[: len(title_words)]] = title / max(float(np.sqrt((title**2).sum())), 1e-9)
        dense[self.rows[low:high] - first + 1, places[len(title_words) :]] = self.values[low:high]
        return dense @ dense.T

    def _per_row(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        return self._vocabulary.per_row(values)

    def _holders(
        self, entries: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Some entries by word; for each word where its own start, and how many they are."""
        holders = entries[np.argsort(self.columns[entries], kind="stable")]
        held = np.bincount(self.columns[entries], minlength=self._vocabulary.size)
        return holders, np.cumsum(held) - held, held
