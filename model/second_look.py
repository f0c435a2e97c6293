"""Doubtful paragraphs judged again: what the logistic said of them, and what the reader reads.

After the classifier on the data's way. Optional: a model without a reader, or a detector told not
to look twice, keeps the first verdict.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from misplaced.classifier import CLASSES
from misplaced.reader import KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from misplaced.classifier import Classifier
    from misplaced.reader import Reader

#: Names of the columns of :func:`evidence`.
NAMES = (
    *(f"first: {name}" for name, _ in CLASSES),
    *(f"read: {kind}" for kind in KINDS),
    "read: foreign",
)

#: Log-probabilities are read down to here: beyond, they say how sure a model is of itself.
_FLOOR = -12.0


@dataclass(frozen=True)
class SecondLook:
    """What it takes to look again.

    Attributes
    ----------
    reader : Reader
    classifier : Classifier
        Over the columns of :func:`evidence`.
    doubt : float
        Foreignness, 0 to 1, from which a paragraph is read.
    """

    reader: Reader
    classifier: Classifier
    doubt: float

    def doubtful(self, probabilities: NDArray[np.float64]) -> list[int]:
        """Return the rows that are worth reading, from label probabilities of shape (n, 3)."""
        return np.flatnonzero(1.0 - probabilities[:, 0] >= self.doubt).tolist()

    def judge(
        self,
        articles: Sequence[tuple[Sequence[str], str | None, Sequence[int]]],
        first: Sequence[NDArray[np.float64]],
    ) -> list[NDArray[np.float64]]:
        """Judge doubtful paragraphs of several articles.

        Parameters
        ----------
        articles : sequence of (contents, title, rows)
            See :meth:`misplaced.reader.Reader.read`.
        first : sequence of ndarray of shape (w, 6), float64
            The first look's class log-probabilities of those rows.

        Returns
        -------
        list of ndarray of shape (w, 3), float64
            Label probabilities.
        """
        read = self.reader.read_many(articles)
        return [
            self.classifier.probabilities(evidence(known, logits))
            for known, logits in zip(first, read, strict=True)
        ]


def evidence(first: NDArray[np.float64], read: NDArray[np.float32]) -> NDArray[np.float32]:
    """Put both verdicts side by side.

    Parameters
    ----------
    first : ndarray of shape (w, 6), float64
        Log-probabilities of :data:`misplaced.classifier.CLASSES`.
    read : ndarray of shape (w, 5), float32
        Log-probabilities of :data:`misplaced.reader.KINDS`.

    Returns
    -------
    ndarray of shape (w, 12), float32
        Columns in the order of :data:`NAMES`; the last is the log-odds of the foreign kinds.
    """
    foreign = np.logaddexp(read[:, 1], read[:, 2])
    own = np.logaddexp(np.logaddexp(read[:, 0], read[:, 3]), read[:, 4])
    columns = np.concatenate([np.maximum(first, _FLOOR), np.maximum(read, _FLOOR)], axis=1)
    odds = np.clip(foreign - own, _FLOOR, -_FLOOR)
    joined: NDArray[np.float32] = np.concatenate([columns, odds[:, None]], axis=1).astype(np.float32)
    return joined
