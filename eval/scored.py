"""The scored paragraphs of a benchmark as arrays, and the rule of which paragraphs count.

Made by :mod:`misplaced.eval.benchmark`, read by everything that measures or draws.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

#: The labels that ought to be flagged.
FOREIGN = ("off_topic", "boilerplate")

#: The labels that count; ``caption``, ``meta`` and ``ignore`` count neither way.
COUNTED = ("coherent", *FOREIGN)

#: The kind of documents whose every line counts neither way: legitimately on several topics.
UNCOUNTED_KIND = "multi"

#: The kind of documents that nothing was inserted into.
CLEAN_KIND = "clean"


@dataclass(frozen=True, slots=True)
class Scored:
    """The scored paragraphs of a benchmark that count, as parallel arrays of length n.

    Attributes
    ----------
    score : ndarray of float64, shape (n,)
        Higher is more foreign; for the model the probability of not being coherent, 0 to 1.
    label : ndarray of str, shape (n,)
        Each one of :data:`COUNTED`.
    document : ndarray of int64, shape (n,)
        Position of the paragraph's document in the benchmark.
    kind, form : ndarray of str, shape (n,)
        Of the paragraph's document; ``""`` where it names none.
    """

    score: FloatArray
    label: NDArray[np.str_]
    document: NDArray[np.int64]
    kind: NDArray[np.str_]
    form: NDArray[np.str_]

    @property
    def foreign(self) -> BoolArray:
        """Which paragraphs ought to be flagged, shape (n,)."""
        return np.asarray(self.label != "coherent", dtype=np.bool_)

    @property
    def reference(self) -> BoolArray:
        """The coherent paragraphs that false positive rates are taken on, shape (n,).

        Those of untouched documents; where the benchmark has none, all coherent ones.
        """
        clean = ~self.foreign & (self.kind == CLEAN_KIND)
        return clean if clean.any() else ~self.foreign

    def where(self, mask: BoolArray) -> Scored:
        """Return the paragraphs that `mask`, shape (n,), selects."""
        return Scored(
            self.score[mask], self.label[mask], self.document[mask], self.kind[mask], self.form[mask]
        )
