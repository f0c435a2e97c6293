"""The threshold for sentences within paragraphs, from mixed paragraphs that nothing was fitted on.

After :mod:`misplaced.training.fitting`: takes the fitted detector and documents with spans, gives what
:mod:`misplaced.training.saving` writes down beside the paragraphs' threshold.
"""

from __future__ import annotations

from itertools import tee
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from misplaced.errors import CorpusError
from misplaced.spans import labelled_sentences
from misplaced.training.holdout import Figures, figures_of, lowest_threshold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from misplaced.detector import Detector
    from misplaced.labelled import LabelledDocument


class SentenceLevel(NamedTuple):
    """A threshold for sentences, with the name and the figures of the corpus it was chosen on."""

    name: str
    threshold: float
    figures: Figures


def choose_sentence_threshold(
    detector: Detector, documents: Iterable[LabelledDocument], most_false_flags: float, *, name: str = ""
) -> SentenceLevel:
    """Choose the lowest threshold that keeps false flags of sentences down.

    Parameters
    ----------
    detector : Detector
    documents : iterable of LabelledDocument
        With spans, as ``corrupt --form fused`` makes them.
    most_false_flags : float
        Per 1,000 coherent sentences.
    name : str, optional
        Of the corpus.

    Raises
    ------
    CorpusError
        If no document has spans, or none has a coherent paragraph of several sentences.
    """
    passed, kept = tee(documents)
    reports = detector.detect_many((d.unlabelled() for d in passed), level="sentence")
    found = [
        sentence
        for document, report in zip(kept, reports, strict=True)
        for sentence in labelled_sentences(document, report)
    ]
    score = np.array([sentence.foreignness for sentence in found], dtype=np.float64)
    foreign = np.array([sentence.label != "coherent" for sentence in found], dtype=np.bool_)
    coherent = score[~foreign]
    if not foreign.any() or not len(coherent):
        what = "coherent sentences" if foreign.any() else "mixed paragraphs ('spans')"
        raise CorpusError(
            f"no {what} to choose the sentence threshold on",
            where=name or None,
            hint="make a corpus with: misplaced corrupt --form fused",
        )
    threshold = lowest_threshold(coherent, np.ones(len(coherent)), most_false_flags)
    return SentenceLevel(name, threshold, figures_of(score, foreign, threshold))
