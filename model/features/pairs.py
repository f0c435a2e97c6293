"""What two paragraphs have in common: the evidence that the context network weighs pair by pair.

Beside the other views, which sum an article up in one row for each paragraph; read by
:mod:`misplaced.context`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from misplaced.features.vectors import TermVectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from misplaced.features.vocabulary import Vocabulary

#: Channels of :func:`Pairs.window`; see there for the formulas.
NAMES = ("similarity", "words", "same_wording", "after", "before", "distance", "with_title", "itself")

#: Brings cosines to the scale of the other channels.
_SIMILARITY_SCALE, _WORDS_SCALE = 2.0, 4.0


@dataclass(frozen=True)
class Pairs:
    """The pairs of one article's paragraphs.

    Attributes
    ----------
    embeddings : ndarray of shape (n, d), float32
        Unit rows.
    title : ndarray of shape (d,), float32, or None
    vocabulary : Vocabulary
        Of the same paragraphs and title.
    wordings : ndarray of shape (n,), int64
        Equal numbers for paragraphs of equal wording.
    """

    embeddings: NDArray[np.float32]
    title: NDArray[np.float32] | None
    vocabulary: Vocabulary
    wordings: NDArray[np.int64]

    @cached_property
    def _terms(self) -> TermVectors:
        return TermVectors(self.vocabulary)

    def titled(self, first: int, end: int) -> NDArray[np.float32]:
        """Return the title's embedding, zeros where there is none, and those of the paragraphs below it."""
        rows = np.zeros((end - first + 1, self.embeddings.shape[1]), dtype=np.float32)
        rows[1:] = self.embeddings[first:end]
        if self.title is not None:
            rows[0] = self.title
        return rows

    def window(self, first: int, end: int) -> NDArray[np.float32]:
        """Compare the paragraphs `first` to `end` with each other and with the title.

        ============  ========  =================================================================
        channel       range     formula
        ============  ========  =================================================================
        similarity    -2..2     twice the cosine of the embeddings
        words         0..4      four times the cosine of the tf-idf vectors
        same_wording  0 or 1    whether the wording is the same
        after         0 or 1    whether the second follows the first at once
        before        0 or 1    whether the second stands right before the first
        distance      0..       log(1 + paragraphs from one to the other) / 2
        with_title    0 or 1    whether either is the title
        itself        0 or 1
        ============  ========  =================================================================

        Returns
        -------
        ndarray of shape (m + 1, m + 1, 8), float32
            For m = end - first paragraphs; the title comes first, with zeros where there is none.
        """
        size = end - first
        rows = self.titled(first, end)
        channels = np.zeros((size + 1, size + 1, len(NAMES)), dtype=np.float32)
        channels[..., 0] = _SIMILARITY_SCALE * (rows @ rows.T)
        channels[..., 1] = _WORDS_SCALE * self._terms.among(first, end)
        own = self.wordings[first:end]
        channels[1:, 1:, 2] = own[:, None] == own[None, :]
        steps = np.arange(size)[None, :] - np.arange(size)[:, None]
        channels[1:, 1:, 3] = steps == 1
        channels[1:, 1:, 4] = steps == -1
        channels[1:, 1:, 5] = np.log1p(np.abs(steps)) / 2
        channels[0, :, 6] = channels[:, 0, 6] = 1
        places = np.arange(size + 1)
        channels[places, places, 7] = 1
        return channels
