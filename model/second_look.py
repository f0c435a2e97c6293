"""Doubtful paragraphs judged again: what the logistic said of them, and what the reader reads.

After the classifier on the data's way. Optional: a model without a reader, or a detector told not
to look twice, keeps the first verdict. Both verdicts are weighed by five numbers: whatever has more
learns how the training data were made, not how pages are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from misplaced.logistic import Logistic
    from misplaced.reader import Reader

#: Columns of :func:`evidence`; see there for the formulas.
NAMES = ("first", "read", "line", "line*first", "line*read")

#: Log-odds are read up to here: beyond, they say how sure a model is of itself.
_LIMIT = 10.0


@dataclass(frozen=True)
class SecondLook:
    """What it takes to look again.

    Attributes
    ----------
    reader : Reader
    logistic : Logistic
        Over the columns of :func:`evidence`; gives the probability of being foreign.
    doubt : float
        Foreignness, 0 to 0.5, from which a paragraph is read, up to as much below 1: of the others the
        first look is sure.
    """

    reader: Reader
    logistic: Logistic
    doubt: float

    def doubtful(self, probabilities: NDArray[np.float64]) -> list[int]:
        """Return the rows that are worth reading, from label probabilities of shape (n, 3)."""
        return [int(row) for row in np.flatnonzero(in_doubt(1.0 - probabilities[:, 0], self.doubt))]

    def judge(
        self,
        articles: Sequence[tuple[Sequence[str], str | None, Sequence[int]]],
        first: Sequence[NDArray[np.float64]],
        lines: Sequence[NDArray[np.bool_]],
    ) -> list[NDArray[np.float64]]:
        """Judge doubtful paragraphs of several articles.

        Parameters
        ----------
        articles : sequence of (contents, title, rows)
            See :meth:`misplaced.reader.Reader.read`.
        first : sequence of ndarray of shape (w, 3), float64
            The first look's label probabilities of those rows.
        lines : sequence of ndarray of shape (w,), bool
            Which of them are lines rather than prose.

        Returns
        -------
        list of ndarray of shape (w, 3), float64
            Label probabilities.
        """
        read = self.reader.read_many(articles)
        weights = np.array(list(self.logistic.weights.values()))
        revised = []
        for known, logits, line in zip(first, read, lines, strict=True):
            odds = evidence(known, logits, line) @ weights + self.logistic.intercept
            revised.append(_shared(1 / (1 + np.exp(-odds)), known, logits))
        return revised


def in_doubt(foreignness: NDArray[np.float64], doubt: float) -> NDArray[np.bool_]:
    """Which of the first look's verdicts are not sure: at least `doubt` from both 0 and 1."""
    doubtful: NDArray[np.bool_] = (foreignness >= doubt) & (foreignness <= 1.0 - doubt)
    return doubtful


def evidence(
    first: NDArray[np.float64], read: NDArray[np.float32], lines: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Put both verdicts side by side.

    ==========  ========  ====================================================================
    column      range     formula
    ==========  ========  ====================================================================
    first       -10..10   log-odds of the first look that the paragraph is foreign
    read        -10..10   the same of the reader
    line        0 or 1    at most 25 words without closing punctuation
    line*first            first where the paragraph is a line, else 0
    line*read             read where the paragraph is a line, else 0
    ==========  ========  ====================================================================

    Parameters
    ----------
    first : ndarray of shape (w, 3), float64
        Label probabilities.
    read : ndarray of shape (w, 5), float32
        Log-probabilities of :data:`misplaced.reader.KINDS`.
    lines : ndarray of shape (w,), bool

    Returns
    -------
    ndarray of shape (w, 5), float64
    """
    foreign = np.exp(read[:, 1]) + np.exp(read[:, 2])
    columns = np.stack([_odds(1.0 - first[:, 0]), _odds(foreign.astype(np.float64)), lines], axis=1)
    joined: NDArray[np.float64] = np.concatenate([columns, columns[:, 2:] * columns[:, :2]], axis=1)
    return joined


def _odds(probability: NDArray[np.float64]) -> NDArray[np.float64]:
    bounded = np.clip(probability, 1e-9, 1 - 1e-9)
    odds: NDArray[np.float64] = np.clip(np.log(bounded) - np.log1p(-bounded), -_LIMIT, _LIMIT)
    return odds


def _shared(
    foreign: NDArray[np.float64], first: NDArray[np.float64], read: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Divide the probability of being foreign among its two labels as both looks do on average."""
    one = first[:, 1] / np.maximum(first[:, 1] + first[:, 2], 1e-12)
    other = 1 / (1 + np.exp(read[:, 2].astype(np.float64) - read[:, 1]))
    off_topic = foreign * (one + other) / 2
    return np.stack([1 - foreign, off_topic, foreign - off_topic], axis=1)
